"""Abstract values: what the linker knows about an object while it follows a function.

A value has an identity (``key``: two values with equal keys are the same thing to the program), what it may hold
(``fields``, ``items``, ``options``), and where its data came from (``origins``). Values are shared and only ever grow,
as objects do in the program: a change made through one name is seen through every other.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from .chunks import Chunk
from .identity import Key

if TYPE_CHECKING:
    from .events import Attempt, SdkCall
    from .ways import Absent, Tells

UNKNOWN: Any = object()
EACH = "[]"
DEPTH = 12
MOST = 8
PARTS = 200
"""Parts of an identity that are looked at, at most."""


class Place(NamedTuple):
    """A stretch of one chunk, in code points from the chunk's start."""

    chunk: Chunk
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Handle:
    """An SDK object: a client, a resource, or what hangs off one.

    ``kind`` is ``client``, ``exceptions``, ``paginator``, ``session``, ``batch`` or the resource class; ``ids`` are a
    resource's identifiers in order; a batch and a paginator have their ``operation``, a batch the class it came from as
    ``owner``; ``layer`` is how the object was recognised (``construction``, ``annotation``).
    """

    service: str
    kind: str
    layer: str
    ids: tuple[Value, ...] = ()
    operation: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A named part taken from an object whose origin is out of sight, such as ``bucket["Policy"]``."""

    base: Hashable
    name: str
    place: Place


class Origin(NamedTuple):
    """Data that came out of ``source``; ``path`` leads to it; ``changed`` once the program altered it."""

    source: SdkCall | Record
    path: tuple[str, ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a text says, which was made of ``value``."""

    value: Value


@dataclass(frozen=True, slots=True)
class ErrorPath:
    """A caught exception, or the part of it that ``path`` leads to; ``attempt`` is the ``try`` it came from."""

    attempt: Attempt | None
    path: tuple[str, ...] = ()


NO_ORIGINS: frozenset[Origin] = frozenset()
NO_KEYS: frozenset[Hashable] = frozenset()
NO_ABSENCES: frozenset[Absent] = frozenset()
NO_CALLS: frozenset[SdkCall] = frozenset()
NO_CHILDREN: Mapping[Hashable, Value] = MappingProxyType({})


def identified(key: Hashable) -> Hashable:
    """An identity that is compared in one step however deep it is; one without parts of its own is as it was."""
    if type(key) is tuple:
        for part in key:
            if isinstance(part, tuple):
                return Key(key)
    return key


class Value:
    """One abstract value. See the module's docstring for the model.

    ``tells`` is what its truth says about existence, ``under`` what is absent wherever it is this constant, and
    ``idle`` the calls that have not been made there (``ways``). ``carried`` are the names under which the program put
    something into what this was made of.
    There are very many, nearly all of them simple: what most of them do not have they share until they get it.
    """

    __slots__ = (
        "carried",
        "children",
        "const",
        "error",
        "fields",
        "handle",
        "idle",
        "items",
        "key",
        "opaque",
        "options",
        "origins",
        "parent",
        "place",
        "record",
        "reply",
        "shared",
        "spread",
        "target",
        "tells",
        "touched",
        "under",
    )

    def __init__(
        self,
        key: Hashable,
        *,
        const: Any = UNKNOWN,
        origins: Iterable[Origin] = (),
        handle: Handle | None = None,
        target: Any = None,
        parent: Value | None = None,
        options: tuple[Value, ...] = (),
        reply: tuple[SdkCall, tuple[str, ...]] | None = None,
        error: ErrorPath | None = None,
        place: Place | None = None,
    ) -> None:
        self.key = identified(key)
        self.const = const
        self.origins = frozenset(origins) if origins else NO_ORIGINS
        self.handle = handle
        self.target = target
        self.parent = parent
        self.options = options
        self.reply = reply
        self.error = error
        self.place = place
        self.record: Record | None = None
        self.fields: dict[str, Value] | None = None
        self.items: list[Value] | None = None
        self.spread: Sequence[Value] = ()
        self.children = NO_CHILDREN
        self.touched = NO_KEYS
        self.carried = NO_KEYS
        self.opaque = False
        self.shared = False
        self.tells: Tells | None = None
        self.under: frozenset[Absent] = NO_ABSENCES
        self.idle: frozenset[SdkCall] = NO_CALLS

    def alternatives(self) -> tuple[Value, ...]:
        """This value, or what it may be where control flow joined. Options have none themselves (see ``joined``)."""
        return self.options or (self,)

    def first(self, name: str) -> Any:
        """The first alternative's ``name`` that is set, such as a handle or an error path."""
        return next((found for v in self.alternatives() if (found := getattr(v, name)) is not None), None)

    @property
    def plain(self) -> bool:
        """Whether there is nothing inside this value."""
        return not (
            self.origins or self.reply or self.options or self.fields or self.items or self.spread or self.record
        )

    def keep(self, part: Hashable, value: Value) -> None:
        """Remember what a part of this value is: ``("attr", name)`` or ``("item", key)``."""
        if isinstance(self.children, dict):
            self.children[part] = value
        else:
            self.children = {part: value}

    def flow(self) -> frozenset[Origin]:
        """Everything whose data may be inside this value."""
        return flowing((self,))

    def texts(self) -> Iterator[tuple[str, Place | None]]:
        """The string constants this value may be or list, each with its place if that is in sight."""
        for value in self.alternatives():
            if isinstance(value.const, str):
                yield value.const, value.place
            for item in value.items or ():
                yield from ((v.const, v.place) for v in item.alternatives() if isinstance(v.const, str))

    def parts(self) -> Iterator[Value]:
        """The alternatives and all that is spread into them, each once, in the order in which a key is looked up."""
        seen: set[int] = set()
        stack = [self]
        while stack:
            value = stack.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            if value.options:
                stack.extend(reversed(value.options))
            else:
                yield value
                stack.extend(reversed(value.spread))

    def named(self, name: str) -> Value | None:
        """The field ``name`` in any alternative or spread part, if one is known."""
        return next((part.fields[name] for part in self.parts() if part.fields and name in part.fields), None)

    def part(self, name: str) -> Value | None:
        """The field, attribute or item of this value that the program has asked for or set."""
        found = self.fields.get(name) if self.fields is not None else None
        return found or self.children.get(("attr", name)) or self.children.get(("item", name))

    def inside(self, path: Iterable[str]) -> Value | None:
        """What is known at the end of a path of names, spread parts included."""
        found: Value | None = self
        for name in path:
            found = (found.named(name) or found.part(name)) if found is not None else None
        return found

    def names(self) -> set[str]:
        """All field names known in any alternative or spread part."""
        return {name for part in self.parts() for name in part.fields or ()}

    def given(self) -> frozenset[Hashable]:
        """All names under which the program has put something into this value, or into what it was made of."""
        found = (part.touched.union(part.fields or (), part.carried) for part in self.parts())
        return self.touched.union(self.carried, *found)

    def closed(self) -> bool:
        """Whether every key of this mapping is in sight."""
        return all(part.fields is not None and not part.opaque for part in self.parts())

    def whole_of(self) -> tuple[SdkCall, frozenset[Hashable], Value] | None:
        """The read whose whole document this is, the top-level keys changed since, and the document as it was read.

        A copy or an edited one counts.
        """
        stack: list[tuple[Value, frozenset[Hashable]]] = [(self, frozenset())]
        seen: set[int] = set()
        while stack:
            value, later = stack.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            later |= value.touched
            if value.reply and value.reply[0].is_document(value.reply[1]):
                return value.reply[0], later, value
            later |= set(value.fields or ())
            stack.extend((part, later) for part in reversed(value.options or value.spread))
        return None

    def touch(self, name: Hashable, incoming: Iterable[Value] = ()) -> None:
        """Record that the program changed this value, and every value it is a part of."""
        arrived = changed(flowing(incoming))
        value: Value | None = self
        key = name
        for _ in range(DEPTH):
            if value is None:
                return
            for one in value.alternatives():
                if one.shared:
                    continue
                own = set(reply_origins(*one.reply)) if one.reply else set()
                if one.record:
                    own.add(Origin(one.record, (one.record.name,)))
                one.origins = changed(one.origins | own) | arrived
                one.touched |= {key}
            part = part_of(value.key)
            key = part[1] if part else None
            value = value.parent


def reply_origins(call: SdkCall, path: tuple[str, ...]) -> Iterator[Origin]:
    """The data origin that a place inside a reply stands for; metadata such as an ETag is none."""
    if call.is_data(path):
        yield Origin(call, path)


def owned(value: Value, copies: dict[int, Value]) -> Value:
    """A run's own copy of a value that other runs use too, so that what one run does to it no other sees.

    Names of functions, classes and modules have nothing to change and stay shared. ``copies`` remembers, by identity.
    """
    if value.shared:
        return value
    copy = copies.get(id(value))
    if copy is None:
        copy = copies[id(value)] = Value(
            value.key, const=value.const, origins=value.origins, handle=value.handle, target=value.target,
            reply=value.reply, error=value.error, place=value.place,
        )  # fmt: skip
        copy.opaque, copy.record, copy.touched = value.opaque, value.record, value.touched
        copy.carried = value.carried
        if value.options:
            copy.options = tuple([owned(option, copies) for option in value.options])
        if value.spread:
            copy.spread = [owned(part, copies) for part in value.spread]
        if value.fields is not None:
            copy.fields = {name: owned(item, copies) for name, item in value.fields.items()}
        if value.items is not None:
            copy.items = [owned(item, copies) for item in value.items]
    return copy


def constant(value: Any, place: Place | None = None) -> Value:
    """The value of a literal."""
    return Value(("const", type(value).__name__, value), const=value, place=place)


def flowing(values: Iterable[Value]) -> frozenset[Origin]:
    """Everything whose data may be inside any of ``values``."""
    stack = [value for value in values if not value.plain]
    if not stack:
        return NO_ORIGINS
    out: set[Origin] = set()
    seen: set[int] = set()
    while stack:
        value = stack.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        out |= value.origins
        if value.reply:
            out.update(reply_origins(*value.reply))
        if value.record:
            out.add(Origin(value.record, (value.record.name,)))
        for parts in (value.options, value.spread, value.items, value.fields.values() if value.fields else None):
            if parts:
                stack.extend([part for part in parts if not part.plain])
    return frozenset(out)


def changed(origins: frozenset[Origin]) -> frozenset[Origin]:
    """The same origins, altered by the program."""
    if all(origin.changed for origin in origins):
        return origins
    return frozenset(origin if origin.changed else Origin(origin.source, origin.path, True) for origin in origins)


def part_of(key: Hashable) -> tuple[Hashable, Hashable] | None:
    """The identity of the object that ``key`` is an item or attribute of, and the item's key or attribute's name."""
    if isinstance(key, tuple) and len(key) == 3 and key[0] in {"item", "attr"}:
        return key[1], key[2]
    return None


def parts_of(key: Hashable) -> Iterator[Hashable]:
    """An identity and what it is built of, what is near first, as far as ``PARTS`` lead."""
    queue = [key]
    for number, part in enumerate(queue):
        if number == PARTS:
            return
        yield part
        if isinstance(part, (tuple, frozenset)) and not isinstance(part, Place):
            queue.extend(part)


def mixed(key: Hashable, parts: Sequence[Value]) -> Value:
    """A new value computed from ``parts`` in a way that is out of sight."""
    out = Value(key, origins=flowing(parts))
    for part in parts:
        if not part.shared and (part.touched or part.fields or part.carried or part.options or part.spread):
            out.carried |= part.given()
    return out


def joined(values: Iterable[Value]) -> Value:
    """What a name holds where control flow meets: at most ``MOST`` different things, the rest mixed into one."""
    values = values if isinstance(values, list) else list(values)
    if len(values) == 1:
        return values[0]
    distinct: dict[Hashable, Value] = {}
    for value in values:
        for one in value.alternatives():
            distinct.setdefault((one.key, one.under, one.idle) if one.const is not UNKNOWN else id(one), one)
    options = tuple(distinct.values())
    if len(options) == 1:
        return options[0]
    for value in values:
        if value.options == options:
            return value
    keys = frozenset(option.key for option in options)
    if len(options) > MOST:
        rest = mixed(("join", keys), options[MOST - 1 :])
        options = (*options[: MOST - 1], rest)
    return Value(next(iter(keys)) if len(keys) == 1 else ("join", keys), options=options)
