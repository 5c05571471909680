"""The text of one file: bytes to text and back, and offsets to lines, columns and protocol units.

Everywhere else a place is an offset in code points, 0-based. Only this module knows about lines, bytes and UTF-16.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from itertools import accumulate
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_COOKIE = re.compile(rb"^[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
_NO_CODE = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n)")
_LINE_END = re.compile(r"\r\n?|\n")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Unreadable(ValueError):  # noqa: N818 - it describes the file
    """A file that is not Python text; ``reason`` is one sentence for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def decode(data: bytes) -> str:
    """The text of a Python file, as PEP 263 says, without its byte order mark; line ends stay as they are.

    Raises ``Unreadable`` for an unknown or wrong encoding and for binary data.
    """
    bom, encoding = _encoding(data)
    if "16" not in encoding and b"\0" in data:
        raise Unreadable(f"Null byte at byte {data.index(0)}: this is not Python text.")
    try:
        return data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        at = len(bom) + error.start
        line = data.count(b"\n", 0, at) + 1
        raise Unreadable(f"Not valid {encoding} at byte {at} (line {line}): {error.reason}.") from None
    except (UnicodeError, ValueError) as error:
        raise Unreadable(f"Not valid {encoding}: {error}.") from None


def encode(text: str, like: bytes) -> bytes:
    """``text`` as bytes with the encoding and byte order mark of the file ``like``.

    Raises ``Unreadable`` if the encoding of ``like`` is unknown or cannot express ``text``.
    """
    bom, encoding = _encoding(like)
    try:
        return bom + text.encode(encoding)
    except UnicodeError as error:
        raise Unreadable(f"Cannot be written as {encoding}: {error}.") from None


def _encoding(data: bytes) -> tuple[bytes, str]:
    """The byte order mark (maybe empty) and the encoding's name."""
    bom, encoding = next(((bom, name) for bom, name in _BOMS if data.startswith(bom)), (b"", ""))
    if "16" in encoding:
        return bom, encoding
    declared = _declared(data[len(bom) :])
    if not declared:
        return bom, "utf-8"
    try:
        codec = codecs.lookup(declared)
    except (LookupError, ValueError):
        codec = None
    # codecs that map bytes to bytes or text to text (hex, rot13) are in the same registry
    if codec is None or not getattr(codec, "_is_text_encoding", True) or codec.name.startswith(("utf-16", "utf-32")):
        raise Unreadable(f"Unknown encoding {declared!r} in the coding comment.")
    if bom and codec.name not in ("utf-8", "utf-8-sig"):
        raise Unreadable(f"The byte order mark says UTF-8, the coding comment says {declared!r}.")
    return bom, "utf-8" if codec.name == "utf-8-sig" else codec.name


def _declared(data: bytes) -> str:
    """The encoding that one of the first two lines names, or ''; the second counts only if the first has no code."""
    start = 0
    for _ in range(2):
        if cookie := _COOKIE.match(data[start : start + 1000]):
            return cookie[1].decode("ascii", "replace")
        first = _NO_CODE.match(data, start)
        if not first:
            return ""
        start = first.end()
    return ""


def line_starts(text: str) -> list[int]:
    r"""Offsets at which lines begin; Python's line ends only (``\n``, ``\r\n``, ``\r``), not form feeds or U+2028."""
    if "\r" in text:
        return [0, *(match.end() for match in _LINE_END.finditer(text))]
    lengths = map((1).__add__, map(len, text.split("\n")))  # no frame of ours runs for a line
    return list(accumulate(lengths, initial=0))[:-1]


def code_points(text: str, start: int, column: int) -> int:
    """The offset that is ``column`` bytes of UTF-8 (how ``ast`` counts) after the line start ``start``."""
    before = text[start : start + column]  # a code point takes at least one byte
    if before.isascii():
        return start + column
    return start + len(before.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))


class Source:
    """One file's text, with its path (only a label). Immutable; the line table is made when first needed."""

    __slots__ = ("_starts", "path", "text")

    def __init__(self, text: str, path: str = "") -> None:
        self.text = text
        self.path = path
        self._starts: list[int] | None = None

    def edited(self, start: int, end: int, replacement: str) -> Source:
        """The source with ``[start, end)`` (code points) replaced; lines that were known are not looked for again."""
        edited = Source(self.text[:start] + replacement + self.text[end:], self.path)
        if self._starts is not None:
            growth = len(replacement) - (end - start)
            # The line of the code point before the edit stays, for that may be half of a line end, and so does each
            # line whose end is not in what goes.
            first, last = max(bisect_right(self._starts, start - 1), 1), bisect_right(self._starts, end)
            head, tail = self._starts[:first], [at + growth for at in self._starts[last:]]
            between = line_starts(edited.text[head[-1] : tail[0] if tail else len(edited.text)])
            edited._starts = [*head, *(head[-1] + at for at in between[1 : len(between) - bool(tail)]), *tail]
        return edited

    @property
    def starts(self) -> list[int]:
        """Offsets of the lines' beginnings, one per line; an empty text has one line."""
        if self._starts is None:
            self._starts = line_starts(self.text)
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column (0-based, code points) of an offset, which is clamped to the text."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self.starts, offset) - 1
        return line, offset - self.starts[line]

    def offset(self, line: int, column: int) -> int:
        """Offset of a 0-based line and code point column; a column past the line's end is the end of its text."""
        if line < 0:
            return 0
        if line >= len(self.starts):
            return len(self.text)
        return self.starts[line] + min(max(column, 0), len(self.line_text(line)))

    def line_text(self, line: int) -> str:
        """The text of a 0-based line without its line end; '' for a line that does not exist."""
        starts = self.starts
        if not 0 <= line < len(starts):
            return ""
        if line + 1 == len(starts):
            return self.text[starts[line] :]
        text = self.text[starts[line] : starts[line + 1]]
        return text[:-2] if text.endswith("\r\n") else text[:-1]

    def units(self, line: int, column: int, encoding: Encoding) -> int:
        """A code point column as a count of ``encoding``'s units (bytes, 16-bit or 32-bit words)."""
        before = self.line_text(line)[: max(column, 0)]
        if encoding == "utf-32" or before.isascii():
            return len(before)
        return len(_encoded(before, encoding)) // _WIDTH[encoding]

    def from_units(self, line: int, units: int, encoding: Encoding) -> int:
        """The code point column of a count of units; inside a character it is the character's beginning."""
        text = self.line_text(line)
        units = max(units, 0)
        if encoding == "utf-32" or text.isascii():
            return min(units, len(text))
        before = _encoded(text, encoding)[: units * _WIDTH[encoding]]
        return len(before.decode(_CODEC[encoding], "ignore"))


_WIDTH: dict[Encoding, int] = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
_CODEC: dict[Encoding, str] = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}


def _encoded(text: str, encoding: Encoding) -> bytes:
    # a lone surrogate (a client may send one) is as wide as U+FFFD in every encoding
    return _SURROGATE.sub("\ufffd", text).encode(_CODEC[encoding])
