"""A precondition is given in a form that lets through what it is there to stop.

## What it finds

* The version of a second, later read, sent with data of the first: what was written in between passes as seen.
* A made-up version, where the read has answered none.
* A condition that every version meets (`IfMatch="*"`), where a version that was read could stand.

## Why it hurts

The service compares with what is there now, and that is what the second read has just answered. The write goes through
and takes away whatever was saved after the data was read. It looks like optimistic locking and is none.

## What to do

Take data and version from one reply. When the write is refused, read both again and apply the change anew; do not only
fetch the new version.

## When it is silent

Data and version come from one reply, the version is the older of the two, or the data is declared by the program.

## Fix

None: the change has to be applied to what the later read answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conflict_lint.rule import Rule, Severity

if TYPE_CHECKING:
    from conflict_lint.rule import Draft, Unit

RULE = Rule("CL103", "defeated-precondition", Severity.WARNING)


def check(unit: Unit) -> Iterator[Draft]:
    """Preconditions that are always met."""
    for found in unit.defeated_preconditions():
        write, method = found.write, found.write.operation.method
        if found.made_up:
            message = f"`{method}` compares `{found.member}` with {found.made_up} where the read answered no version"
            yield unit.draft(RULE, write, message)
            continue
        if found.old is None or found.new is None:
            does = "deletes" if write.operation.effect == "delete" else "overwrites"
            message = f"`{method}` with `{found.member}` for any version {does} what another writer saved"
            yield unit.draft(RULE, write, message)
            continue
        message = (
            f"`{method}` sends data of `{found.old.operation.method}` on line {{line0}} with the version of a later "
            f"`{found.new.operation.method}` on line {{line1}}: what was saved in between is overwritten"
        )
        steps = [
            (found.old.place, f"`{found.old.operation.method}` answers the data"),
            (found.new.place, f"`{found.new.operation.method}` answers the version"),
            (write.place, f"`{method}` sends both"),
        ]
        yield unit.draft(RULE, write, message, steps)
