"""Compare the scanner's cuts with those that ``ast`` sees: ``python tests/corpus/check_chunks.py DIRECTORY``.

Reads every .py file below the directory. Prints how many files agree, where the others first differ, which trees do not
fit, and what cutting costs. Exit code 1 if any file disagrees.
"""

from __future__ import annotations

import ast
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "server"))

from conflict_lint.analysis import scan
from conflict_lint.analysis.chunks import Chunk, Module, cut
from conflict_lint.analysis.guards import refusal, too_deep
from conflict_lint.analysis.source import Unreadable, decode, line_starts

Place = tuple[str, tuple[str, ...], str, int]
"""Kind, owner, name and the 1-based line on which the statement begins."""


def seen_by_ast(body: list[ast.stmt], owner: tuple[str, ...] = (), after: int = 0) -> Iterator[Place]:
    """The chunks of a body; ``after`` is the last line that is already taken."""
    for node in body:
        decorators = getattr(node, "decorator_list", [])
        line = decorators[0].lineno if decorators else node.lineno
        if line > after:
            definition = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            kind = "class" if isinstance(node, ast.ClassDef) else "function" if definition else "statement"
            yield kind, owner, node.name if definition else "", line
        if isinstance(node, ast.ClassDef):
            yield from seen_by_ast(node.body, (*owner, node.name), header_end(node))
        after = max(after, node.end_lineno or 0)


def header_end(node: ast.ClassDef) -> int:
    """The last line of a class's header, or of its body if that begins on the header's line."""
    parts = [*node.bases, *node.keywords]
    header = max([node.lineno, *(part.end_lineno or 0 for part in parts)])
    inline = [member for member in node.body if member.lineno == header]
    return max([header, *(member.end_lineno or 0 for member in inline)])


def seen_by_scanner(module: Module) -> Iterator[Place]:
    """The module's chunks in the same form."""
    lines = line_starts(module.text)
    number = dict(zip(lines, range(1, len(lines) + 1), strict=True))
    for chunk, start, head in zip(module.chunks, module.starts, module.heads, strict=True):
        code = scan._HEAD.match(chunk.text) if not start else None  # the first chunk may begin with comments
        yield chunk.kind, chunk.owner, chunk.name, number[start + (code.start("lead") if code else 0)]
        assert head.kind == chunk.kind


def disagreement(text: str, body: list[ast.stmt]) -> str | None:
    """Where the scanner and the file's tree first differ, or None."""
    expected = list(seen_by_ast(body))
    module = cut(text, trees=False)
    if "".join(chunk.text for chunk in module.chunks) != text:
        return "the chunks do not add up to the text"
    found = list(seen_by_scanner(module)) if expected else []
    for wanted, got in zip(expected, found, strict=False):
        if wanted != got:
            return f"ast {wanted}, scanner {got}"
    if len(expected) != len(found):
        return f"ast {len(expected)} chunks, scanner {len(found)}"
    return None


def too_much(chunk: Chunk) -> bool:
    """Whether a guard refuses the chunk, which is right in both ways of parsing."""
    return bool(refusal(chunk.text)) or too_deep(ast.parse(f"if 1:\n{chunk.text}" if chunk.owner else chunk.text).body)


def misfit(text: str) -> str | None:
    """The first chunk whose own tree is not its part of the file's tree, or None."""
    for whole, alone in zip(cut(text).chunks, cut(text, trees=False).chunks, strict=True):
        if whole.problem != alone.problem or (whole.problem and not too_much(whole)):
            return f"{whole!r}: {whole.problem}, alone {alone.problem}"
        mine, its = whole.tree() or [], alone.tree() or []
        if list(map(ast.dump, mine)) != list(map(ast.dump, its)):
            return f"{whole!r}: another tree"
        for a, b in zip(mine, its, strict=True):
            if (whole.offset_of(a), whole.end_of(a)) != (alone.offset_of(b), alone.end_of(b)):
                return f"{whole!r}: another place"
    return None


def main(directory: str) -> int:
    warnings.simplefilter("ignore")
    agreed, differing, broken, lines, seconds = 0, 0, 0, 0, 0.0
    for path in sorted(Path(directory).rglob("*.py")):
        try:
            text = decode(path.read_bytes())
            body = ast.parse(text).body
        except (Unreadable, SyntaxError, ValueError, RecursionError, MemoryError, OSError):
            broken += 1
            continue
        problem = disagreement(text, body) or misfit(text)
        begin = time.perf_counter()
        list(scan.cuts(text))
        seconds += time.perf_counter() - begin
        lines += text.count("\n") + 1
        agreed += problem is None
        differing += problem is not None
        if problem:
            print(f"{path}: {problem}")
    print(f"{agreed} files agree, {differing} disagree, {broken} do not parse; {lines} lines,", end=" ")
    print(f"{seconds / max(lines, 1) * 1e6:.2f} µs a line")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
