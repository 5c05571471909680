"""Edit a copy of a package at random; with a cache the findings must be those without.

Usage: ``python tests/corpus/cached.py PACKAGE [--edits N] [--seed S]``. Each edit leaves out, repeats or turns round
some lines of one file or three. Prints the seconds of both runs after each; exit code 1 if any findings differ.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CHECK = (sys.executable, "-m", "conflict_lint", "check", "--strict", "--exit-zero", "--output-format", "json")
SETTLED = 0.1
"""Seconds after which a file's time stamps prove something."""


def checked(package: Path, *options: str) -> tuple[list[dict[str, Any]], float]:
    """The findings, hints included, and the seconds that this took."""
    time.sleep(SETTLED)
    start = time.perf_counter()
    done = subprocess.run([*CHECK, *options, "."], cwd=package, capture_output=True, check=True)
    return json.loads(done.stdout)["findings"], time.perf_counter() - start


def edited(path: Path, chance: random.Random) -> None:
    """Leave out, repeat or turn round some lines."""
    lines = path.read_bytes().splitlines(keepends=True)
    start = chance.randrange(len(lines) + 1)
    some = lines[start : start + chance.choice((1, 2, 8))]
    lines[start : start + len(some)] = chance.choice(([], some * 2, some[::-1]))
    path.write_bytes(b"".join(lines))


def main() -> int:
    """Edit and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--edits", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        package, kept = Path(folder, "package"), Path(folder, "kept")
        shutil.copytree(args.package, package)
        files = sorted(package.rglob("*.py"))
        found, first = checked(package, "--cache-dir", str(kept))
        print(f"{len(files)} files, {len(found)} findings and hints: {first:.2f} s")
        for number in range(1, args.edits + 1):
            for _ in range(chance.choice((1, 1, 3))):
                edited(chance.choice(files), chance)
            known, with_cache = checked(package, "--cache-dir", str(kept))
            fresh, without = checked(package, "--no-cache")
            differing += known != fresh
            print(f"edit {number}: {with_cache:.2f} s, without a cache {without:.2f} s", flush=True)
    print(f"{args.edits} edits: findings differ after {differing}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
