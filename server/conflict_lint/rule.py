"""The vocabulary of rules and findings: everything a rule module may import.

All positions in this module are offsets in code points into the text of one file, 0-based, end exclusive.
They become lines and columns only where somebody reads them (``source.Source``).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from .severity import Severity

if TYPE_CHECKING:
    from .analysis.events import CodeTest, SdkCall
    from .analysis.units import Unit
    from .analysis.values import Place

__all__ = [
    "Applicability",
    "CodeTest",
    "Confidence",
    "Draft",
    "Edit",
    "Finding",
    "Fix",
    "Place",
    "Related",
    "Repair",
    "Rule",
    "SdkCall",
    "Severity",
    "Span",
    "Unit",
]


class Confidence(enum.IntEnum):
    """How sure the linker is of the SDK operations a finding rests on."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


Applicability = Literal["safe", "unsafe", "suggestion"]


class Span(NamedTuple):
    """A half-open range of code points ``[start, end)`` in a file's text."""

    start: int
    end: int


class Edit(NamedTuple):
    """Replace ``span`` by ``text``; an insertion has an empty span."""

    span: Span
    text: str


class Fix(NamedTuple):
    """One repair offered for a finding.

    ``safe`` keeps the program's meaning, ``unsafe`` changes its behaviour as intended, a ``suggestion`` leaves a hole
    that the developer must fill and is never applied in bulk. ``edits`` are in file order and do not overlap.
    """

    title: str
    applicability: Applicability
    edits: tuple[Edit, ...]


class Related(NamedTuple):
    """One step of the witness, in program order (the read, the change, the loop, the handler).

    ``path`` is empty for the finding's own file, else a path relative to the project root with ``/``.
    """

    span: Span
    message: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """Plain data from which ``fixes`` builds the fix when somebody asks for it.

    ``kind`` names a builder in ``fixes``; ``spans`` are the pieces of syntax it works on, by role; ``values`` are the
    literal parts (a parameter's name, the right spelling). A rule gives ``places``, the engine turns them into spans.
    """

    kind: str
    spans: dict[str, Span] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


class Rule(NamedTuple):
    """A rule's declaration. Its documentation is the docstring of the module that holds it."""

    code: str
    name: str
    severity: Severity


class Draft(NamedTuple):
    """A finding whose places are still relative to their chunks, so that it survives edits elsewhere.

    ``{line0}`` in ``message`` stands for the 1-based line of the first related place, ``{line1}`` for the second's.
    Of drafts for the same rule and ``cause`` (or place, where that says it all) the first with the lowest ``rank`` is
    kept: a write in another module is one thing to repair, however often it is called.
    """

    rule: Rule
    place: Place
    function: str
    confidence: Confidence
    message: str
    related: tuple[tuple[Place, str], ...] = ()
    repairs: tuple[Repair, ...] = ()
    rank: tuple[int, int] = (0, 0)
    entries: tuple[str, ...] = ()
    cause: Place | None = None


class Finding(NamedTuple):
    """One diagnostic. ``span`` covers the call's name, not its forty lines of arguments."""

    code: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    span: Span
    function: str = "<module>"
    related: tuple[Related, ...] = ()
    entries: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()
    fingerprint: str = ""
