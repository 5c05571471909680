"""The idempotency token is made anew in each attempt, so the service cannot know a repeated request again.

## What it finds

A retry loop, decorator or policy that goes round after lost answers (connections that broke, timeouts, errors of the
server), around a request whose token is made inside: `ClientToken=str(uuid4())` in the loop or the retried function.

## Why it hurts

The first request may have been carried out before its answer was lost. The second one has another token, so it is a
second order: two clusters, two transfers, twice the money.

## What to do

Make the token once, before the loop or by the caller, and pass it in. Best of all derive it from what is asked for.

## When it is silent

The token is made outside; only errors are repeated that say that nothing was done (throttling); the request may be
carried out twice without harm.

## Fix

Unsafe, where the token is written out in the call inside a loop: it is made before the loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL202", "token-per-attempt", Severity.ERROR)


def check(unit: Unit) -> Iterator[Draft]:
    """Tokens that are made inside of what is repeated."""
    for found in unit.done_twice():
        if found.source is not None and not found.named:
            method = found.call.operation.method
            new = f"a new `{found.member}` each time"
            message = f"`{method}` is repeated on line {{line0}} with {new}, so it may be done twice"
            yield unit.draft_in(RULE, found.repeat, found.call, message, unit.hoisting(found))
