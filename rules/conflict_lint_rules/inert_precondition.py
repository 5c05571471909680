"""A precondition is given to a call that ignores or refuses it.

## What it finds

* Conditions in the arguments of a managed transfer, of a write that goes through a batch, or of an operation that takes
  no condition: what looks guarded is not.
* Half of a condition: a version without what says how it is to be compared.

## Why it hurts

Either the call fails before anything is sent, each time it runs, or, worse, the condition is dropped without a word and
everything is overwritten by code that was written, and reviewed, not to.

## What to do

Use the operation that takes the condition: the plain write instead of the managed transfer, single writes or a
transaction instead of a batch. Give both halves of a condition.

## When it is silent

The condition is `None`, or out of sight.

## Fix

None: the other operation takes its data in another form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL104", "inert-precondition", Severity.ERROR)


def check(unit: Unit) -> Iterator[Draft]:
    """Preconditions that cannot take effect."""
    for found in unit.inert_preconditions():
        call, name = found.call, found.member.rpartition(".")[2]
        if found.without:
            message = f"`{name}` guards `{call.operation.method}` only together with `{found.without}`"
        else:
            advice = call.operation.advice
            message = f"`{call.operation.method}` does not take `{name}`: nothing guards this write. {advice}".rstrip()
        yield unit.draft(RULE, call, message)
