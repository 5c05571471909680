"""A request is sent again with an open file as body, which the first attempt has read to its end.

## What it finds

A retry loop, decorator or policy around a request whose body is a file or buffer that was opened outside of what is
repeated, where nothing rewinds it.

## Why it hurts

The SDK rewinds the body for its own attempts only. The application's next attempt begins where the first one stopped,
at the end of the file: the object is stored empty, and the request succeeds.

## What to do

Open the file inside of what is repeated, `seek(0)` before each attempt, or pass the bytes or the file's name.

## When it is silent

The file is opened inside; there is a `seek`; the body is bytes or text; the call takes a file name.

## Fix

Unsafe, where the stream is a file or buffer that is opened in sight: it is rewound before each attempt. A stream of the
caller's may have no beginning to go back to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL306", "consumed-body-retried", Severity.ERROR)


def check(unit: Unit) -> Iterator[Draft]:
    """Streams that are sent a second time."""
    for found in unit.drained():
        what = "reads the stream to its end: the next one sends what is left, nothing"
        message = f"`{found.call.operation.method}` is repeated on line {{line0}}, but the first attempt {what}"
        yield unit.draft_in(RULE, found.repeat, found.call, message, unit.rewinding(found))
