"""The worker as the event loop sees it: jobs that wait for their turn, and a process that is replaced when it ends.

One job is with the worker at a time. Those about one document are done in their order, those of different documents in
the order in which their documents were last spoken of, youngest first: nobody waits for what he is not looking at. What
takes long is put aside when a job about another document comes, or the document has changed, and goes on from there
afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Call = Sequence[Any]
"""The name of a method of the desk, and its arguments."""

PATIENCE = 60.0
"""Seconds after which an answer is not waited for any longer."""
GRACE = 1.0
"""Seconds that a process has to end once it has closed its output."""
STARTS = 3
"""Processes in a row that end before their first answer, after which no other one is started."""
TRIES = 2
"""Processes that a job may end before it is given up."""
BUFFER = 1 << 20
"""Bytes of an answer that are read ahead."""
EVERYTHING = ""
"""The key of jobs that are done after all older and before all younger ones."""
LATER = "later"
"""The key of jobs that are done when nobody waits for anything else."""

logger = logging.getLogger(__name__)


class InWorkerError(Exception):
    """Where in the worker something went wrong: its traceback."""


class AnswerError(Exception):
    """A bug in one answer."""

    def __init__(self, error: str, told: str) -> None:
        """``told`` is the traceback in the worker."""
        super().__init__(error)
        self.told = told
        self.__cause__ = InWorkerError(f"\n{told}")


class EndedError(Exception):
    """The worker ended, or was ended, while it was at a job."""


class AsideError(Exception):
    """The worker has put a question aside for another one."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Something that the worker is to do.

    ``prepare`` is called when it is its turn and returns a change of what is open, which is never done twice, and a
    question, which may be; there may be none. A question that was put aside is asked for again: then there must be no
    change any more. ``done`` becomes what the last of the calls returned.
    """

    number: int
    prepare: Callable[[], tuple[Call | None, Call | None]]
    done: asyncio.Future[Any]


class Worker:
    """Does jobs, one at a time, in a process of its own."""

    def __init__(
        self,
        command: Sequence[str],
        opened: Callable[[], Sequence[Call]],
        given_up: Callable[[str], None],
        lost: Callable[[], None],
    ) -> None:
        """``opened`` returns the calls that bring a new process to where the former one was.

        ``given_up`` is told the key of a job at which two processes have ended; ``lost``, that none can be started.
        """
        self.command = command
        self._opened = opened
        self._given_up = given_up
        self._lost = lost
        self._process: asyncio.subprocess.Process | None = None
        self._killed = False
        """Whether the process has been told to end."""
        self._starts = 0
        self._numbers = itertools.count()
        self._queues: dict[str, deque[Job]] = {}
        self._wake = asyncio.Event()
        self._busy_with: str | None = None
        """The key of the job that is with the worker, as long as nobody has asked to put it aside."""
        self._task: asyncio.Task[None] | None = None

    # --- jobs -------------------------------------------------------------------------------------------------------

    def submit(self, key: str, prepare: Callable[[], tuple[Call | None, Call | None]]) -> asyncio.Future[Any]:
        """Queue a job about a document, or about EVERYTHING, or for LATER."""
        job = Job(next(self._numbers), prepare, asyncio.get_running_loop().create_future())
        self._queues.setdefault(key, deque()).append(job)
        self._wake.set()
        if self._busy_with not in (None, key) and key not in (EVERYTHING, LATER):
            self._interrupt()
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        return job.done

    def overtake(self, key: str) -> None:
        """Have put aside what is being found out about a document that has changed meanwhile."""
        if self._busy_with == key:
            self._interrupt()

    def ask(self, key: str, *call: Any) -> asyncio.Future[Any]:
        """Queue a question."""
        return self.submit(key, lambda: (None, call))

    def _next(self) -> tuple[str, Job] | None:
        """The job whose turn it is."""
        barrier = self._queues.get(EVERYTHING)
        limit = barrier[0].number if barrier else float("inf")
        ready = [
            (key != LATER, queue[-1].number, key)
            for key, queue in self._queues.items()
            if key != EVERYTHING and queue[0].number < limit
        ]
        key = max(ready)[2] if ready else EVERYTHING
        queue = self._queues.get(key)
        if not queue:
            return None
        job = queue.popleft()
        if not queue:
            del self._queues[key]
        return key, job

    async def _work(self) -> None:
        try:
            while True:
                found = self._next()
                if found is None:
                    self._wake.clear()
                    await self._wake.wait()
                elif not found[1].done.cancelled():
                    await self._do(*found)
        finally:
            with contextlib.suppress(asyncio.CancelledError):  # whoever closes the loop cancels a second time
                await self._end()
            await self._end()

    async def _do(self, key: str, job: Job) -> None:
        try:
            change, question = job.prepare()
            self._busy_with = key
            result = await self._answer(key, change, question)
        except AsideError:
            self._queues.setdefault(key, deque()).appendleft(job)
        except (AnswerError, EndedError) as error:
            if not job.done.cancelled():
                job.done.set_exception(error)
        else:
            if not job.done.cancelled():
                job.done.set_result(result)
        finally:
            self._busy_with = None
        await asyncio.sleep(0)  # who waits for it goes on before the next job begins

    async def _answer(self, key: str, change: Call | None, question: Call | None, tries: int = TRIES) -> Any:
        """What the worker answers; there is a second try, for it may have been ended from outside."""
        try:
            # A change is among the calls that bring a new process to where the former one was.
            made = change if await self._running() else None
            calls = [call for call in (made, question) if call is not None]
            return await self._call(calls) if calls else None
        except EndedError:
            await self._end()
            if self._starts >= STARTS:
                raise
            logger.error("the worker has ended at %s", key or "something that concerns all documents")
            if tries > 1:
                return await self._answer(key, change, question, tries - 1)
            self._given_up(key)
            raise

    # --- the process ------------------------------------------------------------------------------------------------

    async def _running(self) -> bool:
        """Have a process; returns whether it is the same as before."""
        if self._process is not None and self._process.returncode is None:
            return True
        if self._starts >= STARTS:
            raise EndedError("no worker can be started")
        self._starts += 1
        self._process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            limit=BUFFER,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # else Windows opens one for it
        )
        try:
            for call in self._opened():
                await self._open_again(call)
        except EndedError:
            if self._starts == STARTS:
                self._lost()
            raise
        self._starts = 0
        return False

    async def _open_again(self, call: Call) -> None:
        try:
            await self._call([call])
        except AnswerError:
            logger.exception("a document could not be opened")

    def _interrupt(self) -> None:
        """Have put aside what the worker is at."""
        self._busy_with = None
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(b"2\n[]")

    async def _call(self, calls: Sequence[Call]) -> Any:
        """Have calls answered.

        Raises EndedError when the process ends, AsideError when it puts them aside, AnswerError for a bug in an answer.
        """
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        overdue = asyncio.get_running_loop().call_later(PATIENCE, process.kill)
        try:
            frame = json.dumps(calls).encode()
            process.stdin.write(b"%d\n%s" % (len(frame), frame))
            await process.stdin.drain()
            size = await process.stdout.readuntil(b"\n")
            answer = json.loads(await process.stdout.readexactly(int(size)))
            published = [await process.stdout.readexactly(length) for length in answer["published"]]
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise EndedError("the worker has ended or does not make sense any more") from error
        finally:
            overdue.cancel()
        for level, name, text in answer["log"]:
            logging.getLogger(name).log(level, "%s", text)
        if "aside" in answer:
            raise AsideError
        if "error" in answer:
            raise AnswerError(answer["error"], answer["traceback"])
        if published:
            answer["result"]["published"] = published
        return answer["result"]

    async def _end(self) -> None:
        """Let no process run, nor leave one unnoticed that has ended.

        A signal first asks whether the process is there, and so takes its status from the event loop if it has just
        ended: so none is sent to a process that has closed its output, nor a second one.
        """
        process = self._process
        if process is None:
            return
        if process.stdout is not None and process.stdout.at_eof():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(process.wait(), GRACE)
        if process.returncode is None and not self._killed:
            self._killed = True
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()
        self._process, self._killed = None, False

    def stop(self) -> None:
        """End the process and drop what is queued."""
        self._queues.clear()
        if self._task is not None:
            self._task.cancel()


def command() -> list[str]:
    """How the worker is started: with the interpreter and the search path of this process, and nothing else."""
    code = f"import sys; sys.path[:] = {sys.path!r}; from conflict_lint.lsp.worker import main; sys.exit(main())"
    return [sys.executable, "-c", code]
