"""SDK objects and operations as a run meets them: constructed, called, listed, handed on."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from .events import Attempt, CodeTest, Literal, SdkCall
from .existence import created
from .frames import Arguments, ExceptionClass, Imported, Instance, Invocation, Method, hint_of, merge_arguments
from .lifecycle import started
from .link import ClassLink
from .operations import BATCH, COLLECTION, CONFIDENCE, Bound
from .repeats import KEYS, made, policy_repeat, says
from .values import UNKNOWN, Handle, Place, Value, mixed, part_of
from .ways import Absent, Tells, way_in

if TYPE_CHECKING:
    from ..catalogue.model import Operation, SdkClass
    from .evaluate import Run

PAGINATORS = "get_paginator"
VIEWS = frozenset({"items", "values", "keys"})
"""Methods of mappings: what they give is known by their name and the object alone."""
OTHER_CHANGES = ("put", "patch", "delete")
"""The methods of HTTP, POST apart, by which something is changed."""


HERE = re.compile(r"https?://(?:localhost|127\.|0\.0\.0\.0|\[::1\])")
"""An address on this machine."""
RETRYING = re.compile(r"retr(?:y|ies|ier)|backoff|back_off", re.IGNORECASE)
DEFERRING = frozenset(
    {"submit", "apply_async", "map", "map_async", "run_coroutine_threadsafe", "defer", "deferToThread"}
)


def note_mention(run: Run, method: Method) -> None:
    """Note an SDK method that is named without being called."""
    if method.place is not None and (bound := bound_method(run, method, frozenset(), True)) is not None:
        operation = bound.operation
        name = f"{operation.service}.{operation.calls or operation.name}"
        run.trace.mentions.append((method.place, name, bound.layer))


def quoted(run: Run, service: str) -> bool:
    """Whether the module has a service's name as a string literal."""
    question = (run.link.path, "quoted", service)
    run.trace.looked.add(question)
    return any(run.link.answer(question))


def bound_method(run: Run, method: Method, members: frozenset[str], spread: bool) -> Bound | None:
    """The operation of a method that is not called where it is named."""
    receiver = method.receiver
    handle = receiver.first("handle")
    if handle is not None:
        return run.resolver.method(handle, method.name)
    if isinstance(receiver.target, (Instance, Imported, ClassLink)):
        return None
    hint = method.hint or hint_of(receiver)
    return run.resolver.signature(method.name, members, spread, hint, partial(quoted, run))


def sdk_attribute(run: Run, obj: Value, handle: Handle, name: str) -> Value:
    """An attribute of an SDK object that is not called."""
    key = ("attr", obj.key, name)
    cls = run.resolver.sdk_class(handle)
    group = run.resolver.catalogue.service(handle.service).sdk_class(cls.attributes.get(name, "")) if cls else None
    if cls is not None and group is not None:
        return sdk_object(group, handle.layer, {}, dict(zip(cls.identifiers, handle.ids, strict=False)), obj.key)
    if cls is not None:
        if obj.reply and name in obj.reply[0].operation.members and any(m.answers for m in cls.methods.values()):
            return obj.reply[0].arguments.setdefault(name, mapping(key))
        inside = (obj.reply[0], (*obj.reply[1], name)) if obj.reply else None
        return Value(key, target=Method(obj, name), reply=inside)
    handle = with_identifiers(run, obj, handle)
    resource = run.resolver.catalogue.service(handle.service).resource_class(handle.kind)
    if handle.kind == "exceptions":
        return Value(key, target=ExceptionClass(handle.service, name))
    if handle.kind == "client" and name == "exceptions":
        return Value(key, handle=Handle(handle.service, "exceptions", handle.layer))
    if resource is not None and name in resource.collections:
        collection = Handle(handle.service, COLLECTION, handle.layer, handle.ids, name, handle.kind)
        return Value(key, handle=collection)
    if name in {"meta", "client"} and handle.kind != "client":
        kind = "client" if name == "client" else handle.kind
        return Value(key, handle=Handle(handle.service, kind, handle.layer, handle.ids))
    if resource is not None:
        if name in resource.identifiers:
            index = resource.identifiers.index(name)
            return handle.ids[index] if index < len(handle.ids) else Value(key)
        if name in resource.attributes and resource.load:
            bound = run.resolver.action(handle, resource, resource.load)
            if bound:
                reply = record_call(run, bound, obj, Arguments(), run.frame.site or run.here, run.here)
                path = tuple(p for p in (resource.load_path, resource.attributes[name]) if p and p != "@")
                return Value(key, reply=(reply, path))
    return Value(key, target=Method(obj, name))


def mapping(key: Hashable) -> Value:
    """A mapping that is empty as yet."""
    out = Value(key)
    out.fields = {}
    return out


def with_identifiers(run: Run, obj: Value, handle: Handle) -> Handle:
    """A resource's handle; one whose making is out of sight gets identifiers that are the object's own."""
    resource = None if handle.ids else run.resolver.catalogue.service(handle.service).resource_class(handle.kind)
    if resource is None or not resource.identifiers:
        return handle
    return replace(handle, ids=tuple(Value(("owner", obj.key, name)) for name in resource.identifiers))


def constructed(run: Run, call: Invocation) -> Value | None:
    """A client or resource, made by a callable that is given the service's name as a literal.

    The literal comes first, after a session or a region, or with a keyword that speaks of a service. One that speaks
    to an emulator on this machine, and to nothing else, is no ground for findings: nobody else writes there.
    """
    named = (value for name, value in call.args.named.items() if "service" in name)
    for value in (*named, *call.args.positional[:2]):
        handle = run.resolver.construct(call.name, value.const) if isinstance(value.const, str) else None
        if handle is not None:
            told = (one.const for one in call.args.named.values())
            emulated = any(isinstance(text, str) and HERE.match(text) for text in told)
            handle = replace(handle, layer="name") if emulated else handle
            return Value(("client", value.const, call.name), handle=handle)
    return None


def paginator(run: Run, call: Invocation) -> Value | None:
    """A paginator of a client that nothing is known of, by the operation that it is asked for."""
    first = next(iter(call.args.positional), None)
    if call.name != PAGINATORS or first is None or not isinstance(first.const, str):
        return None
    handle = run.resolver.paginated(first.const, call.hint, partial(quoted, run))
    return Value(("paginator", id(call.node)), handle=handle) if handle else None


def by_signature(run: Run, receiver: Value, call: Invocation) -> Bound | None:
    """An operation recognised by its name and keywords alone, on a receiver nothing is known of."""
    if receiver.fields is not None or receiver.items is not None or receiver.const is not UNKNOWN:
        return None
    if receiver.reply is not None or call.args.starred:
        return None
    keywords = frozenset(name for name in call.args.keywords() if not name.startswith("\0"))
    spread = not call.args.closed()
    if call.args.positional:
        return run.resolver.transfer(call.name, len(call.args.positional), keywords, call.hint)
    return run.resolver.signature(call.name, keywords, spread, call.hint, partial(quoted, run))


def by_chain(run: Run, receiver: Value, call: Invocation) -> Handle | None:
    """What a receiver is by the methods without arguments that lead to it, and by the arguments of the one called."""
    args = call.args
    if not args.named or args.positional or args.starred or args.spreads:
        return None
    if receiver.fields is not None or receiver.items is not None or receiver.reply is not None or receiver.target:
        return None
    path = list(led_by(receiver.key))
    return run.resolver.chained(".".join(reversed(path)), call.name, frozenset(args.named)) if path else None


def by_group(run: Run, receiver: Value, call: Invocation) -> Handle | None:
    """What an attribute of an unknown object is: a group of operations whose name no other SDK has.

    Its methods that are called like those of anything are known where they read, with all that names what they read.
    """
    part = part_of(receiver.key)
    if part is None or receiver.fields is not None or receiver.items is not None or receiver.reply is not None:
        return None
    if receiver.target is not None and not isinstance(receiver.target, Method):
        return None
    found = run.resolver.grouped(str(part[1]), call.name, len(call.args.positional) + len(call.args.named))
    if found is None or call.args.starred:
        return None
    ids = tuple(Value(("owner", part[0], name)) for name in found.identifiers)
    return Handle(found.service, found.name, "signature", ids)


def led_by(key: Hashable) -> Iterator[str]:
    """The methods without arguments that led to an object, the last one first."""
    while isinstance(key, tuple):
        if len(key) == 4 and key[0] == "call" and not key[2] and not key[3] and (part := part_of(key[1])) is not None:
            key, name = part
        elif len(key) == 2 and key[0] in VIEWS:
            name, key = key
        else:
            return
        yield str(name)


def sdk_method(run: Run, receiver: Value, handle: Handle, call: Invocation) -> Value:
    """A method of an SDK object."""
    name, args = call.name, call.args
    cls = run.resolver.sdk_class(handle)
    if cls is not None:
        return class_method(run, receiver, handle, cls, call)
    handle = with_identifiers(run, receiver, handle)
    bound = run.resolver.method(handle, name)
    if bound is not None and not bound.opens_batch:
        return sdk_call(run, bound, receiver, call)
    if bound is not None:
        batch = Handle(handle.service, BATCH, handle.layer, handle.ids, bound.operation.name, handle.kind)
        return Value(("batch", receiver.key), handle=batch)
    if name == PAGINATORS and args.positional and isinstance(args.positional[0].const, str):
        paginator = Handle(handle.service, "paginator", handle.layer, (), args.positional[0].const)
        return Value(("paginator", receiver.key), handle=paginator)
    if handle.kind == "paginator" and name == "paginate":
        operation = run.resolver.catalogue.service(handle.service).operation(handle.operation)
        if operation is not None and not operation.changes:  # what changes something has no pages
            reply = sdk_call(run, Bound(operation, handle.layer, "paginator", {}), receiver, call)
            pages = Value(("pages", reply.key), parent=reply)
            pages.items = [reply]
            if reply.reply is not None:
                pages.tells = Tells(no=frozenset({Absent(reply.reply[0])}))
            return pages
    child = run.resolver.child(handle, name, args.positional)
    if child is not None:
        ids = tuple(value.key for value in child.ids)
        return Value(("resource", child.service, child.kind, ids), handle=child)
    if name in {"__aenter__", "__enter__", "get_available_subresources"}:
        return receiver
    return mixed(("call", receiver.key, name, id(call.node)), args.values())


def sdk_made(run: Run, origin: str, call: Invocation) -> Value | None:
    """An object of an SDK's class, made by the constructor or class method of this dotted name."""
    found = run.resolver.catalogue.maker(origin) or by_arguments(run, origin, call)
    cls = run.resolver.catalogue.service(found[0]).sdk_class(found[1]) if found is not None else None
    if found is None or cls is None:
        return None
    if found[2].startswith("."):
        module = Value(("module", cls.service), handle=Handle(cls.service, cls.name, "construction"))
        return class_method(run, module, Handle(cls.service, cls.name, "construction"), cls, call)
    given = members(run, cls.made.get(found[2], {}), call.args).keywords()
    own = ("made", cls.service, cls.name, tuple((name, value.key) for name, value in sorted(call.args.named.items())),
           tuple(value.key for value in call.args.positional))  # fmt: skip
    return sdk_object(cls, "construction", given, {}, own)


def by_arguments(run: Run, origin: str, call: Invocation) -> tuple[str, str, str] | None:
    """The client that a function makes of the service whose name and version are literals among its arguments."""
    making = run.resolver.catalogue.made(origin)
    if making is None:
        return None
    takes, services = making
    given = dict(zip(takes, call.args.positional, strict=False)) | call.args.named
    first, *rest = [value.const if (value := given.get(name)) is not None else None for name in takes]
    known = [first, *(word for word in rest if word is not UNKNOWN and word is not None)]
    service = services.get(" ".join(map(str, known)))
    return (service, run.resolver.catalogue.service(service).root, "") if service else None


def sdk_object(
    cls: SdkClass, layer: str, given: Mapping[str, Value], around: Mapping[str, Value], own: Hashable
) -> Value:
    """An object of an SDK's class: its identifiers are ``given``, those of the object ``around`` it, or its ``own``."""
    ids = tuple(given.get(name) or around.get(name) or Value(("owner", own, name)) for name in cls.identifiers)
    key = ("object", cls.service, cls.name, tuple(value.key for value in ids) or own)
    return Value(key, handle=Handle(cls.service, cls.name, layer, ids))


def members(run: Run, takes: Mapping[str, str], args: Arguments) -> Arguments:
    """A call's arguments under the names of the members that the parameters give.

    An argument that is itself an object of an SDK gives what it stands for: its bucket and its name.
    """
    positional = {} if args.starred else dict(zip(takes.values(), args.positional, strict=False))
    named = positional | {takes.get(name, name): value for name, value in args.keywords().items()}
    for name, value in list(named.items()):
        handle = value.first("handle")
        cls = run.resolver.sdk_class(handle) if handle is not None else None
        if handle is not None and cls is not None:
            ids = dict(zip(cls.identifiers, handle.ids, strict=False))
            named |= {i: v for i, v in ids.items() if i == name or i not in named}
    holder = named.pop("*", None)
    spreads = [*args.spreads, holder] if holder is not None else args.spreads
    return Arguments([], named, list(spreads), args.starred, args.settings and holder is None)


def class_method(run: Run, receiver: Value, handle: Handle, cls: SdkClass, call: Invocation) -> Value:
    """A method of an SDK's class: an operation, a way to another object, or nothing that is described."""
    method = cls.methods.get(call.name)
    if method is None:
        return not_described(run, receiver, call)
    if method.answers and receiver.reply is not None:
        note_attempted(run, receiver.reply[0])
        return reply_of(receiver.reply[0])
    args = members(run, method.takes, call.args)
    around = {name: Value(("owner", receiver.key, name)) for name in cls.identifiers}
    around |= dict(zip(cls.identifiers, handle.ids, strict=False))
    args.named = around | args.named
    around["parent"] = Value(("of", receiver.key))
    returned = run.resolver.catalogue.service(cls.service).sdk_class(method.returns) if method.returns else None
    bound = run.resolver.method(handle, call.name)
    event = None
    if bound is not None:
        event = record_call(run, bound, receiver, args, call.name_place, call.place)
        transfer(run, event, args)
        repeated_by_policy(run, event, call)
        if bound.operation.duplicates and bound.operation.negotiated:
            event.unkeyed = unkeyed(run, call)
        if bound.operation.effect is None:  # nothing is known of what it does, or of its errors
            answer = not_described(run, receiver, call)
            return reply_of(event) if bound.operation.lifecycle is not None else answer
    if returned is None:
        return reply_of(event) if event else Value(("call", receiver.key, id(call.node)))
    own = call_identity(receiver, call)
    value = sdk_object(returned, handle.layer, args.keywords(), around, own)
    value.reply = (event, ()) if event is not None else None
    return value


def repeated_by_policy(run: Run, event: SdkCall, call: Invocation) -> None:
    """Note the repeat that a call makes which is given a retry policy of its own."""
    given = call.args.named.get(run.resolver.catalogue.service(event.operation.service).policy)
    policy = made(run, given, call.place) if given is not None else None
    if policy is not None and policy.entry.role == "policy":
        repeat = policy_repeat(run, policy, run.frame.qualname, "caller", call.place)
        if event not in repeat.inner:
            repeat.inner.append(event)


def unkeyed(run: Run, call: Invocation) -> bool:
    """Whether the module changes things by other requests through the same client, and speaks of no key for them."""
    chunk = call.place.chunk
    client = chunk.text[call.place.start : call.name_place.start].lower()
    return any(says(run, f"{client}{verb}(") for verb in OTHER_CHANGES) and not says(run, KEYS)


def not_described(run: Run, receiver: Value, call: Invocation) -> Value:
    """What a method answers of which no more than its name is known."""
    for attempt in run.attempts:
        attempt.opaque = True
    return mixed(("call", receiver.key, call.name, id(call.node)), call.args.values())


def call_identity(receiver: Value, call: Invocation) -> Hashable:
    """What makes two calls of a method give the same object."""
    named = tuple((name, value.key) for name, value in sorted(call.args.named.items()))
    return ("made", receiver.key, call.name, tuple(value.key for value in call.args.positional), named)


def sdk_call(run: Run, bound: Bound, receiver: Value, call: Invocation) -> Value:
    """Record an SDK call and return its reply."""
    event = record_call(run, bound, receiver, call.args, call.name_place, call.place)
    if bound.form == "custom":
        transfer(run, event, call.args)
    reply = reply_of(event)
    if bound.returns and receiver.handle is not None and receiver.handle.kind == COLLECTION:
        return listed(run, bound, event, receiver.handle)
    if bound.returns:
        return returned(run, bound, event, reply)
    return reply


def reply_of(event: SdkCall) -> Value:
    """What a call answers."""
    return Value(("reply", id(event)), reply=(event, ()))


def listed(run: Run, bound: Bound, event: SdkCall, handle: Handle) -> Value:
    """A listing: the collection again, whose elements are resources of which only the class is known."""
    resource = run.resolver.catalogue.service(handle.service).resource_class(bound.returns)
    names = resource.identifiers if resource else ()
    ids = tuple(Value(("listed", id(event), name)) for name in names)
    element = Value(("element", id(event)), handle=Handle(handle.service, bound.returns, handle.layer, ids))
    out = Value(("listing", id(event)), handle=handle)
    out.tells = Tells(no=frozenset({Absent(event)}))
    out.items = [element]
    return out


def returned(run: Run, bound: Bound, event: SdkCall, reply: Value) -> Value:
    """The resource that an action returns."""
    service = run.resolver.catalogue.service(bound.operation.service)
    resource = service.resource_class(bound.returns)
    if resource is None:
        return reply
    ids = tuple(event.arguments.get(m) or Value(("id", id(event), m)) for m in event.operation.key)
    reply.handle = Handle(bound.operation.service, bound.returns, bound.layer, ids[: len(resource.identifiers)])
    return reply


def transfer(run: Run, event: SdkCall, args: Arguments) -> None:
    """A managed transfer moves data between a resource and a file object or a path that the caller names."""
    for member in event.operation.yields:
        target = event.arguments.get(member)
        if target is not None:
            target.touch(None, [Value(("downloaded", id(event)), reply=(event, (member,)))])


def record_call(run: Run, bound: Bound, receiver: Value | None, args: Arguments, name: Place, place: Place) -> SdkCall:
    """Note an SDK call, once for each way the run came to it; a second pass of a loop adds what it knows."""
    operation = bound.operation
    keywords = args.keywords()
    arguments = {m: v for m, v in keywords.items() if m in operation.members or m in bound.supplied}
    rest = unnamed(operation, args, arguments)
    positional = list(args.positional)
    for member in bound.positional:
        if positional:
            arguments.setdefault(member, positional.pop(0))
    arguments.update({m: v for m, v in bound.supplied.items() if m not in arguments})
    frames = run.ways()
    own = receiver is not None and (receiver.handle is None or receiver.handle.kind != "client") and not args.starred
    if own and receiver is not None and bound.form.partition(":")[0] in {"resource", "custom", BATCH}:
        for member in (operation.required | set(operation.key)) - set(arguments):
            arguments[member] = Value(("owner", receiver.key, member))
    seen = run.seen.get((place, name, frames))
    if seen is not None and seen.operation is operation:
        merge_arguments(seen, arguments)
        note_attempted(run, seen)
        started(run.frame.variables, seen)
        return seen
    event = SdkCall(
        operation, name, place, run.frame.qualname, arguments, not args.closed(), bound.layer,
        CONFIDENCE[bound.layer], run.held > 0, frames, len(run.trace.calls), bound.form.partition(":")[0],
        frozenset(bound.supplied), receiver, absent=known_absent(run), arms=tuple(run.arms), rest=rest,
        configured=args.settings,
    )  # fmt: skip
    if event.absent and operation.writes:
        created(run.frame.variables, event)
    started(run.frame.variables, event)
    run.seen[place, name, frames] = event
    run.trace.calls.append(event)
    note_attempted(run, event)
    return event


def unnamed(operation: Operation, args: Arguments, arguments: dict[str, Value]) -> tuple[Value, ...]:
    """What is passed under names that are out of sight: copied from somewhere by a loop, or a whole reply.

    What such a reply has under the name of a member that names the resource is an argument like any other.
    """
    found = [value for name, value in args.keywords().items() if name.startswith("\0")]
    for spread in args.spreads:
        whole = spread.whole_of()
        if whole is None:
            continue
        found.append(spread)
        for member in operation.key:
            if member in operation.required and member not in arguments:
                read, path = whole[2].reply or (whole[0], ())
                arguments[member] = Value(("item", whole[2].key, member), reply=(read, (*path, member)))
    return tuple(found)


def known_absent(run: Run) -> frozenset[Absent]:
    """What is absent where control is; inside a branch, what is so on some ways only may not be on the one to it."""
    found = way_in(run.frame.variables).absent
    return frozenset(one for one in found if not one.partial) if run.conditional else found


def note_attempted(run: Run, event: SdkCall) -> None:
    """The call is in the body of every ``try`` and every repeat around it."""
    for attempt in run.attempts:
        if event not in attempt.calls:
            attempt.calls.append(event)
    for repeat in run.repeating:
        if event not in repeat.inner:
            repeat.inner.append(event)


def passed_method(run: Run, target: Method, call: Invocation, rest: list[Value]) -> Value | None:
    """A bound SDK method among the arguments: the keywords beside it are its own."""
    receiver = target.receiver
    handle = receiver.first("handle")
    cls = run.resolver.sdk_class(handle) if handle is not None else None
    if handle is not None and cls is not None:
        args = Arguments(list(rest), call.args.named, list(call.args.spreads), call.args.starred)
        return class_method(run, receiver, handle, cls, call.renamed(target.name).with_arguments(args))
    keywords = call.args.keywords()
    operations = run.resolver.catalogue.operations(target.name) if keywords else ()
    members = frozenset(name for name in keywords if any(name in operation.members for operation in operations))
    bound = bound_method(run, target, members, bool(call.args.spreads))
    if bound is None:
        return None
    known = set(bound.operation.members)
    named = {name: value for name, value in call.args.named.items() if name in known}
    args = Arguments(list(rest) if bound.positional else [], named, list(call.args.spreads), call.args.starred)
    passed = call.with_arguments(args)
    if target.place is not None:
        passed.name_place = target.place
    event = sdk_call(run, bound, receiver, passed)
    reply = event.reply
    if reply is not None:
        reply[0].deferred = call.name in DEFERRING
        reply[0].retried = RETRYING.search(call.name) is not None
        note_idiom(run, call, reply[0])
    return event


def note_idiom(run: Run, call: Invocation, event: SdkCall) -> None:
    """Error codes handed to a helper together with the operation, such as ``ignore_err_codes=(…)``."""
    for name, value in call.args.named.items():
        if name in run.resolver.catalogue.construct.code_keywords:
            note_test(
                run,
                call.place,
                run.resolver.catalogue.construct.code_path,
                None,
                [value],
                substring=False,
                named=(event,),
            )


def note_test(
    run: Run,
    place: Place,
    path: tuple[str, ...],
    attempt: Attempt | None,
    others: list[Value],
    *,
    substring: bool,
    named: tuple[SdkCall, ...],
) -> None:
    """Note a comparison of an error's part with constants, once."""
    literals = tuple(Literal(text, where) for other in others for text, where in other.texts())
    key = (place, path, id(attempt), tuple(literal.text for literal in literals))
    if literals and key not in run.caught:
        test = CodeTest(place, path, attempt, literals, substring, run.frame.qualname, named)
        run.caught[key] = test
        run.trace.tests.append(test)
