"""Worker processes: which file goes to whom, and what happens when a worker dies.

Workers know all files from their start and are sent numbers. A batch is answered as a whole. When a worker dies, its
batches are given to another one that answers file by file, so that it is known at which file that one dies, if it does.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from conflict_lint.cli.checking import check_file, collect_garbage_seldom, crashed, prepare
from conflict_lint.cli.outcome import Outcome, Task
from conflict_lint.project import File

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_BATCHES = 64  # for each worker, so that all end at about the same time
_BATCH_BYTES, _BATCH_FILES = 200_000, 64  # and no more than this, so that progress shows
_AHEAD = 2  # batches that a worker has at a time, so that it need not wait for the next
_READY = "ready"

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
    crew = _Crew(files, task, _batches(files, size, jobs))
    try:
        crew.hire(jobs)
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
    for number in range(len(files)):  # neighbours import the same modules: a worker reads them once for all
        batch.append(number)
        total += sizes[number]
        if total >= enough or len(batch) >= _BATCH_FILES:
            yield batch, False
            batch, total = [], 0
    if batch:
        yield batch, False


class _Worker:
    """A process, our end of the pipe to it, and the batches that it has not answered yet."""

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe
        self.ready = False
        self.batches: deque[Batch] = deque()


class _Crew:
    """The workers of one run and the batches that wait for one."""

    def __init__(self, files: Sequence[File], task: Task, batches: Iterator[Batch]) -> None:
        self.files = files
        self.task = task
        self.waiting = deque(batches)
        self.workers: dict[Connection, _Worker] = {}

    def hire(self, number: int) -> None:
        """Start at most ``number`` workers; a system that allows no processes gets none."""
        from multiprocessing import get_context

        method = start_method()
        context = get_context("fork") if method == "fork" else get_context("spawn")
        if method == "fork":
            prepare()
        for _ in range(min(number, len(self.waiting))):
            with suppress(OSError, ImportError, NotImplementedError):
                ours, theirs = context.Pipe()
                process = context.Process(target=_work, args=(theirs, self.files, self.task), daemon=True)
                process.start()
                theirs.close()
                self.workers[ours] = worker = _Worker(process, ours)
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
            numbers, careful = worker.batches.popleft()
            if careful and len(numbers) > 1:
                worker.batches.appendleft((numbers[1:], True))
            self._supply(worker)
            yield message

    def _supply(self, worker: _Worker) -> None:
        with suppress(OSError):  # it has died; its end of the pipe will say so
            while self.waiting and len(worker.batches) < _AHEAD:
                worker.batches.append(self.waiting.popleft())
                worker.pipe.send(worker.batches[-1])
            if not worker.batches:
                worker.pipe.send(None)

    def _lost(self, worker: _Worker) -> Iterator[Answer]:
        """Take a worker that has ended off the list; where it died at work, find out at which file."""
        del self.workers[worker.pipe]
        worker.pipe.close()
        worker.process.terminate()
        worker.process.join()
        if not worker.batches:
            return
        (numbers, careful), *rest = worker.batches
        if careful and worker.ready:
            first, *numbers = numbers
            yield [(first, Outcome(crashed(self.files[first], self.task)))]
        if numbers:
            rest.insert(0, (numbers, worker.ready or careful))
        self.waiting.extendleft(reversed(rest))
        if worker.ready and self.waiting:
            self.hire(1)


def _work(pipe: Connection, files: Sequence[File], task: Task) -> None:
    """Check what is sent through the pipe until nothing more comes."""
    # Ctrl-C reaches the whole process group. A worker has nothing to tidy up and no traceback to show.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    collect_garbage_seldom()
    with suppress(EOFError, OSError):  # the parent has gone
        pipe.send(_READY)
        while (batch := pipe.recv()) is not None:
            numbers, careful = batch
            answer: Answer = []
            for number in numbers:
                answer.append((number, check_file(files[number], task)))
                if careful:
                    pipe.send(answer)
                    answer = []
            if not careful:
                pipe.send(answer)
