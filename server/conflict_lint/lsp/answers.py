"""What the server answers, as plain data: no protocol library, no engine.

A position is ``(line, units)``: a 0-based line, and the count of units of the negotiated encoding before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
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
    """One finding. ``severity`` is the protocol's: 1 error, 2 warning, 3 information, 4 hint."""

    range: Range
    severity: int
    code: str
    message: str
    related: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The diagnostics of one version of a document."""

    uri: str
    version: int
    diagnostics: tuple[Diagnostic, ...]

    @property
    def result_id(self) -> str:
        """The same for equal diagnostics, whatever the version."""
        return sha256(repr(self.diagnostics).encode(errors="backslashreplace")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Hover:
    """Markdown about a range."""

    range: Range
    markdown: str


@dataclass(frozen=True, slots=True)
class CodeAction:
    """One repair of ``diagnostic``; ``edits`` apply to ``version`` of the document ``uri``."""

    title: str
    preferred: bool
    diagnostic: Diagnostic
    uri: str
    version: int
    edits: tuple[tuple[Range, str], ...]
