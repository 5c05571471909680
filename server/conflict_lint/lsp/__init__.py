"""The language server. The only package that knows pygls; it is imported when the server starts, and not before."""

from __future__ import annotations

import functools
import gc
import logging
import os
import sys
from collections.abc import Sequence

YOUNG = 20_000  # new objects after which garbage is collected
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def serve(
    port: int | None = None, log_file: str | None = None, log_level: str = "warning", worker: Sequence[str] = ()
) -> int:
    """Serve one client; returns 0 if it asked to shut down before it left.

    It speaks on standard input and output, or on ``port`` of this machine; ``worker`` is the command that starts the
    process that analyses, if it is not the usual one. Raises OSError where the log cannot be written or the port is
    taken.
    """
    gc.set_threshold(YOUNG)  # most of what the imports create stays; to look often costs a seventh of the start
    sys.modules.setdefault("ssl", None)  # type: ignore[arg-type]  # asyncio can do without it, and it is large
    define_types()
    from conflict_lint.lsp.server import Server, quiet

    log = logging.FileHandler(log_file, encoding="utf-8") if log_file else logging.StreamHandler(sys.stderr)
    log.addFilter(quiet())
    logging.basicConfig(handlers=[log], level=log_level.upper(), format=FORMAT)
    server = Server(worker)
    gc.freeze()
    if port is not None:
        server.start_tcp("127.0.0.1", port)
        return 0 if server.was_shut_down else 1
    # Standard output belongs to the protocol: whatever else is printed must not get in between.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server.start_io(stdout=output)
    return 0 if server.was_shut_down else 1


def define_types() -> None:
    """Import the protocol's 554 classes without what makes them comparable, printable and small.

    Nobody here compares or prints them, few of them live for long, and to write and compile that code takes most of
    the start: 300 ms of processor time with it, 150 ms without.
    """
    import attrs  # here, for the worker imports this package and needs none of it

    define = attrs.define
    attrs.define = functools.partial(define, eq=False, repr=False, match_args=False, slots=False)
    try:
        import lsprotocol.types  # noqa: F401
    finally:
        attrs.define = define
