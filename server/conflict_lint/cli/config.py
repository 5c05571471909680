"""``conflict-lint config``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from conflict_lint.config import ConfigError, shown_as_toml
from conflict_lint.project import Projects, absolute


def run(arguments: Sequence[str]) -> int:
    """Show the settings that hold for a file."""
    parser = ArgumentParser(
        prog="conflict-lint config",
        description="Show the settings that hold for a file or directory, and where each comes from.",
        epilog="The output is TOML: what stands there can be put into conflict-lint.toml.",
        allow_abbrev=False,
    )
    parser.add_argument("--show", action="store_true", help="show the settings (what the command does in any case)")
    parser.add_argument("--config", metavar="FILE", help="use this configuration instead of the nearest one")
    parser.add_argument("path", nargs="?", default=".", metavar="FILE", help="default: the working directory")
    args = parser.parse_intermixed_args(arguments)
    cwd = str(Path.cwd())
    path = Path(absolute(args.path, cwd))
    try:
        projects = Projects(cwd, args.config)
        project = projects.of(str(path if path.is_dir() else path.parent))
    except ConfigError as error:
        print(f"conflict-lint: {error}", file=sys.stderr)
        return 2
    if project.settings.names_rules:
        from conflict_lint import engine

        if problem := project.settings.unknown_rule({rule.code: rule.name for rule in engine.rules()}):
            print(f"conflict-lint: {problem}", file=sys.stderr)
            return 2
    print(f"# settings for {args.path}, in the project {project.root}")
    print(shown_as_toml(project.settings), end="")
    return 0
