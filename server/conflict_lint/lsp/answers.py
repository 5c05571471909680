"""What the server answers, as plain data: no protocol library, no engine.

A position is ``(line, units)``: a 0-based line, and the count of units of the negotiated encoding before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

Position = tuple[int, int]


class Range(NamedTuple):
    """A half-open range of a document."""

    start: Position
    end: Position


class Change(NamedTuple):
    """One content change; without a range it replaces the whole text."""

    range: Range | None
    text: str


@dataclass(frozen=True, slots=True)
class Related:
    """One step of a finding's witness."""

    uri: str
    range: Range
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``severity`` is the protocol's: 1 error, 2 warning, 3 information, 4 hint.

    ``unnecessary`` is what can simply be deleted. ``kept`` says that the statement does not parse at the moment, and
    that this was found in it before. ``href`` leads to the rule's page, empty where the client knows none.
    """

    range: Range
    severity: int
    code: str
    message: str
    related: tuple[Related, ...] = ()
    unnecessary: bool = False
    kept: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The diagnostics of one version of a document, or of one cell of a notebook."""

    uri: str
    version: int | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """Why a document shows what it shows: one word for programs, one sentence for people.

    ``configuration`` is where its settings come from, ``problem`` what is wrong there.
    """

    uri: str
    state: str
    message: str
    findings: int = 0
    configuration: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Hover:
    """Markdown about a range."""

    range: Range
    markdown: str


@dataclass(frozen=True, slots=True)
class Completion:
    """One word that may replace ``range``; ``rank`` is its place in the list."""

    range: Range
    label: str
    detail: str
    documentation: str
    is_class: bool
    rank: int


@dataclass(frozen=True, slots=True)
class TextEdit:
    """One change of one version of a text. A ``snippet`` has places to fill in (``${1:reason}``)."""

    uri: str
    version: int | None
    range: Range
    text: str
    snippet: str = ""

    def unversioned(self) -> TextEdit:
        """The same for whatever is there."""
        return replace(self, version=None)


@dataclass(frozen=True, slots=True)
class CodeAction:
    """Something to do about ``diagnostic``, or about the whole document.

    ``key`` is what its edits are asked for by later; ``edits`` are empty where it only runs a command about ``word``.
    """

    title: str
    kind: str
    uri: str
    version: int
    key: str
    diagnostic: Diagnostic | None = None
    preferred: bool = False
    edits: tuple[TextEdit, ...] = ()
    word: str = ""
