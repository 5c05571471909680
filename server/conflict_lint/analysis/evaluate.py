"""Following one function: an abstract run that records SDK calls and where their data came from.

The run visits every branch once and joins what it learnt, goes twice through loops so that data can travel around them,
and enters functions of the same module with the arguments they are given. Nothing of the analysed code is executed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from . import facts as f
from .events import Attempt, Catch, CodeTest, Literal, SdkCall
from .link import CONSTRUCTORS, ChunkFacts, ClassLink, FunctionLink, ModuleLink, last_name
from .operations import BATCH, COLLECTION, CONFIDENCE, Bound, Resolver
from .values import (
    EACH,
    UNKNOWN,
    ErrorPath,
    Handle,
    Place,
    Record,
    Value,
    changed,
    constant,
    joined,
    mixed,
    owned,
    part_of,
)

MAX_FRAMES = 6
PROPERTIES = ("property", "cached_property", "reify", "cached")
BUDGET = 2_000

SAME = frozenset({"list", "tuple", "sorted", "reversed", "iter", "set", "enter_context", "enter_async_context", "cast"})
COPIES = frozenset({"copy", "deepcopy", "dict", "OrderedDict", "ChainMap"})
TRUTHS = frozenset(
    {"len", "bool", "isinstance", "issubclass", "hasattr", "callable", "any", "all", "startswith", "endswith", "exists"}
)
GETTERS = frozenset({"get", "pop", "setdefault", "__getitem__"})
VIEWS = frozenset({"items", "values", "keys"})
MUTATORS = frozenset(
    {"append", "add", "extend", "insert", "update", "remove", "discard", "clear", "sort", "reverse", "write", "popitem"}
)
# Methods of strings, containers, files and loggers: no SDK error comes out of them.
HARMLESS = frozenset(
    {
        *("format", "join", "split", "rsplit", "splitlines", "strip", "lstrip", "rstrip", "lower", "upper", "title"),
        *(
            "encode",
            "decode",
            "replace",
            "partition",
            "rpartition",
            "find",
            "index",
            "count",
            "isdigit",
            "read",
            "close",
        ),
        *(
            "debug",
            "info",
            "warning",
            "warn",
            "error",
            "exception",
            "critical",
            "log",
            "isoformat",
            "strftime",
            "group",
        ),
    }
)
WRAPPERS = frozenset(
    {
        "open",
        "getwriter",
        "getreader",
        "TextIOWrapper",
        "BufferedReader",
        "BufferedWriter",
        "GzipFile",
        "ZipFile",
        "File",
    }
)
VOLATILE = re.compile(
    r"uuid|random|token_(?:hex|bytes|urlsafe)|\bnow\b|utcnow|\btime(?:_ns)?$|mktemp|mkdtemp|urandom|getpid"
)
LOCKED = re.compile(r"(?:^|_)(?:r?lock|locks|locked|locking|mutex|semaphore|lease|transaction|synchronized)(?:_|$)")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
OPERATION_WORD = re.compile(r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$")


@dataclass(slots=True, eq=False)
class Instance:
    """What a value is when it is an object of a class in this module."""

    cls: ClassLink


@dataclass(slots=True, eq=False)
class Imported:
    """What a value is when it was imported: its dotted origin."""

    origin: str


@dataclass(slots=True, eq=False)
class Method:
    """``receiver.name``, not called yet; ``place`` is where the name stands."""

    receiver: Value
    name: str
    place: Place | None = None


@dataclass(slots=True, eq=False)
class ExceptionClass:
    """``client.exceptions.<name>``; ``owner`` is the client's identity where its service is not known yet."""

    service: str
    name: str
    owner: Hashable = None


@dataclass(slots=True, eq=False)
class Partial:
    """``functools.partial(target, ...)``."""

    function: Value
    arguments: Arguments


@dataclass(slots=True, eq=False)
class Arguments:
    """Evaluated arguments of one call."""

    positional: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)
    spreads: list[Value] = field(default_factory=list)
    starred: bool = False

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
class Frame:
    """One function being followed."""

    chunk: ChunkFacts
    qualname: str
    variables: dict[str, Value]
    owner: ClassLink | None = None
    closure: Frame | None = None
    function: f.Function | None = None
    returns: list[Value] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    loops: list[tuple[list[dict[str, Value]], list[dict[str, Value]]]] = field(default_factory=list)
    nested: list[FunctionLink] = field(default_factory=list)
    site: Place | None = None


@dataclass(slots=True, eq=False)
class Trace:
    """What one run saw: ``consulted`` are the chunks it read, ``declined`` the functions not worth entering."""

    calls: list[SdkCall] = field(default_factory=list)
    tests: list[CodeTest] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    mentions: list[tuple[Place, str, str]] = field(default_factory=list)
    consulted: set[ChunkFacts] = field(default_factory=set)
    declined: set[ChunkFacts] = field(default_factory=set)


class Globals:
    """Values of module-level names and of ``self`` attributes, shared by all runs over one module."""

    def __init__(self, link: ModuleLink, resolver: Resolver, relevant: frozenset[ChunkFacts]) -> None:
        self.link = link
        self.resolver = resolver
        self.relevant = relevant
        self.names: dict[str, tuple[Value, frozenset[ChunkFacts]]] = {}
        self.attributes: dict[tuple[int, str], tuple[Value | None, frozenset[ChunkFacts]]] = {}
        self.pending: set[Hashable] = set()


class Run:
    """One abstract run over a function, a method or the module's own statements."""

    def __init__(self, shared: Globals) -> None:
        self.shared = shared
        self.link = shared.link
        self.resolver = shared.resolver
        self.trace = Trace()
        self.frames: list[Frame] = []
        self.attempts: list[Attempt] = []
        self.held = 0
        self.conditional = 0
        self.budget = BUDGET
        self.seen: dict[Hashable, SdkCall] = {}
        self.tried: dict[Hashable, Attempt] = {}
        self.caught: dict[Hashable, CodeTest] = {}
        self.entered: set[int] = set()
        self.copies: dict[int, Value] = {}

    # -- entry points -----------------------------------------------------------------------------------------------

    def follow(self, unit: FunctionLink) -> Trace:
        """Run one function with nothing known of its arguments."""
        self.trace.consulted.add(unit.facts)
        self.enter(unit, self.receiver(unit), Arguments(), None, root=True)
        return self.trace

    def follow_module(self, chunks: Sequence[ChunkFacts]) -> Trace:
        """Run the module's own statements, in order."""
        variables: dict[str, Value] = {}
        for chunk in chunks:
            self.trace.consulted.add(chunk)
            frame = Frame(chunk, "<module>", variables)
            self.frames.append(frame)
            self.block(chunk.body)
            self.finish_nested(frame)
            self.frames.pop()
        return self.trace

    def receiver(self, unit: FunctionLink) -> Value | None:
        """The unknown object a method is called on."""
        if unit.owner is None or unit.decorated("staticmethod"):
            return None
        return Value(("self",), target=Instance(unit.owner))

    # -- functions --------------------------------------------------------------------------------------------------

    def enter(
        self, unit: FunctionLink, receiver: Value | None, args: Arguments, site: Place | None, root: bool = False
    ) -> Value:
        """Follow a function's body with these arguments; its value is what it may return."""
        function = unit.function
        frame = Frame(unit.facts, unit.qualname, {}, unit.owner, unit.closure, function, site=site)
        self.trace.consulted.add(unit.facts)
        self.entered.add(id(function))
        self.bind(frame, function, receiver, args, root)
        held = self.held
        if any(locks(decorator) for decorator in function.decorators):
            self.held += 1
        loops = frame.loops
        self.frames.append(frame)
        self.block(function.body)
        self.finish_nested(frame)
        self.frames.pop()
        frame.loops = loops
        self.held = held
        if frame.yields:
            out = Value(("yields", id(function), site))
            out.items = frame.yields
            out.target = "generator"
            return out
        return joined(frame.returns) if frame.returns else constant(None)

    def finish_nested(self, frame: Frame) -> None:
        """Follow the nested functions that nobody called: callbacks, decorators' wrappers, route handlers."""
        for unit in frame.nested:
            if id(unit.function) not in self.entered and len(self.frames) < MAX_FRAMES:
                self.enter(unit, self.receiver(unit), Arguments(), frame.site)

    def bind(self, frame: Frame, function: f.Function, receiver: Value | None, args: Arguments, root: bool) -> None:
        """Bind parameters to arguments, defaults, or unknown values."""
        positional = ([receiver] if receiver is not None else []) + args.positional
        keywords = args.keywords()
        for param in function.params:
            if param.kind == "*":
                value = Value(("param", id(function), "*"))
                value.items, positional = (list(positional), []) if not root else (None, [])
            elif param.kind == "**":
                value = Value(("param", id(function), "**"))
                value.fields = keywords
                value.opaque = root or not args.closed()
                value.spread = list(args.spreads)
            elif positional:
                value = positional.pop(0)
            elif param.name in keywords:
                value = keywords.pop(param.name)
            else:
                value = self.unbound(frame, function, param, root or not args.closed())
            if param.annotation and not value.first("handle"):
                handle = self.resolver.annotated(param.annotation, self.origin_of)
                if handle:
                    value.handle = handle
            frame.variables[param.name] = value

    def unbound(self, frame: Frame, function: f.Function, param: f.Param, unknown: bool) -> Value:
        key = ("param", param.name) if unknown else ("default", id(function), param.name)
        if isinstance(param.default, f.Const) and not unknown:
            return constant(param.default.value, self.place(param.default, frame))
        return Value(key)

    # -- statements -------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        """The innermost function."""
        return self.frames[-1]

    def place(self, node: f.Expr | f.Stmt | f.Handler, frame: Frame | None = None) -> Place:
        """Where a node stands."""
        end = node.start if isinstance(node, f.Handler) else node.end
        return Place((frame or self.frame).chunk.chunk, node.start, end)

    def block(self, statements: Iterable[f.Stmt]) -> bool:
        """Run statements; False when control never comes out at their end."""
        for statement in statements:
            self.budget -= 1
            if self.budget < 0:
                return True
            if STATEMENTS[type(statement)](self, statement) is False:
                return False
        return True

    def branches(self, bodies: Sequence[Callable[[], bool]], falls_through: bool = False) -> bool:
        """Run alternatives from the same state and join the states of those that come out."""
        frame = self.frame
        before = frame.variables
        outcomes: list[dict[str, Value]] = [dict(before)] if falls_through else []
        self.conditional += 1
        for body in bodies:
            frame.variables = dict(before)
            if body():
                outcomes.append(frame.variables)
        self.conditional -= 1
        frame.variables = merged(outcomes) if outcomes else dict(before)
        return bool(outcomes)

    def do(self, node: f.Do) -> None:
        self.eval(node.value, statement=True)

    def assign(self, node: f.Assign) -> None:
        value = self.eval(node.value) if node.value is not None else Value(("declared", id(node)))
        if node.annotation and not value.first("handle"):
            handle = self.resolver.annotated(node.annotation, self.origin_of)
            if handle:
                value.handle = handle
        for target in node.targets:
            self.store(target, value)

    def augment(self, node: f.Augment) -> None:
        old, new = self.eval(node.target), self.eval(node.value)
        out = mixed(("augmented", id(node), old.key), [old, new])
        out.touched.add(None)
        if old.items is not None:
            out.items = old.items + (new.items or [])
        if isinstance(node.target, f.Name):
            old.touch(None, [new])
        self.store(node.target, out)

    def delete(self, node: f.Delete) -> None:
        for target in node.targets:
            if isinstance(target, f.Item):
                self.eval(target.obj).touch(self.key_of(target.key))

    def imports(self, node: f.Import) -> None:
        for name, origin in node.names:
            self.frame.variables[name] = Value(("import", origin), target=Imported(origin))

    def leave(self, node: f.Leave) -> bool:
        frame = self.frame
        value = self.eval(node.value) if node.value is not None else constant(None)
        if node.kind == "return":
            frame.returns.append(value)
        elif node.kind in {"break", "continue"} and frame.loops:
            frame.loops[-1][node.kind == "continue"].append(dict(frame.variables))
        return False

    def branch(self, node: f.If) -> bool:
        self.eval(node.test)
        return self.branches([lambda: self.block(node.body), lambda: self.block(node.orelse)])

    def loop(self, node: f.Loop) -> bool:
        frame = self.frame
        exits: list[dict[str, Value]] = []
        source = self.eval(node.source)
        endless = node.target is None and source.const not in (UNKNOWN, False, None, 0)
        if not endless:
            exits.append(dict(frame.variables))
        passes = 2 if len(frame.loops) < 2 and len(self.frames) < 3 else 1
        for _ in range(passes):
            if node.target is None:
                self.eval(node.source)
            else:
                self.store(node.target, self.element(source))
            before = dict(frame.variables)
            frame.loops.append(([], []))
            falls = self.block(node.body)
            breaks, continues = frame.loops.pop()
            ends = [*continues, *([frame.variables] if falls else [])]
            if not endless:
                exits.extend(ends)
            exits.extend(breaks)
            frame.variables = merged([before, *ends])
        if not exits:
            return False
        frame.variables = merged(exits)
        return self.block(node.orelse)

    def attempt(self, node: f.Try) -> bool:
        frame = self.frame
        before = dict(frame.variables)
        attempt = self.attempt_at(node)
        self.attempts.append(attempt)
        falls = self.block(node.body)
        self.attempts.pop()
        after_body = frame.variables
        outcomes: list[dict[str, Value]] = []
        if falls and self.block(node.orelse):
            outcomes.append(frame.variables)
        for index, handler in enumerate(node.handlers):
            frame.variables = merged([before, after_body])
            if self.handle(attempt, handler, index):
                outcomes.append(frame.variables)
        frame.variables = merged(outcomes) if outcomes else merged([before, after_body])
        return self.block(node.final) and bool(outcomes)

    def attempt_at(self, node: f.Try) -> Attempt:
        """The attempt of a ``try``; the same one in every pass of a loop."""
        key = (id(node), self.ways())
        found = self.tried.get(key)
        if found is None:
            found = self.tried[key] = Attempt(self.place(node))
            self.trace.attempts.append(found)
        found.catches.clear()
        return found

    def ways(self) -> tuple[Place, ...]:
        """The calls through which the run came into the innermost function."""
        return tuple(frame.site for frame in self.frames if frame.site is not None)

    def handle(self, attempt: Attempt, handler: f.Handler, index: int) -> bool:
        """Run one handler, noting the classes it catches."""
        frame = self.frame
        own_classes = 0
        for kind in handler.types:
            value = self.eval(kind)
            own_classes += isinstance(value.target, ClassLink)
            for one in [item for v in value.alternatives() for item in (v.items or [v])]:
                target = one.target
                if isinstance(target, ExceptionClass):
                    catch = Catch(
                        attempt, self.place(kind), target.name, target.service, index, frame.qualname, target.owner
                    )
                else:
                    name = target.origin if isinstance(target, Imported) else last_name(kind)
                    catch = Catch(attempt, self.place(kind), name, "", index, frame.qualname)
                attempt.catches.append(catch)
        if handler.name:
            error = None if own_classes and own_classes == len(handler.types) else ErrorPath(attempt)
            frame.variables[handler.name] = Value(("error", id(handler)), error=error)
        self.conditional += 1
        falls = self.block(handler.body)
        self.conditional -= 1
        return falls

    def with_(self, node: f.With) -> bool:
        held = self.held
        for context, target in node.items:
            value = self.eval(context)
            if locks(context):
                self.held += 1
            if value.target == "generator" and value.items:
                value = joined(value.items)
            if target is not None:
                self.store(target, value)
        out = self.block(node.body)
        self.held = held
        return out

    def define(self, node: f.Define) -> None:
        frame = self.frame
        name = node.function.name
        qualname = name if frame.qualname == "<module>" else f"{frame.qualname}.{name}"
        unit = FunctionLink(frame.chunk, node.function, None, frame, qualname)
        frame.nested.append(unit)
        frame.variables[name] = Value(("function", id(node.function)), target=unit)

    def class_def(self, node: f.ClassDef) -> None:
        """A class inside a function or a branch: its methods are followed as nested functions."""
        frame = self.frame
        prefix = "" if frame.qualname == "<module>" else f"{frame.qualname}."
        link = ClassLink(node.name, self.link, frame.chunk, node.bases, {}, ((frame.chunk, node.body),))
        for statement in node.body:
            if isinstance(statement, f.Define):
                function = statement.function
                unit = FunctionLink(frame.chunk, function, link, frame, f"{prefix}{node.name}.{function.name}")
                link.methods.setdefault(function.name, []).append(unit)
                frame.nested.append(unit)
        frame.variables[node.name] = Value(("class", id(node)), target=link)

    # -- storing ----------------------------------------------------------------------------------------------------

    def store(self, target: f.Expr, value: Value) -> None:
        """Bind or change what an assignment target names."""
        if isinstance(target, f.Name):
            self.frame.variables[target.id] = value
        elif isinstance(target, f.Attr):
            obj = self.eval(target.obj)
            old = obj.children.get(("attr", target.name))
            if self.conditional and old is not None and old.target is None:
                value = joined([old, value])
            obj.children["attr", target.name] = value
            if not isinstance(obj.target, (Instance, Imported)):
                obj.touch(target.name, [value])
        elif isinstance(target, f.Item):
            obj = self.eval(target.obj)
            key = self.key_of(target.key)
            for one in obj.alternatives():
                set_item(one, key, value, weak=self.conditional > 0)
            obj.touch(key, [value])
        elif isinstance(target, f.Seq):
            for index, item in enumerate(target.items):
                if isinstance(item, f.Star):
                    self.store(item.value, value)
                else:
                    self.store(item, self.item(value, index))
        elif isinstance(target, f.Star):
            self.store(target.value, value)

    def key_of(self, key: f.Expr) -> Hashable:
        """A subscript as a constant, or the key of its value."""
        value = self.eval(key)
        return value.const if value.const is not UNKNOWN else value.key

    # -- expressions ------------------------------------------------------------------------------------------------

    def eval(self, node: f.Expr, statement: bool = False) -> Value:
        """The value of an expression; ``statement`` when nobody uses it."""
        if statement and isinstance(node, f.Call):
            return self.call(node, statement=True)
        return EXPRESSIONS[type(node)](self, node)

    def name(self, node: f.Name) -> Value:
        frame: Frame | None = self.frame
        while frame is not None:
            value = frame.variables.get(node.id)
            if value is not None:
                return value
            frame = frame.closure
        return self.module_name(node.id)

    def const(self, node: f.Const) -> Value:
        return constant(node.value, self.place(node))

    def attr(self, node: f.Attr) -> Value:
        value = self.attribute(self.eval(node.obj), node.name)
        if isinstance(value.target, Method):
            value = relabelled(value, value.key)
            place = Place(self.frame.chunk.chunk, node.end - len(node.name), node.end)
            value.target = Method(value.target.receiver, node.name, place)
            self.mention(value.target)
        return value

    def mention(self, method: Method) -> None:
        """Note an SDK method that is named without being called."""
        if method.place is not None and (bound := self.bound_method(method, frozenset(), True)) is not None:
            operation = bound.operation
            name = f"{operation.service}.{operation.calls or operation.name}"
            self.trace.mentions.append((method.place, name, bound.layer))

    def bound_method(self, method: Method, members: frozenset[str], spread: bool) -> Bound | None:
        """The operation of a method that is not called where it is named."""
        receiver = method.receiver
        handle = receiver.first("handle")
        if handle is not None:
            return self.resolver.method(handle, method.name)
        if isinstance(receiver.target, (Instance, Imported, ClassLink)):
            return None
        return self.resolver.signature(method.name, members, spread, hint_of(receiver))

    def attribute(self, obj: Value, name: str) -> Value:
        """``obj.name`` where it is not called."""
        stored = obj.children.get(("attr", name))
        if stored is not None:
            return stored
        value = joined([self._attribute(one, name) for one in obj.alternatives()])
        obj.children["attr", name] = value
        return value

    def _attribute(self, obj: Value, name: str) -> Value:
        key = ("attr", obj.key, name)
        if obj.handle:
            return self.sdk_attribute(obj, obj.handle, name)
        if obj.error:
            return Value(key, error=ErrorPath(obj.error.attempt, (*obj.error.path, name)))
        target = obj.target
        if isinstance(target, Imported):
            origin = f"{target.origin}.{name}"
            return Value(("import", origin), target=Imported(origin))
        if isinstance(target, (Instance, ClassLink)):
            return self.member(obj, target.cls if isinstance(target, Instance) else target, name)
        part = part_of(obj.key)
        if part is not None and part[1] == "exceptions":
            return Value(key, target=ExceptionClass("", name, part[0]))
        if name == "response":
            return Value(key, error=ErrorPath(None, ("response",)), parent=obj)
        out = Value(
            key, origins=obj.origins, parent=obj, target=Method(obj, name) if OPERATION_WORD.match(name) else None
        )
        if obj.reply:
            out.origins |= obj.flow()
        return out

    def sdk_attribute(self, obj: Value, handle: Handle, name: str) -> Value:
        key = ("attr", obj.key, name)
        resource = self.resolver.catalogue.service(handle.service).resource_class(handle.kind)
        if handle.kind == "exceptions":
            return Value(key, target=ExceptionClass(handle.service, name))
        if handle.kind == "client" and name == "exceptions":
            return Value(key, handle=Handle(handle.service, "exceptions", handle.layer))
        if resource is not None and name in resource.collections:
            collection = Handle(handle.service, COLLECTION, handle.layer, handle.ids, name, handle.kind)
            return Value(key, handle=collection)
        if name in {"meta", "client"} and handle.kind != "client":
            kind = "client" if name == "client" else handle.kind
            return Value(key, handle=Handle(handle.service, kind, handle.layer, handle.ids))
        if resource is not None:
            if name in resource.identifiers:
                index = resource.identifiers.index(name)
                return handle.ids[index] if index < len(handle.ids) else Value(key)
            if name in resource.attributes and resource.load:
                bound = self.resolver.action(handle, resource, resource.load)
                if bound:
                    reply = self.record_call(bound, obj, Arguments(), self.frame.site or self.here, self.here)
                    path = tuple(p for p in (resource.load_path, resource.attributes[name]) if p and p != "@")
                    return Value(key, reply=(reply, path))
        return Value(key, target=Method(obj, name))

    def subscript(self, node: f.Item) -> Value:
        obj = self.eval(node.obj)
        key = self.eval(node.key)
        return self.item(obj, key.const if key.const is not UNKNOWN else key.key, self.place(node))

    def item(self, obj: Value, key: Hashable, place: Place | None = None) -> Value:
        """``obj[key]`` for a constant or a value's key."""
        if not obj.options:
            return self._item(obj, key, place)
        return joined([self._item(one, key, place) for one in obj.alternatives()])

    def _item(self, obj: Value, key: Hashable, place: Place | None) -> Value:
        if obj.fields is not None and isinstance(key, str):
            if key in obj.fields:
                return obj.fields[key]
            for part in obj.spread:
                return self.item(part, key, place)
        if obj.items is not None and isinstance(key, int) and -len(obj.items) <= key < len(obj.items):
            return obj.items[key]
        found = obj.children.get(("item", key))
        if found is not None:
            return found
        out = Value(("item", obj.key, key), origins=obj.flow() if obj.record else obj.origins, parent=obj)
        name = key if isinstance(key, str) else EACH
        if obj.reply:
            out.reply = (obj.reply[0], (*obj.reply[1], name))
            out.origins = set()
        elif obj.error and isinstance(key, str):
            out.error = ErrorPath(obj.error.attempt, (*obj.error.path, key))
        elif isinstance(key, str) and key in self.resolver.catalogue.record_names and place is not None:
            out.record = Record(obj.key, key, place)
        obj.children["item", key] = out
        return out

    def element(self, source: Value) -> Value:
        """What a loop over ``source`` yields."""
        values: list[Value] = []
        for one in source.alternatives():
            if one.items is not None:
                values.append(joined(one.items) if one.items else Value(("each", one.key)))
            elif one.target == "pairs" and one.parent is not None:
                pair = Value(("pair", one.key), parent=one.parent)
                pair.items = [mixed(("key", one.key), [one.parent]), self._item(one.parent, ("each",), None)]
                values.append(pair)
            elif one.target == "numbered" and one.parent is not None:
                pair = Value(("pair", one.key), parent=one.parent)
                pair.items = [Value(("index", one.key)), self.element(one.parent)]
                values.append(pair)
            else:
                values.append(self._item(one, ("each",), None))
        return joined(values)

    def map(self, node: f.Map) -> Value:
        out = Value(("map", id(node)))
        out.fields = {}
        for key, value in node.items:
            item = self.eval(value)
            if key is None:
                out.spread.append(item)
                continue
            name = self.eval(key)
            if isinstance(name.const, str):
                out.fields[name.const] = item
            else:
                out.opaque = True
                out.fields.setdefault(f"\0{len(out.fields)}", item)
        return out

    def seq(self, node: f.Seq) -> Value:
        out = Value(("seq", id(node)))
        out.items = []
        for item in node.items:
            value = self.eval(item)
            if isinstance(item, f.Star):
                out.items.extend(value.items or [self.element(value)])
            else:
                out.items.append(value)
        out.key = ("seq", tuple(item.key for item in out.items))
        return out

    def star(self, node: f.Star) -> Value:
        return self.eval(node.value)

    def text(self, node: f.Text) -> Value:
        parts = [self.eval(part) for part in node.parts]
        if all(isinstance(part.const, str) for part in parts):
            return constant("".join(part.const for part in parts), self.place(node))
        out = mixed(("text", tuple(part.key for part in parts)), parts)
        if any(part.items is not None for part in parts):
            out.items = [item for part in parts for item in (part.items or [])]
        return out

    def choice(self, node: f.Choice) -> Value:
        for test in node.tests:
            self.eval(test)
        return joined([self.eval(option) for option in node.options])

    def test(self, node: f.Test) -> Value:
        operands = [self.eval(operand) for operand in node.operands]
        for index, value in enumerate(operands):
            error = value.first("error")
            if error is not None and error.path[:1] == ("response",) and len(operands) > 1:
                others = [other for place, other in enumerate(operands) if place != index]
                self.test_code(node, error, others, substring="in" in node.ops[0] and index > 0)
        return Value(("test", id(node)))

    def mix(self, node: f.Mix) -> Value:
        return mixed(("mix", id(node)), [self.eval(part) for part in node.parts])

    def yield_(self, node: f.Yield) -> Value:
        if node.value is not None:
            self.frame.yields.append(self.eval(node.value))
        return Value(("sent", id(node)))

    def bind_name(self, node: f.Bind) -> Value:
        value = self.eval(node.value)
        self.frame.variables[node.name] = value
        return value

    def comp(self, node: f.Comp) -> Value:
        frame = self.frame
        before = frame.variables
        frame.variables = dict(before)
        for target, source, tests in node.loops:
            self.store(target, self.element(self.eval(source)))
            for test in tests:
                self.eval(test)
        element = self.eval(node.element)
        keys = [self.eval(node.key)] if node.key is not None else []
        frame.variables = before
        out = mixed(("comp", id(node)), [element, *keys])
        if not node.is_map:
            out.items = [element]
        out.origins = changed(out.origins)
        return out

    def lambda_(self, node: f.Lambda) -> Value:
        unit = FunctionLink(self.frame.chunk, node.function, None, self.frame, f"{self.frame.qualname}.<lambda>")
        return Value(("function", id(node.function)), target=unit)

    # -- calls ------------------------------------------------------------------------------------------------------

    def call(self, node: f.Call, statement: bool = False) -> Value:
        if isinstance(node.func, f.Attr):
            receiver = self.eval(node.func.obj)
            args = self.arguments(node)
            name = Place(self.frame.chunk.chunk, node.func.end - len(node.func.name), node.func.end)
            call = Invocation(node, node.func.name, name, self.place(node), args, statement, hint(node.func.obj))
            return joined([self.call_method(one, call) for one in receiver.alternatives()])
        function = self.eval(node.func)
        args = self.arguments(node)
        label = last_name(node.func)
        call = Invocation(node, label, self.place(node.func), self.place(node), args, statement, "")
        return joined([self.invoke(one, call) for one in function.alternatives()])

    @property
    def here(self) -> Place:
        """The innermost call being evaluated, for events that have no call of their own."""
        chunk = self.frame.chunk.chunk
        return Place(chunk, 0, 0)

    def arguments(self, node: f.Call) -> Arguments:
        out = Arguments()
        for arg in node.args:
            value = self.eval(arg.value)
            if arg.name is None:
                out.positional.append(value)
            elif arg.name == "*":
                out.starred = True
                out.positional.extend(value.items or [])
            elif arg.name == "**":
                out.spreads.append(value)
            else:
                out.named[arg.name] = value
        return out

    def call_method(self, receiver: Value, call: Invocation) -> Value:
        """``receiver.name(...)``: an SDK operation, a method of this module, or a method of some object."""
        made = self.construct(call)
        if made is not None:
            return made
        if receiver.handle is not None:
            return self.sdk_method(receiver, receiver.handle, call)
        target = receiver.target
        if isinstance(target, (Instance, ClassLink)):
            return self.own_method(receiver, target, call)
        if isinstance(target, Imported):
            return self.library(f"{target.origin}.{call.name}", call)
        if receiver.error is not None and call.name == "get" and call.args.positional:
            return self.item(receiver, call.args.positional[0].const)
        bound = self.by_signature(receiver, call)
        if bound is not None:
            return self.sdk_call(bound, receiver, call)
        child = self.resolver.unknown_child(call.name, call.args.positional) if not call.args.named else None
        if child is not None:
            return Value(("resource", child.service, child.kind, tuple(v.key for v in child.ids)), handle=child)
        stored = receiver.children.get(("attr", call.name))
        if stored is not None and stored.target is not None and not isinstance(stored.target, Method):
            return self.invoke(stored, call)
        return self.object_method(receiver, call)

    def construct(self, call: Invocation) -> Value | None:
        """A client or resource, made by a callable that is given the service's name as a literal."""
        first = call.args.named.get("service_name") or next(iter(call.args.positional), None)
        if first is None or not isinstance(first.const, str):
            return None
        handle = self.resolver.construct(call.name, first.const)
        return Value(("client", first.const, call.name), handle=handle) if handle else None

    def by_signature(self, receiver: Value, call: Invocation) -> Bound | None:
        """An operation recognised by its name and keywords alone, on a receiver nothing is known of."""
        if receiver.fields is not None or receiver.items is not None or receiver.const is not UNKNOWN:
            return None
        if receiver.reply is not None or call.args.starred:
            return None
        keywords = frozenset(name for name in call.args.keywords() if not name.startswith("\0"))
        spread = not call.args.closed()
        if call.args.positional:
            return None
        return self.resolver.signature(call.name, keywords, spread, call.hint)

    def sdk_method(self, receiver: Value, handle: Handle, call: Invocation) -> Value:
        """A method of an SDK object."""
        name, args = call.name, call.args
        bound = self.resolver.method(handle, name)
        if bound is not None and not bound.opens_batch:
            return self.sdk_call(bound, receiver, call)
        if bound is not None:
            batch = Handle(handle.service, BATCH, handle.layer, handle.ids, bound.operation.name, handle.kind)
            return Value(("batch", receiver.key), handle=batch)
        if name == "get_paginator" and args.positional and isinstance(args.positional[0].const, str):
            paginator = Handle(handle.service, "paginator", handle.layer, (), args.positional[0].const)
            return Value(("paginator", receiver.key), handle=paginator)
        if handle.kind == "paginator" and name == "paginate":
            operation = self.resolver.catalogue.service(handle.service).operation(handle.operation)
            if operation is not None:
                reply = self.sdk_call(Bound(operation, handle.layer, "paginator", {}), receiver, call)
                pages = Value(("pages", reply.key), parent=reply)
                pages.items = [reply]
                return pages
        child = self.resolver.child(handle, name, args.positional)
        if child is not None:
            ids = tuple(value.key for value in child.ids)
            return Value(("resource", child.service, child.kind, ids), handle=child)
        if name in {"__aenter__", "__enter__", "get_available_subresources"}:
            return receiver
        return mixed(("call", receiver.key, name, id(call.node)), args.values())

    def sdk_call(self, bound: Bound, receiver: Value, call: Invocation) -> Value:
        """Record an SDK call and return its reply."""
        event = self.record_call(bound, receiver, call.args, call.name_place, call.place)
        if bound.form == "custom":
            self.transfer(event, call.args)
        reply = Value(("reply", id(event)), reply=(event, ()))
        if bound.returns and receiver.handle is not None and receiver.handle.kind == COLLECTION:
            return self.listed(bound, event, receiver.handle)
        if bound.returns:
            return self.returned(bound, event, reply)
        return reply

    def listed(self, bound: Bound, event: SdkCall, handle: Handle) -> Value:
        """A listing: the collection again, whose elements are resources of which only the class is known."""
        resource = self.resolver.catalogue.service(handle.service).resource_class(bound.returns)
        names = resource.identifiers if resource else ()
        ids = tuple(Value(("listed", id(event), name)) for name in names)
        element = Value(("element", id(event)), handle=Handle(handle.service, bound.returns, handle.layer, ids))
        out = Value(("listing", id(event)), handle=handle)
        out.items = [element]
        return out

    def returned(self, bound: Bound, event: SdkCall, reply: Value) -> Value:
        """The resource that an action returns."""
        service = self.resolver.catalogue.service(bound.operation.service)
        resource = service.resource_class(bound.returns)
        if resource is None:
            return reply
        ids = tuple(event.arguments.get(m) or Value(("id", id(event), m)) for m in event.operation.key)
        reply.handle = Handle(bound.operation.service, bound.returns, bound.layer, ids[: len(resource.identifiers)])
        return reply

    def transfer(self, event: SdkCall, args: Arguments) -> None:
        """A managed transfer moves data between a resource and a file object or a path that the caller names."""
        for member in event.operation.yields:
            target = event.arguments.get(member)
            if target is not None:
                target.touch(None, [Value(("downloaded", id(event)), reply=(event, (member,)))])

    def record_call(self, bound: Bound, receiver: Value | None, args: Arguments, name: Place, place: Place) -> SdkCall:
        """Note an SDK call, once for each way the run came to it; a second pass of a loop adds what it knows."""
        operation = bound.operation
        keywords = args.keywords()
        arguments = {m: v for m, v in keywords.items() if m in operation.members or m in bound.supplied}
        positional = list(args.positional)
        for member in bound.positional:
            if positional:
                arguments.setdefault(member, positional.pop(0))
        arguments.update({m: v for m, v in bound.supplied.items() if m not in arguments})
        frames = self.ways()
        own = receiver is not None and (receiver.handle is None or receiver.handle.kind != "client")
        if own and receiver is not None and bound.form.partition(":")[0] in {"resource", "custom", BATCH}:
            for member in (operation.required | set(operation.key)) - set(arguments):
                arguments[member] = Value(("owner", receiver.key, member))
        seen = self.seen.get((place, name, frames))
        if seen is not None and seen.operation is operation:
            merge_arguments(seen, arguments)
            self.attempted(seen)
            return seen
        event = SdkCall(
            operation, name, place, self.frame.qualname, arguments, not args.closed(), bound.layer,
            CONFIDENCE[bound.layer], self.held > 0, frames, len(self.trace.calls), bound.form.partition(":")[0],
            frozenset(bound.supplied), receiver,
        )  # fmt: skip
        self.seen[place, name, frames] = event
        self.trace.calls.append(event)
        self.attempted(event)
        return event

    def attempted(self, event: SdkCall) -> None:
        """The call is in the body of every ``try`` around it."""
        for attempt in self.attempts:
            if event not in attempt.calls:
                attempt.calls.append(event)

    def own_method(self, receiver: Value, target: Instance | ClassLink, call: Invocation) -> Value:
        """A method of a class in this module, or an attribute of the object that is called."""
        cls = target.cls if isinstance(target, Instance) else target
        unit = cls.method(call.name)
        if unit is None:
            stored = self.attribute(receiver, call.name)
            if stored.first("target") is None or isinstance(stored.target, Method):
                return self.unknown_call(receiver, call)
            return joined([self.invoke(one, call) for one in stored.alternatives()])
        bound = receiver if not unit.decorated("staticmethod") else None
        return self.function_call(unit, bound, call)

    def invoke(self, function: Value, call: Invocation) -> Value:
        """Call a value."""
        target = function.target
        made = self.construct(call)
        if made is not None:
            return made
        if isinstance(target, FunctionLink):
            return self.function_call(target, None, call)
        if isinstance(target, ClassLink):
            return self.instantiate(function, target, call)
        if isinstance(target, Imported):
            return self.library(target.origin, call)
        if isinstance(target, Partial):
            args = Arguments(
                target.arguments.positional + call.args.positional,
                target.arguments.named | call.args.named,
                target.arguments.spreads + call.args.spreads,
                target.arguments.starred or call.args.starred,
            )
            return self.invoke(target.function, call.with_arguments(args))
        if isinstance(target, Method):
            return self.call_method(target.receiver, call.renamed(target.name))
        unknown = not (isinstance(function.key, tuple) and function.key[0] == "name")
        return self.unknown_call(function, call) if unknown and target is None else self.builtin(call)

    def instantiate(self, function: Value, cls: ClassLink, call: Invocation) -> Value:
        out = Value(("object", id(call.node), cls.name), target=Instance(cls))
        init = cls.method("__init__")
        if init is not None:
            self.function_call(init, out, call)
        else:
            for name, value in call.args.named.items():
                out.children["attr", name] = value
        out.origins |= {o for value in call.args.values() for o in value.flow()}
        return out

    def function_call(self, unit: FunctionLink, receiver: Value | None, call: Invocation) -> Value:
        """Enter a function of this module where that can tell something; else its value mixes its arguments."""
        self.trace.consulted.add(unit.facts)
        nested = unit.closure is not None
        if not nested and unit.facts not in self.shared.relevant:
            self.trace.declined.add(unit.facts)
            return self.unknown_call(receiver, call, ("function", unit.qualname))
        if any(frame.function is unit.function for frame in self.frames) or len(self.frames) >= MAX_FRAMES:
            return self.unknown_call(receiver, call, ("function", unit.qualname))
        return self.enter(unit, receiver, call.args, call.place)

    def library(self, origin: str, call: Invocation) -> Value:
        """A function that is imported."""
        name = origin.rpartition(".")[2]
        if name == "partial" and call.args.positional:
            function, *rest = call.args.positional
            args = Arguments(rest, call.args.named, call.args.spreads, call.args.starred)
            return Value(("partial", id(call.node)), target=Partial(function, args))
        if name == "dump" and len(call.args.positional) > 1:
            call.args.positional[1].touch(None, call.args.positional[:1])
        if origin.startswith(".") or origin.partition(".")[0] not in KNOWN_ROOTS:
            return self.unknown_call(None, call, ("import", origin))
        return self.builtin(call.renamed(name), ("import", origin))

    def builtin(self, call: Invocation, function: Hashable = None) -> Value:
        """A builtin or standard library function, by what it does to values."""
        name, args = call.name, call.args
        first = args.positional[0] if args.positional else None
        if name in TRUTHS:
            return Value(("truth", id(call.node)))
        if first is not None and name in SAME:
            if any(locks(arg.value) for arg in call.node.args):
                self.held += 1
            return args.positional[-1] if name == "cast" else first
        if name in COPIES and not (args.positional and first is not None and first.items is not None):
            out = Value(("copy", id(call.node)))
            out.fields = dict(args.named)
            out.spread = [*([first] if first is not None else []), *args.spreads]
            return out
        if name == "enumerate" and first is not None:
            return Value(("enumerate", first.key), target="numbered", parent=first)
        self.run_callables(call)
        out = mixed(self.call_key(function or name, call), args.values())
        if name in WRAPPERS and args.values():
            out.parent = args.values()[0]
        return out

    def unknown_call(self, receiver: Value | None, call: Invocation, function: Hashable = None) -> Value:
        """A call out of sight: its value mixes what it is given, and it may have changed its arguments."""
        for attempt in self.attempts:
            attempt.opaque = True
        for value in call.args.values():
            if value.origins or value.reply or value.record:
                value.touch(None)
        handled = self.run_callables(call)
        if handled is not None:
            return handled
        own = ("attr", receiver.key, call.name) if receiver is not None else call.name
        return mixed(self.call_key(function or own, call), call.args.values())

    def call_key(self, function: Hashable, call: Invocation) -> Hashable:
        """Equal calls give equal values, unless the function is made to differ each time."""
        if VOLATILE.search(call.name):
            return ("volatile", id(call.node))
        args = tuple(value.key for value in call.args.positional)
        named = tuple(
            sorted(
                (name, id(value) if value.key is None else hash(value.key)) for name, value in call.args.named.items()
            )
        )
        return ("call", function, args, named)

    def run_callables(self, call: Invocation) -> Value | None:
        """A callable handed to somebody is called by them: ``retry(client.put_object, Bucket=…)``."""
        out: Value | None = None
        positional = call.args.positional
        for index, value in enumerate(positional):
            for one in value.alternatives():
                target = one.target
                if isinstance(target, (Partial, FunctionLink)) and not (
                    isinstance(target, FunctionLink) and target.closure is None and target.owner is not None
                ):
                    args = Arguments(list(positional[index + 1 :])) if isinstance(target, FunctionLink) else Arguments()
                    out = self.invoke(one, call.with_arguments(args))
                elif isinstance(target, Method):
                    out = self.passed_method(target, call, positional[index + 1 :]) or out
        return out

    def passed_method(self, target: Method, call: Invocation, rest: list[Value]) -> Value | None:
        """A bound SDK method among the arguments: the keywords beside it are its own."""
        receiver = target.receiver
        candidates = [
            operation
            for service in self.resolver.catalogue.methods(target.name)
            if (operation := self.resolver.catalogue.service(service).operation(target.name))
        ]
        members = frozenset(m for operation in candidates for m in operation.members) & set(call.args.keywords())
        bound = self.bound_method(target, members, bool(call.args.spreads))
        if bound is None:
            return None
        known = set(bound.operation.members)
        named = {name: value for name, value in call.args.named.items() if name in known}
        args = Arguments(list(rest) if bound.positional else [], named, list(call.args.spreads), call.args.starred)
        passed = call.with_arguments(args)
        if target.place is not None:
            passed.name_place = target.place
        event = self.sdk_call(bound, receiver, passed)
        reply = event.reply
        if reply is not None:
            self.idiom(call, reply[0])
        return event

    def idiom(self, call: Invocation, event: SdkCall) -> None:
        """Error codes handed to a helper together with the operation, such as ``ignore_err_codes=(…)``."""
        for name, value in call.args.named.items():
            if name in self.resolver.catalogue.construct.code_keywords:
                self.note_test(call.place, self.resolver.catalogue.construct.code_path, None, [value], False, (event,))

    def object_method(self, receiver: Value, call: Invocation) -> Value:
        """A method of an object that is neither the SDK's nor this module's: containers, files, strings."""
        name, args = call.name, call.args
        if name in GETTERS and args.positional:
            key = args.positional[0]
            constant_key = key.const if key.const is not UNKNOWN else key.key
            found = self._item(receiver, constant_key, call.place)
            default = args.positional[1:2]
            if name == "setdefault" and default and not receiver.reply:
                known = receiver.fields is not None and constant_key in receiver.fields
                set_item(receiver, constant_key, found if known else joined([found, *default]), weak=False)
            if name in {"pop", "setdefault"}:
                receiver.touch(constant_key, default)
            return joined([found, *default])
        if name in VIEWS and not args.positional:
            target = "pairs" if name == "items" else None
            return Value((name, receiver.key), origins=receiver.flow(), parent=receiver, target=target)
        if name in COPIES:
            out = Value(("copy", id(call.node)))
            out.fields, out.spread = {}, [receiver]
            return out
        if name in SAME and args.positional:
            if any(locks(arg.value) for arg in call.node.args):
                self.held += 1
            return args.positional[0]
        if name in TRUTHS:
            return Value(("truth", id(call.node)))
        if name in {"acquire", "acquire_lock", "lock"} and LOCKED.search(words_of(call.hint)):
            self.held += 1
        tainted = [value for value in args.values() if value.flow()]
        if name in MUTATORS or (call.statement and tainted and not isinstance(receiver.target, Imported)):
            receiver.touch(None, args.values())
            if name == "append" and receiver.items is not None:
                receiver.items.append(args.positional[0] if args.positional else constant(None))
            elif name == "update" and receiver.fields is not None:
                receiver.fields.update(args.named)
                receiver.spread.extend([*args.positional, *args.spreads])
            elif name == "update":
                receiver.fields, receiver.opaque = dict(args.named), True
                receiver.spread.extend([*args.positional, *args.spreads])
        if name not in HARMLESS and name not in MUTATORS and receiver.const is UNKNOWN:
            for attempt in self.attempts:
                attempt.opaque = True
        handled = self.run_callables(call)
        if handled is not None:
            return handled
        return mixed(self.call_key(("attr", receiver.key, name), call), [receiver, *args.values()])

    # -- error codes ------------------------------------------------------------------------------------------------

    def test_code(self, node: f.Test, error: ErrorPath, others: list[Value], substring: bool) -> None:
        self.note_test(self.place(node), error.path, error.attempt, others, substring, ())

    def note_test(
        self, place: Place, path: tuple[str, ...], attempt: Attempt | None, others: list[Value], substring: bool,
        named: tuple[SdkCall, ...],
    ) -> None:  # fmt: skip
        """Note a comparison of an error's part with constants, once."""
        literals = tuple(Literal(text, where) for other in others for text, where in other.texts())
        key = (place, path, id(attempt), tuple(literal.text for literal in literals))
        if literals and key not in self.caught:
            test = CodeTest(place, path, attempt, literals, substring, self.frame.qualname, named)
            self.caught[key] = test
            self.trace.tests.append(test)

    # -- names beyond the function ----------------------------------------------------------------------------------

    def module_name(self, name: str) -> Value:
        """A module-level name: function, class, import or assigned value."""
        shared = self.shared
        known = shared.names.get(name)
        if known is None:
            if ("global", name) in shared.pending:
                return Value(("global", name))
            shared.pending.add(("global", name))
            run = Run(shared)
            known = shared.names[name] = (run.resolve_global(name), frozenset(run.trace.consulted))
            shared.pending.discard(("global", name))
        self.trace.consulted |= known[1]
        return owned(known[0], self.copies)

    def origin_of(self, name: str) -> str:
        """Where a module-level name was imported from, with dots; empty if it was not."""
        target = self.module_name(name).first("target") if name in self.link.imported else None
        return target.origin if isinstance(target, Imported) else ""

    def resolve_global(self, name: str) -> Value:
        chunks = self.link.globals.get(name, [])
        values: list[Value] = []
        for chunk in chunks:
            self.trace.consulted.add(chunk)
            self.frames.append(Frame(chunk, "<module>", {}))
            self.block(chunk.body)
            value = self.frames.pop().variables.get(name)
            if value is not None:
                values.append(value)
        unit = self.link.function(name)
        if unit is not None:
            self.trace.consulted.add(unit.facts)
            values.append(Value(("function", name), target=unit))
        cls = self.link.classes.get(name)
        if cls is not None:
            self.trace.consulted.add(cls.header)
            values.append(Value(("class", name), target=cls))
        if not values:
            return Value(("name", name))
        found = joined(values)
        found.shared = isinstance(found.target, (FunctionLink, ClassLink, Imported))
        if found.target is None and found.const is UNKNOWN and found.items is None and not found.options:
            found.key = ("global", name)
        return found

    def member(self, obj: Value, cls: ClassLink, name: str) -> Value:
        """An attribute of an object of this module: what the class, its methods and its properties make it."""
        key = ("attr", obj.key, name)
        unit = cls.getter(name)
        if unit is not None and unit.decorated(*PROPERTIES):
            frames = len(self.frames)
            if any(frame.function is unit.function for frame in self.frames) or frames >= MAX_FRAMES:
                return Value(key)
            value = self.enter(unit, obj, Arguments(), self.frame.site)
            return relabelled(value, key)
        if unit is not None:
            return Value(key, target=Method(obj, name))
        held = self.class_attribute(cls, name)
        return relabelled(held, key) if held is not None else Value(key)

    def class_attribute(self, cls: ClassLink, name: str) -> Value | None:
        """What any method or the class body assigns to ``self.<name>``."""
        shared = self.shared
        known = shared.attributes.get((id(cls), name))
        if known is None:
            token = ("attribute", id(cls), name)
            if token in shared.pending:
                return None
            shared.pending.add(token)
            run = Run(shared)
            known = shared.attributes[id(cls), name] = (
                run.resolve_attribute(cls, name),
                frozenset(run.trace.consulted),
            )
            shared.pending.discard(token)
        self.trace.consulted |= known[1]
        return owned(known[0], self.copies) if known[0] is not None else None

    def resolve_attribute(self, cls: ClassLink, name: str) -> Value | None:
        values: list[Value] = []
        for parent in cls.lineage():
            for chunk, statements in parent.statements:
                self.trace.consulted.add(chunk)
                frame = Frame(chunk, cls.name, {})
                self.frames.append(frame)
                self.block(s for s in statements if isinstance(s, (f.Assign, f.Import)))
                self.frames.pop()
                if name in frame.variables:
                    values.append(frame.variables[name])
        for unit in cls.assigning(name):
            if unit.function.name not in CONSTRUCTORS and unit.facts not in self.shared.relevant:
                continue
            receiver = Value(("self",), target=Instance(cls))
            self.enter(unit, receiver, Arguments(), None, root=True)
            value = receiver.children.get(("attr", name))
            if value is not None:
                values.append(value)
            if value is not None and value.first("handle"):
                break
        return joined(values) if values else None


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
    out = Value(key, const=value.const, origins=value.origins, handle=value.handle, target=value.target,
                reply=value.reply, error=value.error, place=value.place, parent=value)  # fmt: skip
    out.fields, out.items, out.spread, out.opaque, out.record = (
        value.fields, value.items, value.spread, value.opaque, value.record,
    )  # fmt: skip
    return out


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


def hint(expr: f.Expr) -> str:
    """The receiver as it is called in the source, for telling services apart."""
    return last_name(expr)


def hint_of(value: Value) -> str:
    """The last name in a value's identity."""
    key = value.key
    return key[-1] if isinstance(key, tuple) and isinstance(key[-1], str) else ""


KNOWN_ROOTS = frozenset(sys.stdlib_module_names) | {
    "boto3",
    "botocore",
    "aioboto3",
    "aiobotocore",
    "yaml",
    "simplejson",
}

STATEMENTS: dict[type[f.Stmt], Callable[..., bool | None]] = {
    f.Do: Run.do,
    f.Assign: Run.assign,
    f.Augment: Run.augment,
    f.Delete: Run.delete,
    f.Import: Run.imports,
    f.Leave: Run.leave,
    f.If: Run.branch,
    f.Loop: Run.loop,
    f.Try: Run.attempt,
    f.With: Run.with_,
    f.Define: Run.define,
    f.ClassDef: Run.class_def,
}

EXPRESSIONS: dict[type[f.Expr], Callable[..., Value]] = {
    f.Name: Run.name,
    f.Const: Run.const,
    f.Attr: Run.attr,
    f.Item: Run.subscript,
    f.Call: Run.call,
    f.Map: Run.map,
    f.Seq: Run.seq,
    f.Star: Run.star,
    f.Text: Run.text,
    f.Choice: Run.choice,
    f.Test: Run.test,
    f.Mix: Run.mix,
    f.Bind: Run.bind_name,
    f.Yield: Run.yield_,
    f.Comp: Run.comp,
    f.Lambda: Run.lambda_,
}
