"""An action that two requests carry out twice is repeated by the application without an idempotency token.

## What it finds

A retry loop, decorator, policy or task that goes round after lost answers (connections that broke, timeouts, errors of
the server), around a request that creates, starts or sends something, has an input for a token, and is not given one;
or around one without such an input, when the name of what it makes is another one in each attempt. And one that goes
round when a later call has failed, which uses what the request answered.

## Why it hurts

The first request may have been carried out before its answer was lost, and it has been carried out when a later call
fails. The SDK makes up a token for each call, which covers its own attempts; each attempt of the application is a new
call with a new token.

## What to do

Make the token or the name once, before the loop or by the caller, and pass it in. Best of all derive it from what is
asked for. Repeat what comes after a request by itself.

## When it is silent

A token is passed, or may be in a `**kwargs` out of sight; only errors are repeated that say that nothing was done
(throttling, a missing role); a second request is refused because the name is taken.

## Fix

Unsafe, where the loop is in sight: a token is made before it and passed in each attempt. What a retry policy repeats
gets its token from the caller, and that is for the author to write.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL201", "retried-without-token", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Repeated actions without a token."""
    for found in unit.done_twice():
        if (found.source is None or found.named) and not found.call.operation.negotiated:
            method, member = found.call.operation.method, found.member
            without = f"with a new `{member}` each time" if found.named else f"after lost answers without `{member}`"
            if found.later is not None:
                without = f"when `{found.later.operation.method}`, which uses its answer, has failed"
            message = f"`{method}` is repeated on line {{line0}} {without}, so it may be done twice"
            yield unit.draft_in(RULE, found.repeat, found.call, message, unit.tokening(found))
