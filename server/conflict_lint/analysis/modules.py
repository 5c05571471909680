"""The modules of a project as the analysis of one file sees them: read when they are needed, and kept.

A *pass* is one look at the project. What was read before a pass is used in it as long as the files are what they were;
what is computed from several files (``memo``) is used as long as all of them are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

from .imports import Found, Imports, View, imported
from .triage import Words

if TYPE_CHECKING:
    from ..catalogue import Catalogue
    from .following import Following
    from .link import Question
    from .units import Linked

T = TypeVar("T")
HOPS = 2
"""Through how many modules data is followed outward, from a write to those who give it."""
KEPT = 256
"""Modules that are kept beyond the pass in which they were read."""


Read = Callable[["Modules", str, str], "Following"]
"""Makes the document of a path and its text."""


@dataclass(slots=True)
class Memo:
    """A computed value and the state of each file that it depends on."""

    value: Any
    states: dict[str, object]
    changes: int


class Modules:
    """The modules that one view of a project shows."""

    def __init__(self, view: View, catalogue: Catalogue, read: Read) -> None:
        """``read`` makes a document."""
        self.view = view
        self.catalogue = catalogue
        self.imports = Imports(view, catalogue.construct.roots)
        self.changes = 0
        """How often anything was found changed; what was looked up in names holds for one count."""
        self._read = read
        self.words = Words.of(catalogue)
        self._open: WeakValueDictionary[str, Following] = WeakValueDictionary()
        self._closed: dict[str, tuple[object, Following]] = {}
        self._states: dict[str, object] = {}
        self._origins: dict[str, tuple[str, frozenset[str]]] = {}
        self._memos: dict[Hashable, Memo] = {}

    def begin(self, path: str, document: Following | None) -> None:
        """Begin a pass about the file at ``path``; other files may have changed since the last one.

        ``document`` stands for that file from now on, for as long as it lives.
        """
        self._states = {}
        self.imports.forget()
        if document is not None and self._open.get(path) is not document:
            self._open[path] = document
            if path not in self._closed or self._closed[path][1] is not document:
                self.changed(path)
        while len(self._closed) > KEPT:
            self._closed.pop(next(iter(self._closed)))
        if len(self._origins) > KEPT * 8:
            self._memos, self._origins = {}, {}

    def document(self, path: str, text: str) -> Following:
        """The document of a text that stands for the file at ``path``; the one that is kept where it has that text."""
        state = self.view.stamp(path)
        kept = self._closed.get(path)
        if kept is not None and kept[0] == state and kept[1].text == text:
            return kept[1]
        document = self._read(self, path, text)
        if state is not None and self.view.text(path) == text:
            self._closed[path] = (state, document)
        return document

    def changed(self, path: str) -> None:
        """The document at ``path`` is no longer what it was."""
        self.changes += 1
        self._states.pop(path, None)
        if path in self._open:
            self._closed.pop(path, None)

    def get(self, path: str) -> Following | None:
        """The module at ``path``; None when it cannot be read."""
        state = self.state(path)
        document = self._open.get(path)
        if document is not None or state is None:
            return document
        kept = self._closed.get(path)
        return kept[1] if kept is not None and kept[0] == state else self._load(path, state)

    def _load(self, path: str, state: object) -> Following | None:
        text = self.view.text(path)
        if path in self._closed:
            self.changes += 1
        if text is None:
            self._closed.pop(path, None)
            return None
        document = self._read(self, path, text)
        self._closed[path] = (state, document)
        return document

    def link(self, path: str) -> Linked | None:
        """The names of the module at ``path``."""
        document = self.get(path)
        return document.linked() if document is not None else None

    def receives(self, path: str, text: str, level: int = HOPS) -> bool:
        """Whether a module may have findings or gives data to writes, those ``level`` modules further included."""
        if self.words.concern(text) and self.words.trigger(text):
            return True
        for module in self.imports_of(path, text)[0] if level else ():
            document = self.get(module)
            if document is not None and document.escaping(level - 1):
                return True
        return False

    def offered(self, path: str) -> frozenset[str]:
        """The names by which other modules may use what has to do with an SDK in the module at ``path``."""
        document = self.get(path)
        if document is None or not self.words.concern(document.text):
            return frozenset()
        return document.linked().offered

    def state(self, path: str) -> object:
        """What stands for the present content of ``path``; None where there is no such file."""
        if path not in self._states:
            document = self._open.get(path)
            self._states[path] = document.state if document is not None else self.view.stamp(path)
        return self._states[path]

    def find(self, origin: str, importer: str) -> Found | None:
        """The module that an import in the file at ``importer`` means, if it is the project's."""
        return self.imports.find(origin, importer)[0]

    def child(self, path: str, name: str) -> str | None:
        """The module ``name`` of the package whose file is ``path``."""
        return self.imports.child(path, name)

    def around(self, path: str, text: str, level: int) -> set[str]:
        """The files that decide whether a module gives data to writes ``level`` modules further, its own included."""
        imports, probed = self.imports_of(path, text)
        paths = {path, *probed}
        for module in imports if level else ():
            paths.add(module)
            paths.update(self.memo_paths(("escaping", module, level - 1)))
        return paths

    def imports_of(self, path: str, text: str) -> tuple[tuple[str, ...], frozenset[str]]:
        """The project's modules that a module imports, in order, and the paths whose existence decides that."""
        known = self._origins.get(path)
        if known is None or known[0] is not text:
            known = self._origins[path] = text, frozenset(origin for _, origin in imported(text))
        found: set[str] = set()
        probed: set[str] = set()
        for origin in known[1]:
            module, looked = self.imports.find(origin, path)
            probed |= looked
            if module is not None and module.path != path:
                found.add(module.path)
        return tuple(sorted(found)), frozenset(probed)

    def answer(self, question: Question) -> tuple[object, ...]:
        """What a module says to a question about a name; nothing where there is no such module any more."""
        path, kind, *rest = question
        if kind == "import":
            found = self.find(rest[0], path)
            return (found.path, found.rest) if found else ()
        linked = self.link(path)
        return linked.link.answer(question) if linked is not None else ()

    def memo(self, key: Hashable, compute: Callable[[], tuple[T, Iterable[str]]]) -> T:
        """What ``compute()`` gives first; done again only when a file has changed that it gives second."""
        return self._memo(key, compute).value  # type: ignore[no-any-return]

    def memo_paths(self, key: Hashable) -> Iterable[str]:
        """The files that a computed value depends on."""
        return self._memos[key].states if key in self._memos else ()

    def _memo(self, key: Hashable, compute: Callable[[], tuple[T, Iterable[str]]]) -> Memo:
        memo = self._memos.get(key)
        if memo is None or (memo.changes != self.changes and not self._holds(memo)):
            changes = self.changes
            value, paths = compute()
            memo = self._memos[key] = Memo(value, {path: self.state(path) for path in sorted(paths)}, changes)
        memo.changes = self.changes
        return memo

    def _holds(self, memo: Memo) -> bool:
        return all(self.state(path) == state for path, state in memo.states.items())
