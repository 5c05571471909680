"""Checks files, in this process or in several, and gives the same reports in the same order either way."""

from __future__ import annotations

import ast
import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from conflict_lint import engine
from conflict_lint.analysis.source import Source, Unreadable, decode, encode
from conflict_lint.config import Settings
from conflict_lint.project import File, ProjectView, Unlisted, absolute, read, shown_path
from conflict_lint.report import FileReport
from conflict_lint.report.rows import RowBuilder
from conflict_lint.rule import Confidence, Finding, Fix, Severity, Span

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

MAX_ROUNDS = 10
_FEW_FILES = 48
_FEW_BYTES = 400_000
_CHUNK = 32


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with every file.

    ``cwd`` is what shown paths are relative to, ``with_fixes`` asks for the repairs in the rows, and fixes of an
    applicability in ``apply`` are carried out.
    """

    cwd: str
    with_fixes: bool = False
    apply: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The report of one file, and its content before and after the fixes where they change it."""

    report: FileReport
    before: bytes = b""
    after: bytes = b""


def check_file(file: File, task: Task, data: bytes | None = None) -> Outcome:
    """Check one file; ``data`` stands for its content where that does not come from the disk."""
    view, settings = ProjectView(file.root), file.settings.for_file(file.path)
    try:
        data = read(file.path) if data is None else data
        source = Source(decode(data), file.relative)
    except Unreadable as error:
        return Outcome(_alone(file, task, "CL903", "unreadable", Severity.INFORMATION, f"not analysed: {error}"))
    result = engine.check(source, view, settings)
    if not task.apply:
        return Outcome(_report(file, task, source, view, result))
    fixed, left = repaired(source, view, settings, task.apply, result)
    try:
        after = encode(fixed.text, data) if fixed is not source else data
    except Unreadable:  # a fix needs a character that the file's encoding does not have
        fixed, left, after = source, result, data
    report = _report(file, task, fixed, view, left, max(0, len(result.findings) - len(left.findings)))
    return Outcome(report, data, after) if after != data else Outcome(report)


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
    fingerprint = sha256(f"{code}\0{file.relative}".encode(errors="surrogateescape")).hexdigest()[:32]
    finding = Finding(code, name, severity, Confidence.HIGH, message, Span(0, 0), fingerprint=fingerprint)
    view = ProjectView(file.root)
    findings = (finding,) if settings.enabled(code, name) else ()
    report = _report(file, task, Source("", file.relative), view, engine.Result(findings, 0, 0))
    return FileReport(file.shown, report.rows, unreadable=True)


def unlisted(directory: Unlisted, task: Task) -> FileReport:
    """Return the report of a directory that could not be read."""
    file = File(absolute(directory.shown, task.cwd), directory.shown, task.cwd, directory.settings)
    return _alone(file, task, "CL903", "unreadable", Severity.INFORMATION, f"not analysed: {directory.reason}")


def check_files(files: Sequence[File], task: Task, jobs: int, tick: Callable[[int], None]) -> list[Outcome]:
    """Check all files with at most ``jobs`` processes; ``tick`` is told how many more are done, now and then."""
    _collect_garbage_seldom()
    if jobs > 1 and _pays(files):
        return _in_processes(files, task, jobs, tick)
    return list(_here(files, task, tick))


def _here(files: Sequence[File], task: Task, tick: Callable[[int], None]) -> Iterator[Outcome]:
    for file in files:
        yield check_file(file, task)
        tick(1)


def _collect_garbage_seldom() -> None:
    """Trade 30 MB for a sixth of the time: nearly all that the analysis of a file allocates is still in use."""
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


def _pays(files: Sequence[File]) -> bool:
    """Tell whether there is enough to do to start other processes."""
    return len(files) >= _FEW_FILES or (len(files) > 1 and sum(map(_size, files)) >= _FEW_BYTES)


def _size(file: File) -> int:
    try:
        return Path(file.path).stat().st_size
    except (OSError, ValueError):
        return 0


def _in_processes(files: Sequence[File], task: Task, jobs: int, tick: Callable[[int], None]) -> list[Outcome]:
    size = max(1, min(_CHUNK, len(files) // (jobs * 16)))
    waiting = {start: files[start : start + size] for start in range(0, len(files), size)}
    done: dict[int, list[Outcome]] = {}
    while waiting:
        for start, outcomes in _chunks_done(waiting, task, jobs):
            done[start] = outcomes
            tick(len(outcomes))
        waiting = {start: chunk for start, chunk in waiting.items() if start not in done}
        if waiting and not _workers_start():
            done |= {start: list(_here(chunk, task, tick)) for start, chunk in waiting.items()}
            break
        # A worker has died. It was at one of the first unfinished chunks: a pool hands out at most 2 × jobs + 1.
        for start in list(waiting)[: 2 * jobs + 1]:
            done[start] = list(_one_by_one(waiting.pop(start), task))
            tick(len(done[start]))
    return [outcome for start in sorted(done) for outcome in done[start]]


def _chunks_done(chunks: dict[int, Sequence[File]], task: Task, jobs: int) -> Iterator[tuple[int, list[Outcome]]]:
    """Yield the outcomes of chunks as they are done; those that a dying worker took with it are left out."""
    from concurrent.futures import as_completed
    from concurrent.futures.process import BrokenProcessPool

    try:
        with _Pool(min(jobs, len(chunks))) as pool:
            futures = {pool.submit(_check_chunk, chunk, task): start for start, chunk in chunks.items()}
            for future in as_completed(futures):
                if not isinstance(future.exception(), BrokenProcessPool):
                    yield futures[future], future.result()
    except (BrokenProcessPool, OSError, ImportError, NotImplementedError):
        return  # broken while chunks were still handed out, or the system allows no processes at all


def _workers_start() -> bool:
    """Tell whether worker processes work here, when one was lost: if not, no file is to blame."""
    from concurrent.futures.process import BrokenProcessPool

    try:
        with _Pool(1) as pool:
            pool.submit(gc.isenabled).result()
    except (BrokenProcessPool, OSError, ImportError, NotImplementedError):
        return False
    return True


def _one_by_one(files: Sequence[File], task: Task) -> Iterator[Outcome]:
    """Check files in processes of their own as far as needed, and blame the file at which one dies."""
    for file in files:
        outcomes = [outcome for _, each in _chunks_done({0: [file]}, task, 1) for outcome in each]
        yield outcomes[0] if outcomes else Outcome(_alone(file, task, "CL904", "rule-crashed", Severity.ERROR, _DIED))


_DIED = "conflict-lint itself crashed on this file, and nothing in it was checked: please report it with the file"


def _check_chunk(files: Sequence[File], task: Task) -> list[Outcome]:
    return [check_file(file, task) for file in files]


class _Pool:
    """A process pool whose workers never outlive it, however it is left."""

    def __init__(self, workers: int) -> None:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        self._pool = ProcessPoolExecutor(workers, get_context(start_method()), _prepare_worker)

    def __enter__(self) -> ProcessPoolExecutor:
        return self._pool

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            from multiprocessing import active_children

            for worker in active_children():
                worker.terminate()
        self._pool.shutdown(cancel_futures=True)


def start_method() -> str:
    """Return how workers start: forked where that is safe, since a fork has everything imported already."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _prepare_worker() -> None:
    # Ctrl-C reaches the whole process group. A worker has nothing to tidy up and no traceback to show.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _collect_garbage_seldom()
