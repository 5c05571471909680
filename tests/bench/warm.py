"""Time runs that have a cache: ``python tests/bench/warm.py DIR [--runs N]``.

What is timed is a second run over an unchanged tree; one after one file has changed, of the tree and of this file
alone; one after all files were touched, so that they must be read and hashed but not checked; and a file without an SDK
word. DIR is copied first.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from runs import LINT, Cost, in_turn, table, timed


def changed(tree: Path, scratch: Path, runs: int, change: Callable[[], object], checked: Path) -> list[Cost]:
    """The costs of checking ``checked`` after each of several changes in the tree."""
    costs = []
    for _ in range(runs):
        change()
        time.sleep(0.2)
        costs.append(timed([*LINT, str(checked)], scratch))
        timed([*LINT, str(tree)], scratch)
    return costs


def main() -> int:
    """Print what cold and warm runs cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        tree, plain = scratch / "tree", scratch / "plain" / "plain.py"
        shutil.copytree(options.tree, tree, symlinks=True)
        (tree / "pyproject.toml").touch()
        plain.parent.mkdir()
        plain.write_text("def double(x: int) -> int:\n    return 2 * x\n", "utf-8")
        time.sleep(2)
        commands = {
            "the tree, nothing has changed": [*LINT, str(tree)],
            "one file without an SDK word, known": [*LINT, str(plain)],
            "one file without an SDK word, --no-cache": [*LINT, "--no-cache", str(plain)],
            "an empty Python": [sys.executable, "-c", "pass"],
        }
        costs = in_turn(commands, options.runs, scratch)
        files = sorted(tree.rglob("*.py"))
        largest = max(files, key=lambda path: path.stat().st_size)

        def grow() -> None:
            largest.write_bytes(largest.read_bytes() + b"\n")

        def touch() -> None:
            for path in files:
                path.touch()

        costs["the tree, its largest file has changed"] = changed(tree, scratch, 3, grow, tree)
        costs["that file alone, changed"] = changed(tree, scratch, 3, grow, largest)
        costs["the tree, all files are touched"] = changed(tree, scratch, 3, touch, tree)
        print("\n".join(table(costs)))
        stored = sum(path.stat().st_size for path in (scratch / "cache").rglob("*.records"))
        print(f"{'the cache takes':52}{stored / 1e6:8.2f} MB")
        print(f"{'files':52}{sum(1 for _ in tree.rglob('*.py')):8}")
        middle = statistics.median(cost.wall for cost in costs["the tree, nothing has changed"])
        print(f"{'microseconds a file, warm':52}{middle * 1e6 / sum(1 for _ in tree.rglob('*.py')):8.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
