"""A write could carry a precondition and does not. Nothing in sight shows that this does harm.

## What it finds

Writes and deletions that would overwrite or remove what another writer has saved, in operations that offer a condition.
There is no witness: no read that the written data came from, no check that it rests on. Shown by `--strict` only.

## Why it hurts

Most such writes are right: one writer owns the thing, or the last one is to win. Of those that are not, this is all
that can be seen where the read happens elsewhere. So it is a question to the author, not a claim.

## What to do

Ask who else writes this. If anybody does, pass the condition that the operation offers, and handle its failure. If
nobody does, say so where it is written.

## When it is silent

The write carries a condition or may carry one out of sight; a lock is held; the service computes the new value itself;
another rule has shown what the write destroys.

## Fix

None: which condition is right depends on what was seen before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL105", "unguarded-write", Severity.HINT)


def check(unit: Unit) -> Iterator[Draft]:
    """Writes without the precondition that they could carry."""
    for write, members in unit.unguarded_writes():
        message = f"`{write.operation.method}` overwrites what others save: it could carry {members}"
        if write.operation.effect == "delete":
            message = f"`{write.operation.method}` deletes what others save: it could carry {members}"
        yield unit.draft(RULE, write, message)
