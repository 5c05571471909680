"""What earlier runs found out, for as long as everything that it rests on is as it was.

Three kinds of records. ``S`` says which content a file had when ``stat`` looked like this, so that an unchanged file
need not be read. ``R`` says what the check of a content under a path and under settings gave, and which other files of
the project that depended on; so touched files and switched branches cost only their reading. Those files may be more
than a hundred, so they are mentioned by short names, and ``N`` says which is meant. The tool itself, its rules and its
catalogue are in the name of the folder.
"""

# Paths are strings here for the same reason as in ``project``: there are tens of thousands.
# ruff: noqa: PTH100, PTH112, PTH116, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import stat
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from conflict_lint import __version__, cache
from conflict_lint.analysis.source import Unreadable
from conflict_lint.cli.outcome import Outcome, Seen, Task
from conflict_lint.project import File, ProjectView, absolute, look, own_catalogue, shown_path
from conflict_lint.report import FileReport

if TYPE_CHECKING:
    from conflict_lint.config import Settings

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_NOT_FOR_FINDINGS = {
    *("base", "exclude", "extend_exclude", "fail_on", "force_exclude", "origins", "per_file_ignores"),
    *("respect_gitignore", "test_paths", "test_severity"),
}
"""Settings that say nothing about one file's findings, or that ``Settings.for_file`` has turned into others."""
_VARIANTS, _FORMER = 3, 3
_DIGITS, _NAME = 32, 8
_SEPARATOR = b"\x1f"  # JSON has no such character
_FINE, _COARSE = 50_000_000, 2_000_000_000


def digest_of(data: bytes) -> bytes:
    """Return 128 bits that stand for a content, as hexadecimal digits."""
    from hashlib import sha256

    return sha256(data).hexdigest()[:_DIGITS].encode()


def stamp_of(found: os.stat_result) -> bytes:
    """Return what ``stat`` says of a file's content; the change time tells even where the others are set back."""
    return b"%d %d %d %d" % (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def is_settled(found: os.stat_result, moment: int) -> bool:
    """Tell whether a change after ``moment`` (ns since the epoch) would show: clocks of file systems tick slowly."""
    newest = max(found.st_mtime_ns, found.st_ctime_ns)
    return newest + (_FINE if newest % 1_000_000_000 else _COARSE) < moment


def seen(data: bytes, found: os.stat_result, moment: int) -> Seen:
    """Return what identifies a content that was read after ``moment`` (ns) from a file that looked like ``found``."""
    trusted = stat.S_ISREG(found.st_mode) and is_settled(found, moment)
    return Seen(digest_of(data), stamp_of(found) if trusted else b"")


class Recall:
    """The records that concern one run. Whoever asks gets reports; nothing raises."""

    def __init__(self, folder: str, task: Task) -> None:
        """``folder`` is our own cache folder (``cache.own_folder``)."""
        self._findings = os.path.join(folder, "findings")
        self._group = os.path.join(self._findings, _identity(folder))
        self._task = task
        self._started = time.time_ns()
        self._projects: dict[str, _Project] = {}
        self._keys: dict[tuple[int, str], tuple[Settings, bytes]] = {}
        self._noted: list[tuple[File, FileReport, Seen]] = []

    def find(self, file: File) -> FileReport | None:
        """Return the report that a check of ``file`` would give now, if it is known."""
        project, name = self._place(file)
        digest = b"" if project.store.is_empty() else project.digest(name)
        if not digest:
            return None
        found = project.store.get(b"R%b %b %b" % (digest, self._key(file), name))
        if found is None:
            return None
        return next((report for each in found.split(_SEPARATOR) if (report := self._valid(each, file, project))), None)

    def _valid(self, record: bytes, file: File, project: _Project) -> FileReport | None:
        rests_on, _, content = record.partition(b" ")
        if len(rests_on) > _DIGITS and project.digest_of_all(rests_on[_DIGITS:]) != rests_on[:_DIGITS]:
            return None
        if not content:
            return FileReport(file.shown)
        import json

        has_fixes, rows, *rest = json.loads(content)
        if rows and (self._task.apply or (self._task.with_fixes and not has_fixes)):
            return None
        return _report([rows, *rest], file, self._task)

    def note(self, file: File, outcome: Outcome) -> None:
        """Remember an outcome for ``save``, if it says what the file's content means and not what befell this run."""
        report = outcome.report
        if outcome.seen and not report.fixed and not any(row["code"] == "CL904" for row in report.rows):
            self._noted.append((file, report, outcome.seen))

    def save(self) -> None:
        """Write what was noted."""
        for file, report, checked in self._noted:
            project, name = self._place(file)
            if checked.stamp:
                project.remember(name, checked)
            if all(project.is_unchanged_since(self._started, other) for other in checked.depends):
                key = b"R%b %b %b" % (checked.digest, self._key(file), name)
                project.add_variant(key, self._record(report, file, checked, project))
        self._noted.clear()
        new = [project.store.save() for project in self._projects.values()]
        if any(new):
            cache.sweep(self._findings)

    def _record(self, report: FileReport, file: File, checked: Seen, project: _Project) -> bytes:
        """Return what is kept of a report: a digest of all it rests on, the names of that, a blank, the content."""
        names = b"".join(map(project.name_of, checked.depends))
        rests_on = project.digest_of_all(names) + names if names else b""
        if not (report.rows or report.held_back or report.suppressed or report.unreadable):
            return rests_on
        import json

        rows, lines = _placed(report, lambda shown: _relative(shown, file, self._task.cwd))
        content = (self._task.with_fixes, rows, lines, report.held_back, report.suppressed, report.unreadable)
        return rests_on + b" " + json.dumps(content, separators=(",", ":")).encode()

    def _place(self, file: File) -> tuple[_Project, bytes]:
        """Return the project of a file, and the file's name there."""
        project = self._projects.get(file.root)
        if project is None:
            folder = os.path.join(self._group, f"{zlib.crc32(os.fsencode(file.root)):08x}")
            project = self._projects[file.root] = _Project(file.root, folder)
        return project, os.fsencode(file.relative)

    def _key(self, file: File) -> bytes:
        """Return what stands for the settings that the findings of ``file`` depend on."""
        settings = file.settings.for_file(file.path)
        if settings is not file.settings:
            return _settings_key(settings, file.root)
        known = self._keys.get((id(settings), file.root))
        if known is None:  # the entry keeps the object, and so its id
            known = self._keys[id(settings), file.root] = (settings, _settings_key(settings, file.root))
        return known[1]


class _States(dict[bytes, bytes]):
    """What stands for the contents of files, by short name, each made once; a dictionary, for it is asked a lot."""

    def __init__(self, make: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: bytes) -> bytes:
        state = self[name] = self._make(name)
        return state


class _Project:
    """The records of one project, and what its files look like now: each is looked at once in a run."""

    def __init__(self, root: str, folder: str) -> None:
        self._root = root
        self._digests: dict[bytes, bytes] = {}
        self._names: dict[str, bytes] = {}
        self._unchanged: dict[str, bool] = {}
        self._states = _States(self._state)
        self.store = cache.Store(folder, self._alive)

    def digest(self, name: bytes) -> bytes:
        """Return what stands for the content of ``name`` (relative to the root), ``b""`` where there is nothing."""
        known = self._digests.get(name)
        if known is None:
            known = self._digests[name] = self._digest(name)
        return known

    def _digest(self, name: bytes) -> bytes:
        if name.endswith(b"/"):  # a directory in which imports are looked up
            names = ProjectView(self._root).listing(os.fsdecode(name[:-1]))
            return digest_of(b"/".join(sorted(map(os.fsencode, names))))
        path = self._path(name)
        moment = time.time_ns()
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            return b""
        stamp, _, digest = (self.store.get(b"S" + name) or b"").rpartition(b" ")
        if stamp == stamp_of(found):
            return digest
        try:
            data, found = look(path)
        except Unreadable:
            return b""
        now = seen(data, found, moment)
        self.remember(name, now)
        return now.digest

    def _state(self, name: bytes) -> bytes:
        """Return what stands for the content of the file with a short name; a file that is not known has none."""
        path = self.store.get(b"N" + name)
        return b"unknown" if path is None else self.digest(path)

    def remember(self, name: bytes, content: Seen) -> None:
        """Remember what the file ``name`` holds as long as it looks as it did, if that is certain."""
        if content.stamp:
            self.store.put(b"S" + name, content.stamp + b" " + content.digest)

    def name_of(self, path: str) -> bytes:
        """Return the short name under which records mention a file, and have the store remember which file it is."""
        known = self._names.get(path)
        if known is None:
            from base64 import urlsafe_b64encode
            from hashlib import sha256

            name = os.fsencode(path)
            known = self._names[path] = urlsafe_b64encode(sha256(name).digest()[: _NAME * 6 // 8])
            if self.store.get(b"N" + known) != name:
                self.store.put(b"N" + known, name)
        return known

    def digest_of_all(self, names: bytes) -> bytes:
        """Return a digest of the contents of several files, given by their short names in a row."""
        each = struct.unpack(f"{_NAME}s" * (len(names) // _NAME), names)
        return digest_of(b",".join(map(self._states.__getitem__, each)))

    def is_unchanged_since(self, moment: int, name: str) -> bool:
        """Tell whether the file ``name`` was the same, or absent, ever since ``moment`` (ns), the start of the run."""
        known = self._unchanged.get(name)
        if known is None:
            known = self._unchanged[name] = self._is_settled(self._path(os.fsencode(name)), moment)
        return known

    def _is_settled(self, path: str, moment: int) -> bool:
        try:
            return is_settled(os.stat(path), moment)
        except OSError:  # absent: its coming or going would have changed the directory
            parent = os.path.dirname(path)
        except ValueError:
            return False
        return parent != path and self.is_unchanged_since(moment, parent)

    def add_variant(self, key: bytes, record: bytes) -> None:
        """Put a record before those with the same key that rest on other states of the files that they depend on."""
        state = record.partition(b" ")[0]
        if state:
            others = [each for each in (self.store.get(key) or b"").split(_SEPARATOR) if each[:1] not in b" "]
            kept = [each for each in others if each.partition(b" ")[0] != state]
            record = _SEPARATOR.join([record, *kept[: _VARIANTS - 1]])
        self.store.put(key, record)

    def _path(self, name: bytes) -> str:
        return os.path.join(self._root, os.fsdecode(name))

    def _alive(self, records: cache.Records) -> cache.Records:
        """Leave out vanished files, and all but a few of the contents that a file had once."""
        contents = {key[1:]: cache.checked(line) or b"" for key, line in records.items() if key.startswith(b"S")}
        current = {
            name: content.rpartition(b" ")[2] for name, content in contents.items() if os.path.lexists(self._path(name))
        }
        former: dict[bytes, int] = {}

        def lives(key: bytes) -> bool:
            if not key.startswith(b"R"):
                return not key.startswith(b"S") or key[1:] in current
            digest, _, rest = key[1:].partition(b" ")
            name = rest.partition(b" ")[2]
            if current.get(name) == digest:
                return True
            former[name] = former.get(name, 0) + 1
            return name in current and former[name] <= _FORMER

        return {key: records[key] for key in reversed([key for key in reversed(records) if lives(key)])}


def _settings_key(settings: Settings, root: str) -> bytes:
    """Return a digest of the settings that findings depend on, and of what their files say."""
    fields = [(field, value) for field, value in settings._asdict().items() if field not in _NOT_FOR_FINDINGS]
    files = [stamp for _, stamp in own_catalogue(settings)]
    text = repr((fields, files, settings.base and shown_path(settings.base, root))).encode()
    return b"%08x%08x" % (zlib.crc32(text), zlib.adler32(text))


def _relative(shown: str, file: File, cwd: str) -> str:
    """Return a path of a report as it is kept: ``""`` for the file itself, others relative to its root."""
    return "" if shown == file.shown else shown_path(absolute(shown, cwd), file.root)


def _placed(report: FileReport, renamed: Callable[[str], str]) -> tuple[list[Any], list[Any]]:
    """Return the rows and lines of a report with other paths."""
    rows = [
        {
            **row,
            "path": renamed(row["path"]),
            "related": [{**step, "path": renamed(step["path"])} for step in row["related"]],
        }
        for row in report.rows
    ]
    return rows, [(renamed(path), line, text) for (path, line), text in report.lines.items()]


def _report(content: list[Any], file: File, task: Task) -> FileReport:
    rows, lines, held_back, suppressed, unreadable = content

    def shown(path: str) -> str:
        return shown_path(absolute(path, file.root), task.cwd) if path else file.shown

    kept = FileReport(file.shown, rows, {(path, line): text for path, line, text in lines})
    rows, lines = _placed(kept, shown)
    if not task.with_fixes:
        rows = [{**row, "fixes": []} for row in rows]
    return FileReport(
        file.shown, tuple(rows), {(path, line): text for path, line, text in lines}, held_back, suppressed, unreadable
    )


# -- the tool itself ---------------------------------------------------------------------------------------------------


def _identity(folder: str) -> str:
    """Return a digest of the code, the rules, the catalogue and the Python that are running.

    It is remembered for as long as ``stat`` says the same of all files, since reading them takes 15 ms. Raises OSError
    where they are no files, as in a zip archive.
    """
    import conflict_lint_rules

    packages = (_HERE, os.path.dirname(os.path.abspath(conflict_lint_rules.__file__)))
    files = sorted(path for package in packages for path in _files(package))
    libraries = [path for path in sys.path if path.endswith("-packages") and os.path.isdir(path)]
    moment = time.time_ns()
    stats = [os.stat(path) for path in (*files, *libraries)]
    stamp = b" ".join(map(stamp_of, stats))
    store = cache.Store(os.path.join(folder, "tools"), _latest_tools)
    key = b"T%08x" % zlib.crc32(os.fsencode("\0".join((sys.version, *files, *libraries))))
    then, _, digest = (store.get(key) or b"").rpartition(b" ")
    if then != stamp:
        digest = _code_digest(files, packages)
        if all(is_settled(found, moment) for found in stats):
            store.put(key, stamp + b" " + digest)
            store.save()
    return digest.decode()


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                yield entry.path
            elif entry.name not in ("__pycache__", "examples"):
                yield from _files(entry.path)


def _code_digest(files: Iterable[str], packages: Iterable[str]) -> bytes:
    from importlib.metadata import version

    parts = [__version__.encode(), sys.version.encode(), version("libcst").encode()]
    for path in files:
        package = next(package for package in packages if path.startswith(package + os.sep))
        parts.append(os.fsencode(path[len(package) :]))
        with open(path, "rb") as file:
            parts.append(digest_of(file.read()))
    return digest_of(b"\0".join(parts))


def _latest_tools(records: cache.Records) -> cache.Records:
    return dict(list(records.items())[-20:])
