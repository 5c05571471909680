"""``github``: workflow commands, which GitHub shows as annotations on the changed lines."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_lint.report import Report

_LEVELS = {"error": "error", "warning": "warning", "information": "notice", "hint": "notice"}


def render(report: Report) -> Iterator[str]:
    """Yield a command for each finding; the steps that lead to it follow in the message."""
    for row in report.rows:
        steps = [f"{step['path']}:{step['line']}: {step['message']}" for step in row["related"]]
        properties = {
            "title": f"{row['code']} {row['name']}",
            "file": row["path"],
            "line": row["line"],
            "endLine": row["end_line"],
            "col": row["column"],
            "endColumn": row["end_column"],
        }
        if row["end_line"] != row["line"]:  # GitHub takes columns only within one line
            del properties["col"], properties["endColumn"]
        given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
        yield f"::{_LEVELS[row['severity']]} {given}::{_data(chr(10).join([row['message'], *steps]))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
