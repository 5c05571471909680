"""Plain answers as protocol messages, and protocol messages as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lsprotocol import types

from conflict_lint.lsp.answers import (
    Change,
    CodeAction,
    Completion,
    Diagnostic,
    Hover,
    Position,
    Range,
    Report,
    TextEdit,
)

SOURCE = "conflict-lint"
EXPLAIN = "conflict-lint.explain"


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
        code_description=types.CodeDescription(found.href) if found.href else None,
        source=SOURCE,
        message=found.message,
        tags=[types.DiagnosticTag.Unnecessary] if found.unnecessary else None,
        related_information=related or None,
        data={"kept": True} if found.kept else None,
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


def broken_configuration(uri: str, reason: str, line: int) -> types.PublishDiagnosticsParams:
    """What is wrong with a configuration file, shown inside of it; ``line`` is 1-based, 0 where it is unknown."""
    where = types.Range(types.Position(max(line - 1, 0), 0), types.Position(max(line, 1), 0))
    message = f"{reason} (the last good settings stay in force)"
    error = types.Diagnostic(where, message, types.DiagnosticSeverity.Error, "configuration", source=SOURCE)
    return types.PublishDiagnosticsParams(uri, [error])


def hover(about: Hover | None) -> types.Hover | None:
    """One hover."""
    if about is None:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, about.markdown), range_(about.range))


def completion(word: Completion) -> types.CompletionItem:
    """One error code or exception class."""
    text = word.documentation
    return types.CompletionItem(
        label=word.label,
        kind=types.CompletionItemKind.Class if word.is_class else types.CompletionItemKind.EnumMember,
        detail=word.detail,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, text) if text else None,
        sort_text=f"{word.rank:04}",
        text_edit=types.TextEdit(range_(word.range), word.label),
    )


@dataclass(frozen=True, slots=True)
class Edits:
    """What edits a client understands: with versions, with places to fill in, or asked for when they are needed."""

    versioned: bool = False
    snippets: bool = False
    lazy: bool = False

    @classmethod
    def of(cls, client: types.ClientCapabilities) -> Edits:
        """What a client says of itself."""
        document, workspace = client.text_document, client.workspace
        edit = workspace.workspace_edit if workspace else None
        action = document.code_action if document else None
        lazy = action.resolve_support if action and action.data_support else None
        return cls(
            bool(edit and edit.document_changes),
            bool(edit and edit.document_changes and edit.snippet_edit_support),
            lazy is not None and "edit" in lazy.properties,
        )

    def action(self, action: CodeAction) -> types.CodeAction:
        """One code action."""
        command = types.Command(action.title, EXPLAIN, arguments=[action.word]) if action.word else None
        found, later = action.diagnostic, self.lazy and command is None
        return types.CodeAction(
            title=action.title,
            kind=action.kind,
            diagnostics=[diagnostic(found)] if found is not None else None,
            is_preferred=action.preferred or None,
            edit=None if later or command else self.workspace_edit(action.edits),
            command=command,
            data={"uri": action.uri, "version": action.version, "key": action.key} if later else None,
        )

    def workspace_edit(self, edits: Iterable[TextEdit]) -> types.WorkspaceEdit:
        """Edits, by the texts that they change."""
        texts: dict[tuple[str, int | None], list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit]] = {}
        for edit in edits:
            texts.setdefault((edit.uri, edit.version), []).append(self.text_edit(edit))
        if not self.versioned:
            plain = {uri: [e for e in each if isinstance(e, types.TextEdit)] for (uri, _), each in texts.items()}
            return types.WorkspaceEdit(changes=plain)
        changes = [
            types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version), each)
            for (uri, version), each in texts.items()
        ]
        return types.WorkspaceEdit(document_changes=changes)

    def text_edit(self, edit: TextEdit) -> types.TextEdit | types.SnippetTextEdit:
        """One change of a text."""
        if edit.snippet and self.snippets:
            return types.SnippetTextEdit(range_(edit.range), types.StringValue(edit.snippet))
        return types.TextEdit(range_(edit.range), edit.text)
