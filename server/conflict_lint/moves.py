"""Repairs around loops: what each attempt must do anew is moved into the loop, what all must share is made before it.

Whole lines are moved, comments included, so only statements that have their lines to themselves are.
"""

from __future__ import annotations

import ast
import functools
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .analysis import chunks
from .analysis.chunks import Chunk, Module
from .analysis.source import Source
from .rule import Edit, Fix, Repair, Span

SAME_AGAIN = re.compile(
    r"abs|bool|bytes|Decimal|dict|dumps|encode|float|format|frozenset|int|isoformat|join|len|list|loads|max|min|now|"
    r"range|round|set|sorted|split|str|strip|sum|time|today|token_hex|token_urlsafe|tuple|utcnow|uuid4"
)
"""Functions and methods that may be called any number of times."""
ONCE_TITLE = (
    "Make the `{member}` once, before the loop (changes behaviour: later attempts are recognised as repetitions)"
)
READ_TITLE = "Read in each attempt (changes behaviour: the change is made to what is there by then)"
AGAIN_TITLE = "Read again in each attempt, and fill in the change"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
HOLES = ("read it again", "the change, made to what is there now")


@functools.lru_cache(maxsize=2)
def cut(text: str) -> Module:
    """The chunks of a text; several findings of one file ask for the same."""
    return chunks.cut(text, trees=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk of a file, which begins at ``shift``, and where its syntax stands in the file."""

    source: Source
    chunk: Chunk
    shift: int

    @classmethod
    def at(cls, source: Source, offset: int) -> Piece:
        """The chunk at an offset of the file."""
        module = cut(source.text)
        index = bisect_right(module.starts, offset) - 1
        return Piece(source, module.chunks[index], module.starts[index])

    def nodes(self) -> Iterator[ast.AST]:
        """All of its syntax; none where it does not parse."""
        return (node for top in self.chunk.tree() or () for node in ast.walk(top))

    def start(self, node: ast.AST) -> int:
        """Where a node begins in the file."""
        return self.chunk.offset_of(node) + self.shift

    def end(self, node: ast.AST) -> int:
        """Where a node ends in the file."""
        return self.chunk.end_of(node) + self.shift

    def line(self, offset: int) -> int:
        """The number of the line with an offset of the file, from 0."""
        return self.source.position(offset)[0]

    def text(self, first: int, last: int) -> str:
        """The text of some lines, ``last`` excluded."""
        return self.source.text[self.begin(first) : self.begin(last)]

    def begin(self, line: int) -> int:
        """Where a line begins in the file."""
        starts = self.source.starts
        return starts[line] if line < len(starts) else len(self.source.text)

    def lines(self, node: ast.stmt) -> tuple[int, int] | None:
        """The lines of a statement, the last one excluded; None where it shares them or has a text over several."""
        first, last = self.line(self.start(node)), self.line(self.end(node)) + 1
        head = self.source.text[self.begin(first) : self.start(node)]
        tail = self.source.text[self.end(node) : self.begin(last)].strip()
        texts = (n for n in ast.walk(node) if isinstance(n, (ast.Constant, ast.JoinedStr)))
        broken = any(n.lineno != n.end_lineno for n in texts)
        return None if head.strip() or (tail and not tail.startswith("#")) or broken else (first, last)

    def indent(self, node: ast.stmt) -> str:
        """The blanks before a statement that begins its line."""
        return self.source.text[self.begin(self.line(self.start(node))) : self.start(node)]


@dataclass(frozen=True, slots=True)
class Block(Piece):
    """A loop, and the statements of its block."""

    statements: Sequence[ast.stmt]
    loop: ast.For | ast.AsyncFor | ast.While

    @classmethod
    def around(cls, source: Source, offset: int) -> Block | None:
        """The block with the loop that begins at an offset of the file."""
        piece = Piece.at(source, offset)
        for node in piece.nodes():
            for name in ("body", "orelse", "finalbody"):
                found = getattr(node, name, None)
                block: list[ast.stmt] = found if isinstance(found, list) else []
                for one in block:
                    if isinstance(one, (ast.For, ast.AsyncFor, ast.While)) and piece.start(one) == offset:
                        return cls(source, piece.chunk, piece.shift, block, one)
        return None

    def before(self, offset: int) -> Sequence[ast.stmt]:
        """The statements from the one at an offset of the file up to the loop; none if that is not in this block."""
        at = next(index for index, one in enumerate(self.statements) if one is self.loop)
        for index, one in enumerate(self.statements[:at]):
            if self.start(one) <= offset < self.end(one):
                return self.statements[index:at]
        return ()


def read_in_loop(source: Source, repair: Repair) -> Fix | None:
    """Move a read, and what is made of it, from before a loop to the beginning of the loop's body."""
    block = Block.around(source, repair.spans["loop"].start)
    between = block.before(repair.spans["read"].start) if block is not None else ()
    if block is None or not between:
        return None
    moved = dependent(between)
    stays = [one for one in between if one not in moved]
    reading = repair.spans["read"].start - block.shift
    if not all(map(is_setting, stays)) or not repeatable(block, moved, reading) or not movable(block, moved, stays):
        return None
    edits = moving(block, moved)
    return Fix(READ_TITLE, "unsafe", edits) if edits is not None else None


def read_again(source: Source, repair: Repair) -> Fix | None:
    """Where the read cannot be moved: read once more in each attempt, and leave a hole for what depends on it.

    That is the version and the document, by the names that the call is given; none where it is given no names.
    """
    block = Block.around(source, repair.spans["loop"].start)
    if block is None or (repair.values["movable"] and read_in_loop(source, repair) is not None):
        return None
    call = next((one for one in calls(block.loop) if block.start(one) == repair.spans["write"].start), None)
    first, inside = block.loop.body[0], block.indent(block.loop.body[0])
    target = block.line(block.start(first))
    if call is None or inside.strip() or target == block.line(block.start(block.loop)):
        return None
    between = block.before(repair.spans["read"].start) if "read" in repair.spans else ()
    again = block.lines(between[0]) if between and isinstance(between[0], ast.Assign) else None
    reading = block.text(*again) if again is not None else ""
    if not reading and repair.values["compared"]:
        return None
    versions, documents = (unbound(block.loop, found) for found in handed(call, repair.values))
    if reading:
        changed = set().union(*map(bound, dependent(between)))
        versions, documents = versions & changed, documents & changed
        versions -= bound(between[0])
        documents -= bound(between[0])
    home = block.indent(block.loop)
    copied = "".join(inside + line.removeprefix(home) for line in split(reading))
    own = bound(getattr(block.loop, "target", call))
    return with_holes(source, block.begin(target), inside, copied, (versions - own, documents - own))


def read_in_function(source: Source, repair: Repair) -> Fix | None:
    """At the beginning of a function that a policy repeats: holes for the version and the document that it is given."""
    at = repair.spans["write"].start
    piece = Piece.at(source, at)
    functions = [node for node in piece.nodes() if isinstance(node, FUNCTIONS)]
    found = [(function, one) for function in functions for one in calls(function) if piece.start(one) == at]
    if len(found) != 1 or repair.values["compared"]:  # a version inside a typed value cannot be told from others
        return None
    function, call = found[0]
    told = ast.get_docstring(function) is not None and len(function.body) > 1
    first = function.body[1 if told else 0]
    target, inside = piece.line(piece.start(first)), piece.indent(first)
    if inside.strip() or target == piece.line(piece.start(function)):
        return None
    given = {one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
    versions, documents = (unbound(function, names) & given for names in handed(call, repair.values))
    return with_holes(source, piece.begin(target), inside, "", (versions, documents)) if versions else None


def with_holes(source: Source, at: int, inside: str, first: str, names: tuple[set[str], set[str]]) -> Fix | None:
    """The suggestion to put something at a place, and holes for versions and documents; none without a name for one."""
    versions, documents = names
    holes = dict.fromkeys(sorted(versions), HOLES[0]) | dict.fromkeys(sorted(documents - versions), HOLES[1])
    if not holes or "self" in holes:
        return None
    end = re.search(r"\r\n?|\n", source.text)
    newline = end[0] if end is not None else "\n"
    added = first + "".join(f"{inside}{name} = ...  # fill in: {what}{newline}" for name, what in holes.items())
    return Fix(AGAIN_TITLE, "suggestion", (Edit(Span(at, at), added),))


def handed(call: ast.Call, values: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """The names that a write's version and its document are made of; ``values`` say which arguments these are.

    Of a mapping whose items are placeholders only those that the condition ``compared`` counts.
    """
    order, versions, documents = (values[name].split() for name in ("order", "versions", "documents"))
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    given |= dict(zip(order, call.args, strict=False))
    compared = set(values["compared"].split())
    found: tuple[set[str], set[str]] = (set(), set())
    for names, members in zip(found, (versions, documents), strict=True):
        for value in (given[member] for member in members if member in given):
            parts: list[ast.expr] = [value]
            if compared and isinstance(value, ast.Dict):
                pairs = zip(value.keys, value.values, strict=True)
                parts = [item for key, item in pairs if isinstance(key, ast.Constant) and key.value in compared]
            called = {root(one.func) for part in parts for one in calls(part)}
            names.update(name for part in parts for name in used(part) - called)
    return found


def unbound(loop: ast.stmt, names: set[str]) -> set[str]:
    """Some names, but instead of those that a loop binds the ones that they are made of there."""
    made = {name: one for one in ast.walk(loop) if isinstance(one, ast.Assign) for name in bound(one)}
    out, left = set(), list(names)
    while left:
        name = left.pop()
        statement = made.pop(name, None)
        if statement is None:
            out.add(name)
        else:
            called = {root(one.func) for one in calls(statement)}
            left.extend(used(statement) - called)
    return out


def made_before_loop(source: Source, repair: Repair) -> Fix | None:
    """Move the statement that makes a token from a loop's body to before the loop."""
    block = Block.around(source, repair.spans["loop"].start)
    if block is None:
        return None
    at, loop = repair.spans["made"].start, block.loop
    made = next((one for one in loop.body if block.start(one) <= at < block.end(one)), None)
    names = bound(made) if made is not None else set()
    again = [name for one in loop.body if one is not made for name in bound(one)]
    if made is None or not is_setting(made) or not names.isdisjoint(again) or len(loop.body) == 1:
        return None
    header = bound(loop.target) if not isinstance(loop, ast.While) else used(loop.test)
    if not used(made).isdisjoint((*again, *header)) or not names.isdisjoint(header):
        return None
    lines, target = with_comments(block, made), block.line(block.start(loop))
    home, inside = block.indent(loop), block.indent(made)
    if lines is None or home.strip() or lines[0] <= target or "#" in block.text(target, lines[1]):
        return None
    added = "".join(home + line.removeprefix(inside) for line in split(block.text(*lines)))
    removed = Edit(Span(block.begin(lines[0]), block.begin(lines[1])), "")
    put = Edit(Span(block.begin(target), block.begin(target)), added)
    return Fix(ONCE_TITLE.format(member=repair.values["member"]), "unsafe", (put, removed))


def same_before(source: Source, loop: int, code: str) -> bool:
    """Whether an expression can be computed before a loop: it uses nothing that the loop binds, and has no effects."""
    block = Block.around(source, loop)
    value = ast.parse(code, mode="eval").body
    own = bound(block.loop) if block is not None else used(value)
    return (
        own.isdisjoint(used(value))
        and not isinstance(value, (ast.Name, ast.Constant))
        and all(map(is_repeatable, calls(value)))
    )


def dependent(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The first of some statements, and the others that use what it and they bind."""
    moved, names = [statements[0]], bound(statements[0])
    for one in statements[1:]:
        if not names.isdisjoint(used(one)):
            moved.append(one)
            names |= bound(one)
    return moved


def bound(node: ast.AST) -> set[str]:
    """The names that a statement binds."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}


def used(node: ast.AST) -> set[str]:
    """The names that a piece of code mentions, but for those it only binds."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Store)}


def is_setting(node: ast.stmt) -> bool:
    """Whether a statement only gives a name to something that is computed without effects."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    plain = isinstance(node, (ast.Assign, ast.AnnAssign)) and all(isinstance(one, ast.Name) for one in targets)
    return plain and all(map(is_repeatable, calls(node)))


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """The calls in a piece of code."""
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def is_repeatable(call: ast.Call) -> bool:
    """Whether a function may be called once more without anybody noticing; ``get`` with a name is a mapping's."""
    if last_name(call.func) == "get":
        return bool(call.args) and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    return SAME_AGAIN.fullmatch(last_name(call.func)) is not None


def last_name(node: ast.expr) -> str:
    """The name by which something is called."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def root(node: ast.expr) -> str:
    """The name that a chain of attributes, items and calls begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred, ast.Await)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def repeatable(block: Block, moved: Sequence[ast.stmt], reading: int) -> bool:
    """Whether some statements do the same however often they run: they change nothing but what they made themselves.

    ``reading`` is where the read stands in the chunk.
    """
    own: set[str] = set().union(*map(bound, moved))
    fresh: set[str] = set()
    for statement in moved:
        if not (own - fresh - items(statement)).isdisjoint(used(statement)) or not plain(statement):
            return False
        fresh |= bound(statement)
        for node in ast.walk(statement):
            if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
                if root(node) not in fresh:
                    return False
            elif isinstance(node, ast.Call):
                reads = any(block.chunk.offset_of(one) <= reading < block.chunk.end_of(one) for one in calls(node))
                if not (reads or root(node) in fresh or is_repeatable(node)):
                    return False
    return True


def items(statement: ast.stmt) -> set[str]:
    """The names that iterations in a statement give to what they go over."""
    loops = (one for one in ast.walk(statement) if isinstance(one, (ast.For, ast.AsyncFor, ast.comprehension)))
    return set().union(*(bound(loop.target) for loop in loops))


def plain(statement: ast.stmt) -> bool:
    """Whether a statement is made of assignments, calls, branches and iterations alone."""
    kinds = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.If, ast.For)
    inner = (one for one in ast.walk(statement) if isinstance(one, (ast.stmt, ast.Yield, ast.YieldFrom)))
    added = (one for one in ast.walk(statement) if isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name))
    return all(isinstance(one, kinds) for one in inner) and not any(added)


def movable(block: Block, moved: Sequence[ast.stmt], stays: Sequence[ast.stmt]) -> bool:
    """Whether nothing else depends on where some statements stand, in order or by the names that they bind."""
    names: set[str] = set().union(*map(bound, moved))
    mentioned = names.union(*map(used, moved))
    loop = block.loop
    header = used(loop.test) if isinstance(loop, ast.While) else used(loop.iter) | bound(loop.target)
    again = set().union(*map(bound, loop.body))
    at = next(index for index, one in enumerate(block.statements) if one is loop)
    later = set().union(*map(used, (*block.statements[at + 1 :], *loop.orelse)))
    swapped = set().union(*map(bound, stays))
    return (
        names.isdisjoint(header)
        and names.isdisjoint(again)
        and mentioned.isdisjoint(swapped)
        and (isinstance(loop, ast.While) or names.isdisjoint(later))
    )


def moving(block: Block, moved: Sequence[ast.stmt]) -> tuple[Edit, ...] | None:
    """The edits that put some statements at the beginning of the loop's body, with the comments right above them."""
    first = block.loop.body[0]
    home, inside = block.indent(block.loop), block.indent(first)
    target = block.line(block.start(first))
    ranges = [lines for one in moved if (lines := with_comments(block, one)) is not None]
    if len(ranges) < len(moved) or home.strip() or inside.strip() or target == block.line(block.start(block.loop)):
        return None
    texts = [block.text(*lines) for lines in ranges]
    moving = {line for lines in ranges for line in range(*lines)}
    others = "".join(block.text(line, line + 1) for line in range(ranges[0][0], target) if line not in moving)
    if "#" in others and "#" in "".join(texts):
        return None  # comments would change their order
    removed = [Edit(Span(block.begin(start), block.begin(stop)), "") for start, stop in ranges]
    last = ranges[-1][1]
    after = next((line for line in range(last, target) if block.text(line, line + 1).strip()), last)
    removed[-1] = Edit(Span(removed[-1].span.start, block.begin(after)), "")
    added = "".join(inside + line.removeprefix(home) if line.strip() else line for line in split("".join(texts)))
    return (*removed, Edit(Span(block.begin(target), block.begin(target)), added))


def with_comments(block: Block, statement: ast.stmt) -> tuple[int, int] | None:
    """The lines of a statement and of the comments right above it; None where it cannot be moved by lines."""
    lines = block.lines(statement)
    if lines is None:
        return None
    first, last = lines
    while first and block.text(first - 1, first).startswith(block.indent(statement) + "#"):
        first -= 1
    return first, last


def split(text: str) -> list[str]:
    """Lines with their ends."""
    return re.findall(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+", text)
