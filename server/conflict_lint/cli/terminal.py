"""What the terminal can show: colours, columns, characters."""

from __future__ import annotations

import os
from io import TextIOWrapper
from typing import TextIO

MEASURE = 100  # columns beyond which running text is no longer easy to read


def wants_color(stream: TextIO) -> bool:
    """Whether to colour what goes to this stream: on a terminal, unless the environment says otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def columns() -> int:
    """The width for running text, in characters."""
    from shutil import get_terminal_size  # brings compressors along, which no check needs

    return min(get_terminal_size().columns, MEASURE)


def write(text: str, stream: TextIO) -> None:
    """Write all of ``text``; what the stream's encoding lacks is escaped and must not end the run."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    stream.write(text)
    stream.flush()
