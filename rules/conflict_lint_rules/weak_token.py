"""An idempotency token is made of something that differs too little, or that differs where it should not.

## What it finds

* A token made from the clock, a process number or a short random number, for an operation that creates or starts
  something.
* A deduplication id that is new for each message.

## Why it hurts

Two callers in the same second have the same token, and the second one gets what the first one made, or an error. And
the token of a repeated attempt is another one a second later, so it recognises nothing. A deduplication id that is new
each time switches the deduplication off: a producer that sends a message again after a lost answer sends it twice.

## What to do

Derive the token from what is asked for: the order's number, the id of the job, a digest of the request. Where there is
no such thing make a `uuid4` once for each intention, outside of everything that repeats, and keep it with the job.

## When it is silent

The token has a random part that is long enough, or is a name of the thing; doing it twice is harmless (an
invalidation); a deduplication id that has part of the message in it.

## Fix

None: only the author knows what makes two requests the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL204", "weak-token", Severity.WARNING)
REASONS = {
    "clock": "two callers at the same moment share it, and a later attempt has another one",
    "small": "by chance two callers share it, and a later attempt has another one",
}


def check(unit: Unit) -> Iterator[Draft]:
    """Tokens of a clock or a small number, and deduplication that is none."""
    for found in unit.weak_tokens():
        member, name, method = found.member, found.source.name, found.call.operation.method
        if found.always:
            message = (
                f"`{member}` of `{method}` is new for each message (`{name}`), so nothing is ever recognised as sent"
            )
        else:
            message = f"`{member}` of `{method}` on line {{line0}} is made from `{name}`: {REASONS[found.source.kind]}"
        yield unit.draft_of(RULE, found.source.place, found.call, message)
