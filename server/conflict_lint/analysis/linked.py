"""Modules ready to be followed: which functions are worth it, and which others these may enter.

That is decided on words alone: what is followed first (*triggers*, see ``triage``), and the closure over the names that
functions mention (*relevance*). A write whose data comes in through a parameter makes its callers units too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .evaluate import Globals, Run, Trace
from .events import SdkCall
from .imports import INIT
from .link import ChunkFacts, ClassLink, FunctionLink, ModuleLink
from .locks import creating, is_release, lends
from .once import dynamic, once
from .operations import Resolver
from .tokens import fresh_token
from .units import Unit
from .values import UNKNOWN
from .witness import REPLACING

if TYPE_CHECKING:
    from .chunks import Module
    from .modules import Modules

ORDINARY = frozenset(
    {".__init__", ".add", ".append", ".clear", ".close", ".copy", ".format", ".get", ".items", ".join", ".keys", ".pop"}
    | {".read", ".replace", ".run", ".set", ".split", ".update", ".values", ".write"}
)
"""Methods that say too little to make a function worth entering that mentions them."""
ASKING = frozenset({"isinstance", "status_code", "error_code", "status"})
"""What predicates on errors say, which policies name."""
CALLER_ROUNDS = 3
HELPER_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Judged:
    """Which chunks trigger, and all that this rests on beside their texts; ``acting`` is None if nobody asked."""

    around: tuple[object, ...] = ()
    acting: frozenset[str] | None = None
    triggers: Mapping[ChunkFacts, bool] = field(default_factory=dict)


@dynamic
class Linked:
    """A module ready to be followed, unit by unit."""

    def __init__(
        self,
        module: Module,
        chunks: list[ChunkFacts],
        path: str,
        modules: Modules,
        before: Linked | None = None,
    ) -> None:
        """``chunks`` are those of ``module``; ``before`` is it as it was before some edits."""
        self.catalogue = modules.catalogue
        self.modules = modules
        self.link = ModuleLink(module, chunks, path, modules, self.shared)
        self.words = modules.words
        if before is not None:
            self._take_over(before)
        self.resolver = Resolver(self.catalogue, self.link.named & self.catalogue.services)
        self._shared: tuple[int, Globals] | None = None
        self._judged: Judged = before._judged if before is not None else Judged()

    def _take_over(self, before: Linked) -> None:
        """Keep what is known of the whole module, where only functions differ, and not in what it rests on."""
        old, new = before.link.chunks, self.link.chunks
        changed = [(was, now) for was, now in zip(old, new, strict=False) if was is not now]
        if len(old) != len(new) or any(was.outside != now.outside for was, now in changed):
            return
        self.link.take_over(before.link, changed)
        if Linked.spoken.known(before):
            fresh = spoken(now for _, now in changed)
            Linked.spoken.keep(self, before.spoken if fresh <= before.spoken else before.spoken | fresh)
        Linked.beside.hand_on(before, self)
        Linked.calling_again.hand_on(before, self)
        if all(before.acts(was) == before.acts(now) for was, now in changed):
            Linked.acting.hand_on(before, self)
        if before.foreign == self.foreign and all(before.tells(was) == self.tells(now) for was, now in changed):
            Linked.judging.hand_on(before, self)

    def shared(self) -> Globals:
        """What all runs share of this module; made anew when something in the project has changed."""
        if self._shared is None or self._shared[0] != self.modules.changes:
            self._shared = self.modules.changes, Globals(self.link, self.resolver, self.relevant)
        return self._shared[1]

    def relevant(self) -> frozenset[ChunkFacts]:
        """Functions that may reach an SDK call, make a client or look at an error: worth entering."""
        return self.modules.memo(("relevant", self.link.path), self._relevant)

    def _relevant(self) -> tuple[frozenset[ChunkFacts], set[str]]:
        imports, probed = self.modules.imports_of(self.link.path)
        names = self.modules.called_in(self.link.path, {path: self.modules.offered(path) for path in imports})
        return self.reaching(names - ORDINARY), {self.link.path, *imports, *probed}

    @once
    def offered(self) -> frozenset[str]:
        """The names by which other modules may use what is worth entering here; methods with a dot before them."""
        chunks = self.reaching(set())
        names = {chunk.called for chunk in chunks} | {c.chunk.owner[-1] for c in chunks if c.chunk.owner}
        for name, bound in self.link.globals.items():
            if any(chunk.mentions(names) or chunk.traits.makes for chunk in bound):
                names.add(name)
        return frozenset(names)

    @once
    def foreign(self) -> frozenset[str]:
        """The names that are imported, but are no objects of the project: its modules, and what is foreign."""
        imports = self.modules.outline(self.link.path).imports
        found = ((local, self.modules.find(origin, self.link.path)) for local, origin in imports)
        return self.link.imported - {local for local, module in found if module is not None and module.rest}

    @property
    def imports(self) -> tuple[str, ...]:
        """The files of the project's modules that this one imports, in order."""
        return self.modules.imports_of(self.link.path)[0]

    def reaching(self, names: set[str]) -> frozenset[ChunkFacts]:
        """The functions that have to do with an SDK or mention ``names``, and in steps who mentions them."""
        out: set[ChunkFacts] = set()
        functions = [chunk for chunk in self.link.chunks if chunk.chunk.kind == "function"]
        tokens = any(chunk.traits.carries for chunk in functions)
        fresh = {
            chunk
            for chunk in functions
            if chunk.traits.judges(self.foreign) or chunk.traits.makes or chunk.traits.calls_again or self.calls(chunk)
        }
        if tokens:
            out |= {chunk for chunk in functions if chunk.traits.makes_anew}
        again = self.calling_again | self.words.repeats | policies(self.modules, self.link.path, passing=False)
        repeating = [chunk.words for chunk in self.link.chunks if chunk.mentions(again)]
        if repeating:
            asking = {chunk for chunk in functions if not chunk.words.isdisjoint(ASKING)}
            out |= {chunk for chunk in asking if any(chunk.called in words for words in repeating)}
        for _ in range(HELPER_ROUNDS):
            out |= fresh
            names = names | {chunk.called for chunk in fresh}
            fresh = {chunk for chunk in functions if chunk not in out and chunk.mentions(names)}
            names = set()
        return frozenset(out | fresh)

    @once
    def present(self) -> frozenset[ChunkFacts]:
        """Every chunk of the module."""
        return frozenset(self.link.chunks)

    @property
    def triggers(self) -> tuple[ChunkFacts, ...]:
        """The chunks to follow first."""
        return self.modules.memo(("triggers", self.link.path), self._triggers)

    def _triggers(self) -> tuple[tuple[ChunkFacts, ...], set[str]]:
        again = frozenset(self.calling_again | self.words.repeats | policies(self.modules, self.link.path))
        around, former = (self.beside, again, self.foreign, self.judging), self._judged
        same = former.around == around and (former.acting is None or former.acting == self.acting)
        known = former.triggers if same else {}
        judged = {
            chunk: known[chunk] if chunk in known else self.is_trigger(chunk, again) for chunk in self.link.chunks
        }
        if not self.modules.view.settled:
            self._judged = Judged(around, self.acting if Linked.acting.known(self) else None, judged)
        imports, probed = self.modules.imports_of(self.link.path)
        return tuple(chunk for chunk, triggers in judged.items() if triggers), {self.link.path, *imports, *probed}

    def is_trigger(self, chunk: ChunkFacts, again: AbstractSet[str]) -> bool:
        """Whether a chunk is to be followed first; ``again`` are names of what calls functions again."""
        plain = self.beside[0]
        return (
            chunk.traits.writes
            or self.repeats(chunk, again)
            or chunk.traits.judges(self.foreign)
            or (bool(plain) and chunk.mentions(plain))
            or self.asks(chunk)
        )

    def asks(self, chunk: ChunkFacts) -> bool:
        """Whether a handler of a chunk may ask a helper of this module which error it has at hand."""
        return "except" in chunk.words and bool(self.judging) and chunk.mentions(self.judging) and self.calls(chunk)

    @once
    def judging(self) -> frozenset[str]:
        """The names of the functions that look at an error's code, and call no operation themselves."""
        return frozenset(chunk.called for chunk in self.link.chunks if self.tells(chunk)) - ORDINARY

    def tells(self, chunk: ChunkFacts) -> bool:
        """Whether a chunk is a function that looks at an error's code, and calls no operation itself."""
        judges = chunk.chunk.kind == "function" and chunk.traits.judges(self.foreign)
        return judges and "return" in chunk.words and not self.calls(chunk)

    @once
    def calling_again(self) -> set[str]:
        """The module's own functions and methods that seem to call others again when they fail."""
        return {c.called for c in self.link.chunks if c.chunk.kind == "function" and c.traits.calls_again}

    @once
    def beside(self) -> tuple[frozenset[str], ...]:
        """Plain words that count in this module, because it names their SDK: see ``Catalogue.plain_words``."""
        return self.words.beside(set(itertools.chain.from_iterable(chunk.traits.sdks for chunk in self.link.chunks)))

    @once
    def acting(self) -> frozenset[str]:
        """The names of the functions that call operations which do more than read, as far as these say something."""
        functions = (chunk for chunk in self.link.chunks if chunk.chunk.kind == "function" and self.acts(chunk))
        return frozenset(chunk.called for chunk in functions) - ORDINARY

    def acts(self, chunk: ChunkFacts) -> bool:
        """Whether a chunk may call an operation that does more than read: to repeat what only reads harms nobody."""
        return chunk.traits.acts or chunk.traits.writes or chunk.traits.builds or self.called_beside(chunk)

    def calls(self, chunk: ChunkFacts) -> bool:
        """Whether a chunk may call an SDK operation, make an SDK object, or build the request of a write."""
        return chunk.traits.calls or self.called_beside(chunk)

    def called_beside(self, chunk: ChunkFacts) -> bool:
        """Whether a chunk has a plain word that is a call beside the SDK that its module names."""
        return bool(self.beside[1]) and chunk.mentions(self.beside[1])

    def repeats(self, chunk: ChunkFacts, again: AbstractSet[str]) -> bool:
        """Whether a chunk may send a request again, or name the token by which that is recognised.

        ``again`` are names of what calls functions again.
        """
        if chunk.traits.resends:
            return True
        repeated = chunk.mentions(again)
        if self.beside[2] and chunk.mentions(self.beside[2]):
            return repeated or chunk.traits.tries_again
        return repeated and (chunk.traits.acts or chunk.mentions(self.acting))

    def statements(self, names: set[str]) -> list[ChunkFacts]:
        """The module's own statements that are worth following, or that mention one of ``names``."""
        own = [chunk for chunk in self.triggers if chunk.chunk.kind == "statement" and not chunk.chunk.owner]
        if own or not names:
            return own
        return [
            chunk
            for chunk in self.link.chunks
            if chunk.chunk.kind == "statement" and not chunk.chunk.owner
            if not chunk.imports and chunk.mentions(names)
        ]

    def follow(self, chunk: ChunkFacts) -> Unit | None:
        """The unit of one function chunk."""
        function = self.link.unit(chunk)
        if function is None:
            return None
        unit = self.unit(function.qualname, Run(self.shared()).follow(function))
        owner = function.owner
        if owner is not None and any(call.operation.effect in REPLACING for call in unit.writes):
            unit.trace.looked.add((self.link.path, "methods", "", owner.name))
            unit = replace(unit, lent=lends(owner))
        if any(is_release(call) for call in unit.writes):
            unit = replace(unit, taken=tuple(self.taken_beside(function, unit.trace)))
        return unit

    @once
    def heirs(self) -> list[tuple[ClassLink, set[str], set[str]]]:
        """The classes with bases, the names of their methods that ask an SDK, and of those that also write."""
        out: list[tuple[ClassLink, set[str], set[str]]] = []
        for cls in self.link.classes.values():
            own = cls.methods.items() if cls.bases else ()
            asking = {name for name, found in own if any(method.facts.traits.calls for method in found)}
            writing = {name for name in asking if any(method.facts.traits.writes for method in cls.methods[name])}
            if writing and len(asking) > 1:
                out.append((cls, asking, writing))
        return out

    def templates(self) -> Iterator[tuple[ClassLink, FunctionLink]]:
        """The methods that classes of this module inherit, and that speak of methods by which these read and write."""
        for cls, asking, writing in self.heirs:
            seen = set(cls.methods)
            for parent in itertools.islice(cls.lineage(), 1, None):
                for name in [name for name in parent.methods if name not in seen]:
                    seen.add(name)
                    for method in parent.defined(name)[-1:]:
                        spoken = method.facts.words & asking
                        if len(spoken) > 1 and not spoken.isdisjoint(writing):
                            yield cls, method

    def follow_inherited(self, cls: ClassLink, function: FunctionLink) -> Unit:
        """The unit of a method as an object of ``cls`` inherits it."""
        trace = Run(self.shared()).follow(function, cls)
        return self.unit(function.qualname, trace)

    def taken_beside(self, function: FunctionLink, trace: Trace) -> Iterator[SdkCall]:
        """The conditional creations in the other methods of the class, or the other functions of the module."""
        owner = function.owner
        if owner is not None:
            trace.looked.add((self.link.path, "methods", "", owner.name))
            others = [method for cls in owner.lineage() for name in cls.methods for method in cls.defined(name)]
        else:
            trace.looked.add((self.link.path, "functions"))
            others = [unit for chunk in self.link.functions.values() if (unit := self.link.unit(chunk)) is not None]
        for other in others:
            if other.facts is not function.facts and (other.facts.traits.writes or self.beside[0]):
                beside = Run(self.shared()).follow(other)
                trace.include(beside)
                yield from (call for call in beside.calls if creating(call))

    def follow_module(self) -> Unit:
        """The unit of the module's own statements."""
        chunks = [c for c in self.link.chunks if c.chunk.kind == "statement" and not c.chunk.owner]
        return self.unit("<module>", Run(self.shared()).follow_module(chunks))

    def unit(self, name: str, trace: Trace) -> Unit:
        """What a run saw, as rules look at it."""
        elsewhere = frozenset(facts.chunk for facts in trace.consulted if facts.path != self.link.path)
        return Unit(name, trace, self.catalogue, elsewhere)

    @once
    def spoken(self) -> frozenset[str]:
        """What all chunks say, and those that stood here before some edits."""
        return spoken(self.link.chunks)

    @once
    def named(self) -> dict[str, list[ChunkFacts]]:
        """The functions, by how others call them."""
        out: dict[str, list[ChunkFacts]] = {}
        for chunk in self.link.chunks:
            if chunk.chunk.kind == "function":
                out.setdefault(chunk.called, []).append(chunk)
        return out

    def nameable(self, names: AbstractSet[str]) -> frozenset[str]:
        """Those of ``names`` that may be a function's of this module, or of one that it passes on."""
        passes = bool(self.heirs) or self.link.path.endswith(INIT)
        return frozenset(names if passes else self.named.keys() & names)

    def below(self, names: AbstractSet[str]) -> set[ChunkFacts]:
        """The functions that go by ``names``, and those that calls of them may lead to, as far as callers are followed.

        A method that a class inherits is one of them, if it goes by one of the names itself.
        """
        inherited = {method.facts for _, method in self.templates() if method.facts.called in names}
        found: set[ChunkFacts] = set()
        for _ in range(CALLER_ROUNDS + 1):
            mentioned = self.named.keys() & names
            fresh = {chunk for name in mentioned for chunk in self.named[name] if chunk not in found}
            found |= fresh
            names = spoken(fresh)
        return found | inherited

    def callers(self, names: set[str], known: set[ChunkFacts]) -> list[ChunkFacts]:
        """The function chunks that mention one of ``names`` and are not known yet, in file order."""
        return [
            chunk
            for chunk in self.link.chunks
            if chunk.chunk.kind == "function" and chunk not in known and chunk.mentions(names)
        ]


def spoken(chunks: Iterable[ChunkFacts]) -> frozenset[str]:
    """The names that some chunks mention; those after a dot also with it."""
    return frozenset(itertools.chain.from_iterable((*chunk.words, *chunk.members) for chunk in chunks))


def policies(modules: Modules, path: str, *, passing: bool = True) -> set[str]:
    """The names by which retry policies go in the module at ``path``; attributes have a dot before them.

    ``passing`` says to look at what the modules of the project that it imports import themselves.
    """
    known = modules.words.policies
    names: set[str] = set()
    for local, origin in modules.outline(path).imports:
        if origin in known:
            names.add(local)
        names |= modules.words.policies_in.get(origin, frozenset())
        module = modules.find(origin, path) if passing else None
        if module is None:
            continue
        passed = modules.again(module.path) | policies(modules, module.path, passing=False)
        if module.rest and module.rest[0] in passed:
            names.add(local)
        elif not module.rest:
            names |= {f".{name}" for name in passed if not name.startswith(".")}
    return names


def escaping(unit: Unit) -> set[str]:
    """The functions through whose parameters a write of this unit gets its data: their callers decide.

    So they do where a request's token is made here, by repeating all of it. A method has a dot before its name.
    """
    head, _, name = unit.name.rpartition(".")
    out = {f".{name}" if head else name} if any(map(fresh_token, unit.trace.calls)) else set()
    for call in unit.writes:
        values = [v for member in call.operation.payload if (v := call.argument(member.partition("[")[0])) is not None]
        unseen = bool(call.operation.payload) and not values  # put into the request by somebody else
        if unseen or call.opaque or any(value.const is UNKNOWN for value in values):
            out.add(f".{name}" if head else name)
    return out
