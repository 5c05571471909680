"""Different requests are sent under one idempotency token, so all but the first are taken for repetitions.

## What it finds

* A literal as token of a request whose other inputs vary.
* A token that is made once, when the module is loaded or an object is made, and used for what the method is given.
* A token that is made before a loop over items and sent with each of them.

## Why it hurts

The service answers the second request with the result of the first, or with `IdempotentParameterMismatch`. In the first
case nothing is created and nobody notices: the second order has the first one's instance. A deliberate new run
replays the failed one.

## What to do

One token for each intention: derive it from the item (`f"{job}-{item}"`), or make it where one request is prepared, and
outside of what repeats that one request.

## When it is silent

The token is derived from the item or from what the function is given; nothing else in the request varies; the object
that keeps the token stands for one request; the loop repeats one request.

## Fix

None: what the token is to be derived from is for the author to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL203", "shared-token", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Tokens of more than one request."""
    for found in unit.shared_tokens():
        how = "is made once" if found.made else "is a literal"
        message = (
            f"`{found.member}` {how}, but each `{found.call.operation.method}` on line {{line0}} asks for something "
            "else: all after the first are taken for its repetitions"
        )
        yield unit.draft_of(RULE, found.place, found.call, message)
