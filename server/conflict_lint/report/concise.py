"""``concise``: one line per finding, in the form that editors and terminals turn into links."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_lint.report import Report
from conflict_lint.report.text import painted, place, safe, summary_lines


def render(report: Report) -> Iterator[str]:
    """Yield ``path:line:column: severity CODE message [name]`` for each finding, then the summary."""
    for row in report.rows:
        severity = painted(row["severity"], row["severity"], report.color)
        yield f"{place(row)}: {severity} {row['code']} {safe(row['message'])} [{row['name']}]\n"
    yield from summary_lines(report.summary)
