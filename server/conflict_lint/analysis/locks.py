"""Locks made of stored things: taken by a conditional creation, released by a deletion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..catalogue.model import READS, Precondition
from .events import SdkCall, identity
from .facts import does_nothing
from .frames import Imported
from .values import Value
from .volatile import words_in
from .witness import guarded, same_receiver, same_resource

if TYPE_CHECKING:
    from .link import ClassLink

HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
LOCK = re.compile(r"(?<![a-z])(?:un)?lock|(?<![a-z])lease(?![a-z]*d_)|mutex|semaphore")
TAKES = re.compile(r"(?:acquire_|take_|try_)?lock(?:_[a-z]+)?$")
RELEASES = re.compile(r"(?:unlock|release)(?:_[a-z]+)?$")
FORCED = re.compile(r"(?<![a-z])(?:force|forced|break|steal|admin)(?![a-z])")


@dataclass(frozen=True, slots=True)
class BlindRelease:
    """``release`` deletes what ``taking`` created under a ``condition``, whoever it belongs to by now."""

    release: SdkCall
    taking: SdkCall
    condition: str


def blind_releases(calls: Iterable[SdkCall], taken: Iterable[SdkCall]) -> Iterator[BlindRelease]:
    """Every deletion of a lock that could carry a condition and does not, with where the lock is taken."""
    calls, taken = list(calls), list(taken)
    for release in calls:
        if not is_release(release) or any(looks(call, release) for call in calls):
            continue
        for taking in (*calls, *taken):
            condition = creating(taking)
            if condition and same_lock(taking, release):
                yield BlindRelease(release, taking, condition)
                break


def is_release(call: SdkCall) -> bool:
    """Whether a call deletes, under no condition although it could, something that is called a lock."""
    if call.operation.effect != "delete" or not call.operation.preconditions or call.layer == "name":
        return False
    return not guarded(call) and not FORCED.search(spoken(call.function)) and is_lock(call)


def is_lock(call: SdkCall) -> bool:
    """Whether a call is about something that is called a lock, or stands in a class or function of locks."""
    return LOCK.search(spoken(call.function)) is not None or locks(call)


def locks(call: SdkCall) -> bool:
    """Whether a call is about something called a lock: by the function's own name, the key's or the service's."""
    values = [value for member in call.operation.key if (value := call.arguments.get(member)) is not None]
    own = call.function.rpartition(".")[2]
    texts = [own, call.operation.resource, *(text for value in values for text in named(value))]
    return any(LOCK.search(spoken(text)) for text in texts)


def named(value: Value) -> Iterator[str]:
    """The names and texts that an argument is made of."""
    yield from words_in(value.key)
    for name in sorted(value.names()):
        yield name
        item = value.named(name)
        if item is not None:
            yield from words_in(item.key)


def lends(cls: ClassLink) -> bool:
    """Whether a class lets its callers take and release a lock around its other methods."""
    names = [name for one in cls.lineage() for name in one.methods]
    taking = (method for name in names if TAKES.match(name) and (method := cls.method(name)) is not None)
    return any(RELEASES.match(name) for name in names) and not all(does_nothing(m.function) for m in taking)


def spoken(name: str) -> str:
    """``DynamoDBLocker`` as ``dynamo_db_locker``."""
    return HUMP.sub("_", name).lower()


def looks(call: SdkCall, release: SdkCall) -> bool:
    """Whether a call reads the lock before it is released: who owns it is asked, if not at the same moment."""
    return call.operation.effect in READS and call.order < release.order and same_resource(release, call)


def creating(call: SdkCall) -> str:
    """The condition under which a write takes something only if nobody has it; empty if it is no such write.

    It is the method itself where that fails if there is something.
    """
    if call.operation.effect not in {"replace", "create", "update"} or call.layer == "name":
        return ""
    if call.operation.failure and (call.operation.effect == "create" or refuses_what_is_there(call)):
        return call.operation.method
    found = (p.member for p in (call.operation.preconditions or {}).values() if only_creates(call, p))
    return next(found, "")


def refuses_what_is_there(call: SdkCall) -> bool:
    """Whether a write fails if there is something, because nothing tells it to replace that."""
    told = [call.arguments.get(member) for member in call.operation.when or {}]
    return bool(told) and not call.opaque and all(value is None or value.const in (None, False) for value in told)


def only_creates(call: SdkCall, precondition: Precondition) -> bool:
    """Whether a precondition is given in its create-only form."""
    value = call.argument(precondition.member)
    form = precondition.creates.partition("(")[0]
    if value is None or not form:
        return False
    if isinstance(value.const, (str, int)):
        return str(value.const) == form or f"{form}(" in str(value.const)
    if isinstance(value.target, Imported):
        return value.target.origin.endswith(f".{form}")
    return any(word in form and word.startswith("not_") for word in words_in(value.key))


def naming(call: SdkCall, key: str) -> Value | None:
    """What a call gives for a part of its key: ``item/id`` is the id, whether by itself or in the item."""
    member, _, inner = key.partition("/")
    value = call.arguments.get(member)
    part = value.inside(filter(None, inner.split("."))) if value is not None else None
    return part if part is not None else value


def same_lock(taking: SdkCall, release: SdkCall) -> bool:
    """Whether two calls are about one lock: the same expressions, or the same key attributes in one table."""
    if (taking.operation.service, taking.operation.resource) != (release.operation.service, release.operation.resource):
        return False
    for member, other in zip(release.operation.key, taking.operation.key, strict=False):
        if member in release.bound and other in taking.bound and same_receiver(taking, release):
            continue
        left, right = naming(release, member), naming(taking, other)
        if left is None or right is None:
            return False
        if identity(left) != identity(right) and not (left.names() and left.names() <= right.names()):
            return False
    return True
