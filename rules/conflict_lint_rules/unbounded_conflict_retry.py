"""A conflict is answered by sending the request again, without any limit.

## What it finds

A retry loop or policy that names a conflict (something is in use, in progress, being changed by somebody else, or is
not as expected) among the errors after which it goes round, and that has neither a number of attempts nor a deadline.

## Why it hurts

Some conflicts do not end: the resource hangs in its state, the other side never lets go, a writer that is always
faster. Then this program hangs as well, holding its job, its lock or its request, and nobody is told. Without a pause
it also uses up the rate limit that the others need.

## What to do

Limit the attempts or the time, wait longer each time with some randomness, and report what was in the way. Where the
service has a waiter for the state, use that.

## When it is silent

The attempts or the time are limited; the state is read in each attempt and there is a pause; a lock is taken; the
handler changes the request or removes what is in the way.

## Fix

None: how long it is worth waiting is for the author to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL304", "unbounded-conflict-retry", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Conflicts that are retried for ever."""
    for found in unit.endless():
        error = found.error.code if found.error is not None else "a conflict"
        pause = "" if found.repeat.backs_off else " and without a pause"
        method = found.call.operation.method
        message = f"`{method}` is sent again on line {{line0}} after `{error}` without a limit{pause}"
        yield unit.draft_in(RULE, found.repeat, found.call, message)
