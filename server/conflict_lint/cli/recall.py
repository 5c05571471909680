"""What earlier runs found out, for as long as everything that it rests on is as it was.

``R`` records say what the check of a content under a path and under settings gave, so touched files and switched
branches cost only their reading. ``M`` records say what a module is to those that import it, so a file that has changed
does not cost the analysis of its imports. Each rests on files of the project (``contents``). The tool itself, its rules
and its catalogue are in the name of the folder.
"""

# Paths are strings here for the same reason as in ``project``: there are tens of thousands.
# ruff: noqa: PTH100, PTH112, PTH116, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from conflict_lint import __version__, cache
from conflict_lint.analysis.imports import Summary
from conflict_lint.cli.contents import Contents, digest_of, folder_of, is_settled, stamp_of
from conflict_lint.cli.outcome import Outcome, Seen, Task
from conflict_lint.project import File, absolute, own_catalogue, shown_path
from conflict_lint.report import FileReport

if TYPE_CHECKING:
    from conflict_lint.config import Settings

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_NOT_FOR_FINDINGS = {
    *("base", "exclude", "extend_exclude", "fail_on", "force_exclude", "origins", "per_file_ignores"),
    *("respect_gitignore", "test_paths", "test_severity"),
}
"""Settings that say nothing about one file's findings, or that ``Settings.for_file`` has turned into others."""


class Recall:
    """The records that concern one run. Whoever asks gets reports; nothing raises."""

    def __init__(self, folder: str, task: Task) -> None:
        """``folder`` is our own cache folder (``cache.own_folder``)."""
        self._findings = os.path.join(folder, "findings")
        self.group = os.path.join(self._findings, _identity(folder))
        """The folder for the records of all projects that were checked with what runs now."""
        self._task = task
        self._started = time.time_ns()
        self._projects: dict[str, Contents] = {}
        self._keys: dict[tuple[int, str], tuple[Settings, bytes]] = {}
        self._noted: list[tuple[File, FileReport, Seen]] = []
        self._summaries: dict[bytes, tuple[Contents, Summary]] = {}

    def find(self, file: File) -> FileReport | None:
        """Return the report that a check of ``file`` would give now, if it is known."""
        project, name = self._place(file)
        digest = b"" if project.store.is_empty() else project.digest(name)
        if not digest:
            return None
        found = project.find(self._report_key(digest, file))
        if found is None:
            return None
        if not found[0]:
            return FileReport(file.shown)
        import json

        has_fixes, rows, *rest = json.loads(found[0])
        if rows and (self._task.apply or (self._task.with_fixes and not has_fixes)):
            return None
        return _report([rows, *rest], file, self._task)

    def note(self, file: File, outcome: Outcome) -> None:
        """Remember an outcome for ``save``, if it says what the file's content means and not what befell this run."""
        report = outcome.report
        if outcome.seen and not report.fixed and not any(row["code"] == "CL904" for row in report.rows):
            self._noted.append((file, report, outcome.seen))
        project, _ = self._place(file)
        for summary in outcome.summaries:
            self._summaries.setdefault(_key_of(summary, self._key(file.settings, file)), (project, summary))

    def save(self) -> None:
        """Write what was noted."""
        for file, report, checked in self._noted:
            project, name = self._place(file)
            if checked.stamp:
                project.remember(name, checked)
            if project.are_unchanged_since(self._started, checked.depends):
                project.put(self._report_key(checked.digest, file), self._content(report, file), checked.depends)
        for key, (project, summary) in self._summaries.items():
            if project.are_unchanged_since(self._started, summary.depends):
                project.put(key, os.fsencode(",".join(sorted(summary.names))), summary.depends)
        self._noted.clear()
        self._summaries.clear()
        new = [project.store.save() for project in self._projects.values()]
        if any(new):
            cache.sweep(self._findings)

    def _content(self, report: FileReport, file: File) -> bytes:
        """Return what is kept of a report; most say nothing."""
        if not (report.rows or report.held_back or report.suppressed or report.unreadable):
            return b""
        import json

        rows, lines = _placed(report, lambda shown: _relative(shown, file, self._task.cwd))
        content = (self._task.with_fixes, rows, lines, report.held_back, report.suppressed, report.unreadable)
        return json.dumps(content, separators=(",", ":")).encode()

    def _place(self, file: File) -> tuple[Contents, bytes]:
        """Return the project of a file, and the file's name there."""
        project = self._projects.get(file.root)
        if project is None:
            project = self._projects[file.root] = Contents(file.root, folder_of(self.group, file.root))
        return project, os.fsencode(file.relative)

    def _report_key(self, digest: bytes, file: File) -> bytes:
        """Return the key of what the check of a content of ``file`` reported."""
        settings = self._key(file.settings.for_file(file.path), file)
        return b"R%b %b %b" % (digest, settings, os.fsencode(file.relative))

    def _key(self, settings: Settings, file: File) -> bytes:
        """Return what stands for settings of ``file``, its own or those of its project."""
        if settings is not file.settings:
            return _settings_key(settings, file.root)
        known = self._keys.get((id(settings), file.root))
        if known is None:  # the entry keeps the object, and so its id
            known = self._keys[id(settings), file.root] = (settings, _settings_key(settings, file.root))
        return known[1]


class Remembered:
    """What earlier runs have found out about the modules of one project, and what this one has since it was asked."""

    def __init__(self, contents: Contents, settings: bytes) -> None:
        """``settings`` stands for those of the project."""
        self._contents = contents
        self._settings = settings
        self._fresh: list[Summary] = []

    def find(self, about: str, path: str, level: int) -> Summary | None:
        """Return what is known of a module; None if that is nothing, or no longer true."""
        asked = Summary(about, path, level, frozenset(), ())
        found = self._contents.find(_key_of(asked, self._settings))
        if found is None:
            return None
        content, depends = found
        names = frozenset(filter(None, os.fsdecode(content).split(",")))
        return asked._replace(names=names, depends=self._contents.paths(depends))

    def note(self, summary: Summary) -> None:
        """Remember what was found out, until it is taken."""
        self._fresh.append(summary)

    def take(self) -> tuple[Summary, ...]:
        """Return what was noted since the last time."""
        fresh, self._fresh = self._fresh, []
        return tuple(fresh)


@lru_cache(maxsize=8)
def remembered(group: str, root: str, settings: Settings) -> Remembered:
    """Return what is remembered in ``group`` (``Recall.group``) of the project at ``root``, in this process."""
    return Remembered(Contents(root, folder_of(group, root)), _settings_key(settings, root))


def _key_of(summary: Summary, settings: bytes) -> bytes:
    return b"M%b %b%d %b" % (settings, summary.about.encode(), summary.level, os.fsencode(summary.path))


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
