"""Bugs that people met and told of (``stories.yaml``): each is found in an example, and silent once it is mended."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conflict_lint.analysis.source import Source
from conflict_lint.rule import Finding
from test_examples import FOLDER, findings, repaired

STORIES: dict[int, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("stories.yaml").read_text("utf-8"))
SHOWN = {number: story for number, story in STORIES.items() if "shown" in story}
EACH = pytest.mark.parametrize("number", SHOWN)


def codes(story: dict[str, Any]) -> set[str]:
    code = story["code"]
    return {code} if isinstance(code, str) else set(code)


def split(where: str) -> tuple[str, str]:
    """An example's text and a function's qualified name."""
    path, _, function = where.partition("::")
    return (FOLDER / path).read_text("utf-8"), function


def defined(text: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions and methods of a module by qualified name."""
    for node in ast.parse(text).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        head = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        yield from ((head + one.name, one) for one in inner if isinstance(one, ast.FunctionDef))


def found_in(text: str, function: str) -> list[Finding]:
    """The findings in a function's lines."""
    node = dict(defined(text))[function]
    source = Source(text, "example.py")
    lines = range(node.lineno - 1, node.end_lineno or 0)
    return [finding for finding in findings(text) if source.position(finding.span.start)[0] in lines]


def test_every_story_is_shown_or_says_why_not() -> None:
    assert sorted(STORIES) == list(range(1, 41))
    for story in STORIES.values():
        assert ("shown" in story) != ("untold" in story)
        assert story["bug"]
        assert story["told"].startswith("https://")
        assert story.keys() <= {"bug", "told", "code", "shown", "mended", "untold"}


@EACH
def test_the_bug_is_found(number: int) -> None:
    got: set[str] = set()
    for where in STORIES[number]["shown"]:
        told = {finding.code for finding in found_in(*split(where))}
        assert told & codes(STORIES[number]), where
        got |= told
    assert codes(STORIES[number]) <= got


@EACH
def test_what_is_mended_is_silent(number: int) -> None:
    story = STORIES[number]
    for where in story.get("mended", ()):
        assert not found_in(*split(where)), where
    for where in story["shown"] if "mended" not in story else ():
        text, function = split(where)
        assert not found_in(repaired(text), function), f"{where}: the repair is not silent, and nothing else is mended"
