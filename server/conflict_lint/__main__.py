"""``python -m conflict_lint``."""

import sys

from conflict_lint.cli import main

if __name__ == "__main__":
    sys.exit(main())
