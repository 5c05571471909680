"""Going through all files of the workspace, with progress that can be cancelled; requests are answered in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from conflict_lint.lsp.process import LATER

if TYPE_CHECKING:
    from conflict_lint.lsp.server import Server


async def check_workspace(server: Server) -> int:
    """Show the findings of the files that are not open; returns how many there are."""
    count, shown = 0, set()
    async for found in each(server, "Checking the workspace", "check"):
        count += found["count"]
        if found["count"]:
            shown.add(found["uri"])
            (report,) = found["published"]
            server.publish(report)
    for uri in server.scanned - shown:
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))
    server.scanned = shown
    return count


async def fix_workspace(server: Server) -> int:
    """Apply the safe repairs in all files, as one edit of the client's; returns in how many files."""
    found = [edit async for edit in each(server, "Repairing the workspace", "repair")]
    if found:
        merged = {
            "changes": {uri: edits for edit in found for uri, edits in edit.get("changes", {}).items()} or None,
            "documentChanges": [change for edit in found for change in edit.get("documentChanges", ())] or None,
        }
        edit = server.edit({key: value for key, value in merged.items() if value})
        await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, "conflict-lint: safe repairs"))
    return len(found)


async def each(server: Server, title: str, question: str) -> AsyncIterator[Any]:
    """What the worker answers about the files of the workspace, one after the other, until the user has had enough."""
    files = await server.worker.ask(LATER, "files")
    token = await begun(server, title, len(files))
    for number, (path, shown) in enumerate(files):
        if token is not None:
            if server.work_done_progress.tokens[token].cancelled():
                break
            share = 100 * number // len(files)
            server.work_done_progress.report(token, types.WorkDoneProgressReport(message=shown, percentage=share))
        found = await server.worker.ask(LATER, question, path)
        if found is not None:
            yield found
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
