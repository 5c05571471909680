"""Repairs: from the plain data of a finding to minimal text edits.

Syntax is rebuilt with libcst, so that the author's layout, quotes and comments stay; what comes out are the edits of the
few characters that differ. A builder that cannot see everything it needs offers nothing.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from .analysis import chunks, concrete
from .analysis.source import Source, line_starts
from .rule import Applicability, Edit, Finding, Fix, Repair, Span

if TYPE_CHECKING:
    import libcst as cst

    from .analysis.chunks import Module

N = TypeVar("N", bound="cst.CSTNode")
LITERAL = re.compile(r"""^([A-Za-z]*)('''|\"\"\"|'|")(.*)\2$""", re.DOTALL)
BLANKS = re.compile(r"[ \t]*")
REPLY_NAMES = ("response", "reply", "current", "found")
CONDITION_NAMES = ("unchanged", "as_read")
SEEN_NAMES = ("seen", "seen_item", "item_as_read")
BEHAVIOUR = "changes behaviour: the write now fails if somebody else wrote in between"


def fixes_for(source: Source, finding: Finding) -> tuple[Fix, ...]:
    """The fixes that can be offered for a finding of ``source``; empty where none can."""
    out: list[Fix] = []
    for repair in finding.repairs:
        try:
            fix = BUILDERS[repair.kind](source, repair)
        except concrete.Refused:
            fix = None
        if fix is not None:
            out.append(fix)
    return tuple(out)


def apply(text: str, fixes: Iterable[Fix]) -> str:
    """``text`` with the edits of all fixes; a fix that overlaps an earlier one is left for the next round."""
    taken: list[Edit] = []
    for fix in fixes:
        fresh = [edit for edit in fix.edits if edit not in taken]
        if not any(overlap(edit, other) for edit in fresh for other in taken):
            taken.extend(fresh)
    for edit in sorted(taken, key=lambda edit: (edit.span.start, edit.span.end), reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def overlap(left: Edit, right: Edit) -> bool:
    """Whether two edits touch the same characters; two insertions at one place do."""
    if left.span == right.span:
        return True
    return left.span.start < right.span.end and right.span.start < left.span.end


# -- small repairs ----------------------------------------------------------------------------------------------------


def respell(source: Source, repair: Repair) -> Fix | None:
    """Replace a string literal's text, or the last name of a dotted path, by the right spelling."""
    span, right = repair.spans["wrong"], repair.values["right"]
    text = source.text[span.start : span.end]
    literal = LITERAL.match(text)
    if literal:
        start = span.start + len(literal[1]) + len(literal[2])
        inner = Span(start, start + len(literal[3]))
    else:
        word = re.search(r"\w+$", text)
        if word is None:
            return None
        inner = Span(span.start + word.start(), span.end)
    wrong = source.text[inner.start : inner.end]
    return Fix(f"Replace `{wrong}` by `{right}`", "safe", (Edit(inner, right),))


def remove_suppression(source: Source, repair: Repair) -> Fix | None:
    """Remove what a suppression comment does not need."""
    span = repair.spans["comment"]
    return Fix("Remove the unused suppression", "safe", (Edit(span, repair.values["replacement"]),))


# -- preconditions ----------------------------------------------------------------------------------------------------


def pass_precondition(source: Source, repair: Repair) -> Fix | None:
    """Give the write what the read answered as its version: ``IfMatch=response["ETag"]``."""
    work = Work.open(source, repair)
    if work is None:
        return None
    member, output, creates = repair.values["member"], repair.values["output"], repair.values.get("creates", "")
    since = repair.values.get("since", "")
    needs = f"; needs boto3 {since} or later, and compatible stores may ignore it" if since else ""
    title = f"Pass `{output}` of the read as `{member}` ({BEHAVIOUR}{needs})"
    bound = work.bind_reply()
    if bound is None:
        return None
    name, edits = bound
    if work.dominates():
        return work.fix(title, [*edits, *work.with_arguments({member: f'{name}["{output}"]'})])
    start = work.before_attempt()
    if not creates or start is None:
        return None
    guard = work.fresh(("precondition", "guard"))
    member_if_absent, _, value = creates.partition("=")
    line = work.line_of(start)
    edits.append(
        Edit(Span(line, line), f'{work.indent(start)}{guard} = {{"{member_if_absent}": "{value}"}}{work.newline}')
    )
    after = work.end_of_line(work.read_statement)
    indent = work.indent(work.start(work.read_statement))
    edits.append(Edit(Span(after, after), f'{indent}{guard} = {{"{member}": {name}["{output}"]}}{work.newline}'))
    return work.fix(title, [*edits, *work.with_arguments({"**": guard})])


def condition_on_read(source: Source, repair: Repair) -> Fix | None:
    """Make the write of an item conditional on the attributes that were read, as they were read."""
    work = Work.open(source, repair)
    attributes = [name for name in repair.values.get("attributes", "").split("\n") if name]
    if work is None or not attributes or not work.dominates() or repair.values["form"] != "resource":
        return None
    bound = work.bind_reply()
    if bound is None:
        return None
    name, edits = bound
    document, module = repair.values["document"], repair.values["module"]
    seen, unchanged = work.fresh(SEEN_NAMES), work.fresh(CONDITION_NAMES)
    read = f'{name}.get("{document}", {{}})'
    nested = bool(repair.values.get("nested"))
    tests = [f'Attr("{a}").eq({seen}["{a}"]) if "{a}" in {seen} else Attr("{a}").not_exists()' for a in attributes]
    condition = tests[0] if len(tests) == 1 else " & ".join(f"({test})" for test in tests)
    lines = [f"{seen} = {f'copy.deepcopy({read})' if nested else read}", f"{unchanged} = {condition}"]
    after = work.end_of_line(work.read_statement)
    indent = work.indent(work.start(work.read_statement))
    edits.append(Edit(Span(after, after), "".join(f"{indent}{line}{work.newline}" for line in lines)))
    edits.extend(work.with_arguments({repair.values["member"]: unchanged}))
    edits.extend(work.imports([*(["import copy"] if nested else []), f"from {module} import Attr"]))
    shown = " and ".join(f"`{a}`" for a in attributes)
    return work.fix(f"Write only if {shown} is as it was read ({BEHAVIOUR})", edits)


BUILDERS: dict[str, Callable[[Source, Repair], Fix | None]] = {
    "respell": respell,
    "remove-suppression": remove_suppression,
    "pass-precondition": pass_precondition,
    "condition-on-read": condition_on_read,
}


# -- syntax at hand ---------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=2)
def cut(text: str) -> Module:
    """The chunks of a text; several findings of one file ask for the same."""
    return chunks.cut(text)


@functools.lru_cache(maxsize=8)
def parsed(text: str) -> tuple[cst.Module, dict[cst.CSTNode, tuple[int, int]], dict[cst.CSTNode, cst.CSTNode]]:
    """A chunk's concrete tree, where its nodes stand (code points), and their parents."""
    from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

    wrapper = MetadataWrapper(concrete.parse(text), unsafe_skip_copy=True)
    lines = line_starts(text)
    places = {
        node: (lines[place.start.line - 1] + place.start.column, lines[place.end.line - 1] + place.end.column)
        for node, place in wrapper.resolve(PositionProvider).items()
        if place.end.line <= len(lines)
    }
    return wrapper.module, places, dict(wrapper.resolve(ParentNodeProvider))


@dataclass(frozen=True, slots=True)
class Work:
    """One chunk opened for a repair: the read and the write in it, and where everything is.

    Offsets of nodes are relative to ``tree``'s text, which begins ``shift`` code points before the chunk's place.
    """

    source: Source
    tree: cst.Module
    places: dict[cst.CSTNode, tuple[int, int]]
    parents: dict[cst.CSTNode, cst.CSTNode]
    shift: int
    read: cst.Call
    write: cst.Call

    @classmethod
    def open(cls, source: Source, repair: Repair) -> Work | None:
        """Parse the chunk that holds both calls; None where they cannot be found in it."""
        import libcst as cst

        module = cut(source.text)
        index = bisect_right(module.starts, repair.spans["write"].start) - 1
        chunk = module.chunks[index]
        newline = "\r\n" if "\r\n" in chunk.text else "\n"
        head = f"if 1:{newline}" if chunk.indent else ""
        tree, places, parents = parsed(head + chunk.text)
        shift = module.starts[index] - len(head)
        calls = {span: node for node, span in places.items() if isinstance(node, cst.Call)}
        spans = [repair.spans[role] for role in ("read", "write")]
        read, write = (calls.get((span.start - shift, span.end - shift)) for span in spans)
        if read is None or write is None:
            return None
        return cls(source, tree, places, parents, shift, read, write)

    @property
    def newline(self) -> str:
        """The chunk's own line end."""
        return self.tree.default_newline

    def start(self, node: cst.CSTNode) -> int:
        """A node's offset in the file."""
        return self.places[node][0] + self.shift

    def end(self, node: cst.CSTNode) -> int:
        """A node's end in the file."""
        return self.places[node][1] + self.shift

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around ``node``, innermost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    @property
    def read_statement(self) -> cst.SimpleStatementLine:
        """The line of simple statements that holds the read."""
        import libcst as cst

        return next(node for node in self.ancestors(self.read) if isinstance(node, cst.SimpleStatementLine))

    def indent(self, offset: int) -> str:
        """The blanks before the code on the line of ``offset``."""
        found = BLANKS.match(self.source.text, self.line_of(offset))
        return found[0] if found else ""

    def line_of(self, offset: int) -> int:
        """Where the line of ``offset`` begins."""
        return self.source.starts[self.source.position(offset)[0]]

    def end_of_line(self, node: cst.CSTNode) -> int:
        """Where the line after ``node``'s last one begins."""
        line = self.source.position(self.end(node))[0]
        starts = self.source.starts
        return starts[line + 1] if line + 1 < len(starts) else len(self.source.text)

    def names(self) -> set[str]:
        """Every name in the chunk."""
        import libcst as cst

        return {node.value for node in self.places if isinstance(node, cst.Name)}

    def fresh(self, wanted: Sequence[str]) -> str:
        """The first of ``wanted`` that the chunk does not use, numbered if it uses them all."""
        used = self.names()
        numbered = (f"{wanted[0]}_{number}" for number in range(2, 1000))
        return next(name for name in (*wanted, *numbered) if name not in used)

    # -- the read -----------------------------------------------------------------------------------------------------

    def bind_reply(self) -> tuple[str, list[Edit]] | None:
        """The name that holds the read's reply until the write, and the edits that give it one if there is none."""
        import libcst as cst

        node: cst.CSTNode = self.read
        parent = self.parents[node]
        awaited = isinstance(parent, cst.Await)
        if awaited:
            node, parent = parent, self.parents[parent]
        if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            target = parent.targets[0].target
            if isinstance(target, cst.Name):
                return (target.value, []) if self.kept(target) else None
        if not self.extractable(node):
            return None
        name = self.fresh(REPLY_NAMES)
        code = self.tree.code_for_node(node)
        if awaited and isinstance(node, cst.Await) and node.lpar:
            code = code.strip()[1:-1].strip()
        statement = self.read_statement
        at = self.line_of(self.start(statement))
        binding = f"{self.indent(self.start(statement))}{name} = {code}{self.newline}"
        inner = Span(self.outer_start(node), self.outer_end(node))
        return name, [Edit(Span(at, at), binding), Edit(inner, name)]

    def outer_start(self, node: cst.CSTNode) -> int:
        """A node's beginning, its own parentheses included."""
        return self.start(node) - self.paren_widths(node)[0]

    def outer_end(self, node: cst.CSTNode) -> int:
        """A node's end, its own parentheses included."""
        return self.end(node) + self.paren_widths(node)[1]

    def paren_widths(self, node: cst.CSTNode) -> tuple[int, int]:
        left = sum(len(self.tree.code_for_node(paren)) for paren in getattr(node, "lpar", ()))
        right = sum(len(self.tree.code_for_node(paren)) for paren in getattr(node, "rpar", ()))
        return left, right

    def kept(self, target: cst.Name) -> bool:
        """Whether a name is assigned nowhere else in the chunk."""
        import libcst as cst
        from libcst import matchers as m

        name = m.Name(target.value)
        others = (
            m.AssignTarget(target=name) | m.AnnAssign(target=name) | m.AugAssign(target=name) | m.For(target=name)
            | m.NamedExpr(target=name) | m.AsName(name=name) | m.CompFor(target=name) | m.Del(target=name)
        )  # fmt: skip
        bound = [node for node in self.places if m.matches(node, others)]
        in_tuples = [
            node
            for node in self.places
            if isinstance(node, (cst.Tuple, cst.List)) and any(m.matches(e.value, name) for e in node.elements)
            and isinstance(self.parents.get(node), (cst.AssignTarget, cst.For, cst.CompFor))
        ]  # fmt: skip
        return len(bound) == 1 and not in_tuples

    def extractable(self, node: cst.CSTNode) -> bool:
        """Whether the read can be computed one statement earlier without changing what the program does."""
        import libcst as cst

        for around in self.ancestors(node):
            if isinstance(around, cst.SimpleStatementLine):
                return len(around.body) == 1 and isinstance(self.parents[around], cst.IndentedBlock)
            if isinstance(
                around,
                (
                    cst.Lambda,
                    cst.BaseComp,
                    cst.IfExp,
                    cst.BooleanOperation,
                    cst.NamedExpr,
                    cst.Return,
                    cst.BaseCompoundStatement,
                ),
            ):
                return False
            if isinstance(around, cst.Call) and any(
                isinstance(arg.value, (cst.Call, cst.Await)) and self.start(arg) < self.start(node)
                for arg in around.args
            ):
                return False
        return False

    def dominates(self) -> bool:
        """Whether control can reach the write only after the read has answered."""
        import libcst as cst

        block = self.parents[self.read_statement]
        around_write = set(self.ancestors(self.write))
        while block not in around_write:
            owner = self.parents[block]
            if isinstance(owner, (cst.With, cst.Module)):
                statement = owner
            elif isinstance(owner, cst.Try) and owner.body is block and all(leaves(h.body) for h in owner.handlers):
                statement = owner
            else:
                return False
            if statement not in self.parents:
                return False
            block = self.parents[statement]
        return self.start(self.read) < self.start(self.write)

    def before_attempt(self) -> int | None:
        """Where the ``try`` begins whose body holds the read and whose handlers go on without an answer."""
        import libcst as cst

        block = self.parents[self.read_statement]
        owner = self.parents.get(block)
        if not isinstance(owner, cst.Try) or owner.body is not block or owner in set(self.ancestors(self.write)):
            return None
        if self.parents[owner] not in set(self.ancestors(self.write)):
            return None
        return self.start(owner)

    # -- the write ----------------------------------------------------------------------------------------------------

    def with_arguments(self, added: dict[str, str]) -> list[Edit]:
        """The edits that add keyword arguments to the write (``**`` unpacks), laid out as its own arguments are."""
        import libcst as cst

        call = self.write
        for keyword, code in added.items():
            value = cst.parse_expression(code)
            no_blanks = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
            new = (
                cst.Arg(value, star="**")
                if keyword == "**"
                else cst.Arg(value, keyword=cst.Name(keyword), equal=no_blanks)
            )
            call = appended(call, new)
        return [trimmed(self, self.write, call)]

    def imports(self, statements: Sequence[str]) -> list[Edit]:
        """The edits that add each import to the module once, after its last leading import."""
        missing = [statement for statement in statements if not imported(self.source.text, statement)]
        if not missing:
            return []
        at = import_place(self.source)
        return [Edit(Span(at, at), "".join(statement + self.newline for statement in missing))]

    def fix(self, title: str, edits: Iterable[Edit], applicability: Applicability = "unsafe") -> Fix:
        """A fix with its edits in file order."""
        ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
        return Fix(title, applicability, tuple(ordered))


def leaves(block: cst.BaseSuite) -> bool:
    """Whether control never comes out at the end of a block, as far as its last statement shows."""
    import libcst as cst

    last = block.body[-1] if block.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    if isinstance(last, cst.If):
        return (
            last.orelse is not None and leaves(last.body) and leaves(last.orelse.body)
            if isinstance(last.orelse, cst.Else)
            else isinstance(last.orelse, cst.If) and leaves(last.body) and chain_leaves(last.orelse)
        )
    return isinstance(last, (cst.Return, cst.Raise, cst.Continue, cst.Break))


def chain_leaves(branch: cst.If) -> bool:
    """Whether every branch of an ``elif`` chain leaves, an ``else`` included."""
    import libcst as cst

    if not leaves(branch.body):
        return False
    rest = branch.orelse
    return chain_leaves(rest) if isinstance(rest, cst.If) else rest is not None and leaves(rest.body)


def appended(call: cst.Call, new: cst.Arg) -> cst.Call:
    """``call`` with one more argument, on a line of its own where the others have one."""
    import libcst as cst

    if not call.args:
        return call.with_changes(args=[new])
    *before, last = call.args
    between = separator(call)
    had_comma = isinstance(last.comma, cst.Comma)
    tail = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else last.whitespace_after_arg
    gap: cst.BaseParenthesizableWhitespace = between
    if isinstance(tail, cst.ParenthesizedWhitespace):
        indented = between if isinstance(between, cst.ParenthesizedWhitespace) else tail
        gap = tail.with_changes(empty_lines=[], indent=indented.indent, last_line=indented.last_line)
        no_comment = cst.TrailingWhitespace(newline=tail.first_line.newline)
        tail = tail.with_changes(first_line=no_comment)
    last = last.with_changes(comma=cst.Comma(whitespace_after=gap), whitespace_after_arg=cst.SimpleWhitespace(""))
    if had_comma:
        new = new.with_changes(comma=cst.Comma(whitespace_after=tail))
    else:
        new = new.with_changes(whitespace_after_arg=tail)
    return call.with_changes(args=[*before, last, new])


def separator(call: cst.Call) -> cst.BaseParenthesizableWhitespace:
    """The white space between two arguments of ``call``, comments left out."""
    import libcst as cst

    own = [arg.comma.whitespace_after for arg in call.args[:-1] if isinstance(arg.comma, cst.Comma)]
    for white in (*reversed(own), call.whitespace_before_args):
        if isinstance(white, cst.ParenthesizedWhitespace):
            plain = cst.TrailingWhitespace(newline=white.first_line.newline)
            return white.with_changes(first_line=plain, empty_lines=[])
    return cst.SimpleWhitespace(" ")


def trimmed(work: Work, old: cst.CSTNode, new: cst.CSTNode) -> Edit:
    """The smallest edit that turns ``old`` into ``new``."""
    start, end = work.places[old]
    before = work.tree.code[start:end]
    whole = work.tree.deep_replace(old, new).code
    after = whole[start : len(whole) - (len(work.tree.code) - end)]
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    span = Span(start + head + work.shift, end - tail + work.shift)
    return Edit(span, after[head : len(after) - tail])


def imported(text: str, statement: str) -> bool:
    """Whether the module has this import already, in this or a wider form."""
    if statement.startswith("import "):
        return re.search(rf"^{re.escape(statement)}\b", text, re.MULTILINE) is not None
    origin, _, name = statement.removeprefix("from ").partition(" import ")
    return re.search(rf"^from {re.escape(origin)} import [^\n]*\b{name}\b", text, re.MULTILINE) is not None


def import_place(source: Source) -> int:
    """The offset after the module's last top-level import, else after its docstring."""
    import ast

    module = cut(source.text)
    place = 0
    for chunk, start in zip(module.chunks, module.starts):
        tree = chunk.tree() if chunk.kind == "statement" else None
        for node in tree or ():
            text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and place == 0
            if text or isinstance(node, (ast.Import, ast.ImportFrom)):
                line = source.position(start + chunk.end_of(node))[0]
                place = source.starts[line + 1] if line + 1 < len(source.starts) else len(source.text)
    return place
