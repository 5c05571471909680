"""``conflict-lint clean``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from conflict_lint import cache


def run(arguments: Sequence[str]) -> int:
    """Remove what was remembered of earlier runs."""
    parser = ArgumentParser(
        prog="conflict-lint clean",
        description="Remove the cache: what earlier runs found, and catalogues that were compiled in a checkout.",
        allow_abbrev=False,
    )
    parser.add_argument("--cache-dir", metavar="DIR", help="the folder that was given to check with --cache-dir")
    args = parser.parse_args(arguments)
    try:
        folder = cache.own_folder(str(Path(args.cache_dir).absolute()) if args.cache_dir else "")
    except cache.UntrustedError as error:
        print(f"conflict-lint: not removed: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"conflict-lint: there is no cache: {error.strerror}", file=sys.stderr)
        return 0
    removed = cache.remove(folder)
    print(f"Removed {removed / 1e6:.1f} MB from {folder}")
    return 0
