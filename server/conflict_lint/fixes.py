"""Repairs: from the plain data of a finding to minimal text edits.

Syntax is rebuilt with libcst, so that the author's layout, quotes and comments stay; what comes out are the edits of
the few characters that differ. A builder that cannot see everything it needs offers nothing.
"""

from __future__ import annotations

import ast
import functools
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .analysis import concrete
from .analysis.source import Source, line_starts
from .moves import ONCE_TITLE, Piece, cut, made_before_loop, read_again, read_in_function, read_in_loop, same_before
from .rule import Edit, Finding, Fix, Repair, Span

if TYPE_CHECKING:
    import libcst as cst


LITERAL = re.compile(r"""^([A-Za-z]*)('''|\"\"\"|'|")(.*)\2$""", re.DOTALL)
BLANKS = re.compile(r"[ \t\f]*")
HEAD_COMMENTS = re.compile(r"(?:[ \t\f]*#[^\r\n]*(?:\r\n?|\n))*")
LINE_END = re.compile(r"\r\n?|\n")
BEFORE = re.compile(r"([\[({,])\s*\Z")
AFTER = re.compile(r"\s*([\])},])[ \t]*")
WORDS = re.compile(r"\w+")
PLAIN_NAME = re.compile(r"[\w #:/@-]+")
DOTTED_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
OWN_PLACEHOLDER = re.compile(r"[#:][nv]\d")
OPENED = r"\b{name}\s*=[^\r\n]*(?:open|BytesIO|File)\(|(?:open|BytesIO|File)\([^\r\n]*\)\s+as\s+{name}\b"
SWALLOWING = re.compile(r"suppress|raises|ignor|swallow|catch", re.IGNORECASE)
REPLY_NAMES = ("response", "reply", "current", "found")
GUARD_NAMES = ("precondition", "guard")
CONDITION_NAMES = ("unchanged", "as_read")
TERMS_NAMES = ("conditions", "terms")
EACH_NAMES = ("attribute", "each")
SEEN_NAMES = ("seen", "seen_item", "item_as_read")
BEHAVIOUR = "changes behaviour: the write now fails if somebody else wrote in between"
NOT_FROM_A_CALL = frozenset({"KeyError", "IndexError", "ValueError", "TypeError", "AttributeError", "JSONDecodeError"})
REPEATED_TITLE = "Take {} out of what is repeated (changes behaviour: the conflict now reaches the caller)"
KEY = "{key}"
DISPLAYS = (ast.Tuple, ast.List, ast.Set)
CHANGE_NOTHING = re.compile(
    r"abs|bool|bytes|Decimal|dict|dumps|encode|float|format|frozenset|get|int|isoformat|join|len|list|loads|max|min|now|"
    r"print|range|read|round|set|sorted|split|str|strip|sum|time|today|tuple|utcnow|uuid4"
)


def fixes_for(source: Source, finding: Finding) -> tuple[Fix, ...]:
    """The fixes that can be offered for a finding of ``source``; empty where none can."""
    out: list[Fix] = []
    for repair in finding.repairs:
        try:
            fix = BUILDERS[repair.kind](source, repair)
        except (concrete.Refused, ModuleNotFoundError):  # some editors come without what rebuilds syntax
            fix = None
        if fix is not None:
            out.append(fix)
    return tuple(out)


def apply(text: str, fixes: Iterable[Fix]) -> str:
    """``text`` with the edits of all fixes; a fix that gets in the way of an earlier one is left for the next round."""
    taken: list[Fix] = []
    for fix in fixes:
        if not any(hinders(fix, other) for other in taken):
            taken.append(fix)
    edits = {edit for fix in taken for edit in fix.edits}
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def hinders(left: Fix, right: Fix) -> bool:
    """Whether two fixes cannot be applied together.

    Each takes its new names to be free. So where one has its places among the other's, they must agree on them, and
    they do if they have an edit in common: then it is one read that both name.
    """
    if any(overlap(one, other) for one in left.edits for other in right.edits if one != other):
        return True
    first, second = local(left), local(right)
    if not first or not second or not first.isdisjoint(second):
        return False
    return overlap(hull(first), hull(second))


def local(fix: Fix) -> frozenset[Edit]:
    """A fix's edits without the imports, which stand far from the rest."""
    return frozenset(edit for edit in fix.edits if not edit.text.startswith(("import ", "from ")))


def hull(edits: Iterable[Edit]) -> Edit:
    """One edit from the first of some edits to the last."""
    spans = [edit.span for edit in edits]
    return Edit(Span(min(span.start for span in spans), max(span.end for span in spans)), "")


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
    safe = repair.values["applicability"] == "safe"
    note = "" if safe else " (changes behaviour: the helper now handles this error)"
    return Fix(f"Replace `{wrong}` by `{right}`{note}", "safe" if safe else "unsafe", (Edit(inner, right),))


def remove_suppression(source: Source, repair: Repair) -> Fix | None:
    """Remove what a suppression comment does not need."""
    span = repair.spans["comment"]
    return Fix("Remove the unused suppression", "safe", (Edit(span, repair.values["replacement"]),))


def drop_element(source: Source, repair: Repair) -> Fix | None:
    """Take one element out of a list, tuple or set that has others, with its comma and its line if it has one."""
    span, text = repair.spans["element"], source.text
    before, after = BEFORE.search(text, 0, span.start), AFTER.match(text, span.end)
    if before is None or after is None or not has_others(source, span):
        return None
    if after[1] != ",":
        removed = Span(before.start(1), span.end)
    else:
        line = source.starts[source.position(span.start)[0]]
        end = LINE_END.match(text, after.end())
        alone = end is not None and not text[line : span.start].strip()
        removed = Span(line, end.end()) if alone and end else Span(span.start, after.end())
    return Fix(REPEATED_TITLE.format(text[span.start : span.end]), "unsafe", (Edit(removed, ""),))


def drop_from_policy(source: Source, repair: Repair) -> Fix | None:
    """Take the one element that names a conflict out of a tuple, list or set in a retry policy."""
    span, names = repair.spans["policy"], set(repair.values["names"].split())
    piece = Piece.at(source, span.start)
    displays = (node for node in piece.nodes() if isinstance(node, DISPLAYS))
    elements = [element for display in displays for element in display.elts if named_by(element) in names]
    places = [Span(piece.start(one), piece.end(one)) for one in elements]
    inside = [place for place in places if span.start <= place.start and place.end <= span.end]
    if len(inside) != 1:
        return None
    fix = drop_alternative(source, Repair("drop-alternative", {"wrong": inside[0]}))
    title = REPEATED_TITLE.format(source.text[inside[0].start : inside[0].end])
    return fix._replace(title=title) if fix is not None else None


def named_by(node: ast.expr) -> str:
    """The last name of a dotted one, or a constant as text."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else str(node.value) if isinstance(node, ast.Constant) else ""


def hoist_argument(source: Source, repair: Repair) -> Fix | None:
    """Evaluate one argument of a call before the loop around it, where the loop stands on lines of its own."""
    text, call, loop = source.text, repair.spans["call"], repair.spans["loop"]
    value = keyword_value(text[call.start : call.end], repair.values["member"])
    line = source.starts[source.position(loop.start)[0]]
    indent = text[line : loop.start]
    if value is None or indent.strip() or not same_before(source, loop.start, value[2]):
        return None
    member = repair.values["member"]
    taken = set(WORDS.findall(text))
    name = next((n for n in (snake(member), f"{snake(member)}_once") if n not in taken), None)
    if name is None:
        return None
    end = LINE_END.search(text)
    newline = end[0] if end else "\n"
    made = Edit(Span(line, line), f"{indent}{name} = {value[2]}{newline}")
    used = Edit(Span(call.start + value[0], call.start + value[1]), name)
    return Fix(ONCE_TITLE.format(member=member), "unsafe", (made, used))


def token_before_loop(source: Source, repair: Repair) -> Fix | None:
    """Make a token before a loop that has lines of its own, and pass it to a call in the loop."""
    line = source.starts[source.position(repair.spans["loop"].start)[0]]
    indent = source.text[line : repair.spans["loop"].start]
    work = Work.open(source, Repair(repair.kind, {"write": repair.spans["write"]}))
    if work is None or indent.strip():
        return None
    short = bindings(source.text).get("uuid4") == "from uuid import uuid4" and not work.bound("uuid4")
    imports = [] if short else work.imports(["import uuid"])
    if imports is None:
        return None
    member = repair.values["member"]
    name = work.fresh((snake(member), f"{snake(member)}_once"))
    made = Edit(Span(line, line), f"{indent}{name} = str({'uuid4' if short else 'uuid.uuid4'}()){work.newline}")
    return work.fix(ONCE_TITLE.format(member=member), [*imports, made], work.write_with({member: name}))


def keyword_value(code: str, member: str) -> tuple[int, int, str] | None:
    """Where the value of a call's keyword stands in the call, and its text, if that is on one line of ASCII."""
    try:
        call = ast.parse(f"({code})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = [k.value for k in call.keywords if k.arg == member] if isinstance(call, ast.Call) else []
    if len(found) != 1 or found[0].lineno != found[0].end_lineno:
        return None
    line = line_starts(f"({code})")[found[0].lineno - 1] - 1  # where the bracket is not counted
    start, end = line + found[0].col_offset, line + (found[0].end_col_offset or 0)
    if not code[max(line, 0) : end].isascii():
        return None
    return start, end, code[start:end]


def snake(name: str) -> str:
    """``ClientToken`` as ``client_token``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def has_others(source: Source, span: Span) -> bool:
    """Whether what stands at ``span`` is an element of a display that is one without it too."""
    try:
        tree = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    line, _ = source.position(span.start)
    for node in ast.walk(tree):
        if isinstance(node, (ast.List, ast.Set, ast.Tuple)) and len(node.elts) > 1 + isinstance(node, ast.Tuple):
            text = source.text[span.start : span.end]
            if any(one.lineno == line + 1 and ast.unparse(one) == text for one in node.elts):
                return True
    return False


# -- preconditions ----------------------------------------------------------------------------------------------------


def pass_precondition(source: Source, repair: Repair) -> Fix | None:
    """Give the write what the read answered as its version: ``IfMatch=response["ETag"]``."""
    work = Work.open(source, repair)
    reply = work.bind_reply() if work is not None else None
    if work is None or reply is None:
        return None
    member, output, creates = repair.values["member"], repair.values["output"], repair.values.get("creates", "")
    since = repair.values.get("since", "")
    needs = f"; needs boto3 {since} or later, and compatible stores may ignore it" if since else ""
    title = f"Pass `{output}` of the read as `{member}` ({BEHAVIOUR}{needs})"
    version = reply.name + "".join(f'["{part}"]' for part in output.split("."))
    if work.dominates():
        return work.fix(title, reply.edits(), work.write_with({member: version}))
    attempt = work.attempt()
    if not creates or attempt is None or not reply.extensible:
        return None
    guard = work.fresh(GUARD_NAMES)
    member_if_absent, _, value = creates.partition("=")
    at = work.line_of(work.start(attempt))
    before = f'{work.indent(work.start(attempt))}{guard} = {{"{member_if_absent}": "{value}"}}{work.newline}'
    edits = [Edit(Span(at, at), before), *reply.edits(f'{guard} = {{"{member}": {version}}}')]
    return work.fix(title, edits, work.write_with({"**": guard}))


def pass_version(source: Source, repair: Repair) -> Fix | None:
    """Give the write the version that an attribute or item of what was read holds, and what has to go with it."""
    work = Work.open(source, repair)
    imports = work.imports(repair.values["imports"].split("\n")) if work and repair.values["imports"] else []
    if work is None or imports is None:
        return None
    member, path = repair.values["member"], repair.values["path"]
    edits = list(imports)
    if repair.values["access"] == "receiver":
        holder = work.shared_receiver(repair.values["methods"].split())
        absent = f" or {repair.values['creates']}" if repair.values["creates"] else ""
    else:
        reply = work.bind_reply() if work.dominates() else None
        holder, absent = reply.name if reply is not None else None, ""
        edits += reply.edits() if reply is not None else []
    if holder is None:
        return None
    code = {member: f"{holder}{path}{absent}"}
    for line in filter(None, repair.values["also"].split("\n")):
        name, _, value = line.partition("=")
        code[name] = value.replace("{reply}", holder)
    since = repair.values["since"]
    needs = f"; needs version {since} of the SDK or later" if since else ""
    title = f"Pass the version that was read as `{member}` ({BEHAVIOUR}{needs})"
    return work.fix(title, edits, work.write_with(code))


def condition_on_read(source: Source, repair: Repair) -> Fix | None:
    """Make the write of an item conditional on the attributes that were read, as they were read."""
    work = Work.open(source, repair)
    attributes = [name for name in repair.values.get("attributes", "").split("\n") if name]
    if work is None or not attributes or not all(PLAIN_NAME.fullmatch(name) for name in attributes):
        return None
    if not work.dominates():
        return None
    if repair.values["form"] != "resource":
        return condition_on_typed_values(work, repair, attributes)
    if OWN_PLACEHOLDER.search(work.tree.code):  # the SDK would give these names to the condition's parts too
        return None
    reply = work.bind_reply()
    if reply is None or not reply.extensible:
        return None
    seen, unchanged = work.fresh(SEEN_NAMES), work.fresh(CONDITION_NAMES)
    read = f'{reply.name}.get("{repair.values["document"]}", {{}})'
    modules = [f"from {repair.values['module']} import Attr"]
    if repair.values.get("nested") or work.may_change_in_place(repair.values["document"]):
        read, modules = f"copy.deepcopy({read})", ["import copy", *modules]
    lines = [f"{seen} = {read}"]
    keys = [name for name in repair.values.get("keys", "").split("\n") if name]
    if repair.values.get("whole"):  # everything is overwritten, so nothing that was read may have changed
        names = ", ".join(f'"{name}"' for name in dict.fromkeys((*keys, *attributes)))
        terms, each = work.fresh(TERMS_NAMES), work.fresh(EACH_NAMES)
        lines += [
            f"{terms} = [",
            f"    Attr({each}).eq({seen}[{each}]) if {each} in {seen} else Attr({each}).not_exists()",
            f"    for {each} in {{{names}, *{seen}}}",
            "]",
            f"{unchanged} = functools.reduce(operator.and_, {terms})",
        ]
        modules = ["import functools", "import operator", *modules]
        title = f"Write only if nothing that was read has changed ({BEHAVIOUR}; attributes added by others go unseen)"
    else:
        tests = [f'Attr("{a}").eq({seen}["{a}"]) if "{a}" in {seen} else Attr("{a}").not_exists()' for a in attributes]
        lines.append(f"{unchanged} = {tests[0] if len(tests) == 1 else ' & '.join(f'({test})' for test in tests)}")
        title = f"Write only if {listed(attributes)} is as it was read ({BEHAVIOUR})"
    imports = work.imports(modules)
    if imports is None:
        return None
    edits = [*reply.edits(*lines), *imports]
    return work.fix(title, edits, work.write_with({repair.values["member"]: unchanged}))


def condition_on_typed_values(work: Work, repair: Repair, attributes: Sequence[str]) -> Fix | None:
    """The same for an update in the client's form, where each attribute is sure to be there: it is subscripted."""
    reply = work.bind_reply()
    if reply is None or repair.values.get("whole"):
        return None
    document = repair.values["document"]
    copies = bool(repair.values.get("nested")) or work.may_change_in_place(document)
    imports = work.imports(["import copy"] if copies else [])
    uses = {name: work.first_use(name, document) for name in attributes}
    if imports is None:
        return None
    edits: list[Edit] = list(imports)
    lines: dict[int, list[str]] = {}
    tests, names, values = [], {}, {}
    for name, use in uses.items():
        word = re.sub(r"\W", "_", name)
        if use is None or re.search(rf"[#:]{word}_read\b", work.tree.code):
            return None
        line, base = use
        code = f'{base or reply.name + f"""["{document}"]"""}["{name}"]'
        local_name = work.fresh((f"{word}_read", f"{word}_as_read"))
        if not local_name.isidentifier():
            return None
        lines.setdefault(line, []).append(f"{local_name} = {f'copy.deepcopy({code})' if copies else code}")
        tests.append(f"#{word}_read = :{word}_read")
        names[f"#{word}_read"], values[f":{word}_read"] = f'"{name}"', local_name
    with_reply = lines.pop(reply.at, [])
    if with_reply and not reply.extensible:
        return None
    edits += reply.edits(*with_reply)
    for at, added in lines.items():
        edits.append(Edit(Span(at, at), "".join(f"{work.indent(at)}{line}{work.newline}" for line in added)))
    merged = {repair.values["names"]: names, repair.values["values"]: values}
    write = work.write_with({repair.values["member"]: f'"{" AND ".join(tests)}"'}, merged)
    return work.fix(f"Write only if {listed(attributes)} is as it was read ({BEHAVIOUR})", edits, write)


def create_only(source: Source, repair: Repair) -> Fix | None:
    """Make a write fail if what it writes exists."""
    work = Work.open(source, repair)
    member, creates, since = (repair.values[name] for name in ("member", "creates", "since"))
    if work is None or (KEY in creates and (not PLAIN_NAME.fullmatch(repair.values["key"]) or "#key" in source.text)):
        return None
    named = {repair.values["names"]: {"#key": f'"{repair.values["key"]}"'}} if KEY in creates else {}
    text = creates.replace(KEY, "#key")
    needs = f"; needs boto3 {since} or later, and compatible stores may ignore it" if since else ""
    title = f"Create only (changes behaviour: the write now fails if it exists{needs})"
    modules = repair.values["imports"].splitlines()
    imports = work.imports(modules)
    if imports is None:
        return None
    value = text if modules or text.isdigit() else f'"{text}"'
    return work.fix(title, imports, work.write_with({member: value}, named))


def create_instead(source: Source, repair: Repair) -> Fix | None:
    """Call the method that only creates."""
    import libcst as cst

    work = Work.open(source, repair)
    if work is None or not isinstance(work.write.func, cst.Attribute):
        return None
    name, right = work.write.func.attr, repair.values["method"]
    edit = Edit(Span(work.start(name), work.end(name)), right)
    return work.fix(f"Use `{right}` (changes behaviour: the write now fails if it exists)", [edit], [])


def insert_waiter(source: Source, repair: Repair) -> Fix | None:
    """Wait for the end of an earlier change, on the line before a call that is refused until then."""
    import libcst as cst

    work = Work.open(source, repair)
    if work is None or not isinstance(work.write.func, cst.Attribute):
        return None
    waiter, members = repair.values["waiter"], repair.values["members"].split()
    named = {arg.keyword.value: arg.value for arg in work.write.args if arg.keyword}
    plain = (cst.Name, cst.Attribute, cst.SimpleString, cst.Subscript)
    if not members or not all(name in named and isinstance(named[name], plain) for name in members):
        return None
    if isinstance(work.parents[work.write], cst.Await):
        return None
    statement = work.statement
    alone = isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1
    if not alone or not isinstance(work.parents[statement], (cst.IndentedBlock, cst.Module)):
        return None
    client = work.text(work.write.func.value)
    at = work.line_of(work.start(statement))
    given = ", ".join(f"{name}={work.text(named[name])}" for name in members)
    line = f'{work.indent(at)}{client}.get_waiter("{waiter}").wait({given}){work.newline}'
    return work.fix(f"Wait with `{waiter}` first (changes behaviour: it takes time)", [Edit(Span(at, at), line)], [])


def wait_for_result(source: Source, repair: Repair) -> Fix | None:
    """Wait for the end of a change right after the call that starts it, by what that call returns."""
    import libcst as cst

    work = Work.open(source, repair)
    if work is None or not isinstance(work.statement, cst.SimpleStatementLine) or len(work.statement.body) != 1:
        return None
    method, body = repair.values["method"], work.statement.body[0]
    parent = work.parents[work.write]
    awaited = isinstance(parent, cst.Await)
    node = parent if awaited else work.write
    start, end = work.start(node), work.end(node)
    if isinstance(body, cst.Expr) and body.value is node:
        edits = [Edit(Span(start, start), "await (")] if awaited else []
        edits.append(Edit(Span(end, end), f"){method}" if awaited else method))
    elif isinstance(body, cst.Assign) and len(body.targets) == 1 and isinstance(body.targets[0].target, cst.Name):
        at = work.end_of_line(work.statement)
        call = f"{body.targets[0].target.value}{method}"
        line = f"{work.indent(start)}{'await ' if awaited else ''}{call}{work.newline}"
        edits = [Edit(Span(at, at), line)]
    else:
        return None
    return work.fix(f"Wait for its `{method}` (changes behaviour: it takes time)", edits, [])


def rewind(source: Source, repair: Repair) -> Fix | None:
    """Go back to the beginning of a file or buffer, on the line before a call that reads it."""
    import libcst as cst

    work = Work.open(source, repair)
    if work is None:
        return None
    given = [arg.value.value for arg in work.write.args if isinstance(arg.value, cst.Name)]
    streams = [name for name in given if re.search(OPENED.format(name=re.escape(name)), work.tree.code)]
    statement = work.statement
    alone = isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1
    if len(streams) != 1 or not alone or not isinstance(work.parents[statement], cst.IndentedBlock):
        return None
    at = work.line_of(work.start(statement))
    line = f"{work.indent(at)}{streams[0]}.seek(0){work.newline}"
    return work.fix("Rewind it first (changes behaviour: each attempt sends all of it)", [Edit(Span(at, at), line)], [])


def owner_condition(source: Source, repair: Repair) -> Fix | None:
    """Delete a lock only if the attribute that says whose it is still has one's own value."""
    work = Work.open(source, repair)
    owner, kind = repair.values["owner"], repair.values["kind"]
    if work is None or not PLAIN_NAME.fullmatch(owner) or not re.search(r"\bself\b", work.tree.code):
        return None
    own = f"self.{repair.values['attribute']}"
    merged = {
        repair.values["names"]: {"#owner": f'"{owner}"'},
        repair.values["values"]: {":owner": f'{{"{kind}": {own}}}' if kind else own},
    }
    title = f"Delete only if `{owner}` is still `{own}` (changes behaviour: a lock that was lost is not released)"
    return work.fix(title, [], work.write_with({repair.values["member"]: '"#owner = :owner"'}, merged))


def drop_alternative(source: Source, repair: Repair) -> Fix | None:
    """Take one of several ignored errors out of its tuple, list or set."""
    import libcst as cst

    found = opened(source, repair.spans["wrong"])
    if found is None:
        return None
    node, parents, start_of = found
    element = parents.get(node)
    display = parents.get(element) if isinstance(element, cst.Element) else None
    if element is None or not isinstance(display, (cst.Tuple, cst.List, cst.Set)) or len(display.elements) < 2:
        return None
    at = next(index for index, one in enumerate(display.elements) if one is element)
    # with the comma and the blanks that divide it from its neighbour
    if at + 1 < len(display.elements):
        span = Span(start_of(element), start_of(display.elements[at + 1]))
    else:
        before = display.elements[at - 1]
        span = Span(start_of(before) + len(cst.Module([]).code_for_node(before.value)), repair.spans["wrong"].end)
    name = source.text[repair.spans["wrong"].start : repair.spans["wrong"].end]
    edits = [Edit(span, "")]
    if isinstance(display, cst.Tuple) and len(display.elements) == 2:  # a tuple of one has a comma
        other = display.elements[1 - at]
        end = start_of(other) + len(cst.Module([]).code_for_node(other.value))
        if at == 1:
            edits = [Edit(span, ",")]
        elif not isinstance(other.comma, cst.Comma):
            edits.append(Edit(Span(end, end), ","))
    return Fix(f"No longer ignore {name} (changes behaviour: it is raised)", "unsafe", tuple(edits))


def raise_again(source: Source, repair: Repair) -> Fix | None:
    """Raise an error again at the end of the handler whose clause names it, or of the branch that tests its code.

    Where it is to be raised ``alone``, nothing else may be named there.
    """
    import libcst as cst

    found = opened(source, repair.spans["named"])
    if found is None:
        return None
    node, parents, start_of = found
    while node in parents and not isinstance(node, (cst.ExceptHandler, cst.If, cst.BaseSuite)):
        node = parents[node]
    if isinstance(node, cst.If):
        compared = node.test.comparisons if isinstance(node.test, cst.Comparison) else ()
        if len(compared) != 1 or not isinstance(compared[0].operator, cst.Equal):
            return None
    elif not isinstance(node, cst.ExceptHandler) or (repair.values.get("alone") and isinstance(node.type, cst.Tuple)):
        return None
    if not isinstance(node.body, cst.IndentedBlock) or leaves(node.body):
        return None
    last = node.body.body[-1]
    if not isinstance(last, cst.SimpleStatementLine):
        return None
    line = source.position(start_of(last))[0]
    text = source.text
    end = start_of(last) + len(cst.Module([]).code_for_node(last.with_changes(leading_lines=[])).rstrip())
    stop = source.position(end)[0] + 1
    at = source.starts[stop] if stop < len(source.starts) else len(text)
    blanks = BLANKS.match(text, source.starts[line])
    newline = LINE_END.search(text)
    line_end = newline[0] if newline else "\n"
    raised = f"{blanks[0] if blanks else ''}raise{line_end}"
    if at == len(text) and not LINE_END.match(text[-1:]):
        raised = line_end + raised.removesuffix(line_end)
    return Fix("Raise it again (changes behaviour: the caller gets the error)", "unsafe", (Edit(Span(at, at), raised),))


def opened(
    source: Source, span: Span
) -> tuple[cst.CSTNode, dict[cst.CSTNode, cst.CSTNode], Callable[[cst.CSTNode], int]] | None:
    """The node at a place, the parents of all nodes of its chunk, and where a node begins in the file."""
    module = cut(source.text)
    index = bisect_right(module.starts, span.start) - 1
    chunk = module.chunks[index]
    newline = "\r\n" if "\r\n" in chunk.text else "\n"
    head = f"if 1:{newline}" if chunk.indent else ""
    _, places, parents = parsed(head + chunk.text)
    shift = module.starts[index] - len(head)
    wanted = (span.start - shift, span.end - shift)
    node = next((node for node, place in places.items() if place == wanted), None)
    return (node, parents, lambda one: places[one][0] + shift) if node is not None else None


def listed(names: Sequence[str]) -> str:
    """Some names for a title."""
    return " and ".join(f"`{name}`" for name in names)


BUILDERS: dict[str, Callable[[Source, Repair], Fix | None]] = {
    "respell": respell,
    "drop-element": drop_element,
    "drop-from-policy": drop_from_policy,
    "hoist-argument": hoist_argument,
    "read-in-loop": read_in_loop,
    "read-again": read_again,
    "read-in-function": read_in_function,
    "token-before-loop": token_before_loop,
    "made-before-loop": made_before_loop,
    "remove-suppression": remove_suppression,
    "pass-precondition": pass_precondition,
    "pass-version": pass_version,
    "condition-on-read": condition_on_read,
    "create-only": create_only,
    "create-instead": create_instead,
    "insert-waiter": insert_waiter,
    "wait-for-result": wait_for_result,
    "rewind": rewind,
    "owner-condition": owner_condition,
    "drop-alternative": drop_alternative,
    "raise-again": raise_again,
}


# -- syntax at hand ---------------------------------------------------------------------------------------------------


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
class Reply:
    """The name that holds the read's reply until the write; ``binding`` and ``replaced`` give it one if there is none.

    More lines may follow the binding, at ``at``, where the reply is not bound on a line with other statements.
    """

    name: str
    at: int
    indent: str
    newline: str
    extensible: bool = True
    binding: tuple[str, ...] = ()
    replaced: Edit | None = None

    def edits(self, *lines: str) -> list[Edit]:
        """The edits that bind the reply and put ``lines`` right behind."""
        text = "".join(f"{self.indent}{line}{self.newline}" for line in (*self.binding, *lines))
        inserted = [Edit(Span(self.at, self.at), text)] if text else []
        return inserted + ([self.replaced] if self.replaced else [])


@dataclass(frozen=True, slots=True)
class Work:
    """One chunk opened for a repair: the write in it, the read if the repair needs one, and where everything is.

    Offsets of nodes are relative to ``tree``'s text, which begins ``shift`` code points before the chunk's place.
    ``statement`` is the one that holds the read, and evaluates it once.
    """

    source: Source
    tree: cst.Module
    places: dict[cst.CSTNode, tuple[int, int]]
    parents: dict[cst.CSTNode, cst.CSTNode]
    shift: int
    read: cst.Call
    write: cst.Call
    between: tuple[cst.Call, ...]
    statement: cst.BaseStatement
    whole_module: bool

    @classmethod
    def open(cls, source: Source, repair: Repair) -> Work | None:
        """Parse the chunk that holds both calls; None where they cannot be found in it, or the write is not the first
        since the read."""
        import libcst as cst

        module = cut(source.text)
        index = bisect_right(module.starts, repair.spans["write"].start) - 1
        chunk = module.chunks[index]
        newline = "\r\n" if "\r\n" in chunk.text else "\n"
        head = f"if 1:{newline}" if chunk.indent else ""
        tree, places, parents = parsed(head + chunk.text)
        shift = module.starts[index] - len(head)
        calls = {span: node for node, span in places.items() if isinstance(node, cst.Call)}
        spans = {role: (span.start - shift, span.end - shift) for role, span in repair.spans.items()}
        write = calls.get(spans["write"])
        read = calls.get(spans["read"]) if "read" in spans else write
        between = tuple(calls.get(span) for role, span in spans.items() if role.startswith("between"))
        if read is None or write is None or None in between:
            return None
        statement: cst.CSTNode = read
        while statement in parents and not isinstance(statement, cst.BaseStatement):
            statement = parents[statement]
        if not isinstance(statement, cst.BaseStatement) or isinstance(parents[statement], cst.If):
            return None
        work = cls(
            source, tree, places, parents, shift, read, write, tuple(call for call in between if call is not None),
            statement, chunk.kind != "function",
        )  # fmt: skip
        return None if any(work.may_precede(call) for call in work.between) else work

    @property
    def newline(self) -> str:
        """The file's own line end."""
        found = LINE_END.search(self.source.text)
        return found[0] if found else "\n"

    def start(self, node: cst.CSTNode) -> int:
        """A node's offset in the file."""
        return self.places[node][0] + self.shift

    def end(self, node: cst.CSTNode) -> int:
        """A node's end in the file."""
        return self.places[node][1] + self.shift

    def text(self, node: cst.CSTNode) -> str:
        """A node as it stands in the file."""
        return self.source.text[self.start(node) : self.end(node)]

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around ``node``, innermost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

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

    def fresh(self, wanted: Sequence[str]) -> str:
        """The first of ``wanted`` that is not in use where the write is, numbered if all are."""
        import libcst as cst

        used = {node.value for node in self.places if isinstance(node, cst.Name)}
        if self.whole_module:
            used |= set(re.findall(r"\w+", self.source.text))
        numbered = (f"{wanted[0]}_{number}" for number in range(2, 1000))
        return next(name for name in (*wanted, *numbered) if name not in used)

    # -- the read -----------------------------------------------------------------------------------------------------

    def bind_reply(self) -> Reply | None:
        """The name that holds the reply until the write, an existing one if possible."""
        import libcst as cst

        node: cst.CSTNode = self.read
        if isinstance(self.parents[node], cst.Await):
            node = self.parents[node]
        parent = self.parents[node]
        indent = self.indent(self.start(self.statement))
        target = parent.target if isinstance(parent, cst.AnnAssign) else None
        if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            target = parent.targets[0].target
        if isinstance(target, cst.Name) and isinstance(self.statement, cst.SimpleStatementLine):
            alone = len(self.statement.body) == 1
            at = self.end_of_line(self.statement)
            return Reply(target.value, at, indent, self.newline, alone) if self.kept(target) else None
        if not self.extractable(node):
            return None
        name = self.fresh(REPLY_NAMES)
        code = self.text(node)
        if not is_expression(code):
            code = f"({code})"
        replaced = Edit(self.with_parentheses(node), name)
        at = self.line_of(self.start(self.statement))
        return Reply(name, at, indent, self.newline, True, (f"{name} = {code}",), replaced)

    def with_parentheses(self, node: cst.CSTNode) -> Span:
        """The place of a node in the file, with those of its own parentheses that hug it."""
        start, end, text = self.start(node), self.end(node), self.source.text
        for _ in getattr(node, "lpar", ()):
            if text[start - 1 : start] == "(" and text[end : end + 1] == ")":
                start, end = start - 1, end + 1
        return Span(start, end)

    def bound(self, name: str) -> list[cst.CSTNode]:
        """What in the chunk gives a name its values: assignments, parameters, definitions, imports and the like."""
        import libcst as cst

        nodes = (node for node in self.places if isinstance(node, cst.Name) and node.value == name)
        return [binder for node in nodes if (binder := self.binder(node)) is not None]

    def binder(self, name: cst.Name) -> cst.CSTNode | None:
        """What binds a name where it stands, or None where it is only used."""
        import libcst as cst

        named = (cst.AsName, cst.Param, cst.FunctionDef, cst.ClassDef, cst.MatchAs, cst.MatchStar, cst.ImportAlias)
        parent = self.parents[name]
        if isinstance(parent, named):
            return parent if parent.name is name and getattr(parent, "asname", None) is None else None
        if isinstance(parent, cst.NameItem):
            return parent
        node: cst.CSTNode = name
        while isinstance(parent, (cst.Element, cst.StarredElement, cst.Tuple, cst.List)):
            node, parent = parent, self.parents[parent]
        return parent if getattr(parent, "target", None) is node else None

    def kept(self, target: cst.Name) -> bool:
        """Whether a name gets nothing else between the read and the write."""
        first, last = self.start(self.statement), self.start_of_statement(self.write)
        own = self.parents[target]
        return not any(node is not own and first <= self.start(node) < last for node in self.bound(target.value))

    def shared_receiver(self, methods: Sequence[str]) -> str | None:
        """The name, dotted or not, of the one object on which both ``methods`` are called; it stays the same."""
        texts = [self.text(call.func).rpartition(".") for call in (self.read, self.write)]
        text = texts[0][0]
        first, last = self.start(self.read), self.start(self.write)
        if not DOTTED_NAME.fullmatch(text) or texts[1][0] != text or first > last:
            return None
        if [method for *_, method in texts] != list(methods):
            return None
        bound = any(first <= self.start(node) < last for node in self.bound(text.partition(".")[0]))
        stored = re.search(rf"{re.escape(text)}\s*(?::[^=\n]+)?=(?!=)", self.source.text[first:last])
        return None if bound or stored else text

    def start_of_statement(self, node: cst.CSTNode) -> int:
        """Where the simple statement around ``node`` begins, else the node itself."""
        import libcst as cst

        lines = (around for around in self.ancestors(node) if isinstance(around, cst.BaseSmallStatement))
        return self.start(next(lines, node))

    def extractable(self, node: cst.CSTNode) -> bool:
        """Whether the read can be computed right before its statement without changing what the program does."""
        import libcst as cst

        postponed = (
            cst.Lambda, cst.BaseComp, cst.IfExp, cst.BooleanOperation, cst.NamedExpr, cst.Return, cst.Assert,
        )  # fmt: skip
        inside = list(self.ancestors(node))
        inside = inside[: inside.index(self.statement)]
        if any(isinstance(around, (*postponed, cst.BaseSuite)) for around in inside):
            return False
        if not isinstance(self.parents[self.statement], cst.IndentedBlock):
            return False
        if isinstance(self.statement, cst.SimpleStatementLine):
            if len(self.statement.body) != 1:
                return False
        elif not isinstance(self.statement, (cst.If, cst.With, cst.For)):
            return False
        effects = (cst.Call, cst.Await, cst.Yield, cst.NamedExpr)
        first = self.start(self.statement)
        before = (n for n in self.places if isinstance(n, effects) and first <= self.start(n) < self.start(node))
        return all(n in inside for n in before)

    def may_change_in_place(self, document: str) -> bool:
        """Whether something between the read and the write may change a value inside the document that was read."""
        import libcst as cst

        first, last = self.start(self.statement), self.end(self.write)
        for node in self.places:
            if node is self.write or not first <= self.start(node) < last or self.within(node, self.read):
                continue
            if isinstance(node, (cst.AugAssign, cst.Del)):
                return True
            if isinstance(node, cst.Call):
                name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
                if not (isinstance(name, cst.Name) and CHANGE_NOTHING.fullmatch(name.value)):
                    return True
            if isinstance(node, cst.AssignTarget) and not isinstance(node.target, (cst.Name, cst.Tuple)):
                target = node.target
                if not (isinstance(target, cst.Subscript) and self.is_document(target.value, document)):
                    return True
        return False

    def within(self, node: cst.CSTNode, outer: cst.CSTNode) -> bool:
        """Whether ``node`` is ``outer`` or a part of it."""
        return node is outer or outer in self.ancestors(node)

    def is_document(self, node: cst.BaseExpression, document: str) -> bool:
        """Whether an expression is the document that was read: ``response["Item"]``, or a name that only holds that."""
        import libcst as cst

        if not isinstance(node, cst.Name):
            return self.takes(node, document)
        bound = self.bound(node.value)
        return bool(bound) and all(
            isinstance(target, cst.AssignTarget)
            and isinstance(assign := self.parents[target], cst.Assign)
            and self.takes(assign.value, document)
            for target in bound
        )

    def takes(self, node: cst.CSTNode, document: str) -> bool:
        """Whether an expression takes the document out of the read's reply."""
        import libcst as cst

        if isinstance(node, cst.Subscript):
            base: cst.CSTNode = node.value
            name = index(node)
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "get":
            base = node.func.value
            name = node.args[0].value if node.args else None
        else:
            return False
        if not isinstance(name, cst.SimpleString) or name.value[1:-1] != document:
            return False
        if isinstance(base, cst.Await):
            base = base.expression
        return base is self.read or (isinstance(base, cst.Name) and self.is_reply(base))

    def is_reply(self, name: cst.Name) -> bool:
        """Whether a name is the one that the read's reply is bound to."""
        import libcst as cst

        value = self.parents[self.read]
        if isinstance(value, cst.Await):
            value = self.parents[value]
        if not isinstance(value, cst.Assign) or len(value.targets) != 1:
            return False
        target = value.targets[0].target
        return isinstance(target, cst.Name) and target.value == name.value

    def first_use(self, attribute: str, document: str) -> tuple[int, str] | None:
        """The line on whose way every path to the write subscripts an attribute, and the document's name there.

        The name is empty where it is taken out of the reply at once. None where the attribute may be absent.
        """
        import libcst as cst

        block = self.parents[self.statement]
        shielded = (
            cst.Lambda, cst.BaseComp, cst.IfExp, cst.BooleanOperation, cst.BaseSuite, cst.AssignTarget, cst.Del,
            cst.Comparison,
        )  # fmt: skip
        for node in sorted((n for n in self.places if isinstance(n, cst.Subscript)), key=self.start):
            taken = index(node)
            if taken is None or string_value(taken) != attribute or not self.is_document(node.value, document):
                continue
            around = []
            for outer in self.ancestors(node):
                around.append(outer)
                if isinstance(outer, cst.SimpleStatementLine):
                    break
            line = around[-1]
            if any(isinstance(outer, shielded) for outer in around[:-1]) or self.parents[line] is not block:
                return None
            if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
                return None
            if self.start(line) > self.start(self.write):
                return None
            base = node.value.value if isinstance(node.value, cst.Name) else ""
            return self.line_of(self.start(line)), base
        return None

    # -- from the read to the write -----------------------------------------------------------------------------------

    def dominates(self) -> bool:
        """Whether each write follows a read of its own that has answered."""
        import libcst as cst

        around = set(self.ancestors(self.write))
        block = self.parents[self.statement]
        while block not in around:
            owner = self.parents[block]
            if isinstance(owner, cst.Try) and owner.body is block:
                if owner in around:  # the write is in one of the other parts
                    if owner.orelse is None or owner.orelse not in around:
                        return False
                    block = owner.orelse
                    break
                if not all(leaves(h.body) or self.cannot_catch(h, block) for h in owner.handlers):
                    return False
            elif not isinstance(owner, cst.With) or self.may_swallow(owner):
                return False
            block = self.parents[owner]
        return self.start(self.read) < self.start(self.write) and self.once_below(block)

    def once_below(self, block: cst.CSTNode) -> bool:
        """Whether the write runs at most once whenever ``block`` runs: a second one would meet the first's version."""
        import libcst as cst

        again = (cst.For, cst.While, cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.BaseComp)
        for around in self.ancestors(self.write):
            if around is block:
                return True
            if isinstance(around, again):
                return False
        return False

    def may_swallow(self, owner: cst.With) -> bool:
        """Whether a ``with`` may go on after an error in its body."""
        return any(SWALLOWING.search(self.tree.code_for_node(item.item)) for item in owner.items)

    def cannot_catch(self, handler: cst.ExceptHandler, block: cst.CSTNode) -> bool:
        """Whether a handler catches nothing that can happen before the reply is bound, first in ``block``."""
        import libcst as cst

        if not isinstance(block, cst.IndentedBlock) or block.body[0] is not self.statement or handler.type is None:
            return False
        failing = [node for node in self.places if isinstance(node, (cst.Call, cst.Subscript, cst.Await))]
        if any(self.within(node, arg) for arg in self.read.args for node in failing):
            return False
        caught = [e.value for e in handler.type.elements] if isinstance(handler.type, cst.Tuple) else [handler.type]
        names = (kind.attr if isinstance(kind, cst.Attribute) else kind for kind in caught)
        return all(isinstance(name, cst.Name) and name.value in NOT_FROM_A_CALL for name in names)

    def attempt(self) -> cst.Try | None:
        """The ``try`` whose body holds the read, and from whose handlers the write is reached too, once each time."""
        import libcst as cst

        owner = self.parents.get(self.parents[self.statement])
        if not isinstance(owner, cst.Try) or owner.body is not self.parents[self.statement]:
            return None
        around = set(self.ancestors(self.write))
        if owner in around or self.parents[owner] not in around or not self.once_below(self.parents[owner]):
            return None
        return owner

    def may_precede(self, call: cst.Call) -> bool:
        """Whether control may come from ``call`` to the write."""
        import libcst as cst

        around = set(self.ancestors(self.write))
        inner: cst.CSTNode = call
        for outer in self.ancestors(call):
            if isinstance(outer, cst.If) and outer in around:
                other = outer.body if outer.orelse is inner else outer.orelse
                if inner is not outer.test and other in around:
                    return False
            if isinstance(outer, cst.IndentedBlock) and outer not in around and leaves(outer):
                return False
            inner = outer
        return True

    # -- the write ----------------------------------------------------------------------------------------------------

    def write_with(self, added: dict[str, str], merged: dict[str, dict[str, str]] | None = None) -> list[Edit] | None:
        """The edits that add keyword arguments to the write (``**`` unpacks), and entries to those that are dicts.

        None where such an argument is no dict display.
        """
        import libcst as cst

        call = self.write
        added = dict(added)
        for keyword, entries in (merged or {}).items():
            old = next((arg for arg in call.args if arg.keyword and arg.keyword.value == keyword), None)
            if old is None:
                added[keyword] = "{" + ", ".join(f'"{name}": {code}' for name, code in entries.items()) + "}"
                continue
            if not isinstance(old.value, cst.Dict):
                return None
            display = old.value
            for name, code in entries.items():
                entry = cst.DictElement(cst.SimpleString(f'"{name}"'), cst.parse_expression(code))
                display = extended(display, entry)
            call = call.with_changes(args=[a.with_changes(value=display) if a is old else a for a in call.args])
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

    def imports(self, statements: Sequence[str]) -> list[Edit] | None:
        """The edits that add each import to the module once, after its leading imports.

        None where a name that an import binds means something else.
        """
        module = bindings(self.source.text)
        names = {statement: statement.rpartition(" ")[2] for statement in statements}
        for statement, name in names.items():
            if module.get(name, statement) != statement or self.bound(name):
                return None
        missing = [statement for statement, name in names.items() if name not in module]
        if not missing:
            return []
        at = import_place(self.source)
        return [Edit(Span(at, at), "".join(statement + self.newline for statement in missing))]

    def fix(self, title: str, edits: Iterable[Edit], write: Iterable[Edit] | None) -> Fix | None:
        """An unsafe fix with its edits in file order; None where the write cannot be changed."""
        if write is None:
            return None
        return Fix(title, "unsafe", tuple(sorted((*edits, *write), key=lambda edit: edit.span)))


def is_expression(code: str) -> bool:
    """Whether a piece of text is an expression without parentheses around it."""
    try:
        ast.parse(f"async def _():\n _ = {code}")
    except SyntaxError:
        return False
    return True


def string_value(node: cst.CSTNode) -> str | None:
    """The text of a plain string literal."""
    import libcst as cst

    if not isinstance(node, cst.SimpleString):
        return None
    value = node.evaluated_value
    return value if isinstance(value, str) else None


def index(node: cst.Subscript) -> cst.BaseExpression | None:
    """What stands between the brackets, where that is one index."""
    import libcst as cst

    only = node.slice[0].slice if len(node.slice) == 1 else None
    return only.value if isinstance(only, cst.Index) else None


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
    between = separator(call.args, call.whitespace_before_args)
    comma = last.comma if isinstance(last.comma, cst.Comma) else None
    gap, tail = divided(comma.whitespace_after if comma else last.whitespace_after_arg, between)
    last = last.with_changes(comma=cst.Comma(whitespace_after=gap), whitespace_after_arg=cst.SimpleWhitespace(""))
    if comma:
        new = new.with_changes(comma=cst.Comma(whitespace_after=tail))
    else:
        new = new.with_changes(whitespace_after_arg=tail)
    return call.with_changes(args=[*before, last, new])


def extended(display: cst.Dict, new: cst.DictElement) -> cst.Dict:
    """A dict display with one more entry, laid out as the others are."""
    import libcst as cst

    if not display.elements:
        return display.with_changes(elements=[new])
    *before, last = display.elements
    between = separator(display.elements, display.lbrace.whitespace_after)
    comma = last.comma if isinstance(last.comma, cst.Comma) else None
    gap, tail = divided(comma.whitespace_after if comma else display.rbrace.whitespace_before, between)
    last = last.with_changes(comma=cst.Comma(whitespace_after=gap))
    if comma:
        return display.with_changes(elements=[*before, last, new.with_changes(comma=cst.Comma(whitespace_after=tail))])
    return display.with_changes(
        elements=[*before, last, new], rbrace=display.rbrace.with_changes(whitespace_before=tail)
    )


def divided(
    tail: cst.BaseParenthesizableWhitespace, between: cst.BaseParenthesizableWhitespace
) -> tuple[cst.BaseParenthesizableWhitespace, cst.BaseParenthesizableWhitespace]:
    """What stands after the last of a list, divided for one more: a comment stays with what it stands behind."""
    import libcst as cst

    if not isinstance(tail, cst.ParenthesizedWhitespace):
        return between, tail
    indented = between if isinstance(between, cst.ParenthesizedWhitespace) else tail
    gap = tail.with_changes(empty_lines=[], indent=indented.indent, last_line=indented.last_line)
    return gap, tail.with_changes(first_line=cst.TrailingWhitespace(newline=tail.first_line.newline))


def separator(
    elements: Sequence[cst.Arg | cst.BaseDictElement], opening: cst.BaseParenthesizableWhitespace
) -> cst.BaseParenthesizableWhitespace:
    """The white space between two elements of a bracketed list, comments left out."""
    import libcst as cst

    own = [element.comma.whitespace_after for element in elements[:-1] if isinstance(element.comma, cst.Comma)]
    for white in (*reversed(own), opening):
        if isinstance(white, cst.ParenthesizedWhitespace):
            plain = cst.TrailingWhitespace(newline=white.first_line.newline)
            return white.with_changes(first_line=plain, empty_lines=[])
    return cst.SimpleWhitespace(" ")


def trimmed(work: Work, old: cst.CSTNode, new: cst.CSTNode) -> Edit:
    """The smallest edit that turns ``old`` into ``new``."""
    import libcst as cst

    start, end = work.places[old]
    before = work.tree.code[start:end]
    whole = cst.ensure_type(work.tree.deep_replace(old, new), cst.Module).code
    after = whole[start : len(whole) - (len(work.tree.code) - end)]
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    span = Span(start + head + work.shift, end - tail + work.shift)
    return Edit(span, after[head : len(after) - tail])


@functools.lru_cache(maxsize=2)
def bindings(text: str) -> dict[str, str]:
    """The names of the module's own level, each with the plain import that binds it, or ``""`` for anything else."""
    out: dict[str, str] = {}
    for chunk in cut(text).chunks:
        if chunk.owner:
            continue
        if chunk.kind != "statement":
            out[chunk.name] = ""
            continue
        for node in chunk.tree() or ():
            for name, statement in bound_by(node):
                out[name] = statement if out.get(name, statement) == statement else ""
    return out


def bound_by(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """The names that a module's statement binds, each with the import that does it if that is all it does."""
    for inner in ast.walk(node):
        if isinstance(inner, (ast.Import, ast.ImportFrom)):
            origin = f"from {'.' * inner.level}{inner.module or ''} " if isinstance(inner, ast.ImportFrom) else ""
            for alias in inner.names:
                plain = inner is node and alias.asname is None
                name = alias.asname or alias.name.partition(".")[0]
                yield name, f"{origin}import {alias.name}" if plain else ""
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id, ""
        elif isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield inner.name, ""


def import_place(source: Source) -> int:
    """The offset after the imports that the module begins with, else after its docstring and leading comments."""
    module = cut(source.text)
    comments = HEAD_COMMENTS.match(source.text)
    place = comments.end() if comments else 0
    for index, (chunk, start) in enumerate(zip(module.chunks, module.starts, strict=True)):
        if chunk.kind != "statement" or chunk.owner:
            break
        for node in chunk.tree() or ():
            docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if docstring or isinstance(node, (ast.Import, ast.ImportFrom)):
                line = source.position(start + chunk.end_of(node))[0]
                place = source.starts[line + 1] if line + 1 < len(source.starts) else len(source.text)
    return place
