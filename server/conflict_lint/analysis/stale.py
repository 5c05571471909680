"""Conflicts that are answered by sending the same thing again: an old version, an old document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..catalogue.model import ErrorInfo, Precondition
from .answers import failure
from .events import Attempt, Repeat, SdkCall
from .retried import changes, fresh, handled, looks, names, retries
from .streams import from_caller
from .values import UNKNOWN, Place, Record, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..catalogue import Catalogue

CONFLICTS = ("412", "409")
"""The HTTP statuses of a failed precondition and of a conflict."""
BUSY = frozenset({"409"})
HARMLESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
EQUALS = re.compile(r"^\(?\s*[#\w.]+\s*=\s*(:\w+)\s*\)?(?:\s+AND\s+\(?\s*[#\w.]+\s*=\s*(:\w+)\s*\)?)*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A setting of a transport, ``repeat``, by which a ``status`` is answered by the same request again.

    ``place`` is the status in the list, or the whole setting where that is out of sight.
    """

    repeat: Repeat
    status: str
    place: Place


@dataclass(frozen=True, slots=True)
class Stale:
    """``call`` is sent again after ``error`` with the version in ``member`` that has just been refused.

    ``read`` answered the version, where that is in sight. ``told`` says that a policy names the error.
    """

    repeat: Repeat
    call: SdkCall
    member: str
    error: ErrorInfo
    read: SdkCall | None
    told: bool


def replayed(repeat: Repeat) -> Iterator[Replayed]:
    """The conflicts that a transport answers by itself, for methods that change something.

    Who lists ``BUSY`` and nothing else knows a server that answers it while it is at work, and no longer afterwards.
    """
    if repeat.form != "transport" or repeat.methods <= HARMLESS:
        return
    named = repeat.errors.named("status")
    if named == BUSY:
        return
    places = dict(repeat.literals)
    yield from (Replayed(repeat, status, places.get(status, repeat.place)) for status in CONFLICTS if status in named)


def stale(catalogue: Catalogue, attempts: Sequence[Attempt], repeat: Repeat) -> Iterator[Stale]:
    """The conditional writes in a repeat whose refused condition cannot hold the next time either."""
    if not repeat.steady:
        return
    for call in repeat.calls:
        if call.layer == "name" or not changes(call) or call.opaque or looks(repeat, call):
            continue
        found = old_version(repeat, call)
        error = failure(catalogue, call)
        if found is None or error is None or not retries(catalogue, repeat, error):
            continue
        if not handled(catalogue, attempts, repeat, call, error):
            member, read = found
            told = repeat.form != "loop" and names(repeat, error)
            yield Stale(repeat, call, member, error, read, told)


def old_version(repeat: Repeat, call: SdkCall) -> tuple[str, SdkCall | None] | None:
    """The precondition that sends the same version in every attempt, and the read that answered it."""
    for member, precondition in (call.operation.preconditions or {}).items():
        value = call.argument(member) if "[" not in member else None
        if value is None or value.const is None:
            continue
        if precondition.kind == "sdk" and not (precondition.sources and (value.reply or from_caller(value))):
            continue
        compared = versions(call, precondition, value)
        if not compared or any(fresh(repeat, one) or one.const is not UNKNOWN for one in compared):
            continue
        reads = [read for one in compared for read in answered_by(one)]
        if not any(read in repeat.inner for read in reads):
            return member, next(iter(reads), None)
    return carried_version(repeat, call)


def carried_version(repeat: Repeat, call: SdkCall) -> tuple[str, SdkCall] | None:
    """The version in a document that was read before the repeat and is sent as a whole, and the read."""
    documents = (call.argument(member) for member in call.operation.payload if call.operation.version)
    for value in documents:
        for path in call.operation.version:
            part, names = value, path.split(".")
            while part is not None and part.whole_of() is None and len(names) > 1:
                part = part.named(names.pop(0))
            whole = part.whole_of() if part is not None else None
            if whole is not None and whole[0] not in repeat.inner and names[0] not in whole[1]:
                return path, whole[0]
    return None


def versions(call: SdkCall, precondition: Precondition, value: Value) -> list[Value]:
    """What a precondition compares the present state with, where it compares for equality."""
    if precondition.kind != "condition-expression":
        return [] if precondition.creates and not precondition.sources else [value]
    if value.const is UNKNOWN:  # built of what was read
        return [value] if next(answered_by(value), None) is not None else []
    text, values = value.const, call.arguments.get((call.operation.condition or {}).get("values", ""))
    if not isinstance(text, str) or values is None or EQUALS.match(text.strip()) is None:
        return []
    found = [values.named(name) for name in re.findall(r":\w+", text)]
    return [one for one in found if one is not None] if None not in found else []


def answered_by(value: Value) -> Iterator[SdkCall]:
    """The reads whose answers a value was made of."""
    yield from (one.reply[0] for one in value.alternatives() if one.reply)
    yield from (origin.source for origin in value.flow() if not isinstance(origin.source, Record))
