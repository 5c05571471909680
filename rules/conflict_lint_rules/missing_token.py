"""A request could carry an idempotency token that nobody fills in.

## What it finds

A request that creates, starts or sends something and has an input for a token that the SDK does not make up by itself
(`create_stack`, `create_service`, `request_certificate`), without that input.

## Why it hurts

The SDK repeats a request whose answer was lost. Without a token the service cannot know it again and carries it out
twice. The same goes for everything above that repeats: queues, schedulers, people.

## What to do

Pass a token that is derived from what is asked for, or a `uuid4` that is made once for each intention.

## When it is silent

A token is passed, or may be in a `**kwargs` out of sight; the SDK fills it in; the name makes the request unique.

## Fix

None: what the token is to be derived from is for the author to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL206", "missing-token", Severity.HINT)


def check(unit: Unit) -> Iterator[Draft]:
    """Actions without a token."""
    for call, member in unit.without_token():
        message = f"`{call.operation.method}` could carry `{member}`: if its answer is lost, it is done twice"
        yield unit.draft(RULE, call, message)
