"""The language server. The only package that knows pygls; it is imported when the server starts, and not before."""

from __future__ import annotations

import gc
import logging
import os
import sys

SWITCH = 0.001  # seconds; the reader must not wait five milliseconds at every turn for the analysis
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def serve(port: int | None = None, log_file: str | None = None, log_level: str = "warning") -> int:
    """Serve one client; returns 0 if it asked to shut down before it left.

    It speaks on standard input and output, or on ``port`` of this machine. Raises OSError where the log cannot be
    written or the port is taken.
    """
    gc.disable()  # what the imports create stays; collecting in between costs a seventh of the start
    from conflict_lint.lsp.server import Server, quiet

    log = logging.FileHandler(log_file, encoding="utf-8") if log_file else logging.StreamHandler(sys.stderr)
    log.addFilter(quiet())
    logging.basicConfig(handlers=[log], level=log_level.upper(), format=FORMAT)
    sys.setswitchinterval(SWITCH)
    server = Server()
    gc.freeze()
    if port is not None:
        server.start_tcp("127.0.0.1", port)
        return 0 if server.was_shut_down else 1
    # Standard output belongs to the protocol: whatever else is printed must not get in between.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server.start_io(stdout=output)
    return 0 if server.was_shut_down else 1
