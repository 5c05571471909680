"""``sarif``: the Static Analysis Results Interchange Format 2.1.0, for code scanning services."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conflict_lint import __version__
from conflict_lint.report import FixRow, Place, Report, Row

if TYPE_CHECKING:
    from conflict_lint.engine import RuleInfo

_LEVELS = {"error": "error", "warning": "warning", "information": "note", "hint": "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report) -> Iterator[str]:
    """Yield one log with one run."""
    index = {rule.code: number for number, rule in enumerate(report.rules)}
    driver = {
        "name": "conflict-lint",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in report.rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(row, index) for row in report.rows],
    }
    yield json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(rule: RuleInfo) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.docs, "markdown": rule.docs},
        "defaultConfiguration": {"level": _LEVELS[str(rule.severity)]},
        "properties": {"tags": ["concurrency", rule.name]},
    }


def _result(row: Row, index: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": row["code"],
        "level": _LEVELS[row["severity"]],
        "message": {"text": row["message"]},
        "locations": [_location(row, function=row["function"])],
        "properties": {"confidence": row["confidence"]},
    }
    if row["code"] in index:
        result["ruleIndex"] = index[row["code"]]
    if row["fingerprint"]:
        result["partialFingerprints"] = {"conflictLint/v1": row["fingerprint"]}
    if row["related"]:
        result["relatedLocations"] = [_location(step, step["message"], i) for i, step in enumerate(row["related"], 1)]
        result["codeFlows"] = [_flow(row)]
    if row["fixes"]:
        result["fixes"] = [_fix(fix, row["path"]) for fix in row["fixes"]]
    return result


def _flow(row: Row) -> dict[str, Any]:
    """Return the witness as a path that ends at the finding itself."""
    steps = [_location(step, step["message"]) for step in row["related"]]
    locations = [{"location": step} for step in (*steps, _location(row, row["message"]))]
    return {"threadFlows": [{"locations": locations}]}


def _location(place: Place, message: str = "", number: int = 0, function: str = "<module>") -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": _artifact(place["path"]), "region": _region(place)}
    }
    if message:
        location["message"] = {"text": message}
    if number:
        location["id"] = number
    if function != "<module>":
        location["logicalLocations"] = [{"fullyQualifiedName": function, "kind": "function"}]
    return location


def _artifact(path: str) -> dict[str, str]:
    if path.startswith("/") or path[1:2] == ":":
        return {"uri": f"file:///{quote(path.lstrip('/'), safe='/:', errors='surrogateescape')}"}
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}


def _region(place: Any) -> dict[str, int]:
    return {
        "startLine": place["line"],
        "startColumn": place["column"],
        "endLine": place["end_line"],
        "endColumn": place["end_column"],
    }


def _fix(fix: FixRow, path: str) -> dict[str, Any]:
    edits: Sequence[dict[str, Any]] = [
        {"deletedRegion": _region(edit), "insertedContent": {"text": edit["text"]}} for edit in fix["edits"]
    ]
    return {
        "description": {"text": fix["title"]},
        "artifactChanges": [{"artifactLocation": _artifact(path), "replacements": edits}],
    }
