"""Handlers of one kind of conflict around calls that answer another: 409 and 412 confused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..catalogue.model import ErrorInfo
from .answers import described
from .errorsets import is_class_of, same_class
from .events import Attempt, SdkCall
from .locks import creating
from .swallowing import documents
from .values import Place
from .witness import applies, guarded

if TYPE_CHECKING:
    from ..catalogue import Catalogue

CONFLICTS = frozenset({"409", "412"})
"""The HTTP statuses of a conflict and of a failed precondition."""


@dataclass(frozen=True, slots=True)
class Confused:
    """A handler at ``place`` deals with ``caught``, and a failed condition of ``call`` is an ``error`` of another kind.

    ``caught`` is the last name of a class, or a status.
    """

    call: SdkCall
    error: ErrorInfo
    caught: str
    place: Place


def confused(catalogue: Catalogue, attempts: Iterable[Attempt]) -> Iterator[Confused]:
    """Handlers of a conflict that the conditional call in their ``try`` does not answer, where nothing handles its own.

    Where the function speaks of the right one anywhere, somebody has thought of it.
    """
    every = frozenset(catalogue.construct.exceptions)
    for attempt in attempts if catalogue.sdks else ():
        calls = [call for call in attempt.calls if call.operation.service in catalogue.sdks and call.layer != "name"]
        if attempt.opaque or len(calls) != len(attempt.calls) or len({call.operation.service for call in calls}) != 1:
            continue
        for call in calls:
            error = condition_error(catalogue, call)
            if error is None or spoken_of(error, attempt.place.chunk.text):
                continue
            if any(ending.errors.holds(error, every) for ending in attempt.endings):
                continue
            found = other_conflict(catalogue, attempt, call, error)
            if found is not None:
                yield Confused(call, error, *found)
                break


def condition_error(catalogue: Catalogue, call: SdkCall) -> ErrorInfo | None:
    """What a call answers when its condition does not hold; None where it has none for certain."""
    operation = call.operation
    if call.opaque or not operation.preconditions or not guarded(call):
        return None
    if operation.version and not any(value.whole_of() is not None for value in documents(call)):
        return None
    codes = operation.taken if creating(call) or not applies(call) else operation.failure
    return next((found for code in codes if (found := described(catalogue, call, code)) is not None), None)


def spoken_of(error: ErrorInfo, text: str) -> bool:
    """Whether a function names an error: its status, its code or one of its classes."""
    names = (name.rpartition(".")[2] for name in error.classes)
    return any(word in text for word in (str(error.status), error.code, *names))


def other_conflict(catalogue: Catalogue, attempt: Attempt, call: SdkCall, error: ErrorInfo) -> tuple[str, Place] | None:
    """A class or status of a conflict that a handler names, and that is not the one of ``error``; with its place."""
    every = frozenset(catalogue.construct.exceptions)
    conflicts = catalogue.service(call.operation.service).conflicts
    for catch in attempt.catches:
        if any(same_class(catch.name, name) for name in conflicts) and not is_class_of(catch.name, error, every):
            return catch.name.rpartition(".")[2], catch.place
    for ending in attempt.endings:
        statuses = ending.errors.named("status")
        if statuses and statuses <= CONFLICTS and str(error.status) not in statuses:
            caught = (catch.place for catch in attempt.catches if is_class_of(catch.name, error, every))
            return min(statuses), next(caught, attempt.place)
    return None
