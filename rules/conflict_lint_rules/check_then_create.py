"""Something is created because it was not there a moment ago, and nothing makes the creation fail if it is now.

## What it finds

An existence check (a read that finds nothing, a HEAD that answers 404, a listing without a match) on whose result alone
a write rests that would overwrite what another writer created in between, or make a second one of the same name. Checks
in helpers count, and flags that remember their result.

## Why it hurts

    A looks: not there         B looks: not there
    A creates it
    A changes it
                               B creates it, and what A wrote is gone (or there are two)

The second writer gets no error. Retries make it likely: a job that was only slow is started again and passes the same
check.

## What to do

Let the service decide: a create-only condition (`IfNoneMatch="*"`, `attribute_not_exists(id)`) makes the second
creation fail, and whoever gets that error uses what exists. Where names are not unique, pass a token that both attempts
derive from the same thing, or let one run at a time create.

## When it is silent

The second creation fails by itself (most creates do); the write is conditional or may be; a lock is held; the key is
new or made from the content; everybody writes the same literal; the check is about another key; what is found is the
function's own result, as in a cache; a managed upload only brings along what is missing.

## Fix

Unsafe, because a write that used to overwrite now fails: the create-only condition is added. Catch the failure and use
what exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL102", "check-then-create", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Creations that rest on an absence."""
    for found in unit.check_then_creates():
        write, check = found.write, found.check
        since = f"`{check.operation.method}` found nothing on line {{line0}}"
        if write.operation.effect == "create":
            message = f"`{write.operation.method}` makes a second one if another run created it since {since}"
        else:
            message = f"`{write.operation.method}` overwrites what another writer created since {since}"
        lacks = f"its {found.anew} is another one each time" if found.anew else f"no {found.missing}"
        message += f": {lacks}" if found.missing else f". {write.operation.advice}"
        yield unit.draft(RULE, write, message, found.steps, found.repairs, found.weakest)
