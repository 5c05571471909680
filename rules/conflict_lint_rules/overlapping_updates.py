"""A change is started while an earlier one of the same thing is still going on, and nothing waits in between.

## What it finds

Two calls about one thing, the first of which returns before its change is over, and the second of which the service
refuses until then: a function's code and its configuration, a stack that is created and updated, a stopped instance
that is modified, a distribution that is disabled and deleted, a cluster whose poller nobody asks.

## Why it hurts

The second call fails with a conflict. Whether it does depends on how long the first change takes, so it works in tests
and fails with larger packages, on busy days, or since the service became asynchronous. Half of the change is made then.

## What to do

Wait for the end of the first change, with the service's waiter or the result of what the call returned. Repeating the
second call on this one error, with a growing delay and a limit, does as well.

## When it is silent

The calls are on exclusive branches or about different things; a call between them waits, sleeps or polls, or is given
what the first one returned, if only on some ways; the conflict is handled, or the call is repeated when it is refused.

## Fix

Unsafe, because it takes time: the waiter is put before the second call, the wait for a result after the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL405", "overlapping-updates", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Calls that are refused while an earlier change goes on."""
    for found in unit.overlaps():
        call, earlier = found.call, found.earlier
        started, refusing = earlier.operation.lifecycle, call.operation.lifecycle
        if started and refusing:
            message = (
                f"`{call.operation.method}` may be refused ({refusing.refused[0].code}): nothing waits for "
                f"`{started.until}` after `{earlier.operation.method}` on line {{line0}}"
            )
            steps = [
                (earlier.place, f"`{earlier.operation.method}` starts a change"),
                *((place, "through this call") for place in (*earlier.frames, *call.frames)),
                (call.place, f"`{call.operation.method}` meets it"),
            ]
            confidence = min(call.confidence, earlier.confidence)
            yield unit.draft(RULE, call, message, steps, unit.waiting(found), confidence)
