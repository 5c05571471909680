"""The shape of a loop: does it try the same thing again, or is it an iteration over different things?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from . import facts as f
from .link import last_name

PAUSES = re.compile(r"sleep|wait|backoff|back_off|delay|pause", re.IGNORECASE)
ENDLESS = frozenset({"count", "cycle"})
TELLING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print"})
PUTS = frozenset({"append", "appendleft", "put", "put_nowait", "add", "insert", "extend", "push"})
TAKES = frozenset({"pop", "popleft", "get", "get_nowait", "popitem"})
GOES_ON = frozenset({"end", "continue"})


@dataclass(frozen=True, slots=True)
class LoopShape:
    """``retries``: a failed pass is followed by another try of the same thing. ``bounded``: the passes are limited.

    ``backs_off``: there is a pause between them. ``steady``: what is sent stays the same.

    ``remedied``: a handler calls something for its effect, which may set right what was in the way.
    """

    retries: bool
    bounded: bool
    backs_off: bool
    steady: bool
    remedied: bool


@lru_cache(maxsize=4096)
def shape_of(node: f.Loop, start: int) -> LoopShape:
    """The shape of a loop, as seen from the ``try`` in it that begins at ``start`` (chunk-relative code points)."""
    attempt = next((s for s in statements(node.body) if isinstance(s, f.Try) and s.start == start), None)
    if attempt is None:
        return LoopShape(False, False, False, False, False)
    pauses = any(PAUSES.search(name) for name in called(node.body))
    return LoopShape(retries(node, attempt), bounded(node), pauses, steady(node, attempt), remedied(attempt))


def retries(node: f.Loop, attempt: f.Try) -> bool:
    """A loop that is left on success and whose counter never reaches the calls; or one that queues a failure again."""
    if node.target is not None:
        return not ends(node.body) & GOES_ON and followers(node).isdisjoint(used(attempt.body))
    if not ends(node.body) & GOES_ON:
        return True
    flags = {name for s in statements((*attempt.body, *attempt.orelse)) for name in constants_assigned(s)}
    return not flags.isdisjoint(names(node.source)) or queues_again(node, attempt)


@lru_cache(maxsize=4096)
def ends(body: tuple[f.Stmt, ...]) -> frozenset[str]:
    """How control may leave a block when nothing is raised: ``end``, ``continue``, ``break``, ``return``, ``raise``."""
    out: set[str] = set()
    for statement in body:
        found = ends_of(statement)
        out |= found - {"end"}
        if "end" not in found:
            return frozenset(out)
    return frozenset((*out, "end"))


def ends_of(statement: f.Stmt) -> frozenset[str]:
    """``ends`` of one statement."""
    if isinstance(statement, f.Leave):
        return frozenset({statement.kind})
    if isinstance(statement, f.If):
        return ends(statement.body) | ends(statement.orelse)
    if isinstance(statement, f.Try):
        return ends((*statement.body, *statement.orelse, *statement.final))
    if isinstance(statement, f.With):
        return ends(statement.body)
    if isinstance(statement, f.Loop):
        endless = statement.target is None and isinstance(statement.source, f.Const) and bool(statement.source.value)
        inside = ends(statement.body)
        left = inside & {"return", "raise"}
        return left if endless and "break" not in inside else left | {"end"}
    return frozenset({"end"})


def statements(body: Iterable[f.Stmt]) -> Iterator[f.Stmt]:
    """All statements of a block, those inside others included, functions and classes excepted."""
    for statement in body:
        yield statement
        yield from statements(inner(statement))


def inner(statement: f.Stmt) -> tuple[f.Stmt, ...]:
    """The statements directly inside a statement."""
    if isinstance(statement, (f.If, f.Loop)):
        return (*statement.body, *statement.orelse)
    if isinstance(statement, f.With):
        return statement.body
    if isinstance(statement, f.Try):
        handlers = (s for handler in statement.handlers for s in handler.body)
        return (*statement.body, *handlers, *statement.orelse, *statement.final)
    return ()


def expressions(statement: f.Stmt) -> Iterator[f.Expr]:
    """The expressions of one statement, without those of the statements in it."""
    if isinstance(statement, f.Assign):
        yield from statement.targets
    if isinstance(statement, (f.Assign, f.Leave)):
        if statement.value is not None:
            yield statement.value
    elif isinstance(statement, f.Augment):
        yield from (statement.target, statement.value)
    elif isinstance(statement, f.Do):
        yield statement.value
    elif isinstance(statement, f.If):
        yield statement.test
    elif isinstance(statement, f.Loop):
        yield statement.source
    elif isinstance(statement, f.With):
        yield from (context for context, _ in statement.items)


def parts(expr: f.Expr) -> Iterator[f.Expr]:
    """An expression and everything in it."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, f.Attr):
            stack.append(node.obj)
        elif isinstance(node, f.Item):
            stack += (node.obj, node.key)
        elif isinstance(node, f.Call):
            stack += (node.func, *(arg.value for arg in node.args))
        elif isinstance(node, f.Map):
            stack += (part for pair in node.items for part in pair if part is not None)
        elif isinstance(node, f.Seq):
            stack += node.items
        elif isinstance(node, (f.Text, f.Mix)):
            stack += node.parts
        elif isinstance(node, f.Choice):
            stack += (*node.tests, *node.options)
        elif isinstance(node, f.Test):
            stack += node.operands
        elif isinstance(node, (f.Star, f.Bind)):
            stack.append(node.value)


def names(expr: f.Expr) -> Iterator[str]:
    """The plain names in an expression."""
    return (node.id for node in parts(expr) if isinstance(node, f.Name))


def calls(body: Iterable[f.Stmt]) -> Iterator[f.Call]:
    """The calls in a block."""
    for statement in statements(body):
        for expr in expressions(statement):
            yield from (node for node in parts(expr) if isinstance(node, f.Call))


def called(body: Iterable[f.Stmt]) -> Iterator[str]:
    """The last names of what a block calls."""
    return (last_name(call.func) for call in calls(body))


def followers(node: f.Loop) -> set[str]:
    """The names that hold what a loop goes over, or something made of it in its body."""
    out = set(names(node.target)) if node.target is not None else set()
    for statement in statements(node.body):
        if (
            isinstance(statement, f.Assign)
            and statement.value is not None
            and not out.isdisjoint(names(statement.value))
        ):
            out.update(name for target in statement.targets for name in names(target))
    return out


def used(body: Iterable[f.Stmt]) -> set[str]:
    """The names that a block hands to calls or calls methods of, other than of loggers and pauses."""
    return {*passed(body), *(owner(call).partition(".")[0] for call in calls(body) if serious(call))}


def passed(body: Iterable[f.Stmt]) -> set[str]:
    """The names that a block hands to calls, other than to loggers and pauses."""
    return {name for call in calls(body) if serious(call) for arg in call.args for name in names(arg.value)}


def constants_assigned(statement: f.Stmt) -> Iterator[str]:
    """The names that a statement sets to a literal."""
    if isinstance(statement, f.Assign) and isinstance(statement.value, f.Const):
        yield from (target.id for target in statement.targets if isinstance(target, f.Name))


def queues_again(node: f.Loop, attempt: f.Try) -> bool:
    """Whether a handler puts something back into what the loop takes its work from."""
    taken = {owner(c) for c in calls(node.body) if last_name(c.func) in TAKES}
    put = {owner(c) for handler in attempt.handlers for c in calls(handler.body) if last_name(c.func) in PUTS}
    return not (taken & put).isdisjoint(put - {""})


def steady(node: f.Loop, attempt: f.Try) -> bool:
    """Whether what is sent stays the same in every pass."""
    sent = {path for call in calls(attempt.body) if serious(call) for arg in call.args for path in paths(arg.value)}
    return all(apart(change, path) for change in changes(node) for path in sent)


def remedied(attempt: f.Try) -> bool:
    """Whether a handler does anything but wait and tell."""
    errors = {handler.name for handler in attempt.handlers}
    return any(remedies(s, errors) for handler in attempt.handlers for s in statements(handler.body))


def remedies(statement: f.Stmt, errors: set[str | None]) -> bool:
    """Whether a statement may set right what stood in the way: it calls something for its effect."""
    if not isinstance(statement, f.Do) or not isinstance(statement.value, f.Call):
        return False
    call = statement.value
    return (
        serious(call)
        and last_name(call.func) not in PUTS
        and not any(name in errors for arg in call.args for name in names(arg.value))
    )


def changes(node: f.Loop) -> Iterator[str]:
    """The dotted names that a pass binds anew or changes in place."""
    targets = [node.target] if node.target is not None else []
    for statement in statements(node.body):
        if isinstance(statement, f.Assign):
            targets += statement.targets
        elif isinstance(statement, (f.Augment, f.Loop)):
            targets += [statement.target] if statement.target is not None else []
        elif isinstance(statement, f.With):
            targets += (target for _, target in statement.items if target is not None)
        elif isinstance(statement, f.Do) and isinstance(statement.value, f.Call) and serious(statement.value):
            yield from filter(None, [owner(statement.value)])
    for target in targets:
        yield from paths(target)


def paths(expr: f.Expr) -> Iterator[str]:
    """The dotted names in an expression, as far as they are plain; an item counts as what it is taken from."""
    stack = [expr]
    while stack:
        node = stack.pop()
        while isinstance(node, f.Item):
            stack.append(node.key)
            node = node.obj
        path = dotted(node)
        if path:
            yield path
        else:
            stack += (part for part in parts(node) if part is not node and isinstance(part, (f.Name, f.Attr, f.Item)))


def apart(left: str, right: str) -> bool:
    """Whether neither of two dotted names is the other or a part of it."""
    return not f"{left}.".startswith(f"{right}.") and not f"{right}.".startswith(f"{left}.")


def serious(call: f.Call) -> bool:
    """Whether a call does more than tell or wait."""
    name = last_name(call.func)
    return name not in TELLING and not PAUSES.search(name)


def owner(call: f.Call) -> str:
    """The dotted name of the object whose method is called; empty where it is no plain name."""
    return dotted(call.func.obj) if isinstance(call.func, f.Attr) else ""


def dotted(expr: f.Expr) -> str:
    """The dotted name that an expression is; empty for anything else."""
    words: list[str] = []
    while isinstance(expr, f.Attr):
        words.append(expr.name)
        expr = expr.obj
    return ".".join([expr.id, *reversed(words)]) if isinstance(expr, f.Name) else ""


def bounded(node: f.Loop) -> bool:
    """Whether the number of passes is limited: by what is looped over, by the loop's test, or by a test inside."""
    if node.target is not None:
        return last_name(node.source) not in ENDLESS
    counters = {dotted(s.target) for s in statements(node.body) if isinstance(s, f.Augment)} - {""}
    counters |= {owner(call) for call in calls(node.body) if last_name(call.func) in TAKES}
    tests = [node.source]
    tests += [
        s.test for s in statements(node.body) if isinstance(s, f.If) and ends(s.body) & {"raise", "return", "break"}
    ]
    return any(limits(test, counters) for test in tests)


def limits(test: f.Expr, counters: set[str]) -> bool:
    """Whether a test compares by order, or looks at a counter."""
    ordered = any(isinstance(node, f.Test) and "other" in node.ops for node in parts(test))
    return ordered or not counters.isdisjoint(paths(test))
