"""Time conflict-lint from outside, beside its peers in the same run: ``python tests/bench/cold.py DIR [--runs N]``.

DIR is a tree of Python files that use cloud SDKs (the published goals are for the package c7n 0.9.53, unpacked). Every
command is a whole process, started in turn so that a drifting machine touches all of them; medians of wall seconds and
the ratio to conflict-lint are printed. A peer that is not installed is left out and named.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEMGREP_RULE = """rules:
- {id: one, languages: [python], severity: INFO, message: found, pattern: "$X.put_object(...)"}
"""


def commands(tree: Path, scratch: Path) -> dict[str, list[str]]:
    """What is timed, by name; the first is conflict-lint on the tree."""
    plain = scratch / "plain.py"
    plain.write_text("def double(x: int) -> int:\n    return 2 * x\n", "utf-8")
    rule = scratch / "rule.yaml"
    rule.write_text(SEMGREP_RULE, "utf-8")
    lint = [sys.executable, "-m", "conflict_lint", "check", "--no-cache", "--exit-zero", "--output-format", "concise"]
    return {
        "conflict-lint, the tree, 2 processes": [*lint, "--jobs", "2", str(tree)],
        "conflict-lint, the tree, 1 process": [*lint, "--jobs", "1", str(tree)],
        "conflict-lint, one file without an SDK word": [*lint, str(plain)],
        "an empty Python": [sys.executable, "-c", "pass"],
        "ruff, 1 rule": ["ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--select", "F401", str(tree)],
        "bandit, 1 check": ["bandit", "-q", "-r", "-t", "B105", "--exit-zero", str(tree)],
        "semgrep, 1 rule": ["semgrep", "scan", "-q", "--metrics", "off", "--disable-version-check", "-j", "2",
                            "--config", str(rule), str(tree)],
        "pylint, 1 check": ["pylint", "-j", "2", "--disable=all", "--enable=W0611", "--exit-zero", str(tree)],
    }  # fmt: skip


def timed(command: list[str]) -> float:
    """Wall seconds of one run."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main() -> int:
    """Run all commands in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        wanted = commands(options.tree, Path(scratch))
        present = {name: command for name, command in wanted.items() if shutil.which(command[0])}
        seconds: dict[str, list[float]] = {name: [] for name in present}
        for run in range(options.runs + 1):
            for name, command in present.items():
                spent = timed(command)
                if run:
                    seconds[name].append(spent)
    base = statistics.median(next(iter(seconds.values())))
    for name, values in seconds.items():
        middle = statistics.median(values)
        print(f"{name:48}{middle:8.3f} s   min {min(values):.3f}  max {max(values):.3f}   ratio {middle / base:6.2f}")
    for name in wanted.keys() - present.keys():
        print(f"{name:48} not installed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
