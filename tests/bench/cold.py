"""Time whole runs without a cache, beside peers in the same run: ``python tests/bench/cold.py DIR [--runs N]``.

DIR is a tree of Python files that use cloud SDKs (the published goals are for the package c7n 0.9.53, unpacked). Every
command is a whole process, started in turn so that a drifting machine touches all of them. A peer that is not installed
is left out and named; each runs one rule only, which flatters it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from runs import LINT, in_turn, memory, table

SEMGREP_RULE = """rules:
- {id: one, languages: [python], severity: INFO, message: found, pattern: "$X.put_object(...)"}
"""


def commands(tree: Path, scratch: Path) -> dict[str, list[str]]:
    """What is timed, by name; the first is conflict-lint on the tree."""
    plain = scratch / "plain.py"
    plain.write_text("def double(x: int) -> int:\n    return 2 * x\n", "utf-8")
    rule = scratch / "rule.yaml"
    rule.write_text(SEMGREP_RULE, "utf-8")
    lint = [*LINT, "--no-cache"]
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
        "Fixit, 1 rule": ["fixit", "--rules", "fixit.rules:NoInheritFromObject", "lint", str(tree)],
    }  # fmt: skip


def main() -> int:
    """Run all commands in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        wanted = commands(options.tree, scratch)
        present = {name: command for name, command in wanted.items() if shutil.which(command[0])}
        print("\n".join(table(in_turn(present, options.runs, scratch))))
        for name in wanted.keys() - present.keys():
            print(f"{name:52} not installed")
        own, worker = memory(next(iter(present.values())), scratch)
        print(f"{'most memory of a process, of a worker':52}{own / 1e6:8.0f} MB {worker / 1e6:8.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
