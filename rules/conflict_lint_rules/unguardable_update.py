"""A whole document is read, changed and written back through an API that has no precondition at all.

## What it finds

The same shape as CL101 (lost-update), where the operation offers nothing to guard the write with: bucket policies and
notifications, tag sets, key and queue policies, parameters, secrets. It also finds a document that is taken from a
resource description read earlier (`bucket["Policy"]`), changed, and put back whole under that description's name.

## Why it hurts

The service replaces the whole document. What another writer added between the read and the write is removed without a
word: a statement of a policy, a notification of another team, a tag that billing relies on.

## What to do

No parameter helps here, and this rule never proposes one. Read the document immediately before the write, let only one
writer at a time do so (one pipeline, a lock), or use a call that changes less: tag one resource, add one permission,
attach one policy. Where the document is yours alone, declare it whole instead of reading it back.

## When it is silent

As CL101; and when the written document is declared by the program and the read only decides whether to write.

## Fix

None: what to do depends on who else writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

NO_PRECONDITION = "The API has no precondition: let one writer at a time do this, or use a call that changes less."
RULE = Rule("CL106", "unguardable-update", Severity.INFORMATION)


def check(unit: Unit) -> Iterator[Draft]:
    """Write-backs through an API without preconditions."""
    for found in unit.lost_updates():
        write = found.write
        if not found.missing:
            advice = write.operation.advice or NO_PRECONDITION
            message = (
                f"`{write.operation.method}` replaces what another writer saved since {found.reading} "
                f"on line {{line0}}. {advice}"
            )
            yield unit.draft(RULE, write, message, found.steps, (), found.weakest)
