"""The witness of a lost update: a read whose data flows into a write of the same resource that nothing guards."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from .assignments import assigned, assigns, incoming
from .events import SdkCall, identity, split_path
from .sdk import VIEWS
from .values import DEPTH, EACH, UNKNOWN, Origin, Record, Value, part_of, parts_of

REPLACING = frozenset({"replace", "update"})


@dataclass(frozen=True, slots=True)
class LostUpdate:
    """``write`` carries data of ``source`` back to where it came from."""

    write: SdkCall
    source: SdkCall | Record
    origins: tuple[Origin, ...]

    @property
    def paths(self) -> set[tuple[str, ...]]:
        """Where in the reply the written data comes from."""
        return {origin.path for origin in self.origins if origin.source is self.source}

    @property
    def touched(self) -> set[Hashable]:
        """The keys of the whole document that changed since it was read, if it is written as a whole."""
        return {name for whole in self.wholes() for name in whole[1]}

    @property
    def nested(self) -> bool:
        """Whether something inside an attribute of the whole document was changed in place."""
        replies = [v for whole in self.wholes() for v in whole[2].children.values() if v.reply]
        return any(value.touched for value in replies)

    def wholes(self) -> list[tuple[SdkCall, frozenset[Hashable], Value]]:
        """The written payloads that are the document that was read, edited."""
        values = [self.write.argument(member.partition("[")[0]) for member in self.write.operation.payload]
        found = [whole for value in values if value is not None and (whole := value.whole_of()) is not None]
        return [whole for whole in found if whole[0] is self.source]


Pairs = Sequence[tuple[Value, Value]]


def lost_updates(writes: Iterator[SdkCall], ordered: Pairs, refusals: Pairs) -> Iterator[LostUpdate]:
    """Every unguarded write-back among ``writes``, with its first read; at most one for each write.

    ``ordered`` are the pairs of values of which the program asks which is greater, ``refusals`` those of which it asks
    whether they are equal, and raises an error if they are, or are not.
    """
    for write in writes:
        if write.operation.effect not in REPLACING or write.held or not applies(write) or may_be_versioned(write):
            continue
        origins = sorted(incoming(write), key=source_order)
        gone = {absence.read for absence in write.absent if not absence.partial}
        for origin in origins:
            if origin.source not in gone and written_back(write, origin):
                yield LostUpdate(write, origin.source, tuple(origins))
                break
        else:
            versions = (read for pair in ordered for read in older_versions(write, *pair))
            states = (read for pair in refusals for read in former_states(write, *pair))
            earlier = next(itertools.chain(versions, states), None)
            if earlier is not None:
                yield LostUpdate(write, earlier, ())


def former_states(write: SdkCall, stored: Value, allowed: Value) -> Iterator[SdkCall]:
    """The reads of an attribute that is refused in some states, and then set to another one than it is compared with.

    By the time it is set it may be in a state that is refused. To set what it is compared with is to declare it.
    """
    if allowed.flow():
        return
    known = {identity(one) for value in allowed.alternatives() for one in value.items or [value]}
    for attribute, value in attributes(write):
        if value.flow() or identity(typed(value)) in known:
            continue
        for read, path in (one.reply for one in stored.alternatives() if one.reply is not None):
            if read.order < write.order and named_by(read, path) == attribute and read_before(write, read):
                yield read


def attributes(write: SdkCall) -> Iterator[tuple[str, Value]]:
    """The attributes that a write sets, so far as their names are known."""
    payloads = (write.argument(member) for member in write.operation.payload if "[" not in member)
    found = (pair for payload in payloads if payload is not None for pair in assigned(write, payload))
    return (pair for pair in found if pair[0])


def typed(value: Value) -> Value:
    """A value, without the name of its type around it."""
    return next(iter(value.fields.values())) if value.fields is not None and len(value.fields) == 1 else value


def named_by(read: SdkCall, path: tuple[str, ...]) -> str:
    """The attribute of the document that a place in a reply lies in."""
    inner = (path[len(data) :] for data in read.data_paths if path[: len(data)] == data)
    return next((names[0] for names in inner if names), "")


def read_before(write: SdkCall, read: SdkCall) -> bool:
    """Whether a call reads what a write changes."""
    operation = (read.operation.service, read.operation.resource)
    same = operation == (write.operation.service, write.operation.resource) and read.layer != "name"
    return same and not read.excludes(write) and same_resource(write, read)


def older_versions(write: SdkCall, left: Value, right: Value) -> Iterator[SdkCall]:
    """The reads of what a write replaces, of which a part is asked whether it is less than the one written.

    To set one attribute to the greater value is to declare it; a whole document that is older overwrites a newer one.
    """
    if write.operation.effect != "replace":
        return
    for stored, new in ((left, right), (right, left)):
        for source, path, _ in stored.flow():
            if isinstance(source, Record) or source.order > write.order or not source.is_data(path):
                continue
            depth = max(len(data) for data in source.data_paths)
            operation = (source.operation.service, source.operation.resource)
            if len(path) <= depth or operation != (write.operation.service, write.operation.resource):
                continue
            if sends(write, path[depth], new) and same_resource(write, source):
                yield source


def sends(write: SdkCall, name: str, value: Value) -> bool:
    """Whether a write's document has this value under this name."""
    documents = (write.argument(member) for member in write.operation.payload if "[" not in member)
    for document in documents:
        if document is not None and (is_part(value, document, name) or made_of(document.named(name), value)):
            return True
    return False


def made_of(value: Value | None, part: Value) -> bool:
    """Whether one value is another one, or is computed of it, such as its text in a typed attribute."""
    if value is None or part.const is not UNKNOWN:
        return False
    inner = [value, *(value.fields or {}).values()]
    return any(part.key == key for one in inner for key in parts_of(one.key))


def unguarded_writes(writes: Iterator[SdkCall]) -> Iterator[SdkCall]:
    """Every write among ``writes`` that would replace or remove what is there, and could carry a condition."""
    for write in writes:
        if write.operation.effect not in {"replace", "update", "delete"} or not write.operation.preconditions:
            continue
        if not write.held and applies(write) and not guarded(write) and assigns(write):
            yield write


def source_order(origin: Origin) -> tuple[int, int, tuple[str, ...]]:
    """Reads in the order they were met, records after them."""
    source = origin.source
    return (1, source.place.start, origin.path) if isinstance(source, Record) else (0, source.order, origin.path)


def applies(write: SdkCall) -> bool:
    """Whether the arguments that make this operation a write (``Overwrite=True``) are given."""
    return all(
        any(value.const == wanted for value in given(write, member))
        for member, wanted in (write.operation.when or {}).items()
    )


def given(write: SdkCall, member: str) -> list[Value]:
    """What stands at the end of a dotted path into a call's arguments; ``[]`` is each element of a list."""
    head, *rest = split_path(member)
    found = [value] if (value := write.arguments.get(head)) is not None else []
    for name in rest:
        each = (part for value in found for part in value.alternatives())
        if name == EACH:
            found = [item for part in each for one in part.items or () for item in one.alternatives()]
        else:
            found = [value for part in each if (value := part.named(name)) is not None]
    return found


def guarded(write: SdkCall) -> bool:
    """Whether the write carries a precondition, or might carry one out of sight."""
    preconditions = write.operation.preconditions
    if preconditions is None:
        return True
    for member in (*preconditions, *write.operation.heeds):
        value = write.argument(member.partition("[")[0])
        if value is not None and value.const is not None:
            return True
        holder = write.arguments.get(member.partition(".")[0]) if "." in member else None
        if holder is not None and holder.const is not None and not holder.closed():
            return True
    if write.operation.version and carries_version(write):
        return True
    return write.opaque and bool(preconditions or write.operation.heeds)


def may_be_versioned(write: SdkCall) -> bool:
    """Whether the write carries a precondition, or might carry out of sight one that is made of what was just read."""
    return guarded(write) and not (write.configured and not guarded(replace(write, opaque=False)))


def carries_version(write: SdkCall) -> bool:
    """Whether a document that takes its own version along is as it was read, or may have its version set."""
    documents = [write.argument(member) for member in write.operation.payload]
    return any(
        document is None or may_have(document, path.split("."))
        for document in documents
        for path in write.operation.version
    )


def may_have(document: Value, path: Sequence[str]) -> bool:
    """Whether there may be something at the end of a path: on the way is what was read, or it is out of sight."""
    part: Value | None = document
    for name in path:
        if part is None or not part.closed() or part.whole_of() is not None:
            return part is not None
        part = part.named(name)
    return part is not None


def written_back(write: SdkCall, origin: Origin) -> bool:
    """Whether data of ``origin`` goes back to the resource that it was read from."""
    source = origin.source
    if isinstance(source, Record):
        return origin.changed and source.name in write.operation.record and describes(write, source)
    read, operation = source.operation, write.operation
    if any(member in source.arguments for member in read.pinned) or source.excludes(write):
        return False
    if (read.service, read.resource) != (operation.service, operation.resource) or source.layer == "name":
        return False
    if operation.negotiated and (write.frames, write.function) != (source.frames, source.function):
        return False  # general functions for requests say too little
    return same_resource(write, source)


def describes(write: SdkCall, record: Record) -> bool:
    """Whether the record that carries the document also names the resource, and not several of them in a list."""
    named = False
    for member in write.operation.key:
        value = write.arguments.get(member)
        part = part_of(value.key) if value is not None else None
        if part is not None and part[0] == record.base:
            named = True
        elif value is not None and any(part == record.base for part in parts_of(value.key)):
            return False
    return named


def same_resource(write: SdkCall, read: SdkCall) -> bool:
    """Whether both calls name the same thing: equal expressions, or an identity taken from the reply itself."""
    for position, name in enumerate(write.operation.key):
        member, _, inner = name.partition("/")
        written = write.arguments.get(member)
        if written is None:
            return False
        if member in write.bound and member in read.bound and same_receiver(write, read):
            continue
        wanted = read.operation.key[position] if position < len(read.operation.key) else None
        given = read.arguments.get(wanted) if wanted else None
        if inner:
            whole = member in write.operation.payload and made_of_whole(written, read)
            if not whole and not names_same(written, inner, read, given):
                return False
        elif member in write.operation.payload:
            if not same_document(written, read, given):
                return False
        elif given is None:
            if not identified_by_reply(written, read):
                return False
        elif identity(written) != identity(given) and not taken_from(written, read, member):
            return False
    only = bool(write.operation.resource) and not read.operation.key
    return bool(write.operation.key) or only


def names_same(written: Value, name: str, read: SdkCall, given: Value | None) -> bool:
    """Whether an argument names what was read: the document itself, one with the same ``name``, or that name alone."""
    whole = written.whole_of()
    if whole is not None and whole[0] is read:
        return name not in whole[1]
    own = written.named(name)
    if own is None and written.fields is not None:
        return any(value.reply is not None and value.reply[0] is read for value in copied(written))
    named = own if own is not None else written
    return (given is not None and identity(named) == identity(given)) or from_reply(named, read, name)


def made_of_whole(document: Value, read: SdkCall) -> bool:
    """Whether a document that is out of sight was made of what was read, all of it, and of nothing else."""
    unnamed = document.fields is None or (document.opaque and all(name.startswith("\0") for name in document.fields))
    flow = document.flow() if document.const is UNKNOWN and unnamed else frozenset()
    paths = {path for source, path, _ in flow if source is read}
    whole = any(read.is_document(path) or (read.is_data(path) and len(path) <= 1) for path in paths)
    return whole and all(source is read for source, *_ in flow)


def converted(document: Value, read: SdkCall) -> bool:
    """Whether a document is what was read in another form: made of all of it by calls that are given nothing else."""
    return made_of_whole(document, read) and any(stems_from(document.key, read, path) for path in read.data_paths)


def stems_from(key: Hashable, read: SdkCall, path: Sequence[str], depth: int = DEPTH) -> bool:
    """Whether an identity is the part of a reply to which a path leads, converted on the way or not at all."""
    if not path and key == ("reply", id(read)):
        return True
    if not depth:
        return False
    if isinstance(key, tuple) and key[:1] == ("join",):
        return any(stems_from(one, read, path, depth - 1) for one in key[1])
    part = part_of(key)
    if path and part is not None and (part[1] == path[-1] or (path[-1] == EACH and not isinstance(part[1], str))):
        return stems_from(part[0], read, path[:-1], depth - 1)
    inner = given_alone(key)
    return inner is not None and stems_from(inner, read, path, depth - 1)


def given_alone(key: Hashable) -> Hashable | None:
    """The identity of the one thing that a call, a copy, a view or a comprehension is given or made on."""
    if not isinstance(key, tuple) or len(key) < 2:
        return None
    if key[0] == "call" and len(key) == 4:
        function, given = key[1], key[2]
        method = isinstance(function, tuple) and function[:1] == ("attr",)
        return given[0] if len(given) == 1 else function[1] if method and not given else None
    if key[0] in {"copy", "comp"}:
        return key[2] if len(key) == 3 else None
    return key[1] if key[0] in VIEWS else None


def copied(document: Value) -> Iterator[Value]:
    """The values that were put into a mapping under names that are out of sight, as a loop copies them."""
    fields = (part.fields for part in document.parts() if part.fields and part.opaque)
    for name, value in ((name, value) for each in fields for name, value in each.items()):
        if name.startswith("\0"):
            yield from value.alternatives()


def same_receiver(write: SdkCall, read: SdkCall) -> bool:
    """Whether both calls are made on one resource object, whose identifiers they share."""
    return write.receiver is not None and read.receiver is not None and write.receiver.key == read.receiver.key


def same_document(document: Value, read: SdkCall, key: Value | None) -> bool:
    """Whether a document that carries its own key is the one that was read."""
    whole = document.whole_of()
    names = key.names() if key is not None else set()
    if whole is not None and whole[0] is read:
        return names.isdisjoint(name for name in whole[1] if isinstance(name, str))
    if converted(document, read):
        return names.isdisjoint(document.given())
    if not names or key is None:
        return False
    for name in names:
        own, wanted = document.named(name), key.named(name)
        if own is None and wanted is not None and is_part(wanted, document, name):
            continue
        if own is None or wanted is None or (identity(own) != identity(wanted) and not from_reply(own, read, name)):
            return False
    return True


def is_part(value: Value, document: Value, name: str) -> bool:
    """Whether a value was taken, by this name, out of a document that the program was given, or that it converted."""
    if name in document.given() or (document.fields is not None and not document.opaque):
        return False
    part, key = part_of(value.key), document.key
    for _ in range(DEPTH if part is not None and part[1] == name else 0):
        if part is not None and part[0] == key:
            return True
        inner = given_alone(key)
        if inner is None:
            return False
        key = inner
    return False


def taken_from(key: Value, read: SdkCall, member: str) -> bool:
    """Whether a key, or a part of one, was taken out of the reply under its own name."""
    return identified_by_reply(key, read) or from_reply(key, read, member)


def identified_by_reply(key: Value, read: SdkCall) -> bool:
    """Whether a key was taken out of the reply, attribute by attribute."""
    names = key.names()
    if not names:
        return False
    return all((value := key.named(name)) is not None and from_reply(value, read, name) for name in names)


def from_reply(value: Value, read: SdkCall, name: str) -> bool:
    """Whether ``value`` is the attribute ``name`` of the document that ``read`` answered."""
    places = [one.reply for one in value.alternatives() if one.reply]
    return any(reply is read and path[-1:] == (name,) for reply, path in places)
