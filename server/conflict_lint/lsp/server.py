"""The shell between pygls and the documents: order, staleness, threads and logging. It decides nothing about code.

Everything that touches a document runs on one worker thread, in the order in which the client spoke; the event loop
only reads, and knows the newest revision of each document. A job about an older revision is skipped, so many keystrokes
cost one analysis, and an answer that was overtaken while it was computed is not sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import itertools
import logging
import re
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from conflict_lint import __version__
from conflict_lint.lsp import scans, wire

if TYPE_CHECKING:
    from pygls.server import ServerErrors

    from conflict_lint.analysis.source import Encoding
    from conflict_lint.lsp.answers import Report, Status, TextEdit
    from conflict_lint.lsp.documents import Document
    from conflict_lint.lsp.folders import Folders
    from conflict_lint.lsp.notebooks import Cell, Notebook

T = TypeVar("T")

IDLE = 1.0  # seconds without a message after which what can wait is done
YOUNG, OLD = 20_000, 50  # new objects, and collections of the young ones, after which garbage is collected
WATCHED = ("**/conflict-lint.toml", "**/pyproject.toml", "**/.gitignore", "**/*.py")
SECTION = "conflict-lint"  # of the client's settings
STATUS = "conflict-lint/status"
LINE_IN_REASON = re.compile(r"\bat line (\d+)")
NOTEBOOKS = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithCells(cells=[types.NotebookCellLanguage("python")])]
)
SERVER_CANCELLED = -32802
ENCODINGS: dict[str, Encoding] = {"": "utf-16", "utf-8": "utf-8", "utf-16": "utf-16", "utf-32": "utf-32"}
logger = logging.getLogger(__name__)


class Overtaken(JsonRpcException):
    """The document has changed since a pull of its diagnostics; the client may ask again."""

    CODE = SERVER_CANCELLED
    MESSAGE = "the document has changed"


class Server(LanguageServer):
    """One client's server."""

    def __init__(self) -> None:
        super().__init__("conflict-lint", __version__, notebook_document_sync=NOTEBOOKS)
        self.was_shut_down = False
        self._worker = ThreadPoolExecutor(1, "conflict-lint")
        self._numbers = itertools.count()
        self._revisions: dict[str, int] = {}  # the newest of each open document; written on the event loop only
        self._homes: dict[str, str] = {}  # the notebook of each open cell; written on the event loop only
        self.documents: dict[str, Document] = {}  # used on the worker only, as are the next three
        self._folders: Folders | None = None
        self._statuses: dict[str, Status] = {}
        self._marked: set[str] = set()  # configuration files with a diagnostic in them
        self.scanned: set[str] = set()  # files with diagnostics that are not open
        self._options: Mapping[str, Any] = {}
        self.edits = wire.Edits()
        self._idle: asyncio.TimerHandle | None = None
        self._register()

    def _register(self) -> None:
        # pygls would keep a copy of every document, with the line ends of str.splitlines, which are not the protocol's
        for method, handler in (
            (types.TEXT_DOCUMENT_DID_OPEN, self._did_open),
            (types.TEXT_DOCUMENT_DID_CHANGE, self._did_change),
            (types.TEXT_DOCUMENT_DID_CLOSE, self._did_close),
            (types.NOTEBOOK_DOCUMENT_DID_OPEN, self._notebook_did_open),
            (types.NOTEBOOK_DOCUMENT_DID_CHANGE, self._notebook_did_change),
            (types.NOTEBOOK_DOCUMENT_DID_CLOSE, self._notebook_did_close),
        ):
            self.protocol.fm.add_builtin_feature(method, handler)
        kinds = [types.CodeActionKind.QuickFix, f"{types.CodeActionKind.SourceFixAll.value}.conflict-lint"]
        actions = types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)
        pull = types.DiagnosticOptions(
            inter_file_dependencies=True, workspace_diagnostics=False, identifier=wire.SOURCE
        )
        words = types.CompletionOptions(trigger_characters=['"', "'", "."])
        features: tuple[tuple[str, Callable[..., object], object], ...] = (
            (types.INITIALIZE, self._initialize, None),
            (types.INITIALIZED, self._initialized, None),
            (types.SHUTDOWN, self._shutting_down, None),
            (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self._files_changed, None),
            (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, self._settings_changed, None),
            (types.WORKSPACE_DID_CHANGE_CONFIGURATION, self._settings_changed, None),
            (types.TEXT_DOCUMENT_HOVER, self._hover, None),
            (types.TEXT_DOCUMENT_COMPLETION, self._completion, words),
            (types.TEXT_DOCUMENT_CODE_ACTION, self._code_actions, actions),
            (types.CODE_ACTION_RESOLVE, self._resolve, None),
            (types.TEXT_DOCUMENT_DIAGNOSTIC, self._diagnostic, pull),
        )
        for name, answer, options in features:
            # pygls leaves a mark on what it registers, and a bound method takes none
            self.feature(name, options)(functools.partial(answer))
        for name, command in (
            (wire.EXPLAIN, self._explain),
            ("conflict-lint.showConfiguration", self._show_configuration),
            ("conflict-lint.debugInformation", self._debug_information),
            ("conflict-lint.checkWorkspace", self._check_workspace),
            ("conflict-lint.fixWorkspace", self._fix_workspace),
        ):
            self.command(name)(functools.partial(command))

    # --- life -------------------------------------------------------------------------------------------------------

    def _initialize(self, params: types.InitializeParams) -> None:
        options = params.initialization_options
        self._options = options if isinstance(options, dict) else {}
        self.edits = wire.Edits.of(params.capabilities)

    async def _initialized(self, _: types.InitializedParams) -> None:
        self._submit(warm_up)
        workspace = self.client_capabilities.workspace or types.WorkspaceClientCapabilities()
        wanted: list[tuple[str, object]] = []
        if workspace.did_change_watched_files and workspace.did_change_watched_files.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            wanted.append((types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
        if workspace.did_change_configuration and workspace.did_change_configuration.dynamic_registration:
            section = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
            wanted.append((types.WORKSPACE_DID_CHANGE_CONFIGURATION, section))
        if wanted:
            registrations = [types.Registration(id=name, method=name, register_options=o) for name, o in wanted]
            await self.client_register_capability_async(types.RegistrationParams(registrations))
        await self._settings_changed(None)

    def _shutting_down(self, _: None) -> None:
        self.was_shut_down = True

    def shutdown(self) -> None:
        """Let the worker finish what it is at, and drop the rest."""
        self._revisions.clear()
        self._worker.shutdown(cancel_futures=True)
        super().shutdown()  # type: ignore[no-untyped-call]

    def report_server_error(self, error: Exception, source: ServerErrors) -> None:
        """Log what nobody else has logged; a pop-up per keystroke helps nobody."""
        if not isinstance(error, JsonRpcException) or source is JsonRpcException:
            logger.error("a notification failed", exc_info=error)

    # --- documents --------------------------------------------------------------------------------------------------

    def _did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        opened = params.text_document
        if opened.uri not in self._homes and (opened.language_id == "python" or opened.uri.endswith(".py")):
            self._follow(opened.uri, lambda: self._open(opened))

    def _did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        uri, version = params.text_document.uri, params.text_document.version
        if uri in self._revisions:
            changes = [wire.change(event) for event in params.content_changes]
            self._follow(uri, lambda: self.documents[uri].change(version, changes))

    def _did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        if self._revisions.pop(uri, None) is not None:
            self._submit(lambda: self._close(uri))

    def _follow(self, uri: str, apply: Callable[[], None]) -> None:
        """Bring a document to its newest revision, and say what is found there unless the client asks itself."""
        revision = self._revisions[uri] = next(self._numbers)

        def follow() -> None:
            apply()
            self._show(uri, self.documents[uri].source.text)
            if not self._pulls:
                self._publish(uri, revision)

        self._submit(follow)
        self._submit(lambda: self._touched({file_of(uri)}, uri, revision))

    def _show(self, uri: str, text: str | None) -> None:
        """Let an open document's text stand for its file where other documents import it."""
        texts, path = self.workspace_folders().open_files.texts, file_of(uri)
        if text is None:
            texts.pop(path, None)
        elif path.endswith(".py"):
            texts[path] = text

    def _touched(self, paths: set[str], source: str = "", revision: int = -1) -> None:
        """Look again at the documents that depend on files that have changed.

        ``source`` is an open one: while somebody types in it, what depends on it waits.
        """
        if source and self._revisions.get(source) != revision:
            return
        for uri, document in self.documents.items():
            if uri != source and any(document.depends_on(path) for path in paths):
                document.forget()
                if not self._pulls and uri in self._revisions:
                    self._publish(uri, self._revisions[uri])

    def _publish(self, uri: str, revision: int) -> None:
        if self._revisions.get(uri) != revision:
            return
        document = self.documents[uri]
        reports = document.reports()
        if self._revisions.get(uri) == revision:
            for report in reports:
                self.text_document_publish_diagnostics(wire.pushed(report))
            self._tell(document)

    def _tell(self, document: Document) -> None:
        """Tell a client that wants to know why a document shows what it shows."""
        if self._options.get("status") and document.uri in self._revisions:
            status = document.status()
            if self._statuses.get(document.uri) != status:
                self._statuses[document.uri] = status
                self.protocol.notify(STATUS, asdict(status))

    def _open(self, opened: types.TextDocumentItem) -> None:
        from conflict_lint.lsp.documents import Document

        place = self.workspace_folders().place(file_of(opened.uri))
        self.documents[opened.uri] = Document(opened.uri, opened.version, opened.text, place, self.encoding)
        self._mark_configurations()

    @property
    def encoding(self) -> Encoding:
        """In which units the client counts columns."""
        return ENCODINGS[self.workspace.position_encoding or ""]

    def _close(self, uri: str) -> None:
        document = self.documents.pop(uri, None)
        self._statuses.pop(uri, None)
        self._show(uri, None)
        self._touched({file_of(uri)})
        if document is not None and not self._pulls:
            for part, _ in document.parts():
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=part, diagnostics=[]))

    # --- notebooks --------------------------------------------------------------------------------------------------

    def _notebook_did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        notebook, texts = params.notebook_document, params.cell_text_documents
        self._homes |= {text.uri: notebook.uri for text in texts}
        self._follow(notebook.uri, lambda: self._open_notebook(notebook, texts))

    def _open_notebook(self, notebook: types.NotebookDocument, texts: Sequence[types.TextDocumentItem]) -> None:
        from conflict_lint.lsp.notebooks import Notebook

        place, cells = self.workspace_folders().place(file_of(notebook.uri)), ordered(notebook.cells, texts)
        self.documents[notebook.uri] = Notebook(notebook.uri, notebook.version, cells, place, self.encoding)

    def _notebook_did_change(self, params: types.DidChangeNotebookDocumentParams) -> None:
        uri, version, cells = params.notebook_document.uri, params.notebook_document.version, params.change.cells
        if uri not in self._revisions or cells is None:
            return
        structure = cells.structure
        opened = list(structure.did_open or ()) if structure else []
        closed = {text.uri for text in (structure.did_close or ())} if structure else set()
        self._homes |= {text.uri: uri for text in opened}
        for cell in closed:
            self._homes.pop(cell, None)
        texts = [
            (change.document.uri, change.document.version, [wire.change(event) for event in change.changes])
            for change in cells.text_content or ()
        ]

        def apply() -> None:
            notebook = cast("Notebook", self.documents[uri])
            array = structure.array if structure else types.NotebookCellArrayChange(0, 0)
            notebook.change_cells(version, (array.start, array.delete_count), ordered(array.cells or (), opened), texts)
            for cell in closed if not self._pulls else ():
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=cell, diagnostics=[]))

        self._follow(uri, apply)

    def _notebook_did_close(self, params: types.DidCloseNotebookDocumentParams) -> None:
        uri = params.notebook_document.uri
        self._homes = {cell: home for cell, home in self._homes.items() if home != uri}
        if self._revisions.pop(uri, None) is not None:
            self._submit(lambda: self._close(uri))

    # --- configuration ----------------------------------------------------------------------------------------------

    def workspace_folders(self) -> Folders:
        """The workspace's folders; for the worker."""
        if self._folders is None:
            from conflict_lint.lsp.folders import Folders

            self._folders = Folders(self._roots(), str(self._options.get("ruleLink", "")))
            self._folders.adjust("", self._options.get("settings") or {})
        return self._folders

    def _roots(self) -> list[str]:
        uris = [folder.uri for folder in self.workspace.folders.values()] or [self.workspace.root_uri or ""]
        return [path for path in map(to_fs_path, uris) if path]

    @property
    def _pulls(self) -> bool:
        document = self.client_capabilities.text_document
        return document is not None and document.diagnostic is not None

    def _files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        modules = {file_of(change.uri) for change in params.changes if change.uri.endswith(".py")}
        if modules:
            self._submit(lambda: self._touched(modules))
        if len(modules) < len(params.changes):
            revisions = dict(self._revisions)
            self._submit(lambda: self._reconfigure(revisions, {}))

    async def _settings_changed(self, params: object) -> None:
        """Ask for the settings of every folder where the client can say them, else take what it says by itself."""
        workspace, given = self.client_capabilities.workspace, {}
        if workspace and workspace.configuration:
            uris = list(self.workspace.folders)
            items = [types.ConfigurationItem(scope_uri=uri, section=SECTION) for uri in (None, *uris)]
            found = await self.workspace_configuration_async(types.ConfigurationParams(items))
            given = {file_of(uri): value for uri, value in zip(("", *uris), found, strict=False) if value}
        elif isinstance(params, types.DidChangeConfigurationParams) and isinstance(params.settings, dict):
            given = {"": params.settings.get(SECTION) or {}}
        revisions = dict(self._revisions)
        self._submit(lambda: self._reconfigure(revisions, given))

    def _reconfigure(self, revisions: dict[str, int], given: Mapping[str, Mapping[str, Any]]) -> None:
        folders = self.workspace_folders()
        folders.reload(self._roots())
        for root, settings in given.items():
            folders.adjust(root, settings)
        folders.look()
        changed = False
        for uri, document in self.documents.items():
            if document.configure(folders.place(file_of(uri))):
                changed = True
                if not self._pulls:
                    self._publish(uri, revisions.get(uri, -1))
        self._mark_configurations()
        workspace = self.client_capabilities.workspace
        if changed and self._pulls and workspace and workspace.diagnostics and workspace.diagnostics.refresh_support:
            self.workspace_diagnostic_refresh(None)

    def _mark_configurations(self) -> None:
        """Show what is wrong with configuration files inside of them."""
        problems = self.workspace_folders().problems
        marked = {Path(path).as_uri(): error for path, error in problems.items() if path}
        for uri, error in marked.items():
            line = error.line or int((LINE_IN_REASON.search(error.reason) or (0, 0))[1])
            self.text_document_publish_diagnostics(wire.broken_configuration(uri, error.reason, line))
        for uri in self._marked - marked.keys():
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))
        self._marked = set(marked)

    # --- requests ---------------------------------------------------------------------------------------------------

    async def _diagnostic(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        overtaken = Overtaken(data={"retriggerRequest": True})
        uri = params.text_document.uri

        def report(document: Document) -> Report:
            self._tell(document)
            return document.report(uri)

        return wire.pulled(await self._ask(uri, report, overtaken), params.previous_result_id)

    async def _hover(self, params: types.HoverParams) -> types.Hover | None:
        uri, position = params.text_document.uri, wire.plain_position(params.position)
        terse = bool(self._options.get("showsMessages"))
        return wire.hover(await self._ask(uri, lambda document: document.hover(uri, position, terse)))

    async def _completion(self, params: types.CompletionParams) -> list[types.CompletionItem]:
        uri, position = params.text_document.uri, wire.plain_position(params.position)
        words = await self._ask(uri, lambda document: document.completions(uri, position))
        return [wire.completion(word) for word in words or ()]

    async def _code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        uri, wanted, only = params.text_document.uri, wire.plain_range(params.range), params.context.only
        kinds = None if only is None else [getattr(kind, "value", kind) for kind in only]
        actions = await self._ask(uri, lambda document: document.actions(uri, wanted, kinds, self.edits.lazy))
        return [self.edits.action(action) for action in actions or ()]

    async def _resolve(self, action: types.CodeAction) -> types.CodeAction:
        if isinstance(action.data, dict):
            key, version = str(action.data.get("key")), action.data.get("version")

            def edits(document: Document) -> tuple[TextEdit, ...]:
                if document.version != version:
                    raise JsonRpcContentModified()
                return document.edits(key)

            found = await self._ask(str(action.data.get("uri")), edits)
            action.edit = self.edits.workspace_edit(found or ())
        return action

    async def _ask(
        self, uri: str, question: Callable[[Document], T], overtaken: JsonRpcException | None = None
    ) -> T | None:
        """Ask about the document as it is now; None if it is not open. Raises ``overtaken`` if it changes meanwhile."""
        uri = self._homes.get(uri, uri)
        revision = self._revisions.get(uri)
        if revision is None:
            return None

        def answer() -> T | None:
            return question(self.documents[uri]) if self._revisions.get(uri) == revision else None

        asked = time.perf_counter()
        found = await asyncio.wrap_future(self._submit(answer, logged=False))
        logger.debug("%s answered after %.1f ms", uri, 1000 * (time.perf_counter() - asked))
        if self._revisions.get(uri) != revision:
            raise overtaken or JsonRpcContentModified()
        return found

    # --- commands ---------------------------------------------------------------------------------------------------

    async def _explain(self, *words: Any) -> str:
        from conflict_lint.lsp import commands

        word = str(words[0]) if words else ""
        return await self._answered(lambda: commands.explained(self.workspace_folders(), word))

    async def _show_configuration(self, *uris: Any) -> str:
        from conflict_lint.lsp import commands

        path = file_of(str(uris[0])) if uris else ""
        return await self._answered(lambda: commands.configuration(self.workspace_folders(), path))

    async def _debug_information(self, *_: Any) -> str:
        from conflict_lint.lsp import commands

        def told() -> str:
            statuses = [document.status() for document in self.documents.values()]
            return commands.debugging(self.workspace_folders(), statuses, self.encoding)

        return await self._answered(told)

    async def _answered(self, tell: Callable[[], str]) -> str:
        """Text for people: shown by the client that asked, or by us where it cannot show what a command returns."""
        text = await asyncio.wrap_future(self._submit(tell, logged=False))
        if not self._options.get("showsResults"):
            self.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))
        return text

    async def _check_workspace(self, *_: Any) -> int:
        return await scans.check_workspace(self)

    async def _fix_workspace(self, *_: Any) -> int:
        return await scans.fix_workspace(self)

    # --- work -------------------------------------------------------------------------------------------------------

    def number(self) -> int:
        """A number that was not given before."""
        return next(self._numbers)

    def on_worker(self, job: Callable[[], T]) -> Awaitable[T]:
        """Do a job after what the client asked for before."""
        return asyncio.wrap_future(self._submit(job, logged=False))

    def _submit(self, job: Callable[[], T], logged: bool = True) -> Future[T]:
        """Queue a job for the worker; what goes wrong in it is logged here unless its caller sees it."""
        future = self._worker.submit(job)
        self._worker.submit(collect)
        if logged:
            future.add_done_callback(log_failure)
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE, self._worker.submit, settle)
        return future


def ordered(cells: Sequence[types.NotebookCell], texts: Sequence[types.TextDocumentItem]) -> list[Cell]:
    """The Python cells among some cells of a notebook, in their order."""
    from conflict_lint.lsp.notebooks import Cell

    known = {text.uri: text for text in texts if text.language_id == "python"}
    found = [known[cell.document] for cell in cells if cell.document in known]
    return [Cell(text.uri, text.version, text.text) for text in found]


def file_of(uri: str) -> str:
    """The absolute path of a document; empty for one that has no file."""
    return to_fs_path(uri) or ""


def warm_up() -> None:
    """Load what the first document needs, while the client is still busy with its own start."""
    from conflict_lint.analysis.triage import Words
    from conflict_lint.catalogue import load
    from conflict_lint.config import Settings
    from conflict_lint.lsp.documents import Document
    from conflict_lint.lsp.folders import Place
    from conflict_lint.project import ProjectView

    words = Words.of(load())
    first_words = f"import {words.gate[0]}\n{min(words.writes)}\n"
    Document("", 0, first_words, Place("", ProjectView(""), Settings()), "utf-16").reports()
    gc.collect()
    gc.freeze()


def collect() -> None:
    """Collect garbage if there may be much. Automatic collection is off: its pauses would be inside of an analysis."""
    young, _, old = gc.get_count()
    if young > YOUNG:
        gc.collect(2 if old > OLD else 1)


def settle() -> None:
    """What can wait until nobody waits: load what repairs are built with, collect garbage."""
    from conflict_lint.analysis import concrete

    with contextlib.suppress(ImportError):  # an editor brings it along for the usual platforms only
        concrete.parse("")
    gc.collect()


def log_failure(future: Future[Any]) -> None:
    """Log what a job raised."""
    if not future.cancelled() and (error := future.exception()) is not None:
        logger.error("a notification failed", exc_info=error)


def quiet() -> Callable[[logging.LogRecord], bool]:
    """A filter that drops overtaken requests, which are no errors, and the second sight of the same crash."""
    seen: set[tuple[object, ...]] = set()

    def shown(record: logging.LogRecord) -> bool:
        if not record.exc_info or record.exc_info[0] is None:
            return True
        if issubclass(record.exc_info[0], (JsonRpcContentModified, Overtaken)):
            return False
        frames = traceback.extract_tb(record.exc_info[2])
        crash = (record.exc_info[0], frames[-1].filename, frames[-1].lineno) if frames else (record.exc_info[0],)
        new = crash not in seen
        seen.add(crash)
        return new

    return shown
