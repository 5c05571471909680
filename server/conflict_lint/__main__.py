"""``python -m conflict_lint``."""

import sys

from conflict_lint.cli import program

if __name__ == "__main__":
    sys.exit(program())
