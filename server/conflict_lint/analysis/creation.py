"""The witness of a check-then-create: something is created because a read found nothing, and may be there by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from .events import SdkCall, identity, same_thing
from .values import UNKNOWN, Value
from .volatile import DIGEST, sources_in, words_in
from .ways import Absent
from .witness import applies, guarded, same_resource


def check_then_creates(writes: Iterable[SdkCall], returned: Set[SdkCall]) -> Iterator[tuple[SdkCall, Absent]]:
    """Every unguarded create or overwrite among ``writes`` that rests on the absence of what it writes.

    With it comes the first check. What exists by then is overwritten, or there are two of it. ``returned`` are the
    reads whose data is the result of a function.
    """
    writes = list(writes)
    for write in writes:
        if write.held or not applies(write):
            continue
        for check in sorted(write.absent | left_open(write), key=lambda one: one.read.order):
            if check.read.layer == "name" or (check.read in returned and is_cached(write, check)):
                continue
            if rests_on(write, check) and not any(declares(other, write) for other in writes):
                yield write, check
                break


def rests_on(write: SdkCall, check: Absent) -> bool:
    """Whether a write would do harm if what the check missed were there."""
    operation, read = write.operation, check.read.operation
    if any(member in check.read.arguments for member in read.pinned):
        return False  # another version, or another answer, of what is written
    if (read.service, read.resource) != (operation.service, operation.resource):
        return False
    if operation.effect == "create":
        return operation.duplicates and not tokened(write)
    if operation.negotiated and (write.frames, write.function) != (check.read.frames, check.read.function):
        return False
    if operation.effect != "replace" or not (same_resource(write, check.read) or sought(write, check)):
        return False
    if guarded(write) and check not in left_open(write):
        return False
    if not operation.preconditions and not check.refused:
        return False  # put there if it is missing, by a call that has no other way
    return not own_key(write) and not same_content(write)


def sought(write: SdkCall, check: Absent) -> bool:
    """Whether the name of what is written was looked for among what was listed, and would have been refused."""
    read = check.read
    if read.operation.effect != "list" or not check.refused:
        return False
    key = [(member, value) for member in write.operation.key if (value := write.arguments.get(member)) is not None]
    around = [(value, given) for member, value in key if (given := read.arguments.get(member)) is not None]
    names = {identity(name) for name in read.sought}
    return all(identity(a) == identity(b) for a, b in around) and any(identity(value) in names for _, value in key)


def declares(other: SdkCall, write: SdkCall) -> bool:
    """Whether the same is written where the check finds something, too: it is what shall be there in any case."""
    if other.operation is not write.operation or not any((arm, not way) in other.arms for arm, way in write.arms):
        return False
    members = (*write.operation.key, *write.operation.payload)
    pairs = [(write.arguments.get(member), other.arguments.get(member)) for member in members]
    return any(given is not None for given, _ in pairs) and all(same_thing(a, b) for a, b in pairs)


def left_open(write: SdkCall) -> frozenset[Absent]:
    """What is absent whenever the write is unguarded, because its guard (a lease) is taken of what exists only."""
    guards = (write.arguments.get(member) for member in write.operation.preconditions or ())
    values = (one for guard in guards if guard is not None for one in guard.alternatives())
    return frozenset(absence for value in values if value.const is None for absence in value.under)


def is_cached(write: SdkCall, check: Absent) -> bool:
    """Whether a document is written that has no name of its own: what a read would have answered, computed instead.

    What exists is used then: it is no error, and more is read of it than that it exists.
    """
    if check.refused or check.read.operation.bodiless:
        return False
    document = set(write.operation.payload)
    return write.operation.effect == "replace" and bool(document) and document.isdisjoint(write.operation.key)


def tokened(write: SdkCall) -> bool:
    """Whether a create carries a token by which the service would know it again."""
    token = write.argument(write.operation.token or "")
    return write.opaque or (token is not None and not sources_in(token))


def own_key(write: SdkCall) -> bool:
    """Whether nobody else writes other content under this key: it is made anew, or a digest of the content."""
    values = [value for member in write.operation.key if (value := write.arguments.get(member)) is not None]
    return any(sources_in(value) or any(map(DIGEST.search, words_in(value.key))) for value in values)


def same_content(write: SdkCall) -> bool:
    """Whether everybody writes the same: a literal, such as an empty marker."""
    values = [write.arguments.get(member) for member in write.operation.payload]
    given: list[Value] = [value for value in values if value is not None]
    return bool(given) and all(value.const is not UNKNOWN for value in given)
