"""The command line. Nothing heavy is imported before it is needed: a file without SDK calls must cost nothing."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = {
    "check": "find lost updates, unsafe retries and impossible error codes (the default command)",
    "explain": "explain a rule, an error code, an exception, an HTTP status or an operation",
    "rules": "list the rules",
    "catalogue": "list or search the conflicts that are explained",
    "config": "show the settings that hold for a file, and where each comes from",
    "clean": "remove what is remembered of earlier runs",
    "server": "start the language server on standard input and output",
}

USAGE = """\
usage: conflict-lint [COMMAND] [OPTIONS] [PATHS...]

Finds writes to cloud services that silently lose or duplicate data.

commands:
{commands}

conflict-lint PATHS... is the same as conflict-lint check PATHS...
conflict-lint COMMAND --help shows the options of a command.

options:
  -h, --help   show this help
  --version    show the version

exit status:
  0  nothing at or above --fail-on (default: warning)
  1  findings at or above --fail-on, or changes shown by --diff
  2  wrong use, a path that does not exist, or a broken configuration
"""


def program() -> int:
    """Run the command line as a process of its own; returns the exit status."""
    status = main()
    gc.freeze()  # the interpreter would look through all objects once more before it ends: a fifth of a long run
    return status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help", "help"):
        width = max(map(len, COMMANDS))
        commands = "\n".join(f"  {name:{width}}  {summary}" for name, summary in COMMANDS.items())
        print(USAGE.format(commands=commands), end="", file=sys.stdout if given else sys.stderr)
        return 0 if given else 2
    if given[0] in ("-V", "--version"):
        from conflict_lint import __version__

        print(f"conflict-lint {__version__}")
        return 0
    command = given.pop(0) if given[0] in COMMANDS else "check"
    try:
        status: int = import_module(f"conflict_lint.cli.{command}").run(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("conflict-lint: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader has gone (`| head`). What is still buffered must not raise again when the interpreter exits.
        sys.stdout = None
        return 141
    return status
