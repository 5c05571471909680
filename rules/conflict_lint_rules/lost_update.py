"""A document is read, changed and written back, and nothing makes the write fail if somebody else wrote in between.

## What it finds

A write whose data comes from a read of the same resource (the same table and key, the same bucket and object), in an
operation that could carry a precondition and does not. The read may be in a helper, a property or another method of
the same module; both must name the resource by the same expressions.

Also a document that replaces a stored one because its version, or its time, is compared with the stored one's and found
to be greater: by the time it is written a newer one may be there. And an attribute that is set after other values of it
were refused with an error: by then it may have one of those.

## Why it hurts

Two writers, or one writer that runs twice, interleave:

    A reads version 1          B reads version 1
    A adds its change
    A writes version 2
                               B adds its change to version 1
                               B writes, and A's change is gone

No error is raised and nothing is logged. It happens as often as two runs overlap: two deployments, two invocations of a
function, a retry of a job that was only slow.

## What to do

Send what you read along with the write, as a precondition (`IfMatch`, `ConditionExpression`, a revision id): the
service then refuses the second write, and the writer reads again and repeats its change. Where the change can be
computed by the service (`ADD`, `SET n = n + :x`, `list_append`), let it. Where every run writes something of its own,
give each its own object.

## When it is silent

The value read reaches only a comparison that refuses nothing; the write goes to another key; the write carries a
precondition, or may carry one in a `**kwargs` that is out of sight; a lock is held around it, or its class has
methods by which callers lock and unlock it; the service computes the new value itself.

## Fix

Unsafe, because a write that used to overwrite now fails: the version that was read is added as precondition. Catch the
failure, read again and repeat the change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL101", "lost-update", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Write-backs that could carry a precondition."""
    for found in unit.lost_updates():
        write, missing = found.write, found.missing
        if missing:
            message = (
                f"`{write.operation.method}` overwrites what another writer saved since {found.reading} "
                f"on line {{line0}}: no {missing}"
            )
            yield unit.draft(RULE, write, message, found.steps, found.repairs, found.weakest)
