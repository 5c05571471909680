"""What an error code was meant to be: the codes that some calls can answer, and the right spelling of a wrong one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from ..catalogue import Catalogue
from ..catalogue.model import ErrorInfo, Operation
from .answers import failure
from .errorsets import EVERY
from .events import Attempt, Catch, CodeTest, SdkCall
from .witness import guarded

SUFFIXES = ("Exception", "Fault", "Error")
HUMPS = re.compile(r"[A-Z][a-z0-9]*|[^A-Z]+")
SHORTEST = 8
LONG = 12
CERTAIN = frozenset({"not-found", "already-exists"})
OPPOSITE = {"delete": "already-exists", "create": "not-found"}


def answered(catalogue: Catalogue, calls: Iterable[SdkCall]) -> set[str]:
    """Every wire code that these calls' operations are known to answer."""
    services = [(catalogue.service(call.operation.service), call.operation) for call in calls]
    return {c for service, operation in services for c in (*service.codes_of(operation), *service.spelled.values())}


def meant(
    catalogue: Catalogue,
    text: str,
    calls: Collection[SdkCall],
    *,
    closed: bool,
    shared: bool = False,
    general: bool = False,
) -> str | None:
    """The right spelling where ``text`` is certainly not a code of these calls' services; None where it may be one.

    ``closed`` says that nothing else can have raised the error, so that a code which only other services have counts
    as wrong too; ``shared`` that the constant is written elsewhere and may serve other calls besides these,
    ``general`` that the function with the comparison, or the one with the calls, may serve others as well.
    """
    services = sorted({call.operation.service for call in calls})
    elsewhere = (catalogue.service(name).spelled.get(text) for name in services)
    right = next(filter(None, elsewhere), None)
    if right is not None:
        return right
    known = frozenset().union(*(catalogue.service(name).direct_codes for name in services))
    if closed and not general and text in known and bodiless(calls):
        return status_of(catalogue, text, services)
    if not services or text in known or text in catalogue.common_codes or text.isdigit():
        return None
    if shared and catalogue.error_services(text):
        return None
    classes: dict[str, ErrorInfo] = {}
    for name in services:
        classes.update(catalogue.service(name).exceptions)
    if text in classes:
        return classes[text].code
    own = answered(catalogue, calls)
    return (
        suffixed(text, own)
        or folded(text, own)
        or (
            None
            if not closed and catalogue.error_services(text)
            else suffixed(text, known) or folded(text, known) or close(text, own) or close(text, known)
        )
        or (sibling(catalogue, text, calls) if closed and not shared and not general else None)
    )


def sibling(catalogue: Catalogue, text: str, calls: Collection[SdkCall]) -> str | None:
    """The code by which all these calls say what other services say by ``text``; None where they may say that too."""
    elsewhere = (catalogue.service(name).codes.get(text) for name in catalogue.error_services(text))
    kinds = {error.kind for error in elsewhere if error is not None}
    answers = [declared(catalogue, call.operation) for call in calls]
    if len(kinds) != 1 or not kinds <= CERTAIN or not all(answers) or bodiless(calls):
        return None
    each = [{error.code for error in found.values() if error.kind in kinds} for found in answers]
    same = set.union(*each)
    return same.pop() if all(each) and len(same) == 1 and text not in same else None


def general(test: CodeTest) -> bool:
    """Whether a comparison, its ``try`` and its calls are not all in one function: each may serve others as well."""
    home = test.attempt.place.chunk if test.attempt is not None else test.place.chunk
    return test.place.chunk is not home or any(call.place.chunk is not home for call in test.calls)


def bodiless(calls: Iterable[SdkCall]) -> bool:
    """Whether the answers of all these calls have no body, and so no other code than their status."""
    found = [call.operation.bodiless for call in calls]
    return bool(found) and all(found)


def status_of(catalogue: Catalogue, text: str, services: Iterable[str]) -> str | None:
    """The status of an error as the code that an answer without a body has, if that is a known one."""
    found = (catalogue.service(name).codes.get(text) for name in services)
    statuses = (str(error.status) for error in found if error is not None)
    return next((s for s in statuses if s != text and any(s in catalogue.service(n).codes for n in services)), None)


def suffixed(text: str, codes: Collection[str]) -> str | None:
    """The code that differs from ``text`` by a missing, surplus or other suffix."""
    stem = next((text.removesuffix(s) for s in SUFFIXES if text.endswith(s)), text)
    candidates = [stem, *(stem + suffix for suffix in SUFFIXES)]
    return next((candidate for candidate in candidates if candidate != text and candidate in codes), None)


def folded(text: str, codes: Iterable[str]) -> str | None:
    """The code that differs from ``text`` in case only."""
    lowered = text.lower()
    return next((code for code in sorted(codes) if code.lower() == lowered and code != text), None)


def close(text: str, codes: Iterable[str]) -> str | None:
    """The code within one typing slip of ``text``, two for long ones; None when several are equally near."""
    if len(text) < SHORTEST - 1 or " " in text:
        return None
    limit = 2 if len(text) >= LONG else 1
    near = sorted((slips(text, code, limit), code) for code in codes if abs(len(code) - len(text)) <= limit)
    near = [item for item in near if item[0] <= limit and not (a_word_more(text, item[1]) or other_word(text, item[1]))]
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    return near[0][1]


def a_word_more(left: str, right: str) -> bool:
    """Whether one of two codes has all words of the other and one in between: that is another code, and no slip."""
    shorter, longer = sorted((HUMPS.findall(left), HUMPS.findall(right)), key=len)
    return any([*longer[:i], *longer[i + 1 :]] == shorter for i in range(1, len(longer) - 1))


def other_word(left: str, right: str) -> bool:
    """Whether two codes differ in one word alone, and in so much of it that it is another word, and no slip."""
    pairs = zip(HUMPS.findall(left), HUMPS.findall(right), strict=False)
    differing = [(a, b) for a, b in pairs if a != b]
    return len(differing) == 1 and slips(*differing[0], 2) > max(1, min(map(len, differing[0])) // 3)


@lru_cache(maxsize=4096)
def slips(left: str, right: str, limit: int) -> int:
    """Insertions, deletions, replacements and swaps between two words; ``limit + 1`` once there are more."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def declared(catalogue: Catalogue, operation: Operation) -> dict[str, ErrorInfo]:
    """The modelled errors of an operation, by class name."""
    exceptions = catalogue.service(operation.service).exceptions
    return {shape: exceptions[shape] for shape in operation.errors if shape in exceptions}


def conditionless(
    catalogue: Catalogue, attempt: Attempt | None, calls: Collection[SdkCall], code: str
) -> SdkCall | None:
    """The first of the calls in ``attempt`` that answer ``code`` when their condition fails, if none has one."""
    if attempt is None or attempt.opaque or any(call.layer == "name" for call in calls):
        return None
    told = [(call, failure(catalogue, call)) for call in calls]
    telling = [call for call, error in told if error is not None and error.code == code]
    others = [call for call in calls if call not in telling]
    if any(guarded(call) or catalogue.service(call.operation.service).distribution for call in telling):
        return None
    return None if code in answered(catalogue, others) else next(iter(telling), None)


def other_class(catalogue: Catalogue, attempt: Attempt, name: str, caught: Collection[str]) -> str:
    """The class that the calls of ``attempt`` raise where ``name``, which is dotted, was expected; else empty."""
    services = {call.operation.service for call in attempt.calls}
    if attempt.opaque or len(services) != 1 or not services <= catalogue.sdks:
        return ""
    instead = catalogue.service(services.pop()).never(name)
    return "" if any(other.rpartition(".")[2] == instead for other in caught) else instead


def without_body(catalogue: Catalogue, catch: Catch, error: ErrorInfo) -> str | None:
    """The code that calls answer without a body where a handler expects a class; None where it is spoken of as well."""
    attempt = catch.attempt
    code = status_of(catalogue, error.code, {error.service}) if bodiless(attempt.calls) else None
    beside = {
        one.name.rpartition(".")[2] for one in attempt.catches if one.handler == catch.handler and one is not catch
    }
    every = {*EVERY, *(name.rpartition(".")[2] for name in catalogue.construct.exceptions)}
    spoken = code is not None and code in attempt.place.chunk.text  # another handler or a test is for it
    return None if attempt.opaque or beside & every or spoken else code


def never_raised(catalogue: Catalogue, attempt: Attempt, error: ErrorInfo, caught: Collection[str]) -> str | None:
    """What the calls of ``attempt`` raise instead of ``error``, where it is certain that they never raise it.

    A handler for an error that cannot happen is harmless as such. It is a bug where the calls declare another error of
    the same kind that no handler catches, or where the kind contradicts what the calls do.
    """
    calls = attempt.calls
    if attempt.opaque or not calls or any(call.operation.service != error.service for call in calls):
        return None
    if bodiless(calls):
        return None  # told by ``without_body``
    answers = [declared(catalogue, call.operation) for call in calls]
    if not all(answers) or any(error.shape in each or error.code in answered(catalogue, calls) for each in answers):
        return None
    same = sorted({s for each in answers for s, info in each.items() if info.kind == error.kind and s != error.shape})
    if any(shape in caught for shape in same):
        return None
    if len(same) == 1 and error.kind in CERTAIN:
        return same[0]
    verbs = {call.operation.method.partition("_")[0] for call in calls}
    if len(verbs) == 1 and OPPOSITE.get(verbs.pop()) == error.kind:
        return ""
    return None
