"""A request is sent again after a conflict that no repetition clears.

## What it finds

* A retry loop, decorator or policy that takes an error for passing which says that the same request will never do:
  the name is taken (`BucketAlreadyExists`, `EntityAlreadyExists`), the token was used for something else
  (`IdempotentParameterMismatch`), the upload is gone (`NoSuchUpload`), something still depends on what is to be deleted
  (`DeleteConflict`).
* A policy that repeats a write after every error of the SDK, wrong parameters and missing permissions included.

## Why it hurts

Each attempt meets the same answer, so the caller waits for all of them and then gets the error that came first. Where
the attempts are not limited it waits for ever. And a real conflict, a name that belongs to somebody else, looks like a
bad connection.

## What to do

Name the errors that pass (throttling, `OperationAborted`, `ConcurrentModification`), and let the others out at once. An
existing resource is looked at and used if it is yours; a used token is replaced by a new one, with the changed request.

## When it is silent

Each attempt asks for another name, or makes room first; the repeated code looks before it creates; a handler inside
deals with the conflict; the operation is not known to answer it; what is tested is out of sight.

## Fix

None: which errors pass depends on what is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL303", "terminal-conflict-retried", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Repeats that go on after what cannot pass."""
    for found in unit.in_vain():
        method = found.call.operation.method
        if found.error is not None:
            what = f"`{found.error.code}`, which no repetition clears"
        else:
            what = f"every `{found.caught}`, wrong parameters and missing permissions included"
        message = f"`{method}` is sent again on line {{line0}} after {what}"
        yield unit.draft_in(RULE, found.repeat, found.call, message)
