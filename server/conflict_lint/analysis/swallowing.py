"""What becomes of an error that is caught: errors that nobody hears of again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..catalogue.model import READS
from . import facts as f
from . import loops
from .answers import failures
from .errorsets import is_class_of, same_class
from .events import Attempt, CodeTest, Ending, SdkCall
from .link import last_name
from .locks import creating, locks
from .repeats import CURRENT, caught_in
from .values import UNKNOWN, Place, Value
from .witness import guarded, same_resource

if TYPE_CHECKING:
    from ..catalogue import Catalogue
    from ..catalogue.model import ErrorInfo
    from .evaluate import Run

ASSIGNS = re.compile(r"\b(?:SET|ADD)\b")
SAYING = loops.TELLING | {"get", "format", "str", "repr", "join", "getLogger", "echo", "secho", "format_exc"}
"""Calls that a handler may make without doing anything about its error."""


@dataclass(frozen=True, slots=True)
class Swallowed:
    """``attempt`` drops an ``error`` of ``call``; ``named`` is where it names it, if that is a class or a constant."""

    attempt: Attempt
    call: SdkCall
    error: str
    place: Place
    named: Place | None


# -- while a run is going on ------------------------------------------------------------------------------------------


def ended(run: Run, kind: str, value: Value | None = None) -> None:
    """Note how control leaves a handler, and with which errors."""
    caught = caught_in(run.frame.variables.get(CURRENT))
    if caught is not None and caught.attempt is not None:
        caught.attempt.endings.append(Ending(kind, caught.errors, value))


def is_quiet(handler: f.Handler) -> bool:
    """Whether a handler does nothing about its error but look at it and tell of it."""
    for statement in loops.statements(handler.body):
        if isinstance(statement, f.Assign):
            mentioned = {name for expr in loops.expressions(statement) for name in loops.names(expr)}
            if handler.name not in mentioned:
                return False
        elif not isinstance(statement, (f.Do, f.If, f.Leave)):
            return False
    made = ((statement, call) for statement in loops.statements(handler.body) for call in calls_of(statement))
    return all(last_name(call.func) in SAYING or asks_of(handler, statement, call) for statement, call in made)


def asks_of(handler: f.Handler, statement: f.Stmt, call: f.Call) -> bool:
    """Whether a call asks what the caught error is, of the error alone, for the sake of the answer."""
    given = [arg.value for arg in call.args]
    alone = len(given) == 1 and isinstance(given[0], f.Name) and given[0].id == handler.name
    return alone and not isinstance(statement, f.Do)


def calls_of(statement: f.Stmt) -> Iterator[f.Call]:
    """The calls of one statement, those that make an error to be raised excepted."""
    if isinstance(statement, f.Leave) and statement.kind == "raise":
        return
    for expr in loops.expressions(statement):
        yield from (node for node in loops.parts(expr) if isinstance(node, f.Call))


# -- afterwards -------------------------------------------------------------------------------------------------------


def foreign_taken(
    catalogue: Catalogue, attempts: Iterable[Attempt], tests: Iterable[CodeTest], calls: Iterable[SdkCall]
) -> Iterator[Swallowed]:
    """Creations whose "exists already, and may be somebody else's" is treated as success."""
    calls, tests = list(calls), list(tests)
    for attempt in attempts:
        for call in attempt.calls:
            again = attempt.looped and attempt.leaves
            if call.layer == "name" or again or any(asks(other, call) for other in calls):
                continue
            for error in call.operation.foreign:
                found = dropped(catalogue, attempt, tests, call, error)
                if found is not None:
                    yield found


def conflicts_dropped(
    catalogue: Catalogue, attempts: Iterable[Attempt], tests: Iterable[CodeTest], telling: bool
) -> Iterator[Swallowed]:
    """Conditional updates whose failed condition is dropped, so that the change is silently gone.

    ``telling`` says that the function answers something, by which its caller may know.
    """
    tests = list(tests)
    for attempt in attempts if not telling else ():
        for call in attempt.calls if not attempt.looped else ():
            if not is_conditional_update(call):
                continue
            errors = failures(catalogue, call)
            found = next(filter(None, (dropped(catalogue, attempt, tests, call, e) for e in errors)), None)
            if found is not None:
                yield found
                break


def is_conditional_update(call: SdkCall) -> bool:
    """Whether a call changes or deletes something only if it is as it was seen."""
    if call.operation.effect not in {"replace", "update", "delete"} or call.layer == "name" or call.opaque:
        return False
    if not call.operation.preconditions or not guarded(call) or creating(call) or call.held or locks(call):
        return False
    if call.operation.version and not any(v.whole_of() is not None for v in documents(call)):
        return False
    changes = call.arguments.get(call.operation.expression) if call.operation.expression else None
    if changes is not None and isinstance(changes.const, str) and not ASSIGNS.search(changes.const):
        return False  # it takes away what is one's own, or nobody's any more
    given = (call.argument(member) for member in call.operation.preconditions)
    texts = [value.const for value in given if value is not None and value.const is not UNKNOWN]
    return not any(sign in str(text) for text in texts for sign in "<>(")


def documents(call: SdkCall) -> Iterator[Value]:
    """The documents that a call writes, as far as they are in sight."""
    given = (call.argument(member) for member in call.operation.payload)
    yield from (value for value in given if value is not None)


def dropped(
    catalogue: Catalogue, attempt: Attempt, tests: Iterable[CodeTest], call: SdkCall, error: ErrorInfo
) -> Swallowed | None:
    """The error of a call, if a handler names it and then lets it go."""
    every = frozenset(catalogue.construct.exceptions)
    for ending in attempt.endings:
        if not ending.quiet or not ending.silent or not ending.errors.holds(error, every):
            continue
        place = naming(attempt, tests, error)
        caught = (catch.place for catch in attempt.catches if is_class_of(catch.name, error, every))
        codes, statuses = ending.errors.named("code"), ending.errors.named("status")
        if error.code in codes or (place is not None and not codes and not statuses):
            return Swallowed(attempt, call, error.code, place or next(caught, attempt.place), place)
        if str(error.status) in statuses:
            return Swallowed(attempt, call, f"{error.status} {error.code}", next(caught, attempt.place), None)
    return None


def naming(attempt: Attempt, tests: Iterable[CodeTest], error: ErrorInfo) -> Place | None:
    """Where a handler names an error: a constant that the code is compared with, or a class."""
    literals = (literal for test in tests if test.attempt is attempt for literal in test.literals)
    found = next((literal.place for literal in literals if literal.text == error.code), None)
    classes = (catch.place for catch in attempt.catches if is_named(catch.name, error))
    return found or next(classes, None)


def is_named(name: str, error: ErrorInfo) -> bool:
    """Whether a class in a handler stands for an error and no others."""
    return (bool(error.shape) and name == error.shape) or any(same_class(name, one) for one in error.classes)


def asks(call: SdkCall, create: SdkCall) -> bool:
    """Whether a later read would show whose the thing is."""
    later = call.operation.effect in READS and call.order > create.order
    return later and call.operation.resource == create.operation.resource and same_resource(create, call)
