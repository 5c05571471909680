"""A conditional write that was refused is sent again with the same old version, so it is refused each time.

## What it finds

A retry loop or policy that goes round after a failed precondition, while the version in the request (`IfMatch`, a
revision id, a lock token, the value in a condition, an object that carries its own) comes from outside the loop: from a
read before it, or from the caller.

## Why it hurts

The condition failed because somebody else wrote in between. The version that was read before the loop is old, and stays
old however long one waits. All attempts are lost, the caller sees a failure, and the change is never made.

## What to do

Repeat the whole of it: read, apply the change to what is there now, write with the new version. If the version is the
caller's, hand the failure to the caller.

## When it is silent

The read is inside what is repeated, or something is read there; the error does not bring control round; the condition
creates or takes a lock, and is meant to fail until it succeeds; the error says that nothing was compared (throttling,
a transaction in the way).

## Fix

Unsafe, where the read stands before the loop and nothing else rests on it: the read and what is made of it move into
the loop, so that the change is made to what is there by then. Where they cannot be moved, a suggestion: the read once
more in each attempt, and a hole (`...`) where the change is to be made to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL301", "stale-retry", Severity.ERROR)


def check(unit: Unit) -> Iterator[Draft]:
    """Conditional writes whose version is not read again."""
    for found in unit.stale():
        if not found.told:
            method, error = found.call.operation.method, found.error.code
            again, version = "line0", "the caller"
            if found.read is not None:
                again, version = "line1", f"`{found.read.operation.method}` on line {{line0}}"
            message = f"`{method}` is sent again on line {{{again}}} after `{error}` with the old {found.member} of "
            message += version
            yield unit.draft_in(RULE, found.repeat, found.call, message, unit.rereading(found), found.read)
