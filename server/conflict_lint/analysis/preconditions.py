"""Preconditions that are there and guard nothing."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from ..catalogue.model import READS
from .assignments import incoming
from .events import SdkCall, identity
from .values import Value
from .witness import same_resource, written_back

ANYTHING = "*"


@dataclass(frozen=True, slots=True)
class Defeated:
    """``write`` carries ``member``, and would overwrite all the same.

    Its data is of the read ``old`` and the version of the later one ``new``; without them, it is met by any version, or
    is ``made_up`` where the read has answered none.
    """

    write: SdkCall
    member: str
    old: SdkCall | None = None
    new: SdkCall | None = None
    made_up: str = ""


@dataclass(frozen=True, slots=True)
class Inert:
    """``call`` is given the precondition at the path ``member``, which it ignores or refuses.

    It would heed it beside ``without``, where that is not empty.
    """

    call: SdkCall
    member: str
    without: str = ""


def inert(calls: Iterable[SdkCall]) -> Iterator[Inert]:
    """Every call that is given a precondition which it ignores or refuses."""
    for call in calls:
        if call.layer == "name":
            continue
        yield from (Inert(call, path) for path in call.operation.inert if is_given(call, path))
        for member, precondition in (call.operation.preconditions or {}).items():
            half = not call.opaque and is_given(call, member) and not any(is_given(call, m) for m in precondition.also)
            if half and precondition.also:
                yield Inert(call, member, next(iter(precondition.also)))


def is_given(call: SdkCall, member: str) -> bool:
    """Whether an argument, or what lies at a path in it, is anything but None."""
    value = call.argument(member)
    return value is not None and value.const is not None


def defeated(writes: Iterable[SdkCall]) -> Iterator[Defeated]:
    """Every write whose precondition lets through what it is there to stop; a made-up version is told once."""
    told: set[frozenset[Hashable]] = set()
    for write in writes:
        for member, value in (*versions(write), *carried(write)):
            if value.const == ANYTHING:
                yield Defeated(write, member)
            elif made_up := stand_in(write, member, value):
                same = frozenset(one.key for one in value.alternatives())
                if same not in told:
                    yield Defeated(write, member, made_up=made_up)
                told.add(same)
            for one in value.alternatives():
                pair = taken_apart(write, one.reply[0]) if one.reply is not None else None
                if pair is not None:
                    yield Defeated(write, member, *pair)
                    break


def stand_in(write: SdkCall, member: str, value: Value) -> str:
    """The constant that a version is where the read has answered none; empty if there is no such constant.

    One by which the write creates is right where there was nothing to read.
    """
    precondition = (write.operation.preconditions or {}).get(member)
    told = {"", ANYTHING, precondition.creates if precondition is not None else ""}
    alternatives = value.alternatives()
    if not any(one.reply is not None and one.reply[0].operation.effect in READS for one in alternatives):
        return ""
    constants = (str(one.const) for one in alternatives if isinstance(one.const, (int, str)))
    return next((text for text in constants if text not in told), "")


def versions(write: SdkCall) -> Iterator[tuple[str, Value]]:
    """The versions that a write is given to compare with."""
    for member, precondition in (write.operation.preconditions or {}).items():
        value = write.argument(member)
        if value is not None and precondition.sources:
            yield member, value


def carried(write: SdkCall) -> Iterator[tuple[str, Value]]:
    """The versions that were put into the document that a write sends."""
    for member in write.operation.payload:
        for path in write.operation.version:
            value = write.argument(member)
            for name in path.split("."):
                value = value.part(name) if value is not None else None
            if value is not None:
                yield path, value


def taken_apart(write: SdkCall, new: SdkCall) -> tuple[SdkCall, SdkCall] | None:
    """The read that the data of a write is from, if it is older than the one that its version is from."""
    if new.operation.effect not in READS or new.order > write.order:
        return None
    sources = [o.source for o in incoming(write) if isinstance(o.source, SdkCall) and written_back(write, o)]
    if not sources or new in sources:
        return None
    old = max(sources, key=lambda read: read.order)
    if old.order > new.order or not (same_resource(write, new) or read_again(old, new)):
        return None
    return old, new


def read_again(old: SdkCall, new: SdkCall) -> bool:
    """Whether one read asks for the same as an earlier one."""
    if old.operation.name != new.operation.name or old.operation.service != new.operation.service:
        return False
    pairs = [(old.arguments.get(member), new.arguments.get(member)) for member in old.operation.key]
    return all(a is not None and b is not None and identity(a) == identity(b) for a, b in pairs)
