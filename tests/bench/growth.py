"""Show that the cost of a line does not grow: ``python tests/bench/growth.py DIR [--runs N]``.

Once with the length of a file: the largest file of DIR that uses an SDK, its classes and functions repeated under other
names up to 500, 2,000, 8,000 and 20,000 lines. Once with the size of the tree: DIR once, twice and four times.
"""

from __future__ import annotations

import argparse
import ast
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from runs import LINT, timed

LENGTHS = (500, 2_000, 8_000, 20_000)


def lengthened(text: str, lines: int) -> str:
    """A module of about so many lines: what ``text`` defines, again and again, under other names."""
    tree = ast.parse(text)
    source = text.splitlines(keepends=True)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    definitions = [node for node in tree.body if isinstance(node, kinds)]
    first = min(node.decorator_list[0].lineno if node.decorator_list else node.lineno for node in definitions)
    parts, count, number = ["".join(source[: first - 1])], first - 1, 0
    while count < lines:
        node = definitions[number % len(definitions)]
        start = node.decorator_list[0].lineno if node.decorator_list else node.lineno
        body = "".join(source[start - 1 : node.end_lineno])
        parts.append(body.replace(node.name, f"{node.name}_{number}") + "\n\n")
        count += body.count("\n") + 2
        number += 1
    return "".join(parts)


def per_line(path: Path, runs: int, scratch: Path) -> float:
    """Microseconds of processor time a line, the start of the process taken off."""
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    lines = sum(file.read_bytes().count(b"\n") for file in files)
    empty = scratch / "empty.py"
    empty.touch()
    command = [*LINT, "--no-cache", "--jobs", "1"]
    timed([*command, str(path)], scratch)  # bytecode and catalogue are there from now on
    spent = [timed([*command, str(path)], scratch).processor for _ in range(runs)]
    start = [timed([*command, str(empty)], scratch).processor for _ in range(runs)]
    return (min(spent) - min(start)) * 1e6 / lines


def main() -> int:
    """Print microseconds a line for each length and size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        candidates = [path for path in options.tree.rglob("*.py") if b"put_" in path.read_bytes()]
        template = sorted(candidates, key=lambda path: path.stat().st_size)[-1].read_text("utf-8")
        measured: dict[str, float] = {}

        def note(what: str, path: Path) -> None:
            measured[what] = per_line(path, options.runs, scratch)
            print(f"{what:32}{measured[what]:8.1f} µs a line", flush=True)

        for lines in LENGTHS:
            (scratch / "long.py").write_text(lengthened(template, lines), "utf-8")
            note(f"a file of {lines:,} lines", scratch / "long.py")
        for times in (1, 2, 4):
            shutil.copytree(options.tree, scratch / "tree" / str(times), symlinks=True)
            if times == 4:
                shutil.copytree(options.tree, scratch / "tree" / "3", symlinks=True)
            note(f"the tree, {times} times", scratch / "tree")
        middle = statistics.median(measured.values())
        print(f"{'largest to median':32}{max(measured.values()) / middle:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
