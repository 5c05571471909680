"""Reports: one row per finding, the same for every format, and the formats that render them.

A row is the JSON contract: lines and columns count from 1, columns in code points, ends are exclusive, and paths are
relative to the working directory, with ``/``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, TypedDict

if TYPE_CHECKING:
    from conflict_lint.engine import RuleInfo

SCHEMA = "conflict-lint/1"


class Place(TypedDict):
    """A range in a file."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class RelatedRow(Place):
    """One step of a finding's witness, in program order."""

    message: str


class EditRow(TypedDict):
    """Replace a range of the finding's file by ``text``."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class FixRow(TypedDict):
    """One repair on offer; the edits are in file order."""

    title: str
    applicability: str
    edits: list[EditRow]


class Row(Place):
    """One finding."""

    code: str
    name: str
    severity: str
    confidence: str
    message: str
    function: str
    related: list[RelatedRow]
    fixes: list[FixRow]
    fingerprint: str


Lines = dict[tuple[str, int], str]
"""The text of the source lines that rows point at, by path and 1-based line."""


class Summary(TypedDict):
    """What a run came to. ``severities`` and ``codes`` count findings; ``held_back`` are hints that were not shown.

    ``unreadable`` counts the files that could not be analysed at all, ``fixed`` the fixes that were applied.
    """

    files: int
    findings: int
    severities: dict[str, int]
    codes: dict[str, int]
    fixable: int
    held_back: int
    suppressed: int
    unreadable: int
    fixed: int


@dataclass(frozen=True, slots=True)
class FileReport:
    """What the check of one file came to. Plain data, so that worker processes can send it."""

    path: str
    rows: tuple[Row, ...] = ()
    lines: Lines = field(default_factory=dict)
    held_back: int = 0
    suppressed: int = 0
    unreadable: bool = False
    fixed: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What a format renders. ``rules`` is filled for formats that ask for it (``Format.rules``)."""

    rows: Sequence[Row]
    summary: Summary
    lines: Mapping[tuple[str, int], str] = field(default_factory=dict)
    rules: Sequence[RuleInfo] = ()
    color: bool = False


class Format(NamedTuple):
    """A format by the module that renders it, and what it needs: fixes and rule texts cost time to make."""

    module: str
    fixes: bool
    rules: bool = False
    for_people: bool = False

    def render(self, report: Report) -> Iterator[str]:
        """Yield the text of the report, piece by piece."""
        render = import_module(f"conflict_lint.report.{self.module}").render
        yield from render(report)


FORMATS: dict[str, Format] = {
    "full": Format("full", fixes=True, for_people=True),
    "concise": Format("concise", fixes=False, for_people=True),
    "json": Format("json", fixes=True),
    "json-lines": Format("json_lines", fixes=True),
    "sarif": Format("sarif", fixes=True, rules=True),
    "github": Format("github", fixes=False),
}


def collect(files: Iterable[FileReport], rules: Sequence[RuleInfo] = (), color: bool = False) -> Report:
    """Put the reports of all files together, in the order given."""
    files = list(files)
    rows = [row for file in files for row in file.rows]
    summary = Summary(
        files=len(files),
        findings=len(rows),
        severities=dict(sorted(Counter(row["severity"] for row in rows).items())),
        codes=dict(sorted(Counter(row["code"] for row in rows).items())),
        fixable=sum(any(fix["applicability"] != "suggestion" for fix in row["fixes"]) for row in rows),
        held_back=sum(file.held_back for file in files),
        suppressed=sum(file.suppressed for file in files),
        unreadable=sum(file.unreadable for file in files),
        fixed=sum(file.fixed for file in files),
    )
    lines = {place: text for file in files for place, text in file.lines.items()}
    return Report(rows, summary, lines, rules, color)
