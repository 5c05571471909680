"""The shell between pygls and the worker: order, staleness, logging. It decides nothing about code.

Everything that touches a document is done by the worker, a process of its own (``process``, ``desk``); the event loop
only reads and passes on, so it is never busy for long. It knows the newest revision of each document: a job about an
older one is skipped, so many keystrokes cost one analysis, and an answer that was overtaken meanwhile is not sent.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import logging
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Event
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcException
from pygls.io_ import StdoutWriter, run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter
from pygls.uris import to_fs_path

from conflict_lint import __version__
from conflict_lint.lsp import scans, stdio
from conflict_lint.lsp.process import EVERYTHING, LATER, AnswerError, Call, Worker, command

if TYPE_CHECKING:
    from pygls.server import ServerErrors

SOURCE = "conflict-lint"
EXPLAIN = "conflict-lint.explain"
IDLE = 1.0  # seconds without a message after which what can wait is done
LONG = 100  # changes of a document after which it is remembered as it is
WATCHED = ("**/conflict-lint.toml", "**/pyproject.toml", "**/.gitignore", "**/*.py")
SECTION = "conflict-lint"  # of the client's settings
STATUS = "conflict-lint/status"
NOTEBOOKS = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithCells(cells=[types.NotebookCellLanguage("python")])]
)
SERVER_CANCELLED = -32802
GIVEN_UP = "the analysis of this version ended its process; it is tried again after the next change"
logger = logging.getLogger(__name__)


class Overtaken(JsonRpcException):
    """The document has changed since a pull of its diagnostics; the client may ask again."""

    CODE = SERVER_CANCELLED
    MESSAGE = "the document has changed"


class Worded(str):
    """JSON that is sent as it is."""

    __slots__ = ()


class Typed(NamedTuple):
    """A change of a document, whose parameters go to the worker as they are."""

    params: dict[str, Any]


class Protocol(LanguageServerProtocol):
    """The protocol, with answers that somebody else has put into words, and a short way for each keystroke."""

    _server: Server

    def _send_response(self, msg_id: Any, result: Any = None, error: types.ResponseError | None = None) -> None:
        if error is None and isinstance(result, Worded):
            self._result_types.pop(msg_id, None)
            self._say(f'"id":{json.dumps(msg_id)},"result":'.encode(), result.encode())
        else:
            super()._send_response(msg_id, result, error)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Read a message; a request that makes no sense is answered, too."""
        if data.get("method") == types.TEXT_DOCUMENT_DID_CHANGE and "jsonrpc" in data:
            return Typed(data["params"])
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def handle_message(self, message: Any) -> None:
        """Pass a message on to who is concerned."""
        if not isinstance(message, Typed):
            super().handle_message(message)
        elif not self._shutdown:
            self._server.did_change(message.params)

    def tell(self, method: str, params: bytes) -> None:
        """Send a notification whose parameters are JSON."""
        self._say(f'"method":{json.dumps(method)},"params":'.encode(), params)

    def _say(self, before: bytes, value: bytes) -> None:
        """Send a message whose last field has its name at the end of ``before``."""
        body = b'{"jsonrpc":"2.0",%s%s}' % (before, value)
        if self.writer is not None:
            self.writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))


class Server(LanguageServer):
    """One client's server."""

    protocol: Protocol

    def __init__(self, worker: Sequence[str] = ()) -> None:
        """``worker`` is the command that starts one."""
        super().__init__(
            *("conflict-lint", __version__),
            notebook_document_sync=NOTEBOOKS,
            protocol_cls=Protocol,
            converter_factory=default_converter,
        )
        self.was_shut_down = False
        self.worker = Worker(worker or command(), self._opened_again, self._give_up, self._lost)
        self._numbers = itertools.count()
        self._revisions: dict[str, int] = {}
        """The newest of each open document and notebook."""
        self._homes: dict[str, str] = {}
        """The notebook of each open cell."""
        self._journal: dict[str, list[Call]] = {}
        """The calls that brought each document to where it is in the worker."""
        self.scanned: set[str] = set()
        """Files with diagnostics that are not open."""
        self._options: Mapping[str, Any] = {}
        self._settings: Mapping[str, Mapping[str, Any]] = {}
        self._idle: asyncio.TimerHandle | None = None
        self._register()

    def _register(self) -> None:
        # pygls would keep a copy of every document, with the line ends of str.splitlines, which are not the protocol's
        for method, handler in (
            (types.TEXT_DOCUMENT_DID_OPEN, self._did_open),
            (types.TEXT_DOCUMENT_DID_CLOSE, self._did_close),
            (types.NOTEBOOK_DOCUMENT_DID_OPEN, self._notebook_did_open),
            (types.NOTEBOOK_DOCUMENT_DID_CHANGE, self._notebook_did_change),
            (types.NOTEBOOK_DOCUMENT_DID_CLOSE, self._notebook_did_close),
        ):
            self.protocol.fm.add_builtin_feature(method, handler)
        kinds = [types.CodeActionKind.QuickFix, f"{types.CodeActionKind.SourceFixAll.value}.conflict-lint"]
        actions = types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)
        pull = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=False, identifier=SOURCE)
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
        for name, run in (
            (EXPLAIN, self._explain),
            ("conflict-lint.showConfiguration", self._show_configuration),
            ("conflict-lint.debugInformation", self._debug_information),
            ("conflict-lint.checkWorkspace", self._check_workspace),
            ("conflict-lint.fixWorkspace", self._fix_workspace),
        ):
            self.command(name)(functools.partial(run))

    # --- life -------------------------------------------------------------------------------------------------------

    def _initialize(self, params: types.InitializeParams) -> None:
        options = params.initialization_options
        self._options = options if isinstance(options, dict) else {}

    async def _initialized(self, _: types.InitializedParams) -> None:
        self._ask(EVERYTHING, "warm_up")
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

    def _start_io_async(self, stdin: BinaryIO | None = None, stdout: BinaryIO | None = None) -> None:
        self._stop_event = Event()
        self.protocol.set_writer(StdoutWriter(stdout or sys.stdout.buffer))
        try:
            asyncio.run(self._converse(stdin or sys.stdin.buffer, self._stop_event))
        except BrokenPipeError:
            logger.error("the client has gone")
        except (KeyboardInterrupt, SystemExit):
            pass
        finally:
            self.shutdown()  # type: ignore[no-untyped-call]

    async def _converse(self, stdin: BinaryIO, stop: Event) -> None:
        reader = await stdio.reader(stdin, self.thread_pool)
        await run_async(stop, reader, self.protocol, logger, self.report_server_error)

    def _shutting_down(self, _: None) -> None:
        self.was_shut_down = True
        self._revisions.clear()
        if self._idle is not None:
            self._idle.cancel()
        self.worker.stop()

    def report_server_error(self, error: Exception, source: ServerErrors) -> None:
        """Log what nobody else has logged; a pop-up per keystroke helps nobody."""
        if not isinstance(error, JsonRpcException) or source is JsonRpcException:
            logger.error("a notification failed", exc_info=error)

    # --- documents --------------------------------------------------------------------------------------------------

    def _did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        opened = params.text_document
        if opened.uri not in self._homes and (opened.language_id == "python" or opened.uri.endswith(".py")):
            self._follow(opened.uri, ("open", opened.uri, file_of(opened.uri), opened.version, opened.text))

    def did_change(self, params: dict[str, Any]) -> None:
        """Note a change of a document, as the client says it."""
        uri, version = params["textDocument"]["uri"], params["textDocument"]["version"]
        if uri in self._revisions:
            self._follow(uri, ("change", uri, version, params["contentChanges"]))

    def _did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._close(params.text_document.uri)

    def _close(self, uri: str) -> None:
        if self._revisions.pop(uri, None) is None:
            return

        def close() -> tuple[Call | None, Call]:
            self._journal.pop(uri, None)
            return None, ("close", uri)

        def closed(parts: list[str]) -> None:
            for part in () if self.pulls else parts:
                self.publish_nothing(part)

        self._then(self.worker.submit(uri, close), closed)
        self._touched([file_of(uri)])

    def _follow(self, uri: str, change: Call) -> None:
        """Bring a document to its newest revision, and say what is found there unless the client asks itself."""
        revision = self._revisions[uri] = next(self._numbers)
        changes = iter([change])

        def prepare() -> tuple[Call | None, Call | None]:
            made = next(changes, None)
            if made is not None:
                self._remember(uri, made)
            newest = self._revisions.get(uri) == revision
            return made, ("reports", uri) if newest and not self.pulls else None

        self.worker.overtake(uri)
        self._then(self._submit(uri, prepare), lambda told: self._say(uri, revision, told))
        self._touched([file_of(uri)], uri, revision)

    def _remember(self, uri: str, change: Call) -> None:
        """Note a change among the calls that bring a document to where it is."""
        journal = self._journal.setdefault(uri, [])
        if change[0].startswith("open"):
            journal.clear()
        journal.append(change)
        if len(journal) == LONG:
            self._shorten(uri, uri)

    def _report(self, uri: str) -> None:
        """Say again what is found in a document."""
        revision = self._revisions.get(uri)

        def prepare() -> tuple[None, Call | None]:
            return None, ("reports", uri) if self._revisions.get(uri) == revision is not None else None

        if not self.pulls:
            self._then(self._submit(uri, prepare), lambda told: self._say(uri, revision, told))

    def _say(self, uri: str, revision: int | None, told: Mapping[str, Any] | None) -> None:
        """Pass on what the worker found in a document, unless that has been overtaken."""
        for mark in told["marks"] if told else ():
            self.publish(mark.encode())
        if told and self._revisions.get(uri) == revision:
            for report in told.get("published", ()):
                self.publish(report)
            if told["status"]:
                self.protocol.notify(STATUS, told["status"])

    def publish(self, params: bytes) -> None:
        """Send the parameters of a notification about diagnostics."""
        self.protocol.tell(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def publish_nothing(self, uri: str) -> None:
        """Say that a text has no diagnostics any more."""
        self.publish(json.dumps({"uri": uri, "diagnostics": []}).encode())

    def _touched(self, paths: Sequence[str], source: str = "", revision: int = -1) -> None:
        """Look again at the documents that depend on files that have changed.

        ``source`` is an open one: while somebody types in it, what depends on it waits.
        """

        def prepare() -> tuple[None, Call | None]:
            typing = bool(source) and self._revisions.get(source) != revision
            return None, None if typing else ("touched", paths, source)

        def touched(uris: list[str] | None) -> None:
            for uri in uris or ():
                self._report(uri)

        if not source or len(self._revisions) > 1:
            self._then(self._submit(source or EVERYTHING, prepare), touched)

    # --- notebooks --------------------------------------------------------------------------------------------------

    def _notebook_did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        notebook, texts = params.notebook_document, params.cell_text_documents
        self._homes |= {text.uri: notebook.uri for text in texts}
        cells = ordered(notebook.cells, texts)
        self._follow(notebook.uri, ("open_notebook", notebook.uri, file_of(notebook.uri), notebook.version, cells))

    def _notebook_did_change(self, params: types.DidChangeNotebookDocumentParams) -> None:
        uri, version, cells = params.notebook_document.uri, params.notebook_document.version, params.change.cells
        if uri not in self._revisions or cells is None:
            return
        structure = cells.structure
        opened = list(structure.did_open or ()) if structure else []
        self._homes |= {text.uri: uri for text in opened}
        texts = [
            (change.document.uri, change.document.version, [plain(event) for event in change.changes])
            for change in cells.text_content or ()
        ]
        array = structure.array if structure else types.NotebookCellArrayChange(0, 0)
        splice = array.start, array.delete_count
        for cell in (structure.did_close or ()) if structure else ():
            self._homes.pop(cell.uri, None)
            if not self.pulls:
                self.publish_nothing(cell.uri)
        self._follow(uri, ("change_notebook", uri, version, splice, ordered(array.cells or (), opened), texts))

    def _notebook_did_close(self, params: types.DidCloseNotebookDocumentParams) -> None:
        uri = params.notebook_document.uri
        self._homes = {cell: home for cell, home in self._homes.items() if home != uri}
        self._close(uri)

    # --- the worker's state -----------------------------------------------------------------------------------------

    def _opened_again(self) -> list[Call]:
        """The calls that bring a new worker to where the former one was."""
        calls: list[Call] = [("begin", self._client()), ("configure", self._roots(), self._settings)]
        return calls + [call for journal in self._journal.values() for call in journal]

    def _client(self) -> dict[str, Any]:
        """What the worker has to know of the client."""
        return {
            "roots": self._roots(),
            "encoding": self.workspace.position_encoding or "utf-16",
            "edits": edits_of(self.client_capabilities),
            "pulls": self.pulls,
            "terse": bool(self._options.get("showsMessages")),
            "status": bool(self._options.get("status")),
            "link": str(self._options.get("ruleLink", "")),
            "settings": self._options.get("settings") or {},
        }

    def _give_up(self, uri: str) -> None:
        """Leave a document alone, until it changes, at which the worker has ended again and again."""
        journal, given_up = self._journal.get(uri, []), ("give_up", uri, GIVEN_UP)
        if journal and journal[-1] != given_up:
            journal.append(given_up)
            self._report(uri)

    def _lost(self) -> None:
        """Tell the user that nothing will be shown any more."""
        text = "conflict-lint: the process that analyses cannot be started; the log says more"
        logger.error("the process that analyses ends as soon as it is started: %s", self.worker.command)
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, text))

    def _settle(self) -> None:
        """Have done what can wait, now that nobody waits."""
        self._then(self.worker.ask(LATER, "settle"), lambda _: None)
        for uri, journal in self._journal.items():
            if len(journal) > 1:
                self._shorten(uri, LATER)

    def _shorten(self, uri: str, key: str) -> None:
        """Remember a document as it is, and not how it came about."""

        def prepare() -> tuple[None, Call | None]:
            given_up = self._journal.get(uri, [("give_up",)])[-1][0] == "give_up"
            return None, None if given_up else ("as_opened", uri)

        def shortened(call: Call | None) -> None:
            if call is not None:
                self._journal[uri] = [call]

        self._then(self.worker.submit(key, prepare), shortened)

    # --- configuration ----------------------------------------------------------------------------------------------

    def _roots(self) -> list[str]:
        uris = [folder.uri for folder in self.workspace.folders.values()] or [self.workspace.root_uri or ""]
        return [path for path in map(to_fs_path, uris) if path]

    @property
    def pulls(self) -> bool:
        """Whether the client asks for diagnostics itself."""
        document = self.client_capabilities.text_document
        return document is not None and document.diagnostic is not None

    def _files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        modules = sorted({file_of(change.uri) for change in params.changes if change.uri.endswith(".py")})
        if modules:
            self._touched(modules)
        if len(modules) < len(params.changes):
            self._reconfigure({})

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
        self._reconfigure(given)

    def _reconfigure(self, given: Mapping[str, Mapping[str, Any]]) -> None:
        self._settings = {**self._settings, **given}

        def configured(found: Mapping[str, Any]) -> None:
            for mark in found["marks"]:
                self.publish(mark.encode())
            for uri in found["changed"]:
                self._report(uri)
            workspace = self.client_capabilities.workspace
            refreshes = workspace and workspace.diagnostics and workspace.diagnostics.refresh_support
            if found["changed"] and self.pulls and refreshes:
                self.workspace_diagnostic_refresh(None)

        self._then(self._ask(EVERYTHING, "configure", self._roots(), given), configured)

    # --- requests ---------------------------------------------------------------------------------------------------

    async def _diagnostic(self, params: types.DocumentDiagnosticParams) -> object:
        part, overtaken = params.text_document.uri, Overtaken(data={"retriggerRequest": True})
        uri = self._homes.get(part, part)
        told = await self._answer(part, "pull", params.previous_result_id, overtaken=overtaken)
        if told is None:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        self._say(uri, self._revisions.get(uri), told)
        return Worded(told["answer"])

    async def _hover(self, params: types.HoverParams) -> object:
        return worded(await self._answer(params.text_document.uri, "hover", place(params.position)))

    async def _completion(self, params: types.CompletionParams) -> object:
        return worded(await self._answer(params.text_document.uri, "complete", place(params.position))) or []

    async def _code_actions(self, params: types.CodeActionParams) -> object:
        only = params.context.only
        kinds = None if only is None else [getattr(kind, "value", kind) for kind in only]
        return worded(await self._answer(params.text_document.uri, "actions", where(params.range), kinds)) or []

    async def _resolve(self, action: types.CodeAction) -> types.CodeAction:
        if isinstance(action.data, dict):
            uri, key, version = str(action.data.get("uri")), str(action.data.get("key")), action.data.get("version")
            revision = self._revisions.get(self._homes.get(uri, uri))
            found = await self._ask(uri, "resolve", uri, version, key) if revision is not None else None
            if found is None or self._revisions.get(uri) != revision:
                raise JsonRpcContentModified()
            action.edit = self.edit(found)
        return action

    async def _answer(self, part: str, name: str, *arguments: Any, overtaken: JsonRpcException | None = None) -> Any:
        """Ask about the document as it is now; None if it is not open. Raises ``overtaken`` if it changes meanwhile."""
        uri = self._homes.get(part, part)
        revision = self._revisions.get(uri)
        if revision is None:
            return None

        def prepare() -> tuple[None, Call | None]:
            return None, (name, uri, part, *arguments) if self._revisions.get(uri) == revision else None

        asked = time.perf_counter()
        found = await self._submit(uri, prepare)
        logger.debug("%s answered after %.1f ms", uri, 1000 * (time.perf_counter() - asked))
        if self._revisions.get(uri) != revision:
            raise overtaken or JsonRpcContentModified()
        return found

    def edit(self, found: Mapping[str, Any]) -> types.WorkspaceEdit:
        """An edit that the worker has put into words."""
        edit: types.WorkspaceEdit = self.protocol._converter.structure(found, types.WorkspaceEdit)
        return edit

    # --- commands ---------------------------------------------------------------------------------------------------

    async def _explain(self, *words: Any) -> str:
        return await self._told("explain", str(words[0]) if words else "")

    async def _show_configuration(self, *uris: Any) -> str:
        return await self._told("configuration", file_of(str(uris[0])) if uris else "")

    async def _debug_information(self, *_: Any) -> str:
        return await self._told("debugging")

    async def _told(self, *call: Any) -> str:
        """Text for people: shown by the client that asked, or by us where it cannot show what a command returns."""
        text: str = await self._ask(EVERYTHING, *call)
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

    def _ask(self, key: str, *call: Any) -> asyncio.Future[Any]:
        return self._submit(key, lambda: (None, call))

    def _submit(self, key: str, prepare: Callable[[], tuple[Call | None, Call | None]]) -> asyncio.Future[Any]:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE, self._settle)
        return self.worker.submit(key, prepare)

    @staticmethod
    def _then(answer: asyncio.Future[Any], use: Callable[[Any], None]) -> None:
        """Use an answer when it comes; what goes wrong before is logged here, for nobody else waits for it."""

        def done(future: asyncio.Future[Any]) -> None:
            if not future.cancelled() and (error := future.exception()) is not None:
                logger.error("a notification failed", exc_info=error)
            elif not future.cancelled():
                use(future.result())

        answer.add_done_callback(done)


def worded(text: str | None) -> Worded | None:
    """An answer that the worker has put into words."""
    return Worded(text) if text is not None else None


def place(position: types.Position) -> tuple[int, int]:
    """A position as plain data."""
    return position.line, position.character


def where(range_: types.Range) -> dict[str, Any]:
    """A range as plain data."""
    return {
        name: {"line": at.line, "character": at.character}
        for name, at in (("start", range_.start), ("end", range_.end))
    }


def plain(event: types.TextDocumentContentChangeEvent) -> dict[str, Any]:
    """A content change as plain data."""
    ranged = {"range": where(event.range)} if isinstance(event, types.TextDocumentContentChangePartial) else {}
    return {**ranged, "text": event.text}


def edits_of(client: types.ClientCapabilities) -> dict[str, bool]:
    """What edits a client understands, by what it says of itself."""
    document, workspace = client.text_document, client.workspace
    edit = workspace.workspace_edit if workspace else None
    action = document.code_action if document else None
    lazy = action.resolve_support if action and action.data_support else None
    return {
        "versioned": bool(edit and edit.document_changes),
        "snippets": bool(edit and edit.document_changes and edit.snippet_edit_support),
        "lazy": lazy is not None and "edit" in lazy.properties,
    }


def ordered(cells: Iterable[types.NotebookCell], texts: Iterable[types.TextDocumentItem]) -> list[tuple[str, int, str]]:
    """The Python cells among some cells of a notebook, in their order: address, version and text."""
    known = {text.uri: text for text in texts if text.language_id == "python"}
    found = [known[cell.document] for cell in cells if cell.document in known]
    return [(text.uri, text.version, text.text) for text in found]


def file_of(uri: str) -> str:
    """The absolute path of a document; empty for one that has no file."""
    return to_fs_path(uri) or ""


def quiet() -> Callable[[logging.LogRecord], bool]:
    """A filter that drops overtaken requests, which are no errors, and the second sight of the same crash."""
    seen: set[tuple[object, ...]] = set()

    def shown(record: logging.LogRecord) -> bool:
        if not record.exc_info or record.exc_info[0] is None:
            return True
        if issubclass(record.exc_info[0], (JsonRpcContentModified, Overtaken)):
            return False
        crash = crashed(record.exc_info[1])
        new = crash not in seen
        seen.add(crash)
        return new

    return shown


def crashed(error: BaseException | None) -> tuple[object, ...]:
    """What two sights of one crash have in common."""
    if isinstance(error, AnswerError):
        return (error.told,)
    frames = traceback.extract_tb(error.__traceback__ if error is not None else None)
    return (type(error), frames[-1].filename, frames[-1].lineno) if frames else (type(error),)
