"""The shell between pygls and the documents: order, staleness, threads and logging. It decides nothing about code.

Everything that touches a document runs on one worker thread, in the order in which the client spoke; the event loop
only reads, and knows the newest revision of each document. A job about an older revision is skipped, so many keystrokes
cost one analysis, and an answer that was overtaken while it was computed is not sent.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import itertools
import logging
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from conflict_lint import __version__
from conflict_lint.lsp import wire

if TYPE_CHECKING:
    from pygls.server import ServerErrors

    from conflict_lint.analysis.source import Encoding
    from conflict_lint.lsp.documents import Document
    from conflict_lint.lsp.folders import Folders

T = TypeVar("T")

IDLE = 1.0  # seconds without a message after which what can wait is done
YOUNG, OLD = 20_000, 50  # new objects, and collections of the young ones, after which garbage is collected
WATCHED = ("**/conflict-lint.toml", "**/pyproject.toml", "**/*.py")
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
        super().__init__("conflict-lint", __version__)
        self.was_shut_down = False
        self._worker = ThreadPoolExecutor(1, "conflict-lint")
        self._numbers = itertools.count()
        self._revisions: dict[str, int] = {}  # the newest of each open document; written on the event loop only
        self._documents: dict[str, Document] = {}  # used on the worker only, as is ``_folders``
        self._folders: Folders | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._register()

    def _register(self) -> None:
        # pygls would keep a copy of every document, with the line ends of str.splitlines, which are not the protocol's
        for method, handler in (
            (types.TEXT_DOCUMENT_DID_OPEN, self._did_open),
            (types.TEXT_DOCUMENT_DID_CHANGE, self._did_change),
            (types.TEXT_DOCUMENT_DID_CLOSE, self._did_close),
        ):
            self.protocol.fm.add_builtin_feature(method, handler)
        actions = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
        pull = types.DiagnosticOptions(
            inter_file_dependencies=True, workspace_diagnostics=False, identifier=wire.SOURCE
        )
        features: tuple[tuple[str, Callable[..., object], object], ...] = (
            (types.INITIALIZED, self._initialized, None),
            (types.SHUTDOWN, self._shutting_down, None),
            (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self._files_changed, None),
            (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, self._reconfigured, None),
            (types.TEXT_DOCUMENT_HOVER, self._hover, None),
            (types.TEXT_DOCUMENT_CODE_ACTION, self._code_actions, actions),
            (types.TEXT_DOCUMENT_DIAGNOSTIC, self._diagnostic, pull),
        )
        for name, answer, options in features:
            # pygls leaves a mark on what it registers, and a bound method takes none
            self.feature(name, options)(functools.partial(answer))

    # --- life -------------------------------------------------------------------------------------------------------

    async def _initialized(self, _: types.InitializedParams) -> None:
        self._submit(warm_up)
        watched = self.client_capabilities.workspace and self.client_capabilities.workspace.did_change_watched_files
        if watched and watched.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = types.Registration(id=method, method=method, register_options=options)
            await self.client_register_capability_async(types.RegistrationParams([registration]))

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
        if opened.language_id == "python" or opened.uri.endswith(".py"):
            self._follow(opened.uri, lambda: self._open(opened))

    def _did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        uri, version = params.text_document.uri, params.text_document.version
        if uri in self._revisions:
            changes = [wire.change(event) for event in params.content_changes]
            self._follow(uri, lambda: self._documents[uri].change(version, changes))

    def _did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        if self._revisions.pop(uri, None) is not None:
            self._submit(lambda: self._close(uri))

    def _follow(self, uri: str, apply: Callable[[], None]) -> None:
        """Bring a document to its newest revision, and say what is found there unless the client asks itself."""
        revision = self._revisions[uri] = next(self._numbers)

        def follow() -> None:
            apply()
            self._show(uri, self._documents[uri].source.text)
            if not self._pulls:
                self._publish(uri, revision)

        self._submit(follow)
        self._submit(lambda: self._touched({file_of(uri)}, uri, revision))

    def _show(self, uri: str, text: str | None) -> None:
        """Let an open document's text stand for its file where other documents import it."""
        texts, path = self._workspace_folders().open_files.texts, file_of(uri)
        if text is None:
            texts.pop(path, None)
        else:
            texts[path] = text

    def _touched(self, paths: set[str], source: str = "", revision: int = -1) -> None:
        """Look again at the documents that depend on files that have changed.

        ``source`` is an open one: while somebody types in it, what depends on it waits.
        """
        if source and self._revisions.get(source) != revision:
            return
        for uri, document in self._documents.items():
            if uri != source and any(document.depends_on(path) for path in paths):
                document.forget()
                if not self._pulls and uri in self._revisions:
                    self._publish(uri, self._revisions[uri])

    def _publish(self, uri: str, revision: int) -> None:
        if self._revisions.get(uri) != revision:
            return
        report = self._documents[uri].report()
        if self._revisions.get(uri) == revision:
            self.text_document_publish_diagnostics(wire.pushed(report))

    def _open(self, opened: types.TextDocumentItem) -> None:
        from conflict_lint.lsp.documents import Document

        place = self._workspace_folders().place(file_of(opened.uri))
        encoding = ENCODINGS[self.workspace.position_encoding or ""]
        self._documents[opened.uri] = Document(opened.uri, opened.version, opened.text, place, encoding)

    def _close(self, uri: str) -> None:
        self._documents.pop(uri, None)
        self._show(uri, None)
        self._touched({file_of(uri)})
        if not self._pulls:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    def _workspace_folders(self) -> Folders:
        if self._folders is None:
            from conflict_lint.lsp.folders import Folders

            self._folders = Folders(self._roots())
        return self._folders

    def _roots(self) -> list[str]:
        uris = [folder.uri for folder in self.workspace.folders.values()] or [self.workspace.root_uri or ""]
        return [path for path in map(to_fs_path, uris) if path]

    @property
    def _pulls(self) -> bool:
        document = self.client_capabilities.text_document
        return document is not None and document.diagnostic is not None

    # --- configuration ----------------------------------------------------------------------------------------------

    def _files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        modules = {file_of(change.uri) for change in params.changes if change.uri.endswith(".py")}
        if modules:
            self._submit(lambda: self._touched(modules))
        if len(modules) < len(params.changes):
            self._reconfigured(params)

    def _reconfigured(self, _: types.DidChangeWatchedFilesParams | types.DidChangeWorkspaceFoldersParams) -> None:
        revisions = dict(self._revisions)
        self._submit(lambda: self._reconfigure(revisions))

    def _reconfigure(self, revisions: dict[str, int]) -> None:
        folders = self._workspace_folders()
        folders.reload(self._roots())
        for uri, document in self._documents.items():
            document.configure(folders.place(file_of(uri)))
            if not self._pulls:
                self._publish(uri, revisions.get(uri, -1))
        workspace = self.client_capabilities.workspace
        if self._pulls and workspace and workspace.diagnostics and workspace.diagnostics.refresh_support:
            self.workspace_diagnostic_refresh(None)

    # --- requests ---------------------------------------------------------------------------------------------------

    async def _diagnostic(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        overtaken = Overtaken(data={"retriggerRequest": True})
        report = await self._ask(params.text_document.uri, lambda document: document.report(), overtaken)
        return wire.pulled(report, params.previous_result_id)

    async def _hover(self, params: types.HoverParams) -> types.Hover | None:
        position = wire.plain_position(params.position)
        return wire.hover(await self._ask(params.text_document.uri, lambda document: document.hover(position)))

    async def _code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        if not wire.wants_quick_fixes(params.context.only):
            return []
        wanted = wire.plain_range(params.range)
        actions = await self._ask(params.text_document.uri, lambda document: document.actions(wanted))
        workspace = self.client_capabilities.workspace
        versioned = bool(workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes)
        return [wire.code_action(action, versioned) for action in actions or ()]

    async def _ask(
        self, uri: str, question: Callable[[Document], T], overtaken: JsonRpcException | None = None
    ) -> T | None:
        """Ask about the document as it is now; None if it is not open. Raises ``overtaken`` if it changes meanwhile."""
        revision = self._revisions.get(uri)
        if revision is None:
            return None

        def answer() -> T | None:
            return question(self._documents[uri]) if self._revisions.get(uri) == revision else None

        found = await asyncio.wrap_future(self._submit(answer, logged=False))
        if self._revisions.get(uri) != revision:
            raise overtaken or JsonRpcContentModified()
        return found

    # --- work -------------------------------------------------------------------------------------------------------

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
    Document("", 0, first_words, Place("", ProjectView(""), Settings()), "utf-16").report()
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
