"""Columns on the wire: the units of the negotiated encoding, whatever stands before them in the line."""

from __future__ import annotations

import sys

import pytest
import pytest_lsp
from editing import SAMPLE, Editor, OpenDocument, at, config
from lsprotocol import types

EMOJI = SAMPLE.replace("    s3.put_object", '    "😀é"; s3.put_object').replace(
    "    items.append", '    "😀"; items.append'
)
DEAF = """
import sys
from conflict_lint.lsp import serve
from conflict_lint.lsp.server import Server

told = Server._client
Server._client = lambda self: {**told(self), "encoding": "utf-32"}
sys.exit(serve())
"""
pytestmark = pytest.mark.asyncio


@pytest_lsp.fixture(params=["utf-8", "utf-16", "utf-32"], config=config())
async def client(request: pytest.FixtureRequest, lsp_client: Editor):  # type: ignore[no-untyped-def]
    general = types.GeneralClientCapabilities(position_encodings=[request.param])
    pull = types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities())
    capabilities = types.ClientCapabilities(general=general, text_document=pull)
    result = await lsp_client.initialize_session(types.InitializeParams(capabilities))
    assert result.capabilities.position_encoding == request.param
    yield
    await lsp_client.shutdown_session()


async def test_columns_after_an_emoji(client: Editor, request: pytest.FixtureRequest) -> None:
    encoding = request.node.callspec.params["client"]
    document = OpenDocument(client, "untitled:emoji", EMOJI)
    lost, _ = await document.diagnostics()
    assert lost.range == types.Range(
        at(EMOJI, "put_object", encoding), at(EMOJI, "Bucket=bucket, Key=key, B", encoding)
    )
    assert lost.range.start.character == {"utf-8": 17, "utf-16": 14, "utf-32": 13}[encoding]
    assert await document.hover(lost.range.start)
    assert await document.hover(types.Position(lost.range.start.line, lost.range.start.character - 1)) is None

    start, end = at(EMOJI, "append(item)", encoding), at(EMOJI, 'item)\n    "😀é', encoding)
    document.send(types.TextDocumentContentChangePartial(range=types.Range(start, end), text="insert(0, "))
    edited = EMOJI.replace("append(item)", "insert(0, item)")
    fresh = OpenDocument(client, "untitled:fresh", edited)
    assert [d.range for d in await document.diagnostics()] == [d.range for d in await fresh.diagnostics()]
    (fix,) = await document.repairs((await document.diagnostics())[0].range)
    assert fix.edit is not None and fix.edit.changes is not None
    assert any("IfMatch" in edit.new_text for edit in fix.edit.changes[document.uri])


async def test_a_server_that_ignores_the_encoding_is_noticed() -> None:
    """The control: it counts code points, whatever was negotiated, and what is asserted above would fail."""
    client = await config([sys.executable, "-c", DEAF]).start()
    assert isinstance(client, Editor)
    pull = types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities())
    result = await client.initialize_session(types.InitializeParams(types.ClientCapabilities(text_document=pull)))
    assert result.capabilities.position_encoding == "utf-16"
    document = OpenDocument(client, "untitled:emoji", EMOJI)
    lost, _ = await document.diagnostics()
    assert lost.range.start.character == 13 != at(EMOJI, "put_object", "utf-16").character
    await client.shutdown_session()
    await client.stop()
