"""Checks files, in this process or in several, and gives the same reports in the same order either way."""

from __future__ import annotations

import ast
import gc
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from conflict_lint import engine
from conflict_lint.analysis.source import Source, Unreadable, decode, encode
from conflict_lint.analysis.triage import Words
from conflict_lint.catalogue import load
from conflict_lint.cli.contents import seen
from conflict_lint.cli.outcome import Outcome, Seen, Task
from conflict_lint.cli.recall import remembered
from conflict_lint.config import Settings
from conflict_lint.project import File, ProjectView, Unlisted, absolute, look, shown_path, view_of
from conflict_lint.report import FileReport
from conflict_lint.report.rows import RowBuilder
from conflict_lint.rule import Confidence, Finding, Fix, Severity, Span

MAX_ROUNDS = 10
_EACH, _MUCH = 4_000, 500_000  # bytes of source: what a file costs by itself, what is worth a second process


def check_file(file: File, task: Task, data: bytes | None = None) -> Outcome:
    """Check one file; ``data`` stands for its content where that does not come from the disk."""
    view, settings = view_of(file.root, file.settings), file.settings.for_file(file.path)
    content: Seen | None = None
    # What stands on the disk says nothing of what is being repaired, or comes from elsewhere.
    known = remembered(task.group, file.root, file.settings) if task.group and data is None and not task.apply else None
    view = view._replace(summaries=known)
    try:
        if data is None:
            moment = time.time_ns()
            data, found = look(file.path)
            content = seen(data, found, moment) if task.group else None
        source = Source(decode(data), file.relative)
    except Unreadable as error:
        report = _alone(file, task, "CL903", "unreadable", Severity.INFORMATION, f"not analysed: {error}")
        return Outcome(report, seen=content)
    result = engine.check(source, view, settings)
    content = content and content._replace(depends=result.depends)
    if not task.apply:
        report = _report(file, task, source, view, result)
        return Outcome(report, seen=content, summaries=known.take() if known is not None else ())
    fixed, left = repaired(source, view, settings, task.apply, result)
    try:
        after = encode(fixed.text, data) if fixed is not source else data
    except Unreadable:  # a fix needs a character that the file's encoding does not have
        fixed, left, after = source, result, data
    report = _report(file, task, fixed, view, left, max(0, len(result.findings) - len(left.findings)))
    return Outcome(report, data, after) if after != data else Outcome(report, seen=content)


def repaired(
    source: Source, view: ProjectView, settings: Settings, apply: frozenset[str], result: engine.Result
) -> tuple[Source, engine.Result]:
    """Apply the first fix of each finding that ``apply`` allows until nothing changes; returns what is left then."""
    from conflict_lint import fixes

    for _ in range(MAX_ROUNDS):
        chosen = [fix for finding in result.findings for fix in _first(engine.repairs(source, finding), apply)]
        text = fixes.apply(source.text, chosen) if chosen else source.text
        if text == source.text or (_parses(source.text) and not _parses(text)):
            break
        source = Source(text, source.path)
        result = engine.check(source, view, settings)
    return source, result


def _first(fixes: Iterable[Fix], apply: frozenset[str]) -> Iterator[Fix]:
    allowed = next((fix for fix in fixes if fix.applicability in apply), None)
    if allowed is not None:
        yield allowed


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _report(
    file: File, task: Task, source: Source, view: ProjectView, result: engine.Result, fixed: int = 0
) -> FileReport:
    builder = RowBuilder(source, file.shown, lambda path: shown_path(absolute(path, file.root), task.cwd), view.source)
    rows = tuple(builder.row(finding, _fixes(source, finding, task)) for finding in result.findings)
    return FileReport(file.shown, rows, builder.lines, result.held_back, result.suppressed, fixed=fixed)


def _fixes(source: Source, finding: Finding, task: Task) -> tuple[Fix, ...]:
    return engine.repairs(source, finding) if task.with_fixes else ()


def _alone(file: File, task: Task, code: str, name: str, default: Severity, message: str) -> FileReport:
    """Return the report of a file that has one finding, about the file itself."""
    settings = file.settings.for_file(file.path)
    severity = settings.severity_of(code, name, default)
    mark = engine.fingerprint(code, file.relative)
    finding = Finding(code, name, severity, Confidence.HIGH, message, Span(0, 0), fingerprint=mark)
    view = view_of(file.root, file.settings)
    findings = (finding,) if settings.enabled(code, name) else ()
    report = _report(file, task, Source("", file.relative), view, engine.Result(findings, 0, 0))
    return FileReport(file.shown, report.rows, unreadable=True)


def unlisted(directory: Unlisted, task: Task) -> FileReport:
    """Return the report of a directory that could not be read."""
    file = File(absolute(directory.shown, task.cwd), directory.shown, task.cwd, directory.shown, directory.settings)
    return _alone(file, task, "CL903", "unreadable", Severity.INFORMATION, f"not analysed: {directory.reason}")


_DIED = "conflict-lint itself crashed on this file, and nothing in it was checked: please report it with the file"


def crashed(file: File, task: Task) -> FileReport:
    """Return the report of a file at which a worker process died."""
    return _alone(file, task, "CL904", "rule-crashed", Severity.ERROR, _DIED)


def check_files(files: Sequence[File], task: Task, jobs: int) -> Iterator[tuple[int, Outcome]]:
    """Check all files with at most ``jobs`` processes (0: as many as there are processors).

    Yields the number of each file with its outcome, in the order in which they are done.
    """
    engine.modules_of.cache_clear()  # files may have changed since the last run in this process
    remembered.cache_clear()
    if jobs != 1 and _pays(files):
        from conflict_lint.cli.workers import check_in_processes, cpu_count

        if (workers := jobs or cpu_count()) > 1:
            yield from check_in_processes(files, task, workers, _size)
            return
    collect_garbage_seldom()
    for number, file in enumerate(files):
        yield number, check_file(file, task)


def prepare() -> None:
    """Load what every worker needs, so that those forked later have it."""
    Words.of(load())
    engine.rule_modules()
    import_module("conflict_lint.analysis.following")
    gc.collect()
    gc.freeze()


def collect_garbage_seldom() -> None:
    """Trade 60 MB for a fifth of the time: nearly all that the analysis of a file allocates is still in use."""
    gc.freeze()
    gc.set_threshold(500_000, 10, 10)


def resident() -> int:
    """Return the most megabytes of memory that this process has held; 0 where the system does not tell."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:  # Windows
        return 0
    most: int = getrusage(RUSAGE_SELF).ru_maxrss
    return most >> 20 if sys.platform == "darwin" else most >> 10


def _pays(files: Sequence[File]) -> bool:
    """Tell whether there is enough to do to start other processes."""
    if len(files) < 2:
        return False
    total = 0
    for file in files:
        total += _EACH + _size(file)
        if total >= _MUCH:
            return True
    return False


def _size(file: File) -> int:
    try:
        return Path(file.path).stat().st_size
    except (OSError, ValueError):
        return 0
