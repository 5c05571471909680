"""Sets of errors, as tests and retry policies describe them: by wire code, HTTP status and exception class.

A set is a union of *ways*, each a conjunction of conditions: a handler's class with ``code in CODES`` inside is one way
with two conditions. What a condition means is asked for one known error at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ..catalogue.model import ErrorInfo
    from .events import Attempt

MOST = 16
"""Ways in one set, at most; beyond that nothing is said of it."""
EVERY = frozenset({"Exception", "BaseException"})

What = Literal["code", "status", "class", "unknown"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on an error: that its code, status or class is one of ``values`` (or none of them).

    A class is a dotted name, or ``service:Shape`` for a modelled one (``:Shape`` where the service is out of sight).
    ``unknown`` is a condition that could not be read: it may hold or not.
    """

    what: What
    values: frozenset[str] = frozenset()
    negated: bool = False

    def __invert__(self) -> Condition:
        return self if self.what == "unknown" else Condition(self.what, self.values, not self.negated)

    def holds(self, error: ErrorInfo, every: Collection[str]) -> bool | None:
        """Whether it holds for an error; ``every`` are the classes that any error of a service belongs to."""
        if self.what == "unknown":
            return None
        found: bool | None
        if self.what == "status":
            found = None if error.status is None else str(error.status) in self.values
        elif self.what == "code":
            found = error.code in self.values
        else:
            found = any(is_class_of(name, error, every) for name in self.values)
        return found if found is None else found != self.negated


def is_class_of(name: str, error: ErrorInfo, every: Collection[str]) -> bool:
    """Whether a class in a handler catches an error; one without a model is known by the name of its class."""
    if name in EVERY or name in every:
        return True
    if error.classes or error.bases:
        return any(same_class(name, one) for one in (*error.classes, *error.bases))
    service, colon, shape = name.rpartition(":")
    if any(shape == base.rpartition(".")[2] for base in every):
        return True
    if not colon:
        return not error.shape and name.rpartition(".")[2] == error.code
    return shape == error.shape and service in ("", error.service)


def same_class(left: str, right: str) -> bool:
    """Whether two dotted names are one class of a package, as it is exported from several of its modules."""
    return left.partition(".")[0] == right.partition(".")[0] and left.rpartition(".")[2] == right.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Errors:
    """A set of errors; see the module's docstring."""

    ways: frozenset[frozenset[Condition]]

    def __or__(self, other: Errors) -> Errors:
        ways = self.ways | other.ways
        if frozenset() in ways:
            return ANY
        return Errors(ways) if len(ways) <= MOST else SOME

    def __and__(self, other: Errors) -> Errors:
        if len(self.ways) * len(other.ways) > MOST * MOST:
            return SOME
        ways = frozenset(way for a in self.ways for b in other.ways if (way := joint(a | b)) is not None)
        return Errors(ways) if len(ways) <= MOST else SOME

    def __invert__(self) -> Errors:
        out = ANY
        for way in self.ways:
            out &= Errors(frozenset(frozenset({~condition}) for condition in way))
        return out

    def holds(self, error: ErrorInfo, every: Collection[str]) -> bool | None:
        """Whether an error is in the set; None where that depends on what could not be read."""
        best: bool | None = False
        for way in self.ways:
            answers = [condition.holds(error, every) for condition in way]
            if all(answers):
                return True
            if False not in answers:
                best = None
        return best

    def named(self, what: What) -> frozenset[str]:
        """The codes, statuses or classes that the set names as its members."""
        return frozenset(
            value for way in self.ways for c in way if c.what == what and not c.negated for value in c.values
        )


def joint(way: frozenset[Condition]) -> frozenset[Condition] | None:
    """A conjunction with the conditions on the code made one; None where they contradict each other."""
    wanted = [c.values for c in way if c.what == "code" and not c.negated]
    if not wanted:
        return way
    left = frozenset.intersection(*wanted).difference(*(c.values for c in way if c.what == "code" and c.negated))
    if not left:
        return None
    return frozenset(c for c in way if c.what != "code") | {Condition("code", left)}


def only(what: What, values: Iterable[str]) -> Errors:
    """The errors whose code, status or class is one of ``values``."""
    return Errors(frozenset({frozenset({Condition(what, frozenset(values))})}))


ANY = Errors(frozenset({frozenset()}))
NONE = Errors(frozenset())
SOME = Errors(frozenset({frozenset({Condition("unknown")})}))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a test says about the error at hand: the errors for which it may be true, and those for which not."""

    yes: Errors
    no: Errors

    def __invert__(self) -> Verdict:
        return Verdict(self.no, self.yes)


UNSURE = Verdict(SOME, SOME)


@dataclass(frozen=True, slots=True, eq=False)
class Caught:
    """The error that is being handled at some point: the ``try`` it came from (None in a predicate), what it may be."""

    attempt: Attempt | None
    errors: Errors
