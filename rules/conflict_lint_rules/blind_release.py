"""A lock that was taken under a condition is deleted without looking whose it is.

## What it finds

A lock, lease or claim kept as an item or object: created only if nobody has it, and deleted by its key alone. The two
may be methods of one class or functions of one module.

## Why it hurts

    A takes the lock
    A is slow; the lock expires, or is broken by hand
                               B takes the lock
    A has finished and deletes "its" lock, which is B's
                               C takes the lock, and B and C both hold it

## What to do

Write who holds the lock into it, and delete it only if that is still oneself: a condition on the owner, or on the
version that the creation answered. If the condition fails, the lock was lost: what was done under it may have collided.

## When it is silent

The deletion carries a condition or may; the lock is read and looked at first; the function is there to break locks by
force; nothing in sight takes the lock under a condition.

## Fix

Unsafe, because a release that used to succeed may fail: a condition on the attribute that holds the owner, where the
lock is taken with one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL107", "blind-release", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Deletions of locks whose owner nobody asks for."""
    for found in unit.blind_releases():
        release, taking = found.release, found.taking
        guards = " or ".join(list(release.operation.preconditions or ())[:1])
        message = (
            f"`{release.operation.method}` releases the lock whoever holds it by now: it is taken with "
            f"`{found.condition}` on line {{line0}}, and deleted with no {guards}"
        )
        steps = [
            (taking.place, f"`{taking.operation.method}` takes the lock, under a condition"),
            *((place, "released through this call") for place in release.frames),
            (release.place, f"`{release.operation.method}` deletes it"),
        ]
        yield unit.draft(RULE, release, message, steps, unit.owner_condition(found))
