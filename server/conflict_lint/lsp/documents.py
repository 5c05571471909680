"""Open documents, and the answers about them. Pure: text and positions in, plain data out."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path

from conflict_lint import engine
from conflict_lint.analysis.modules import PutAside, nothing
from conflict_lint.analysis.source import Encoding, Source
from conflict_lint.lsp import completion, hover, suppressing
from conflict_lint.lsp.answers import (
    Change,
    CodeAction,
    Completion,
    Diagnostic,
    Hover,
    Position,
    Range,
    Related,
    Report,
    Status,
    TextEdit,
)
from conflict_lint.lsp.folders import Place
from conflict_lint.lsp.sight import Sight
from conflict_lint.project import shown_path
from conflict_lint.rule import Edit, Finding, Fix, Severity, Span

QUICK_FIX, FIX_ALL = "quickfix", "source.fixAll.conflict-lint"
UNUSED_SUPPRESSION = "CL901"
OWN_CODES = frozenset(engine.OWN_RULES)


class Document:
    """One open document: its text as the client has it, and the analysis that follows its edits."""

    def __init__(self, uri: str, version: int, text: str, place: Place, encoding: Encoding) -> None:
        self.uri = uri
        self.version = version
        self.encoding = encoding
        self.place = place
        self.source = Source(text, place.label)
        self.pause: Callable[[], None] = nothing
        """Called during an analysis; may raise PutAside, and so may whatever asks for findings then."""
        self._analysis: engine.Analysis | None = None
        self._result: engine.Result | None = None
        self._depends: tuple[str, ...] = ()
        self._shown: tuple[Finding, ...] = ()
        self._edits_since: list[tuple[int, int, int]] = []
        self._sight: Sight | None = None
        self._fixes: dict[str, tuple[Fix, ...]] = {}
        self._said: dict[int, tuple[Finding, Diagnostic]] = {}
        """What was last said of each finding, by the finding's ``id``; one that an edit leaves alone stays the same."""

    def depends_on(self, path: str) -> bool:
        """Whether the last findings depend on another file, given by its absolute path."""
        return shown_path(path, self.place.view.root) in self._depends

    def forget(self) -> None:
        """Look again at what the document depends on."""
        self._result = self._sight = None
        self._fixes = {}

    @property
    def weight(self) -> int:
        """How much is kept to follow edits (code points of the text)."""
        return len(self.source.text) if self._analysis is not None else 0

    def rest(self) -> None:
        """Keep what it takes to begin again, and what is shown."""
        self._analysis = None
        self._said = {}
        self.forget()

    def configure(self, place: Place) -> bool:
        """Analyse with other settings from now on; returns whether they are others."""
        if place == self.place:
            return False
        self.place = place
        self.source = Source(self.source.text, place.label)
        self._analysis, self._shown, self._said = None, (), {}
        self.forget()
        return True

    # --- text -------------------------------------------------------------------------------------------------------

    def change(self, version: int, changes: Sequence[Change]) -> None:
        """Apply one notification's changes, in order. Ranges outside the text are clamped to it."""
        self.version = version
        for change in changes:
            if change.range is None:
                self.reset(change.text)
            else:
                start = self.offset(change.range.start)
                self.replace(start, max(start, self.offset(change.range.end)), change.text)

    def reset(self, text: str) -> None:
        """Replace the whole text."""
        self.forget()
        self._analysis, self._shown = None, ()
        self.source = Source(text, self.place.label)

    def replace(self, start: int, end: int, replacement: str) -> None:
        """Replace ``[start, end)`` (code points) of the text."""
        self.forget()
        # An analysis in which an edit has failed no longer fits the text: it is let go before the edit, not after it.
        analysis, self._analysis = self._analysis, None
        self._edits_since.append((start, end, len(replacement) - (end - start)))
        if analysis is None:
            self.source = self.source.edited(start, end, replacement)
            return
        try:
            analysis.edit(start, end, replacement)
        finally:
            self.source = analysis.source  # the text is what it is, whatever has become of the analysis
        self._analysis = analysis

    # --- analysis ---------------------------------------------------------------------------------------------------

    def analysed(self) -> engine.Analysis:
        """The analysis of the present text."""
        if self._analysis is None:
            self._analysis = engine.Analysis(self.source, self.place.view, self.place.settings)
        return self._analysis

    def result(self) -> engine.Result:
        """What the engine says of the present text."""
        if self._result is None:
            analysis, self._analysis = self.analysed(), None
            try:
                self._result = engine.Result(()) if self.place.silence else analysis.result(self.pause)
            except PutAside:
                self._analysis = analysis
                raise
            self._depends = self._result.depends
            self._analysis = analysis
        return self._result

    def findings(self) -> tuple[Finding, ...]:
        """The findings in the present text, in file order."""
        return self.result().findings

    def shown(self) -> tuple[Finding, ...]:
        """The findings, and in statements that do not parse at the moment those that were shown there before."""
        found = self.findings()
        if found is self._shown:
            return found
        known = {(finding.code, finding.span) for finding in found}
        lost = [f for f in moved(self._shown, self._edits_since, known) if f.code not in OWN_CODES]
        doubtful = [f for f in found if f.code == UNUSED_SUPPRESSION]
        if lost or doubtful:
            broken = self._broken({f.span for f in (*lost, *doubtful)} | {s.span for f in lost for s in f.related})
            kept = [f for f in lost if f.span in broken or any(s.span in broken for s in f.related if not s.path)]
            left = [f for f in found if f.code != UNUSED_SUPPRESSION or f.span not in broken]
            found = tuple(sorted((*left, *kept), key=lambda f: (f.span, f.code, f.message)))
        self._shown, self._edits_since = found, []
        return found

    def _broken(self, spans: Iterable[Span]) -> set[Span]:
        """Those of the spans that are in a statement that does not parse."""
        if self.place.silence:
            return set()
        sight = self.sight()
        return {span for span in spans if (here := sight.chunk(span.start)) and here[0].problem is not None}

    def sight(self) -> Sight:
        """What stands where in the present text."""
        if self._sight is None:
            self.result()
            following = self.analysed().following
            self._sight = Sight(self.place.view, self.source.path, self.source.text, following)
        return self._sight

    # --- places -----------------------------------------------------------------------------------------------------

    def offset(self, position: Position) -> int:
        """The offset (code points) of a client's position in the whole text."""
        line, units = position
        return self.source.offset(line, self.source.from_units(line, units, self.encoding))

    def range(self, span: Span, source: Source | None = None) -> Range:
        """A span as a range in the client's units."""
        source = source or self.source
        return Range(self._position(span.start, source), self._position(span.end, source))

    def _position(self, offset: int, source: Source) -> Position:
        line, column = source.position(offset)
        return line, column if source.text.isascii() else source.units(line, column, self.encoding)

    # A notebook's text is in parts; a file has one.

    def located(self, span: Span) -> tuple[str, int, Range]:
        """Where a span is for the client: a text, its version, and a range in it."""
        return self.uri, self.version, self.range(span)

    divided = False
    """Whether the text is in several parts, so that edits elsewhere may change where something is."""

    def uri_of(self, finding: Finding) -> str:
        """Which of the client's texts a finding is in."""
        return self.uri

    def first_line(self, uri: str) -> int:
        """The line of the whole text with which a text of the client's begins."""
        return 0

    def parts(self) -> tuple[tuple[str, int], ...]:
        """The client's texts and their versions."""
        return ((self.uri, self.version),)

    def place_of(self, uri: str, position: Position) -> int:
        """The offset (code points) of a position in one of the client's texts."""
        return self.offset((position[0] + self.first_line(uri), position[1]))

    # --- answers ----------------------------------------------------------------------------------------------------

    def reports(self) -> tuple[Report, ...]:
        """The diagnostics of the present version, for each of the client's texts."""
        engines = {(finding.code, finding.span) for finding in self.findings()}
        by_uri: dict[str, list[Diagnostic]] = {uri: [] for uri, _ in self.parts()}
        before, self._said = self._said, {}
        for finding in self.shown():
            kept = (finding.code, finding.span) not in engines
            known = None if kept or self.divided else before.get(id(finding))
            said = known or (finding, self.diagnostic(finding, kept))
            self._said[id(finding)] = said
            by_uri[self.uri_of(finding)].append(said[1])
        return tuple(Report(uri, version, tuple(by_uri[uri])) for uri, version in self.parts())

    def report(self, uri: str) -> Report:
        """The diagnostics of one of the client's texts."""
        return next((report for report in self.reports() if report.uri == uri), Report(uri, None, ()))

    def diagnostic(self, finding: Finding, kept: bool = False) -> Diagnostic:
        """One finding, with its witness in program order."""
        return Diagnostic(
            self.located(finding.span)[2],
            1 + Severity.ERROR - finding.severity,
            finding.code,
            self.message(finding),
            tuple(self._related(finding)),
            unnecessary=finding.code == UNUSED_SUPPRESSION,
            kept=kept,
            href=self.place.link.format(code=finding.code, name=finding.name),
        )

    def message(self, finding: Finding) -> str:
        """A finding's message, with the lines as the client counts them."""
        return finding.message

    def _related(self, finding: Finding) -> Iterator[Related]:
        for step in finding.related:
            if not step.path:
                uri, _, where = self.located(step.span)
                yield Related(uri, where, step.message)
            elif source := self.place.view.source(step.path):
                uri = Path(self.place.view.root, step.path).as_uri()
                yield Related(uri, self.range(step.span, source), step.message)

    def status(self) -> Status:
        """Why the document shows what it shows."""
        result = self.result()
        count = len(result.findings)
        notes = [f"{result.suppressed} suppressed"] if result.suppressed else []
        notes += [f"{result.held_back} hints held back (strict shows them)"] if result.held_back else []
        if self.place.silence:
            state, message = "silent", self.place.silence
        elif count:
            state, message = "findings", ", ".join([f"{count} found", *notes])
        elif self.analysed().following is None:
            state, message = "other", "no writes to a cloud service in this file"
        else:
            state, message = "clean", ", ".join(["nothing found", *notes])
        return Status(self.uri, state, message, count, self.place.configuration, self.place.problem)

    def hover(self, uri: str, position: Position, terse: bool = False) -> Hover | None:
        """What is known about the place at a position; ``terse``: the client shows the messages of findings itself."""
        if self.place.silence:
            return None
        topic = hover.about(self.sight(), self.place_of(uri, position), self.shown(), terse=terse)
        return Hover(self.located(topic.span)[2], topic.markdown) if topic is not None else None

    def completions(self, uri: str, position: Position) -> tuple[Completion, ...]:
        """The error codes and classes that may stand at a position."""
        offset = self.place_of(uri, position)
        found = completion.complete(self.place.view, self.source.path, self.source.text, offset)
        if found is None or self.place.silence:
            return ()
        span, items = found
        where, is_class = self.located(span)[2], self.source.text[span.start - 1 : span.start] == "."
        return tuple(Completion(where, *item, is_class, rank) for rank, item in enumerate(items))

    def actions(self, uri: str, wanted: Range, kinds: Sequence[str] | None, lazy: bool) -> tuple[CodeAction, ...]:
        """What can be done in a range, the preferred first; ``kinds`` are those the client wants, None: any.

        A ``lazy`` client asks for the edits of what it does later.
        """
        actions: list[CodeAction] = []
        if wants(kinds, QUICK_FIX):
            start, end = self.place_of(uri, wanted.start), self.place_of(uri, wanted.end)
            touched = [f for f in self.findings() if f.span.start <= end and start <= f.span.end]
            for finding in touched:
                actions.extend(self._repairs(finding, lazy))
            actions.sort(key=lambda action: not action.preferred)
            for finding in touched:
                actions.extend(self._asides(finding, lazy))
        if kinds is not None and wants(kinds, FIX_ALL):
            title, edits = "Apply all safe repairs of conflict-lint", () if lazy else self.edits("all")
            actions += [CodeAction(title, FIX_ALL, self.uri, self.version, "all", edits=edits)] if lazy or edits else []
        return tuple(actions)

    def _repairs(self, finding: Finding, lazy: bool) -> Iterator[CodeAction]:
        shown = self.diagnostic(finding)
        for number, fix in enumerate(self.fixes(finding)):
            key, safe = f"{finding.fingerprint}/{number}", fix.applicability == "safe"
            edits = () if lazy else self._edits(fix.edits)
            yield CodeAction(fix.title, QUICK_FIX, self.uri, self.version, key, shown, safe, edits)

    def _asides(self, finding: Finding, lazy: bool) -> Iterator[CodeAction]:
        """Suppress a finding, or read about it."""
        shown = self.diagnostic(finding)
        if finding.code not in OWN_CODES:
            title, key = f"Suppress {finding.code} in this statement", f"{finding.fingerprint}/suppress"
            edits = () if lazy else self._suppression(finding)
            yield CodeAction(title, QUICK_FIX, self.uri, self.version, key, shown, edits=edits)
        title = f"Explain {finding.code} ({finding.name})"
        yield CodeAction(title, QUICK_FIX, self.uri, self.version, "", shown, word=finding.code)

    def edits(self, key: str) -> tuple[TextEdit, ...]:
        """The edits of an action that was offered for the present version."""
        if key == "all":
            return self._edits(self.safe_edits())
        fingerprint, _, what = key.partition("/")
        for finding in self.findings():
            if finding.fingerprint == fingerprint:
                if what == "suppress":
                    return self._suppression(finding)
                return self._edits(self.fixes(finding)[int(what)].edits)
        return ()

    def fixes(self, finding: Finding) -> tuple[Fix, ...]:
        """The repairs of a finding: only who has built one knows whether there is one, so this is done once."""
        found = self._fixes.get(finding.fingerprint)
        if found is None:
            found = self._fixes[finding.fingerprint] = engine.repairs(self.source, finding)
        return found

    def safe_edits(self) -> tuple[Edit, ...]:
        """The edits of the safe repairs of all findings, as far as they do not get in each other's way."""
        from conflict_lint import fixes

        offered = [fix for finding in self.findings() for fix in self.fixes(finding)]
        taken: list[Fix] = []
        for fix in offered:
            if fix.applicability == "safe" and not any(fixes.hinders(fix, other) for other in taken):
                taken.append(fix)
        return tuple(sorted({edit for fix in taken for edit in fix.edits}, key=lambda edit: edit.span))

    def _edits(self, edits: Iterable[Edit]) -> tuple[TextEdit, ...]:
        return tuple(TextEdit(*self.located(edit.span), edit.text) for edit in edits)

    def _suppression(self, finding: Finding) -> tuple[TextEdit, ...]:
        statement = self.analysed().statement(finding.span)
        edit, snippet = suppressing.suppression(self.source.text, finding, statement)
        return (TextEdit(*self.located(edit.span), edit.text, snippet),)


def moved(
    findings: Iterable[Finding], edits: Sequence[tuple[int, int, int]], known: Container[tuple[str, Span]]
) -> Iterator[Finding]:
    """The findings that edits leave, where they are after them, but for those ``known`` by code and span.

    An edit is where it began and ended, and by how much the text has grown.
    """

    def at(offset: int) -> int:
        for start, end, growth in edits:
            offset = offset + growth if offset >= end else min(offset, start) if offset > start else offset
        return offset

    for finding in findings:
        span: Span | None = finding.span
        for start, end, growth in edits:
            if span is not None and span.end > start:
                span = Span(span.start + growth, span.end + growth) if end <= span.start else None
        if span is not None and (finding.code, span) not in known:
            steps = (
                s._replace(span=Span(at(s.span.start), at(s.span.end))) if not s.path else s for s in finding.related
            )
            yield finding._replace(span=span, related=tuple(steps))


def wants(kinds: Sequence[str] | None, kind: str) -> bool:
    """Whether a client that asks for these kinds (None: for all) wants this one."""
    return kinds is None or any(each in ("", kind) or kind.startswith(f"{each}.") for each in kinds)
