"""A retry policy counts a conflict among the errors that pass, and sends the same request again.

## What it finds

* 409 or 412 in the statuses that a transport sends again by itself (`status_forcelist`, `retry_on_status_codes`,
  `retry_on_status`), for methods that change something.
* A retry decorator, object or predicate that names the failure of a precondition, around a write that sends the same
  version in each attempt.

## Why it hurts

A conflict is no fault of the line. The server compared what was sent with what is there, and said no; the same request
gets the same answer until the attempts are used up. If the first attempt did succeed and only its answer was lost, the
repeated one fails with 409 or 412, and a change that was made is reported as lost.

## What to do

Take the conflict out of the policy, and answer it in the code: read again, apply the change to what is there now, send
a new request with the new version, a limited number of times.

## When it is silent

Only reading methods are repeated; the read is inside what is repeated; the condition creates or takes a lock; what is
repeated is out of sight.

## Fix

Unsafe, where the status, code or class is written out in a list with others: it is removed from the list. The conflict
then reaches the caller, who has to answer it. Where a whole function is repeated, also a suggestion: holes (`...`) for
what has to be read in each attempt.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL302", "conflict-in-retry-policy", Severity.WARNING)
MEANINGS = {"409": "a conflict", "412": "a failed precondition"}


def check(unit: Unit) -> Iterator[Draft]:
    """Conflicts among the errors that a policy repeats."""
    for found in unit.replayed():
        meaning = MEANINGS[found.status]
        message = f"{found.status} is {meaning}: the transport sends the same request again, which cannot change that"
        repairs = unit.without(found.place) if found.place != found.repeat.place else ()
        yield unit.draft_at(RULE, found.place, found.repeat.function, message, repairs, ())
    for conflict in unit.stale():
        if conflict.told:
            method, error = conflict.call.operation.method, conflict.error.code
            message = (
                f"the policy repeats `{method}` after `{error}` with the same {conflict.member}, which stays refused"
            )
            repairs = unit.without_conflict(conflict)
            yield unit.draft_in(RULE, conflict.repeat, conflict.call, message, repairs)
