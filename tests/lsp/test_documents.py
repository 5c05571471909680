"""Open documents without a client: what counts as a line, and where a hover knows something."""

from __future__ import annotations

import random

import pytest
from conflict_lint.config import Settings
from conflict_lint.lsp.answers import Change, Range
from conflict_lint.lsp.documents import Document
from conflict_lint.lsp.folders import Place
from conflict_lint.project import ProjectView
from editing import LOST_UPDATE, SAMPLE

PLACES = """\
import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
MISSING = {"NoSuchKey", "404"}
NAME = "NoSuchKey"


def read(key, quiet=("NoSuchBucket",)):
    print("NoSuchKey")
    try:
        return s3.get_object(Bucket="AccessDenied", Key=f"{key == 'NoSuchKey'}")
    except s3.exceptions.NoSuchKey:
        pass
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "PreconditionFailed" or code in ("NoSuchBucket", "UnheardOfCode"):
            raise
        match code:
            case "SlowDown":
                raise
"""


def opened(text: str, version: int = 1) -> Document:
    return Document("file:///a.py", version, text, Place("a.py", ProjectView("/"), Settings()), "utf-16")


def position(text: str, words: str, inside: int = 0) -> tuple[int, int]:
    before = text[: text.index(words) + inside]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ('"NoSuchKey", "404"', "NoSuchKey"),
        ("exceptions.NoSuchKey", "NoSuchKey"),
        ('"PreconditionFailed"', "PreconditionFailed"),
        ('"NoSuchBucket", "Unheard', "NoSuchBucket"),
        ('"SlowDown"', "SlowDown"),
    ],
)
def test_an_error_where_it_is_tested_is_explained(words: str, title: str) -> None:
    document = opened(PLACES)
    about = document.hover(position(PLACES, words, words.index(title)))
    assert about is not None and about.markdown.startswith(f"### {title} (") and "**What to do**" in about.markdown
    assert about.range.start[0] == about.range.end[0] == position(PLACES, words)[0]


@pytest.mark.parametrize(
    "words",
    [
        '"NoSuchKey"\n\n',
        '"NoSuchKey")',
        '"AccessDenied"',
        '"UnheardOfCode"',
        "'NoSuchKey'",
        '"Code"',
        "exceptions.No",
        "def",
    ],
)
def test_other_strings_are_left_alone(words: str) -> None:
    document = opened(PLACES)
    assert document.hover(position(PLACES, words, 1)) is None


def test_an_error_that_many_services_have_is_told_for_those_that_the_text_names() -> None:
    text = PLACES.replace('"PreconditionFailed"', '"ResourceNotFoundException"')
    general = opened(text).hover(position(text, '"ResourceNotFoundException"', 3))
    assert general is not None and "services: " in general.markdown and general.markdown.count("### ") <= 3
    text = text.replace('boto3.client("s3")', 'boto3.client("lambda")')
    about = opened(text).hover(position(text, '"ResourceNotFoundException"', 3))
    assert about is not None and "service: lambda" in about.markdown and "services: " not in about.markdown


def test_a_hover_is_short_and_says_where_the_rest_is() -> None:
    about = opened(PLACES).hover(position(PLACES, '"PreconditionFailed"', 3))
    assert about is not None
    first, second, *_ = about.markdown.splitlines()
    assert first == "### PreconditionFailed (AWS s3, HTTP 412)"
    assert second.startswith("**Can I simply retry?** No: ")
    assert "```" not in about.markdown
    assert "`conflict-lint explain aws/s3/PreconditionFailed`" in about.markdown


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_only_the_protocols_line_ends_are_line_ends(end: str) -> None:
    text = end.join(["x = 1\x0c", "\x0by = '\u2028\x85'", "z = 3"])
    document = opened(text)
    document.change(2, [Change(Range((2, 0), (2, 1)), "w")])
    assert document.source.text == text.replace("z", "w")
    document.change(3, [Change(Range((1, 1), (1, 99)), "")])
    assert document.source.text == end.join(["x = 1\x0c", "\x0b", "w = 3"])


def test_random_edits_keep_the_text_and_the_findings() -> None:
    draw = random.Random(7)
    document = opened(SAMPLE)
    for version in range(2, 120):
        text = document.source.text
        lines = text.split("\n")
        spots = sorted((line := draw.randrange(len(lines)), draw.randrange(len(lines[line]) + 1)) for _ in range(2))
        if draw.random() < 0.5:
            spots[1] = spots[0]
        piece = draw.choice(["(", '"', "\n", "😀", "    pass\n", LOST_UPDATE, "s3."])
        document.change(version, [Change(Range(*(utf16(lines, spot) for spot in spots)), piece)])
        start, end = (sum(len(each) + 1 for each in lines[:line]) + column for line, column in spots)
        assert document.source.text == text[:start] + piece + text[end:]
        if version % 10 == 0:
            assert document.report() == opened(document.source.text, version).report()


def utf16(lines: list[str], spot: tuple[int, int]) -> tuple[int, int]:
    line, column = spot
    return line, len(lines[line][:column].encode("utf-16-le")) // 2
