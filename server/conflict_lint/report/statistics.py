"""``--statistics``: how many findings each rule has."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_lint.report import Report
from conflict_lint.report.text import painted


def render(report: Report) -> Iterator[str]:
    """Yield a line for each rule with findings, the most frequent first."""
    names = {row["code"]: row["name"] for row in report.rows}
    severities = {row["code"]: row["severity"] for row in report.rows}
    codes = report.summary["codes"]
    width = len(str(max(codes.values(), default=0)))
    for code, count in sorted(codes.items(), key=lambda item: (-item[1], item[0])):
        severity = painted(severities[code], severities[code], report.color)
        yield f"{count:>{width}}  {code}  {names[code]}  {severity}\n"
