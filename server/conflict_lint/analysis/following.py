"""Following a document: its chunks, their facts and the drafts of findings, kept up to date edit by edit."""

from __future__ import annotations

import ast
import functools
import traceback
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..rule import Confidence, Draft, Rule, Severity
from . import chunks
from .operations import CONFIDENCE
from .units import CALLER_ROUNDS, Linked, Unit, escaping
from .values import Place

if TYPE_CHECKING:
    from ..catalogue import Catalogue
    from .chunks import Chunk, Module
    from .link import ChunkFacts, Question

BROKEN_SHOWN = 3

UNREADABLE = Rule("CL903", "unreadable", Severity.INFORMATION)
CRASHED = Rule("CL904", "rule-crashed", Severity.ERROR)

Failed = Callable[[BaseException], None]


class RuleModule(Protocol):
    """What a rule's module has."""

    RULE: Rule

    def check(self, unit: Unit) -> Iterable[Draft]:
        """The drafts of one unit."""
        ...


class Contain(Protocol):
    """Runs a part of the analysis; a bug in it costs that part alone and is told to ``failed``."""

    def __call__(self, run: Callable[[], object], failed: Failed, /) -> object | None:
        """The result of ``run``, or None when it raised."""
        ...


@dataclass(frozen=True, slots=True)
class Followed:
    """What following one chunk gave.

    It holds while every chunk it read is unchanged and the module answers what it ``asked`` as before.
    """

    asked: tuple[tuple[Question, tuple[object, ...]], ...]
    words: tuple[frozenset[str], ...]
    consulted: frozenset[ChunkFacts]
    entered: frozenset[ChunkFacts]
    declined: frozenset[ChunkFacts]
    drafts: tuple[Draft, ...]
    escaping: frozenset[str]

    def holds(self, linked: Linked) -> bool:
        """Whether a new run would see the same."""
        if not (self.consulted <= linked.present and self.entered <= linked.relevant):
            return False
        if not self.declined.isdisjoint(linked.relevant) or self.words != words(linked):
            return False
        return all(linked.link.answer(question) == answer for question, answer in self.asked)


def words(linked: Linked) -> tuple[frozenset[str], ...]:
    """What every run over a module may depend on: the services and the modules that it names."""
    return linked.link.named, linked.link.imported


class Following:
    """The chunks of one document and what following them gave."""

    def __init__(self, text: str, catalogue: Catalogue, rules: Sequence[RuleModule], contain: Contain) -> None:
        self.catalogue = catalogue
        self.rules = rules
        self.contain = contain
        self.module: Module = chunks.cut(text)
        self.store: dict[Chunk, ChunkFacts] = {}
        self.followed: dict[object, Followed] = {}
        self.crashed: list[Draft] = []

    def edit(self, start: int, end: int, replacement: str) -> None:
        """Replace ``[start, end)`` (code points) of the text."""
        self.module = chunks.edit(self.module, start, end, replacement)

    def starts(self) -> dict[Chunk, int]:
        """Where each chunk begins, in code points."""
        return dict(zip(self.module.chunks, self.module.starts, strict=True))

    def drafts(self) -> list[Draft]:
        """Every finding of the rules, and what could not be analysed."""
        starts = self.starts()
        self.store = {chunk: facts for chunk, facts in self.store.items() if chunk in starts}
        self.crashed = []
        best: dict[tuple[str, Place], Draft] = {}
        for draft in self.contain(self.followed_drafts, self.lost) or ():  # type: ignore[attr-defined]
            key = (draft.rule.code, draft.place)
            if key not in best or draft.rank < best[key].rank:
                best[key] = draft
        return [*best.values(), *self.crashed, *unreadable(self.module)]

    def lost(self, error: BaseException) -> None:
        """The whole file failed."""
        for chunk in self.module.chunks[:1]:
            self.crashed.append(crash(chunk, error))

    def followed_drafts(self) -> list[Draft]:
        """Follow the triggered chunks, then the callers of those whose data comes in through parameters."""
        linked = Linked(self.module, self.store, self.catalogue)
        known: set[ChunkFacts] = set()
        wave = [chunk for chunk in linked.triggers if chunk.chunk.kind == "function"]
        statements = [c for c in linked.triggers if c.chunk.kind == "statement" and not c.chunk.owner]
        current: dict[object, Followed] = {}
        if statements:
            current["<module>"] = self.follow("<module>", linked.follow_module, linked, statements[0])
        for _ in range(CALLER_ROUNDS + 1):
            names: set[str] = set()
            for chunk in wave:
                known.add(chunk)
                followed = self.follow(chunk, functools.partial(linked.follow, chunk), linked, chunk)
                current[chunk] = followed
                names |= followed.escaping
            wave = linked.callers(names, known) if names else []
        self.followed = current
        return [draft for followed in current.values() for draft in followed.drafts]

    def follow(self, key: object, run: Callable[[], Unit | None], linked: Linked, chunk: ChunkFacts) -> Followed:
        """Follow one chunk, or reuse what an earlier pass over the same text gave."""
        old = self.followed.get(key)
        if old is not None and old.holds(linked):
            return old
        failed: list[Draft] = []
        unit = self.contain(run, lambda error: failed.append(crash(chunk.chunk, error)))
        drafts: list[Draft] = []
        for module in self.rules if isinstance(unit, Unit) else ():
            drafts.extend(self.checked(module, unit, chunk, failed))  # type: ignore[arg-type]
        self.crashed.extend(failed)
        if failed or not isinstance(unit, Unit):
            return Followed((), (), frozenset(), frozenset(), frozenset(), tuple(drafts), frozenset())
        trace = unit.trace
        return Followed(
            asked=tuple((question, linked.link.answer(question)) for question in sorted(trace.looked)),
            words=words(linked),
            consulted=frozenset(trace.consulted),
            entered=frozenset(trace.entered),
            declined=frozenset(trace.declined),
            drafts=tuple(drafts),
            escaping=frozenset(escaping(unit)),
        )

    def checked(self, module: RuleModule, unit: Unit, chunk: ChunkFacts, failed: list[Draft]) -> Iterable[Draft]:
        """One rule on one unit."""
        found = self.contain(
            lambda: list(module.check(unit)), lambda error: failed.append(crash(chunk.chunk, error, module.RULE.code))
        )
        return found if isinstance(found, list) else ()

    def resolved(self) -> list[tuple[int, str, str, Confidence]]:
        """The SDK calls of all functions, not only of those that rules care for; the surest reading of each."""
        linked = Linked(self.module, self.store, self.catalogue)
        starts = self.starts()
        best: dict[int, tuple[int, str, str, Confidence]] = {}
        functions = [chunk for chunk in linked.link.chunks if chunk.chunk.kind == "function"]
        runs: list[Callable[[], object]] = [linked.follow_module]
        runs.extend(functools.partial(linked.follow, chunk) for chunk in functions)
        units = [self.contain(run, self.lost) for run in runs]
        for unit in units:
            for call in unit.trace.calls if isinstance(unit, Unit) else ():
                at = starts[call.place.chunk] + call.place.start
                name = f"{call.operation.service}.{call.operation.calls or call.operation.name}"
                if at not in best or best[at][3] < call.confidence:
                    best[at] = (at, name, call.layer, call.confidence)
            for place, name, layer in unit.trace.mentions if isinstance(unit, Unit) else ():
                at = starts[place.chunk] + place.start
                best.setdefault(at, (at, name, layer, CONFIDENCE[layer]))
        return sorted(best.values())

    def statement(self, offset: int) -> tuple[int, int]:
        """The statement around an offset of the text: start and end, in code points."""
        if not self.module.chunks:
            return offset, offset
        index = max(bisect_right(self.module.starts, offset) - 1, 0)
        base = self.module.starts[index]
        start, end = statement(self.module.chunks[index], offset - base)
        return start + base, end + base


def statement(chunk: Chunk, offset: int) -> tuple[int, int]:
    """The innermost simple statement around an offset, or the header of a compound one; all in code points."""
    best = (0, len(chunk.text))
    nodes: list[ast.AST] = list(chunk.tree() or ())
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.stmt):
            start, end = chunk.offset_of(node), chunk.end_of(node)
            if not start <= offset <= end:
                continue
            body = getattr(node, "body", None)
            header = chunk.offset_of(body[0]) if body else end
            best = (start, min(header, end) if offset < header else end)
            nodes = list(ast.iter_child_nodes(node))
        elif isinstance(node, (ast.ExceptHandler, ast.match_case)):
            nodes.extend(node.body)
    return best


def crash(chunk: Chunk, error: BaseException, code: str = "") -> Draft:
    """The finding that reports a bug of ours."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.filename.replace(chr(92), '/').rpartition('/')[2]}:{frame.lineno}"
    what = f"rule {code}" if code else "the analysis of this statement"
    message = f"{what} crashed ({type(error).__name__}: {error} at {where}); please report it with this code"
    start = len(chunk.text) - len(chunk.text.lstrip())
    return Draft(CRASHED, Place(chunk, start, start), chunk.name or "<module>", Confidence.HIGH, message)


def unreadable(module: Module) -> Iterator[Draft]:
    """The chunks that could not be parsed, and why; a file that is broken throughout says so once."""
    broken = [(chunk, chunk.problem) for chunk in module.chunks if chunk.problem is not None]
    shown = broken if len(broken) <= BROKEN_SHOWN else broken[:1]
    for chunk, problem in shown:
        rest = f" ({len(broken) - 1} more statements in this file neither)" if len(shown) < len(broken) else ""
        place = Place(chunk, problem.offset, problem.offset)
        yield Draft(UNREADABLE, place, "<module>", Confidence.HIGH, f"not analysed: {problem.reason}{rest}")
