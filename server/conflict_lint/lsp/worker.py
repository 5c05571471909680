"""The process that analyses: it answers one request after the other, and whatever happens in it happens to it alone.

A request is a list of calls, each the name of a method of the desk and its arguments. The answer has the ``result`` of
the last one, or what went wrong (``error``, ``traceback``); ``log`` is what was logged meanwhile. Both are frames: a
line with the length of the JSON that follows. What is ``published`` with a result follows its frame as it is, each text
as long as is said there, for the server only passes it on. A request without calls has no answer: it says that another
one is more urgent than that which is worked at, which may then be answered with ``aside`` in place of a result.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from conflict_lint.lsp.desk import Desk


class Notes(logging.Handler):
    """Keeps what is logged until the server takes it."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[int, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.taken.append((record.levelno, record.name, self.format(record)))


def main() -> int:
    """Answer what is asked on standard input until it ends."""
    gc.disable()  # its pauses would be inside of an answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops the server stops this one, too
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else is printed must not get in between
    with contextlib.suppress(BrokenPipeError):  # the server has gone, and nobody is left to be told
        serve(sys.stdin.buffer, output)
    return 0


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests one after the other."""
    frames: SimpleQueue[Sequence[Any] | None] = SimpleQueue()
    threading.Thread(target=read, args=(requests, frames), daemon=True).start()
    notes = Notes()
    notes.setFormatter(logging.Formatter())
    logging.basicConfig(handlers=[notes], level=logging.DEBUG)
    desk: Desk | None = None

    def begin(client: dict[str, Any]) -> None:
        nonlocal desk
        from conflict_lint.lsp.desk import Client, Desk

        desk = Desk(Client.of(client), pause)

    def pause() -> None:
        if not frames.empty():
            raise PutAside

    while (calls := frames.get()) is not None:
        from conflict_lint.analysis.modules import PutAside
        from conflict_lint.engine import contained

        if not calls:
            continue
        answer: dict[str, Any] = {}

        def run() -> object:
            result = None
            for name, *arguments in calls:
                call: Callable[..., object] = begin if name == "begin" else getattr(desk, name)
                result = call(*arguments)
            return result

        def failed(error: BaseException) -> None:
            told = traceback.format_exception(error)
            answer.update(error=repr(error), traceback="".join(told))  # noqa: B023

        try:
            answer["result"] = contained(run, failed)
        except PutAside:
            answer["aside"] = True
        answer["log"], notes.taken = notes.taken, []
        answers.write(framed(answer))
        answers.flush()
        if desk is not None:
            desk.tidy()


def framed(answer: Mapping[str, Any]) -> bytes:
    """An answer as it is sent."""
    result = answer.get("result")
    texts = [text.encode() for text in result.pop("published", ())] if isinstance(result, dict) else []
    frame = json.dumps({**answer, "published": [*map(len, texts)]}).encode()
    return b"".join((b"%d\n%s" % (len(frame), frame), *texts))


def read(requests: BinaryIO, frames: SimpleQueue[Sequence[Any] | None]) -> None:
    """Pass on what each frame says, then None."""
    try:
        while line := requests.readline():
            frames.put(json.loads(requests.read(int(line))))
    finally:
        frames.put(None)
