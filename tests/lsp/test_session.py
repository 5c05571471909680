"""The language server, driven over stdio by a client with the capabilities of real editors."""

from __future__ import annotations

import asyncio
import random

import pytest
import pytest_lsp
from editing import LOST_UPDATE, SAMPLE, WRONG_CODE, Editor, OpenDocument, at, config
from lsprotocol import types
from pytest_lsp import client_capabilities

URI = "file:///workspace/sample.py"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_lsp.fixture(scope="module", params=["neovim", "visual_studio_code"], config=config())
async def client(request: pytest.FixtureRequest, lsp_client: Editor):  # type: ignore[no-untyped-def]
    folder = types.WorkspaceFolder(uri="file:///workspace", name="workspace")
    capabilities = client_capabilities(request.param)
    await lsp_client.initialize_session(types.InitializeParams(capabilities, workspace_folders=[folder]))
    yield
    await lsp_client.shutdown_session()


async def test_a_finding_is_shown_explained_and_repaired(client: Editor) -> None:
    document = OpenDocument(client, URI, SAMPLE)
    lost, wrong = await document.diagnostics()
    assert (lost.code, lost.severity, lost.source) == ("CL101", types.DiagnosticSeverity.Warning, "conflict-lint")
    assert lost.range == types.Range(at(SAMPLE, "put_object"), at(SAMPLE, "Bucket=bucket, Key=key, Body"))
    steps = lost.related_information or []
    assert [step.location.range.start for step in steps] == [at(SAMPLE, "get_object"), at(SAMPLE, "put_object")]
    assert (wrong.code, wrong.severity) == ("CL403", types.DiagnosticSeverity.Error)
    assert wrong.range.start == at(SAMPLE, '"NoSchKey"')
    page = await document.hover(lost.range.start)
    assert page and lost.message in page and "What to do" in page

    assert [a.title for a in await document.actions(types.Range(at(SAMPLE, "items ="), at(SAMPLE, "items =")))] == []
    assert await document.actions(wrong.range, only=["source.organizeImports"]) == []
    (respell,) = await document.repairs(wrong.range)
    assert respell.is_preferred and respell.kind == "quickfix" and respell.diagnostics == (wrong,)
    assert respell.edit is not None and (respell.edit.document_changes is None) == document.pulls
    document.apply(respell)
    assert document.text == SAMPLE.replace("NoSchKey", "NoSuchKey")
    assert await document.codes() == ["CL101"]
    assert "NoSuchKey" in (await document.hover(at(document.text, "NoSuchKey")) or "")

    (guard,) = await document.repairs(lost.range)
    assert not guard.is_preferred and "changes behaviour" in guard.title
    document.apply(guard)
    assert "IfMatch=" in document.text
    assert await document.codes() == []


async def test_edits_give_what_a_fresh_open_gives(client: Editor) -> None:
    draw = random.Random(4)
    document = OpenDocument(client, "file:///workspace/edited.py", SAMPLE + SAMPLE.replace("add", "append"))
    await document.diagnostics()
    found = 0
    pieces = ["(", ")", '"', '"""', "\n", "    ", "s3.put_object(", "x = 1\n", "#", "def f():\n", SAMPLE]
    for round_ in range(8):
        for _ in range(6):
            start = draw.randrange(len(document.text) + 1)
            end = min(len(document.text), start + draw.choice([0, 0, 1, 2, 30]))
            document.change(start, end, draw.choice(pieces))
        fresh = OpenDocument(client, f"file:///workspace/fresh{round_}.py", document.text)
        expected = [(d.code, d.range) for d in await fresh.diagnostics()]
        found += len(expected)
        document.change(0, 0, "")
        # In a statement that does not parse what was found before is still shown, and nothing is said of suppressions.
        assert [(d.code, d.range) for d in await document.diagnostics() if not d.data] == expected
    assert found > 8


async def test_a_broken_statement_costs_only_itself(client: Editor) -> None:
    document = OpenDocument(client, "file:///workspace/broken.py", LOST_UPDATE)
    assert await document.codes() == ["CL101"]
    document.change(
        len(document.text), len(document.text), "\n\ndef half(bucket):\n    s3.put_object(Bucket=bucket, Key="
    )
    assert "CL101" in await document.codes()
    document.send(types.TextDocumentContentChangeWholeDocument(text=SAMPLE))
    document.text = SAMPLE
    assert await document.codes() == ["CL101", "CL403"]


async def test_changes_that_make_no_sense_leave_the_server_alive(client: Editor) -> None:
    document = OpenDocument(client, "file:///workspace/odd.py", "x = 1\n")
    ranges = [((9, 9), (99, 99)), ((0, 3), (0, 1)), ((2**31 - 1, 2**31 - 1), (2**31 - 1, 2**31 - 1))]
    for start, end in ranges:
        where = types.Range(types.Position(*start), types.Position(*end))
        document.send(types.TextDocumentContentChangePartial(range=where, text="\ud800\0"))
    unknown = types.VersionedTextDocumentIdentifier(2, "file:///workspace/never-opened.py")
    client.text_document_did_change(types.DidChangeTextDocumentParams(unknown, []))
    nowhere = types.TextDocumentPositionParams(types.TextDocumentIdentifier(unknown.uri), types.Position(3, 3))
    hover = types.HoverParams(nowhere.text_document, nowhere.position)
    assert await client.text_document_hover_async(hover) is None
    document.send(types.TextDocumentContentChangeWholeDocument(text=LOST_UPDATE))
    assert await document.codes() == ["CL101"]


async def test_pulled_again_without_a_difference_is_unchanged(client: Editor) -> None:
    document = OpenDocument(client, "file:///workspace/pulled.py", SAMPLE)
    first = await document.pull()
    assert isinstance(first, types.RelatedFullDocumentDiagnosticReport) and first.result_id
    assert (await document.pull(first.result_id)).kind == "unchanged"
    document.change(len(document.text), len(document.text), "# the end\n")
    assert (await document.pull(first.result_id)).kind == "unchanged"
    document.change(0, 0, "\n")
    moved = await document.pull(first.result_id)
    assert isinstance(moved, types.RelatedFullDocumentDiagnosticReport) and moved.result_id != first.result_id


async def test_nothing_stale_is_sent(client: Editor) -> None:
    many = SAMPLE + "".join(WRONG_CODE.replace("latest", f"latest_{i}") for i in range(150))
    document = OpenDocument(client, "file:///workspace/typed.py", many)
    for _ in range(40):
        document.change(0, 0, "#\n")
    if document.pulls:
        overtaken = asyncio.ensure_future(document.pull())
        await asyncio.sleep(0)
        document.change(0, 0, "#\n")
        with pytest.raises(Exception, match="has changed") as raised:
            await overtaken
        assert (raised.value.code, raised.value.data) == (-32802, {"retriggerRequest": True})  # type: ignore[attr-defined]
    else:
        reports = [report for report in await document.pushed() if report.uri == document.uri]
        versions = [report.version for report in reports]
        assert versions == sorted(set(versions)) and len(versions) < 41
        lines = [report.diagnostics[0].range.start.line for report in reports]
        assert lines == [at(SAMPLE, "put_object").line + version - 1 for version in versions if version]
    client.text_document_did_close(types.DidCloseTextDocumentParams(document.identifier))
    if not document.pulls:
        closed = await client.published.get()
        assert (closed.uri, list(closed.diagnostics)) == (document.uri, [])
