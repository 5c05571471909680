"""Markdown as lines for a terminal: what the catalogue's texts and the rules' pages use of it, and no more."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

_ITEM = re.compile(r"( *(?:[-*]|\d+\.) +)(.*)", re.DOTALL)
_NEW_BLOCK = re.compile(r" *(?:[-*]|\d+\.) |#{1,6} |```|\|")
_RUN_IN = re.compile(r"\*\*([^*]*\w)\*\*\s(?=\S)")  # the title of a paragraph, in its first line
_STYLES = {"bold": "1", "code": "36"}


def rendered(text: str, width: int, color: bool) -> str:
    """``text`` wrapped to ``width`` columns; colours are ANSI sequences. Code and tables keep their lines."""
    return "\n".join(line for block in _blocks(text.split("\n")) for line in _lines(block, width, color)).rstrip("\n")


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Paragraphs, list items, headings, tables' rows, blank lines (empty), and code with its fences."""
    block: list[str] = []
    fenced = False
    for line in lines:
        if fenced:
            block.append(line)
            fenced = not line.startswith("```")
            if not fenced:
                yield block
                block = []
        elif not line.strip():
            if block:
                yield block
            yield []
            block = []
        elif _NEW_BLOCK.match(line) or (block and block[0].startswith(("#", "|"))):
            if block:
                yield block
            block = [line]
            fenced = line.startswith("```")
        else:
            block.append(line)
    if block:
        yield block


def _lines(block: list[str], width: int, color: bool) -> Iterator[str]:
    if not block:
        yield ""
    elif block[0].startswith("```"):
        yield from (_painted(f"    {line}".rstrip(), "code", color) for line in block[1:-1])
    elif block[0].startswith("#"):
        yield _painted(block[0].lstrip("#").strip(), "bold", color)
    elif block[0].startswith("|"):
        yield block[0]
    else:
        joined = " ".join([block[0].rstrip(), *(line.strip() for line in block[1:])])
        yield _coloured(_wrapped(joined, width)) if color else _wrapped(_plain(joined), width)


def _wrapped(text: str, width: int) -> str:
    item = _ITEM.fullmatch(text)
    mark, rest = (item[1], item[2]) if item else ("", text)
    return textwrap.fill(
        rest,
        max(width, 20),
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(text: str) -> str:
    """Without asterisks; a title gets a colon instead, the quotes around code stay."""
    if text.startswith("**"):
        text = _RUN_IN.sub(r"\1: ", text, count=1)
    return re.sub(r"\*\*(.+?)\*\*", r"\1", text)


def _coloured(text: str) -> str:
    """Emphasis and code as colours."""
    text = re.sub(r"`([^`]+)`", lambda found: _painted(found[1], "code", True), text)
    return re.sub(r"\*\*(.+?)\*\*", lambda found: _painted(found[1], "bold", True), text, flags=re.DOTALL)


def _painted(text: str, style: str, color: bool) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if color and text else text
