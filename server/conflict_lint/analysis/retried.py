"""What repeats do to the requests in them: which errors they try again in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .answers import EXISTS, FAILED, answers, terminal
from .errorsets import is_class_of, same_class
from .events import Attempt, Catch, Repeat, SdkCall
from .values import Place, Value
from .volatile import sources_in

if TYPE_CHECKING:
    from ..catalogue import Catalogue
    from ..catalogue.model import ErrorInfo

CONFLICTS = frozenset({"concurrent-change", "conflict", "in-progress", "in-use", FAILED})
ROOM = re.compile(r"\b\w*(?:delete|remove|drop|purge|destroy|clean)\w*\(", re.IGNORECASE)
"""Calls by which room may be made, wherever they lead."""
OWN_FAULTS = frozenset({"access-denied", "invalid-request"})
"""Kinds of errors that are the caller's own; what retries all of them retries everything."""


@dataclass(frozen=True, slots=True)
class InVain:
    """``repeat`` sends the request of ``call`` again after ``error``, which no repetition clears.

    Without an ``error`` it does so after every error of the service, by the class ``caught``.
    """

    repeat: Repeat
    call: SdkCall
    error: ErrorInfo | None
    caught: str = ""


def in_vain(catalogue: Catalogue, attempts: Sequence[Attempt], repeat: Repeat) -> InVain | None:
    """The first request in a repeat that is sent again although nothing can have changed."""
    if not repeat.steady:
        return None
    calls = [call for call in repeat.calls if changes(call) and call.layer != "name"]
    for call in calls:
        for error in terminal(catalogue, call):
            if not retries(catalogue, repeat, error) or cleared(repeat, call, error):
                continue
            if not names(repeat, error) and (error.kind != EXISTS or named_anew(call)):
                continue  # caught with all others, and not to be expected
            if names(repeat, error) and repeat.backs_off and call.operation.lingers:
                continue  # somebody waits for a deletion to end
            if not handled(catalogue, attempts, repeat, call, error):
                return InVain(repeat, call, error)
    same = calls and not any(taken_from_reads(repeat, call) for call in calls)
    caught = indiscriminate(catalogue, repeat) if same else ""
    if not caught or kept_inside(catalogue, attempts, repeat, calls[0]):
        return None
    return InVain(repeat, calls[0], None, caught)


def endless(catalogue: Catalogue, attempts: Sequence[Attempt], repeat: Repeat) -> InVain | None:
    """The first write that a repeat sends again after a conflict as often as it takes.

    Where the present state is read each time and somebody waits in between, that ends when the others do.
    """
    if (
        repeat.bounded
        or repeat.form == "recursion"
        or not (repeat.steady or any(looks(repeat, call) for call in repeat.calls))
    ):
        return None
    for call in repeat.calls:
        if (
            call.layer == "name"
            or not changes(call)
            or creates_only(call)
            or (repeat.backs_off and looks(repeat, call))
        ):
            continue
        for error in answers(catalogue, call):
            stale = error.kind == FAILED and not looks(repeat, call)
            passing = error.kind in CONFLICTS and not stale and retries(catalogue, repeat, error)
            if passing and names(repeat, error) and not handled(catalogue, attempts, repeat, call, error):
                return InVain(repeat, call, error)
    return None


def creates_only(call: SdkCall) -> bool:
    """Whether a write succeeds only where nothing is yet, or where a state is awaited: a lock, as it is taken."""
    given = [(p, value) for p in (call.operation.preconditions or {}).values() if (value := call.argument(p.member))]
    parts = {name for precondition, _ in given for name in precondition.also}
    return any(
        precondition.kind == "condition-expression"
        or (precondition.creates and (not precondition.sources or str(value.const) == precondition.creates))
        for precondition, value in given
        if precondition.member not in parts
    )


def reposts(repeat: Repeat) -> bool:
    """Whether a transport is told to send POST again, by a client that changes things, without a key."""
    changing = repeat.methods & {"*", "PUT", "DELETE", "PATCH"}
    return repeat.form == "transport" and "POST" in repeat.methods and bool(changing) and not repeat.keyed


def changes(call: SdkCall) -> bool:
    """Whether a call changes something, by its description or else by its model."""
    return call.operation.changes


def retries(catalogue: Catalogue, repeat: Repeat, error: ErrorInfo) -> bool | None:
    """Whether an error brings control round again; None where that depends on what is out of sight."""
    return repeat.errors.holds(error, frozenset(catalogue.construct.exceptions))


def names(repeat: Repeat, error: ErrorInfo) -> bool:
    """Whether a repeat says in so many words that it goes round after an error."""
    if error.code in repeat.errors.named("code") or str(error.status) in repeat.errors.named("status"):
        return True
    named = repeat.errors.named("class")
    if error.classes or error.bases:
        return any(same_class(name, one) for name in named for one in error.classes)
    return any(name.rpartition(":")[2] == error.shape for name in named)


def cleared(repeat: Repeat, call: SdkCall, error: ErrorInfo) -> bool:
    """Whether another attempt may go another way: it looks first, makes room first, or asks for something else."""
    if error.kind == EXISTS and ROOM.search(call.place.chunk.text):
        return True
    others = neighbours(repeat, call)
    if looks(repeat, call) or any(removes(one) for one in others):
        return True
    if error.kind == "in-use" and others:
        return True
    return any(fresh(repeat, value) for value in call.arguments.values())


def named_anew(call: SdkCall) -> bool:
    """Whether the service may make up another name for each request, as far as the request is in sight."""
    documents = [call.argument(member) for member in call.operation.payload] if call.operation.unnamed else []
    return any(document is None or not document.closed() or told_to(call, document) for document in documents)


def told_to(call: SdkCall, document: Value) -> bool:
    """Whether a document has one of the parts by which the service is told to make up the name."""
    for path in call.operation.unnamed:
        part: Value | None = document
        for name in path.split("."):
            part = part.named(name) if part is not None else None
        if part is not None:
            return True
    return False


def removes(call: SdkCall) -> bool:
    """Whether a call deletes something, by its description or else by its name."""
    return call.operation.effect == "delete" or call.operation.method.startswith("delete_")


def neighbours(repeat: Repeat, call: SdkCall) -> list[SdkCall]:
    """The other calls of the same service in a repeat."""
    return [one for one in repeat.inner if one is not call and one.operation.service == call.operation.service]


def looks(repeat: Repeat, call: SdkCall) -> bool:
    """Whether the present state is read anew in each attempt."""
    return any(not changes(one) for one in neighbours(repeat, call))


def taken_from_reads(repeat: Repeat, call: SdkCall) -> bool:
    """Whether a request is made of what each attempt reads, and so another one when something has changed."""
    values = (one for value in call.arguments.values() for one in value.alternatives())
    return any(one.reply is not None and one.reply[0] in repeat.inner for one in values)


def handled(catalogue: Catalogue, attempts: Sequence[Attempt], repeat: Repeat, call: SdkCall, error: ErrorInfo) -> bool:
    """Whether a ``try`` inside what is repeated catches an error before it gets to where the repeat is decided."""
    every = frozenset(catalogue.construct.exceptions)
    for catch in caught_inside(attempts, repeat, call):
        plain = not catch.service and "." not in catch.name
        names = (f"{catch.service}:{catch.name}" if catch.service else catch.name, f":{catch.name}" if plain else "")
        if any(is_class_of(name, error, every) for name in names if name):
            return True
    return False


def caught_inside(attempts: Sequence[Attempt], repeat: Repeat, call: SdkCall) -> Iterator[Catch]:
    """What is caught around a call inside of what is repeated."""
    for attempt in tried_inside(attempts, repeat, call):
        yield from attempt.catches


def kept_inside(catalogue: Catalogue, attempts: Sequence[Attempt], repeat: Repeat, call: SdkCall) -> bool:
    """Whether a handler inside of what is repeated keeps what is the caller's own fault, so that no policy sees it."""
    if repeat.form == "loop":
        return False
    endings = (ending for attempt in tried_inside(attempts, repeat, call) for ending in attempt.endings)
    every = frozenset(catalogue.construct.exceptions)
    return any(ending.errors.holds(error, every) for ending in endings for error in own_faults(catalogue))


def tried_inside(attempts: Sequence[Attempt], repeat: Repeat, call: SdkCall) -> Iterator[Attempt]:
    """Every ``try`` around a call inside of what is repeated."""
    for attempt in attempts:
        if attempt.calls is repeat.calls or call not in attempt.calls or not set(attempt.calls) <= set(repeat.inner):
            continue
        if not holds(attempt.place, repeat.place):
            yield attempt


def holds(outer: Place, inner: Place) -> bool:
    """Whether one stretch of a chunk lies in another."""
    return outer.chunk is inner.chunk and outer.start <= inner.start and inner.end <= outer.end


def fresh(repeat: Repeat, value: Value) -> bool:
    """Whether a value is another one in each attempt."""
    return any(repeat.anew(source.place) for source in sources_in(value))


def own_faults(catalogue: Catalogue) -> Iterator[ErrorInfo]:
    """The errors of every service that are the caller's own fault."""
    return (error for error in catalogue.common_codes.values() if error.kind in OWN_FAULTS)


def indiscriminate(catalogue: Catalogue, repeat: Repeat) -> str:
    """The class of all errors of the SDK, if a policy names it and tells none of them apart.

    Of a loop that is written out this is said only where it looks at codes, and goes round whatever it saw.
    """
    if repeat.form == "loop" and not repeat.library and repeat.wrapper is None and not repeat.errors.named("code"):
        return ""
    named = sorted(repeat.errors.named("class").intersection(catalogue.construct.exceptions))
    every = named and all(retries(catalogue, repeat, error) for error in own_faults(catalogue))
    return named[0].rpartition(".")[2] if every else ""
