"""What a run is made of: frames, arguments, calls being evaluated, what names can stand for, what was looked up."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..catalogue.model import RetryName
from . import facts as f
from .events import Attempt, CodeTest, Repeat, SdkCall
from .link import ChunkFacts, ClassLink, FunctionLink, ModuleLink, Question
from .operations import Resolver
from .values import UNKNOWN, Place, Value, joined
from .volatile import DIGEST, renamed
from .ways import NOTHING, Absent, remembering

if TYPE_CHECKING:
    from .evaluate import Run

LOCKED = re.compile(r"(?:^|_)(?:r?lock|locks|locked|locking|mutex|semaphore|lease|transaction|synchronized)(?:_|$)")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(slots=True, eq=False)
class Instance:
    """What a value is when it is an object of a class in this module."""

    cls: ClassLink


def instance_of(cls: ClassLink) -> Value:
    """An object of a class of which nothing else is known."""
    return Value(("self",), target=Instance(cls))


@dataclass(slots=True, eq=False)
class Imported:
    """What a value is when it was imported: its dotted origin in the file ``importer``.

    ``path`` is the module's file where it is a module of the project.
    """

    origin: str
    importer: str = ""
    path: str = ""


@dataclass(slots=True, eq=False)
class Method:
    """``receiver.name``, not called yet: where the name stands, whether as a text, and what the receiver is called."""

    receiver: Value
    name: str
    place: Place | None = None
    spelled: bool = False
    hint: str = ""


@dataclass(slots=True, eq=False)
class Super:
    """``super()`` in a method of ``cls``, called on ``receiver``."""

    cls: ClassLink
    receiver: Value

    def method(self, name: str) -> FunctionLink | None:
        """The method ``name`` of the classes after ``cls``, in the order of the receiver's own class."""
        target = self.receiver.target
        lineage = list((target.cls if isinstance(target, Instance) else self.cls).lineage())
        after = lineage[lineage.index(self.cls) + 1 :] if self.cls in lineage else list(self.cls.lineage())[1:]
        return next((found[-1] for cls in after if (found := cls.defined(name))), None)


@dataclass(slots=True, eq=False)
class ExceptionClass:
    """``client.exceptions.<name>``; ``owner`` is the client's identity where its service is not known yet."""

    service: str
    name: str
    owner: Hashable = None


@dataclass(slots=True, eq=False)
class Made:
    """An object of a retry library: what made it, with which arguments, and where."""

    entry: RetryName
    args: Arguments
    place: Place


@dataclass(slots=True, eq=False)
class Wrapped:
    """A callable decorated with a retry policy outside of a definition."""

    policy: Made
    function: Value


@dataclass(slots=True, eq=False)
class Partial:
    """``functools.partial(target, ...)``."""

    function: Value
    arguments: Arguments


@dataclass(slots=True, eq=False)
class Arguments:
    """Evaluated arguments of one call; ``settings`` says that what is spread are settings of an object, all of it."""

    positional: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)
    spreads: list[Value] = field(default_factory=list)
    starred: bool = False
    settings: bool = False

    def values(self) -> list[Value]:
        """Every argument, whatever way it is passed."""
        return [*self.positional, *self.named.values(), *self.spreads]

    def closed(self) -> bool:
        """Whether every keyword is in sight."""
        return not self.starred and all(spread.closed() for spread in self.spreads)

    def keywords(self) -> dict[str, Value]:
        """Keywords, those in visible ``**`` mappings included."""
        out: dict[str, Value] = {}
        for spread in self.spreads:
            for name in spread.names():
                value = spread.named(name)
                if value is not None:
                    out[name] = value
        return out | self.named


@dataclass(slots=True, eq=False)
class Trace:
    """What one run saw: ``consulted`` are the chunks it read; of the functions called, ``entered`` were worth it.

    ``declined`` were not; ``looked`` are the questions it asked about names. What the run saw holds while their answers
    do. ``returned`` are the reads whose data functions return, ``answers`` what the followed one returns, ``ordered``
    the pairs of values of which the program asks which is greater, ``refusals`` those that decide whether it raises.
    """

    calls: list[SdkCall] = field(default_factory=list)
    tests: list[CodeTest] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    mentions: list[tuple[Place, str, str]] = field(default_factory=list)
    consulted: set[ChunkFacts] = field(default_factory=set)
    entered: set[ChunkFacts] = field(default_factory=set)
    declined: set[ChunkFacts] = field(default_factory=set)
    looked: set[Question] = field(default_factory=set)
    returned: set[SdkCall] = field(default_factory=set)
    answers: list[Value] = field(default_factory=list)
    ordered: list[tuple[Value, Value]] = field(default_factory=list)
    refusals: list[tuple[Value, Value]] = field(default_factory=list)

    def include(self, other: Trace) -> None:
        """Add what another run read and asked on behalf of this one."""
        self.consulted |= other.consulted
        self.entered |= other.entered
        self.declined |= other.declined
        self.looked |= other.looked


@dataclass(frozen=True, slots=True)
class Known:
    """What a look-up gave, and the room that it took, together with the look-ups on the longest way beneath it."""

    value: Value | None
    trace: Trace
    room: int


class Globals:
    """Values of a module's own names and of the attributes of its objects, shared by all runs."""

    def __init__(self, link: ModuleLink, resolver: Resolver, relevant: Callable[[], frozenset[ChunkFacts]]) -> None:
        """``relevant`` gives the functions of the module that are worth entering."""
        self.link = link
        self.resolver = resolver
        self.known: dict[Hashable, Known] = {}
        self.cut: dict[tuple[Hashable, int], Known] = {}
        self._worth_entering = relevant
        self._relevant: frozenset[ChunkFacts] | None = None

    @property
    def relevant(self) -> frozenset[ChunkFacts]:
        """The functions of the module that are worth entering."""
        if self._relevant is None:
            self._relevant = self._worth_entering()
        return self._relevant

    def look_up(
        self, run: Run, token: Hashable, resolve: Callable[[Run], Value | None], takes: int = 1, leaves: int = 0
    ) -> Value | None:
        """What a name holds, for all runs; None where nothing is known, or where look-ups have led too far.

        Names may be circular. Nothing depends on who asked first: what was cut off somewhere for lack of room is
        remembered for runs with just as much of it, all else for every run with enough. A look-up takes ``takes`` of
        the room, or what is there, and is not begun unless there is more than ``leaves``.
        """
        found = self.known.get(token)
        if found is None or found.room > run.room:
            found = self.cut.get((token, run.room)) or self.resolved(run, token, resolve, takes, leaves)
        run.taken = max(run.taken, found.room)
        if (self, token) not in run.looked_up:
            run.looked_up.add((self, token))
            run.trace.include(found.trace)
        return found.value

    def resolved(
        self, run: Run, token: Hashable, resolve: Callable[[Run], Value | None], takes: int, leaves: int
    ) -> Known:
        """A look-up in earnest."""
        if run.room <= leaves:
            return Known(None, Trace(), leaves + 1)
        inner = run.fresh(self, max(run.room - takes, 0))
        value = resolve(inner)
        found = Known(value, inner.trace, takes + inner.taken if inner.taken else leaves + 1)
        if inner.taken > inner.room:
            self.cut[token, run.room] = found
        else:
            self.known[token] = found
        return found


@dataclass(slots=True, eq=False)
class Frame:
    """One function being followed; ``shared`` are the names of its module.

    ``said`` are the returned values, each with the error at hand; ``bound`` are the parameters as they were passed;
    ``outer`` are names declared ``nonlocal`` or ``global``; ``known`` was absent already where the function was called,
    ``ways`` are those to its ends.
    """

    shared: Globals
    chunk: ChunkFacts
    qualname: str
    variables: dict[str, Value]
    owner: ClassLink | None = None
    closure: Frame | None = None
    function: f.Function | None = None
    returns: list[Value] = field(default_factory=list)
    said: list[tuple[Value, Value | None]] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    loops: list[tuple[list[dict[str, Value]], list[dict[str, Value]]]] = field(default_factory=list)
    nested: list[FunctionLink] = field(default_factory=list)
    site: Place | None = None
    bound: dict[str, Value] = field(default_factory=dict)
    outer: dict[str, str] = field(default_factory=dict)
    known: frozenset[Absent] = NOTHING
    ways: list[Value] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Invocation:
    """One call being evaluated: its node, name and places, its arguments, and the receiver's last word."""

    node: f.Call
    name: str
    name_place: Place
    place: Place
    args: Arguments
    statement: bool
    hint: str

    def with_arguments(self, args: Arguments) -> Invocation:
        """The same call with other arguments."""
        return Invocation(self.node, self.name, self.name_place, self.place, args, self.statement, self.hint)

    def renamed(self, name: str) -> Invocation:
        """The same call under the callee's real name."""
        return Invocation(self.node, name, self.name_place, self.place, self.args, self.statement, self.hint)


def relabelled(value: Value, key: Hashable) -> Value:
    """The same contents under the identity by which this object's attribute goes."""
    if value.options:
        return Value(key, options=value.options)
    key = renamed(value.key, key)
    out = Value(key, const=value.const, origins=value.origins, handle=value.handle, target=value.target,
                reply=value.reply, error=value.error, place=value.place, parent=value)  # fmt: skip
    out.fields, out.items, out.spread, out.opaque, out.record = (
        value.fields, value.items, value.spread, value.opaque, value.record,
    )  # fmt: skip
    return out


def called_digest(name: str, value: Value) -> Value:
    """A value that the program calls a digest of something, told by its identity."""
    if value.const is not UNKNOWN or DIGEST.search(name) is None:
        return value
    return relabelled(value, ("digest", value.key))


def set_item(obj: Value, key: Hashable, value: Value, weak: bool) -> None:
    """``obj[key] = value`` on one alternative; ``weak`` where it may not happen and the old value stays possible."""
    if not isinstance(key, str):
        if obj.items is not None:
            obj.items.append(value)
        elif obj.fields is not None:
            obj.opaque = True
            obj.fields[f"\0{len(obj.fields)}"] = value
        return
    if obj.fields is None:
        obj.fields, obj.opaque = {}, True
    old = obj.fields.get(key)
    obj.fields[key] = joined([old, value]) if weak and old is not None else value


def merge_arguments(event: SdkCall, arguments: dict[str, Value]) -> None:
    """Join what another pass knows about the arguments of a call already seen."""
    for member, value in arguments.items():
        old = event.arguments.get(member)
        if old is None:
            event.arguments[member] = value
        elif old is not value:
            event.arguments[member] = joined([old, value])


def merged(states: Sequence[dict[str, Value]]) -> dict[str, Value]:
    """The variables where control flow meets."""
    if len(states) == 1:
        return states[0]
    states = remembering(states)
    out = dict(states[0])
    for state in states[1:]:
        for name, value in state.items():
            old = out.get(name)
            if old is None:
                out[name] = value
            elif old is not value:
                out[name] = joined([old, value])
    return out


def locks(expr: f.Expr) -> bool:
    """Whether an expression speaks of a lock."""
    words: list[str] = []
    while isinstance(expr, (f.Call, f.Attr)):
        if isinstance(expr, f.Attr):
            words.append(expr.name)
            expr = expr.obj
        else:
            expr = expr.func
    if isinstance(expr, f.Name):
        words.append(expr.id)
    return any(LOCKED.search(words_of(word)) for word in words)


def words_of(name: str) -> str:
    """``withFileLock`` as ``with_file_lock``."""
    return CAMEL.sub("_", name).lower()


def hint_of(value: Value) -> str:
    """The last name in a value's identity."""
    key = value.key
    return key[-1] if isinstance(key, tuple) and isinstance(key[-1], str) else ""
