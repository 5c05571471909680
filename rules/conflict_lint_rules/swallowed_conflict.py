"""A conditional update fails because somebody else was first, and the program goes on as if it had been applied.

## What it finds

A handler that names the failed condition of a write that was not a create, and does nothing but look at it and tell a
log: the change is gone, and nobody who could repeat it knows.

## Why it hurts

The condition did its work, the update was refused. What was to be changed is not, and the caller is told that all is
well. It shows only where two writers meet, so no test finds it.

## What to do

Read again, apply the change to what is there now, and repeat it a limited number of times. Where that makes no sense,
raise, or return whether it was applied.

## When it is silent

The write creates, or its condition is an order (`version < :new`: a newer value is there, and that is right); the
handler raises, returns a status, reads again, sets a flag or calls something that may; a loop goes round again; the
function answers something by which its caller may know; every error is caught alike.

## Fix

Unsafe, because the caller now gets the error: it is raised again at the end of the handler.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL401", "swallowed-conflict", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Failed conditions that nobody hears of again."""
    for found in unit.conflicts_dropped():
        method = found.call.operation.method
        message = f"`{found.error}` of `{method}` is dropped here: the change was not applied, and nobody is told"
        yield unit.draft_at(RULE, found.place, found.call.function, message, unit.raising(found), (found.call,))
