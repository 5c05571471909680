"""``conflict-lint server``."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence

LEVELS = ("debug", "info", "warning", "error")


def run(arguments: Sequence[str]) -> int:
    """Start the language server."""
    parser = ArgumentParser(
        prog="conflict-lint server",
        description="Start the language server on standard input and output; editors do this.",
        allow_abbrev=False,
    )
    channel = parser.add_mutually_exclusive_group()
    channel.add_argument("--stdio", action="store_true", help="the default; accepted because clients say it")
    channel.add_argument(
        "--tcp", type=_port, metavar="PORT", help="wait for one client on this port of this machine instead"
    )
    parser.add_argument("--log-file", metavar="FILE", help="write the log there, not to standard error")
    parser.add_argument("--log-level", choices=LEVELS, default="warning", help="default: warning; debug has timings")
    args = parser.parse_args(arguments)
    from conflict_lint.lsp import serve

    try:
        return serve(args.tcp, args.log_file, args.log_level)
    except OSError as error:
        parser.error(str(error))


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise ArgumentTypeError(f'must be a port from 1 to 65535, not "{text}"')
    return int(text)
