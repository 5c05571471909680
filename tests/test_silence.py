"""Each law of silence has its examples (``silence.yaml``), and each rule those of every SDK where it applies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conflict_lint.analysis.source import Source
from conflict_lint.catalogue import load
from conflict_lint.fixes import fixes_for
from conflict_lint.rule import Finding
from test_examples import GOOD, examples, findings, marked
from test_stories import defined, found_in, split

SILENCE: dict[int, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("silence.yaml").read_text("utf-8"))
CLOUDS = ("azure.blob", "azure.cosmos", "azure.tables", "google.storage", "kubernetes", "elasticsearch")
EVERYWHERE = ("s3", "dynamodb", *CLOUDS)
SDKS: dict[str, tuple[str, ...]] = {
    # For which SDKs each rule has bad examples; ``aws`` stands for all services but S3 and DynamoDB.
    "CL101": (*EVERYWHERE, "aws", "azure.datalake", "azure.appconfiguration", "google.discovery"),
    "CL102": (
        *("s3", "dynamodb", "aws", "azure.blob", "azure.datalake", "azure.cosmos", "azure.tables"),
        *("google.storage", "google.firestore", "elasticsearch", "http"),
    ),
    "CL103": ("s3", "aws", "azure.blob", "azure.cosmos", "azure.tables", "kubernetes"),
    "CL104": (
        *("s3", "dynamodb", "azure.blob", "azure.cosmos", "azure.tables", "azure.appconfiguration"),
        *("kubernetes", "elasticsearch"),
    ),
    "CL105": ("s3", "dynamodb", "azure.blob", "azure.cosmos", "azure.tables", "google.storage", "elasticsearch"),
    "CL106": (
        "s3",
        "dynamodb",
        "aws",
        "azure.tables",
        "google.firestore",
        "google.tpu",
        "google.discovery",
        "azure.mgmt.network",
        "http",
    ),
    "CL107": ("s3", "dynamodb", "azure.blob", "google.storage", "kubernetes"),
    "CL201": ("aws", "dynamodb", "stripe"),
    "CL202": ("aws", "dynamodb", "stripe", "http"),
    "CL203": ("aws", "stripe", "http", "google.compute"),
    "CL204": ("aws", "stripe", "http", "google.bigquery"),
    "CL205": ("http",),
    "CL206": ("aws",),
    "CL301": (*EVERYWHERE, "aws", "azure.datalake", "google.discovery"),
    "CL302": ("s3", "dynamodb", "aws", "azure.blob", "azure.tables", "google.storage"),
    "CL303": ("s3", "dynamodb", "aws", "azure.cosmos", "azure.tables", "google.firestore"),
    "CL304": ("s3", "aws", "azure.blob", "google.storage", "kubernetes"),
    "CL306": ("s3", "aws", "azure.blob", "google.storage"),
    "CL401": (*EVERYWHERE, "google.firestore", "google.discovery"),
    "CL402": ("s3",),
    "CL403": (
        *("s3", "dynamodb", "aws", "azure.blob", "azure.cosmos", "azure.tables", "google.storage", "google.bigquery"),
        "kubernetes",
    ),
    "CL405": (
        *("aws", "dynamodb", "azure.mgmt.compute", "azure.mgmt.containerservice", "google.compute", "google.container"),
    ),
}
REPAIRED: dict[str, tuple[str, ...]] = {
    # For which SDKs each rule's repair is shown before and after, as far as findings name operations.
    "CL101": (
        *("s3", "dynamodb", "aws", "azure.blob", "azure.datalake", "azure.tables", "azure.cosmos"),
        "google.storage",
    ),
    "CL102": ("s3", "dynamodb", "azure.blob", "azure.datalake", "azure.tables", "azure.cosmos", "google.storage"),
    "CL107": ("dynamodb",),
    "CL201": ("aws",),
    "CL202": ("aws", "stripe", "http"),
    "CL301": (
        *("s3", "dynamodb", "aws", "azure.blob", "azure.datalake", "azure.tables", "azure.cosmos"),
        *("kubernetes", "elasticsearch"),
    ),
    "CL302": ("s3", "azure.blob", "azure.cosmos", "google.storage", "elasticsearch"),
    "CL306": ("s3", "azure.blob", "google.storage"),
    "CL401": ("dynamodb", "azure.blob", "azure.tables", "azure.cosmos", "google.storage", "elasticsearch"),
    "CL402": ("s3",),
    "CL403": ("s3", "dynamodb", "aws", "azure.blob", "azure.tables"),
    "CL405": ("aws", "dynamodb", "azure.mgmt.compute", "azure.mgmt.containerservice", "google.compute"),
}


def test_every_law_is_kept_somewhere() -> None:
    assert sorted(SILENCE) == list(range(1, 17))
    assert all(entry["law"] and entry["kept"] for entry in SILENCE.values())


@pytest.mark.parametrize("number", SILENCE)
def test_an_example_of_a_law_is_marked_and_silent(number: int) -> None:
    for where in SILENCE[number]["kept"]:
        text, function = split(where)
        node = dict(defined(text))[function]
        above = min(part.lineno for part in (node, *node.decorator_list)) - 1
        assert any(line == above for line, _ in marked(text, GOOD)), f"{where}: not marked as good"
        assert not found_in(text, function), where


def sdks(found: Iterable[Finding]) -> dict[str, set[str]]:
    """The SDKs of the operations that findings are about, by rule."""
    aws = load().services
    out: dict[str, set[str]] = defaultdict(set)
    for finding in found:
        for entry in finding.entries:
            service = "google.discovery" if entry.startswith("google.discovery.") else entry.rpartition(".")[0]
            out[finding.code].add("aws" if service in aws - {"s3", "dynamodb"} else service)
    return out


@cache
def shown() -> dict[str, set[str]]:
    """The SDKs of which the examples have findings, by rule."""
    return sdks(finding for path in examples() for finding in findings(path.read_text("utf-8")))


@cache
def repairs_shown() -> dict[str, set[str]]:
    """The SDKs of which the examples have repairs, by rule."""
    texts = (path.read_text("utf-8") for path in examples())
    return sdks(f for text in texts for f in findings(text) if fixes_for(Source(text, "example.py"), f))


@pytest.mark.parametrize("code", SDKS)
def test_a_rule_has_examples_of_each_sdk(code: str) -> None:
    assert set(SDKS[code]) <= shown()[code]


@pytest.mark.parametrize("code", REPAIRED)
def test_a_rule_has_repairs_for_each_sdk(code: str) -> None:
    assert set(REPAIRED[code]) <= repairs_shown()[code]
