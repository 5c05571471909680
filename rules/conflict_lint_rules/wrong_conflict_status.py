"""A handler waits for one kind of conflict, and the call in its `try` answers another.

## What it finds

A `try` around a conditional write whose failed condition is a 412, with a handler for 409 (or the reverse), by status
or by class, where nothing handles the right one.

## Why it hurts

Two statuses say "somebody was first". Which one a failed condition is differs between services, and between forms of
one call: a condition on a version is mostly 412, a name that is taken 409, and some services know only 409. The handler
that was written for the conflict never runs, and the conflict goes where nobody expects it.

## What to do

Catch the error that the message names. Where a call may meet both, handle both.

## When it is silent

The right error is named anywhere in the function, or caught with others; the condition or what the `try` calls is out
of sight.

## Fix

None: what the handler is for may be another call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL404", "wrong-conflict-status", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Handlers of conflicts that the calls do not answer."""
    for found in unit.confused():
        method, error = found.call.operation.method, found.error
        name = f"`{error.classes[0].rpartition('.')[2]}` ({error.status})" if error.classes else f"{error.status}"
        message = f"a failed condition of `{method}` is {name}, and this handler waits for `{found.caught}`"
        yield unit.draft_at(RULE, found.place, found.call.function, message, (), (found.call,))
