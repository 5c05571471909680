"""What facts cost from ``ast`` and would cost from libcst: ``python tests/corpus/parsers.py DIRECTORY``.

Takes the chunks of the .py files below the directory that name an SDK operation, and parses each alone, with both, in
turn and in the same run. Prints microseconds a line: the two parsers, the facts, and libcst's positions, without which
facts from its tree would have no place.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "server"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "rules"))

import libcst
from conflict_lint.analysis import extract
from conflict_lint.analysis.chunks import Chunk, cut
from conflict_lint.analysis.source import Unreadable, decode
from conflict_lint.catalogue import load
from libcst.metadata import MetadataWrapper, PositionProvider

ROUNDS = 3


def relevant(directory: Path) -> Iterator[Chunk]:
    """Function chunks that parse and in which a word is the name of an SDK operation."""
    is_method = load().is_method
    for path in sorted(directory.rglob("*.py")):
        try:
            module = cut(decode(path.read_bytes()), trees=False)
        except (Unreadable, OSError):
            continue
        for chunk in module.chunks:
            words = chunk.text.replace("(", " ").replace(".", " ").split()
            if chunk.kind == "function" and any("_" in word and is_method(word) for word in words) and chunk.tree():
                yield chunk


def fresh(chunk: Chunk) -> Chunk:
    """The same chunk, not parsed yet."""
    return Chunk(chunk.kind, chunk.owner, chunk.name, chunk.indent, chunk.text)


def parse(chunk: Chunk) -> None:
    fresh(chunk).tree()


def parse_and_extract(chunk: Chunk) -> None:
    new = fresh(chunk)
    extract.statements(new.tree() or [], lambda node: (new.offset_of(node), new.end_of(node)))


def parse_concrete(chunk: Chunk) -> None:
    libcst.parse_module(dedent(chunk.text))


def parse_concrete_with_places(chunk: Chunk) -> None:
    module = libcst.parse_module(dedent(chunk.text))
    MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)


WAYS: dict[str, Callable[[Chunk], None]] = {
    "ast, tree": parse,
    "ast, tree and facts": parse_and_extract,
    "libcst, tree": parse_concrete,
    "libcst, tree and positions": parse_concrete_with_places,
}


def main(directory: str) -> int:
    chunks: list[Chunk] = []
    for chunk in relevant(Path(directory)):
        try:
            parse_concrete(chunk)
        except libcst.ParserSyntaxError:  # dedenting changed a string
            continue
        chunks.append(chunk)
    lines = sum(chunk.text.count("\n") for chunk in chunks)
    print(f"{len(chunks)} functions, {lines} lines; best of {ROUNDS}, microseconds a line")
    best = dict.fromkeys(WAYS, float("inf"))
    for _ in range(ROUNDS):
        for name, way in WAYS.items():
            begin = time.process_time()
            for chunk in chunks:
                way(chunk)
            best[name] = min(best[name], (time.process_time() - begin) / max(lines, 1) * 1e6)
    for name, cost in best.items():
        print(f"{name:28}{cost:8.1f}  {cost / best['ast, tree and facts']:6.1f} x the facts from ast")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
