"""``conflict-lint server``."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Start the language server."""
    parser = ArgumentParser(
        prog="conflict-lint server",
        description="Start the language server on standard input and output; editors do this.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--stdio", action="store_true", help="the only way to talk to it; accepted because clients say it"
    )
    parser.parse_args(arguments)
    from conflict_lint.lsp import serve

    return serve()
