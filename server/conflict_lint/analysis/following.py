"""Following a document: its chunks, their facts and the drafts of findings, kept up to date edit by edit."""

from __future__ import annotations

import ast
import functools
import traceback
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from ..rule import Confidence, Draft, Rule, Severity
from . import chunks
from .imports import INIT, Imported, Summary
from .link import ChunkFacts
from .linked import CALLER_ROUNDS, Linked, escaping, spoken
from .modules import HOPS
from .operations import CONFIDENCE
from .source import Source
from .units import Unit
from .values import Place

if TYPE_CHECKING:
    from .chunks import Chunk, Module
    from .link import ClassLink, FunctionLink, Question
    from .modules import Modules

BROKEN_SHOWN = 3
MODULE = "<module>"
"""The key of what following a module's own statements gave, where a function has its chunk."""

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

    It holds while every chunk it read is unchanged and the modules answer what it ``asked`` as before, which the
    document sees to (see ``settle`` and ``check`` there). ``paths`` are the modules that it rests on, ``consulted``,
    ``entered`` and ``declined`` are by path, ``changes`` is the count as of which all this was seen.
    """

    changes: int
    paths: frozenset[str]
    asked: frozenset[Question]
    consulted: dict[str, frozenset[ChunkFacts]]
    entered: dict[str, frozenset[ChunkFacts]]
    declined: dict[str, frozenset[ChunkFacts]]
    drafts: tuple[Draft, ...]
    escaping: frozenset[str]
    crashed: bool = False

    def stands(self, present: Mapping[str, frozenset[ChunkFacts]], gone: Mapping[str, frozenset[ChunkFacts]]) -> bool:
        """Whether everything that it read is still there.

        ``present`` are the chunks of each module; ``gone`` those that were there when all of this was last seen, where
        that is known.
        """
        for path, consulted in self.consulted.items():
            if not (consulted.isdisjoint(gone[path]) if path in gone else consulted <= present[path]):
                return False
        return not self.crashed  # which would be reported again

    def leads(self, relevant: Mapping[str, frozenset[ChunkFacts]]) -> bool:
        """Whether the same functions are worth entering; ``relevant`` are those that are, of each module."""
        for path, entered in self.entered.items():
            if not entered <= relevant[path]:
                return False
        return not self.declined or all(d.isdisjoint(relevant[path]) for path, d in self.declined.items())


def led(followed: Iterable[Followed]) -> set[str]:
    """The modules of which it matters which functions are worth entering."""
    return {path for one in followed if one.entered or one.declined for path in (*one.entered, *one.declined)}


def present(modules: Modules, path: str) -> frozenset[ChunkFacts]:
    """The chunks of a module."""
    linked = modules.link(path)
    return linked.present if linked is not None else frozenset()


def relevant(modules: Modules, path: str) -> frozenset[ChunkFacts]:
    """The functions of a module that are worth entering."""
    linked = modules.link(path)
    return linked.relevant() if linked is not None else frozenset()


def by_path(chunks: Iterable[ChunkFacts]) -> dict[str, frozenset[ChunkFacts]]:
    """Chunks by the path of their module."""
    out: dict[str, set[ChunkFacts]] = {}
    for chunk in chunks:
        out.setdefault(chunk.path, set()).add(chunk)
    return {path: frozenset(found) for path, found in out.items()}


class Following:
    """The chunks of one document and what following them gave."""

    def __init__(
        self,
        modules: Modules,
        path: str,
        text: str,
        rules: Sequence[RuleModule],
        contain: Contain,
        *,
        whole: bool = True,
    ) -> None:
        """``path`` is the document's, relative to the root of the project.

        ``whole`` says that most of it will be looked at, so that it is best parsed at once.
        """
        self.modules = modules
        self.path = path
        self.text = text
        self.rules = rules
        self.contain = contain
        self.whole = whole
        self.store: dict[Chunk, ChunkFacts] = {}
        self.followed: dict[object, Followed] = {}
        self.answers: dict[Question, tuple[object, ...]] = {}
        self._asked: dict[frozenset[Question], frozenset[Question]] = {}
        """What was asked together; most ask the same, so equal sets are one."""
        self._noted: dict[frozenset[Question], int] = {}
        """The count of changes as of which the answers to what was asked together were last remembered."""
        self._there: dict[str, frozenset[ChunkFacts]] = {}
        """The chunks of each module that anything followed has read, as of the last check."""
        self._checked = -1
        """The count of changes as of which all that was followed holds."""
        self.crashed: list[Draft] = []
        self.state = object()
        self._module: Module | None = None
        self._imported: Imported | None = None
        self._linked: Linked | None = None
        self._linked_before: Linked | None = None

    @property
    def module(self) -> Module:
        """The document in chunks."""
        if self._module is None:
            self._module = chunks.cut(self.text, trees=self.whole)
        return self._module

    @property
    def imported(self) -> Imported:
        """What the text imports."""
        if self._imported is None:
            self._imported = Imported.by(self.text)
        return self._imported

    def edit(self, start: int, end: int, replacement: str) -> None:
        """Replace ``[start, end)`` (code points) of the text."""
        self._module = chunks.edit(self.module, start, end, replacement)
        self.text = self._module.text
        if self._imported is not None:
            self._imported = self._imported.edited(self.text, start, start + len(replacement))
        self.state = object()
        self._linked, self._linked_before = None, self._linked or self._linked_before
        self.modules.changed(self.path)

    def starts(self) -> dict[Chunk, int]:
        """Where each chunk begins, in code points."""
        return dict(zip(self.module.chunks, self.module.starts, strict=True))

    def home(self, chunk: Chunk) -> tuple[str, Source, int] | None:
        """Where a chunk of another module is that something followed here has read: path, text and offset."""
        consulted = ((p, c) for f in self.followed.values() for p, chunks in f.consulted.items() for c in chunks)
        path = next((path for path, facts in consulted if facts.chunk is chunk), None)
        document = self.modules.get(path) if path is not None else None
        if path is None or document is None:
            return None
        start = document.linked().link.module
        return path, Source(document.text, path), start.starts[start.chunks.index(chunk)]

    def linked(self) -> Linked:
        """The names of the document."""
        if self._linked is None:
            known, words = self.store, self.modules.words
            self.store = {c: known.get(c) or ChunkFacts(c, self.path, words) for c in self.module.chunks}
            before, self._linked_before = self._linked_before, None
            self._linked = Linked(self.module, [*self.store.values()], self.path, self.modules, before)
        return self._linked

    def drafts(self) -> list[Draft]:
        """Every finding of the rules, and what could not be analysed."""
        self.crashed = []
        hint = Severity.HINT
        best: dict[tuple[str, Place], Draft] = {}
        for draft in self.contain(self.followed_drafts, self.lost) or ():  # type: ignore[attr-defined]
            key = (draft.rule.code, draft.cause or draft.place)
            if key not in best or draft.rank < best[key].rank:
                best[key] = draft
        shown = {draft.cause for draft in best.values() if draft.rule.severity > hint}
        # a hint says that something is absent; where another finding has the witness, that says it all
        told = [draft for draft in best.values() if draft.rule.severity > hint or draft.cause not in shown]
        # several writes behind one call, such as a second try in a handler, are one thing to whoever calls
        once = {(draft.rule.code, draft.place, draft.message, draft.related[:1]): draft for draft in reversed(told)}
        broken = list(unreadable(self.module))
        for chunk in self.module.chunks:
            chunk.release()
        for facts in self.store.values() if self.modules.view.settled else ():
            facts.release()
        return [*reversed(once.values()), *self.crashed, *broken]

    def lost(self, error: BaseException) -> None:
        """The whole file failed."""
        for chunk in self.module.chunks[:1]:
            self.crashed.append(crash(chunk, error))

    def followed_drafts(self) -> list[Draft]:
        """The drafts of everything that is worth following."""
        self.followed = self.reach(HOPS)
        return [draft for followed in self.followed.values() for draft in followed.drafts]

    def escaping(self, level: int, asked: AbstractSet[str] | None = None) -> Summary:
        """The functions through whose parameters a write gets its data, ``level`` modules further included.

        Those that go by none of the names ``asked`` for may be missing; None asks for all.
        """
        part = self.linked().below(asked) if asked is not None else None
        spoken = self.spoken(self.linked(), part) if part is not None else None
        reached: dict[object, Followed] = {}
        if self.modules.receives(self.path, level, spoken):
            found = self.contain(lambda: self.reach(level, part), self.lost)
            reached = found if isinstance(found, dict) else {}
            self.followed |= reached
        names = frozenset(name for followed in reached.values() for name in followed.escaping)
        if level and self.path.endswith(INIT):  # a package passes on what it imports
            names |= self.received(self.linked(), level, asked)
        return Summary("escaping", self.path, level, names, tuple(self.depends(reached, level)))

    def depends(self, reached: dict[object, Followed] | None = None, level: int = HOPS) -> set[str]:
        """The files on which it depends what was reached, those included that would be read if they were there."""
        reached = self.followed if reached is None else reached
        paths = set(chain.from_iterable({followed.paths for followed in reached.values()}))
        for path in led(reached.values()):
            relevant(self.modules, path)  # as of now
            paths.update(self.modules.memo_paths(("relevant", path)))
        return paths | self.modules.around(self.path, level)

    def reach(self, level: int, part: AbstractSet[ChunkFacts] | None = None) -> dict[object, Followed]:
        """Follow the triggered chunks, then the callers of those whose data comes in through parameters.

        ``level`` says through how many modules such data is followed: what gets it in another module triggers here.
        Of the functions only ``part`` is followed, if it is given.
        """
        linked = self.linked()
        self.settle()
        names = self.received(linked, level, self.spoken(linked, part))
        known: set[ChunkFacts] = set()
        wave = [chunk for chunk in linked.triggers if chunk.chunk.kind == "function"]
        wave += linked.callers(names, set(wave))
        statements = linked.statements(names) if part is None else []
        current: dict[object, Followed] = {}
        if statements:
            current[MODULE] = self.reused(MODULE) or self.follow_module(linked, statements[0])
        for _ in range(CALLER_ROUNDS + 1):
            names = set()
            for chunk in wave if part is None else [chunk for chunk in wave if chunk in part]:
                known.add(chunk)
                followed = current[chunk] = self.reused(chunk) or self.follow(chunk, linked)
                if followed.escaping:
                    names |= followed.escaping
            wave = linked.callers(names, known) if names else []
        for cls, method in linked.templates():
            if part is not None and method.facts not in part:
                continue
            key = (cls.header, method.facts)
            current[key] = self.reused(key) or self.follow_inherited(cls, method, linked)
        return current

    def settle(self) -> None:
        """Drop what a new run would see otherwise; each question is asked once for all that asked it."""
        if not self.modules.view.settled:
            self.ask_again()
        self.check()

    def ask_again(self) -> None:
        """Drop what the modules' answers of today would change."""
        self._asked, self._noted = {followed.asked: followed.asked for followed in self.followed.values()}, {}
        asked = set(chain.from_iterable(self._asked))
        answers = {question: self.modules.answer(question) for question in asked}
        changed = {question for question, answer in answers.items() if self.answers[question] != answer}
        self.answers = answers
        if changed:
            self.followed = {key: one for key, one in self.followed.items() if one.asked.isdisjoint(changed)}

    def check(self) -> None:
        """Drop what has read something that is no longer there, or would enter other functions."""
        modules, followed = self.modules, self.followed
        self._checked = modules.changes
        if modules.view.settled:
            now = {key: one for key, one in followed.items() if one.changes == modules.changes and not one.crashed}
        else:
            paths = {path for one in followed.values() for path in one.consulted}
            there = {path: present(modules, path) for path in paths}
            gone = {path: before - there[path] for path, before in self._there.items() if path in there}
            now = {key: one for key, one in followed.items() if one.stands(there, gone)}
            self._there = there
            # Only now is every module known to be there.
            worth = {path: relevant(modules, path) for path in led(now.values())}
            now = {key: one for key, one in now.items() if one.leads(worth)}
        self.followed = now

    def note(self, asked: frozenset[Question]) -> None:
        """Remember what the modules answer; who was told two things in one pass is told a third one in the next."""
        if self.modules.view.settled or self._noted.get(asked) == self.modules.changes:
            return
        self._noted[asked] = self.modules.changes
        for question in asked:
            answer = self.modules.answer(question)
            if self.answers.setdefault(question, answer) != answer:
                self.answers[question] = ("changed",)

    def spoken(self, linked: Linked, part: AbstractSet[ChunkFacts] | None) -> AbstractSet[str] | None:
        """The names by which functions of imported modules may be called; None where it is not worth the trouble.

        Where files stay as they are, all is found out once for all who import a module.
        """
        if self.modules.view.settled:
            return None
        return linked.spoken if part is None else spoken(part)

    def received(self, linked: Linked, level: int, spoken: AbstractSet[str] | None) -> set[str]:
        """The functions of imported modules through whose parameters a write gets its data, as they are called here.

        Those that are none of the names ``spoken`` may be missing.
        """
        asked = self.modules.outline(self.path).origins(spoken) if spoken is not None and linked.imports else None
        names = {path: self.modules.escaping(path, level - 1, asked) for path in linked.imports if level}
        return self.modules.called_in(self.path, names)

    def reused(self, key: object) -> Followed | None:
        """What an earlier pass over the same text gave."""
        if self._checked != self.modules.changes:
            self.check()
        return self.followed.get(key)

    def follow(self, chunk: ChunkFacts, linked: Linked) -> Followed:
        """Follow one function."""
        self.modules.pause()
        followed = self.followed[chunk] = self._follow(functools.partial(linked.follow, chunk), chunk)
        return followed  # kept at once: a pass that is put aside goes on from here

    def follow_module(self, linked: Linked, first: ChunkFacts) -> Followed:
        """Follow the module's own statements; what goes wrong is told at the ``first`` that is worth following."""
        self.modules.pause()
        followed = self.followed[MODULE] = self._follow(linked.follow_module, first)
        return followed

    def follow_inherited(self, cls: ClassLink, method: FunctionLink, linked: Linked) -> Followed:
        """Follow a method as a class inherits it; what goes wrong is told where the class begins."""
        self.modules.pause()
        run = functools.partial(linked.follow_inherited, cls, method)
        followed = self.followed[cls.header, method.facts] = self._follow(run, cls.header)
        return followed

    def _follow(self, run: Callable[[], Unit | None], chunk: ChunkFacts) -> Followed:
        changes = self.modules.changes
        failed: list[Draft] = []
        unit = self.contain(run, lambda error: failed.append(crash(chunk.chunk, error)))
        drafts: list[Draft] = []
        for module in self.rules if isinstance(unit, Unit) else ():
            drafts.extend(self.checked(module, unit, chunk, failed))  # type: ignore[arg-type]
        self.crashed.extend(failed)
        if failed or not isinstance(unit, Unit):
            return Followed(
                changes, frozenset(), frozenset(), {}, {}, {}, tuple(drafts), frozenset(), crashed=bool(failed)
            )
        trace = unit.trace
        asked = frozenset(trace.looked)
        self.note(asked)
        return Followed(
            changes=changes,
            paths=frozenset((*(facts.path for facts in trace.consulted), *(question[0] for question in trace.looked))),
            asked=self._asked.setdefault(asked, asked),
            consulted=by_path(trace.consulted),
            entered=by_path(trace.entered),
            declined=by_path(trace.declined),
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
        linked = self.linked()
        starts = self.starts()
        best: dict[int, tuple[int, str, str, Confidence]] = {}
        functions = [chunk for chunk in linked.link.chunks if chunk.chunk.kind == "function"]
        runs: list[Callable[[], object]] = [linked.follow_module]
        runs.extend(functools.partial(linked.follow, chunk) for chunk in functions)
        units = [self.contain(run, self.lost) for run in runs]
        for unit in units:
            for call in unit.trace.calls if isinstance(unit, Unit) else ():
                if call.place.chunk not in starts:
                    continue
                at = starts[call.place.chunk] + call.place.start
                name = f"{call.operation.service}.{call.operation.calls or call.operation.name}"
                if at not in best or best[at][3] < call.confidence:
                    best[at] = (at, name, call.layer, call.confidence)
            for place, name, layer in unit.trace.mentions if isinstance(unit, Unit) else ():
                if place.chunk not in starts:
                    continue
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
    chunks.settle(module)
    broken = [(chunk, chunk.problem) for chunk in module.chunks if chunk.problem is not None]
    shown = broken if len(broken) <= BROKEN_SHOWN else broken[:1]
    for chunk, problem in shown:
        rest = f" ({len(broken) - 1} more statements in this file neither)" if len(shown) < len(broken) else ""
        place = Place(chunk, problem.offset, problem.offset)
        yield Draft(UNREADABLE, place, "<module>", Confidence.HIGH, f"not analysed: {problem.reason}{rest}")
