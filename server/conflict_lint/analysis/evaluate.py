"""Following one function: an abstract run that records SDK calls and where their data came from.

The run visits every branch once and joins what it learnt, goes twice through loops so that data can travel around them,
and enters functions of the same module with the arguments they are given. Nothing of the analysed code is executed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from . import facts as f
from .calls import arguments_of, invoke, of_call
from .events import Attempt, CodeTest, Repeat, SdkCall
from .expressions import EXPRESSIONS
from .frames import Arguments, Frame, Globals, Invocation, Method, Partial, Trace, called_digest, instance_of, locks
from .link import ChunkFacts, ClassLink, FunctionLink, ModuleLink
from .names import ROOM, annotate
from .operations import Resolver
from .repeats import policies, policy_repeat, returned, span_of, wrapper_of
from .statements import STATEMENTS
from .values import Place, Value, constant, joined, mixed
from .ways import NO_WAY, WAY, under, way_in

__all__ = ["Globals", "Run", "Trace"]

BUDGET = 2_000  # statements that one unit may run,
INNER_BUDGET = 500  # of them in all the functions that it enters together,
FOREIGN_BUDGET = 60  # in one call into another module,
FOREIGN_BUDGETS = 200  # and in all of those together
Found = TypeVar("Found")
MOST_FRAMES = 6  # functions inside each other
LOOK_UP_BUDGET = 100  # the same for one name that it asks for,
LOOK_UP_FRAMES = 3  # and for the functions inside each other


class Run:
    """One abstract run over a function, a method or the module's own statements."""

    def __init__(self, shared: Globals, room: int = ROOM) -> None:
        """Begin in the module of ``shared``; the names of the innermost frame's module hold later.

        ``room`` limits how far the look-ups of names lead on to others; ``taken`` is what they took so far.
        """
        self.home = shared
        self.shared = shared
        self.trace = Trace(looked={(shared.link.path, "words")})
        self.frames: list[Frame] = []
        self.attempts: list[Attempt] = []
        self.held = 0
        self.conditional = 0
        self.arms: list[tuple[Hashable, bool]] = []
        self.budget = BUDGET
        self.most_frames = MOST_FRAMES
        self.inner = INNER_BUDGET
        self.abroad = FOREIGN_BUDGETS
        self.seen: dict[Hashable, SdkCall] = {}
        self.tried: dict[Hashable, Attempt] = {}
        self.caught: dict[Hashable, CodeTest] = {}
        self.entered: set[int] = set()
        self.copies: dict[int, Value] = {}
        self.looked_up: set[Hashable] = set()
        self.room = room
        self.taken = 0
        self.globals: dict[str, Value] = {}
        self.repeats: dict[Hashable, Repeat] = {}
        self.repeating: list[Repeat] = []
        self.compared: list[tuple[Value, Value]] = []
        self.wrapping: dict[int, Place] = {}
        self.decorating = False

    def follow(self, unit: FunctionLink, cls: ClassLink | None = None) -> Trace:
        """Run one function with nothing known of its arguments; a method as ``cls`` inherits it, if that is given."""
        self.trace.consulted.add(unit.facts)
        self.enter(unit, self.receiver(unit, cls), Arguments(), None, root=True)
        return self.trace

    def follow_module(self, chunks: Sequence[ChunkFacts]) -> Trace:
        """Run the module's own statements, in order."""
        variables: dict[str, Value] = {}
        for chunk in chunks:
            self.trace.consulted.add(chunk)
            frame = Frame(self.home, chunk, "<module>", variables)
            self.push(frame)
            self.block(chunk.body)
            self.finish_nested(frame)
            self.pop()
        return self.trace

    @property
    def link(self) -> ModuleLink:
        """The names of the module that the innermost function is in."""
        return self.shared.link

    @property
    def resolver(self) -> Resolver:
        """The operations as that module knows them."""
        return self.shared.resolver

    def names_around(self, unit: FunctionLink) -> Globals:
        """The names of the module that a function is in."""
        return self.shared if unit.link is self.link else unit.link.shared

    def push(self, frame: Frame) -> None:
        """Go into a function, or into the statements of a module or a class."""
        self.frames.append(frame)
        if frame.shared is not self.shared:
            self.shared = frame.shared
            self.trace.looked.add((self.shared.link.path, "words"))

    def pop(self) -> Frame:
        """Come out of it again."""
        frame = self.frames.pop()
        self.shared = self.frames[-1].shared if self.frames else self.home
        return frame

    def receiver(self, unit: FunctionLink, cls: ClassLink | None = None) -> Value | None:
        """The unknown object a method is called on: of ``cls``, which may inherit it, or of its own class."""
        if unit.owner is None or unit.decorated("staticmethod"):
            return None
        return instance_of(cls or unit.owner)

    def enter(
        self, unit: FunctionLink, receiver: Value | None, args: Arguments, site: Place | None, root: bool = False
    ) -> Value:
        """Follow a function's body with these arguments; its value is what it may return."""
        function = unit.function
        wrapper = wrapper_of(self, unit) if function.decorators and not unit.bare else None
        if wrapper is not None:
            depth = len(self.frames) + 1
            self.wrapping[depth] = wrapper[1]
            found = self.enter_wrapper(wrapper[0], unit, receiver, args, site, root)
            del self.wrapping[depth]
            if found is not None:
                return found
        frame = Frame(
            self.names_around(unit), unit.facts, unit.qualname, {}, unit.owner, unit.closure, function, site=site
        )
        self.trace.consulted.add(unit.facts)
        self.entered.add(id(function))
        held, budget = self.held, self.budget
        abroad, inner = unit.link is not self.link, len(self.frames) == 1
        if abroad:
            self.budget = min(budget, FOREIGN_BUDGET, self.abroad)
        if inner:
            self.budget = min(self.budget, self.inner)
        lent, allowed = budget - self.budget, self.budget
        repeats = [policy_repeat(self, p, unit.qualname, "decorator", span_of(unit)) for p in policies(self, unit)]
        outside = self.frames[-1].variables if self.frames else {}
        self.push(frame)
        self.bind(frame, function, receiver, args, root)
        if WAY in outside:
            frame.variables[WAY] = outside[WAY]
            frame.known = way_in(outside).absent
        if any(locks(decorator) for decorator in function.decorators):
            self.held += 1
        loops = frame.loops
        self.repeating.extend(repeats)
        falls = self.block(function.body)
        self.finish_nested(frame)
        del self.repeating[len(self.repeating) - len(repeats) :]
        self.pop()
        if root:
            self.trace.answers = frame.returns + frame.yields
        self.come_back(frame, outside, falls)
        frame.loops = loops
        self.held = held
        if abroad:
            self.abroad -= allowed - self.budget
        if inner:
            self.inner -= allowed - self.budget
        self.budget += lent
        if frame.yields:
            out = Value(("yields", id(function), site))
            out.items = frame.yields
            out.target = "generator"
            return out
        if frame.returns:
            verdict = returned(frame)
            out = joined(frame.returns)
            return Value(("told", id(frame)), options=out.alternatives(), target=verdict) if verdict else out
        if not falls or f.does_nothing(function):  # what it returns is up to a subclass
            return mixed(("abstract", unit.qualname, *(value.key for value in args.values())), args.values())
        return constant(None)

    def come_back(self, frame: Frame, outside: dict[str, Value], falls: bool) -> None:
        """Take along what holds at the ends of a function."""
        if falls:
            frame.ways.append(frame.variables.get(WAY) or NO_WAY)
            gained = way_in(frame.variables).absent - frame.known
            if gained and frame.returns:
                frame.returns.append(under(constant(None), gained))
        if any(way is not NO_WAY for way in frame.ways):
            outside[WAY] = joined(frame.ways)

    def enter_wrapper(
        self,
        wrapper: FunctionLink,
        unit: FunctionLink,
        receiver: Value | None,
        args: Arguments,
        site: Place | None,
        root: bool,
    ) -> Value | None:
        """Follow a decorated function through its wrapper; None where the wrapper does not lead to it."""
        own = [receiver] if receiver is not None else []
        given = Arguments(own + args.positional, args.named, args.spreads, args.starred or root)
        self.entered.discard(id(unit.function))
        out = self.enter(wrapper, None, given, site)
        return out if id(unit.function) in self.entered else None

    def finish_nested(self, frame: Frame) -> None:
        """Follow the nested functions that nobody called: callbacks, decorators' wrappers, route handlers."""
        for unit in frame.nested if not self.decorating else ():
            if id(unit.function) not in self.entered and len(self.frames) < self.most_frames:
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
            if param.annotation:
                annotate(self, value, param.annotation)
            frame.variables[param.name] = called_digest(param.name, value)
        frame.bound = dict(frame.variables)

    def unbound(self, frame: Frame, function: f.Function, param: f.Param, unknown: bool) -> Value:
        """A parameter that got no argument: its default, or something unknown."""
        key = ("param", param.name) if unknown else ("default", id(function), param.name)
        if isinstance(param.default, f.Const) and not unknown:
            return constant(param.default.value, self.place(param.default, frame))
        return Value(key)

    def outside(self, unit: FunctionLink, evaluate: Callable[[], Found]) -> Found:
        """Evaluate something where a function is defined."""
        before, self.decorating = self.decorating, True
        self.push(unit.closure or Frame(self.names_around(unit), unit.facts, "<module>", {}))
        found = evaluate()
        self.pop()
        self.decorating = before
        return found

    def arguments(self, node: f.Call) -> Arguments:
        """The arguments of a call."""
        return arguments_of(self, node)

    def callable(self, value: Value) -> bool:
        """Whether a value is a function that can be entered."""
        return isinstance(value.target, (FunctionLink, Method, Partial))

    def apply(self, function: Value, args: Arguments, place: Place) -> Value:
        """Call a function that somebody else would call, at ``place``."""
        node = f.Call(place.start, place.end, f.Const(place.start, place.end, None), ())
        return invoke(self, function, Invocation(node, "", place, place, args, False, ""))

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

    def ways(self) -> tuple[Place, ...]:
        """The calls through which the run came into the innermost function."""
        return tuple(frame.site for frame in self.frames if frame.site is not None)

    def eval(self, node: f.Expr, statement: bool = False) -> Value:
        """The value of an expression; ``statement`` when nobody uses it."""
        if statement and isinstance(node, f.Call):
            return of_call(self, node, statement=True)
        return EXPRESSIONS[type(node)](self, node)

    @property
    def here(self) -> Place:
        """The innermost call being evaluated, for events that have no call of their own."""
        chunk = self.frame.chunk.chunk
        return Place(chunk, 0, 0)

    @property
    def depth(self) -> int:
        """How many functions deep the run is."""
        return len(self.frames)

    def fresh(self, shared: Globals, room: int) -> Run:
        """Another run, for a name of the module of ``shared`` that every run may ask for."""
        run = Run(shared, room)
        run.budget = LOOK_UP_BUDGET
        run.most_frames = LOOK_UP_FRAMES
        return run
