"""What calls do: of SDK operations, of this module's functions, of builtins and of what is out of sight."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING

from . import facts as f
from . import streams, volatile
from .existence import tells
from .frames import (
    LOCKED,
    Arguments,
    Frame,
    Imported,
    Instance,
    Invocation,
    Made,
    Method,
    Partial,
    Super,
    Wrapped,
    locks,
    relabelled,
    set_item,
    words_of,
)
from .lifecycle import handed, waited
from .link import CONSTRUCTORS, ClassLink, FunctionLink, last_name
from .loops import PAUSES
from .names import leads_back, module_attribute
from .objects import attribute_of, element_of, item_of, plain_item
from .records import FROM_MAPPING, TO_MAPPING, as_mapping, made_from
from .repeats import CURRENT, note_again, of_instance, of_truth, policy_repeat, task_again
from .sdk import (
    VIEWS,
    by_chain,
    by_group,
    by_signature,
    constructed,
    paginator,
    passed_method,
    sdk_call,
    sdk_made,
    sdk_method,
)
from .values import UNKNOWN, Encoded, Place, Value, constant, joined, mixed
from .ways import NO_WAY, WAY

if TYPE_CHECKING:
    from .evaluate import Run

SAME = frozenset(
    {"list", "tuple", "sorted", "reversed", "iter", "set", "frozenset", "enter_context", "enter_async_context", "cast"}
)
EMPTY = frozenset({"list", "set"})
COPIES = frozenset({"copy", "deepcopy", "dict", "OrderedDict", "ChainMap"})
TRUTHS = frozenset(
    {"len", "bool", "isinstance", "issubclass", "hasattr", "callable", "any", "all", "startswith", "endswith", "exists"}
)
SIZES = frozenset({"len", "bool", "any"})
GETTERS = frozenset({"get", "pop", "setdefault", "__getitem__"})
MUTATORS = frozenset(
    {"append", "add", "extend", "insert", "update", "remove", "discard", "clear", "sort", "reverse", "write", "popitem"}
)
GROWING = frozenset({"append", "add", "extend", "insert"})
# Methods of strings, containers, files and loggers: no SDK error comes out of them.
HARMLESS = frozenset(
    {
        *("format", "join", "split", "rsplit", "splitlines", "strip", "lstrip", "rstrip", "lower", "upper", "title"),
        *(
            "encode",
            "decode",
            "replace",
            "partition",
            "rpartition",
            "find",
            "index",
            "count",
            "isdigit",
            "read",
            "close",
        ),
        *(
            "debug",
            "info",
            "warning",
            "warn",
            "error",
            "exception",
            "critical",
            "log",
            "isoformat",
            "strftime",
            "group",
        ),
    }
)
WRAPPERS = frozenset(
    {
        "open",
        "getwriter",
        "getreader",
        "TextIOWrapper",
        "BufferedReader",
        "BufferedWriter",
        "GzipFile",
        "ZipFile",
        "File",
    }
)
ENCODERS = frozenset({"dumps", "urlencode"})
PUTTING = frozenset({"dump", "save"})
"""Functions of libraries that put their first argument into the file that is the second."""
FILLS = re.compile(r"to_(?:csv|json|excel|parquet|pickle|feather|html|markdown|xml|stata|hdf)\Z|save\Z|export\Z")
"""Methods of documents and tables that put them into the file that they are given."""
# Functions whose value is that of the callable or awaitable they are given.
CALLERS = frozenset(
    {"to_thread", "run_in_executor", "run_in_threadpool", "run_sync", "call_soon_threadsafe", "map", "starmap"}
)
AWAITING = frozenset(
    {"asyncio.run", "asyncio.create_task", "asyncio.ensure_future", "asyncio.wait_for", "asyncio.shield"}
)
EACH_OF = frozenset({"map", "starmap", "imap", "imap_unordered", "map_async"})
LONG = 6
"""Statements of a constructor in another module beyond which it is not run for each object."""
KNOWN_ROOTS = frozenset(sys.stdlib_module_names) | {"yaml", "simplejson"}


def of_call(run: Run, node: f.Call, statement: bool = False) -> Value:
    """The value of a call; one that waits ends what was going on."""
    waits = PAUSES.search(last_name(node.func)) is not None
    if waits:
        waited(run.frame.variables)
    out = call_of(run, node, statement)
    if waits:
        waited(run.frame.variables)
    return out


def call_of(run: Run, node: f.Call, statement: bool) -> Value:
    """The value of a call."""
    if isinstance(node.func, f.Attr):
        receiver = run.eval(node.func.obj)
        args = arguments_of(run, node)
        handed(run.frame.variables, node.func.name, args, receiver)
        note_transport(run, node, args)
        name = Place(run.frame.chunk.chunk, node.func.end - len(node.func.name), node.func.end)
        call = Invocation(node, node.func.name, name, run.place(node), args, statement, last_name(node.func.obj))
        able = [one for one in receiver.alternatives() if one.const is not None] or [receiver]
        return any_of(run, [partial(call_method, run, one, call) for one in able])
    if isinstance(node.func, f.Name) and node.func.id == "super":
        return of_super(run, node)
    function = run.eval(node.func)
    args = arguments_of(run, node)
    handed(run.frame.variables, last_name(node.func), args)
    note_transport(run, node, args)
    label = last_name(node.func)
    call = Invocation(node, label, run.place(node.func), run.place(node), args, statement, "")
    return any_of(run, [partial(invoke, run, one, call) for one in function.alternatives()])


def any_of(run: Run, calls: list[Callable[[], Value]]) -> Value:
    """The value of a call that is one of several: what holds on the way to it holds on the way to each."""
    if len(calls) == 1:
        return calls[0]()
    state = run.frame.variables
    before = state.get(WAY, NO_WAY)
    values, ways = [], []
    for call in calls:
        state[WAY] = before
        values.append(call())
        ways.append(state.get(WAY, NO_WAY))
    state[WAY] = joined(ways)
    return joined(values)


def note_transport(run: Run, node: f.Call, args: Arguments) -> None:
    """Note the repetitions that a client is told by a keyword of its constructor, whatever the constructor is."""
    known = run.resolver.catalogue.transport_keywords
    name = next((name for name in args.named if name in known), None)
    if name is not None:
        start = node.func.end - len(node.func.name) if isinstance(node.func, f.Attr) else node.func.start
        place = Place(run.frame.chunk.chunk, start, node.func.end)
        policy_repeat(run, Made(known[name], args, place), run.frame.qualname, "transport", run.place(node))


def of_super(run: Run, node: f.Call) -> Value:
    """``super()``: the receiver, seen as an object of the classes after the one that this method is in."""
    frame: Frame | None = run.frame
    while frame is not None and frame.owner is None:
        frame = frame.closure
    first = frame.function.params[0].name if frame and frame.function and frame.function.params else ""
    receiver = frame.variables.get(first) if frame is not None else None
    if frame is None or frame.owner is None or receiver is None:
        return Value(("super", id(node)))
    return Value(("super", receiver.key), target=Super(frame.owner, receiver))


def arguments_of(run: Run, node: f.Call) -> Arguments:
    """A call's arguments, evaluated in order."""
    out = Arguments()
    for arg in node.args:
        value = run.eval(arg.value)
        if arg.name is None:
            out.positional.append(value)
        elif arg.name == "*":
            out.starred = out.starred or value.items is None
            out.positional.extend(value.items or [])
        elif arg.name == "**":
            out.settings = (out.settings or not out.spreads) and is_setting(run, arg.value)
            out.spreads.append(value)
        else:
            out.named[arg.name] = value
    return out


def is_setting(run: Run, expr: f.Expr) -> bool:
    """Whether an expression is an attribute of ``self`` that constructors alone give a value, and nothing changes."""
    cls = run.frame.owner
    if not (isinstance(expr, f.Attr) and isinstance(expr.obj, f.Name) and cls is not None):
        return False
    receiver = run.frame.variables.get(expr.obj.id)
    if receiver is None or not isinstance(receiver.target, Instance):
        return False
    run.trace.looked.add((cls.link.path, "methods", "", cls.name))
    names = {method.name for method in cls.assigning(expr.name)}
    changed = re.compile(rf"\.{expr.name}(?:\.(?:update|setdefault)\(|\[[^\]]*\]\s*=(?!=))")
    methods = (method for each in cls.methods.values() for method in each)
    return bool(names) and names <= {*CONSTRUCTORS} and not any(changed.search(m.facts.chunk.text) for m in methods)


def call_method(run: Run, receiver: Value, call: Invocation) -> Value:
    """``receiver.name(...)``: an SDK operation, a method of this module, or a method of some object."""
    plain = receiver.handle is not None and run.resolver.sdk_class(receiver.handle) is not None
    made = constructed(run, call) if not plain else None
    if made is not None:
        return made
    if receiver.handle is not None:
        return sdk_method(run, receiver, receiver.handle, call)
    target = receiver.target
    if isinstance(target, (Instance, ClassLink)):
        return own_method(run, receiver, target, call)
    if isinstance(target, Imported):
        member = module_attribute(run, target, call.name)
        return joined([invoke(run, one, call) for one in member.alternatives()])
    if isinstance(target, Made) and call.name in {"call", "wraps"}:
        return retried_call(run, target, call)
    if isinstance(target, Super):
        run.trace.looked.add((target.cls.link.path, "method", call.name, target.cls.name))
        unit = target.method(call.name)
        if unit is not None:
            return function_call(run, unit, target.receiver, call)
    if receiver.error is not None and call.name == "get" and call.args.positional:
        return item_of(run, receiver, call.args.positional[0].const)
    described = by_chain(run, receiver, call) or by_group(run, receiver, call)
    if described is not None:
        return sdk_method(run, receiver, described, call)
    pages = paginator(run, call)
    if pages is not None:
        return pages
    bound = by_signature(run, receiver, call)
    if bound is not None:
        return sdk_call(run, bound, receiver, call)
    child = run.resolver.unknown_child(call.name, call.args.positional) if not call.args.named else None
    if child is not None:
        return Value(("resource", child.service, child.kind, tuple(v.key for v in child.ids)), handle=child)
    stored = receiver.children.get(("attr", call.name))
    if stored is not None and stored.target is not None and not isinstance(stored.target, Method):
        return invoke(run, stored, call)
    return object_method(run, receiver, call)


def own_method(run: Run, receiver: Value, target: Instance | ClassLink, call: Invocation) -> Value:
    """A method of a class in this module, or an attribute of the object that is called."""
    cls = target.cls if isinstance(target, Instance) else target
    run.trace.looked.add((cls.link.path, "method", call.name, cls.name))
    unit = cls.method(call.name)
    if unit is None:
        found = of_record(run, receiver, target, call)
        if found is not None:
            return found
        stored = attribute_of(run, receiver, call.name)
        if stored.first("target") is None or isinstance(stored.target, Method):
            return unknown_call(run, receiver, call)
        return joined([invoke(run, one, call) for one in stored.alternatives()])
    bound = receiver if not unit.decorated("staticmethod") else None
    return function_call(run, unit, bound, call)


def of_record(run: Run, receiver: Value, target: Instance | ClassLink, call: Invocation) -> Value | None:
    """What a library's method turns an object into, or an object that it makes of a mapping; None for other methods."""
    if isinstance(target, ClassLink):
        return made_from(target, call.node, call.args) if call.name in FROM_MAPPING else None
    return as_mapping(run, receiver, fields_of(run, target.cls)) if call.name in TO_MAPPING else None


def invoke(run: Run, function: Value, call: Invocation) -> Value:
    """Call a value."""
    target = function.target
    made = sdk_made(run, target.origin, call) if isinstance(target, Imported) else None
    made = made or constructed(run, call)
    if made is not None:
        return made
    if isinstance(target, FunctionLink):
        return function_call(run, target, None, call)
    if isinstance(target, ClassLink):
        return instantiate(run, function, target, call)
    if isinstance(target, Imported):
        return library_call(run, target.origin, call)
    if isinstance(target, (Made, Wrapped)):
        return retried_call(run, target, call)
    if isinstance(target, Partial):
        args = Arguments(
            target.arguments.positional + call.args.positional,
            target.arguments.named | call.args.named,
            target.arguments.spreads + call.args.spreads,
            target.arguments.starred or call.args.starred,
        )
        return invoke(run, target.function, call.with_arguments(args))
    if isinstance(target, Method):
        named = call.renamed(target.name)
        if target.spelled and target.place is not None:
            named.name_place = target.place
        return call_method(run, target.receiver, named)
    unknown = not (isinstance(function.key, tuple) and function.key[0] == "name")
    return unknown_call(run, function, call) if unknown and target is None else builtin_call(run, call)


def retried_call(run: Run, target: Made | Wrapped, call: Invocation) -> Value:
    """A retry object that is called: it runs the callable it is given, or decorates it."""
    if isinstance(target, Wrapped):
        return under_policy(run, target.policy, partial(invoke, run, target.function, call), call)
    expected = target.entry.call
    if not expected and call.name != "call":
        first = call.args.positional[0] if call.args.positional else None
        return Value(("wrapped", id(call.node)), target=Wrapped(target, first) if first is not None else None)
    before = max(len(expected) - 1, 0)
    given = dict(zip(expected, call.args.positional, strict=False))
    given.pop("callable", None)
    args = target.args
    policy = Made(target.entry, Arguments(args.positional, args.named | given, args.spreads), target.place)
    rest = call.with_arguments(
        Arguments(call.args.positional[before:], call.args.named, call.args.spreads, call.args.starred)
    )
    return under_policy(run, policy, lambda: run_callables(run, rest) or Value(("ran", id(call.node))), call)


def under_policy(run: Run, policy: Made, body: Callable[[], Value], call: Invocation) -> Value:
    """Run something under a retry policy."""
    run.repeating.append(policy_repeat(run, policy, run.frame.qualname, "caller", call.place))
    out = body()
    run.repeating.pop()
    return out


def instantiate(run: Run, function: Value, cls: ClassLink, call: Invocation) -> Value:
    """An object of a class of this module, its constructor followed."""
    out = Value(("object", id(call.node), cls.name), target=Instance(cls))
    run.trace.looked.add((cls.link.path, "method", "__init__", cls.name))
    init = cls.method("__init__")
    if init is not None:
        construct(run, init, out, call)
    else:
        fields = dict(zip(fields_of(run, cls), call.args.positional, strict=False)) | call.args.named
        for name, value in fields.items():
            out.keep(("attr", name), value)
        out.spread = list(call.args.spreads)
    out.origins |= {o for value in call.args.values() for o in value.flow()}
    return out


def construct(run: Run, init: FunctionLink, out: Value, call: Invocation) -> None:
    """Run a constructor, whether it looks interesting or not: the methods will ask for what it stores.

    A long one of another module is left to them: what it stores is looked up once for all objects.
    """
    run.trace.consulted.add(init.facts)
    if init.link is not run.link and len(init.function.body) > LONG:
        return
    if can_enter(run, init):
        run.enter(init, out, call.args, call.place)


def fields_of(run: Run, cls: ClassLink) -> list[str]:
    """The annotated names of a class body, base classes first: what a generated constructor takes."""
    out: dict[str, None] = {}
    for parent in reversed(list(cls.lineage())):
        for chunk, statements in parent.statements:
            run.trace.consulted.add(chunk)
            assigned = (s.targets[0] for s in statements if isinstance(s, f.Assign) and s.annotation)
            out.update((target.id, None) for target in assigned if isinstance(target, f.Name))
    return list(out)


def entered(run: Run, manager: Value, place: Place) -> Value:
    """What ``with manager as x`` binds: the result of ``__enter__``, or what a generator yields."""
    if manager.target == "generator" and manager.items:
        return joined(manager.items)
    found = protocol(run, manager, ("__enter__", "__aenter__"), place)
    return manager if found is None else found


def left(run: Run, manager: Value, place: Place) -> None:
    """The end of ``with manager``."""
    protocol(run, manager, ("__exit__", "__aexit__"), place)


def protocol(run: Run, receiver: Value, names: tuple[str, ...], place: Place) -> Value | None:
    """A special method of an object of this module, called by the language; None where there is none to enter."""
    if not isinstance(receiver.target, Instance):
        return None
    cls = receiver.target.cls
    for name in names:
        run.trace.looked.add((cls.link.path, "method", name, cls.name))
        unit = cls.method(name)
        if unit is not None and may_enter(run, unit, receiver):
            return run.enter(unit, receiver, Arguments(), place)
    return None


def may_enter(run: Run, unit: FunctionLink, receiver: Value | None) -> bool:
    """Whether a function of this module is worth entering, and not too deep or being followed already."""
    run.trace.consulted.add(unit.facts)
    if unit.closure is None and not unit.bare:
        if unit.facts in unit.link.shared.relevant:
            run.trace.entered.add(unit.facts)
        else:
            run.trace.declined.add(unit.facts)
            target = receiver.target if receiver is not None else None
            if not isinstance(target, Instance) or not leads_back(run, unit, target.cls):
                return False
    return can_enter(run, unit)


def can_enter(run: Run, unit: FunctionLink) -> bool:
    """Whether a function is neither too deep nor being followed already."""
    return len(run.frames) < run.most_frames and all(frame.function is not unit.function for frame in run.frames)


def function_call(run: Run, unit: FunctionLink, receiver: Value | None, call: Invocation) -> Value:
    """Enter a function of this module where that can tell something; else its value mixes its arguments."""
    if not may_enter(run, unit, receiver):
        if any(frame.function is unit.function for frame in run.frames):
            note_again(run, call.place, "recursion", steady=not narrowed(run, unit, call))
        return unknown_call(run, receiver, call, ("function", unit.qualname), unit)
    return run.enter(unit, receiver, call.args, call.name_place)


def narrowed(run: Run, unit: FunctionLink, call: Invocation) -> bool:
    """Whether a function calls itself with another thing than it was given; a count of attempts is none.

    What is sent then is another request, such as a part of the one that was refused.
    """
    frame = next(frame for frame in run.frames if frame.function is unit.function)
    given = {value.key for value in frame.bound.values()}
    told: dict[str | int, f.Expr] = {arg.name or index: arg.value for index, arg in enumerate(call.node.args)}
    passed: list[tuple[str | int, Value]] = [*enumerate(call.args.positional), *call.args.named.items()]
    return any(
        value.key not in given and value.const is UNKNOWN and isinstance(told.get(name), (f.Map, f.Seq, f.Name, f.Item))
        for name, value in passed
    )


def library_call(run: Run, origin: str, call: Invocation) -> Value:
    """A function that is imported."""
    entry = run.resolver.catalogue.retry_names.get(origin)
    if entry is not None:
        thing = Made(entry, call.args, call.name_place if entry.role == "transport" else call.place)
        if entry.role == "transport":
            policy_repeat(run, thing, run.frame.qualname, "transport", call.place)
        return Value(("made", id(call.node)), target=thing)
    name = origin.rpartition(".")[2]
    if name == "partial" and call.args.positional:
        function, *rest = call.args.positional
        args = Arguments(rest, call.args.named, call.args.spreads, call.args.starred)
        return Value(("partial", id(call.node)), target=Partial(function, args))
    if origin in AWAITING and call.args.positional:
        return call.args.positional[0]
    if name in PUTTING and len(call.args.positional) > 1:
        call.args.positional[1].touch(None, call.args.positional[:1])
    if name[:1].isupper() and origin.rpartition(".")[0] in run.resolver.catalogue.sdk_modules:
        return described(run, origin, call)
    root = origin.partition(".")[0]
    if root not in KNOWN_ROOTS and root not in run.resolver.roots:
        return unknown_call(run, None, call, ("import", origin))
    return builtin_call(run, call.renamed(name), ("import", origin))


def described(run: Run, origin: str, call: Invocation) -> Value:
    """An object that describes something to an SDK: what it is made of are its parts."""
    out = Value(call_key(run, ("import", origin), call))
    out.fields = dict(call.args.named)
    out.spread = list(call.args.spreads)
    out.opaque = bool(call.args.positional)
    if call.args.positional:
        out.origins = mixed(out.key, call.args.positional).origins
    return out


def builtin_call(run: Run, call: Invocation, function: Hashable = None) -> Value:
    """A builtin or standard library function, by what it does to values."""
    name, args = call.name, call.args
    first = args.positional[0] if args.positional else None
    if name in TRUTHS:
        told = of_instance(run, args) if name == "isinstance" else of_truth(args)
        out = Value(("truth", id(call.node)), target=told)
        out.tells = tells(first) if first is not None and name in SIZES else None
        return out
    if name in EMPTY and not args.values() and not args.starred:
        out = Value(("empty", id(call.node)))
        out.items = []
        return out
    if first is not None and name in SAME:
        if any(locks(arg.value) for arg in call.node.args):
            run.held += 1
        return args.positional[-1] if name == "cast" else first
    if name == "getattr" and len(args.positional) > 1 and isinstance(args.positional[1].const, str):
        return named_attribute(run, args.positional[0], args.positional[1])
    if name == "gather" and args.positional and not args.starred:
        out = Value(("gathered", id(call.node)))
        out.items = list(args.positional)
        return out
    if name in TO_MAPPING and first is not None and isinstance(owner := first.first("target"), Instance):
        found = as_mapping(run, first, fields_of(run, owner.cls))
        if found is not None:
            return found
    if name in COPIES and not (args.positional and first is not None and first.items is not None):
        out = Value(("copy", id(call.node), *(value.key for value in args.positional)))
        out.fields = dict(args.named)
        out.spread = [*([first] if first is not None else []), *args.spreads]
        return out
    if name == "enumerate" and first is not None:
        return Value(("enumerate", first.key), target="numbered", parent=first)
    handled = run_callables(run, call)
    if handled is not None and name in CALLERS:
        return handled
    key = call_key(run, function or name, call)
    out = mixed(opened(run, key, call) if name in streams.OPENS else key, args.values())
    if name in ENCODERS and first is not None:
        out.target = Encoded(first)
    if name in WRAPPERS and args.values():
        out.parent = args.values()[0]
    return out


def grown(run: Run, name: str, args: Arguments) -> list[Value]:
    """What a method of a list or set puts into it; of all but ``append`` it is told only if it was read."""
    if not args.positional:
        return [constant(None)]
    given = args.positional[-1]
    if name != "append" and not given.flow():
        return []
    return [element_of(run, given)] if name == "extend" else [given]


def unknown_call(
    run: Run, receiver: Value | None, call: Invocation, function: Hashable = None, unit: FunctionLink | None = None
) -> Value:
    """A call out of sight: its value mixes what it is given, and it may have changed its arguments.

    ``unit`` is the function of the project that is called; if it reaches nothing of an SDK, it raises no error of one.
    """
    if unit is None or unit.closure is not None or unit.facts in unit.link.shared.relevant:
        for attempt in run.attempts:
            attempt.opaque = True
    for value in call.args.values():
        if value.origins or value.reply or value.record:
            value.touch(None)
    handled = run_callables(run, call)
    if handled is not None:
        return handled
    own = ("attr", receiver.key, call.name) if receiver is not None else call.name
    given = [*call.args.values(), *([receiver] if unit is not None and receiver is not None else [])]
    return mixed(call_key(run, function or own, call), given)


def note_made(run: Run, call: Invocation) -> None:
    """What the call makes is another thing in every attempt of what is repeated around it."""
    for repeat in run.repeating:
        repeat.made.add(call.name_place)


def opened(run: Run, key: Hashable, call: Invocation) -> Hashable:
    """The identity of the stream that the call opens."""
    note_made(run, call)
    return streams.key_of(key, call.name_place)


def call_key(run: Run, function: Hashable, call: Invocation) -> Hashable:
    """Equal calls give equal values, unless the function is made to differ each time."""
    if volatile.VOLATILE.search(call.name):
        note_made(run, call)
        return volatile.key_of(call.name, call.name_place)
    args = tuple(value.key for value in (*call.args.positional, *call.args.spreads))
    named = tuple(
        sorted((name, id(value) if value.key is None else hash(value.key)) for name, value in call.args.named.items())
    )
    return ("call", function, args, named)


def run_callables(run: Run, call: Invocation) -> Value | None:
    """A callable handed to somebody is called by them: ``retry(client.put_object, Bucket=…)``."""
    out: Value | None = None
    positional = call.args.positional
    for index, value in enumerate(positional):
        rest = positional[index + 1 :]
        if call.name in EACH_OF:
            rest = [element_of(run, one) for one in rest]
        for one in value.alternatives():
            target = one.target
            if isinstance(target, Method) and not isinstance(target.receiver.target, (Instance, ClassLink)):
                out = passed_method(run, target, call, rest) or out
            elif isinstance(target, (Partial, FunctionLink, Method)):
                given = call.args
                args = Arguments(rest, dict(given.named), list(given.spreads), given.starred)
                out = invoke(run, one, call.with_arguments(Arguments() if isinstance(target, Partial) else args))
    if out is not None and call.name in EACH_OF:
        results = Value(("results", id(call.node)))
        results.items = [out]
        return results
    return out


def named_attribute(run: Run, obj: Value, name: Value) -> Value:
    """``getattr(obj, "name")``; a method found so is said to stand where its name does."""
    value = attribute_of(run, obj, name.const)
    if isinstance(value.target, Method) and name.place is not None:
        value = relabelled(value, value.key)
        value.target = Method(obj, name.const, name.place, spelled=True)
    return value


def object_method(run: Run, receiver: Value, call: Invocation) -> Value:
    """A method of an object that is neither the SDK's nor this module's: containers, files, strings."""
    name, args = call.name, call.args
    if name in GETTERS and args.positional:
        key = args.positional[0]
        constant_key = key.const if key.const is not UNKNOWN else key.key
        found = plain_item(run, receiver, constant_key, call.place)
        default = args.positional[1:2]
        if name == "setdefault" and default and not receiver.reply:
            known = receiver.fields is not None and constant_key in receiver.fields
            set_item(receiver, constant_key, found if known else joined([found, *default]), weak=False)
        if name in {"pop", "setdefault"}:
            receiver.touch(constant_key, default)
        return joined([found, *default])
    if name in VIEWS and not args.positional:
        target = "pairs" if name == "items" else None
        return Value((name, receiver.key), origins=receiver.flow(), parent=receiver, target=target)
    if name in COPIES or (name in TO_MAPPING and receiver.reply and not args.values()):
        out = Value(("copy", id(call.node), receiver.key))
        out.fields, out.spread = {}, [receiver]
        return out
    if name in SAME and args.positional:
        if any(locks(arg.value) for arg in call.node.args):
            run.held += 1
        return entered(run, args.positional[0], call.place) if name.startswith("enter_") else args.positional[0]
    if name in TRUTHS:
        return Value(("truth", id(call.node)), target=of_truth(Arguments([receiver, *args.positional])))
    if name in {"acquire", "acquire_lock", "lock"} and LOCKED.search(words_of(call.hint)):
        run.held += 1
    if args.positional and FILLS.match(name):
        args.positional[0].touch(None, [receiver])
    tainted = [value for value in args.values() if value.flow()]
    if name in MUTATORS or (call.statement and tainted and not isinstance(receiver.target, Imported)):
        receiver.touch(None, args.values())
        if name in GROWING and receiver.items is not None:
            gained = grown(run, name, args)
            receiver.items += gained
            receiver.opaque = receiver.opaque or not gained
        elif name == "update" and receiver.fields is not None:
            receiver.fields.update(args.named)
            receiver.spread = [*receiver.spread, *args.positional, *args.spreads]
        elif name == "update":
            receiver.fields, receiver.opaque = dict(args.named), True
            receiver.spread = [*receiver.spread, *args.positional, *args.spreads]
    if name not in HARMLESS and name not in MUTATORS and receiver.const is UNKNOWN:
        for attempt in run.attempts:
            attempt.opaque = True
    library = task_again(run, name, args) if CURRENT in run.frame.variables else ""
    if library:
        note_again(run, call.place, "task", library)
    handled = run_callables(run, call) if name not in MUTATORS else None  # a list of callables calls none
    if handled is not None:
        return handled
    identity = call_key(run, ("attr", receiver.key, name), call)
    if name in streams.OPENS:
        identity = opened(run, identity, call)
    return mixed(identity, [receiver, *args.values()])
