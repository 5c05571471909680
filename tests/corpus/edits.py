"""Edit files at random and compare with cutting them afresh: ``python tests/corpus/edits.py DIRECTORY``.

Takes five of the largest .py files below the directory, edits each 1,000 times (about half of the time it is broken in
between), and prints what an edit costs. Exits with an error at the first edit after which the chunks differ.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "server"))

from conflict_lint.analysis.chunks import Module, cut, edit
from conflict_lint.analysis.source import decode

FILES, EDITS = 5, 1000

PIECES = (
    *"()[]{}\"':;@#\\\n\r\f\t",
    *("'''", '"""', "\r\n", "    ", "  ", 'f"', 'f"{x', "f'''{", "{a!r:>{w}}", "\\\n", "é😀", "\0"),
    *("else:\n", "@decorated\n", "@", "def g(a,\n", "\nclass K(", "class Q:\n    x = 1\n", "async ", "import os\n"),
    *("x = call(arg=\n", "s3.put_object(Bucket=", "from a import b\n", '"""doc\n', "try:\n", "    return", "if x:\n"),
)


def random_edit(text: str, chance: random.Random) -> tuple[int, int, str]:
    """A place and what to put there: pieces of code, a copy of other text, or nothing."""
    start = chance.randrange(len(text) + 1)
    if chance.random() < 0.4:
        start = text.rfind("\n", 0, start) + 1
    end = min(len(text), start + chance.choice((0, 0, 0, 1, 2, 5, 30, 300)))
    if chance.random() < 0.2:
        copied = chance.randrange(len(text) + 1)
        return start, end, text[copied : copied + 60]
    return start, end, "".join(chance.choice(PIECES) for _ in range(chance.choice((0, 1, 1, 1, 3))))


def repair(text: str, wanted: str) -> tuple[int, int, str]:
    """The one edit that turns ``text`` into ``wanted``."""
    longest = min(len(text), len(wanted))
    head = next((i for i in range(longest) if text[i] != wanted[i]), longest)
    tail = next((i for i in range(longest - head) if text[-1 - i] != wanted[-1 - i]), longest - head)
    return head, len(text) - tail, wanted[head : len(wanted) - tail]


def same(edited: Module, afresh: Module) -> bool:
    """Whether two modules have the same cuts, and the first is sound in itself."""
    return (
        edited.text == afresh.text
        and edited.starts == afresh.starts
        and [chunk.key for chunk in edited.chunks] == [chunk.key for chunk in afresh.chunks]
        and "".join(chunk.text for chunk in edited.chunks) == edited.text
        and len(set(edited.chunks)) == len(edited.chunks)
    )


def edit_at_random(text: str, count: int, seed: int) -> list[float]:
    """Check the law of edits ``count`` times; every fourth makes the text whole again. Returns seconds per edit."""
    chance = random.Random(seed)
    module = cut(text, trees=False)
    seconds = []
    for number in range(count):
        change = repair(module.text, text) if number % 4 == 3 else random_edit(module.text, chance)
        begin = time.perf_counter()
        module = edit(module, *change)
        seconds.append(time.perf_counter() - begin)
        assert same(module, cut(module.text, trees=False)), (seed, number, change)
    return seconds


def main(directory: str) -> None:
    """Edit the largest files with about 4,000 lines or less."""
    sizes = sorted((path.stat().st_size, path) for path in Path(directory).rglob("*.py"))
    for _, path in [(size, path) for size, path in sizes if size < 170_000][-FILES:]:
        text = decode(path.read_bytes())
        seconds = sorted(edit_at_random(text, EDITS, seed=len(text)))
        median, late = statistics.median(seconds), seconds[int(len(seconds) * 0.95)]
        print(f"{path.name}: {text.count(chr(10))} lines, {EDITS} edits agree;", end=" ")
        print(f"an edit takes {median * 1e3:.2f} ms, 95 % at most {late * 1e3:.2f} ms")


if __name__ == "__main__":
    main(sys.argv[1])
