"""The language server. The only package that knows pygls; it is imported when the server starts, and not before."""

from __future__ import annotations

import gc
import logging
import os
import sys

SWITCH = 0.001  # seconds; the reader must not wait five milliseconds at every turn for the analysis


def serve() -> int:
    """Serve one client on standard input and output; returns 0 if it asked to shut down before it left."""
    gc.disable()  # what the imports create stays; collecting in between costs a seventh of the start
    from conflict_lint.lsp.server import Server, quiet

    log = logging.StreamHandler(sys.stderr)
    log.addFilter(quiet())
    logging.basicConfig(handlers=[log], level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # Standard output belongs to the protocol: whatever else is printed must not get in between.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.setswitchinterval(SWITCH)
    server = Server()
    gc.freeze()
    server.start_io(stdout=output)
    return 0 if server.was_shut_down else 1
