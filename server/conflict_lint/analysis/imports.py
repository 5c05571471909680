"""Which file of the project an import means. Only names of files are looked at here, never their content.

Where imports are looked up depends on the importing file and the project's root alone: the directory that holds its
topmost package, the directories above it up to the root, ``src`` in each of them, and what the settings add. So what a
file's findings depend on does not change with who else is checked. Paths are relative to the root, with ``/``; the root
is ``""``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

INSTALLED = frozenset({"site-packages", "dist-packages"})
INIT = "__init__.py"
NAMES = re.compile(r"(\*|\w+)(?:\s+as\s+(\w+))?")
COMMENT = re.compile(r"#[^\n]*")
WORD = "import "
DEEPEST = 32
"""Packages inside one another, at most; a link that leads into itself ends here."""


class Summary(NamedTuple):
    """The names that a module has for those that import it, and the files that this rests on, the module included.

    ``about`` says what the names mean, as far as modules of modules are followed (``level``).
    """

    about: str
    path: str
    level: int
    names: frozenset[str]
    depends: tuple[str, ...]


class Summaries(Protocol):
    """What is known of the modules of a settled project, as long as what it rests on is as it was."""

    def find(self, about: str, path: str, level: int) -> Summary | None:
        """What is known of a module; None if that is nothing, or no longer true."""
        ...

    def note(self, summary: Summary) -> None:
        """Remember what was found out."""
        ...


class View(Protocol):
    """What the analysis may see of a project; read-only."""

    @property
    def settled(self) -> bool:
        """Whether files do not change while the view is used."""
        ...

    @property
    def roots(self) -> tuple[str, ...]:
        """More directories in which imports are looked up."""
        ...

    @property
    def summaries(self) -> Summaries | None:
        """What earlier looks at the project have found out about its modules, if anybody remembers."""
        ...

    def normal(self, path: str) -> str:
        """The one spelling of a path, without needless ``..``."""
        ...

    def listing(self, directory: str) -> frozenset[str]:
        """The names in a directory that modules and packages may have; none when there is no such directory."""
        ...

    def text(self, path: str) -> str | None:
        """A module's text, or None when it cannot be read."""
        ...

    def stamp(self, path: str) -> object:
        """A value that changes when the file does; None when there is no such file."""
        ...


class Found(NamedTuple):
    """A module of the project: its file, and the part of the dotted name that is looked up inside it."""

    path: str
    rest: tuple[str, ...]


class Imported(NamedTuple):
    """What a text may import, and the last offset (code points) that has a say in that."""

    names: frozenset[tuple[str, str]]
    until: int

    @classmethod
    def by(cls, text: str) -> Imported:
        """What a text may import."""
        found = list(import_statements(text))
        names = frozenset(pair for pairs, _ in found for pair in pairs)
        return cls(names, max((end for _, end in found), default=-1))

    def edited(self, text: str, start: int, end: int) -> Imported:
        """The same for ``text``, in which ``[start, end)`` stands in place of something else."""
        around = text[max(start - len(WORD) + 1, 0) : end + len(WORD) - 1]
        return self if start > self.until and WORD not in around else Imported.by(text)


def imported(text: str) -> Iterator[tuple[str, str]]:
    """What a text may import, at any depth: local names and dotted origins. Strings and comments may add to it."""
    return (pair for pairs, _ in import_statements(text) for pair in pairs)


def import_statements(text: str) -> Iterator[tuple[Iterable[tuple[str, str]], int]]:
    """What each import in a text gives, and the last offset that has a say in that."""
    at = text.find(WORD)
    while at >= 0:
        before = text[text.rfind("\n", 0, at) + 1 : at].strip()
        start = at + len(WORD)
        line_end = text.find("\n", start)
        end = line_end if line_end >= 0 else len(text)
        rest = text[start:end]
        if not before:
            yield modules_in(rest), end
        elif before.startswith("from "):
            if rest.lstrip().startswith("("):
                close = text.find(")", start)
                end = close if close >= 0 else len(text)
                rest = text[start:close] if close >= 0 else rest
            yield imported_names(before[5:].strip(), COMMENT.sub("", rest)), end
        else:
            yield (), end
        at = text.find(WORD, start)


def modules_in(names: str) -> Iterator[tuple[str, str]]:
    """The local names and origins of ``import names``."""
    for part in COMMENT.sub("", names).split(","):
        origin, _, alias = part.strip().partition(" as ")
        yield alias.strip() or origin.partition(".")[0], origin


def imported_names(module: str, names: str) -> Iterator[tuple[str, str]]:
    """The local names and origins of ``from module import names``."""
    joint = "" if module.endswith(".") else "."
    for name, alias in NAMES.findall(names):
        yield alias or name, f"{module}{joint}{name}"


class Imports:
    """Finds modules in a view of the project. ``closed`` are top-level packages that are never the project's.

    One of the ``foreign`` modules is the project's only if the whole of it is there: a package that is called after an
    SDK, in a directory that is a package without saying so, is not the SDK's.
    """

    def __init__(self, view: View, closed: frozenset[str], foreign: frozenset[str] = frozenset()) -> None:
        self.view = view
        self.foreign = foreign
        self.closed = closed | sys.stdlib_module_names
        self._listings: dict[str, frozenset[str]] = {}
        self._places: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {}
        self._found: dict[tuple[str, str], tuple[Found | None, frozenset[str]]] = {}

    def forget(self) -> None:
        """Look at the files again."""
        self._listings, self._places, self._found = {}, {}, {}

    def find(self, origin: str, importer: str) -> tuple[Found | None, frozenset[str]]:
        """The module that ``origin`` (dots in front for relative ones) means in ``importer``, and what that depends on.

        The second part are the directories that were looked at, with ``/`` at the end.
        """
        directory = parent(importer)
        key = (origin, directory)
        known = self._found.get(key)
        if known is None:
            probed: set[str] = set()
            known = self._found[key] = (
                self._find(origin, directory, probed),
                frozenset(self.view.normal(directory) + "/" for directory in probed),
            )
        return known

    def child(self, path: str, name: str) -> str | None:
        """The module ``name`` inside the package whose file is ``path``."""
        found = self._below(parent(path), (name,), set()) if path.endswith(INIT) else None
        return found.path if found else None

    def _find(self, origin: str, directory: str, probed: set[str]) -> Found | None:
        level = len(origin) - len(origin.lstrip("."))
        parts = tuple(origin[level:].split(".")) if origin[level:] else ()
        if level:
            for _ in range(level - 1):
                directory = parent(directory)
            return self._below(directory, parts, probed, relative=True)
        if not parts or parts[0] in self.closed:
            return None
        top = self._package_root(directory, probed)
        for place in self._searched(directory, top, probed):
            if leaf(place) in INSTALLED and (place != top or not directory.startswith(join(place, parts[0]))):
                continue
            found = self._below(place, parts, probed)
            if found is not None and not self._is_foreign(parts, len(found.rest)):
                return found
        return None

    def _is_foreign(self, parts: tuple[str, ...], left: int) -> bool:
        """Whether a part of a dotted name is a foreign module of which ``left`` names, at the end, were not found."""
        return any(".".join(parts[:end]) in self.foreign for end in range(len(parts) - left + 1, len(parts) + 1))

    def _below(
        self, directory: str, parts: tuple[str, ...], probed: set[str], *, relative: bool = False
    ) -> Found | None:
        """The longest part of a dotted name that is a module below ``directory``."""
        best: Found | None = None
        if relative and self._has(directory, INIT, probed):
            best = self._at(directory, INIT, parts)
        for index, name in enumerate(parts):
            rest = parts[index + 1 :]
            package = join(directory, name)
            if self._has(directory, name, probed) and self._has(package, INIT, probed):
                best = self._at(package, INIT, rest)
            elif self._has(directory, f"{name}.py", probed):
                return self._at(directory, f"{name}.py", rest)
            elif name not in self.listing(directory):
                break
            directory = package
        return best

    def _at(self, directory: str, name: str, rest: tuple[str, ...]) -> Found:
        return Found(self.view.normal(join(directory, name)), rest)

    def _has(self, directory: str, name: str, probed: set[str]) -> bool:
        probed.add(directory)
        return name in self.listing(directory)

    def _searched(self, directory: str, top: str, probed: set[str]) -> tuple[str, ...]:
        """The directories in which a file in ``directory``, whose topmost package is in ``top``, finds modules."""
        known = self._places.get(directory)
        if known is None:
            looked: set[str] = set()
            steps = [top]
            while inside(steps[-1]):  # a file outside the root has its package's directory alone
                steps.append(parent(steps[-1]))
            places = [place for step in steps for place in (step, join(step, "src")) if self._is_place(place, looked)]
            known = self._places[directory] = tuple(dict.fromkeys([*places, *self.view.roots])), frozenset(looked)
        probed |= known[1]
        return known[0]

    def _is_place(self, place: str, probed: set[str]) -> bool:
        return leaf(place) != "src" or self._has(parent(place), "src", probed)

    def _package_root(self, directory: str, probed: set[str]) -> str:
        for _ in range(DEEPEST):
            if not self._has(directory, INIT, probed):
                break
            directory = parent(directory)
        return directory

    def listing(self, directory: str) -> frozenset[str]:
        """The names in a directory."""
        known = self._listings.get(directory)
        if known is None:
            known = self._listings[directory] = self.view.listing(directory)
        return known


def parent(path: str) -> str:
    """The directory of a path; above the root there are ``..``, ``../..`` and so on."""
    if not path or leaf(path) == "..":
        return join(path, "..")
    return path.rpartition("/")[0]


def outermost(path: str) -> str:
    """The first name of a path: what is known of one folder below the root is seldom asked for in another."""
    return path.partition("/")[0]


def leaf(path: str) -> str:
    """The last name of a path."""
    return path.rpartition("/")[2]


def join(directory: str, name: str) -> str:
    """A name inside a directory."""
    return f"{directory}/{name}" if directory else name


def inside(directory: str) -> bool:
    """Whether a directory is below the root, so that directories above it belong to the project too."""
    return bool(directory) and not directory.startswith(("..", "/")) and ":" not in directory
