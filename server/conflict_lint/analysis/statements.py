"""What statements do: bind and change values, and decide which way control goes."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from . import facts as f
from . import loops
from .calls import entered, left
from .errorsets import ANY, NONE, SOME, Errors, only
from .events import Attempt, Catch, Repeat, SdkCall
from .existence import exhausted, handled, raised, refuse, tells, told_by
from .frames import ExceptionClass, Imported, Instance, called_digest, locks, merged, set_item
from .lifecycle import not_begun
from .link import ClassLink, FunctionLink, last_name
from .names import ROOM, annotate, import_of
from .objects import element_of, item_of
from .repeats import (
    CURRENT,
    class_names,
    going_round,
    handling,
    made,
    narrow,
    note_loop,
    policy_repeat,
    settled,
    verdict_of,
)
from .swallowing import ended, is_quiet
from .values import NO_CALLS, UNKNOWN, ErrorPath, Place, Value, constant, joined, mixed
from .ways import NO_WAY, WAY, Tells, discard, forget, learn, partly, refused, settle, spared, under, way_in

if TYPE_CHECKING:
    from .evaluate import Run
    from .frames import Frame


def branches(run: Run, bodies: Sequence[Callable[[], bool]], falls_through: bool = False) -> bool:
    """Run alternatives from the same state and join the states of those that come out."""
    frame = run.frame
    before = frame.variables
    outcomes: list[dict[str, Value]] = [dict(before)] if falls_through else []
    run.conditional += 1
    for body in bodies:
        frame.variables = dict(before)
        if body():
            outcomes.append(frame.variables)
    run.conditional -= 1
    frame.variables = merged(outcomes) if outcomes else dict(before)
    return bool(outcomes)


def on_do(run: Run, node: f.Do) -> None:
    run.eval(node.value, statement=True)


def on_assign(run: Run, node: f.Assign) -> None:
    value = run.eval(node.value) if node.value is not None else Value(("declared", id(node)))
    if node.annotation:
        annotate(run, value, node.annotation)
    for target in node.targets:
        store(run, target, value)


def on_augment(run: Run, node: f.Augment) -> None:
    old, new = run.eval(node.target), run.eval(node.value)
    out = mixed(("augmented", id(node), old.key), [old, new])
    out.touched |= {None}
    if old.items is not None:
        gained = [] if node.op == "-" else new.items
        out.items = old.items + (gained or [])
        out.opaque = old.opaque or gained is None
    if isinstance(node.target, f.Name):
        old.touch(None, [new])
    store(run, node.target, out)


def on_delete(run: Run, node: f.Delete) -> None:
    for target in node.targets:
        if isinstance(target, f.Item):
            run.eval(target.obj).touch(key_of(run, target.key))


def on_outer(run: Run, node: f.Outer) -> None:
    run.frame.outer.update(dict.fromkeys(node.names, node.kind))


def on_import(run: Run, node: f.Import) -> None:
    for name, origin in node.names:
        run.frame.variables[name] = import_of(run, origin)


def on_leave(run: Run, node: f.Leave) -> bool:
    frame = run.frame
    if node.kind == "raise" and node.value is not None:
        raising(run, node.value.func if isinstance(node.value, f.Call) else node.value)
    if node.kind == "raise" and isinstance(node.value, f.Call) and of_class(run, node.value.func):
        run.arguments(node.value)  # the constructor of an error does nothing else
        return False
    value = run.eval(node.value) if node.value is not None else constant(None)
    if node.kind != "raise" and CURRENT in frame.variables:
        ended(run, node.kind, value)
    if node.kind == "return":
        frame.returns.append(under(value, way_in(frame.variables).absent - frame.known))
        frame.said.append((value, frame.variables.get(CURRENT)))
        frame.ways.append(frame.variables.get(WAY) or NO_WAY)
        if not value.plain:
            run.trace.returned.update(o.source for o in value.flow() if isinstance(o.source, SdkCall))
    elif node.kind in {"break", "continue"} and frame.loops:
        frame.loops[-1][node.kind == "continue"].append(dict(frame.variables))
    return False


def raising(run: Run, kind: f.Expr) -> None:
    """Note where the program raises an error of some class while something is absent, for who catches it."""
    name = last_name(kind)
    if not name[:1].isupper() or not run.attempts:
        return
    cls = run.eval(kind).first("target") if way_in(run.frame.variables).absent else None
    known = [one.name for one in cls.lineage()] if isinstance(cls, ClassLink) else [name]
    builtin = getattr(builtins, name, None)
    raised(run, [*known, *(one.__name__ for one in (builtin.__mro__ if isinstance(builtin, type) else ()))])


def of_class(run: Run, function: f.Expr) -> bool:
    """Whether a callable is a class of the project; only what is called like one is looked at."""
    return last_name(function)[:1].isupper() and isinstance(run.eval(function).first("target"), ClassLink)


def on_branch(run: Run, node: f.If) -> bool:
    before = len(run.compared)
    value = run.eval(node.test)
    compared = run.compared[before:]
    del run.compared[before:]
    certain = truth(run, node.test)
    if certain is not None:
        return run.block(node.body if certain else node.orelse)
    if compared and {"raise"} in (loops.ends(node.body), loops.ends(node.orelse)):
        run.trace.refusals += compared
    verdict = verdict_of(run, value, node.test)
    said = tells(value)
    if loops.ends(node.orelse) == {"raise"}:
        said = replace(said, yes=refused(said.yes))
    if loops.ends(node.body) == {"raise"}:
        said = replace(said, no=refused(said.no) | partly(said.unless))
    return branches(
        run,
        [
            partial(taken, run, node, verdict.yes if verdict else None, said, node.body),
            partial(taken, run, node, verdict.no if verdict else None, ~said, node.orelse),
        ],
    )


def taken(run: Run, node: f.If, errors: Errors | None, said: Tells, body: tuple[f.Stmt, ...]) -> bool:
    """Run a branch in which the error at hand is one of ``errors``, and what ``said`` tells of truth holds."""
    if errors is not None:
        narrow(run, errors)
        handled(run)
    learn(run.frame.variables, said.yes)
    discard(run.frame.variables, said.there)
    spare(run, node.test, body is node.body)
    run.arms.append(((id(node), run.ways()), body is node.body))
    out = run.block(body)
    run.arms.pop()
    return out


def spare(run: Run, test: f.Expr, outcome: bool) -> None:
    """In a branch: a flag that is bound only where a change has not begun, or failed to, says so."""
    way = way_in(run.frame.variables)
    if not way.busy:
        return
    while isinstance(test, f.Test) and test.ops == ("not",):
        test, outcome = test.operands[0], not outcome
    idle = spared(run.eval(test), outcome) if isinstance(test, f.Name) else NO_CALLS
    if idle & way.busy:
        settle(run.frame.variables, replace(way, busy=way.busy - idle))


def truth(run: Run, test: f.Expr) -> bool | None:
    """What a test of a parameter gives where the caller passed a constant or left the default; None if unknown."""
    if isinstance(test, f.Test) and test.ops == ("not",):
        inner = truth(run, test.operands[0])
        return None if inner is None else not inner
    if isinstance(test, f.Test) and test.ops in {("is",), ("is not",)}:
        left, right = (constant_of(run, operand) for operand in test.operands)
        if right is None and left is UNKNOWN and importable(run, test.operands[0]):
            return test.ops == ("is not",)
        if UNKNOWN in (left, right) or not (left is None or right is None):
            return None
        return (left is right) == (test.ops == ("is",))
    if isinstance(test, f.Test) and test.ops in {("==",), ("!=",)}:
        left, right = (constant_of(run, operand) for operand in test.operands)
        return None if UNKNOWN in (left, right) else (left == right) == (test.ops == ("==",))
    found = constant_of(run, test) if isinstance(test, f.Name) else UNKNOWN
    return None if found is UNKNOWN else bool(found)


def importable(run: Run, expr: f.Expr) -> bool:
    """Whether a name is something imported, or None where that is not installed."""
    options: tuple[Value, ...] = run.eval(expr).options if isinstance(expr, f.Name) else ()
    return bool(options) and all(one.const is None or isinstance(one.target, Imported) for one in options)


def constant_of(run: Run, expr: f.Expr) -> Any:
    """The constant that an expression is: a literal, or a parameter that still holds what was passed."""
    if isinstance(expr, f.Const):
        return expr.value
    if not isinstance(expr, f.Name):
        return UNKNOWN
    value = run.frame.bound.get(expr.id)
    return value.const if value is not None and value is run.frame.variables.get(expr.id) else UNKNOWN


def on_loop(run: Run, node: f.Loop) -> bool:
    frame = run.frame
    exits: list[dict[str, Value]] = []
    breaking: list[dict[str, Value]] = []
    source = run.eval(node.source)
    policy = made(run, source, run.place(node.source)) if node.target is not None else None
    if policy is not None and policy.entry.role == "policy":
        inner = policy_repeat(run, policy, frame.qualname, "loop", run.place(node))
    else:
        inner = Repeat(run.place(node), frame.qualname, "loop", "", NONE, True, True, (run.place(node),))
    outer = frame.variables.get(CURRENT)
    again: dict[Attempt, Errors] = {}
    endless = node.target is None and source.const not in (UNKNOWN, False, None, 0)
    run.repeating.append(inner)
    if not endless:
        exits.append(dict(frame.variables))
    passes = 2 if len(frame.loops) < 2 and len(run.frames) < 2 and run.room == ROOM else 1
    for _ in range(passes):
        if node.target is None:
            source = run.eval(node.source)
        else:
            store(run, node.target, element_of(run, source))
        before = dict(frame.variables)
        frame.loops.append(([], []))
        falls = run.block(node.body)
        breaks, continues = frame.loops.pop()
        ends = [*continues, *([frame.variables] if falls else [])]
        for attempt, errors in going_round(run, node, ends).items():
            again[attempt] = again.get(attempt, NONE) | errors
        for state in (*ends, *breaks):
            settled(run, node, state, outer)
        if not endless:
            exits.extend(ends)
        breaking.extend(breaks)
        frame.variables = merged([before, *ends])
        if WAY in frame.variables:  # the next pass is about another thing
            frame.variables[WAY] = before.get(WAY, NO_WAY)
    run.repeating.pop()
    if node.target is not None and loops.ends(node.body) - {"end", "continue"}:
        for state in exits:
            learn(state, exhausted(source))
    if node.target is None:
        for state in exits:
            learn(state, tells(source).no)
    note_loop(run, node, again, inner)
    outcomes = list(breaking)
    if exits:
        frame.variables = merged(exits)
        if run.block(node.orelse):
            outcomes.append(frame.variables)
    if outcomes:
        frame.variables = merged(outcomes)
    return bool(outcomes)


def on_try(run: Run, node: f.Try) -> bool:
    frame = run.frame
    before = dict(frame.variables)
    attempt = attempt_at(run, node)
    attempt.looped = bool(frame.loops)
    attempt.refuses = loops.ends((*node.body, *node.orelse)) == {"raise"}
    attempt.leaves = not loops.ends((*node.body, *node.orelse)) & loops.GOES_ON
    run.attempts.append(attempt)
    falls = run.block(node.body)
    run.attempts.pop()
    after_body = frame.variables
    outcomes: list[dict[str, Value]] = []
    if falls and run.block(node.orelse):
        outcomes.append(frame.variables)
    rest = ANY
    for index, handler in enumerate(node.handlers):
        frame.variables = merged([before, after_body])
        not_begun(before, frame.variables)
        classes = caught_by(run, handler)
        errors, rest = rest & classes, rest & ~classes
        if handling(run, attempt, errors, partial(on_handler, run, attempt, handler, index)):
            if attempt.refuses:
                refuse(frame.variables, attempt.calls)
            outcomes.append(frame.variables)
    frame.variables = merged(outcomes) if outcomes else merged([before, after_body])
    return run.block(node.final) and bool(outcomes)


def attempt_at(run: Run, node: f.Try) -> Attempt:
    """The attempt of a ``try``; the same one in every pass of a loop."""
    key = (id(node), run.ways())
    found = run.tried.get(key)
    if found is None:
        found = run.tried[key] = Attempt(run.place(node))
        run.trace.attempts.append(found)
    found.catches.clear()
    found.raised.clear()
    return found


def caught_by(run: Run, handler: f.Handler) -> Errors:
    """The errors that a handler's classes catch."""
    out = NONE if handler.types else ANY
    for kind in handler.types:
        names = class_names(run.eval(kind))
        out |= SOME if names is None else only("class", names)
    return out


def on_handler(run: Run, attempt: Attempt, handler: f.Handler, index: int) -> bool:
    """Run one handler, noting the classes it catches."""
    frame = run.frame
    own_classes = 0
    for kind in handler.types:
        value = run.eval(kind)
        own_classes += isinstance(value.target, ClassLink)
        for one in [item for v in value.alternatives() for item in (v.items or [v])]:
            target = one.target
            if isinstance(target, ExceptionClass):
                catch = Catch(
                    attempt, run.place(kind), target.name, target.service, index, frame.qualname, target.owner
                )
            else:
                name = target.origin if isinstance(target, Imported) else last_name(kind)
                catch = Catch(attempt, run.place(kind), name, "", index, frame.qualname)
            attempt.catches.append(catch)
    if handler.name:
        error = None if own_classes and own_classes == len(handler.types) else ErrorPath(attempt)
        frame.variables[handler.name] = Value(("error", id(handler)), error=error)
    run.conditional += 1
    handled(run)
    told = told_by(attempt, [last_name(kind) for kind in handler.types])
    learn(frame.variables, told)
    before = len(attempt.endings)
    falls = run.block(handler.body)
    if falls:
        ended(run, "end")
        if not attempt.refuses:  # what follows is done in any case
            forget(frame.variables, told)
    for ending in attempt.endings[before:]:
        ending.quiet = is_quiet(handler)
    run.conditional -= 1
    return falls


def on_with(run: Run, node: f.With) -> bool:
    held = run.held
    managers: list[tuple[Value, Place]] = []
    for context, target in node.items:
        manager = run.eval(context)
        if locks(context):
            run.held += 1
        managers.append((manager, run.place(context)))
        value = entered(run, *managers[-1])
        if target is not None:
            store(run, target, value)
    out = run.block(node.body)
    for manager, place in reversed(managers):
        left(run, manager, place)
    run.held = held
    return out


def on_define(run: Run, node: f.Define) -> None:
    frame = run.frame
    name = node.function.name
    qualname = name if frame.qualname == "<module>" else f"{frame.qualname}.{name}"
    unit = FunctionLink(run.link, frame.chunk, node.function, None, frame, qualname)
    frame.nested.append(unit)
    frame.variables[name] = Value(("function", id(node.function)), target=unit)


def on_class(run: Run, node: f.ClassDef) -> None:
    """A class inside a function or a branch: its methods are followed as nested functions."""
    frame = run.frame
    prefix = "" if frame.qualname == "<module>" else f"{frame.qualname}."
    link = ClassLink(node.name, run.link, frame.chunk, node.bases, {}, node.body)
    for statement in node.body:
        if isinstance(statement, f.Define):
            function = statement.function
            unit = FunctionLink(run.link, frame.chunk, function, link, frame, f"{prefix}{node.name}.{function.name}")
            link.methods.setdefault(function.name, []).append(unit)
            frame.nested.append(unit)
    frame.variables[node.name] = Value(("class", id(node)), target=link)


def store(run: Run, target: f.Expr, value: Value) -> None:
    """Bind or change what an assignment target names."""
    if isinstance(target, f.Name):
        assign(run, target.id, value)
    elif isinstance(target, f.Attr):
        obj = run.eval(target.obj)
        old = obj.children.get(("attr", target.name))
        if run.conditional and old is not None and old.target is None:
            value = joined([old, value])
        for one in {id(one): one for one in (obj, *obj.alternatives())}.values():
            one.keep(("attr", target.name), value)
        if not isinstance(obj.target, (Instance, Imported)):
            obj.touch(target.name, [value])
    elif isinstance(target, f.Item):
        obj = run.eval(target.obj)
        key = key_of(run, target.key)
        for one in obj.alternatives():
            set_item(one, key, value, weak=run.conditional > 0)
        obj.touch(key, [value])
    elif isinstance(target, f.Seq):
        for index, item in enumerate(target.items):
            if isinstance(item, f.Star):
                store(run, item.value, value)
            else:
                store(run, item, item_of(run, value, index))
    elif isinstance(target, f.Star):
        store(run, target.value, value)


def assign(run: Run, name: str, value: Value) -> None:
    """Bind a name in this function, or where ``nonlocal`` and ``global`` say that it lives."""
    frame = run.frame
    value = called_digest(name, value)
    kind = frame.outer.get(name)
    if kind == "global":
        run.globals[name] = value
        return
    home: Frame | None = frame
    if kind == "nonlocal":
        home = frame.closure
        while home is not None and name not in home.variables:
            home = home.closure
    (home or frame).variables[name] = value


def key_of(run: Run, key: f.Expr) -> Hashable:
    """A subscript as a constant, or the key of its value."""
    value = run.eval(key)
    return value.const if value.const is not UNKNOWN else value.key


STATEMENTS: dict[type[f.Stmt], Callable[..., bool | None]] = {
    f.Do: on_do,
    f.Assign: on_assign,
    f.Augment: on_augment,
    f.Delete: on_delete,
    f.Outer: on_outer,
    f.Import: on_import,
    f.Leave: on_leave,
    f.If: on_branch,
    f.Loop: on_loop,
    f.Try: on_try,
    f.With: on_with,
    f.Define: on_define,
    f.ClassDef: on_class,
}
