"""Worker processes: which file goes to whom, and what happens when a worker dies.

Workers know all files from their start and are sent numbers. Neighbours import the same modules, so each worker has a
stretch of the files for itself; one that is done takes half of what another one has left. A batch is answered as a
whole. When a worker dies, its batches are given to another one that answers file by file, so that it is known at which
file that one dies, if it does. A forked worker never collects garbage: where files of another folder begin, of which it
knows nothing yet, one that has grown large ends, and a fresh one goes on.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from conflict_lint.analysis.imports import outermost
from conflict_lint.cli.checking import check_file, collect_garbage_seldom, crashed, prepare, resident
from conflict_lint.cli.outcome import Outcome, Task
from conflict_lint.project import File

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_BATCHES = 64  # for each worker, so that all end at about the same time
_BATCH_BYTES, _BATCH_FILES = 200_000, 64  # and no more than this, so that progress shows
_AHEAD = 2  # batches that a worker has at a time, so that it need not wait for the next
_LARGEST = 120  # megabytes that a forked worker may hold and still go on in another folder
_READY, _FULL = "ready", "full"

Batch = tuple[Sequence[int], bool]
"""Numbers of files, and whether each is to be answered by itself."""
Answer = list[tuple[int, Outcome]]


def cpu_count() -> int:
    """Return how many processors this process may use at once: its affinity, and the quota of its control group."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(count, quota(Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")) or count))


def quota(membership: Path, root: Path) -> int:
    """Return the processors that version 2 control groups leave to this process, rounded up; 0 without a limit."""
    limits = []
    with suppress(OSError, ValueError):
        inner = membership.read_text("ascii").rpartition("0::")[2].strip().lstrip("/")
        group = root / inner
        while group != root.parent:
            with suppress(OSError):
                quota, period = (group / "cpu.max").read_text("ascii").split()
                if quota != "max":
                    limits.append(-(-int(quota) // int(period)))
            group = group.parent
    return min(limits, default=0)


def start_method() -> Literal["fork", "spawn"]:
    """Return how workers start: forked where that is safe, since a fork has everything imported already."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def check_in_processes(
    files: Sequence[File], task: Task, jobs: int, size: Callable[[File], int]
) -> Iterator[tuple[int, Outcome]]:
    """Yield the number of each file with its outcome, in the order in which they are done.

    ``size`` gives a file's bytes.
    """
    crew = _Crew(files, task)
    try:
        crew.hire(_shares(list(_batches(files, size, jobs)), jobs))
        while crew.workers:
            for answer in crew.answers():
                yield from answer
    finally:
        crew.dismiss()
    for numbers, careful in crew.waiting:  # no worker could be started
        for number in numbers:
            yield number, Outcome(crashed(files[number], task)) if careful else check_file(files[number], task)


def _batches(files: Sequence[File], size: Callable[[File], int], jobs: int) -> Iterator[Batch]:
    batch: list[int] = []
    total = 0
    sizes = [size(file) for file in files]
    enough = min(_BATCH_BYTES, sum(sizes) // (jobs * _BATCHES))
    for number, file in enumerate(files):
        full = total >= enough or len(batch) >= _BATCH_FILES
        if batch and (full or outermost(file.relative) != outermost(files[batch[0]].relative)):
            yield batch, False
            batch, total = [], 0
        batch.append(number)
        total += sizes[number]
    if batch:
        yield batch, False


def _shares(batches: Sequence[Batch], jobs: int) -> Iterator[deque[Batch]]:
    """As many stretches of the same length as there are processes, or fewer."""
    ends = [len(batches) * part // jobs for part in range(jobs + 1)]
    return (deque(batches[start:end]) for start, end in pairwise(ends) if start < end)


class _Worker:
    """A process, our end of the pipe to it, the batches that it has not answered yet, and its share of the others."""

    def __init__(self, process: BaseProcess, pipe: Connection, share: deque[Batch]) -> None:
        self.process = process
        self.pipe = pipe
        self.share = share
        self.ready = False
        self.batches: deque[Batch] = deque()

    def left(self) -> deque[Batch]:
        """Return what it has not done yet."""
        return deque((*self.batches, *self.share))


class _Crew:
    """The workers of one run; ``waiting`` are the batches that nobody has taken on."""

    def __init__(self, files: Sequence[File], task: Task) -> None:
        self.files = files
        self.task = task
        self.waiting: deque[Batch] = deque()
        self.workers: dict[Connection, _Worker] = {}

    def hire(self, shares: Iterable[deque[Batch]]) -> None:
        """Start a worker for each share; a system that allows no processes gets none."""
        from multiprocessing import get_context

        method = start_method()
        context = get_context("fork") if method == "fork" else get_context("spawn")
        largest = _LARGEST if method == "fork" else 0
        if method == "fork":
            prepare()
        for share in shares:
            try:
                ours, theirs = context.Pipe()
                process = context.Process(target=_work, args=(theirs, self.files, self.task, largest), daemon=True)
                process.start()
            except (OSError, ImportError, NotImplementedError):
                self.waiting.extend(share)
                continue
            theirs.close()
            self.workers[ours] = worker = _Worker(process, ours, share)
            self._supply(worker)

    def dismiss(self) -> None:
        """End all workers at once, whatever they do."""
        for worker in self.workers.values():
            worker.process.terminate()
        for worker in self.workers.values():
            worker.process.join()
            worker.pipe.close()
        self.workers.clear()

    def answers(self) -> Iterator[Answer]:
        """Wait until some worker says something; yields what is done by then."""
        from multiprocessing.connection import wait

        for pipe in wait(list(self.workers)):
            worker = self.workers[pipe]  # type: ignore[index]
            try:
                message = worker.pipe.recv()
            except (EOFError, OSError):
                yield from self._lost(worker)
                continue
            if message == _READY:
                worker.ready = True
                continue
            if message == _FULL:
                self._replace(worker)
                continue
            numbers, careful = worker.batches.popleft()
            if careful and len(numbers) > 1:
                worker.batches.appendleft((numbers[1:], True))
            self._supply(worker)
            yield message

    def _supply(self, worker: _Worker) -> None:
        with suppress(OSError):  # it has died; its end of the pipe will say so
            while len(worker.batches) < _AHEAD and (worker.share or self._take(worker)):
                worker.batches.append(worker.share.popleft())
                worker.pipe.send(worker.batches[-1])
            if not worker.batches:
                worker.pipe.send(None)

    def _take(self, worker: _Worker) -> bool:
        """Give a worker the second half of the longest share; tell whether there was any."""
        longest = max(self.waiting, *(other.share for other in self.workers.values()), key=len)
        for _ in range(-(-len(longest) // 2)):
            worker.share.appendleft(longest.pop())
        return bool(worker.share)

    def _end(self, worker: _Worker) -> None:
        del self.workers[worker.pipe]
        worker.pipe.close()
        worker.process.terminate()
        worker.process.join()

    def _replace(self, worker: _Worker) -> None:
        """Let another worker do what this one has left."""
        self._end(worker)
        self.hire([worker.left()])

    def _lost(self, worker: _Worker) -> Iterator[Answer]:
        """Take a worker that has ended off the list; where it died at work, find out at which file."""
        self._end(worker)
        if not worker.batches:
            return
        numbers, careful = worker.batches.popleft()
        if careful and worker.ready:
            first, *numbers = numbers
            yield [(first, Outcome(crashed(self.files[first], self.task)))]
        if numbers:
            worker.batches.appendleft((numbers, worker.ready or careful))
        left = worker.left()
        if worker.ready and left:
            self.hire([left])
        else:
            self.waiting.extend(left)


def _work(pipe: Connection, files: Sequence[File], task: Task, largest: int) -> None:
    """Check what is sent through the pipe until nothing more comes.

    It refuses another folder's files when it holds more than ``largest`` megabytes; with 0 it collects garbage instead.
    """
    # Ctrl-C reaches the whole process group. A worker has nothing to tidy up and no traceback to show.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if largest:
        gc.disable()
    else:
        collect_garbage_seldom()
    with suppress(EOFError, OSError):  # the parent has gone
        pipe.send(_READY)
        folder = None
        while (batch := pipe.recv()) is not None:
            numbers, careful = batch
            before, folder = folder, outermost(files[numbers[0]].relative)
            if largest and before not in (None, folder) and resident() > largest:
                pipe.send(_FULL)
                break
            answer: Answer = []
            for number in numbers:
                answer.append((number, check_file(files[number], task)))
                if careful:
                    pipe.send(answer)
                    answer = []
            if not careful:
                pipe.send(answer)
