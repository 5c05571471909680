"""Repeats: which errors bring control back to a call that has failed, in loops and by what retry libraries make.

While a handler or a predicate is followed, the error at hand is narrowed by every test of it (``CURRENT``). What is
left of it where a loop's next pass begins is what the loop retries.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ..catalogue.model import RetryName
from . import facts as f
from .errorsets import ANY, NONE, SOME, UNSURE, Caught, Errors, Verdict, only
from .events import Attempt, Repeat
from .frames import Arguments, ExceptionClass, Frame, Imported, Made
from .link import ClassLink, FunctionLink, last_name
from .loops import PAUSES, shape_of
from .values import UNKNOWN, ErrorPath, Place, Value

if TYPE_CHECKING:
    from .evaluate import Run

HANDLER = 80
"""Statements that a handler may run even where the body has used up the budget: they decide what is repeated."""
CODE = 12
"""Letters of a code that is unlikely to be part of another one, at least."""
DEEP = 100
"""Parts of an identity that are looked at, at most."""
CURRENT = "\0error"
AGAIN = "\0again"
KEYS = "idempot"
ANY_OF = RetryName("|", "", "any-of")
ALL_OF = RetryName("&", "", "all-of")
STATUSES = frozenset({"status", "status_code", "http_status", "code"})
PLAIN = frozenset(
    {
        *("property", "setter", "staticmethod", "classmethod", "abstractmethod", "override", "overload"),
        *("cached_property", "contextmanager", "asynccontextmanager", "wraps", "lru_cache", "cache", "dataclass"),
    }
)

# -- the error at hand ----------------------------------------------------------------------------------------------


def caught_value(caught: Caught) -> Value:
    """A caught error as something that a name may hold, so that it is joined where control flow meets."""
    return Value(("caught", id(caught)), target=caught)


def caught_in(value: Value | None) -> Caught | None:
    """What a name such as ``CURRENT`` holds, alternatives united."""
    if value is None:
        return None
    attempt: Attempt | None = None
    errors = NONE
    for one in value.alternatives():
        if isinstance(one.target, Caught):
            attempt, errors = one.target.attempt or attempt, errors | one.target.errors
        else:
            errors |= SOME
    return Caught(attempt, errors)


def narrow(run: Run, errors: Errors) -> None:
    """The error at hand is one of ``errors``, from here on."""
    state = run.frame.variables
    now = caught_in(state.get(CURRENT)) or Caught(None, ANY)
    state[CURRENT] = caught_value(Caught(now.attempt, now.errors & errors))


def handling(run: Run, attempt: Attempt, errors: Errors, body: Callable[[], bool]) -> bool:
    """Run a handler; what is left of the error at its end is kept until the loop around it goes round again."""
    state = run.frame.variables
    outer = state.get(CURRENT)
    state[CURRENT] = caught_value(Caught(attempt, errors))
    budget = run.budget
    run.budget = max(budget, HANDLER)
    falls = body()
    attempt.unread = attempt.unread or run.budget < 0
    run.budget = min(budget, run.budget)
    state = run.frame.variables
    left = state.pop(CURRENT, None)
    if left is not None and falls:
        state[f"{AGAIN}{id(attempt)}"] = left
    if outer is not None:
        state[CURRENT] = outer
    return falls


# -- what tests and predicates say ----------------------------------------------------------------------------------


def verdict_of(run: Run, value: Value, expr: f.Expr) -> Verdict | None:
    """What a test says about the error at hand; None where it is about something else."""
    if isinstance(value.target, Verdict):
        return value.target
    if CURRENT in run.frame.variables and any(is_error(run.frame, name) for name in names_in(expr)):
        return UNSURE
    return None


def is_error(frame: Frame, name: str) -> bool:
    """Whether a name holds a caught error, a part of one, or what was computed from it."""
    value = frame.variables.get(name)
    if value is None:
        return False
    return any(one.error is not None or made_of_error(one.key) for one in value.alternatives())


def made_of_error(key: Hashable) -> bool:
    """Whether an error is among the things that an identity is built of, as far as one looks."""
    stack = [key]
    for _ in range(DEEP):
        if not stack:
            return False
        part = stack.pop()
        if isinstance(part, tuple) and part[:1] == ("error",):
            return True
        if isinstance(part, (tuple, frozenset)):
            stack.extend(part)
    return False


def names_in(expr: f.Expr) -> Iterator[str]:
    """The plain names in an expression, not looking into mappings or lambdas."""
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, f.Name):
            yield node.id
        elif isinstance(node, f.Attr):
            stack.append(node.obj)
        elif isinstance(node, f.Item):
            stack += (node.obj, node.key)
        elif isinstance(node, f.Call):
            stack += (node.func, *(arg.value for arg in node.args))
        elif isinstance(node, f.Test):
            stack += node.operands
        elif isinstance(node, (f.Mix, f.Text)):
            stack += node.parts
        elif isinstance(node, f.Seq):
            stack += node.items
        elif isinstance(node, f.Choice):
            stack += (*node.tests, *node.options)


def of_truth(args: Arguments) -> Verdict | None:
    """What a function that answers yes or no says of an error, or of what was computed from it: nobody knows."""
    for value in args.values():
        for one in (value, *(value.items or ())):
            if isinstance(one.target, Verdict) or one.first("error") is not None or made_of_error(one.key):
                return UNSURE
    return None


def of_comparison(run: Run, node: f.Test, operands: list[Value]) -> Verdict | None:
    """What a comparison of an error's part with constants says."""
    if node.ops == ("not",):
        found = verdict_of(run, operands[0], node.operands[0])
        return None if found is None else ~found
    at = next((i for i, value in enumerate(operands) if value.first("error") is not None), None)
    mentioned = code_mentioned(run, operands) if node.ops in {("in",), ("not in",)} else None
    if mentioned is not None:
        return ~mentioned if node.ops == ("not in",) else mentioned
    if at is None or not node.ops:
        return UNSURE if any(made_of_error(value.key) for value in operands) else None
    path = operands[at].first("error").path
    others = [value for i, value in enumerate(operands) if i != at]
    found = part_is(run, path, others) if set(node.ops) <= {"==", "!=", "in", "not in"} else None
    if found is None or ("in" in node.ops[0] and at > 0):
        return UNSURE
    return ~found if node.ops[0] in {"!=", "not in"} else found


def code_mentioned(run: Run, operands: list[Value]) -> Verdict | None:
    """What it says that a known code is part of an error's text, or of its code; None where that is not asked."""
    code, text = operands[0].const, operands[-1]
    error = text.first("error")
    whole = not error.path or error.path == run.resolver.catalogue.construct.code_path if error is not None else None
    if not isinstance(code, str) or whole is False or (whole is None and not made_of_error(text.key)):
        return None
    if len(code) < CODE or text.items is not None or not run.resolver.catalogue.error_services(code):
        return None
    errors = only("code", {code})
    return Verdict(errors, ~errors)


def part_is(run: Run, path: tuple[str, ...], others: list[Value]) -> Verdict | None:
    """The verdict that the part of an error at ``path`` is one of the constants; None where they are no constants."""
    catalogue = run.resolver.catalogue
    construct = catalogue.construct
    constants = list(constants_in(others))
    if not constants or UNKNOWN in constants:
        return None
    if path == construct.status_path or (path[-1:] and path[-1] in STATUSES and isinstance(constants[0], int)):
        errors = only("status", map(str, constants))
    elif path == construct.code_path or path[-1:] == ("code",) or (len(path) == 1 and path[0] in catalogue.code_heads):
        errors = only("code", map(str, constants))
    else:
        return None
    return Verdict(errors, ~errors)


def constants_in(values: Iterable[Value]) -> Iterator[object]:
    """The constants that values are or list; ``UNKNOWN`` among them for what is none."""
    for value in values:
        for one in value.alternatives():
            if one.items is not None:
                yield from (item.const for item in one.items)
            else:
                yield one.const


def of_operator(run: Run, node: f.Choice, options: list[Value], certain: list[bool | None]) -> Verdict | None:
    """What ``and`` and ``or`` say; an option about something else may be true or false for any error.

    ``certain`` is what is known of each option's truth.
    """
    if node.op == "if":
        return None
    found = [verdict_of(run, value, expr) for value, expr in zip(options, node.options, strict=True)]
    if not any(found):
        return None
    neutral = {None: Verdict(ANY, ANY), True: Verdict(ANY, NONE), False: Verdict(NONE, ANY)}
    both, either = ANY, NONE
    for verdict in (one or neutral[known] for one, known in zip(found, certain, strict=True)):
        one = verdict if node.op == "and" else ~verdict
        both, either = both & one.yes, either | one.no
    out = Verdict(both, either)
    return out if node.op == "and" else ~out


def of_instance(run: Run, args: Arguments) -> Verdict | None:
    """What ``isinstance(error, classes)`` says."""
    if len(args.positional) != 2:
        return None
    error = args.positional[0].first("error")
    if error is None or error.path:
        return None
    names = class_names(args.positional[1])
    if names is None:
        return UNSURE
    errors = only("class", names)
    return Verdict(errors, ~errors)


def class_names(value: Value) -> frozenset[str] | None:
    """The exception classes that a value is or lists, as ``Condition`` names them; None where some are out of sight."""
    out: set[str] = set()
    for one in (item for v in value.alternatives() for items in (v.items or [v],) for item in items):
        for each in one.alternatives():
            name = class_name(each)
            if name is None and each.const is not None:
                return None
            out.update(() if name is None else (name,))  # None stands for a class that could not be imported
    return frozenset(out)


def class_name(value: Value) -> str | None:
    """One exception class."""
    target = value.target
    if isinstance(target, ExceptionClass):
        return f"{target.service}:{target.name}"
    if isinstance(target, Imported):
        return target.origin
    if isinstance(target, ClassLink):
        return target.name
    if isinstance(value.key, tuple) and len(value.key) == 2 and value.key[0] == "name":
        return str(value.key[1])
    return None


def returned(frame: Frame) -> Verdict | None:
    """What a function that returns truth values says about the error that it was given."""
    yes = no = NONE
    telling = False
    for value, state in frame.said:
        caught = caught_in(state)
        if caught is not None and caught.attempt is not None:
            continue
        here = caught.errors if caught is not None else ANY
        telling = telling or caught is not None or isinstance(value.target, Verdict)
        if isinstance(value.target, Verdict):
            yes, no = yes | (here & value.target.yes), no | (here & value.target.no)
        elif value.const is UNKNOWN:
            return UNSURE if telling else None
        elif value.const:
            yes |= here
        else:
            no |= here
    return Verdict(yes, no) if telling else None


def predicate(run: Run, function: Value, place: Place) -> Errors:
    """The errors for which a predicate is true."""
    if isinstance(function.target, Made):
        return errors_of(run, function, place)
    if not run.callable(function):
        return SOME
    error = Value(("error", place.start), error=ErrorPath(None))
    found = run.apply(function, Arguments([error]), place)
    if run.budget < 0:
        return SOME
    if isinstance(found.target, Verdict):
        return found.target.yes
    if found.const is UNKNOWN or found.options:
        return SOME
    return ANY if found.const else NONE


# -- retry libraries ------------------------------------------------------------------------------------------------


def made(run: Run, value: Value, place: Place) -> Made | None:
    """The library object that a value is; a bare ``@retry`` is one without arguments."""
    target = value.target
    if isinstance(target, Made):
        return target
    entry = run.resolver.catalogue.retry_names.get(target.origin) if isinstance(target, Imported) else None
    return Made(entry, Arguments(), place) if entry is not None else None


def argument(thing: Made, name: str) -> Value | None:
    """What a library object was given for a parameter, by keyword or by position; None for an explicit ``None``."""
    found = thing.args.keywords().get(name)
    names = thing.entry.parameters
    if found is None and name in names and names.index(name) < len(thing.args.positional):
        found = thing.args.positional[names.index(name)]
    return None if found is not None and found.const is None else found


def errors_of(run: Run, value: Value, place: Place) -> Errors:
    """The errors that a condition or policy of a library stands for."""
    thing = made(run, value, place)
    if thing is None:
        return predicate(run, value, place) if run.callable(value) else SOME
    role = thing.entry.role
    if role in {"any-of", "all-of"}:
        parts = [errors_of(run, part, place) for part in thing.args.positional]
        out = NONE if role == "any-of" else ANY
        for part in parts:
            out = out | part if role == "any-of" else out & part
        return out
    return retried(run, thing)


def retried(run: Run, thing: Made) -> Errors:
    """The errors that a policy or condition names, less those that it excepts."""
    entry = thing.entry
    wanted, excepted = NONE, NONE
    given = False
    ways = [(value, how) for name, how in entry.retries.items() if (value := argument(thing, name)) is not None]
    ways += [(value, entry.every) for value in thing.args.positional if entry.every is not None]
    for value, how in ways:
        errors = meant(run, thing, value, how)
        if how in {"giveup", "other-classes"}:
            excepted |= errors
        else:
            wanted, given = wanted | errors, True
    only_exceptions = bool(ways) and not given
    if not given:
        default = {"everything": ANY, "nothing": NONE, "unknown": SOME}[entry.default]
        wanted = ANY if only_exceptions and entry.role == "errors" else default
    if thing.args.spreads and not given:
        wanted = SOME
    return wanted & ~excepted


def meant(run: Run, thing: Made, value: Value, how: str) -> Errors:
    """The errors that one argument stands for."""
    if how == "errors":
        return errors_of(run, value, thing.place)
    if how in {"statuses", "codes"}:
        constants = list(constants_in([value]))
        return SOME if UNKNOWN in constants else only("status" if how == "statuses" else "code", map(str, constants))
    if how in {"predicate", "giveup"} or (how == "classes-or-predicate" and run.callable(value)):
        return predicate(run, value, thing.place)
    names = class_names(value)
    return SOME if names is None else only("class", names)


def limited(run: Run, thing: Made, names: Iterable[str], otherwise: bool) -> bool:
    """Whether one of these parameters is given with a value that limits or pauses."""
    found = [value for name in names if (value := argument(thing, name)) is not None]
    things = [made(run, value, thing.place) for value in found]
    telling = [value for value, one in zip(found, things, strict=True) if one is None or one.entry.role != "never"]
    return bool(telling) or (otherwise and not found) or bool(thing.args.spreads)


def policy_repeat(run: Run, thing: Made, function: str, form: str, span: Place) -> Repeat:
    """The repeat that a policy makes of what it is given to run; one for each way the run came to it."""
    key = (thing.place, function, form, run.ways())
    found = run.repeats.get(key)
    if found is None:
        bounded = limited(run, thing, thing.entry.bounds, thing.entry.bounded)
        backs_off = limited(run, thing, thing.entry.waits, thing.entry.backs_off)
        errors = retried(run, thing)
        found = Repeat(thing.place, function, form, thing.entry.library, errors, bounded, backs_off, (span,))
        found.calls = found.inner
        found.methods, found.literals = methods_of(thing), tuple(literals_of(thing))
        found.keyed = form == "transport" and says(run, KEYS)
        run.repeats[key] = found
        run.trace.repeats.append(found)
    return found


def says(run: Run, word: str) -> bool:
    """Whether the module at hand speaks of something."""
    question = (run.link.path, "says", word)
    run.trace.looked.add(question)
    return any(run.link.answer(question))


def methods_of(thing: Made) -> frozenset[str]:
    """The HTTP methods that a transport sends again; empty where there are none or they are out of sight."""
    limits = (argument(thing, name) for name in thing.entry.bounds)
    if any(limit is not None and limit.const in (0, False) for limit in limits):
        return frozenset()
    given = next((v for name in thing.entry.methods if (v := thing.args.keywords().get(name)) is not None), None)
    if given is None:
        return frozenset() if thing.args.spreads else frozenset(thing.entry.sends)
    if given.const in (None, False):
        return frozenset({"*", "POST"})
    constants = set(constants_in([given]))
    return frozenset() if UNKNOWN in constants else frozenset(str(method).upper() for method in constants)


def literals_of(thing: Made) -> Iterator[tuple[str, Place]]:
    """The statuses and codes among the arguments that say what is repeated, where they stand in the source."""
    for name, how in thing.entry.retries.items():
        value = argument(thing, name) if how in {"statuses", "codes"} else None
        for one in value.alternatives() if value is not None else ():
            for item in one.items if one.items is not None else [one]:
                if item.place is not None and item.const is not UNKNOWN:
                    yield str(item.const), item.place


def policies(run: Run, unit: FunctionLink) -> Iterator[Made]:
    """The retry policies among a function's decorators."""
    by_keyword = run.resolver.catalogue.retry_keywords
    for decorator in telling(unit):
        place = Place(unit.facts.chunk, decorator.start, decorator.end)
        names = [arg.name or "" for arg in decorator.args] if isinstance(decorator, f.Call) else []
        entry = next((by_keyword[name] for name in names if name in by_keyword), None)
        if entry is not None and isinstance(decorator, f.Call):
            yield Made(entry, run.outside(unit, partial(run.arguments, decorator)), place)
            continue
        thing = made(run, run.outside(unit, partial(run.eval, decorator)), place)
        if thing is not None and thing.entry.role == "policy":
            yield Made(thing.entry, thing.args, place)


def telling(unit: FunctionLink) -> list[f.Expr]:
    """The decorators that may change how often a function runs."""
    return [decorator for decorator in unit.function.decorators if last_name(decorator) not in PLAIN]


def wrapper_of(run: Run, unit: FunctionLink) -> tuple[FunctionLink, Place] | None:
    """What the decorators of this project make of a function, where it is another function that can be entered.

    The place is the outermost of these decorators.
    """
    where = span_of(unit)
    function = Value(("function", id(unit.function)), target=replace(unit, bare=True))
    for decorator in reversed(telling(unit)):
        place = Place(unit.facts.chunk, decorator.start, decorator.end)
        value = run.outside(unit, partial(run.eval, decorator))
        if isinstance(value.target, FunctionLink) and value.target.function is not unit.function:
            run.trace.consulted.add(value.target.facts)
            if value.target.closure is None and value.target.facts not in value.target.link.shared.relevant:
                run.trace.declined.add(value.target.facts)  # a wrapper that calls what it is given as it is called
                continue
            found = run.outside(unit, partial(run.apply, value, Arguments([function]), place))
            if isinstance(found.target, FunctionLink):
                function, where = found, place
    wrapper = function.target
    followed = any(frame.function is wrapper.function for frame in run.frames)
    return None if wrapper.bare or followed or len(run.frames) >= run.most_frames else (wrapper, where)


def span_of(unit: FunctionLink) -> Place:
    """The whole of a function."""
    return Place(unit.facts.chunk, unit.function.start, unit.function.end)


def note_again(run: Run, place: Place, form: str, library: str = "", *, steady: bool = True) -> None:
    """Note that a handler starts the whole function again, with the same arguments if ``steady``."""
    caught = caught_in(run.frame.variables.get(CURRENT))
    if caught is None or caught.attempt is None:
        return
    attempt, name = caught.attempt, run.frame.qualname
    key = (place, name, form, run.ways())
    if key not in run.repeats:
        span = (Place(run.frame.chunk.chunk, 0, len(run.frame.chunk.chunk.text)),)
        backs_off = form == "task" or any(PAUSES.search(word) for word in run.frame.chunk.words)
        found = Repeat(place, name, form, library, caught.errors, form == "task", backs_off, span)
        found.calls = found.inner = attempt.calls
        found.steady = steady
        run.repeats[key] = found
        run.trace.repeats.append(found)


def task_again(run: Run, name: str, args: Arguments) -> str:
    """The library one of whose tasks a method call starts again; empty if it is no such call."""
    entries = (e for e in run.resolver.catalogue.retry_names.values() if e.role == "again" and e.method == name)
    return next((e.library for e in entries if not args.named.keys().isdisjoint(e.known_by)), "")


# -- loops ----------------------------------------------------------------------------------------------------------


def going_round(run: Run, node: f.Loop, ends: Iterable[Mapping[str, Value]]) -> dict[Attempt, Errors]:
    """For each ``try`` in a loop, the errors after which control has come to the end of a pass."""
    out: dict[Attempt, Errors] = {}
    for state in ends:
        for name in state:
            if name.startswith((CURRENT, AGAIN)):
                caught = caught_in(state[name])
                if caught is not None and caught.attempt is not None and within(run, node, caught.attempt):
                    out[caught.attempt] = out.get(caught.attempt, NONE) | caught.errors
    return out


def within(run: Run, node: f.Loop, attempt: Attempt) -> bool:
    """Whether a ``try`` stands in a loop."""
    chunk = run.frame.chunk.chunk
    return attempt.place.chunk is chunk and node.start <= attempt.place.start < node.end


def settled(run: Run, node: f.Loop, state: dict[str, Value], outer: Value | None) -> dict[str, Value]:
    """The state behind a loop: the errors handled inside it are a thing of the past."""
    for name in [n for n in state if n.startswith(AGAIN)]:
        caught = caught_in(state[name])
        if caught is not None and caught.attempt is not None and within(run, node, caught.attempt):
            del state[name]
    state.pop(CURRENT, None)
    if outer is not None:
        state[CURRENT] = outer
    return state


def note_loop(run: Run, node: f.Loop, again: Mapping[Attempt, Errors], inner: Repeat) -> None:
    """Note the repeats that a loop is, as far as it is a retry loop and no iteration."""
    for attempt, errors in again.items():
        if attempt.unread:  # what tells the errors apart may not have been seen
            continue
        shape = shape_of(node, attempt.place.start)
        if not shape.retries or not errors.ways:
            continue
        key = (attempt.place, run.frame.qualname, "loop", run.ways())
        found = run.repeats.get(key)
        if found is None:
            place, name = run.place(node), run.frame.qualname
            found = Repeat(place, name, "loop", "", errors, shape.bounded, shape.backs_off, (place,))
            found.wrapper = run.wrapping.get(len(run.frames))
            found.steady = shape.steady and (found.wrapper is not None or not shape.remedied)
            run.repeats[key] = found
            run.trace.repeats.append(found)
        found.errors |= errors
        found.calls = attempt.calls
        found.inner, found.made = inner.inner, inner.made
