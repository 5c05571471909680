"""Everything that touches documents, behind calls with plain data; see ``worker`` for the process in which it runs."""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from conflict_lint.analysis.modules import nothing
from conflict_lint.analysis.source import Encoding
from conflict_lint.catalogue import load
from conflict_lint.config import Settings
from conflict_lint.lsp import commands, wire
from conflict_lint.lsp.answers import Status
from conflict_lint.lsp.documents import Document
from conflict_lint.lsp.folders import Folders, Place
from conflict_lint.lsp.notebooks import Cell, Notebook
from conflict_lint.lsp.wire import Json
from conflict_lint.project import ProjectView

KEPT = 150_000
"""Code points of documents whose analysis is kept beside that of the one in use; the others are analysed anew."""
LET_GO = 100_000
"""Code points of documents whose analysis has been dropped, after which all garbage is collected."""
YOUNG = 20_000
"""New objects after which the garbage among them is collected."""
LINE_IN_REASON = re.compile(r"\bat line (\d+)")


@dataclass(frozen=True, slots=True)
class Client:
    """What the worker has to know of the client.

    ``pulls`` says that it asks for diagnostics itself, ``terse`` that it shows the messages of findings beside a hover,
    ``status`` that it wants to know why a document shows what it shows. ``link`` is the pattern of the addresses of
    rules' pages, ``settings`` are those for all folders.
    """

    roots: Sequence[str] = ()
    encoding: Encoding = "utf-16"
    edits: wire.Edits = field(default_factory=wire.Edits)
    pulls: bool = False
    terse: bool = False
    status: bool = False
    link: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Client:
        """A client from plain data."""
        return cls(**{**fields, "edits": wire.Edits(**fields["edits"])})


class Desk:
    """The documents that are open. Every method is a call of the server's: plain data in, plain data out.

    ``uri`` is a document or a notebook; where ``part`` stands beside it, that is the document or one of its cells.
    """

    def __init__(self, client: Client, pause: Callable[[], None] = nothing) -> None:
        """``pause`` is called during an analysis and may raise PutAside, which ends the call that asked."""
        self.client = client
        self._pause = pause
        self.documents: dict[str, Document] = {}
        """The open documents, that in use last."""
        self._paths: dict[str, str] = {}
        self._statuses: dict[str, Status] = {}
        self._given_up: set[str] = set()
        self._let_go = 0
        self._marked: dict[str, str] = {}
        self._written: defaultdict[str, wire.Written] = defaultdict(wire.Written)
        """What was last said of each text."""
        self._folders = Folders(client.roots, client.link)
        self._folders.adjust("", client.settings)

    # --- documents --------------------------------------------------------------------------------------------------

    def open(self, uri: str, path: str, version: int, text: str) -> None:
        """Open a document; ``path`` is absolute, empty where it has no file."""
        self._opened(Document(uri, version, text, self._folders.place(path), self.client.encoding), path)

    def open_notebook(self, uri: str, path: str, version: int, cells: Sequence[tuple[str, int, str]]) -> None:
        """Open a notebook; its code ``cells`` are address, version and text."""
        opened = [Cell(*cell) for cell in cells]
        self._opened(Notebook(uri, version, opened, self._folders.place(path), self.client.encoding), path)

    def _opened(self, document: Document, path: str) -> None:
        document.pause = self._pause
        self.documents[document.uri] = document
        self._paths[document.uri] = path
        self._show(document.uri)

    def change(self, uri: str, version: int, changes: Sequence[Json]) -> None:
        """Apply the content changes of one notification."""
        document = self._changing(uri)
        document.change(version, [wire.change(event) for event in changes])
        self._show(uri)

    def change_notebook(
        self,
        uri: str,
        version: int,
        splice: tuple[int, int],
        new: Sequence[tuple[str, int, str]],
        texts: Sequence[tuple[str, int, Sequence[Json]]],
    ) -> None:
        """Put ``new`` cells in place of others (from where on, how many), then change the texts of cells."""
        notebook = cast("Notebook", self._changing(uri))
        changes = [(cell, number, [wire.change(event) for event in events]) for cell, number, events in texts]
        notebook.change_cells(version, (splice[0], splice[1]), [Cell(*cell) for cell in new], changes)

    def _changing(self, uri: str) -> Document:
        document = self.documents[uri]
        if uri in self._given_up:
            self._given_up.discard(uri)
            document.configure(self._folders.place(self._paths[uri]))
        return document

    def give_up(self, uri: str, reason: str) -> None:
        """Leave a document alone until it is changed."""
        self._given_up.add(uri)
        self.documents[uri].configure(replace(self.documents[uri].place, silence=reason))

    def close(self, uri: str) -> list[str]:
        """Close a document; returns the addresses of its texts."""
        document = self.documents.pop(uri)
        self._let_go += document.weight
        self._statuses.pop(uri, None)
        self._given_up.discard(uri)
        self._folders.open_files.texts.pop(self._paths.pop(uri), None)
        parts = [part for part, _ in document.parts()]
        for part in parts:
            self._written.pop(part, None)
        return parts

    def _show(self, uri: str) -> None:
        """Let an open document's text stand for its file where other documents import it."""
        path = self._paths[uri]
        if path.endswith(".py"):
            self._folders.open_files.texts[path] = self.documents[uri].source.text

    def touched(self, paths: Sequence[str], source: str = "") -> list[str]:
        """Note that files have changed, ``source`` being an open one; returns who depends on them."""
        found = []
        for uri, document in self.documents.items():
            if uri != source and any(document.depends_on(path) for path in paths):
                document.forget()
                found.append(uri)
        return found

    def _in_use(self, uri: str) -> Document:
        """A document somebody asks about; what is known of those that nobody has asked about for long is dropped.

        The one that was in use before it stays, however long it is: people go to and fro between two.
        """
        document = self.documents[uri] = self.documents.pop(uri)
        before = [*self.documents.values()][-2::-1]
        room = KEPT - sum(other.weight for other in before[:1])
        for other in before[1:]:
            room -= other.weight
            if room < 0:
                self._let_go += other.weight
                other.rest()
        return document

    # --- findings ---------------------------------------------------------------------------------------------------

    def reports(self, uri: str) -> Json:
        """The diagnostics of each text of a document, as notifications."""
        document = self._in_use(uri)
        published = [self._written[report.uri].pushed(report) for report in document.reports()]
        return {"published": published, **self._told(document)}

    def pull(self, uri: str, part: str, known: str | None) -> Json:
        """The diagnostics of one text, for a client that has the report called ``known``."""
        document = self._in_use(uri)
        return {"answer": self._written[part].pulled(document.report(part), known), **self._told(document)}

    def _told(self, document: Document) -> Json:
        """Why a document shows what it shows, where that is news and the client wants to know; broken settings, too."""
        status = document.status()
        news = self.client.status and self._statuses.get(document.uri) != status
        self._statuses[document.uri] = status
        return {"marks": self._marks(), "status": asdict(status) if news else None}

    def _marks(self) -> list[str]:
        """What is to be shown in configuration files, where that is news."""
        marks = {}
        for path, error in self._folders.problems.items():
            if path:
                uri = Path(path).as_uri()
                line = error.line or int((LINE_IN_REASON.search(error.reason) or (0, 0))[1])
                marks[uri] = wire.broken_configuration(uri, error.reason, line)
        news = [mark for uri, mark in marks.items() if self._marked.get(uri) != mark]
        news += [wire.nothing(uri) for uri in self._marked if uri not in marks]
        self._marked = marks
        return news

    # --- questions --------------------------------------------------------------------------------------------------

    def hover(self, uri: str, part: str, position: tuple[int, int]) -> str:
        """What is known about a place."""
        line, column = position
        return wire.hover(self._in_use(uri).hover(part, (line, column), self.client.terse))

    def complete(self, uri: str, part: str, position: tuple[int, int]) -> str:
        """What may stand at a place."""
        line, column = position
        return wire.text([wire.completion(word) for word in self._in_use(uri).completions(part, (line, column))])

    def actions(self, uri: str, part: str, where: Json, kinds: Sequence[str] | None) -> str:
        """What can be done in a range."""
        wanted, edits = wire.plain_range(where), self.client.edits
        actions = self._in_use(uri).actions(part, wanted, kinds, edits.lazy)
        return wire.text([edits.action(action) for action in actions])

    def resolve(self, uri: str, version: int, key: str) -> Json | None:
        """The edit of an action that was offered for a version; None where that has passed."""
        document = self._in_use(uri)
        return self.client.edits.workspace_edit(document.edits(key)) if document.version == version else None

    # --- settings ---------------------------------------------------------------------------------------------------

    def configure(self, roots: Sequence[str], given: Mapping[str, Mapping[str, Any]]) -> Json:
        """Read the configuration anew; ``given`` are the editor's settings by folder. Returns who is concerned."""
        self._folders.reload(roots)
        for root, settings in given.items():
            self._folders.adjust(root, settings)
        self._folders.look()
        changed = [
            uri
            for uri, document in self.documents.items()
            if uri not in self._given_up and document.configure(self._folders.place(self._paths[uri]))
        ]
        return {"changed": changed, "marks": self._marks()}

    # --- commands ---------------------------------------------------------------------------------------------------

    def explain(self, word: str) -> str:
        """A page about a word."""
        return commands.explained(self._folders, word)

    def configuration(self, path: str) -> str:
        """The settings of a file."""
        return commands.configuration(self._folders, path)

    def debugging(self) -> str:
        """What a bug report should have."""
        return commands.debugging(self._folders, self._statuses.values(), self.client.encoding)

    def files(self) -> list[tuple[str, str]]:
        """The files of the workspace, absolute and as people see them."""
        return [(file.path, file.shown) for file in commands.files(self._folders)]

    def check(self, path: str) -> Json | None:
        """The findings in a file of the workspace; None for one that is open or cannot be read."""
        document = commands.opened(self._folders, path, self.client.encoding)
        if document is None or document.uri in self.documents:
            return None
        document.pause = self._pause
        (report,) = document.reports()
        published = wire.Written().pushed(report, versioned=False)
        return {"uri": document.uri, "count": len(report.diagnostics), "published": [published]}

    def repair(self, path: str) -> Json | None:
        """The edit that makes the safe repairs in a file of the workspace, open or not; None where there is nothing."""
        document = commands.opened(self._folders, path, self.client.encoding)
        if document is None:
            return None
        document.pause = self._pause
        current = self.documents.get(document.uri)
        # The client knows no version of what is not open.
        edits = current.edits("all") if current else [edit.unversioned() for edit in document.edits("all")]
        return self.client.edits.workspace_edit(edits) if edits else None

    # --- housekeeping -----------------------------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Load what the first document needs, while the client is still busy with its own start."""
        catalogue = load()
        first_words = f"import {catalogue.gate_words[0].decode()}\n{min(catalogue.write_words)}\n"
        Document("", 0, first_words, Place("", ProjectView(""), Settings()), "utf-16").reports()
        gc.collect()
        gc.freeze()

    def settle(self) -> None:
        """Do what can wait until nobody waits."""
        self._let_go = 0
        gc.collect()

    def tidy(self) -> None:
        """Collect garbage if there may be much. Automatic collection is off: its pauses would be inside an answer."""
        if self._let_go > LET_GO:
            self.settle()
        elif gc.get_count()[0] > YOUNG:
            gc.collect(1)

    def as_opened(self, uri: str) -> Sequence[object]:
        """The call that opens a document as it is now."""
        document, path = self.documents[uri], self._paths[uri]
        if isinstance(document, Notebook):
            cells = [(cell.uri, cell.version, cell.text) for cell in document.cells]
            return "open_notebook", uri, path, document.version, cells
        return "open", uri, path, document.version, document.source.text
