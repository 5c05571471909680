"""Request bodies that can be read once: an open file, a generator, a stream."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from .events import Repeat, SdkCall
from .retried import changes
from .values import Place, Value

OPENS = frozenset({"open", "fdopen", "BytesIO", "TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"})
REWINDS = re.compile(r"\bseek\s*\(")


@dataclass(frozen=True, slots=True)
class Drained:
    """``repeat`` sends the stream in ``member`` of ``call`` again, which the first attempt has read to its end.

    ``opened`` is where the stream comes from, outside of what is repeated; None where the caller gives it.
    """

    repeat: Repeat
    call: SdkCall
    member: str
    opened: Place | None


def drained(repeat: Repeat) -> Iterator[Drained]:
    """The calls in a repeat whose body is used up after the first attempt."""
    if any(REWINDS.search(span.chunk.text[span.start : span.end]) for span in repeat.spans):
        return
    if not (repeat.errors.ways and repeat.steady):
        return
    for call in repeat.calls:
        if call.layer == "name" or not changes(call) or rewound(call):
            continue
        for member in (*call.operation.streams, *call.operation.payload):
            value = call.arguments.get(member)
            place = opened(value) if value is not None else None
            given = value is not None and member in call.operation.streams and from_caller(value)
            if (place is not None and not repeat.anew(place)) or given:
                yield Drained(repeat, call, member, place)
                break


def rewound(call: SdkCall) -> bool:
    """Whether a body is read from its beginning each time, or may be."""
    told = call.arguments.get(call.operation.rewinds)
    return (told is not None and told.const is not False) or REWINDS.search(call.place.chunk.text) is not None


def key_of(key: Hashable, place: Place) -> Hashable:
    """The identity of a stream that was opened at a place."""
    return ("opened", key, place)


def opened(value: Value) -> Place | None:
    """Where a value was opened as a stream; None where it is none, or may be something else."""
    keys = [one.key for one in value.alternatives()]
    places = {key[2] if isinstance(key, tuple) and key[:1] == ("opened",) else None for key in keys}
    found = places.pop() if len(places) == 1 else None
    return found if isinstance(found, Place) else None


def from_caller(value: Value) -> bool:
    """Whether a value is a parameter of the function that is followed."""
    return isinstance(value.key, tuple) and value.key[:1] == ("param",)
