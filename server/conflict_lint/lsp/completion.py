"""Completion of error codes and exception classes from what the calls in the ``try`` can raise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from conflict_lint.catalogue.model import QUESTION
from conflict_lint.lsp import hover
from conflict_lint.lsp.sight import Sight
from conflict_lint.rule import Span

if TYPE_CHECKING:
    from conflict_lint.analysis.events import SdkCall
    from conflict_lint.catalogue import Catalogue
    from conflict_lint.catalogue.model import ErrorInfo
    from conflict_lint.project import ProjectView

BEFORE_CODE = re.compile(r"""(?:[=!]=|\bin\b\s*[({\[]?|[,({\[|]|\bcase\b)\s*(?P<quote>["'])(?P<begun>[\w.]*)$""")
BEFORE_CLASS = re.compile(r"\.exceptions\.(?P<begun>\w*)$")
WORD = re.compile(r"\w*")
LINE = re.compile(r"[^\r\n]*")
ENDINGS = ("", ": pass", "): pass", ",): pass", "}: pass", "]: pass", ")", "]", "}")
"""How a line that is being typed may go on so that its statement is whole."""
STANDS_IN = "Q"


class Item(NamedTuple):
    """One completion: ``detail`` says whose it is, ``documentation`` is Markdown."""

    label: str
    detail: str
    documentation: str


def complete(view: ProjectView, path: str, text: str, offset: int) -> tuple[Span, list[Item]] | None:
    """What may stand in the string or after the dot at ``offset``, and the part of it that is there already."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    wanted = BEFORE_CODE.search(text[start:offset]) or BEFORE_CLASS.search(text[start:offset])
    if wanted is None or "except" not in text:
        return None
    quote = wanted.groupdict().get("quote", "")
    begun = start + wanted.start("begun")
    rest = LINE.match(text, WORD.match(text, offset).end())  # type: ignore[union-attr]
    assert rest is not None
    for ending in (rest[0], *(quote + ending for ending in ENDINGS)):
        sight = Sight(view, path, text[:begun] + STANDS_IN + ending + text[rest.end() :])
        found = sight.chunk(begun)
        if found is not None and found[0].problem is None:
            items = list(in_string(sight, begun) if quote else below_client(sight, begun))
            return (Span(begun, offset), items) if items else None
    return None


def in_string(sight: Sight, offset: int) -> Iterator[Item]:
    """The codes with which the error at hand may be compared."""
    nodes = sight.nodes(offset)
    if nodes and isinstance(nodes[-1], ast.Constant):
        yield from items(sight, hover.answers(sight.catalogue, hover.calls_tested(sight, offset)))


def below_client(sight: Sight, offset: int) -> Iterator[Item]:
    """The exception classes of the client, those that the calls declare first."""
    unit = sight.unit(offset)
    catches = [c for a in (unit.trace.attempts if unit else ()) for c in a.catches if sight.is_at(c.place, offset)]
    for service in sorted({service for catch in catches for service in catch.services()}):
        classes = sight.catalogue.service(service).exceptions
        calls: Sequence[SdkCall] = [call for catch in catches for call in catch.attempt.calls]
        declared = [shape for call in calls for shape in call.operation.errors if shape in classes]
        yield from items(sight, {shape: classes[shape] for shape in (*declared, *classes)})


def items(sight: Sight, errors: Mapping[str, ErrorInfo]) -> Iterator[Item]:
    """Errors by the names under which they are offered."""
    for name, error in errors.items():
        status = f", HTTP {error.status}" if error.status else ""
        yield Item(name, f"{error.service}{status}", documentation(sight.catalogue, name, error))


def documentation(catalogue: Catalogue, name: str, error: ErrorInfo) -> str:
    """What an error means and whether the request can be repeated, or what to do."""
    provider = error.service.partition(".")[0]
    for curated in catalogue.conflicts.find(name, error.service) or catalogue.conflicts.find(name, provider):
        return f"{curated.meaning}\n\n**{QUESTION}** {curated.answer}"
    advice = catalogue.advice(error)
    return f"{advice.meaning}\n\n{advice.action}" if advice else ""
