"""The comparison of findings with judgements, and a run over small published packages where they can be downloaded."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SMALL = ("aws-snapshot==0.3.0", "s3pypi==2.0.1", "bucket-locker==1.0.8", "python-lambda==11.8.0")


def loaded() -> ModuleType:
    """``tests/corpus/crater.py``, which is a command and in no package."""
    spec = importlib.util.spec_from_file_location("crater", Path(__file__).parent / "corpus" / "crater.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["crater"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CRATER = loaded()


def finding(line: int, code: str = "CL101", function: str = "save") -> dict[str, Any]:
    return {"path": "a.py", "line": line, "code": code, "function": function}


def judgement(line: int, verdict: str, code: str = "CL101", function: str = "save") -> dict[str, Any]:
    return {"file": "a.py", "line": line, "code": code, "function": function, "verdict": verdict, "why": "because"}


@pytest.mark.parametrize(
    ("found", "judged", "kinds"),
    [
        ([finding(3)], [judgement(3, "true")], []),
        ([finding(3)], [judgement(3, "unclear")], []),
        ([finding(3)], [judgement(3, "noise")], ["wrong"]),
        ([finding(3)], [], ["new"]),
        ([], [judgement(3, "true")], ["gone"]),
        ([], [judgement(3, "noise")], []),
        ([finding(5)], [judgement(3, "true")], ["moved"]),
        ([finding(5, function="load")], [judgement(3, "true")], ["gone", "new"]),
        ([finding(3, "CL106")], [judgement(3, "true")], ["gone", "new"]),
    ],
)
def test_findings_are_compared_with_judgements(
    found: list[dict[str, Any]], judged: list[dict[str, Any]], kinds: list[str]
) -> None:
    assert [one.kind for one in CRATER.compare("p==1", found, judged)] == kinds


def test_every_judgement_is_whole() -> None:
    for package, rows in CRATER.judged().items():
        for row in rows:
            assert {"pkg", "file", "line", "function", "code", "verdict", "why"} <= row.keys(), (package, row)
            assert row["verdict"] in {"true", "noise", "unclear"}, row
        places = [(row["file"], row["line"], row["code"]) for row in rows]
        assert len(places) == len(set(places)), package


@pytest.mark.parametrize("package", SMALL)
def test_published_packages_have_the_findings_that_were_judged(package: str, tmp_path: Path) -> None:
    try:
        CRATER.download(package, tmp_path)
    except OSError as error:
        pytest.skip(f"nothing was compared: {error}")
    found = CRATER.findings(tmp_path / package)
    assert [str(one) for one in CRATER.compare(package, found, CRATER.judged().get(package, ()))] == []
