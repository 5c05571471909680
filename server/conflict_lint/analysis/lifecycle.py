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
    from .frames import Arguments


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


def handed(state: State, name: str, args: Arguments, receiver: Value | None = None) -> None:
    """A call of something called ``name`` has a receiver and arguments by which it may wait for a change."""
    busy = way_in(state).busy
    if not busy:
        return
    values = args.values() if receiver is None else [receiver, *args.values()]
    asked = any(one.operation.lifecycle and one.operation.lifecycle.until.strip(".()") == name for one in busy)
    if asked or any(stands_for_change(one) for value in values for one in value.alternatives()):
        waited(state)


def stands_for_change(value: Value) -> bool:
    """Whether one waits for the end of a change by this value, or by a part of it, such as a name."""
    started = value.reply[0].operation.lifecycle if value.reply is not None else None
    return started is not None and started.polled


def not_begun(before: State, state: State) -> None:
    """In a handler: what the ``try`` was to start has failed; what it waited for in vain need not be told again."""
    way = way_in(state)
    busy = way_in(before).busy - way.waited
    if way.busy != busy:
        settle(state, replace(way, busy=busy))


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
    calls, attempts, tests, repeats = list(calls), list(attempts), list(tests), list(repeats)
    for call in calls:
        lifecycle = call.operation.lifecycle
        if lifecycle is None or not lifecycle.refused or call.layer == "name" or call.deferred or call.retried:
            continue
        if lifecycle.changing and not any(changes(call, member) for member in lifecycle.changing):
            continue
        earlier = [one for one in call.busy if one.layer != "name" and one.place != call.place and same(one, call)]
        latest = max(earlier, key=lambda one: one.order, default=None)
        if latest is None or tried_again(call, latest, calls, attempts):
            continue
        if not any(expects(catalogue, call, e, attempts, tests, repeats) for e in lifecycle.refused):
            yield Overlap(call, latest)


def changes(call: SdkCall, member: str) -> bool:
    """Whether a call is given a member to change, or the member's name as the attribute to change."""
    named = (value.const for value in call.arguments.values())
    return member in call.arguments or any(isinstance(c, str) and c[:1].upper() + c[1:] == member for c in named)


def same(earlier: SdkCall, call: SdkCall) -> bool:
    """Whether two calls are about one thing."""
    first, then = earlier.operation.lifecycle, call.operation.lifecycle
    if first is None or then is None or first.of != then.of or earlier.operation.service != call.operation.service:
        return False
    wanted, given = identifying(call), identifying(earlier)
    if len(wanted) < len(then.identified):
        return call.opaque and call.operation.required.issuperset(then.identified)
    if first.gives:
        path = tuple(first.gives.split("."))
        return any(one.reply is not None and one.reply == (earlier, path) for one in wanted[-1].alternatives())
    if (
        len(given) < len(first.identified)
        and earlier.opaque
        and earlier.operation.required.issuperset(first.identified)
    ):
        return earlier.receiver is not None and call.receiver is not None and earlier.receiver.key == call.receiver.key
    return len(given) == len(wanted) and all(identity(a) == identity(b) for a, b in zip(given, wanted, strict=True))


def identifying(call: SdkCall) -> list[Value]:
    """What a call gives to name the thing that it is about, as far as it is in sight."""
    found: list[Value] = []
    for member in call.operation.lifecycle.identified if call.operation.lifecycle else ():
        head, *rest = member.split(".")
        given = call.arguments.get(head)
        value = given.inside(rest) if given is not None else None
        found += [only(value)] if value is not None else []
    return found


def tried_again(call: SdkCall, earlier: SdkCall, calls: Iterable[SdkCall], attempts: Iterable[Attempt]) -> bool:
    """Whether the failure of a call is caught, and the same is asked for once more when something was waited for."""
    if not any(call in attempt.calls and attempt.catches for attempt in attempts):
        return False
    later = (one for one in calls if one.operation is call.operation and one.order > call.order)
    return any(earlier not in one.busy and same(earlier, one) for one in later)


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
    """Whether something around a call deals with an error: a handler that names it, a test of the code, a repeat.

    Where no model says what it is raised as, a handler of any class of the SDK may be meant for it.
    """
    every = frozenset(catalogue.construct.exceptions)
    service = catalogue.service(call.operation.service)
    packages = {name.partition(".")[0] for name in catalogue.conflicts.bases(service.provider)}
    if any(call in repeat.inner and repeat.errors.holds(error, every) for repeat in repeats):
        return True
    if any(call in test.calls and any(literal.text == error.code for literal in test.literals) for test in tests):
        return True
    named = (catch for attempt in attempts if call in attempt.calls for catch in attempt.catches)
    if service.distribution:
        return any(catch.name.partition(".")[0] in packages for catch in named)
    return any(is_class_of(f"{catch.service}:{catch.name}", error, ()) for catch in named)
