"""What expressions are worth."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

from . import facts as f
from . import volatile
from .calls import of_call
from .errorsets import Verdict
from .existence import combined, compared, exhausted, picked, tells
from .frames import Arguments, Made, Method, relabelled
from .identity import Key
from .link import FunctionLink, last_name
from .loops import dotted
from .names import module_name
from .objects import attribute_of, element_of, item_of
from .repeats import ALL_OF, ANY_OF, of_comparison, of_operator
from .sdk import note_mention, note_test
from .statements import assign, store, truth
from .values import UNKNOWN, Place, Value, changed, constant, joined, mixed
from .ways import SILENT, Absent, Tells, learn, settle, way_in

if TYPE_CHECKING:
    from .evaluate import Run
    from .frames import Frame

EQUALITIES = frozenset({"==", "!=", "in", "not in"})


def of_name(run: Run, node: f.Name) -> Value:
    frame: Frame | None = run.frame
    while frame is not None:
        value = frame.variables.get(node.id)
        if value is not None:
            return value
        frame = frame.closure
    own = run.globals.get(node.id)
    if own is not None:
        return own
    return module_name(run, node.id)


def of_const(run: Run, node: f.Const) -> Value:
    return constant(node.value, run.place(node))


def of_attr(run: Run, node: f.Attr) -> Value:
    return joined([standing(run, one, node) for one in attribute_of(run, run.eval(node.obj), node.name).alternatives()])


def standing(run: Run, value: Value, node: f.Attr) -> Value:
    """One alternative of an attribute; a method is said to stand where its name does."""
    if isinstance(value.target, Method):
        value = relabelled(value, value.key)
        place = Place(run.frame.chunk.chunk, node.end - len(node.name), node.end)
        value.target = Method(value.target.receiver, node.name, place, hint=last_name(node.obj))
        note_mention(run, value.target)
    return value


def of_subscript(run: Run, node: f.Item) -> Value:
    obj = run.eval(node.obj)
    key = run.eval(node.key)
    if run.attempts and key.const in (0, -1):
        picked(run, obj)
    return item_of(run, obj, key.const if key.const is not UNKNOWN else key.key, run.place(node))


def of_map(run: Run, node: f.Map) -> Value:
    out = Value(("map", id(node)))
    out.fields = {}
    for key, value in node.items:
        item = run.eval(value)
        if key is None:
            out.spread = [*out.spread, item]
            continue
        name = run.eval(key)
        if isinstance(name.const, str):
            out.fields[name.const] = item
        else:
            out.opaque = True
            out.fields.setdefault(f"\0{len(out.fields)}", item)
    return out


def of_seq(run: Run, node: f.Seq) -> Value:
    out = Value(("seq", id(node)))
    out.items = []
    for item in node.items:
        value = run.eval(item)
        if isinstance(item, f.Star):
            out.items.extend(value.items or [element_of(run, value)])
        else:
            out.items.append(value)
    out.key = Key(("seq", *(item.key for item in out.items)))
    return out


def of_star(run: Run, node: f.Star) -> Value:
    return run.eval(node.value)


def of_text(run: Run, node: f.Text) -> Value:
    parts = [run.eval(part) for part in node.parts]
    if all(isinstance(part.const, str) for part in parts):
        return constant("".join(part.const for part in parts), run.place(node))
    out = mixed(("text", tuple(part.key for part in parts)), parts)
    if any(part.items is not None for part in parts):
        out.items = [item for part in parts for item in (part.items or [])]
    return out


def of_choice(run: Run, node: f.Choice) -> Value:
    tested = SILENT
    for test in node.tests:
        tested = tells(run.eval(test))
        certain = truth(run, test)
        if certain is not None:
            return run.eval(node.options[0 if certain else 1])
    if node.tests:
        options = [option_where(run, *one) for one in zip(node.options, (tested.yes, tested.no), strict=True)]
    else:
        options = [run.eval(node.options[0])]
        for option in node.options[1:]:
            tested = tells(options[-1])
            options.append(option_where(run, option, tested.no if node.op == "or" else tested.yes))
    out = joined(options)
    verdict = of_operator(run, node, options, [truth(run, option) for option in node.options])
    said = combined(node.op, options, [is_flag(run, option) for option in node.options])
    if verdict is not None or said is not None:
        out = Value(("choice", id(node)), options=out.alternatives(), target=verdict)
        out.tells = said
    return out


def option_where(run: Run, option: f.Expr, absent: frozenset[Absent]) -> Value:
    """An option that is evaluated only where this is known to be absent."""
    if not absent:
        return run.eval(option)
    state = run.frame.variables
    before = way_in(state).absent
    learn(state, absent)
    value = run.eval(option)
    settle(state, replace(way_in(state), absent=before))
    return value


def is_flag(run: Run, expr: f.Expr) -> bool:
    """Whether an expression is a setting, or the contrary of one: a name that holds nothing that was read."""
    while isinstance(expr, f.Test) and expr.ops == ("not",):
        expr = expr.operands[0]
    if not dotted(expr):
        return False
    value = run.eval(expr)
    return value.reply is None and not value.flow() and tells(value) == SILENT


def of_test(run: Run, node: f.Test) -> Value:
    operands = [run.eval(operand) for operand in node.operands]
    heads = run.resolver.catalogue.code_heads
    for index, value in enumerate(operands):
        error = value.first("error")
        if error is not None and error.path and error.path[0] in heads and len(operands) > 1:
            others = [other for place, other in enumerate(operands) if place != index]
            note_test(
                run,
                run.place(node),
                error.path,
                error.attempt,
                others,
                substring="in" in node.ops[0] and index > 0,
                named=(),
            )
    if EQUALITIES.intersection(node.ops[:1]) and any(one.reply is not None for one in operands[0].alternatives()):
        run.compared.append((operands[0], operands[-1]))
    if node.ops == ("other",):  # by order
        run.trace.ordered.append((operands[0], operands[1]))
    out = Value(("test", id(node)), target=of_comparison(run, node, operands))
    out.tells = compared(node.ops, operands)
    return out


def of_mix(run: Run, node: f.Mix) -> Value:
    parts = [run.eval(part) for part in node.parts]
    out = mixed(("mix", id(node), *volatile.marks_in(tuple(part.key for part in parts))), parts)
    if node.op == f.SLICE and any(one.reply is not None for one in parts[0].alternatives()):
        return relabelled(parts[0], out.key)  # some of what was listed
    if node.op == f.SLICE:
        out.items = list(parts[0].items) if parts[0].items is not None else None
    lists = [part.items for part in parts if part.items is not None]
    if not node.op and len(parts) == 2 and len(lists) == 1:  # a list so many times over
        out.items = list(lists[0])
    if node.op != f.SLICE and node.op and any(isinstance(part.target, Made) for part in parts):
        out.target = Made(ANY_OF if node.op == "|" else ALL_OF, Arguments(parts), run.place(node))
    return out


def of_yield(run: Run, node: f.Yield) -> Value:
    if node.value is not None:
        run.frame.yields.append(run.eval(node.value))
    return Value(("sent", id(node)))


def of_bind(run: Run, node: f.Bind) -> Value:
    value = run.eval(node.value)
    assign(run, node.name, value)
    return value


def of_comp(run: Run, node: f.Comp) -> Value:
    frame = run.frame
    before = frame.variables
    frame.variables = dict(before)
    absent: frozenset[Absent] = frozenset()
    over: list[Hashable] = []
    for target, source, tests in node.loops:
        found = run.eval(source)
        over.append(found.key)
        absent |= exhausted(found)
        store(run, target, element_of(run, found))
        for test in tests:
            run.eval(test)
    element = run.eval(node.element)
    keys = [run.eval(node.key)] if node.key is not None else []
    frame.variables = before
    out = mixed(("comp", id(node), *over), [element, *keys])
    out.target = element.target if isinstance(element.target, Verdict) else None
    if node.is_map:
        out.fields, out.opaque = {"\0": element}, True
    else:
        out.items = [element]
    out.origins = changed(out.origins)
    out.tells = Tells(no=absent) if absent else None
    return out


def of_lambda(run: Run, node: f.Lambda) -> Value:
    unit = FunctionLink(run.link, run.frame.chunk, node.function, None, run.frame, f"{run.frame.qualname}.<lambda>")
    return Value(("function", id(node.function)), target=unit)


EXPRESSIONS: dict[type[f.Expr], Callable[..., Value]] = {
    f.Name: of_name,
    f.Const: of_const,
    f.Attr: of_attr,
    f.Item: of_subscript,
    f.Call: of_call,
    f.Map: of_map,
    f.Seq: of_seq,
    f.Star: of_star,
    f.Text: of_text,
    f.Choice: of_choice,
    f.Test: of_test,
    f.Mix: of_mix,
    f.Bind: of_bind,
    f.Yield: of_yield,
    f.Comp: of_comp,
    f.Lambda: of_lambda,
}
