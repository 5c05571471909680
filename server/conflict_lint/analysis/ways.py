"""What holds on the way to each point of a run: which reads have found nothing, which changes may still be going on.

This is kept among the variables, under ``WAY``, so that it is joined where control flow meets. An absence that holds on
some ways only is forgotten there, but a constant that is bound on those alone (``exists = False``) remembers it. A
change that may be going on after some way may be going on after all, and a constant that is bound on others alone
remembers that it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from .events import SdkCall
from .values import NO_CALLS, UNKNOWN, Value, constant, joined

WAY = "\0way"
State = dict[str, Value]


class Absent(NamedTuple):
    """``read`` found nothing; ``refused`` says that what it might have found would have raised an error.

    ``partial`` says that this was so on some ways only: what exists may be overwritten on purpose on others.
    """

    read: SdkCall
    refused: bool = False
    partial: bool = False


NOTHING: frozenset[Absent] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """``absent`` is what is known not to exist, ``busy`` are the calls whose changes may still be going on.

    ``waited`` are those that the program has waited for, if only on some ways: it knows that they take time.
    """

    absent: frozenset[Absent] = NOTHING
    busy: frozenset[SdkCall] = frozenset()
    waited: frozenset[SdkCall] = frozenset()


START = Way()


@dataclass(frozen=True, slots=True)
class Tells:
    """What is absent if a value is true, and what if it is not; ``unless`` some flag says otherwise, if it is not.

    ``there`` are the reads that have found something if it is true, ``there_else`` if it is not.
    """

    yes: frozenset[Absent] = NOTHING
    no: frozenset[Absent] = NOTHING
    unless: frozenset[Absent] = NOTHING
    there: frozenset[SdkCall] = NO_CALLS
    there_else: frozenset[SdkCall] = NO_CALLS

    def __invert__(self) -> Tells:
        return Tells(self.no, self.yes, NOTHING, self.there_else, self.there)


SILENT = Tells()


NO_WAY = Value(("way", 0), target=START)


def common(sets: Iterable[frozenset[Absent]]) -> frozenset[Absent]:
    """The absences that all of some sets have; one that is not refused everywhere is not refused."""
    each = [strongest(found) for found in sets]
    if not each or not all(each):
        return NOTHING
    reads = set(each[0]).intersection(*each[1:])
    return frozenset(
        Absent(read, all(one[read].refused for one in each), any(one[read].partial for one in each)) for read in reads
    )


def on_ways(sets: Sequence[frozenset[Absent]]) -> frozenset[Absent]:
    """What is absent after any of some ways: on all of them, or where one of them refuses what exists."""
    shared = common(sets)
    known = {one.read for one in shared}
    partly = {one.read for found in sets for one in found if one.refused and one.read not in known}
    return shared | {Absent(read, True, True) for read in partly}


def strongest(found: Iterable[Absent]) -> dict[SdkCall, Absent]:
    """Each absence once: refused if anything refuses what exists, partial if nothing says more."""
    out: dict[SdkCall, Absent] = {}
    for one in found:
        old = out.get(one.read, one)
        out[one.read] = Absent(one.read, old.refused or one.refused, old.partial and one.partial)
    return out


def way_in(state: State) -> Way:
    """What holds in a state."""
    value = state.get(WAY)
    if value is None:
        return START
    if not value.options:
        return value.target if isinstance(value.target, Way) else START
    ways = [one.target if isinstance(one.target, Way) else START for one in value.options]
    waited = frozenset(call for way in ways for call in way.waited)
    busy = frozenset(call for way in ways for call in way.busy)
    return Way(on_ways([way.absent for way in ways]), busy - waited, waited)


def settle(state: State, way: Way) -> None:
    """From here on, this holds."""
    if way != START or WAY in state:
        state[WAY] = Value(("way", id(way)), target=way)


def refused(found: frozenset[Absent]) -> frozenset[Absent]:
    """The same, where what exists is refused with an error."""
    return frozenset(one._replace(refused=True) for one in found)


def partly(found: frozenset[Absent]) -> frozenset[Absent]:
    """The same, where what exists is refused with an error unless a flag allows it."""
    return frozenset(Absent(one.read, True, True) for one in found)


def learn(state: State, found: frozenset[Absent]) -> None:
    """From here on this is known to be absent too."""
    if found:
        way = way_in(state)
        settle(state, replace(way, absent=common([found | way.absent])))


def forget(state: State, found: frozenset[Absent]) -> None:
    """From here on nothing is said of these reads any more."""
    way, reads = way_in(state), {one.read for one in found}
    left = frozenset(one for one in way.absent if one.read not in reads)
    if left != way.absent:
        settle(state, replace(way, absent=left))


def discard(state: State, there: frozenset[SdkCall]) -> None:
    """From here on these reads are known to have found something: what is bound where they did not is not at hand."""
    for name, value in state.items() if there else ():
        left = [one for one in value.options if there.isdisjoint(absence.read for absence in one.under)]
        if left and len(left) < len(value.options):
            state[name] = joined(left)


def remembering(states: Sequence[State]) -> Sequence[State]:
    """States to be joined, in which the constants bound on some ways only remember what is absent on those."""
    ways = {id(state.get(WAY)) for state in states}
    if len(ways) == 1:
        return states
    known = [way_in(state) for state in states]
    busy = frozenset(call for way in known for call in way.busy)
    if not busy and not any(way.absent for way in known):
        return [state if WAY in state else {**state, WAY: NO_WAY} for state in states]
    shared = common([way.absent for way in known])
    return [
        remembered(state, states, way.absent - shared, busy - way.busy)
        for state, way in zip(states, known, strict=True)
    ]


def remembered(state: State, states: Sequence[State], found: frozenset[Absent], idle: frozenset[SdkCall]) -> State:
    """One of them."""
    out = dict(state)
    out.setdefault(WAY, NO_WAY)
    for name, value in state.items() if found or idle else ():
        if any(other.get(name) is not value for other in states):
            out[name] = under(value, found, idle)
    return out


def under(value: Value, found: frozenset[Absent], idle: frozenset[SdkCall] = NO_CALLS) -> Value:
    """A value whose constants remember what is absent where they are bound, and what has not begun there."""
    if not (found or idle) or all(one.const is UNKNOWN for one in value.alternatives()):
        return value
    if value.options:
        return joined([under(one, found, idle) for one in value.options])
    out = constant(value.const, value.place)
    out.under, out.idle = value.under | found, value.idle | idle
    return out


def spared(value: Value, outcome: bool) -> frozenset[SdkCall]:
    """The calls that have not been made wherever a value is one of its constants of this truth."""
    options = [one for one in value.alternatives() if one.const is UNKNOWN or bool(one.const) is outcome]
    return frozenset.intersection(*(one.idle for one in options)) if options else NO_CALLS
