"""What happens in a unit, in order: the SDK calls, the attempts around them, and the tests of error codes."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ..catalogue.model import Operation
from ..rule import Confidence
from .errorsets import Errors
from .values import EACH, Place, Value

if TYPE_CHECKING:
    from .ways import Absent


@dataclass(slots=True, eq=False)
class Ending:
    """A way out of a handler other than raising: ``end``, ``return``, ``break`` or ``continue``, with which errors.

    ``value`` is what is returned; ``quiet`` says that the handler does nothing but look at its error and tell of it.
    """

    kind: str
    errors: Errors
    value: Value | None = None
    quiet: bool = False

    @property
    def silent(self) -> bool:
        """Whether control goes on as if nothing had happened: no status is returned, no loop goes round again."""
        if self.kind == "return":
            return self.value is None or self.value.const is None or self.value.const is True
        return self.kind == "end"


@dataclass(slots=True, eq=False)
class Attempt:
    """One ``try``: the SDK calls in its body, and whether calls out of sight may be among them.

    ``catches`` are its handlers; ``opaque`` says that the body calls something the linker cannot look into; ``endings``
    are the ways out of its handlers; ``looped`` says that it stands in a loop, ``leaves`` that success leaves there,
    ``refuses`` that success ends with an error, ``unread`` that a handler was too long to be followed to its end.
    ``picked`` are the listings of which one match is taken, which is an error where there is none; ``raised`` are the
    errors that the program raises in it, by the names of their classes, with what is absent then.
    """

    place: Place
    calls: list[SdkCall] = field(default_factory=list)
    catches: list[Catch] = field(default_factory=list)
    opaque: bool = False
    endings: list[Ending] = field(default_factory=list)
    looped: bool = False
    leaves: bool = False
    refuses: bool = False
    unread: bool = False
    picked: set[SdkCall] = field(default_factory=set)
    raised: list[tuple[tuple[str, ...], frozenset[Absent]]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Catch:
    """One exception class in an ``except``: ``client.exceptions.<name>`` of ``service``, or a class by dotted name."""

    attempt: Attempt
    place: Place
    name: str
    service: str
    handler: int
    function: str
    owner: Hashable = None

    def services(self) -> set[str]:
        """The services whose client this exception class is taken from."""
        if self.service:
            return {self.service}
        calls = (call for call in self.attempt.calls if call.receiver is not None and call.layer != "name")
        return {call.operation.service for call in calls if call.receiver and call.receiver.key == self.owner}


@dataclass(frozen=True, slots=True)
class Literal:
    """A string constant, where it stands in the source if it is in sight."""

    text: str
    place: Place | None


@dataclass(slots=True, eq=False)
class CodeTest:
    """A comparison of an error's code (``path`` says which part of the error is compared) with string constants."""

    place: Place
    path: tuple[str, ...]
    attempt: Attempt | None
    literals: tuple[Literal, ...]
    substring: bool
    function: str
    named: tuple[SdkCall, ...] = ()

    @property
    def calls(self) -> tuple[SdkCall, ...]:
        """The calls whose error this may be: those named by the idiom, else those of the attempt."""
        return self.named or (tuple(self.attempt.calls) if self.attempt else ())


@dataclass(slots=True, eq=False)
class SdkCall:
    """One call of an SDK operation.

    ``arguments`` maps API member names to values; ``opaque`` means that some arguments are out of sight (``**kwargs``).
    ``configured`` says that these are settings of an object, made before anything was read;
    ``layer`` says how the operation was recognised; ``held`` that a lock is held around the call; ``frames`` are the
    calls, outermost first, through which the linker came here; ``bound`` names the members that the receiver supplies;
    ``deferred`` that what the call gives is not the reply but a promise of it, ``retried`` that it is made by a helper
    that speaks of repeating, ``unkeyed`` that the module changes things by other requests through the same client and
    never speaks of idempotency keys; ``absent`` is what was known not to
    exist when it was made, ``busy`` are earlier calls whose changes may still have been going on; ``arms`` are the
    branches that it stands in, by what decides and how; ``rest`` is passed under names that are out of sight;
    ``sought`` are the names that are looked for among what it lists.
    """

    operation: Operation
    place: Place
    call: Place
    function: str
    arguments: dict[str, Value]
    opaque: bool
    layer: str
    confidence: Confidence
    held: bool
    frames: tuple[Place, ...]
    order: int
    form: str = "client"
    bound: frozenset[str] = frozenset()
    receiver: Value | None = None
    deferred: bool = False
    retried: bool = False
    unkeyed: bool = False
    absent: frozenset[Absent] = frozenset()
    busy: frozenset[SdkCall] = frozenset()
    arms: tuple[tuple[Hashable, bool], ...] = ()
    rest: tuple[Value, ...] = ()
    sought: tuple[Value, ...] = ()
    configured: bool = False

    @property
    def data_paths(self) -> tuple[tuple[str, ...], ...]:
        """Where in the reply the document is, as tuples of members; ``[]`` is each element of a list."""
        return paths_of(self.operation.yields)

    def is_data(self, path: tuple[str, ...]) -> bool:
        """Whether a place in the reply is, contains, or lies inside the document."""
        if any(path[: len(other)] == other for other in paths_of(self.operation.besides)):
            return False
        return any(path[: len(data)] == data[: len(path)] for data in self.data_paths)

    def is_document(self, path: tuple[str, ...]) -> bool:
        """Whether a place in the reply is exactly the document."""
        return path in self.data_paths

    def excludes(self, other: SdkCall) -> bool:
        """Whether only one of two calls is made whenever control comes by: they stand in two branches of one test."""
        mine = dict(self.arms)
        return any(mine.get(test, way) != way for test, way in other.arms)

    def argument(self, member: str) -> Value | None:
        """The value passed for an API member; a dotted path looks into dict displays."""
        head, *rest = member.split(".")
        value = self.arguments.get(head)
        for name in rest:
            value = value.named(name) if value is not None else None
        return value


@lru_cache(maxsize=1024)
def paths_of(members: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Dotted paths, each split."""
    return tuple(split_path(path) for path in members)


@dataclass(slots=True, eq=False)
class Repeat:
    """A piece of code that an application runs again when it fails: a retry loop, or what a retry policy is given.

    ``place`` is the loop or the policy, ``wrapper`` the decorator through which the run came to a loop,
    ``form`` is ``loop``, ``decorator``, ``caller``, ``task``, ``recursion`` or
    ``transport``, ``library`` the retry library's name if there is one. ``errors`` bring control round again.
    ``bounded`` says that the attempts are limited, ``backs_off`` that there is a pause between them, ``steady`` that
    nothing the code does between two attempts changes what is sent or what is in its way. ``calls`` are
    those whose errors decide, ``inner`` all that are repeated with them, ``spans`` what of the source is. ``methods``
    are the HTTP methods that a transport sends again (``*``: all), empty where they are out of sight; ``keyed``
    says that the module speaks of idempotency keys, ``literals`` are
    the statuses and codes that say what is repeated, with their places. ``made`` is where values are made, in whatever
    function, that differ each time.
    """

    place: Place
    function: str
    form: str
    library: str
    errors: Errors
    bounded: bool
    backs_off: bool
    spans: tuple[Place, ...]
    calls: list[SdkCall] = field(default_factory=list)
    inner: list[SdkCall] = field(default_factory=list)
    steady: bool = True
    wrapper: Place | None = None
    methods: frozenset[str] = frozenset()
    literals: tuple[tuple[str, Place], ...] = ()
    made: set[Place] = field(default_factory=set)
    keyed: bool = False

    def anew(self, place: Place) -> bool:
        """Whether a value that differs each time, made at a place, is another one in every attempt."""
        return place in self.made or self.inside(place)

    def inside(self, what: SdkCall | Place) -> bool:
        """Whether a call, or what stands at a place, is done anew in every attempt."""
        if isinstance(what, SdkCall):
            return what in self.inner
        return any(s.chunk is what.chunk and s.start <= what.start and what.end <= s.end for s in self.spans)


def split_path(path: str) -> tuple[str, ...]:
    """``Items[].Name`` as ``("Items", "[]", "Name")``; ``.`` is the whole."""
    pieces = ([piece[:-2], EACH] if piece.endswith(EACH) else [piece] for piece in path.split("."))
    return tuple(part for parts in pieces for part in parts if part)


def identity(value: Value, depth: int = 4) -> Hashable:
    """What must be equal for two arguments to name the same thing: a mapping is its fields, anything else its key."""
    if depth and value.options:  # met twice in a loop: the same thing if every one of them is
        distinct = {identity(one, depth - 1) for one in value.options}
        return distinct.pop() if len(distinct) == 1 else value.key
    if depth and value.fields == {} and len(value.spread) == 1 and not value.opaque and not value.touched:
        return identity(value.spread[0], depth - 1)  # a copy
    if depth and value.fields is not None and not value.opaque and not value.spread:
        return frozenset((name, identity(item, depth - 1)) for name, item in value.fields.items())
    if depth and value.items is not None:
        return ("seq", tuple(identity(item, depth - 1) for item in value.items))
    return value.key


def same_thing(left: Value | None, right: Value | None) -> bool:
    """Whether two arguments name one thing, or both are missing."""
    return left is right or (left is not None and right is not None and identity(left) == identity(right))
