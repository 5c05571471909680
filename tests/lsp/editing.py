"""What the tests of the language server share: samples, and a document as an editor keeps it."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import conflict_lint
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient

PACKAGE = Path(conflict_lint.__file__).parent
PATH = os.pathsep.join([str(PACKAGE.parent), str(PACKAGE.parents[1] / "rules")])
ENVIRONMENT = {**os.environ, "PYTHONPATH": PATH}
SERVER = (sys.executable, "-m", "conflict_lint", "server", "--stdio")

LOST_UPDATE = """\
import json

import boto3

s3 = boto3.client("s3")


def add(bucket, key, item):
    response = s3.get_object(Bucket=bucket, Key=key)
    items = json.loads(response["Body"].read())
    items.append(item)
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(items))
"""
WRONG_CODE = """\


def latest(bucket):
    try:
        return s3.get_object(Bucket=bucket, Key="latest")
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "NoSchKey":
            return None
        raise
"""
SAMPLE = LOST_UPDATE + WRONG_CODE


def message(method: str, **fields: object) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", "method": method, **fields}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


INITIALIZE = message("initialize", id=1, params={"processId": None, "rootUri": None, "capabilities": {}})


def snippet(language: str) -> str:
    """The first block of code of a language in the page about editors."""
    page = (PACKAGE.parents[1] / "docs" / "editors.md").read_text("utf-8")
    return page.partition(f"```{language}\n")[2].partition("```")[0]


def on_path(folder: Path) -> str:
    """A search path on which ``conflict-lint`` is the one under test."""
    program = folder / "bin" / "conflict-lint"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m conflict_lint "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


class Editor(LanguageClient):
    """A client that answers what the server asks and keeps everything that is pushed."""

    def __init__(self) -> None:
        super().__init__(converter_factory=default_converter)
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.marked: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        """What was published for configuration files."""
        self.settings: dict[str, object] = {}
        """What the user has set, by the folder's address (an empty one: everywhere)."""
        self.statuses: list[dict[str, object]] = []
        self.applied: list[types.ApplyWorkspaceEditParams] = []
        self.progress: list[str] = []
        self.refreshed = asyncio.Event()
        self.shown: list[types.ShowMessageParams] = []
        self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(functools.partial(self._published))
        self.feature(types.WORKSPACE_CONFIGURATION)(functools.partial(self._settings_of))
        self.feature(types.WORKSPACE_APPLY_EDIT)(functools.partial(self._apply_edit))
        self.feature(types.WINDOW_WORK_DONE_PROGRESS_CREATE)(lambda _: None)
        self.feature(types.PROGRESS)(lambda params: self.progress.append(params.value["kind"]))
        self.feature("conflict-lint/status")(lambda params: self.statuses.append(params._asdict()))
        self.feature(types.WORKSPACE_DIAGNOSTIC_REFRESH)(lambda _: self.refreshed.set())
        self.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda _: None)
        self.feature(types.WINDOW_SHOW_MESSAGE)(lambda params: self.shown.append(params))

    def _published(self, params: types.PublishDiagnosticsParams) -> None:
        (self.marked if params.uri.endswith(".toml") else self.published).put_nowait(params)

    def _settings_of(self, params: types.ConfigurationParams) -> list[object]:
        return [self.settings.get(item.scope_uri or "") for item in params.items]

    def _apply_edit(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        self.applied.append(params)
        return types.ApplyWorkspaceEditResult(applied=True)


def config(command: Sequence[str] = SERVER) -> ClientServerConfig:
    """How pytest-lsp starts the server."""
    return ClientServerConfig(server_command=list(command), client_factory=Editor, server_env=ENVIRONMENT)


def at(text: str, words: str, encoding: str = "utf-16") -> types.Position:
    """The position of the first occurrence of some words, in an encoding's units."""
    before = text[: text.index(words)]
    line = before[before.rfind("\n") + 1 :]
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    codec = encoding if width == 1 else f"{encoding}-le"
    return types.Position(before.count("\n"), len(line.encode(codec)) // width)


class OpenDocument:
    """One document as its editor has it; every edit is sent, and diagnostics are those of the newest version."""

    def __init__(self, client: Editor, uri: str, text: str) -> None:
        self.client = client
        self.uri = uri
        self.text = text
        self.version = 1
        assert client.capabilities is not None and client.capabilities.text_document is not None
        self.pulls = client.capabilities.text_document.diagnostic is not None
        client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", self.version, text))
        )

    @property
    def identifier(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri)

    def change(self, start: int, end: int, text: str) -> None:
        """Replace ``[start, end)`` (code points); ASCII texts with one kind of line end only."""
        where = types.Range(self._position(start), self._position(end))
        self.text = self.text[:start] + text + self.text[end:]
        self.send(types.TextDocumentContentChangePartial(range=where, text=text))

    def send(self, *changes: types.TextDocumentContentChangeEvent) -> None:
        self.version += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(self.version, self.uri), changes)
        )

    def _position(self, offset: int) -> types.Position:
        before = self.text[:offset]
        return types.Position(before.count("\n"), offset - before.rfind("\n") - 1)

    async def diagnostics(self) -> Sequence[types.Diagnostic]:
        """What is found in the newest version, pushed or pulled as the client does it."""
        if self.pulls:
            report = await self.pull()
            assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
            return report.items
        return (await self.pushed())[-1].diagnostics

    async def pull(self, known: str | None = None) -> types.DocumentDiagnosticReport:
        return await self.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(self.identifier, previous_result_id=known)
        )

    async def pushed(self) -> list[types.PublishDiagnosticsParams]:
        """Everything that is pushed until the newest version's diagnostics are there."""
        seen = []
        while not seen or (seen[-1].uri, seen[-1].version) != (self.uri, self.version):
            seen.append(await self.client.published.get())
        return seen

    async def codes(self) -> list[object]:
        return [diagnostic.code for diagnostic in await self.diagnostics()]

    async def hover(self, position: types.Position) -> str | None:
        found = await self.client.text_document_hover_async(types.HoverParams(self.identifier, position))
        assert found is None or isinstance(found.contents, types.MarkupContent)
        return found and found.contents.value

    async def actions(self, where: types.Range, only: Sequence[str] | None = None) -> Sequence[types.CodeAction]:
        context = types.CodeActionContext(diagnostics=[], only=only)
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(self.identifier, where, context)
        )
        assert found is not None
        return [action for action in found if isinstance(action, types.CodeAction)]

    async def repairs(self, where: types.Range) -> list[types.CodeAction]:
        """The repairs on offer, with their edits."""
        found = [a for a in await self.actions(where, ["quickfix"]) if not a.title.startswith(("Suppress", "Explain"))]
        return [await self.resolved(action) for action in found]

    async def resolved(self, action: types.CodeAction) -> types.CodeAction:
        return action if action.edit else await self.client.code_action_resolve_async(action)

    def apply(self, action: types.CodeAction) -> None:
        """Make the edits of one code action, as an editor would: all at once, against the version they are for."""
        edit = action.edit
        assert edit is not None
        if edit.document_changes is not None:
            (document,) = edit.document_changes
            assert isinstance(document, types.TextDocumentEdit)
            assert (document.text_document.uri, document.text_document.version) == (self.uri, self.version)
            edits = list(document.edits)
        else:
            assert edit.changes is not None
            edits = list(edit.changes[self.uri])
        for each in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
            assert isinstance(each, types.TextEdit)
            self.change(self._offset(each.range.start), self._offset(each.range.end), each.new_text)

    def _offset(self, position: types.Position) -> int:
        lines = self.text.split("\n")
        return sum(len(line) + 1 for line in lines[: position.line]) + position.character
