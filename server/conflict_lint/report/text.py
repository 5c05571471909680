"""What the formats for people share: colours, safe text, and the sentences of the summary."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_lint.report import Row, Summary

_COLORS = {"error": "1;31", "warning": "1;33", "information": "1;34", "hint": "1;36", "frame": "34", "bold": "1"}
# A source line or message must not move the cursor, ring the bell or turn the reading direction around.
_CONTROL = (*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A))
_UNSAFE = {**dict.fromkeys(_CONTROL, "\N{REPLACEMENT CHARACTER}"), **dict.fromkeys(map(ord, "\n\r\t"), " ")}


def safe(text: str) -> str:
    """Return ``text`` as one line without control characters; every character stays one character."""
    return text.translate(_UNSAFE)


def painted(text: str, color: str, enabled: bool) -> str:
    """Return ``text`` in a colour (a severity, ``frame`` or ``bold``) when colours are enabled."""
    return f"\x1b[{_COLORS[color]}m{text}\x1b[0m" if enabled else text


def plural(number: int, noun: str, nouns: str = "") -> str:
    """Return ``1 file``, ``2 files``; ``nouns`` is the plural where it is not the noun and an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {nouns or noun + 's'}"


def place(row: Row) -> str:
    """Return ``path:line:column`` of a row."""
    return f"{safe(row['path'])}:{row['line']}:{row['column']}"


def summary_lines(summary: Summary) -> Iterator[str]:
    """Yield the sentences that end a report for people."""
    files = plural(summary["files"], "file")
    counts = [
        plural(number, level) if level in ("error", "warning", "hint") else f"{number} {level}"
        for level in ("error", "warning", "information", "hint")
        if (number := summary["severities"].get(level, 0))
    ]
    if summary["fixed"]:
        yield f"Applied {plural(summary['fixed'], 'fix', 'fixes')}.\n"
    yield f"Found {', '.join(counts)} in {files}.\n" if counts else f"No problems in {files}.\n"
    if summary["fixable"]:
        yield f"{summary['fixable']} can be repaired: --diff shows how, --fix does the safe ones, --unsafe-fixes all.\n"
    if summary["held_back"]:
        them = "it" if summary["held_back"] == 1 else "them"
        yield f"{plural(summary['held_back'], 'hint')} not shown; --strict shows {them}.\n"
    if summary["unreadable"]:
        yield f"{plural(summary['unreadable'], 'file')} could not be analysed.\n"
