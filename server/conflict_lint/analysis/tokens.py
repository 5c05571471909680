"""Idempotency tokens: by what a service knows a repeated request again, and whether it can."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..catalogue.model import ErrorInfo
from .answers import EXISTS
from .errorsets import EVERY
from .events import Attempt, Repeat, SdkCall, same_thing
from .retried import caught_inside, changes, handled, removes, retries
from .values import Encoded, Place, Value, parts_of
from .volatile import Source, sources_in

if TYPE_CHECKING:
    from ..catalogue import Catalogue
    from ..catalogue.model import Operation

WORDS = re.compile(r"\w+")
THROTTLED = "throttling"
LOST = frozenset({"unavailable", "timeout"})
"""Kinds of errors after which nobody knows whether the request was carried out."""


@dataclass(frozen=True, slots=True)
class Weak:
    """The token of ``call`` is made of a ``source`` that differs too little, or, where ``always``, each time."""

    call: SdkCall
    member: str
    source: Source
    always: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """Different requests of ``call`` go under one token, which was made at ``place``.

    It is a literal, or ``made`` once for all of them.
    """

    call: SdkCall
    member: str
    place: Place
    made: bool


@dataclass(frozen=True, slots=True)
class Twice:
    """``repeat`` may carry out ``call`` twice: its token is made anew at ``source``, or there is none.

    ``named`` says that there can be none, and that ``member`` is the name, made anew, of what it makes. It is so
    although no answer is lost where the failure of a ``later`` call, which uses the answer, brings it round.
    """

    repeat: Repeat
    call: SdkCall
    member: str
    source: Source | None
    named: bool = False
    later: SdkCall | None = None


def doubles(catalogue: Catalogue, operation: Operation) -> bool:
    """Whether two requests that differ in nothing are two actions: nothing but a token tells that they are one.

    Where no model says what an operation does and answers, a person has to have said so.
    """
    if operation.readonly or (operation.effect not in {None, "create", "append"} and operation.token is None):
        return False
    if operation.duplicates:
        return True
    if operation.method.partition("_")[0] not in catalogue.construct.doing_verbs:
        return False
    service = catalogue.service(operation.service)
    known = [service.exceptions[shape] for shape in operation.errors if shape in service.exceptions]
    return not service.distribution and not any(error.kind == EXISTS for error in known)


def tokened(call: SdkCall) -> tuple[str, Value] | None:
    """The token that a call is given: the member's last name and the value."""
    path = call.operation.token
    value = call.argument(path) if path is not None and call.layer != "name" else None
    if path is None or value is None or value.const is None or declined(value):
        return None
    return path.rpartition(".")[2], value


def declined(value: Value) -> bool:
    """Whether a list of tokens, one for each thing that is sent, says of each that there is none."""
    return bool(value.items) and all(item.const is None for item in value.items or ())


def weak(catalogue: Catalogue, call: SdkCall) -> Weak | None:
    """A token that is no good: from a clock or a small number, or a new one where it should say what is sent."""
    found = tokened(call)
    if found is None:
        return None
    member, value = found
    sources = certain(value)
    if member in catalogue.construct.content_tokens:
        only = next((source for source in sources if source.kind == "unique"), None)
        return Weak(call, member, only, True) if only is not None and alone(value) else None
    if not sources or not makes(catalogue, call.operation) or any(source.kind == "unique" for source in sources):
        return None
    return Weak(call, member, sources[0], False)


def steadied(repeats: Iterable[Repeat], found: Weak) -> bool:
    """Whether a token that is new for each message is made once for several attempts to send it."""
    around = (repeat for repeat in repeats if repeat.errors.ways and repeat.inside(found.call))
    return found.always and any(not repeat.anew(found.source.place) for repeat in around)


def makes(catalogue: Catalogue, operation: Operation) -> bool:
    """Whether an operation makes or starts something; to update or tag twice is to do it once."""
    return operation.duplicates or operation.method.partition("_")[0] in catalogue.construct.doing_verbs


def alone(value: Value) -> bool:
    """Whether nothing that the program was given is in a value, nor a count of what was sent."""
    given = {("param",), ("item",), ("reply",), ("augmented",)}
    keys = (part for one in inside(value) for part in parts_of(one.key))
    return not any(isinstance(part, tuple) and part[:1] in given for part in keys)


def missing(catalogue: Catalogue, call: SdkCall) -> str | None:
    """The token that an action could carry and does not: the member's last name."""
    path = call.operation.token
    if path is None or call.opaque or call.layer == "name" or not doubles(catalogue, call.operation):
        return None
    member = path.rpartition(".")[2]
    if member in catalogue.construct.content_tokens:
        return None
    name = path.partition(".")[0]
    head = call.arguments.get(name)
    if "." in path and (name in call.operation.required if head is None else not head.closed()):
        return None
    given = call.argument(path)
    return member if given is None or declined(given) else None


def twice(catalogue: Catalogue, attempts: Sequence[Attempt], repeat: Repeat) -> Iterator[Twice]:
    """The actions that a repeat may carry out twice.

    The answer to the first request may only have been lost, or a later one has failed.
    """
    for call in repeat.calls:
        if call.layer == "name" or not changes(call) or not makes(catalogue, call.operation):
            continue
        lost = loses(catalogue, repeat, call) and not survives(catalogue, attempts, repeat, call)
        found = done_again(catalogue, repeat, call) if lost else None
        if found is None and tokened(call) is None and doubles(catalogue, call.operation):
            later = failing_later(catalogue, attempts, repeat, call)
            found = Twice(repeat, call, missing(catalogue, call) or "", None, later=later) if later else None
        if found is not None:
            yield found


def done_again(catalogue: Catalogue, repeat: Repeat, call: SdkCall) -> Twice | None:
    """What makes another action of a request whose answer was lost: a new token or name, or none."""
    member, found = missing(catalogue, call), tokened(call)
    if member is not None:
        harmless = not call.unkeyed or harmless_body(call) or asks_first(repeat, call)
        known = call.operation.negotiated and harmless
        return None if known else Twice(repeat, call, member, None)
    if found is not None:
        source = made_anew(repeat, found[1]) if doubles(catalogue, call.operation) else None
        return Twice(repeat, call, found[0], source) if source is not None else None
    fresh = fresh_name(repeat, call) if call.operation.token is None else None
    return Twice(repeat, call, *fresh, named=True) if fresh is not None else None


def asks_first(repeat: Repeat, call: SdkCall) -> bool:
    """Whether each attempt reads what the request is sent to, and so can see what an earlier one has done there."""
    wanted = [call.arguments.get(member) for member in call.operation.key]
    for other in repeat.inner:
        given = [other.arguments.get(member) for member in other.operation.key]
        if not changes(other) and len(given) == len(wanted) and all(map(same_thing, given, wanted)):
            return True
    return False


def failing_later(catalogue: Catalogue, attempts: Sequence[Attempt], repeat: Repeat, call: SdkCall) -> SdkCall | None:
    """The call that uses what an earlier one in the same repeat answered, and which is repeated when it is throttled.

    None where what has been made may be taken away again.
    """
    if any(map(removes, repeat.inner)):
        return None
    errors = [error for error in catalogue.common_codes.values() if error.kind == THROTTLED]
    for later in repeat.calls:
        if later.layer == "name" or not uses(later, call):
            continue
        if any(retries(catalogue, repeat, e) and not handled(catalogue, attempts, repeat, later, e) for e in errors):
            return later
    return None


def uses(later: SdkCall, call: SdkCall) -> bool:
    """Whether an argument of a call, or one of a list, is what another call answered and nothing else."""
    values = list(later.arguments.values())
    given = values + [part for value in values for one in value.alternatives() for part in one.items or ()]
    return any(all(one.reply is not None and one.reply[0] is call for one in part.alternatives()) for part in given)


def made_anew(repeat: Repeat, value: Value) -> Source | None:
    """Where a value is made in each attempt that never comes again."""
    found = (one for one in certain(value) if one.kind == "unique" and repeat.anew(one.place))
    return next(found, None)


def fresh_name(repeat: Repeat, call: SdkCall) -> tuple[str, Source] | None:
    """The name of what a request makes, if it is another one in each attempt."""
    for member, value in call.arguments.items():
        if member in call.operation.required or member.lower().endswith("name"):
            source = made_anew(repeat, value)
            if source is not None:
                return member, source
    return None


def fresh_token(call: SdkCall) -> bool:
    """Whether a call's token was made for it, and is another one when what makes the call runs again."""
    found = tokened(call)
    return found is not None and any(one.kind == "unique" for one in certain(found[1]))


def certain(value: Value) -> list[Source]:
    """The volatile calls that a value was made of, unless it may also be something else, such as what was given."""
    if any(not sources_in(one) for one in value.alternatives()):
        return []
    return sources_in(value)


def survives(catalogue: Catalogue, attempts: Sequence[Attempt], repeat: Repeat, call: SdkCall) -> bool:
    """Whether lost answers are caught before they get to where the repeat is decided."""
    named = repeat.errors.named("class").intersection(lost_classes(catalogue, call))
    if named:
        return any(catch.name in EVERY or catch.name in named for catch in caught_inside(attempts, repeat, call))
    return any(handled(catalogue, attempts, repeat, call, error) for error in lost(catalogue, call))


def lost_classes(catalogue: Catalogue, call: SdkCall) -> tuple[str, ...]:
    """The exception classes that leave open whether a call was carried out."""
    service = catalogue.service(call.operation.service)
    return service.lost if service.distribution else catalogue.construct.lost_answers


def lost(catalogue: Catalogue, call: SdkCall) -> list[ErrorInfo]:
    """The errors after which nobody knows whether a request was carried out."""
    service = catalogue.service(call.operation.service)
    if service.distribution:
        return [ErrorInfo(service.name, "", kind="timeout", classes=service.lost)] if service.lost else []
    return [error for error in catalogue.common_codes.values() if error.kind in LOST]


def loses(catalogue: Catalogue, repeat: Repeat, call: SdkCall) -> bool:
    """Whether a repeat goes round after an error that may hide a success."""
    if any(retries(catalogue, repeat, error) for error in lost(catalogue, call)):
        return True
    return not repeat.errors.named("class").isdisjoint(lost_classes(catalogue, call))


def harmless_body(call: SdkCall) -> bool:
    """Whether what is sent only asks for something, or has a part by whose name it may be known again."""
    given = [value for name in call.operation.payload if (value := call.arguments.get(name)) is not None]
    texts = [one.target.value for value in given for one in value.alternatives() if isinstance(one.target, Encoded)]
    told = call.operation.recognised, call.operation.asking
    recognised, asking = (re.compile("|".join(found) or "(?!)", re.IGNORECASE) for found in told)
    names = {name for value in (*given, *texts) for name in value.names()}
    return any(recognised.search(name) or asking.fullmatch(name) for name in names)


def shared(call: SdkCall) -> Shared | None:
    """One token for requests that differ."""
    found = tokened(call)
    if found is None:
        return None
    member, value = found
    head = (call.operation.token or "").partition(".")[0]
    others = [each for name, other in call.arguments.items() if name != head for each in inside(other)]
    given = any(from_caller(other) for other in others)
    if isinstance(value.const, str):
        return Shared(call, member, value.place or call.place, False) if value.const and given else None
    source = next((one for one in certain(value) if one.kind == "unique"), None)
    if source is None or not alone(value):
        return None
    home = source.place.chunk
    if home is call.place.chunk:
        return Shared(call, member, source.place, True) if item_by_item(source.place, call) else None
    lasting = home.kind == "statement" or home.name == "__init__"
    return Shared(call, member, source.place, True) if lasting and given and call.function != "<module>" else None


def inside(value: Value, depth: int = 3) -> Iterator[Value]:
    """What a value may be, and what is in it, some levels deep."""
    for one in value.alternatives():
        yield one
        for part in (*(one.fields or {}).values(), *(one.items or ())) if depth else ():
            yield from inside(part, depth - 1)


def from_caller(value: Value) -> bool:
    """Whether a value is, or is a text of, what the function was called with."""
    if isinstance(value.key, tuple) and value.key[:1] == ("param",):
        return True
    return (
        isinstance(value.key, tuple)
        and value.key[:1] == ("text",)
        and any(isinstance(part, tuple) and part[:1] == ("param",) for part in parts_of(value.key))
    )


def item_by_item(outside: Place, call: SdkCall) -> bool:
    """Whether a loop goes around a call, and not around another place, and what it goes over is in the request."""
    chunk, text = call.call.chunk, call.call.chunk.text[call.call.start : call.call.end]
    said = set(WORDS.findall(text))
    nodes: list[ast.AST] = list(chunk.tree() or ())
    while nodes:
        node = nodes.pop()
        nodes.extend(ast.iter_child_nodes(node))
        if isinstance(node, (ast.For, ast.AsyncFor)):
            start, end = chunk.offset_of(node), chunk.end_of(node)
            if start <= call.call.start < end and not start <= outside.start < end and not said.isdisjoint(items(node)):
                return True
    return False


def items(loop: ast.For | ast.AsyncFor) -> set[str]:
    """The names that hold what a loop goes over, or something made of it."""
    out = names_in(loop.target)
    for node in ast.walk(loop):
        if isinstance(node, ast.Assign) and not out.isdisjoint(names_in(node.value)):
            out.update(name for target in node.targets for name in names_in(target))
    return out


def names_in(node: ast.AST) -> set[str]:
    """The plain names in an expression."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
