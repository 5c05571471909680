"""The options of ``conflict-lint check``, and what they change in the settings."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable

from conflict_lint.config import LEVELS, Settings
from conflict_lint.report import FORMATS

EPILOG = """\
examples:
  conflict-lint                          show the commands
  conflict-lint check                    check the Python files below the working directory
  conflict-lint src tests/test_api.py    the same as conflict-lint check src tests/test_api.py
  conflict-lint check --select CL1,impossible-error-code src
  conflict-lint check --diff src         show what --fix would change
  conflict-lint check --output-format sarif --output-file findings.sarif
  conflict-lint check --stdin-filename src/api.py - < src/api.py

in the code:
  # conflict-lint: ignore[CL101] reason        at the end of a line of the statement, or on a line above it
  # conflict-lint: ignore-file[CL101] reason   anywhere in the file

settings are read from [tool.conflict-lint] in the nearest pyproject.toml, or from conflict-lint.toml;
"conflict-lint config --show FILE" says which hold for a file, "conflict-lint explain CL101" what a rule means.

exit status: 0 nothing at or above --fail-on, 1 findings (or changes shown by --diff), 2 wrong use, a path that does
not exist, or a broken configuration.
"""


def parser() -> ArgumentParser:
    """Return the parser of ``conflict-lint check``."""
    options = ArgumentParser(
        prog="conflict-lint check",
        description="Find writes to cloud services that silently lose or duplicate data.",
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    options.add_argument(
        "paths", nargs="*", metavar="PATH", help='files and directories (default: "."), or - for stdin'
    )
    rules = options.add_argument_group("rules")
    rules.add_argument(
        "--select", action="extend", type=_listed, metavar="RULES", help="codes, prefixes or names to run"
    )
    rules.add_argument(
        "--ignore", action="extend", type=_listed, metavar="RULES", help="codes, prefixes or names to leave out"
    )
    rules.add_argument(
        "--strict", action="store_true", help="also show hints: writes with nothing that proves a problem"
    )
    rules.add_argument(
        "--fail-on", choices=LEVELS, help="the lowest severity that makes the exit status 1 (default: warning)"
    )
    rules.add_argument("--exit-zero", action="store_true", help="exit with 0 even when there are findings")
    files = options.add_argument_group("files")
    files.add_argument(
        "--exclude", action="extend", type=_listed, metavar="PATTERNS", help="gitignore patterns to leave out"
    )
    files.add_argument("--force-exclude", action="store_true", help="exclude even paths given by hand (for pre-commit)")
    files.add_argument("--stdin-filename", metavar="PATH", help="the name of the file that is read from stdin")
    files.add_argument("--config", metavar="FILE", help="use this configuration instead of the nearest one")
    output = options.add_argument_group("output")
    output.add_argument("--output-format", choices=FORMATS, default="full", help="default: full")
    output.add_argument("--output-file", metavar="FILE", help="write the report to this file")
    output.add_argument(
        "--statistics", action="store_true", help="count the findings of each rule instead of listing them"
    )
    repairs = options.add_argument_group("repairs")
    repairs.add_argument("--fix", action="store_true", help="apply the fixes that keep the meaning of the code")
    repairs.add_argument(
        "--unsafe-fixes", action="store_true", help="with --fix or --diff: also those that change it as intended"
    )
    repairs.add_argument("--diff", action="store_true", help="show what --fix would change, and change nothing")
    work = options.add_argument_group("work")
    work.add_argument("--jobs", type=_jobs, default=0, metavar="N", help='processes, or "auto" (default)')
    work.add_argument("--no-cache", action="store_true", help="check everything anew, and remember nothing")
    work.add_argument("--cache-dir", metavar="DIR", help="keep the cache here, not in the user's folder for caches")
    return options


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _jobs(text: str) -> int:
    if text == "auto":
        return 0
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f'must be a number from 1 or "auto", not "{text}"')
    return int(text)


def adjustment(args: Namespace) -> Callable[[Settings], Settings]:
    """Return what the options change in the settings of every file."""

    def adjusted(settings: Settings) -> Settings:
        values = {
            "select": args.select and tuple(args.select),
            "ignore": args.ignore and (*settings.ignore, *args.ignore),
            "extend_exclude": args.exclude and (*settings.extend_exclude, *args.exclude),
            "fail_on": args.fail_on and LEVELS[args.fail_on],
            "strict": args.strict,
            "force_exclude": args.force_exclude,
        }
        return settings.overlaid("command line", **{field: value for field, value in values.items() if value})

    return adjusted
