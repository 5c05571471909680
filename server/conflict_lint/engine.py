"""The engine: text in, findings out. Pure, and it cannot fail: any text gives a result.

This module contains the only broad ``except`` of the project (``contained``). What crashed becomes a CL904 finding, and
every other finding still appears.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib
import pkgutil
import re
import traceback
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from . import suppress
from .analysis import chunks
from .analysis.link import ChunkFacts
from .analysis.source import Source
from .analysis.units import CALLER_ROUNDS, Linked, Unit, escaping
from .analysis.values import Place
from .catalogue import Catalogue, load
from .rule import Confidence, Draft, Finding, Related, Repair, Rule, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .analysis.chunks import Chunk, Module
    from .config import Settings
    from .project import ProjectView

T = TypeVar("T")
BROKEN_SHOWN = 3
SPACE = re.compile(r"\s+")

UNREADABLE = Rule("CL903", "unreadable", Severity.INFORMATION)
CRASHED = Rule("CL904", "rule-crashed", Severity.ERROR)
OWN_RULES = {
    "CL901": ("unused-suppression", Severity.WARNING, "A suppression comment that suppresses nothing."),
    "CL902": ("bad-suppression", Severity.ERROR, "A suppression comment that is malformed or names no rule."),
    "CL903": ("unreadable", Severity.INFORMATION, "A statement or file that could not be analysed, and why."),
    "CL904": ("rule-crashed", Severity.ERROR, "A bug of conflict-lint; everything else was still analysed."),
}


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule as people see it; ``docs`` is its page in Markdown, ``summary`` the page's first line."""

    code: str
    name: str
    severity: Severity
    docs: str
    summary: str
    fixable: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of one file. ``held_back`` counts the hints that only ``--strict`` shows."""

    findings: tuple[Finding, ...]
    held_back: int = 0
    suppressed: int = 0


@functools.lru_cache(maxsize=1)
def rule_modules() -> tuple[ModuleType, ...]:
    """The modules of the rules package that declare a rule, by code."""
    import conflict_lint_rules

    names = sorted(info.name for info in pkgutil.iter_modules(conflict_lint_rules.__path__) if not info.ispkg)
    modules = [importlib.import_module(f"conflict_lint_rules.{name}") for name in names]
    return tuple(sorted((m for m in modules if hasattr(m, "RULE")), key=lambda m: m.RULE.code))


@functools.lru_cache(maxsize=1)
def rules() -> tuple[RuleInfo, ...]:
    """Every rule, those about the tool itself included, by code."""
    infos = []
    for module in rule_modules():
        docs = (module.__doc__ or "").strip()
        summary = docs.partition("\n")[0]
        infos.append(RuleInfo(module.RULE.code, module.RULE.name, module.RULE.severity, docs, summary, fixable(docs)))
    for code, (name, severity, summary) in OWN_RULES.items():
        infos.append(RuleInfo(code, name, severity, summary, summary, code == "CL901"))
    return tuple(sorted(infos, key=lambda info: info.code))


def fixable(docs: str) -> bool:
    """Whether a rule's page promises a repair."""
    _, found, text = docs.partition("## Fix")
    return bool(found) and not text.strip().startswith("None")


def check(source: Source, view: ProjectView, settings: Settings) -> Result:
    """Everything to say about one file."""
    return Analysis(source, view, settings).result()


@dataclass(frozen=True, slots=True)
class Followed:
    """What following one chunk gave; it holds while the module's surface and every chunk it read are unchanged."""

    surface: tuple[object, ...]
    consulted: frozenset[ChunkFacts]
    drafts: tuple[Draft, ...]
    escaping: frozenset[str]


class Analysis:
    """The analysis of one document, kept up to date edit by edit."""

    def __init__(self, source: Source, view: ProjectView, settings: Settings) -> None:
        self.view = view
        self.settings = settings
        self.path = source.path
        self.source = source
        self.catalogue: Catalogue = load()
        self.module: Module | None = None
        self.store: dict[Chunk, ChunkFacts] = {}
        self.followed: dict[object, Followed] = {}

    def edit(self, start: int, end: int, replacement: str) -> None:
        """Replace ``[start, end)`` (code points) of the text."""
        text = self.source.text[:start] + replacement + self.source.text[end:]
        if self.module is not None:
            self.module = chunks.edit(self.module, start, end, replacement)
        self.source = Source(text, self.path)

    def result(self) -> Result:
        """The findings for the text as it is now, in file order."""
        findings: list[Finding] = []
        if self.concerns():
            if self.module is None:
                self.module = chunks.cut(self.source.text)
            findings = list(self.findings(self.module))
        return self.reported(findings)

    def concerns(self) -> bool:
        """Whether the text says anything about an SDK."""
        text = self.source.text
        return any(word.decode() in text for word in self.catalogue.gate_words)

    def findings(self, module: Module) -> Iterator[Finding]:
        """All findings of the rules, before suppression and selection."""
        starts = dict(zip(module.chunks, module.starts))
        keep = {chunk: facts for chunk, facts in self.store.items() if chunk in starts}
        self.store = keep
        linked = Linked(module, self.store, self.catalogue)
        best: dict[tuple[str, Place], Draft] = {}
        crashed: list[Draft] = []
        for draft in self.drafts(linked, crashed):
            key = (draft.rule.code, draft.place)
            if key not in best or draft.rank < best[key].rank:
                best[key] = draft
        for draft in (*best.values(), *crashed, *unreadable(module)):
            yield self.placed(draft, starts)

    def drafts(self, linked: Linked, crashed: list[Draft]) -> Iterator[Draft]:
        """Follow the triggered chunks, then the callers of those whose data comes in through parameters."""
        known: set[ChunkFacts] = set()
        wave = list(linked.triggers)
        current: dict[object, Followed] = {}
        statements = [c for c in wave if c.chunk.kind == "statement" and not c.chunk.owner]
        if statements:
            followed = self.follow("<module>", lambda: linked.follow_module(), linked, crashed, statements[0])
            current["<module>"] = followed
            yield from followed.drafts
        wave = [chunk for chunk in wave if chunk.chunk.kind == "function"]
        for _ in range(CALLER_ROUNDS + 1):
            names: set[str] = set()
            for chunk in wave:
                known.add(chunk)
                followed = self.follow(chunk, functools.partial(linked.follow, chunk), linked, crashed, chunk)
                current[chunk] = followed
                names |= followed.escaping
                yield from followed.drafts
            wave = linked.callers(names, known) if names else []
        self.followed = current

    def follow(
        self,
        key: object,
        run: Callable[[], Unit | None],
        linked: Linked,
        crashed: list[Draft],
        chunk: ChunkFacts,
    ) -> Followed:
        """Follow one chunk, or reuse what an earlier pass over the same text gave."""
        old = self.followed.get(key)
        surface = linked.link.surface
        present = linked.present
        if old is not None and old.surface == surface and old.consulted <= present:
            return old
        unit = contained(run, lambda error: crashed.append(crash(chunk, error)))
        if unit is None:
            return Followed(surface, frozenset({chunk}), (), frozenset())
        drafts: list[Draft] = []
        for module in rule_modules():
            found = contained(
                lambda module=module: list(module.check(unit)),  # type: ignore[misc]
                lambda error, module=module: crashed.append(crash(chunk, error, module.RULE.code)),  # type: ignore[misc]
            )
            drafts.extend(found or ())
        return Followed(surface, frozenset(unit.trace.consulted), tuple(drafts), frozenset(escaping(unit)))

    # -- from drafts to findings --------------------------------------------------------------------------------------

    def placed(self, draft: Draft, starts: dict[Chunk, int]) -> Finding:
        """A draft with its places as offsets into the whole text."""

        def span(place: Place) -> Span:
            start = starts[place.chunk]
            return Span(start + place.start, start + place.end)

        related = tuple(Related(span(place), text) for place, text in draft.related)
        message = draft.message
        for index, step in enumerate(related):
            message = message.replace(f"{{line{index}}}", str(self.source.position(step.span.start)[0] + 1))
        own = span(draft.place)
        if self.source.text[own.end : own.end + 1] == "(":
            own = Span(own.start, own.end + 1)
        repairs = tuple(
            Repair(r.kind, {role: span(place) for role, place in r.places.items()}, r.values) for r in draft.repairs
        )
        severity = self.settings.severity_of(draft.rule.code, draft.rule.name, draft.rule.severity)
        return Finding(
            draft.rule.code, draft.rule.name, severity, draft.confidence, message, own, draft.function, related,
            draft.entries, repairs,
        )  # fmt: skip

    def reported(self, findings: list[Finding]) -> Result:
        """Selection, suppression, order and fingerprints."""
        settings = self.settings
        known = {info.code: info.name for info in rules()}
        ran = {code for code, name in known.items() if settings.enabled(code, name)}
        findings = [finding for finding in findings if finding.code in ran]
        kept, suppressed = suppress.apply(self.source.text, findings, self.statement, known, ran)
        shown = [f for f in kept if f.code in ran and (settings.strict or f.severity > Severity.HINT)]
        shown.sort(key=lambda f: (f.span, f.code, f.message))
        return Result(tuple(self.fingerprinted(shown)), len(kept) - len(shown), suppressed)

    def statement(self, span: Span) -> Span:
        """The whole statement around a finding; a suppression may stand at the end of any of its lines."""
        if self.module is None:
            return span
        index = max(bisect_right(self.module.starts, span.start) - 1, 0)
        if not self.module.chunks:
            return span
        start, end = statement(self.module.chunks[index], span.start - self.module.starts[index])
        return Span(start + self.module.starts[index], end + self.module.starts[index])

    def fingerprinted(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Findings with an identity that survives moved lines and reformatting."""
        seen: dict[tuple[str, str, str], int] = {}
        for finding in findings:
            snippet = SPACE.sub("", self.source.text[finding.span.start : finding.span.end])
            key = (finding.code, finding.function, snippet)
            ordinal = seen[key] = seen.get(key, -1) + 1
            text = "\0".join((finding.code, self.path, finding.function, snippet, str(ordinal)))
            yield replace(finding, fingerprint=hashlib.sha256(text.encode()).hexdigest()[:32])


def statement(chunk: Chunk, offset: int) -> tuple[int, int]:
    """The innermost simple statement around an offset, or the header of a compound one; all in code points."""
    best = (0, len(chunk.text))
    nodes = list(chunk.tree() or ())
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.stmt):
            start, end = chunk.offset_of(node), chunk.end_of(node)
            if not start <= offset <= end:
                continue
            body = getattr(node, "body", None)
            inside = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
            header = chunk.offset_of(body[0]) if body else end
            best = (start, min(header, end) if offset < header else end)
            nodes = inside or list(ast.iter_child_nodes(node))
        elif isinstance(node, (ast.ExceptHandler, ast.match_case)):
            nodes.extend(node.body)
    return best


def contained(run: Callable[[], T], failed: Callable[[BaseException], None]) -> T | None:
    """Run a part of the analysis; a bug in it costs that part alone."""
    try:
        return run()
    except Exception as error:  # noqa: BLE001 - the one place where failures are contained
        failed(error)
        return None


def crash(chunk: ChunkFacts, error: BaseException, code: str = "") -> Draft:
    """The finding that reports a bug of ours."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.filename.replace(chr(92), '/').rpartition('/')[2]}:{frame.lineno}"
    what = f"rule {code}" if code else "the analysis of this statement"
    message = f"{what} crashed ({type(error).__name__}: {error} at {where}); please report it with this code"
    start = len(chunk.chunk.text) - len(chunk.chunk.text.lstrip())
    place = Place(chunk.chunk, start, start)
    return Draft(CRASHED, place, chunk.chunk.name or "<module>", Confidence.HIGH, message)


def unreadable(module: Module) -> Iterator[Draft]:
    """The chunks that could not be parsed, and why; a file that is broken throughout says so once."""
    broken = [chunk for chunk in module.chunks if chunk.problem is not None]
    shown = broken if len(broken) <= BROKEN_SHOWN else broken[:1]
    for chunk in shown:
        problem = chunk.problem
        assert problem is not None
        rest = f" ({len(broken) - 1} more statements in this file neither)" if len(shown) < len(broken) else ""
        message = f"not analysed: {problem.reason}{rest}"
        place = Place(chunk, problem.offset, problem.offset)
        yield Draft(UNREADABLE, place, "<module>", Confidence.HIGH, message)
