"""Values that are made to differ each time: from clocks, counters and random numbers; found in what they became."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from .values import Place, Value, parts_of

VOLATILE = re.compile(
    r"uuid|random|\brand(?:int|range|bits)|token_(?:hex|bytes|urlsafe)|\bnow\b|utcnow|\btime(?:_ns)?$|"
    r"mktemp|mkdtemp|urandom|getpid"
)
UNIQUE = re.compile(r"uuid|token_(?:hex|bytes|urlsafe)|urandom|mktemp|mkdtemp")
CLOCK = re.compile(r"now\b|utcnow|time(?:_ns)?$")
DIGEST = re.compile(r"(?:digest|hash|checksum|fingerprint|sha\d+|md5|blake2[bs]|crc32)$")
"""What is called like this is the same whenever it is computed, and differs where what it was computed of differs."""
Kind = Literal["unique", "clock", "small"]


@dataclass(frozen=True, slots=True)
class Source:
    """A call at ``place`` that gives another value each time.

    ``unique`` values never meet, ``clock`` values do when they are asked for at once, ``small`` ones by chance.
    """

    name: str
    place: Place

    @property
    def kind(self) -> Kind:
        """How far its values differ."""
        if UNIQUE.search(self.name):
            return "unique"
        return "clock" if CLOCK.search(self.name) else "small"


def key_of(name: str, place: Place) -> Hashable:
    """The identity of what a volatile function gives at a place."""
    return ("volatile", name, place)


def renamed(key: Hashable, name: Hashable) -> Hashable:
    """``name`` as the identity of what had ``key`` before; what differs each time is still to be seen in it."""
    marks = tuple(marks_in(key))
    return ("marked", name, marks) if marks else name


def sources_in(value: Value) -> list[Source]:
    """The volatile calls that a value was made of, as far as one looks into it."""
    found: dict[Source, None] = {}
    for one in value.alternatives():
        parts = [one, *(one.fields or {}).values(), *(one.items or ())]
        for part in parts:
            found.update((Source(str(key[1]), key[2]), None) for key in keys_in(part.key))
    return list(found)


def keys_in(key: Hashable) -> Iterator[tuple[Any, ...]]:
    """The identities of volatile calls in an identity."""
    for part in parts_of(key):
        if isinstance(part, tuple) and len(part) == 3 and part[0] == "volatile" and isinstance(part[2], Place):
            yield part


def marks_in(key: Hashable) -> list[Hashable]:
    """What an identity keeps that says no more: what differs each time, and what was counted beside it."""
    found: list[Hashable] = list(keys_in(key))
    if found:
        found += [part[:2] for part in parts_of(key) if isinstance(part, tuple) and part[:1] == ("augmented",)]
    return found


def words_in(key: Hashable) -> Iterator[str]:
    """The names and texts that an identity is built of."""
    return (part for part in parts_of(key) if isinstance(part, str))
