"""The modules of a project as the analysis of one file sees them: read when they are needed, and kept.

A *pass* is one look at the project. What was read before a pass is used in it as long as the files are what they were;
what is computed from several files (``memo``) is used as long as all of them are.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from .imports import INIT, Found, Imported, Imports, Summary, View, outermost
from .traits import calling_again
from .triage import Gate, Words, mentioned_in

if TYPE_CHECKING:
    from ..catalogue import Catalogue
    from .following import Following
    from .link import Question
    from .linked import Linked

T = TypeVar("T")
HOPS = 2
"""Through how many modules data is followed outward, from a write to those who give it."""
KEPT = 16_000_000
"""Code points of modules that are kept beyond the pass in which they were used."""
KEPT_ELSEWHERE = 1_000_000
"""The same where the next file is in another folder of the root: what it needs is seldom what was read so far."""
KEPT_BESIDE_OPEN = 500_000
"""The same where files are open in an editor, which goes on for hours and looks at few of them at a time."""
AT_ONCE = 300_000
"""Code points of a text that is parsed at once where somebody may wait: 100 ms."""
OF_CHUNKS = ("relevant", "triggers")
"""The memos that hold chunks of the document whose path is beside the name."""

Read = Callable[["Modules", str, str, bool], "Following"]
"""Makes the document of a path and its text; the last argument says whether most of it will be looked at."""


class Outline(NamedTuple):
    """What is known of a module before it is cut.

    ``speaks`` says whether it has to do with an SDK, ``triggers`` whether it may write or judge errors itself,
    ``imports`` are the names that it imports, here and where they come from. ``digest`` stands for its text in this
    process, None where somebody edits it.
    """

    digest: int | None
    speaks: bool
    triggers: bool
    imports: frozenset[tuple[str, str]]

    def here(self, names: AbstractSet[str]) -> set[str]:
        """Names of imported modules as this one calls them; methods, which have a dot before them, keep their names."""
        stars = any(local == "*" for local, _ in self.imports)
        called = {local for local, origin in self.imports if origin.rpartition(".")[2] in names}
        return called | {name for name in names if stars or name.startswith(".")}

    def origins(self, names: AbstractSet[str]) -> AbstractSet[str]:
        """Names that this module mentions, and what these call in the modules that they come from."""
        return names | {origin.rpartition(".")[2] for local, origin in self.imports if local in names}


class Told(NamedTuple):
    """Of the functions that were ``asked`` for, those through whose parameters a write gets its data."""

    asked: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(slots=True)
class Memo:
    """A computed value and the state of each file that it depends on, as of one count of changes."""

    value: Any
    states: dict[str, object]
    changes: int


class Closed(NamedTuple):
    """A document that nobody edits, the state of its file when it was read, and its size in code points."""

    state: Hashable
    document: "Following"
    size: int


class PutAside(BaseException):
    """Something else is more urgent. What was followed so far is kept, and the next pass goes on from there."""


def nothing() -> None:
    """Nobody is in a hurry."""


class Modules:
    """The modules that one view of a project shows.

    ``pause`` is called between two steps of a pass, and may raise PutAside.
    """

    def __init__(self, view: View, catalogue: Catalogue, read: Read) -> None:
        """``read`` makes a document."""
        self.view = view
        self.catalogue = catalogue
        self.changes = 0
        """How often anything was found changed; what was looked up in names holds for one count."""
        self._read = read
        self._gate = Gate(catalogue)
        self.pause: Callable[[], None] = nothing
        self._imports = Imports(view, catalogue.construct.roots, catalogue.modules)
        self._open: WeakValueDictionary[str, Following] = WeakValueDictionary()
        self._closed: dict[str, Closed] = {}
        self._used: set[str] = set()
        self._size = 0
        self._outlines: dict[str, tuple[object, Outline]] = {}
        self._memos: dict[Hashable, Memo] = {}
        self._states: dict[str, object] = {}
        self._imported: dict[str, tuple[Outline, tuple[str, ...], frozenset[str]]] = {}
        self._acting: dict[str, tuple[Outline, bool]] = {}
        self._again: dict[str, tuple[Outline, frozenset[str]]] = {}
        self._texts: dict[str, str] = {}
        self._words: Words | None = None
        self._reached: dict[tuple[str, int], bool] = {}
        self._around: dict[tuple[str, int], frozenset[str]] = {}
        self._summaries: dict[tuple[str, str, int], Summary] = {}

    @property
    def words(self) -> Words:
        """The words by which chunks are told apart."""
        if self._words is None:
            self._words = Words.of(self.catalogue)
        return self._words

    def begin(self, path: str, text: str, document: Following | None) -> None:
        """Begin a pass about the file at ``path`` with this text; other files may have changed since the last one.

        ``document`` stands for that file from now on, for as long as it lives.
        """
        if not self.view.settled:
            self._states, self._imported, self._reached, self._around = {}, {}, {}, {}
            self._imports.forget()
        if document is not None and self._open.get(path) is not document:
            self._open[path] = document
            if path not in self._closed or self._closed[path].document is not document:
                self.changed(path)
        if self.view.settled and outermost(path) != outermost(next(iter(self._texts), path)):
            self._leave()
        self._texts = {path: text}
        if document is None:
            if self._open.pop(path, None) is not None:  # another text stands for the file from now on
                self.changed(path)
            known = self._outlines.get(path)
            digest = hash(text)
            same = known is not None and known[1].digest == digest
            outline = known[1] if known and same else self._outlined(text, digest, Imported.by(text))
            self._outlines[path] = self.state(path), outline
            if not same:
                self._reached, self._around = {}, {}
        self._keep(KEPT if self.view.settled else KEPT_BESIDE_OPEN)

    def _keep(self, most: int) -> None:
        """Keep ``most`` code points of modules and those that the last pass used; who was used long ago goes first."""
        for path in self._used & self._closed.keys():
            self._closed[path] = self._closed.pop(path)
        for path in [path for path in self._closed if path not in self._used] if self._size > most else ():
            if self._size > most:
                self._drop(path)
                self._forget_chunks(path)
        self._used.clear()

    def _leave(self) -> None:
        """Drop all modules at once, for they hold each other."""
        if self._size > KEPT_ELSEWHERE:
            self.changes += 1
            self._closed, self._memos, self._summaries, self._size = {}, {}, {}, 0
            if gc.isenabled():
                gc.collect()

    def _close(self, path: str, state: object, document: Following) -> None:
        self._drop(path)
        self._closed[path] = Closed(state, document, len(document.text))
        self._size += len(document.text)

    def _drop(self, path: str) -> None:
        kept = self._closed.pop(path, None)
        self._size -= kept.size if kept is not None else 0

    def document(self, path: str, text: str) -> Following:
        """The document of a text that stands for the file at ``path``; the one that is kept where it has that text."""
        state = self.view.stamp(path)
        kept = self._closed.get(path)
        if kept is not None and kept.state == state and kept.document.text == text:
            return kept.document
        # In an editor nobody waits for the whole of a long text to be parsed: each function is, before it is followed.
        document = self._new(path, text, whole=self.view.settled or len(text) <= AT_ONCE)
        if state is not None and self.view.text(path) == text:
            self._close(path, state, document)
        return document

    def changed(self, path: str) -> None:
        """The document at ``path`` is no longer what it was."""
        self.changes += 1
        self._states.pop(path, None)
        self._reached, self._around = {}, {}
        if path in self._open:
            self._drop(path)

    # --- single modules ---------------------------------------------------------------------------------------------

    def state(self, path: str) -> object:
        """What stands for the present content of ``path``; None where there is no such file or directory."""
        if path not in self._states:
            document = self._open.get(path)
            self._states[path] = document.state if document is not None else self._looked_at(path)
        return self._states[path]

    def _looked_at(self, path: str) -> object:
        return self._imports.listing(path[:-1]) if path.endswith("/") else self.view.stamp(path)

    def get(self, path: str) -> Following | None:
        """The module at ``path``; None when it cannot be read."""
        state = self.state(path)
        document = self._open.get(path)
        if document is not None or state is None:
            return document
        kept = self._closed.get(path)
        self._used.add(path)
        return kept.document if kept is not None and kept.state == state else self._load(path, state)

    def _load(self, path: str, state: object) -> Following | None:
        text = self.view.text(path)
        if path in self._closed:
            self.changes += 1
        if text is None:
            self._drop(path)
            return None
        document = self._new(path, text, whole=False)
        self._close(path, state, document)
        return document

    def _new(self, path: str, text: str, *, whole: bool) -> Following:
        self._forget_chunks(path)
        return self._read(self, path, text, whole)

    def _forget_chunks(self, path: str) -> None:
        """Drop the memos that speak of the chunks of a former document."""
        for name in OF_CHUNKS:
            self._memos.pop((name, path), None)

    def link(self, path: str) -> Linked | None:
        """The names of the module at ``path``."""
        document = self.get(path)
        return document.linked() if document is not None else None

    def outline(self, path: str) -> Outline:
        """What can be said of the module at ``path`` without cutting it."""
        state, known = self.state(path), self._outlines.get(path)
        if known is None or known[0] != state:
            document = self._open.get(path)
            if document is not None:
                outline = self._outlined(document.text, None, document.imported)
            else:
                text = self.view.text(path) or ""
                outline = self._outlined(text, hash(text), Imported.by(text))
            known = self._outlines[path] = state, outline
        return known[1]

    def _outlined(self, text: str, digest: int | None, imported: Imported) -> Outline:
        speaks = self._gate.concern(text)
        return Outline(digest, speaks, speaks and self.words.trigger(text), imported.names)

    def offered(self, path: str, *, passing: bool = True) -> frozenset[str]:
        """The names by which other modules may use what has to do with an SDK in the module at ``path``.

        A package offers what it imports, too, if it is ``passing`` it on.
        """
        return self._offer(path, passing).names

    def _offer(self, path: str, passing: bool) -> Summary:
        return self._summary("offered", path, int(passing), partial(self._offered, path, passing))

    def _offered(self, path: str, passing: bool) -> Summary:
        outline = self.outline(path)
        linked = self.link(path) if outline.speaks else None
        names = linked.offered if linked is not None else frozenset()
        imports, directories = self.imports_of(path)
        depends = {path, *imports, *directories}
        for module in imports if path.endswith(INIT) and passing else ():
            passed = self._offer(module, passing=False)
            names |= outline.here(passed.names)
            depends.update(passed.depends)
        return Summary("offered", path, int(passing), names, tuple(depends))

    def escaping(self, path: str, level: int, asked: AbstractSet[str] | None = None) -> frozenset[str]:
        """The functions of a module through whose parameters a write gets its data.

        Those of ``level`` modules further are included. ``asked`` are names that those mention who want to know;
        functions that go by none of them may be missing. None asks for all.
        """
        if not self.view.settled:
            self.get(path)  # which sees whether the file is another one now
        if asked is None:
            return self.memo(("escaping", path, level), lambda: self._escaping(path, level))
        return self._told(path, level, asked) if self._may_act(path) or self._reaches(path, level) else frozenset()

    def _escaping(self, path: str, level: int) -> tuple[frozenset[str], tuple[str, ...]]:
        found = self._summary("escaping", path, level, partial(self._found_escaping, path, level))
        return found.names, found.depends

    def _found_escaping(self, path: str, level: int, asked: AbstractSet[str] | None = None) -> Summary:
        document = self.get(path)
        if document is None:
            return Summary("escaping", path, level, frozenset(), (path,))
        return document.escaping(level, asked)

    def _told(self, path: str, level: int, asked: AbstractSet[str]) -> frozenset[str]:
        """What is known of those functions that somebody has asked for by now."""
        document = self.get(path)
        asked = document.linked().nameable(asked) if document is not None else frozenset()
        key = ("told", path, level)
        before = self._memos[key].value if key in self._memos else Told()
        told = self.memo(key, lambda: self._tell(path, level, before.asked | asked))
        fresh = asked - told.asked
        if fresh:
            more, paths = self._tell(path, level, fresh)
            told = Told(told.asked | fresh, told.names | more.names)
            states = self._memos[key].states | {path: self.state(path) for path in sorted(paths)}
            self._memos[key] = Memo(told, states, self.changes)
        return told.names

    def _tell(self, path: str, level: int, asked: AbstractSet[str]) -> tuple[Told, tuple[str, ...]]:
        found = self._found_escaping(path, level, asked)
        self._around = {}  # more may lie around those modules now of which more was asked
        return Told(frozenset(asked), found.names), found.depends

    def _summary(self, about: str, path: str, level: int, compute: Callable[[], Summary]) -> Summary:
        """What is known of a module from before, or found out now."""
        summaries = self.view.summaries
        if summaries is None:
            return compute()
        key = (about, path, level)
        found = self._summaries.get(key) or summaries.find(about, path, level)
        if found is None:
            found = compute()
            summaries.note(found)
        self._summaries[key] = found
        return found

    def called_in(self, path: str, offered: Mapping[str, AbstractSet[str]]) -> set[str]:
        """Names of imported modules, by their paths, as the module at ``path`` calls them; members have a dot."""
        outline = self.outline(path)
        names = outline.here(set().union(*offered.values()))
        for _, origin in outline.imports:
            module = self.find(origin, path)
            if module is not None and not module.rest:  # imported as a whole
                names |= {f".{name}" for name in offered.get(module.path, ()) if not name.startswith(".")}
        return names

    # --- imports ----------------------------------------------------------------------------------------------------

    def find(self, origin: str, importer: str) -> Found | None:
        """The module that an import in the file at ``importer`` means, if it is the project's."""
        return self._imports.find(origin, importer)[0]

    def child(self, path: str, name: str) -> str | None:
        """The module ``name`` of the package whose file is ``path``."""
        return self._imports.child(path, name)

    def imports_of(self, path: str) -> tuple[tuple[str, ...], frozenset[str]]:
        """The project's modules that a module imports, in order, and the directories whose entries decide that.

        A directory ends with ``/``.
        """
        outline = self.outline(path)
        known = self._imported.get(path)
        if known is None or known[0] is not outline:
            found: set[str] = set()
            directories: set[str] = set()
            for _, origin in outline.imports:
                module, looked = self._imports.find(origin, path)
                directories |= looked
                if module is not None and module.path != path:
                    found.add(module.path)
            known = self._imported[path] = outline, tuple(sorted(found)), frozenset(directories)
        return known[1], known[2]

    def receives(self, path: str, level: int = HOPS, spoken: AbstractSet[str] | None = None) -> bool:
        """Whether a module may have findings or gives data to writes, those ``level`` modules further included.

        ``spoken`` are the names that may call what other modules define; None stands for all that the module mentions.
        """
        if self._may_act(path):
            return True
        if not self._reaches(path, level):
            return False
        imports = self.imports_of(path)[0]
        if self._acts(path) or any(self.again(module) for module in imports):
            return any(self.escaping(module, level - 1) for module in imports)
        mentioned = mentioned_in(self._text(path)) if spoken is None else spoken
        asked = None if self.view.settled else self.outline(path).origins(mentioned)
        names = self.called_in(path, {module: self.escaping(module, level - 1, asked) for module in imports})
        return not names.isdisjoint(mentioned)

    def _may_act(self, path: str) -> bool:
        """Whether a module may have findings of its own."""
        if self.outline(path).triggers:
            return True
        imports = self.imports_of(path)[0]
        if any(self.outline(module).speaks for module in imports) and self._acts(path):
            return True
        return self.outline(path).speaks and any(self.again(module) for module in imports)

    def _acts(self, path: str) -> bool:
        """Whether a module has the words of writes or judged errors, whether it speaks of an SDK or not."""
        return self._of_text(self._acting, path, self.words.trigger)

    def again(self, path: str) -> frozenset[str]:
        """The functions of a module that seem to call others again when they fail."""
        return self._of_text(self._again, path, lambda text: frozenset(calling_again(text)))

    def _of_text(self, known: dict[str, tuple[Outline, T]], path: str, asked: Callable[[str], T]) -> T:
        """What is asked of a module's text, once for each text."""
        outline = self.outline(path)
        found = known.get(path)
        if found is None or found[0] is not outline:
            found = known[path] = outline, asked(self._text(path))
        return found[1]

    def _text(self, path: str) -> str:
        document = self._open.get(path)
        return document.text if document is not None else self._texts.get(path) or self.view.text(path) or ""

    def _reaches(self, path: str, level: int) -> bool:
        """Whether a write may be in a module or, through its imports, ``level`` modules further."""
        known = self._reached.get((path, level))
        if known is None:
            imports = self.imports_of(path)[0] if level and not self.outline(path).triggers else ()
            known = self.outline(path).triggers or any(self._reaches(module, level - 1) for module in imports)
            self._reached[path, level] = known
        return known

    def around(self, path: str, level: int) -> frozenset[str]:
        """What decides whether a module gives data to writes ``level`` modules further: files, itself included, and
        directories."""
        known = self._around.get((path, level))
        if known is None:
            imports, directories = self.imports_of(path) if level else ((), frozenset())
            paths = {path, *directories}
            for module in imports:
                paths |= self.around(module, level - 1)
                paths |= self.memo_paths(("escaping", module, level - 1))
                paths |= self.memo_paths(("told", module, level - 1))
            known = self._around[path, level] = frozenset(paths)
        return known

    def answer(self, question: Question) -> tuple[object, ...]:
        """What a module says to a question about a name; nothing where there is no such module any more."""
        path, kind, *rest = question
        if kind == "import":
            found = self.find(rest[0], path)
            return (found.path, found.rest) if found else ()
        linked = self.link(path)
        return linked.link.answer(question) if linked is not None else ()

    # --- what is computed from several modules ----------------------------------------------------------------------

    def memo(self, key: Hashable, compute: Callable[[], tuple[T, Iterable[str]]]) -> T:
        """What ``compute()`` gives first; done again only when a file has changed that it gives second."""
        memo = self._memos.get(key)
        if memo is None or (memo.changes != self.changes and not self._holds(memo)):
            changes = self.changes
            value, paths = compute()
            memo = self._memos[key] = Memo(value, {path: self.state(path) for path in sorted(paths)}, changes)
        memo.changes = self.changes
        return memo.value  # type: ignore[no-any-return]

    def memo_paths(self, key: Hashable) -> AbstractSet[str]:
        """The files that a computed value depends on."""
        return self._memos[key].states.keys() if key in self._memos else frozenset()

    def _holds(self, memo: Memo) -> bool:
        return all(self.state(path) == state for path, state in memo.states.items())
