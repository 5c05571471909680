"""Bytes to text and back, offsets to positions and back."""

from __future__ import annotations

import codecs

import pytest
from conflict_lint.analysis.source import Encoding, Source, Unreadable, decode, encode, line_starts
from hypothesis import given
from hypothesis import strategies as st

TEXT = "x = 'é'\r\ny = 1\r# \f form feed\n"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (TEXT.encode(), TEXT),
        (codecs.BOM_UTF8 + TEXT.encode(), TEXT),
        (codecs.BOM_UTF8 + b"# coding: utf-8\nx", "# coding: utf-8\nx"),
        (b"# -*- coding: latin-1 -*-\n'\xe9'", "# -*- coding: latin-1 -*-\n'é'"),
        (
            b"#!/bin/python\n# vim: set fileencoding=cp1252 :\n'\x80'",
            "#!/bin/python\n# vim: set fileencoding=cp1252 :\n'€'",
        ),
        (b"\r\n# coding=latin-1\r\n'\xe9'", "\r\n# coding=latin-1\r\n'é'"),
        (b"x = 1\n# coding: latin-1\n'\xc3\xa9'", "x = 1\n# coding: latin-1\n'é'"),
        (b"\n\n# coding: latin-1\n'\xc3\xa9'", "\n\n# coding: latin-1\n'é'"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), TEXT),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), TEXT),
    ],
)
def test_bytes_and_text_round_trip(data: bytes, text: str) -> None:
    assert decode(data) == text
    assert encode(text, data) == data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a\nb = '\xff'\n", ["utf-8", "byte 7", "line 2"]),
        (codecs.BOM_UTF8 + b"\xff", ["byte 3"]),
        (b"# coding: klingon\n", ["klingon"]),
        (b"# coding: rot13\n", ["rot13"]),
        (b"# coding: utf-16\nx = 1\n", ["utf-16"]),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", ["latin-1", "mark"]),
        (b"x = '\0'\n", ["byte 5"]),
        (b"# coding: ascii\n\xe9", ["ascii"]),
        (codecs.BOM_UTF16_LE + b"x", ["utf-16"]),
        (b"\x7fELF\x02\x01\x01\x00", ["Null byte"]),
    ],
)
def test_what_is_not_python_text_says_why(data: bytes, words: list[str]) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(data)
    assert caught.value.reason.endswith(".") and "\n" not in caught.value.reason
    assert all(word in caught.value.reason for word in words)


def test_text_that_the_encoding_cannot_express_is_refused() -> None:
    with pytest.raises(Unreadable, match="8859"):
        encode("# coding: latin-1\n'€'", b"# coding: latin-1\n''")


def test_only_pythons_line_ends_end_lines() -> None:
    source = Source("a\fb\u2028c\x0bd\x85e\r\nf\rg\n\nh")
    assert [source.line_text(line) for line in range(-1, 6)] == ["", "a\fb\u2028c\x0bd\x85e", "f", "g", "", "h", ""]


@given(st.text(alphabet="ab\n\ré😀"))
def test_line_starts_are_where_python_sees_lines(text: str) -> None:
    expected = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    starts = line_starts(text)
    lines = [text[start:stop].rstrip("\r\n") for start, stop in zip(starts, [*starts[1:], None], strict=True)]
    assert lines == expected


@given(st.text(alphabet="a\r\n", max_size=12), st.text(alphabet="b\r\n", max_size=4), st.data())
def test_an_edit_keeps_count_of_the_lines(text: str, replacement: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    source = Source(text, "a.py")
    assert source.starts == line_starts(text)
    edited = source.edited(start, end, replacement)
    assert edited.text == text[:start] + replacement + text[end:]
    assert (edited.path, edited.starts) == ("a.py", line_starts(edited.text))


@given(st.text(alphabet="ab\n\r\t\fé😀\ud800"), st.integers(-2, 30))
def test_offset_and_position_are_inverse(text: str, offset: int) -> None:
    source = Source(text)
    line, column = source.position(offset)
    place = min(max(offset, 0), len(text))
    within = source.offset(line, column)
    # inside "\r\n" there is no column: the line's text ends before it
    assert within == place or text[within:place] == "\r"


@given(st.text(alphabet="aé€😀\ud800\t"), st.integers(0, 12), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_units_count_what_the_encoding_needs(text: str, column: int, encoding: Encoding) -> None:
    source = Source(f"first\n{text}\n")
    units = source.units(1, column, encoding)
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    assert (
        units
        == len(text[:column].replace("\ud800", "\ufffd").encode(f"{encoding}-le" if width > 1 else encoding)) // width
    )
    assert source.from_units(1, units, encoding) == min(column, len(text))


@pytest.mark.parametrize(("encoding", "inside"), [("utf-8", 2), ("utf-8", 3), ("utf-8", 4), ("utf-16", 2)])
def test_a_column_inside_a_character_is_its_beginning(encoding: Encoding, inside: int) -> None:
    assert Source("x😀y").from_units(0, inside, encoding) == 1


def test_columns_and_lines_are_clamped() -> None:
    source = Source("ab\r\nc")
    assert source.offset(0, 99) == 2
    assert source.offset(9, 0) == 5
    assert source.offset(-1, 4) == 0
    assert source.from_units(1, 99, "utf-16") == 1
    assert source.position(99) == (1, 1)
