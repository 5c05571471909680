"""Going through all files of the workspace, with progress that can be cancelled; requests are answered in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from lsprotocol import types

from conflict_lint.lsp import wire

if TYPE_CHECKING:
    from conflict_lint.lsp.documents import Document
    from conflict_lint.lsp.server import Server


async def check_workspace(server: Server) -> int:
    """Show the findings of the files that are not open; returns how many there are."""
    count, shown = 0, set()
    async for document in documents(server, "Checking the workspace"):
        if document.uri in server.documents:
            continue
        (report,) = await server.on_worker(document.reports)
        count += len(report.diagnostics)
        if report.diagnostics:
            shown.add(document.uri)
            server.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(document.uri, wire.pushed(report).diagnostics)
            )
    for uri in server.scanned - shown:
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))
    server.scanned = shown
    return count


async def fix_workspace(server: Server) -> int:
    """Apply the safe repairs in all files, as one edit of the client's; returns in how many files."""
    edits = []
    async for document in documents(server, "Repairing the workspace"):
        current = server.documents.get(document.uri, document)
        found = await server.on_worker(lambda current=current: current.edits("all"))  # type: ignore[misc]
        # The client knows no version of what is not open.
        edits.append([edit if current is not document else edit.unversioned() for edit in found])
    changed = [each for each in edits if each]
    if changed:
        edit = server.edits.workspace_edit(edit for each in changed for edit in each)
        await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, "conflict-lint: safe repairs"))
    return len(changed)


async def documents(server: Server, title: str) -> AsyncIterator[Document]:
    """The files of the workspace as documents, one after the other, until the user has had enough."""
    from conflict_lint.lsp import commands

    folders = await server.on_worker(server.workspace_folders)
    files = await server.on_worker(lambda: list(commands.files(folders)))
    token = await begun(server, title, len(files))
    for number, file in enumerate(files):
        if token is not None:
            if server.work_done_progress.tokens[token].cancelled():
                break
            share = 100 * number // len(files)
            server.work_done_progress.report(token, types.WorkDoneProgressReport(message=file.shown, percentage=share))
        document = await server.on_worker(lambda file=file: commands.opened(folders, file, server.encoding))  # type: ignore[misc]
        if document is not None:
            yield document
    if token is not None:
        server.work_done_progress.end(token, types.WorkDoneProgressEnd())


async def begun(server: Server, title: str, count: int) -> str | None:
    """The token of a progress bar, where the client has any."""
    window = server.client_capabilities.window
    if not window or not window.work_done_progress:
        return None
    token = f"conflict-lint/{server.number()}"
    await server.work_done_progress.create_async(token)
    begin = types.WorkDoneProgressBegin(title, cancellable=True, message=f"{count} files", percentage=0)
    server.work_done_progress.begin(token, begin)
    return token
