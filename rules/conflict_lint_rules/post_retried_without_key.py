"""A client sends POST again by itself, and nothing lets the server know the second request for the first.

## What it finds

* Retry settings of an HTTP session that name POST beside other methods that change things (PUT, DELETE, PATCH), or
  allow every method.
* A POST in a retry loop, or in what a retry decorator repeats, after lost answers (timeouts, broken connections, every
  error alike), in a module that changes things through the same client.

Both in a module that speaks of no idempotency key.

## Why it hurts

POST is left out of the defaults because it is not idempotent. When the connection breaks or a gateway answers 502 after
the server has done its work, the order is sent a second time.

## What to do

Leave POST out, or send an `Idempotency-Key` (or an id of your own in the body) that stays the same for all attempts, to
a server that looks at it. Repeat single requests that are known to be harmless through a session of their own.

## When it is silent

POST is named or used with reading methods only, as clients of query APIs do; the module sends an idempotency key; the
body asks for something (a query, a grant) or has a part by which it is known again; each attempt reads first what it
then posts to; the methods or headers are out of sight; only errors are repeated that say that nothing was done; nothing
is repeated (`total=0`).

## Fix

None: whether POST is to be left out or to get a key depends on the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL205", "post-retried-without-key", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Transports, loops and policies that repeat POST."""
    for repeat in unit.reposted():
        message = "POST is among the methods that are sent again: without an Idempotency-Key the server may do it twice"
        yield unit.draft_at(RULE, repeat.place, repeat.function, message, (), ())
    for found in unit.done_twice():
        if found.source is None and found.call.operation.negotiated:
            method, member = found.call.operation.method, found.member
            message = f"`{method}` is repeated on line {{line0}} without an {member}, so the server may do it twice"
            yield unit.draft_in(RULE, found.repeat, found.call, message)
