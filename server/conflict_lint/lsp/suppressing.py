"""The edit that suppresses one finding, with a place for the reason."""

from __future__ import annotations

import re

from conflict_lint import engine, suppress
from conflict_lint.rule import Edit, Finding, Span

REASON = "say why"
LINE = re.compile(r"[^\r\n]*")
INDENT = re.compile(r"[ \t\f]*")


def suppression(text: str, finding: Finding, statement: Span) -> tuple[Edit, str]:
    """The edit, and the same as a snippet in which the reason is to be filled in.

    The code joins a suppression that the statement has already; else the comment goes to the end of the finding's line,
    or above the statement where that line has no end of its own (a string or a backslash goes on).
    """
    known = {rule.code: rule.name for rule in engine.rules()}
    for directive in suppress.directives(text, known):
        inside = statement.start <= directive.span.start <= line_end(text, statement.end)
        if inside and not directive.problem and not directive.whole_file:
            place = directive.brackets.end
            return Edit(Span(place, place), f", {finding.code}"), ""
    end = line_end(text, finding.span.start)
    comment = f"# conflict-lint: ignore[{finding.code}] "
    added = f"  {comment}{REASON}"
    found = suppress.directives(text[:end] + added + text[end:], known)
    if text[:end].endswith("\\") or not any(each.span.end == end + len(added) for each in found):
        begin = max(text.rfind("\n", 0, statement.start), text.rfind("\r", 0, statement.start)) + 1
        indent = INDENT.match(text, begin)
        assert indent is not None
        newline = "\r\n" if "\r\n" in text else "\n"
        edit = Edit(Span(begin, begin), f"{indent[0]}{comment}{REASON}{newline}")
    else:
        edit = Edit(Span(end, end), added)
    return edit, edit.text.replace("\\", "\\\\").replace("$", "\\$").replace(REASON, f"${{1:{REASON}}}")


def line_end(text: str, offset: int) -> int:
    """Where the line around an offset ends, without its line end."""
    found = LINE.match(text, offset)
    assert found is not None
    return found.end()
