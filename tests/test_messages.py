"""What findings say: the operation, what is missing, the witness with its line; and no parameter that there is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from conflict_lint.analysis.source import Source
from conflict_lint.catalogue import load
from conflict_lint.catalogue.model import Operation
from conflict_lint.rule import Finding
from test_examples import EXAMPLES, findings

CATALOGUE = load()
WITNESSED = {"CL101", "CL102", "CL106", "CL107", "CL201", "CL202", "CL301", "CL303", "CL304", "CL306", "CL405"}
"""Rules whose findings rest on a second place, which the message names by its line."""
MEMBERS = {
    # where a message names an input of the operation that it is about
    "CL101": r"no ([\w.-]+)$",
    "CL102": r"no ([\w.-]+)$",
    "CL105": r"carry `([\w.-]+)`(?: or `([\w.-]+)`)?",
    "CL107": r"with no ([\w.-]+)$",
    "CL201": r"(?:without|with a new) `([\w.-]+)`",
    "CL202": r"with a new `([\w.-]+)`",
    "CL206": r"carry `([\w.-]+)`",
    "CL301": r"the old ([\w.-]+) of",
}
WIRE = {"Idempotency-Key"}
"""Names of headers, which no SDK knows as parameters."""
TITLED = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")
METHOD = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def operation_of(finding: Finding) -> Operation | None:
    """The operation that a finding is about."""
    entry = (finding.entries or ("",))[0]
    known = (name for name in (*CATALOGUE.services, *CATALOGUE.sdks) if entry.startswith(f"{name}."))
    service = max(known, key=len, default="")  # a resource in the operation's name may have dots, too
    return CATALOGUE.service(service).operation(entry.removeprefix(f"{service}.")) if service else None


def named(finding: Finding) -> Iterator[str]:
    """The inputs that a message names."""
    match = re.search(MEMBERS.get(finding.code, r"$^"), finding.message)
    yield from filter(None, match.groups() if match else ())


def inputs(operation: Operation) -> set[str]:
    """What an operation can be given, and where its documents carry versions."""
    guards = set(operation.preconditions or ()) | {operation.token or ""}
    return (
        guards
        | {part.partition("[")[0] for path in guards for part in path.split(".")}
        | {
            *operation.members,
            *operation.version,
        }
    )


@EXAMPLES
def test_a_message_names_no_input_that_the_operation_does_not_have(path: Path) -> None:
    for finding in findings(path.read_text("utf-8")):
        operation = operation_of(finding)
        for member in named(finding):
            assert operation is not None, finding.message
            assert member in inputs(operation) | WIRE, finding.message


@EXAMPLES
def test_a_message_names_the_operation_and_the_line_of_the_witness(path: Path) -> None:
    text = path.read_text("utf-8")
    source = Source(text, "example.py")
    for finding in findings(text):
        if finding.code in WITNESSED:
            called = text[finding.span.start : finding.span.end].rpartition(".")[2]
            words = re.findall(r"`(\w+)`", finding.message)
            assert any(called in word or word in text for word in words), finding.message
            lines = {source.position(step.span.start)[0] + 1 for step in finding.related}
            told = {int(number) for number in re.findall(r"on line (\d+)", finding.message)}
            assert told, finding.message
            assert told <= lines, finding.message
            assert finding.related[-1].span.start == finding.span.start, finding.message


@EXAMPLES
def test_a_message_is_a_sentence_and_then_the_catalogue_s_advice(path: Path) -> None:
    for finding in findings(path.read_text("utf-8")):
        operation = operation_of(finding)
        rest = finding.message.partition(". ")[2]
        assert not rest or (operation is not None and rest == operation.advice), finding.message
        assert "{" not in finding.message


@cache
def members_of(service: str) -> frozenset[str]:
    """Every input of a service's operations."""
    found = CATALOGUE.service(service)
    operations = filter(None, map(found.operation, found.methods))
    return frozenset(member for operation in operations for member in operation.members)


@pytest.mark.parametrize("service", sorted({*CATALOGUE.services, *CATALOGUE.sdks}))
def test_advice_names_no_input_that_there_is_not(service: str) -> None:
    """What advice says of inputs belongs to its own operation, or to one that it names."""
    found = CATALOGUE.service(service)
    for operation in found.curated:
        others = [one for name in METHOD.findall(operation.advice) if (one := found.operation(name)) is not None]
        known = {member for one in (operation, *others) for member in inputs(one)}
        strangers = {word for word in TITLED.findall(operation.advice) if word in members_of(service)} - known
        assert not strangers, f"{operation.name}: {operation.advice}"
