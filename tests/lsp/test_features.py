"""What the server offers beside findings, over the wire: actions, completion, notebooks, settings, commands, status."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from editing import LOST_UPDATE, SAMPLE, WRONG_CODE, Editor, OpenDocument, at, config
from lsprotocol import types
from pytest_lsp import client_capabilities
from test_process import stopped

pytestmark = pytest.mark.asyncio
QUIET = "x = 1  # conflict-lint: ignore[CL101] not any more\n"


async def started(*roots: Path, lazy: bool = True, pulls: bool = False, **options: object) -> Editor:
    """A client that can do what VS Code can."""
    client = await config().start()
    assert isinstance(client, Editor)
    capabilities = client_capabilities("visual_studio_code")
    assert capabilities.workspace and capabilities.text_document and capabilities.window
    assert capabilities.workspace.workspace_edit and capabilities.text_document.code_action
    capabilities.workspace.workspace_edit.snippet_edit_support = True
    capabilities.text_document.diagnostic = types.DiagnosticClientCapabilities() if pulls else None
    if not lazy:
        capabilities.text_document.code_action.resolve_support = None
    folders = [types.WorkspaceFolder(uri=root.as_uri(), name=root.name) for root in roots]
    parameters = types.InitializeParams(capabilities, workspace_folders=folders, initialization_options=options)
    await client.initialize_session(parameters)
    return client


def whole(text: str) -> types.Range:
    return types.Range(types.Position(0, 0), types.Position(text.count("\n") + 1, 0))


# --- while somebody types ---------------------------------------------------------------------------------------------


async def test_a_broken_statement_goes_on_showing_what_was_found_in_it() -> None:
    client = await started()
    document = OpenDocument(client, "file:///a.py", "import boto3\n" + SAMPLE)
    before = await document.diagnostics()
    assert [(d.code, d.data) for d in before] == [("CL101", None), ("CL403", None)]
    end = document.text.index("(items))") + len("(items)")
    document.change(end, end + 1, "")
    document.change(0, 0, "\n")
    broken = await document.diagnostics()
    kept = [d for d in broken if d.code != "CL903"]
    assert [(d.code, d.data) for d in kept] == [("CL101", {"kept": True}), ("CL403", None)]
    assert [d.range.start.line for d in kept] == [d.range.start.line + 1 for d in before]
    assert [s.location.range.start.line for s in kept[0].related_information or ()] == [10, 13]
    assert not [a for a in await document.actions(kept[0].range) if "IfMatch" in a.title]

    document.change(end + 1, end + 1, ', IfMatch=response["ETag"])')
    assert await document.codes() == ["CL403"], "what was repaired meanwhile is not shown for ever"
    assert await stopped(client) == 0


async def test_what_is_deleted_in_a_broken_statement_is_gone() -> None:
    client = await started()
    document = OpenDocument(client, "file:///a.py", LOST_UPDATE)
    assert await document.codes() == ["CL101"]
    start = document.text.index("    s3.put_object")
    document.change(start, len(document.text), "    s3.put_object(")
    assert await document.codes() == ["CL903"]
    assert await stopped(client) == 0


async def test_a_suppression_is_not_called_unused_while_its_statement_is_broken() -> None:
    client = await started()
    text = LOST_UPDATE.replace("(items))\n", "(items))  # conflict-lint: ignore[CL101] one writer\n")
    document = OpenDocument(client, "file:///a.py", text)
    assert await document.codes() == []
    end = text.index("(items))") + len("(items)")
    document.change(end, end + 1, "")
    assert await document.codes() == ["CL903"]
    assert await stopped(client) == 0


# --- actions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lazy", [True, False], ids=["resolved", "inline"])
async def test_a_finding_is_suppressed_with_a_place_for_the_reason(lazy: bool) -> None:
    client = await started(lazy=lazy)
    document = OpenDocument(client, "file:///a.py", LOST_UPDATE)
    (lost,) = await document.diagnostics()
    (suppress,) = [a for a in await document.actions(lost.range) if a.title.startswith("Suppress")]
    assert (suppress.edit is None) == lazy and not suppress.is_preferred
    suppress = await document.resolved(suppress)
    assert suppress.edit and suppress.edit.document_changes
    (change,) = suppress.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit) and change.text_document.version == document.version
    (edit,) = change.edits
    assert isinstance(edit, types.SnippetTextEdit)
    assert edit.snippet.value == "  # conflict-lint: ignore[CL101] ${1:say why}"
    place = document.text.index("\n", document.text.index("put_object"))
    document.change(place, place, "  # conflict-lint: ignore[CL101] say why")
    assert await document.codes() == []
    assert await stopped(client) == 0


async def test_an_action_for_an_older_version_is_refused() -> None:
    client = await started()
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    _, wrong = await document.diagnostics()
    (respell,) = [a for a in await document.actions(wrong.range) if a.title.startswith("Replace")]
    document.change(0, 0, "# one more line\n")
    with pytest.raises(Exception, match="Modified") as raised:
        await document.resolved(respell)
    assert raised.value.code == types.LSPErrorCodes.ContentModified  # type: ignore[attr-defined]
    assert await stopped(client) == 0


@pytest.mark.parametrize("lazy", [True, False], ids=["resolved", "inline"])
async def test_fix_all_makes_the_safe_repairs_only(lazy: bool) -> None:
    client = await started(lazy=lazy)
    document = OpenDocument(client, "file:///a.py", QUIET + SAMPLE)
    assert await document.codes() == ["CL901", "CL101", "CL403"]
    for only in ("source.fixAll.conflict-lint", "source.fixAll", "source"):
        (action,) = await document.actions(whole(document.text), only=[only])
        assert action.kind == "source.fixAll.conflict-lint"
    assert await document.actions(whole(document.text), only=["source.fixAll.ruff"]) == []
    document.apply(await document.resolved(action))
    assert document.text == "x = 1\n" + SAMPLE.replace("NoSchKey", "NoSuchKey")
    assert await document.codes() == ["CL101"]
    assert await stopped(client) == 0


async def test_an_unused_suppression_can_be_shown_faded() -> None:
    client = await started()
    document = OpenDocument(client, "file:///a.py", QUIET + LOST_UPDATE)
    unused, _ = await document.diagnostics()
    assert (unused.code, list(unused.tags or ())) == ("CL901", [types.DiagnosticTag.Unnecessary])
    assert await stopped(client) == 0


async def test_a_client_that_knows_the_pages_gets_links_to_them() -> None:
    client = await started(ruleLink="command:explain?{code}-{name}")
    document = OpenDocument(client, "file:///a.py", LOST_UPDATE)
    (lost,) = await document.diagnostics()
    assert lost.code_description and lost.code_description.href == "command:explain?CL101-lost-update"
    assert await stopped(client) == 0


async def test_explain_answers_with_a_page() -> None:
    client = await started(showsResults=True)
    document = OpenDocument(client, "file:///a.py", LOST_UPDATE)
    (lost,) = await document.diagnostics()
    context = types.CodeActionContext(diagnostics=[lost])
    asked = types.CodeActionParams(document.identifier, lost.range, context)
    *_, explain = await client.text_document_code_action_async(asked) or ()
    # lsprotocol takes an action that only runs a command for the command.
    assert explain.title == "Explain CL101 (lost-update)"

    async def said(*words: str) -> str:
        params = types.ExecuteCommandParams("conflict-lint.explain", list(words))
        return str(await client.workspace_execute_command_async(params))

    assert "# CL101 lost-update" in await said("CL101") and "## Why it hurts" in await said("CL101")
    assert "### PreconditionFailed" in await said("aws/s3/PreconditionFailed")
    assert "did you mean `PreconditionFailed`" in await said("PreconditionFaild")
    assert "**CL403 impossible-error-code**" in await said()
    assert not client.shown
    assert await stopped(client) == 0


async def test_a_client_that_cannot_show_results_is_told_them() -> None:
    client = await started()
    await client.workspace_execute_command_async(types.ExecuteCommandParams("conflict-lint.explain", ["CL101"]))
    assert len(client.shown) == 1 and "lost-update" in client.shown[0].message
    assert await stopped(client) == 0


# --- completion -------------------------------------------------------------------------------------------------------

BEGUN = """
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "
"""


async def test_error_codes_are_completed_from_what_the_calls_raise() -> None:
    client = await started()
    text = LOST_UPDATE.replace("    s3.put", "    try:\n        s3.put") + BEGUN[1:]
    document = OpenDocument(client, "file:///a.py", text)
    position = types.Position(text.count("\n") - 1, len(BEGUN.splitlines()[-1]))
    found = await client.text_document_completion_async(types.CompletionParams(document.identifier, position))
    assert isinstance(found, list)
    assert [item.label for item in found[:2]] == ["PreconditionFailed", "ConditionalRequestConflict"]
    assert found[0].detail == "s3, HTTP 412"
    assert isinstance(found[0].documentation, types.MarkupContent)
    assert "**Can I simply retry?**" in found[0].documentation.value
    assert [item.sort_text for item in found] == sorted(item.sort_text or "" for item in found)
    assert isinstance(found[0].text_edit, types.TextEdit) and found[0].text_edit.range.start == position
    elsewhere = types.CompletionParams(document.identifier, at(text, "key, item"))
    assert await client.text_document_completion_async(elsewhere) == []
    assert await stopped(client) == 0


# --- notebooks --------------------------------------------------------------------------------------------------------

SETUP, _, FUNCTION = LOST_UPDATE.partition("\n\n\n")
CELLS = {"a": "%matplotlib inline\nfiles = !ls\n" + SETUP, "b": "%%bash\nrm -rf /", "c": '"😀"\n' + FUNCTION}


class OpenNotebook:
    def __init__(self, client: Editor, uri: str, cells: dict[str, str]) -> None:
        self.client, self.uri, self.version = client, uri, 1
        notebook = types.NotebookDocument(uri, "jupyter-notebook", 1, [self.cell(name) for name in cells])
        texts = [types.TextDocumentItem(self.at(name), "python", 1, text) for name, text in cells.items()]
        client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(notebook, texts))

    def at(self, name: str) -> str:
        return f"{self.uri}#{name}"

    def cell(self, name: str) -> types.NotebookCell:
        return types.NotebookCell(types.NotebookCellKind.Code, self.at(name))

    def change(self, cells: types.NotebookDocumentCellChanges) -> None:
        self.version += 1
        identifier = types.VersionedNotebookDocumentIdentifier(self.version, self.uri)
        event = types.NotebookDocumentChangeEvent(cells=cells)
        self.client.notebook_document_did_change(types.DidChangeNotebookDocumentParams(identifier, event))

    async def shown(self, *names: str) -> dict[str, list[object]]:
        """The codes of the next reports, which are about these cells."""
        reports = [await asyncio.wait_for(self.client.published.get(), 10) for _ in names]
        assert sorted(report.uri for report in reports) == sorted(map(self.at, names))
        return {report.uri.rpartition("#")[2]: [d.code for d in report.diagnostics] for report in reports}


async def test_the_cells_of_a_notebook_are_one_module(tmp_path: Path) -> None:
    client = await started(tmp_path)
    notebook = OpenNotebook(client, (tmp_path / "a.ipynb").as_uri(), CELLS)
    reports = {}
    for _ in CELLS:
        report = await asyncio.wait_for(client.published.get(), 10)
        reports[report.uri.rpartition("#")[2]] = report.diagnostics
    assert [d.code for d in reports["c"]] == ["CL101"] and not reports["a"] and not reports["b"]
    (lost,) = reports["c"]
    assert lost.range.start == at(CELLS["c"], "put_object") and "`get_object` on line 3:" in lost.message
    assert lost.related_information and lost.related_information[0].location.uri == notebook.at("c")

    identifier = types.TextDocumentIdentifier(notebook.at("c"))
    hover = await client.text_document_hover_async(types.HoverParams(identifier, lost.range.start))
    assert hover and hover.range and hover.range.start == lost.range.start
    context = types.CodeActionContext(diagnostics=[])
    actions = await client.text_document_code_action_async(types.CodeActionParams(identifier, lost.range, context))
    guard = next(a for a in actions or () if isinstance(a, types.CodeAction) and "IfMatch" in a.title)
    edit = (await client.code_action_resolve_async(guard)).edit
    assert edit and edit.document_changes and isinstance(edit.document_changes[0], types.TextDocumentEdit)
    assert edit.document_changes[0].text_document.uri == notebook.at("c")
    (insertion,) = edit.document_changes[0].edits
    assert insertion.range.start.line == lost.range.start.line

    words = at(CELLS["c"], "put_object")
    here = types.Range(words, types.Position(words.line, words.character + len("put_object")))
    content = types.NotebookDocumentCellContentChanges(
        types.VersionedTextDocumentIdentifier(2, notebook.at("c")),
        [types.TextDocumentContentChangePartial(range=here, text="print")],
    )
    notebook.change(types.NotebookDocumentCellChanges(text_content=[content]))
    assert await notebook.shown("a", "b", "c") == {"a": [], "b": [], "c": []}

    gone = types.NotebookDocumentCellChangeStructure(
        types.NotebookCellArrayChange(start=1, delete_count=1, cells=[notebook.cell("d")]),
        did_open=[types.TextDocumentItem(notebook.at("d"), "python", 1, FUNCTION)],
        did_close=[types.TextDocumentIdentifier(notebook.at("b"))],
    )
    notebook.change(types.NotebookDocumentCellChanges(structure=gone))
    assert await notebook.shown("b", "a", "d", "c") == {"a": [], "b": [], "c": [], "d": ["CL101"]}
    closed = types.DidCloseNotebookDocumentParams(types.NotebookDocumentIdentifier(notebook.uri), [])
    client.notebook_document_did_close(closed)
    assert await notebook.shown("a", "c", "d") == {"a": [], "c": [], "d": []}
    assert await stopped(client) == 0


# --- settings ---------------------------------------------------------------------------------------------------------


async def test_each_folder_has_its_own_settings(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for root in (one, two):
        root.mkdir()
    (one / "conflict-lint.toml").write_text('ignore = ["CL101"]\n')
    client = await started(one, two, settings={"enable": True})
    first = OpenDocument(client, (one / "a.py").as_uri(), SAMPLE)
    assert await first.codes() == ["CL403"]
    second = OpenDocument(client, (two / "a.py").as_uri(), SAMPLE)
    assert await second.codes() == ["CL101", "CL403"]

    client.settings = {two.as_uri(): {"severity": {"CL101": "error"}, "ignore": ["CL403"], "testsSeverity": None}}
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    (lost,) = await second.diagnostics()
    assert (lost.code, lost.severity) == ("CL101", types.DiagnosticSeverity.Error)
    client.settings = {one.as_uri(): {"enable": False}}
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    assert await first.codes() == []
    assert await stopped(client) == 0


async def test_the_settings_given_at_the_start_hold_from_the_first_report_on() -> None:
    client = await started(settings={"ignore": ["CL101"], "ignored": "not ours"})
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    assert await document.codes() == ["CL403"]
    assert await stopped(client) == 0


async def test_why_nothing_is_shown_is_told(tmp_path: Path) -> None:
    (tmp_path / "conflict-lint.toml").write_text('exclude = ["generated"]\n')
    client = await started(tmp_path, status=True)
    told: list[tuple[object, object]] = []
    for name, text in (
        ("generated/a.py", SAMPLE),
        ("b.py", SAMPLE),
        ("c.py", "x = 1\n"),
        ("d.py", LOST_UPDATE.replace("\ndef", "\n# conflict-lint: ignore-file[CL101] one writer\ndef")),
    ):
        document = OpenDocument(client, (tmp_path / name).as_uri(), text)
        await document.diagnostics()
        hover = types.HoverParams(document.identifier, types.Position(0, 0))
        await client.text_document_hover_async(hover)
        told.append((client.statuses[-1]["state"], client.statuses[-1]["message"]))
        assert client.statuses[-1]["configuration"] == "conflict-lint.toml"
    assert told == [
        ("silent", "excluded by the configuration or by .gitignore"),
        ("findings", "2 found"),
        ("other", "no writes to a cloud service in this file"),
        ("clean", "nothing found, 1 suppressed"),
    ]
    (tmp_path / "conflict-lint.toml").write_text("nonsense = 1\n")
    event = types.FileEvent((tmp_path / "conflict-lint.toml").as_uri(), types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await asyncio.wait_for(client.marked.get(), 10)
    await client.text_document_hover_async(hover)
    assert client.statuses[-1]["problem"] == 'conflict-lint.toml:1: unknown key "nonsense"'
    assert await stopped(client) == 0


# --- the workspace ----------------------------------------------------------------------------------------------------


async def test_the_workspace_is_checked_and_repaired_with_progress(tmp_path: Path) -> None:
    wrong = "import boto3\ns3 = boto3.client('s3')\n" + WRONG_CODE
    for name, text in {"a.py": SAMPLE, "b.py": "x = 1\n", "c.py": wrong}.items():
        (tmp_path / name).write_text(text)
    client = await started(tmp_path)
    document = OpenDocument(client, (tmp_path / "a.py").as_uri(), SAMPLE)
    await document.diagnostics()
    count = await client.workspace_execute_command_async(types.ExecuteCommandParams("conflict-lint.checkWorkspace", []))
    assert count == 1
    report = await asyncio.wait_for(client.published.get(), 10)
    assert (report.uri, [d.code for d in report.diagnostics]) == ((tmp_path / "c.py").as_uri(), ["CL403"])
    assert client.progress[0] == "begin" and client.progress[-1] == "end" and client.progress.count("report") == 3

    fixed = await client.workspace_execute_command_async(types.ExecuteCommandParams("conflict-lint.fixWorkspace", []))
    assert fixed == 2
    changes = [c for c in client.applied[0].edit.document_changes or () if isinstance(c, types.TextDocumentEdit)]
    versions = [(change.text_document.uri, change.text_document.version) for change in changes]
    assert versions == [(document.uri, 1), ((tmp_path / "c.py").as_uri(), None)]
    assert await stopped(client) == 0


async def test_configuration_and_what_a_report_needs_can_be_shown(tmp_path: Path) -> None:
    (tmp_path / "conflict-lint.toml").write_text("strict = true\n")
    client = await started(tmp_path, showsResults=True)
    shown = types.ExecuteCommandParams("conflict-lint.showConfiguration", [(tmp_path / "a.py").as_uri()])
    assert "strict = true  # conflict-lint.toml" in str(await client.workspace_execute_command_async(shown))
    debug = types.ExecuteCommandParams("conflict-lint.debugInformation", [])
    text = str(await client.workspace_execute_command_async(debug))
    assert "Python 3." in text and f"folder {tmp_path}" in text and "utf-16" in text
    assert await stopped(client) == 0
