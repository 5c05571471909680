"""A module cut into chunks: top-level statements, and classes into their header and members.

A chunk is the unit of parsing, caching and failure. The scanner alone decides where the cuts are, whether the text
parses or not; that makes an edited module equal to one that is cut afresh. ``ast`` only supplies the trees: all at once
where the file parses, else chunk by chunk.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from . import scan
from .guards import Refused, may_be_deep, parse, refusal, too_deep
from .source import code_points, line_starts

Kind = scan.Kind

_TOO_DEEP = "it is nested too deeply"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a chunk has no tree; ``offset`` (code points) counts from the chunk's beginning."""

    reason: str
    offset: int


class Chunk:
    """A piece of a module's text. Nothing in it depends on where it is, so it outlives edits elsewhere.

    ``kind`` is that of the statement after any decorators; a 'class' is only the class's header, its members are chunks
    of their own, whose ``owner`` names it. ``indent`` is the length of the first line's indentation in code points.
    Two chunks with the same text are not equal: each stands for one place.
    """

    __slots__ = (
        "_ascii",
        "_base",
        "_checked",
        "_nodes",
        "_problem",
        "_starts",
        "indent",
        "kind",
        "name",
        "owner",
        "text",
    )

    def __init__(self, kind: Kind, owner: tuple[str, ...], name: str, indent: int, text: str) -> None:
        self.kind = kind
        self.owner = owner
        self.name = name
        self.indent = indent
        self.text = text
        self._nodes: list[ast.stmt] | None = None
        self._problem: Problem | None = None
        self._base = 1  # the line that the tree gives to the chunk's first line
        self._checked = False
        self._starts: list[int] | None = None
        self._ascii: bool | None = None

    def __repr__(self) -> str:
        return f"Chunk({self.kind!r}, {'.'.join((*self.owner, self.name))!r}, {self.text[:40]!r})"

    @property
    def key(self) -> tuple[Kind, tuple[str, ...], str, int, str]:
        """All that was cut: chunks with equal keys have equal trees and problems."""
        return self.kind, self.owner, self.name, self.indent, self.text

    @property
    def settled(self) -> bool:
        """Whether it is known already if there is a problem."""
        return self._checked

    @property
    def problem(self) -> Problem | None:
        """Why the chunk has no tree, or None if it has one."""
        self._settle()
        return self._problem

    def tree(self) -> list[ast.stmt] | None:
        """The chunk's statements, at most ``guards.DEPTH`` levels deep, or None if there is a problem.

        Usually one, or those that share a line. A class has only what stands on its header's line in its ``body``, and
        ends with its last base. Lines in the tree are not the chunk's: ask ``offset_of`` and ``end_of``.
        """
        self._settle()
        if self._nodes is None and self._problem is None:
            self._nodes = self._parse()
        return self._nodes

    def release(self) -> None:
        """Forget the tree, which takes far more memory than the text and the facts; it is made again when asked for."""
        if self._checked:
            self._nodes = None

    def offset_of(self, node: ast.AST) -> int:
        """Where a node of this chunk's tree begins, in code points from the chunk's beginning."""
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]  # statements, expressions, ...

    def span_of(self, node: ast.AST) -> tuple[int, int]:
        """Both at once; facts ask this of every node of a chunk."""
        if self._ascii is None:
            self._ascii = self.text.isascii()
        if self._ascii:
            starts, base = self._line_starts(), self._base
            start = starts[node.lineno - base] + node.col_offset  # type: ignore[attr-defined]
            return start, starts[node.end_lineno - base] + node.end_col_offset  # type: ignore[attr-defined]
        return self.offset_of(node), self.end_of(node)

    def end_of(self, node: ast.AST) -> int:
        """Where a node of this chunk's tree ends, in code points from the chunk's beginning."""
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def adopt(self, nodes: list[ast.stmt], base: int) -> None:
        """Take the tree from a parse of the whole file, where the chunk's first line is ``base`` (1-based)."""
        self._nodes = nodes
        self._base = base

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = line_starts(self.text)
        return self._starts

    def _offset(self, line: int, column: int) -> int:
        return code_points(self.text, self._line_starts()[line - self._base], column)

    def _settle(self) -> None:
        if self._checked:
            return
        self._checked = True
        reason = refusal(self.text)
        if reason is None and self._nodes is None:
            try:
                self._nodes = self._parse()
            except Refused as error:
                self._problem = Problem(error.reason, self._place(error))
        if reason is None and self._nodes and may_be_deep(self.text) and too_deep(self._nodes):
            reason = _TOO_DEEP
        if reason is not None:
            self._nodes = None
            self._problem = Problem(reason, len(self.text) - len(self.text.lstrip()))

    def _place(self, error: Refused) -> int:
        starts = self._line_starts()
        line = error.line - self._base
        if not 0 <= line < len(starts):
            return 0 if line < 0 else len(self.text.rstrip())
        end = starts[line + 1] if line + 1 < len(starts) else len(self.text)
        return min(starts[line] + error.column, max(end - 1, starts[line]))

    def _parse(self) -> list[ast.stmt]:
        """The tree of this chunk alone; indented code is never dedented, for its strings' sake."""
        wrapped = bool(self.owner)
        self._base = 2 if wrapped else 1
        text = f"if 1:\n{self.text}" if wrapped else self.text
        nodes = self._parse_header(text) if self.kind == "class" else parse(text).body
        if not wrapped:
            return nodes
        block = nodes[0]
        if len(nodes) > 1 or not isinstance(block, ast.If) or block.orelse:
            raise Refused("its indentation does not fit", self._base)
        return block.body

    def _parse_header(self, text: str) -> list[ast.stmt]:
        first = self.text.lstrip("\r\n")
        newline = "" if text.endswith(("\n", "\r")) else "\n"
        try:
            nodes = parse(f"{text}{newline}{first[: self.indent]} pass\n").body
        except Refused:
            return parse(text).body  # its body is on its own line
        return _headed(nodes)


def _headed(nodes: list[ast.stmt]) -> list[ast.stmt]:
    """``nodes`` with the placeholder taken out of the class."""
    last = nodes[-1]
    if isinstance(last, ast.If):
        last.body = _headed(last.body)
    elif isinstance(last, ast.ClassDef):
        nodes[-1] = _header(last, [])
    return nodes


def _header(node: ast.ClassDef, inline: list[ast.stmt]) -> ast.ClassDef:
    """A class without the members that are chunks of their own."""
    header = ast.ClassDef.__new__(ast.ClassDef)  # its fields are required from Python 3.13 on
    header.__dict__.update(node.__dict__)
    header.body = inline
    if not inline:
        ends = [(part.end_lineno or 0, part.end_col_offset or 0) for part in (*node.bases, *map(_value, node.keywords))]
        header.end_lineno, header.end_col_offset = max(ends, default=(node.lineno, node.col_offset + len("class")))
    return header


def _value(keyword: ast.keyword) -> ast.expr:
    return keyword.value


class Module:
    """A text and its chunks, which tile it completely; ``starts`` are their offsets in code points. Immutable."""

    __slots__ = ("chunks", "heads", "starts", "text")

    def __init__(
        self, text: str, chunks: tuple[Chunk, ...], starts: tuple[int, ...], heads: tuple[scan.Head, ...]
    ) -> None:
        self.text = text
        self.chunks = chunks
        self.starts = starts
        self.heads = heads


def cut(text: str, *, trees: bool = True) -> Module:
    """Cut a text into chunks.

    With ``trees``, the file is parsed at once if it parses, which costs half of what parsing each chunk costs; without,
    a chunk is parsed when it is asked for its tree. The trees and problems are the same.
    """
    starts, heads = _columns(scan.cuts(text))
    module = Module(text, tuple(_chunks(text, starts, heads, len(text))), starts, heads)
    if trees:
        _parse_at_once(module)
    return module


def settle(module: Module) -> None:
    """Find the problems of all chunks, in the cheaper way."""
    left = [chunk for chunk in module.chunks if not chunk.settled]
    if sum(len(chunk.text) for chunk in left) > len(module.text) // 2:
        _parse_at_once(module)
    for chunk in left:
        _ = chunk.problem


def _parse_at_once(module: Module) -> None:
    """Give the chunks their trees, if the file parses; otherwise each is parsed by itself."""
    if not any(refusal(chunk.text) for chunk in module.chunks):
        try:
            body = parse(module.text).body
        except Refused:
            return
        _share(module.chunks, body)


def edit(module: Module, start: int, end: int, replacement: str) -> Module:
    """The module after ``[start, end)`` (code points) has been replaced; equal to ``cut`` of the new text.

    Scans from the chunk before the edit to the first place where the old cuts fit again. Chunks whose text is the same
    are the same objects, and only the others will be parsed.
    """
    text = module.text[:start] + replacement + module.text[end:]
    shift = len(text) - len(module.text)
    touched = bisect_right(module.starts, start) - 1
    first = max(touched - 1, 0)
    blocks = module.heads[first - 1].blocks if first else ()
    begin = module.starts[first] if first else 0
    last = len(module.starts)
    fresh: list[tuple[int, scan.Head]] = []
    for at, head in scan.cuts(text, begin, blocks):
        if at - shift >= end:
            index = bisect_left(module.starts, at - shift)
            if index < len(module.starts) and module.starts[index] == at - shift and module.heads[index] == head:
                last = index
                break
        fresh.append((at, head))
    starts, heads = _columns(fresh)
    tail = tuple(at + shift for at in module.starts[last:])
    known: dict[object, list[Chunk]] = {}
    for chunk in reversed(module.chunks[first:last]):
        known.setdefault(chunk.key, []).append(chunk)
    chunks = [
        same.pop() if (same := known.get(chunk.key)) else chunk
        for chunk in _chunks(text, starts, heads, tail[0] if tail else len(text))
    ]
    return Module(
        text,
        (*module.chunks[:first], *chunks, *module.chunks[last:]),
        (*module.starts[:first], *starts, *tail),
        (*module.heads[:first], *heads, *module.heads[last:]),
    )


def _columns(cuts: Iterable[tuple[int, scan.Head]]) -> tuple[tuple[int, ...], tuple[scan.Head, ...]]:
    found = list(cuts)
    return tuple(at for at, _ in found), tuple(head for _, head in found)


def _chunks(text: str, starts: Sequence[int], heads: Sequence[scan.Head], end: int) -> Iterable[Chunk]:
    for start, stop, head in zip(starts, [*starts, end][1:], heads, strict=True):
        yield Chunk(head.kind, head.owner, head.name, head.indent, text[start:stop])


def _share(chunks: Sequence[Chunk], body: list[ast.stmt]) -> None:
    """Give each chunk its part of a file's tree, or nobody anything if the parts do not fit the chunks."""
    lines = list(accumulate((_line_count(chunk.text) for chunk in chunks), initial=1))
    lines[-1] += 1  # the last line may have no end
    shares: list[list[ast.stmt]] = [[] for _ in chunks]
    if _hand_out(body, (), chunks, lines, shares) and (len(chunks) <= 1 or all(shares)):
        for chunk, share, line in zip(chunks, shares, lines[:-1], strict=True):
            if not chunk.settled:
                chunk.adopt(share, line)


def _line_count(text: str) -> int:
    """Line ends in a text; no line end of a chunk is split between two."""
    return text.count("\n") if "\r" not in text else len(line_starts(text)) - 1


def _hand_out(
    body: list[ast.stmt],
    owner: tuple[str, ...],
    chunks: Sequence[Chunk],
    lines: Sequence[int],
    shares: list[list[ast.stmt]],
) -> bool:
    """Put each statement into the share of the chunk where it begins; False where the chunk cannot be its own."""
    for node in body:
        index = bisect_right(lines, _first_line(node)) - 1
        chunk, share = chunks[index], shares[index]
        if chunk.owner != owner or (share and chunk.kind != "statement"):
            return False
        if isinstance(node, ast.ClassDef) and chunk.kind == "class":
            inline = [member for member in node.body if member.lineno < lines[index + 1]]
            share.append(_header(node, inline))
            if not _hand_out(node.body[len(inline) :], (*owner, node.name), chunks, lines, shares):
                return False
        elif (node.end_lineno or 0) >= lines[index + 1]:
            return False
        else:
            share.append(node)
    return True


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", None)
    return decorators[0].lineno if decorators else node.lineno
