"""Open documents, and the answers about them. Pure: text and positions in, plain data out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from conflict_lint import engine
from conflict_lint.analysis.source import Encoding, Source
from conflict_lint.catalogue import load
from conflict_lint.lsp import hover
from conflict_lint.lsp.answers import Change, CodeAction, Diagnostic, Hover, Position, Range, Related, Report
from conflict_lint.lsp.folders import Place
from conflict_lint.project import shown_path
from conflict_lint.rule import Finding, Fix, Severity, Span


class Document:
    """One open document: its text as the client has it, and the analysis that follows its edits."""

    def __init__(self, uri: str, version: int, text: str, place: Place, encoding: Encoding) -> None:
        self.uri = uri
        self.version = version
        self.encoding = encoding
        self.place = place
        self.source = Source(text, place.label)
        self._analysis: engine.Analysis | None = None
        self._findings: tuple[Finding, ...] | None = None
        self._depends: tuple[str, ...] = ()

    def depends_on(self, path: str) -> bool:
        """Whether the last findings depend on another file, given by its absolute path."""
        return shown_path(path, self.place.view.root) in self._depends

    def forget(self) -> None:
        """Look again at what the document depends on."""
        self._findings = None

    def configure(self, place: Place) -> None:
        """Analyse with other settings from now on."""
        if place != self.place:
            self.place = place
            self.source = Source(self.source.text, place.label)
            self._analysis = self._findings = None

    def change(self, version: int, changes: Sequence[Change]) -> None:
        """Apply one notification's changes, in order. Ranges outside the text are clamped to it."""
        self.version = version
        self._findings = None
        for change in changes:
            self._apply(change)

    def _apply(self, change: Change) -> None:
        # An analysis in which an edit has failed no longer fits the text: it is let go before the edit, not after it.
        analysis, self._analysis = self._analysis, None
        text = self.source.text
        if change.range is None:
            self.source = Source(change.text, self.place.label)
            return
        start = self.offset(change.range.start)
        end = max(start, self.offset(change.range.end))
        self.source = Source(text[:start] + change.text + text[end:], self.place.label)
        if analysis is not None:
            analysis.edit(start, end, change.text)
            self._analysis = analysis
            self.source = analysis.source  # the same text, and one line table for both

    def analysed(self) -> engine.Analysis:
        """The analysis of the present text."""
        if self._analysis is None:
            self._analysis = engine.Analysis(self.source, self.place.view, self.place.settings)
        return self._analysis

    def findings(self) -> tuple[Finding, ...]:
        """The findings in the present text, in file order."""
        if self._findings is None:
            analysis, self._analysis = self.analysed(), None
            result = engine.Result(()) if self.place.excluded else analysis.result()
            self._findings = result.findings
            self._depends = result.depends
            self._analysis = analysis
        return self._findings

    # --- places -----------------------------------------------------------------------------------------------------

    def offset(self, position: Position) -> int:
        """The offset (code points) of a client's position."""
        line, units = position
        return self.source.offset(line, self.source.from_units(line, units, self.encoding))

    def range(self, span: Span, source: Source | None = None) -> Range:
        """A span as a range in the client's units."""
        source = source or self.source
        return Range(self._position(span.start, source), self._position(span.end, source))

    def _position(self, offset: int, source: Source) -> Position:
        line, column = source.position(offset)
        return line, column if source.text.isascii() else source.units(line, column, self.encoding)

    # --- answers ----------------------------------------------------------------------------------------------------

    def report(self) -> Report:
        """The diagnostics of the present version."""
        diagnostics = tuple(self.diagnostic(finding) for finding in self.findings())
        return Report(self.uri, self.version, diagnostics)

    def diagnostic(self, finding: Finding) -> Diagnostic:
        """One finding, with its witness in program order."""
        severity = 1 + Severity.ERROR - finding.severity
        related = tuple(self._related(finding))
        return Diagnostic(self.range(finding.span), severity, finding.code, finding.message, related)

    def _related(self, finding: Finding) -> Iterator[Related]:
        for step in finding.related:
            if not step.path:
                yield Related(self.uri, self.range(step.span), step.message)
            elif source := self.place.view.source(step.path):
                uri = Path(self.place.view.root, step.path).as_uri()
                yield Related(uri, self.range(step.span, source), step.message)

    def hover(self, position: Position) -> Hover | None:
        """What is known about the finding or the error's name at a position."""
        offset = self.offset(position)
        rules = {rule.code: rule for rule in engine.rules()}
        found = [finding for finding in self.findings() if finding.span.start <= offset <= finding.span.end]
        parts = [hover.about_finding(finding, rules[finding.code]) for finding in found]
        spans = [finding.span for finding in found]
        following, catalogue = self.analysed().following, load()
        if following is not None and (named := hover.error_name(following.module, offset, catalogue)):
            name, span = named
            parts.append(hover.about_error(catalogue, name, self.source.text))
            spans.append(span)
        return (
            Hover(self.range(min(spans, key=lambda s: s.end - s.start)), "\n\n---\n\n".join(parts)) if parts else None
        )

    def actions(self, wanted: Range) -> tuple[CodeAction, ...]:
        """The repairs of the findings that a range touches, the preferred ones first."""
        start, end = self.offset(wanted.start), self.offset(wanted.end)
        touched = [finding for finding in self.findings() if finding.span.start <= end and start <= finding.span.end]
        actions = [self._action(finding, fix) for finding in touched for fix in engine.repairs(self.source, finding)]
        return tuple(sorted(actions, key=lambda action: not action.preferred))

    def _action(self, finding: Finding, fix: Fix) -> CodeAction:
        edits = tuple((self.range(edit.span), edit.text) for edit in fix.edits)
        preferred = fix.applicability == "safe"
        return CodeAction(fix.title, preferred, self.diagnostic(finding), self.uri, self.version, edits)
