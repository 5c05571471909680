"""Standard input and output for the event loop: where the system can, it waits for input itself and no thread does."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from typing import TYPE_CHECKING, BinaryIO

from pygls.io_ import StdinAsyncReader

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from pygls.io_ import AsyncReader

AHEAD = 1 << 20
"""Bytes that are read ahead."""


class Lines(asyncio.StreamReader):
    """Reads messages so that what one began has begun before the next is read."""

    async def readexactly(self, n: int) -> bytes:
        """The body of a message, of ``n`` bytes."""
        await asyncio.sleep(0)
        return await super().readexactly(n)


async def reader(stream: BinaryIO, threads: ThreadPoolExecutor) -> AsyncReader:
    """What reads a stream: a pipe or socket through the loop, anything else in a thread."""
    mode = os.fstat(stream.fileno()).st_mode
    # On Windows the loop cannot wait for the pipes that a process is started with, and nowhere for a file.
    if sys.platform == "win32" or not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return StdinAsyncReader(stream, threads)
    lines = Lines(AHEAD)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), stream)
    return lines
