"""Plain answers as protocol messages, and protocol messages as plain data."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from conflict_lint.lsp.answers import Change, CodeAction, Diagnostic, Hover, Position, Range, Report

SOURCE = "conflict-lint"


def position(place: Position) -> types.Position:
    """One position."""
    return types.Position(*place)


def range_(where: Range) -> types.Range:
    """One range."""
    return types.Range(position(where.start), position(where.end))


def plain_position(place: types.Position) -> Position:
    """A client's position."""
    return place.line, place.character


def plain_range(where: types.Range) -> Range:
    """A client's range."""
    return Range(plain_position(where.start), plain_position(where.end))


def change(event: types.TextDocumentContentChangeEvent) -> Change:
    """One content change."""
    where = plain_range(event.range) if isinstance(event, types.TextDocumentContentChangePartial) else None
    return Change(where, event.text)


def diagnostic(found: Diagnostic) -> types.Diagnostic:
    """One diagnostic; its related information is in the order of the witness."""
    related = [
        types.DiagnosticRelatedInformation(types.Location(step.uri, range_(step.range)), step.message)
        for step in found.related
    ]
    return types.Diagnostic(
        range=range_(found.range),
        severity=types.DiagnosticSeverity(found.severity),
        code=found.code,
        source=SOURCE,
        message=found.message,
        related_information=related or None,
    )


def pushed(report: Report) -> types.PublishDiagnosticsParams:
    """A report as the server's own notification."""
    found = [diagnostic(each) for each in report.diagnostics]
    return types.PublishDiagnosticsParams(uri=report.uri, version=report.version, diagnostics=found)


def pulled(report: Report | None, known: str | None) -> types.DocumentDiagnosticReport:
    """A report as the answer to a client that has the one called ``known`` already; None: the document is not open."""
    if report is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    result_id = report.result_id
    if result_id == known:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id)
    found = [diagnostic(each) for each in report.diagnostics]
    return types.RelatedFullDocumentDiagnosticReport(items=found, result_id=result_id)


def hover(about: Hover | None) -> types.Hover | None:
    """One hover."""
    if about is None:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, about.markdown), range_(about.range))


def code_action(action: CodeAction, versioned: bool) -> types.CodeAction:
    """One quick fix; ``versioned`` clients get edits that hold for one version of the document only."""
    return types.CodeAction(
        title=action.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(action.diagnostic)],
        is_preferred=action.preferred or None,
        edit=workspace_edit(action, versioned),
    )


def workspace_edit(action: CodeAction, versioned: bool) -> types.WorkspaceEdit:
    """The edits of one action."""
    edits = [types.TextEdit(range_(where), text) for where, text in action.edits]
    if not versioned:
        return types.WorkspaceEdit(changes={action.uri: edits})
    document = types.OptionalVersionedTextDocumentIdentifier(uri=action.uri, version=action.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, edits)])


def wants_quick_fixes(only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether a client that asks for these kinds (None: for all) wants ours."""
    return only is None or any(kind in ("", types.CodeActionKind.QuickFix) for kind in only)
