"""A name that is taken, perhaps by somebody else, is treated as if the thing were one's own.

## What it finds

A creation in a namespace that all accounts share, whose "already exists" is ignored like "already owned by you": the
program goes on and uses what may belong to a stranger.

## Why it hurts

Whoever guesses the name first gets everything that the program then writes there, and the program reads what they put.
Names made of a product, a stage or a region are easily guessed, and names of deleted buckets are free for anybody.

## What to do

Only "already owned by you" is success. Let the other error be raised, or ask for the owner before the first use
(`head_bucket` with `ExpectedBucketOwner`). Put the account and something random into the name.

## When it is silent

The error is raised, or turned into a status; the handler does something about it; the owner is asked for later.

## Fix

Unsafe, because the error is raised then: the code or class is taken out of the alternatives that are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL402", "foreign-bucket", Severity.ERROR)


def check(unit: Unit) -> Iterator[Draft]:
    """Things of others that are taken for one's own."""
    for found in unit.foreign_taken():
        method = found.call.operation.method
        message = f"`{found.error}` after `{method}` is ignored, but what exists may belong to another account"
        yield unit.draft_at(RULE, found.place, found.call.function, message, unit.split(found), (found.call,))
