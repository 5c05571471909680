"""How far a long run has come, on a terminal."""

from __future__ import annotations

import sys
import time

_FIRST = 1.0
_EVERY = 0.1


class Progress:
    """Counts files on standard error from the second on, if that is a terminal, and leaves no trace at the end."""

    def __init__(self, total: int, done: int = 0) -> None:
        self._total = total
        self._done = done
        self._enabled = sys.stderr.isatty()
        self._next = time.monotonic() + _FIRST
        self._width = 0

    def __enter__(self) -> Progress:
        return self

    def advance(self, files: int) -> None:
        """Count ``files`` more as checked."""
        self._done += files
        if not self._enabled or (now := time.monotonic()) < self._next:
            return
        self._next = now + _EVERY
        text = f"checked {self._done} of {self._total} files"
        self._width = max(self._width, len(text))
        print(f"\r{text:{self._width}}", end="", file=sys.stderr, flush=True)

    def __exit__(self, *_: object) -> None:
        if self._width:
            print(f"\r{'':{self._width}}\r", end="", file=sys.stderr, flush=True)
