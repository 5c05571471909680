"""The engine: text in, findings out. Pure, and it cannot fail: any text gives a result.

This module contains the only broad ``except`` of the project (``contained``). What crashed becomes a CL904 finding, and
every other finding still appears.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from itertools import chain
from math import inf
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from . import suppress
from .analysis.modules import HOPS, Modules, nothing
from .catalogue import load
from .rule import Confidence, Draft, Finding, Fix, Related, Repair, Rule, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .analysis.chunks import Chunk
    from .analysis.following import Following
    from .analysis.source import Source
    from .analysis.values import Place
    from .config import Settings
    from .project import ProjectView

T = TypeVar("T")
SPACE = re.compile(r"\s+")

OWN_RULES = {
    "CL901": ("unused-suppression", Severity.WARNING, "A suppression comment that suppresses nothing."),
    "CL902": ("bad-suppression", Severity.ERROR, "A suppression comment that is malformed or names no rule."),
    "CL903": ("unreadable", Severity.INFORMATION, "A statement or file that could not be analysed, and why."),
    "CL904": ("rule-crashed", Severity.ERROR, "A bug of conflict-lint; everything else was still analysed."),
}


class RuleInfo(NamedTuple):
    """A rule as people see it; ``docs`` is its page in Markdown, ``summary`` the page's first line."""

    code: str
    name: str
    severity: Severity
    docs: str
    summary: str
    fixable: bool


class Result(NamedTuple):
    """What is known of one file. ``held_back`` counts the hints that only ``--strict`` shows.

    ``depends`` are the other files of the project whose content or absence this rests on: relative to the view's root,
    with ``/``, sorted.
    """

    findings: tuple[Finding, ...]
    held_back: int = 0
    suppressed: int = 0
    depends: tuple[str, ...] = ()


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


def repairs(source: Source, finding: Finding) -> tuple[Fix, ...]:
    """The fixes that can be offered for a finding of ``source``; a bug in building one costs that finding's fixes."""
    if not finding.repairs:
        return ()
    import logging

    from . import fixes

    failed = logging.getLogger(__name__).error
    found = contained(lambda: fixes.fixes_for(source, finding), lambda error: failed("a fix crashed: %r", error))
    return found or ()


@functools.lru_cache(maxsize=8)
def modules_of(view: ProjectView) -> Modules:
    """What is known of the modules that a view shows; kept from file to file."""
    return Modules(view, load(view.catalogue), followed)


def followed(modules: Modules, path: str, text: str, whole: bool) -> Following:
    """A text as the rules follow it; see ``Following`` for ``whole``."""
    from .analysis.following import Following

    return Following(modules, path, text, rule_modules(), contained, whole=whole)


def depends(path: str, paths: Iterable[str]) -> tuple[str, ...]:
    """The files that findings in ``path`` depend on beside it."""
    return tuple(sorted({*paths} - {path}))


def resolved_calls(source: Source, view: ProjectView) -> list[tuple[int, str, str, Confidence]]:
    """Every SDK call that the linker recognises in a text: where, which operation, how, and how sure.

    Where is the offset of the method's name in code points; the operation is ``service.Operation``; how is the layer
    (see ``analysis.operations``).
    """
    from .analysis.following import Following

    modules = modules_of(view)
    following = Following(modules, source.path, source.text, (), contained)
    modules.begin(source.path, source.text, following)
    return following.resolved()


def check(source: Source, view: ProjectView, settings: Settings) -> Result:
    """Everything to say about one file."""
    return Analysis(source, view, settings).result()


class Identified(NamedTuple):
    """A finding in its place, its ``key`` and ordinal among those with equal keys, and the same with a fingerprint."""

    finding: Finding
    key: tuple[str, str, str]
    ordinal: int
    identified: Finding


class Analysis:
    """The analysis of one document, kept up to date edit by edit."""

    def __init__(self, source: Source, view: ProjectView, settings: Settings) -> None:
        self.view = view
        self.settings = settings
        self.source = source
        self.following: Following | None = None
        self._intact = 0
        """Code points at the beginning of the text that are as they were for the last result."""
        self._before: dict[int, tuple[Draft, Finding, float]] = {}
        """What the last result made of each draft, by the draft's ``id``, and where it ends in the text."""
        self._identified: dict[int, Identified] = {}
        """What the last result made of each finding in place, by the finding's ``id``."""

    def edit(self, start: int, end: int, replacement: str) -> None:
        """Replace ``[start, end)`` (code points) of the text."""
        self._intact = min(self._intact, start)
        around = len(suppress.MARK) - 1
        marked = self.marked
        self.source = self.source.edited(start, end, replacement)
        if not marked:  # so a mark can only be where the edit was
            nearby = self.source.text[max(start - around, 0) : start + len(replacement) + around]
            self.marked = suppress.MARK in nearby
        else:
            del self.marked
        if self.following is not None:
            self.following.edit(start, end, replacement)

    def result(self, pause: Callable[[], None] = nothing) -> Result:
        """The findings for the text as it is now, in file order.

        ``pause`` is called now and then; when it raises PutAside, the next call goes on from there.
        """
        modules = modules_of(self.view)
        modules.pause = pause
        try:
            return self._result(modules)
        finally:
            modules.pause = nothing

    def _result(self, modules: Modules) -> Result:
        path, text = self.source.path, self.source.text
        modules.begin(path, text, self.following)
        # What crashes here crashes again where it is reported.
        receives = contained(lambda: modules.receives(path), lambda error: None) is not False
        if receives and self.following is None:
            self.following = modules.document(path, text)
            modules.begin(path, text, self.following)
        if not receives or self.following is None:
            return self.reported([])._replace(depends=depends(path, modules.around(path, HOPS)))
        drafts, held_back = self.told(self.following.drafts())
        found = self.reported(list(self.in_place(drafts, self.following.starts())))
        held_back += found.held_back
        return found._replace(held_back=held_back, depends=depends(path, self.following.depends()))

    def told(self, drafts: list[Draft]) -> tuple[list[Draft], int]:
        """The drafts that may be shown or suppressed, and how many others are held back; they are many."""
        if self.settings.strict or self.marked:
            return drafts, 0
        by_rule: dict[int, list[Draft]] = {}
        for draft in drafts:
            by_rule.setdefault(id(draft.rule), []).append(draft)
        left: list[Draft] = []
        held_back = 0
        for same in by_rule.values():
            rule = same[0].rule
            if self.severity(rule) > Severity.HINT:
                left += same
            elif self.settings.enabled(rule.code, rule.name):
                held_back += len(same)
        return left, held_back

    @functools.cached_property
    def marked(self) -> bool:
        """Whether there may be a suppression in the text, which takes long to find out in a long one."""
        return suppress.MARK in self.source.text

    def severity(self, rule: Rule) -> Severity:
        """How bad the settings say that it is."""
        return self.settings.severity_of(rule.code, rule.name, rule.severity)

    # -- from drafts to findings --------------------------------------------------------------------------------------

    def in_place(self, drafts: Iterable[Draft], starts: dict[Chunk, int]) -> Iterator[Finding]:
        """The drafts with their places in the file; those before the first edit are where they were."""
        before, self._before = self._before, {}
        for draft in drafts:
            known = before.get(id(draft))
            if known is None or known[2] >= self._intact:
                finding = self.placed(draft, starts)
                known = draft, finding, extent(draft, finding)
            self._before[id(draft)] = known
            yield known[1]
        self._intact = len(self.source.text)

    def placed(self, draft: Draft, starts: dict[Chunk, int]) -> Finding:
        """A draft with its places as offsets into the whole text."""

        def span(place: Place) -> Span:
            start = starts[place.chunk]
            return Span(start + place.start, start + place.end)

        steps = [self.step(place, text, starts) for place, text in draft.related]
        related = tuple(step for step, _ in steps if step is not None)
        message = draft.message
        for index, (_, line) in enumerate(steps):
            message = message.replace(f"{{line{index}}}", line)
        own = span(draft.place)
        if self.source.text[own.end : own.end + 1] == "(":
            own = Span(own.start, own.end + 1)
        repairs = tuple(
            Repair(r.kind, {role: span(place) for role, place in r.places.items()}, r.values) for r in draft.repairs
        )
        return Finding(
            draft.rule.code, draft.rule.name, self.severity(draft.rule), draft.confidence, message, own, draft.function,
            related, draft.entries, repairs,
        )  # fmt: skip

    def step(self, place: Place, text: str, starts: dict[Chunk, int]) -> tuple[Related | None, str]:
        """One step of a witness, in this file or another one, and its line (1-based) for a message."""
        if place.chunk in starts:
            path, source, start = "", self.source, starts[place.chunk]
        else:
            home = self.following.home(place.chunk) if self.following is not None else None
            if home is None:
                return None, "?"
            path, source, start = home
        span = Span(start + place.start, start + place.end)
        line = str(source.position(span.start)[0] + 1)
        return Related(span, text, path), f"{line} of {path.rpartition('/')[2]}" if path else line

    @functools.cached_property
    def known(self) -> dict[str, str]:
        """The names of all rules by code."""
        return {info.code: info.name for info in rules()}

    @functools.cached_property
    def ran(self) -> set[str]:
        """The codes of the rules that the settings let run."""
        return {code for code, name in self.known.items() if self.settings.enabled(code, name)}

    def reported(self, findings: list[Finding]) -> Result:
        """Selection, suppression, order and fingerprints."""
        if not findings and not self.marked:
            return Result(())
        settings, known, ran = self.settings, self.known, self.ran
        findings = [finding for finding in findings if finding.code in ran]
        kept, suppressed = findings, 0
        if self.marked:
            kept, suppressed = suppress.apply(self.source.text, findings, self.statement, known, ran)
        levels = (settings.severity_of(f.code, f.name, f.severity) for f in kept)
        kept = [f if f.severity == level else f._replace(severity=level) for f, level in zip(kept, levels, strict=True)]
        shown = [f for f in kept if f.code in ran and (settings.strict or f.severity > Severity.HINT)]
        shown.sort(key=lambda f: (f.span, f.code, f.message))
        return Result(tuple(self.fingerprinted(shown)), len(kept) - len(shown), suppressed)

    def statement(self, span: Span) -> Span:
        """The whole statement around a finding; a suppression may stand at the end of any of its lines."""
        if self.following is None:
            return span
        return Span(*self.following.statement(span.start))

    def fingerprinted(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Findings with an identity that survives moved lines and reformatting."""
        seen: dict[tuple[str, str, str], int] = {}
        before, self._identified = self._identified, {}
        for finding in findings:
            known = before.get(id(finding))
            key = known.key if known is not None else self.key(finding)
            ordinal = seen[key] = seen.get(key, -1) + 1
            if known is None or known.ordinal != ordinal:
                code, function, snippet = key
                mark = fingerprint(code, self.source.path, function, snippet, str(ordinal))
                known = Identified(finding, key, ordinal, finding._replace(fingerprint=mark))
            self._identified[id(finding)] = known
            yield known.identified

    def key(self, finding: Finding) -> tuple[str, str, str]:
        """What a finding has in common with others of which only its ordinal tells it apart."""
        snippet = SPACE.sub("", self.source.text[finding.span.start : finding.span.end])
        return finding.code, finding.function, snippet


def fingerprint(*parts: str) -> str:
    """128 bits that stand for what tells a finding from all others, as hexadecimal digits."""
    from hashlib import sha256  # a twentieth of the start, and most runs find nothing

    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def extent(draft: Draft, finding: Finding) -> float:
    """Where what decides about a finding's places ends: code points, infinite where that is in other files, too."""
    if len(finding.related) < len(draft.related) or any(step.path for step in finding.related):
        return inf
    spans = [finding.span, *(step.span for step in finding.related)]
    return 1 + max(span.end for span in chain(spans, *(repair.spans.values() for repair in finding.repairs)))


def contained(run: Callable[[], T], failed: Callable[[BaseException], None]) -> T | None:
    """Run a part of the analysis; a bug in it costs that part alone."""
    try:
        return run()
    except Exception as error:  # noqa: BLE001 - the one place where failures are contained
        failed(error)
        return None
