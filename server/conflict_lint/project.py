"""Projects and their files: which settings and which root a file has, and which files a run is about.

Paths are absolute strings here, in the platform's own form; ``File.shown`` is what people and reports see.
"""

# A walk meets tens of thousands of entries, and a Path object costs more than the question put to it.
# ruff: noqa: PTH208, PTH110, PTH112, PTH113, PTH116, PTH118, PTH119, PTH120, PTH123

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from conflict_lint.analysis.source import Source, Unreadable, decode
from conflict_lint.config import FILE_NAME, ConfigError, Settings, find, load
from conflict_lint.patterns import Patterns

if TYPE_CHECKING:
    from conflict_lint.analysis.imports import Summaries

MAX_BYTES = 10_000_000
_MARKERS = ("pyproject.toml", ".git")
_SIGNS = frozenset({FILE_NAME, *_MARKERS})  # only where one of them stands can the project be another one
_PATTERN_SIGNS = frozenset("*?[]!/\\#")


@dataclass(eq=False, slots=True)
class OpenFiles:
    """Texts that stand for files, saved or not, by absolute path."""

    texts: dict[str, str] = field(default_factory=dict)


class ProjectView(NamedTuple):
    """What the analysis of one file may see of its project; read-only. ``root`` is an absolute directory.

    All paths are relative to the root, with ``/``. ``roots`` are more directories in which imports are looked up, and
    ``open_files`` go before what is on the disk. In a ``settled`` view files do not change while it is used.
    ``catalogue`` are the project's own catalogue files, each an absolute path and what changes with its content,
    ``summaries`` what earlier runs have found out about modules.
    """

    root: str
    roots: tuple[str, ...] = ()
    open_files: OpenFiles | None = None
    settled: bool = False
    catalogue: tuple[tuple[str, str], ...] = ()
    summaries: Summaries | None = None

    def source(self, path: str) -> Source | None:
        """Return the module at ``path``, or None when it cannot be read."""
        text = self.text(path)
        return None if text is None else Source(text, path)

    def text(self, path: str) -> str | None:
        """Return the text of the module at ``path``, or None when it cannot be read."""
        opened = self._opened(path)
        try:
            return decode(read(os.path.join(self.root, path))) if opened is None else opened
        except Unreadable:
            return None

    def listing(self, directory: str) -> frozenset[str]:
        """Return the names in a directory that modules and packages may have; none when there is no such directory."""
        place = os.path.join(self.root, directory)
        opened = [
            os.path.basename(path)
            for path in (self.open_files.texts if self.open_files else ())
            if os.path.dirname(path) == place
        ]
        try:
            names = os.listdir(place)
        except (OSError, ValueError):
            names = []
        return frozenset(name for name in (*names, *opened) if name.endswith(".py") or "." not in name)

    def stamp(self, path: str) -> object:
        """Return what changes when the file at ``path`` does; None when there is no such file."""
        opened = self._opened(path)
        if opened is not None:
            return opened
        try:
            found = os.stat(os.path.join(self.root, path))
        except (OSError, ValueError):
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _opened(self, path: str) -> str | None:
        return self.open_files.texts.get(absolute(path, self.root)) if self.open_files else None

    def normal(self, path: str) -> str:
        """Return the one spelling of a path that may have needless ``..`` in it."""
        return shown_path(absolute(path, self.root), self.root) if ".." in path else path


class Project(NamedTuple):
    """The root and the settings that the files of some directories share, and what they exclude."""

    root: str
    settings: Settings
    excluded_names: frozenset[str]
    excluded_patterns: Patterns | None

    def excludes(self, path: str, name: str, is_directory: bool) -> bool:
        """Tell whether the settings exclude the entry ``name`` at ``path``."""
        if name in self.excluded_names:
            return True
        return bool(self.excluded_patterns and self.excluded_patterns.verdict(path, is_directory))


class File(NamedTuple):
    """One file to check.

    ``shown`` is its path relative to the working directory, ``relative`` that from the project's root, both with ``/``.
    """

    path: str
    shown: str
    root: str
    relative: str
    settings: Settings


class Unlisted(NamedTuple):
    """A directory whose entries could not be read, with the reason, and with the settings that hold there."""

    shown: str
    reason: str
    settings: Settings


class Discovery(NamedTuple):
    """What a run is about.

    ``files`` are sorted by ``shown``. ``unlisted`` are the directories that could not be read, with the reason.
    ``problems`` are sentences about paths and configurations that cannot be used.
    """

    files: tuple[File, ...]
    unlisted: tuple[Unlisted, ...]
    problems: tuple[str, ...]


def read(path: str) -> bytes:
    """Return the bytes of the file at ``path``; raises Unreadable when there are none or too many."""
    return look(path)[0]


def look(path: str) -> tuple[bytes, os.stat_result]:
    """Return the bytes of the file at ``path`` and what ``stat`` said of it before; raises Unreadable as ``read``."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            found = os.fstat(file.fileno())
            if stat.S_ISFIFO(found.st_mode):
                raise Unreadable('A pipe, not a file; the path "-" stands for standard input.')
            data = file.read(MAX_BYTES + 1) or b""  # None: a terminal at which nobody types
    except Unreadable:
        raise
    except (OSError, ValueError) as error:
        raise Unreadable(f"{getattr(error, 'strerror', None) or error}.") from error
    if len(data) > MAX_BYTES:
        raise Unreadable(f"Larger than {MAX_BYTES // 1_000_000} MB.")
    return data, found


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # for a writer at the other end of a pipe


def shown_path(path: str, start: str) -> str:
    """Return the absolute ``path`` relative to the directory ``start``, with ``/``."""
    prefix = start if start.endswith(os.sep) else start + os.sep
    if path.startswith(prefix):
        relative = path[len(prefix) :]
    else:
        try:
            relative = os.path.relpath(path, start)
        except ValueError:  # another drive
            relative = path
    return relative.replace(os.sep, "/")


def absolute(path: str, directory: str) -> str:
    """Return ``path``, given relative to an absolute ``directory``, as an absolute path without ``..``."""
    return os.path.normpath(os.path.join(directory, path))


def view_of(root: str, settings: Settings, open_files: OpenFiles | None = None) -> ProjectView:
    """Return what the analysis of a file may see of the project at the absolute directory ``root``."""
    places = (absolute(entry, settings.base or root) for entry in settings.src)
    roots = tuple(shown_path(place, root) if place != root else "" for place in places)
    return ProjectView(root, roots, open_files, open_files is None, own_catalogue(settings))


def own_catalogue(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Return the catalogue files that settings name, each with what changes when its content does."""

    def stamp(path: str) -> str:
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            return ""
        return f"{found.st_size} {found.st_mtime_ns} {found.st_ino}"

    return tuple((path, stamp(path)) for path in settings.catalogue)


class Projects:
    """Finds the project of a directory: the nearest configuration, and the nearest sign of a root.

    The root is the nearest directory with a configuration, a ``pyproject.toml`` or a ``.git``, else the working
    directory. ``config`` replaces every configuration that would be found; ``adjust`` is applied to all settings.
    """

    def __init__(
        self, cwd: str, config: str | None = None, adjust: Callable[[Settings], Settings] = lambda settings: settings
    ) -> None:
        """Raise ConfigError when ``config`` cannot be used."""
        self.cwd = cwd
        self._adjust = adjust
        self._projects: dict[str, Project | ConfigError] = {}
        self._fixed = None if config is None else self._load(os.path.join(cwd, config))

    def of(self, directory: str) -> Project:
        """Return the project of an absolute ``directory``; raises ConfigError when its configuration is broken."""
        unknown: list[str] = []
        step = directory
        while step not in self._projects and unknown[-1:] != [step]:  # the top directory is its own parent
            unknown.append(step)
            step = os.path.dirname(step)
        for step in reversed(unknown):
            self._projects[step] = self._attempt(step)
        known = self._projects[directory]
        if isinstance(known, ConfigError):
            raise known
        return known

    def _attempt(self, directory: str) -> Project | ConfigError:
        try:
            return self._make(directory)
        except ConfigError as error:
            return error

    def _make(self, directory: str) -> Project:
        """Make the project of a directory whose parent is known already."""
        config = None if self._fixed else find(Path(directory))
        if config is not None:
            return _project(directory, self._load(str(config)))
        parent = os.path.dirname(directory)
        above = self.of(parent) if parent != directory else _project(self.cwd, self._fixed or self._adjust(Settings()))
        is_root = any(os.path.exists(os.path.join(directory, mark)) for mark in _MARKERS)
        return _project(directory, above.settings) if is_root else above

    def _load(self, config: str) -> Settings:
        return self._adjust(load(Path(config), shown_path(config, self.cwd)))


def _project(root: str, settings: Settings) -> Project:
    entries = (*settings.exclude, *settings.extend_exclude)
    names = frozenset(entry for entry in entries if _PATTERN_SIGNS.isdisjoint(entry))
    patterns = [entry for entry in entries if entry not in names]
    return Project(root, settings, names, Patterns(settings.base or root, patterns) if patterns else None)


def discover(paths: Sequence[str], projects: Projects) -> Discovery:
    """Find the files that ``paths`` (files and directories, relative to the working directory) stand for.

    A path given by hand is taken even where it would be excluded, unless the settings say ``force-exclude``. Below a
    directory only ``*.py`` files count, and links to directories are not followed, so that there are no loops.
    """
    walk = _Walk(projects)
    for given in paths:
        path = absolute(given, projects.cwd)
        try:
            is_directory = os.path.isdir(path)
            if not is_directory:
                os.stat(path)
            project = projects.of(path if is_directory else os.path.dirname(path))
        except OSError as error:
            walk.problems[f"{given}: {error.strerror}"] = None
        except ValueError as error:  # a null byte
            walk.problems[f"{given!r}: {error}"] = None
        except ConfigError as error:
            walk.problems[str(error)] = None
        else:
            walk.take(path, is_directory, project)
    files = sorted(walk.files.values(), key=lambda file: file.shown)
    return Discovery(tuple(files), tuple(walk.unlisted.values()), tuple(walk.problems))


def is_excluded(path: str, projects: Projects) -> bool:
    """Tell whether a walk of its project would leave out the file at the absolute ``path``."""
    return _Walk(projects).standing(path, False, projects.of(os.path.dirname(path)))[0]


class _Walk:
    """The state of one discovery. Dictionaries stand for ordered sets."""

    def __init__(self, projects: Projects) -> None:
        self.projects = projects
        self.files: dict[str, File] = {}
        self.unlisted: dict[str, Unlisted] = {}
        self.problems: dict[str, None] = {}
        self._gitignores: dict[str, Patterns] = {}

    def take(self, path: str, is_directory: bool, project: Project) -> None:
        """Add what was named by hand."""
        if not is_directory and not project.settings.force_exclude:
            self._add(path, project)
            return
        hidden, rules = self.standing(path, is_directory, project)
        if hidden and project.settings.force_exclude:
            return
        if is_directory:
            self._below(path, () if hidden else rules, project)
        else:
            self._add(path, project)

    def _add(self, path: str, project: Project) -> None:
        shown, relative = shown_path(path, self.projects.cwd), shown_path(path, project.root)
        self.files[path] = File(path, shown, project.root, relative, project.settings)

    def _below(self, top: str, rules: tuple[Patterns, ...], project: Project) -> None:
        waiting = [(top, rules, project)]
        while waiting:
            directory, rules, project = waiting.pop()
            try:
                with os.scandir(directory) as scan:
                    entries = {entry.name: entry for entry in scan}
                if not _SIGNS.isdisjoint(entries):
                    project = self.projects.of(directory)
            except ConfigError as error:
                self.problems[str(error)] = None
                continue
            except OSError as error:
                shown = shown_path(directory, self.projects.cwd)
                self.unlisted[shown] = Unlisted(shown, f"{error.strerror or error}.", project.settings)
                continue
            if ".git" in entries:
                rules = ()
            if ".gitignore" in entries and project.settings.respect_gitignore:
                rules = (*rules, self._gitignore(directory))
            kept = [entry for entry in entries.values() if _counts(entry, project, rules)]
            waiting += [(entry.path, rules, project) for entry in kept if entry.is_dir(follow_symlinks=False)]
            files = [entry for entry in kept if not entry.is_dir(follow_symlinks=False)]
            if files:
                self._add_all(directory, files, project)

    def _add_all(self, directory: str, files: Iterable[os.DirEntry[str]], project: Project) -> None:
        """Add files of one directory, whose own paths are made only once."""
        shown, relative = _prefix(directory, self.projects.cwd), _prefix(directory, project.root)
        for entry in files:
            name, path = entry.name, entry.path
            self.files[path] = File(path, shown + name, project.root, relative + name, project.settings)

    def _gitignore(self, directory: str) -> Patterns:
        if directory not in self._gitignores:
            self._gitignores[directory] = _gitignore(directory)
        return self._gitignores[directory]

    def standing(self, path: str, is_directory: bool, project: Project) -> tuple[bool, tuple[Patterns, ...]]:
        """Tell whether ``path`` or a directory above it is excluded, and which ignore rules hold for ``path`` itself.

        Exclusion is looked for below the project's root, ``.gitignore`` files below the enclosing git repository.
        """
        above = [path]
        while (parent := os.path.dirname(above[-1])) != above[-1]:
            above.append(parent)
        repository = next((i for i, step in enumerate(above[1:], 1) if os.path.exists(os.path.join(step, ".git"))), 0)
        rules: tuple[Patterns, ...] = ()
        hidden = False
        for i in range(len(above) - 1, 0, -1):
            directory, step = above[i], above[i - 1]
            in_repository = i <= repository and project.settings.respect_gitignore
            if in_repository and os.path.isfile(os.path.join(directory, ".gitignore")):
                rules = (*rules, self._gitignore(directory))
            kind = is_directory or i > 1
            below_root = len(step) > len(project.root) and step.startswith(project.root)
            excluded = below_root and project.excludes(step, os.path.basename(step), kind)
            hidden = hidden or excluded or _ignored(rules, step, kind)
        return hidden, rules


def _prefix(directory: str, start: str) -> str:
    """Return what comes before a name in ``directory`` to make a path relative to ``start``."""
    return "" if directory == start else shown_path(directory, start) + "/"


def _counts(entry: os.DirEntry[str], project: Project, rules: tuple[Patterns, ...]) -> bool:
    """Tell whether a walk goes into a directory, or takes a file."""
    is_directory = entry.is_dir(follow_symlinks=False)
    if not is_directory and not (entry.name.endswith(".py") and _is_source(entry)):
        return False
    return not (project.excludes(entry.path, entry.name, is_directory) or _ignored(rules, entry.path, is_directory))


def _is_source(entry: os.DirEntry[str]) -> bool:
    """Tell whether the entry is a file, or a dangling link: that one is reported, unless it is an editor's lock."""
    if not entry.is_symlink():
        return entry.is_file()
    return not os.path.isdir(entry.path) and (os.path.isfile(entry.path) or not entry.name.startswith(".#"))


def _gitignore(directory: str) -> Patterns:
    try:
        with open(os.path.join(directory, ".gitignore"), encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        lines = []
    try:
        return Patterns(directory, lines)
    except ValueError:  # git passes over the lines it does not understand
        return Patterns(directory, [line for line in lines if _is_pattern(line)])


def _is_pattern(line: str) -> bool:
    try:
        Patterns(os.sep, [line])
    except ValueError:
        return False
    return True


def _ignored(rules: tuple[Patterns, ...], path: str, is_directory: bool) -> bool:
    for patterns in reversed(rules):
        verdict = patterns.verdict(path, is_directory)
        if verdict is not None:
            return verdict
    return False
