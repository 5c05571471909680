"""Changes that go on after the call that started them has returned, and calls that are refused until they are over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .errorsets import is_class_of
from .events import Attempt, CodeTest, Repeat, SdkCall, identity
from .values import Value
from .ways import State, settle, way_in

if TYPE_CHECKING:
    from ..catalogue import Catalogue
    from ..catalogue.model import ErrorInfo


@dataclass(frozen=True, slots=True)
class Overlap:
    """``call`` may be refused because the change that ``earlier`` started is still going on."""

    call: SdkCall
    earlier: SdkCall


# -- while a run is going on ------------------------------------------------------------------------------------------


def started(state: State, call: SdkCall) -> None:
    """Note what may still be going on when a call is made, and what goes on after it."""
    way = way_in(state)
    call.busy |= way.busy - {call}
    if call.operation.lifecycle is not None and call.operation.lifecycle.until:
        settle(state, replace(way, busy=way.busy | {call}, waited=way.waited - {call}))


def waited(state: State) -> None:
    """Something was waited for: everything that was going on is taken to be over."""
    way = way_in(state)
    if way.busy:
        settle(state, replace(way, busy=frozenset(), waited=way.waited | way.busy))


def not_begun(before: State, state: State) -> None:
    """In a handler: what the ``try`` was to start has failed."""
    earlier = way_in(before)
    way = way_in(state)
    if way.busy != earlier.busy:
        settle(state, replace(way, busy=earlier.busy))


# -- afterwards -------------------------------------------------------------------------------------------------------


def overlaps(
    catalogue: Catalogue,
    calls: Iterable[SdkCall],
    attempts: Iterable[Attempt],
    tests: Iterable[CodeTest],
    repeats: Iterable[Repeat],
) -> Iterator[Overlap]:
    """Every call that is refused while an earlier change goes on which nothing has waited for, with the latest one.

    A call whose refusal is handled, or which is repeated after it, waits in its own way.
    """
    attempts, tests, repeats = list(attempts), list(tests), list(repeats)
    for call in calls:
        lifecycle = call.operation.lifecycle
        if lifecycle is None or not lifecycle.refused or call.layer == "name" or call.deferred or call.retried:
            continue
        earlier = [one for one in call.busy if one.layer != "name" and one.place != call.place and same(one, call)]
        if earlier and not any(expects(catalogue, call, e, attempts, tests, repeats) for e in lifecycle.refused):
            yield Overlap(call, max(earlier, key=lambda one: one.order))


def same(earlier: SdkCall, call: SdkCall) -> bool:
    """Whether two calls are about one thing."""
    first, then = earlier.operation.lifecycle, call.operation.lifecycle
    if first is None or then is None or first.of != then.of or earlier.operation.service != call.operation.service:
        return False
    wanted = call.argument(then.identified)
    if wanted is None:
        return call.opaque and then.identified in call.operation.required
    wanted = only(wanted)
    if first.gives:
        path = tuple(first.gives.split("."))
        return any(one.reply is not None and one.reply == (earlier, path) for one in wanted.alternatives())
    given = earlier.argument(first.identified)
    return given is not None and identity(only(given)) == identity(wanted)


def only(value: Value) -> Value:
    """The one element of a list of one."""
    return value.items[0] if value.items is not None and len(value.items) == 1 else value


def expects(
    catalogue: Catalogue,
    call: SdkCall,
    error: ErrorInfo,
    attempts: Iterable[Attempt],
    tests: Iterable[CodeTest],
    repeats: Iterable[Repeat],
) -> bool:
    """Whether something around a call deals with an error: a handler that names it, a test of the code, a repeat."""
    every = frozenset(catalogue.construct.exceptions)
    if any(call in repeat.inner and repeat.errors.holds(error, every) for repeat in repeats):
        return True
    if any(call in test.calls and any(literal.text == error.code for literal in test.literals) for test in tests):
        return True
    named = (catch for attempt in attempts if call in attempt.calls for catch in attempt.catches)
    return any(is_class_of(f"{catch.service}:{catch.name}", error, ()) for catch in named)
