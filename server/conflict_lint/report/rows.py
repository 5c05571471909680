"""Builds rows: the one place where offsets become the lines and columns of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conflict_lint.analysis.source import Source
from conflict_lint.report import EditRow, FixRow, Lines, Place, RelatedRow, Row
from conflict_lint.rule import Finding, Fix, Related, Span


class RowBuilder:
    """Builds the rows of one file.

    ``shown`` is the path in the report; ``shown_of`` turns a path relative to the project root into one, and
    ``source_of`` finds that module's source. ``lines`` collects the source lines that the rows point at.
    """

    def __init__(
        self, source: Source, shown: str, shown_of: Callable[[str], str], source_of: Callable[[str], Source | None]
    ) -> None:
        self.lines: Lines = {}
        self._source = source
        self._shown = shown
        self._shown_of = shown_of
        self._source_of = source_of

    def row(self, finding: Finding, fixes: Iterable[Fix] = ()) -> Row:
        """Return the row of one finding with the fixes on offer."""
        return Row(
            **self._place(self._source, self._shown, finding.span),
            code=finding.code,
            name=finding.name,
            severity=str(finding.severity),
            confidence=str(finding.confidence),
            message=finding.message,
            function=finding.function,
            related=[row for related in finding.related for row in self._related(related)],
            fixes=[self._fix(fix) for fix in fixes],
            fingerprint=finding.fingerprint,
        )

    def _related(self, related: Related) -> Iterable[RelatedRow]:
        source = self._source_of(related.path) if related.path else self._source
        if source is not None:
            shown = self._shown_of(related.path) if related.path else self._shown
            yield RelatedRow(**self._place(source, shown, related.span), message=related.message)

    def _fix(self, fix: Fix) -> FixRow:
        edits = [self._edit(edit.span, edit.text) for edit in fix.edits]
        return FixRow(title=fix.title, applicability=fix.applicability, edits=edits)

    def _edit(self, span: Span, text: str) -> EditRow:
        (line, column), (end_line, end_column) = self._source.position(span.start), self._source.position(span.end)
        return EditRow(line=line + 1, column=column + 1, end_line=end_line + 1, end_column=end_column + 1, text=text)

    def _place(self, source: Source, shown: str, span: Span) -> Place:
        (line, column), (end_line, end_column) = source.position(span.start), source.position(span.end)
        self.lines.setdefault((shown, line + 1), source.line_text(line))
        return Place(path=shown, line=line + 1, column=column + 1, end_line=end_line + 1, end_column=end_column + 1)
