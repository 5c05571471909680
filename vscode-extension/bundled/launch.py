"""Starts the server: ``launch.py environment|bundled ARGUMENTS...``.

Run as a script, so that nothing is imported from the folder that is open in the editor. Any Python can read this file.
"""

import os
import sys

OLDEST = (3, 10)
HERE = os.path.dirname(os.path.abspath(__file__))

sys.path = [place for place in sys.path if place and os.path.abspath(place) != HERE]
if sys.version_info < OLDEST:
    sys.exit("conflict-lint needs Python 3.10 or later, and %s is %s" % (sys.executable, sys.version.split()[0]))


def installed():
    """Whether the interpreter's own environment has a conflict-lint."""
    import importlib.util

    return importlib.util.find_spec("conflict_lint") is not None


if sys.argv[1] == "bundled" or not installed():
    sys.path.insert(0, os.path.join(HERE, "libs"))

from conflict_lint.cli import main  # noqa: E402

sys.exit(main(["server"] + sys.argv[2:]))
