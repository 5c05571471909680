"""``full``: each finding with the lines it is about, the steps that lead there, and what can be done."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from conflict_lint.report import Place, Report, Row
from conflict_lint.report.text import painted, safe, summary_lines

_TAB = 4
_WIDEST = 160
_HOW = {
    "safe": "--fix",
    "unsafe": "--fix --unsafe-fixes",
    "suggestion": "needs your hand",
}


def render(report: Report) -> Iterator[str]:
    """Yield a block per finding, then the summary."""
    for row in report.rows:
        yield from (f"{line}\n" for line in _block(row, report))
        yield "\n"
    yield from summary_lines(report.summary)


def _block(row: Row, report: Report) -> Iterator[str]:
    color = report.color
    head = painted(f"{row['severity']}[{row['code']}]", row["severity"], color)
    yield f"{head} {painted(row['name'], 'bold', color)}: {safe(row['message'])}"
    marks: list[tuple[Place, str, str]] = [(row, "^", "")]
    elsewhere = []
    for number, step in enumerate(row["related"], 1):
        label = f"{number}. {safe(step['message'])}"
        if step["path"] == row["path"]:
            marks.append((step, "-", label))
        else:
            elsewhere.append(f"{label}: {safe(step['path'])}:{step['line']}:{step['column']}")
    marks.sort(key=lambda mark: (mark[0]["line"], mark[0]["column"]))
    width = len(str(marks[-1][0]["line"]))
    inside = f" in {row['function']}" if row["function"] != "<module>" else ""
    arrow = painted(" " * width + "-->", "frame", color)
    yield f"{arrow} {safe(row['path'])}:{row['line']}:{row['column']}{safe(inside)}"
    if report.lines.get((row["path"], row["line"])):
        yield from _frame(marks, row["severity"], report, width)
    notes = elsewhere + [f"fix: {safe(fix['title'])} ({_HOW[fix['applicability']]})" for fix in row["fixes"]]
    for note in notes:
        yield f"{painted(' ' * width + ' =', 'frame', color)} {note}"


def _frame(marks: list[tuple[Place, str, str]], severity: str, report: Report, width: int) -> Iterator[str]:
    """Yield the source lines with a row of carets (the finding) or dashes (a step) under each marked range."""
    bar = painted(" " * width + " |", "frame", report.color)
    shown = 0
    yield bar
    for place, sign, label in marks:
        text = report.lines.get((place["path"], place["line"]), "").rstrip("\r\n")
        start, end = place["column"] - 1, place["end_column"] - 1 if place["end_line"] == place["line"] else len(text)
        left = max(0, start - _WIDEST // 2) if len(text) > _WIDEST else 0
        if place["line"] != shown:
            if shown and place["line"] > shown + 1:
                yield painted(" " * width + " :", "frame", report.color)
            number = painted(f"{place['line']:>{width}} |", "frame", report.color)
            yield f"{number} {_visible(text[left : left + _WIDEST])}".rstrip()
            shown = place["line"]
        indent = _columns(text[left:start])
        signs = sign * max(1, _columns(text[start : min(end, left + _WIDEST)], indent))
        signs = painted(signs, severity if sign == "^" else "frame", report.color)
        yield f"{bar} {' ' * indent}{signs} {label}".rstrip()


def _visible(text: str) -> str:
    """Return a source line as a terminal should show it, tabs expanded."""
    out = ""
    for piece in text.split("\t"):
        out += safe(piece)
        out += " " * (_TAB - _columns(out) % _TAB)
    return out


def _columns(text: str, before: int = 0) -> int:
    """Return how many terminal columns ``text`` takes when it starts at column ``before``."""
    if text.isascii() and "\t" not in text:
        return len(text)
    column = before
    for character in text:
        if character == "\t":
            column += _TAB - column % _TAB
        elif not unicodedata.combining(character):
            column += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return column - before
