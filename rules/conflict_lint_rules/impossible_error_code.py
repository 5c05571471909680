"""An error is tested for a code, or caught as a class, that these calls can never raise, so the branch is dead.

## What it finds

* A code that is almost one of the codes of the operations in the `try`: a typing slip, another case, a missing or
  surplus `Exception` or `Fault`, the class name where the wire code belongs.
* The code by which other services say what these operations say by another one.
* `client.exceptions.X` where the client's service has no such class: evaluating the clause raises AttributeError.
* A modelled exception that none of the operations in the `try` declares, while they declare its sibling.
* A class that stands for the errors of another protocol or another SDK, such as that of a gRPC status around calls
  over HTTP.
* A handler for a failed condition around calls that send none.
* The code or class of an error around HEAD requests: their answers have no body, so the code is the status (`404`).
* The code looked up in the wrong place (`e.response.get("Code")`), and a message compared with the code.

## Why it hurts

The branch that was written for the conflict never runs. What was meant to be handled is raised, or, where the test is
negated, everything is handled as if it were that error.

## What to do

Use the spelling that the service answers. `e.response["Error"]["Code"]` holds the wire code, `client.exceptions` has
the class names, and the two differ for some services.

## When it is silent

A sibling alternative in the same test is the right spelling; the code belongs to another service and the `try` calls
something out of sight; the service does not model its errors and the code is not close to a known one.

## Fix

Safe, where exactly one spelling is near and the operations answer it: the literal is replaced. Where the code is handed
to a helper that ignores or retries it, or is another service's, the repair is unsafe: what follows never ran before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import CodeTest, Draft, Unit

RULE = Rule("CL403", "impossible-error-code", Severity.ERROR)


def check(unit: Unit) -> Iterator[Draft]:
    """Codes and classes that cannot match."""
    for test in unit.code_tests():
        path = unit.code_path(test)
        if test.path == path:
            yield from literals(unit, test)
        elif len(path) > 1 and test.path == (path[0], path[-1]) and (place := unit.in_sight(test)):
            message = "the code is under `Error`: at the top level of the response this is always None"
            yield unit.draft_at(RULE, place, test.function, message, (), test.calls)
    for catch, message, right in unit.impossible_catches():
        repairs = unit.respelling(catch.place, right, safe=True) if right else ()
        yield unit.draft_at(RULE, catch.place, catch.function, message, repairs, catch.attempt.calls)


def literals(unit: Unit, test: CodeTest) -> Iterator[Draft]:
    """The constants of one comparison that no call in sight can answer."""
    texts = unit.alternatives(test)
    names = unit.named(test.calls)
    for literal in test.literals:
        written = unit.written(literal)
        place = written or unit.in_sight(test)
        if place is None:
            continue
        right = None if test.substring else unit.meant(literal.text, test)
        if unit.is_sentence(literal.text, test):
            message = f"`{literal.text}` is a sentence: it may stand in the error's Message, never in its Code"
            yield unit.draft_at(RULE, place, test.function, message, (), test.calls)
        elif right is not None and right not in texts:
            answered = right in unit.answered(test.calls)
            hint = f"the code is `{right}`" if answered else f"the nearest code of the service is `{right}`"
            message = f"{names} never answers the code `{literal.text}`; {hint}"
            safe = not test.named and not unit.elsewhere_known(literal.text)
            repairs = unit.respelling(place, right, safe=safe) if answered and written else ()
            yield unit.draft_at(RULE, place, test.function, message, repairs, test.calls)
        elif not test.substring and (method := unit.conditionless(literal.text, test)):
            message = f"`{method}` sends no condition, so it never answers the code `{literal.text}`"
            yield unit.draft_at(RULE, place, test.function, message, (), test.calls)
