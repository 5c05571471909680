"""Checks of existence: what tests, handlers and loops say about reads that found nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from ..catalogue.model import READS, ErrorInfo
from .events import Attempt, SdkCall
from .frames import Imported
from .repeats import CURRENT, caught_in
from .values import EACH, NO_CALLS, UNKNOWN, Value
from .ways import NOTHING, SILENT, Absent, State, Tells, common, refused, settle, way_in

if TYPE_CHECKING:
    from .errorsets import Errors
    from .evaluate import Run


NO_MATCH = ErrorInfo("", "IndexError", classes=("IndexError", "LookupError"))


def picked(run: Run, matches: Value) -> None:
    """The first or last of some matches is taken: if a listing has none, the innermost ``try`` fails."""
    read = shown(matches)
    if read is not None and read.operation.effect == "list":
        run.attempts[-1].picked.add(read)


def handled(run: Run) -> None:
    """In a handler: the reads of its ``try`` found nothing, if the error at hand, as narrowed so far, says so."""
    state = run.frame.variables
    caught = caught_in(state.get(CURRENT))
    if caught is None or caught.attempt is None:
        return
    picks = caught.attempt.picked if caught.errors.holds(NO_MATCH, ()) else set()
    reads = [call for call in caught.attempt.calls if call.operation.missing and call not in picks]
    if not reads and not picks:
        return
    missing = [call for call in reads if any(misses(run, call, caught.errors, e) for e in call.operation.missing)]
    missing += sorted(picks, key=lambda call: call.order)
    way = way_in(state)
    others = frozenset(one for one in way.absent if one.read not in reads and one.read not in picks)
    settle(state, replace(way, absent=others | {Absent(call, caught.attempt.refuses) for call in missing}))


def raised(run: Run, names: Sequence[str]) -> None:
    """An error of these classes is raised in a ``try``: it may say what is absent where that is done."""
    run.attempts[-1].raised.append((tuple(names), way_in(run.frame.variables).absent))


def told_by(attempt: Attempt, caught: Sequence[str]) -> frozenset[Absent]:
    """What is absent wherever the program raises an error that a handler of these classes catches."""
    found = [absent for names, absent in attempt.raised if not caught or not set(names).isdisjoint(caught)]
    known = common(found) if found else NOTHING
    return refused(known) if attempt.refuses else known


def misses(run: Run, call: SdkCall, errors: Errors, error: ErrorInfo) -> bool:
    """Whether the error at hand may say that a call found nothing; of a write it has to be named."""
    catalogue = run.resolver.catalogue
    service = catalogue.service(call.operation.service)
    bases = catalogue.conflicts.bases(service.provider) if service.distribution else catalogue.construct.exceptions
    held = errors.holds(error, frozenset(bases))
    return held is not False if call.operation.effect in READS else bool(held) and error.code in errors.named("code")


def refuse(state: State, reads: Sequence[SdkCall]) -> None:
    """What these reads might have found would have raised an error."""
    way = way_in(state)
    absent = frozenset(one._replace(refused=one.refused or one.read in reads) for one in way.absent)
    if absent != way.absent:
        settle(state, replace(way, absent=absent))


def created(state: State, write: SdkCall) -> None:
    """What was absent is there once it has been written."""
    way = way_in(state)
    kept = frozenset(
        one
        for one in way.absent
        if (one.read.operation.service, one.read.operation.resource)
        != (write.operation.service, write.operation.resource)
    )
    if kept != way.absent:
        settle(state, replace(way, absent=kept))


def exhausted(source: Value) -> frozenset[Absent]:
    """What is absent when a loop over matches has come to its end although it is left at a match."""
    if source.reply is not None and not source.reply[1] and (EACH,) in source.reply[0].data_paths:
        return frozenset({Absent(source.reply[0])})  # the answer is what one iterates, and true in any case
    return frozenset(one for one in tells(source).no if one.read.operation.effect == "list")


def tells(value: Value) -> Tells:
    """What is absent if a value is true or false to the program."""
    if value.tells is not None or (not value.options and value.const is UNKNOWN):
        return told(value)
    options = [(one, told(one)) for one in value.alternatives()]
    there = excluded(one for one, _ in options if truth_of(one) is False)
    there_else = excluded(one for one, _ in options if truth_of(one) is True)
    yes = [(one, said.yes | one.under) for one, said in options if truth_of(one) is not False]
    no = [(one, said.no | one.under) for one, said in options if truth_of(one) is not True]
    left, right = (excluded(one for one, _ in said) for said in (yes, no))
    return Tells(agreed(yes), agreed(no), NOTHING, there - left, there_else - right)


def excluded(options: Iterable[Value]) -> frozenset[SdkCall]:
    """The reads that found nothing where one of these constants is bound."""
    return frozenset(absence.read for one in options for absence in one.under)


def truth_of(value: Value) -> bool | None:
    """Whether a literal is true, or the whole answer of a read, which is never empty; None for anything else."""
    if value.const is not UNKNOWN:
        return bool(value.const)
    if value.reply is not None and not value.reply[1]:
        operation = value.reply[0].operation
        return True if operation.effect == "read" and not (operation.tells or operation.negotiated) else None
    empty = (value.fields == {} and not value.opaque and not value.spread) or value.items == []
    return False if empty else None


def agreed(options: Sequence[tuple[Value, frozenset[Absent]]]) -> frozenset[Absent]:
    """What all say; a literal that was bound before anything was read says nothing beside what was."""
    return common([found for one, found in options if found or truth_of(one) is None])


def told(value: Value) -> Tells:
    """The same for one alternative, by what it is."""
    if value.tells is not None:
        return value.tells
    read = shown(value)
    if read is not None:
        return Tells(no=frozenset({Absent(read)}))
    return Tells(there=filled(value)) if value.items else SILENT


def filled(value: Value) -> frozenset[SdkCall]:
    """The read by whose data alone a list or set that was empty came to have something in it."""
    flows = [one.flow() for one in value.items or ()]
    if value.opaque:
        return NO_CALLS
    sources = {origin.source for flow in flows for origin in flow}
    source = sources.pop() if len(sources) == 1 and all(flows) else None
    return frozenset({source}) if isinstance(source, SdkCall) else NO_CALLS


def shown(value: Value) -> SdkCall | None:
    """The read whose document, or whose matches, a value is: where it is empty the read has found nothing."""
    if value.reply is not None:
        read, path = value.reply
        operation = read.operation
        if operation.effect not in READS:
            return None
        if operation.tells and not path:
            return read
        if not path or path[0] in operation.counts:
            return read if path else None
        whole = any(path == data[: len(path)] for data in read.data_paths)
        return read if whole or (operation.effect == "list" and read.is_data(path)) else None
    if value.const is UNKNOWN and value.origins:
        sources = {origin.source for origin in value.origins}
        source = sources.pop()
        if not sources and isinstance(source, SdkCall) and source.operation.effect == "list":
            return source
    return None


def compared(ops: Sequence[str], operands: Sequence[Value]) -> Tells | None:
    """What a comparison says about existence; None if nothing."""
    if not ops or len(operands) > 2:
        return None
    first, last = operands[0], operands[-1]
    if ops[0] == "not":
        return ~tells(first)
    if ops[0] in {"in", "not in"}:
        found = contained(first, last)
        return ~found if ops[0] == "not in" else found
    if first.reply is not None and first.reply[1] and first.reply[1][0] in first.reply[0].operation.nothing:
        absent = first.reply[0].operation.nothing[first.reply[1][0]] == named(last)
        found = Tells(yes=frozenset({Absent(first.reply[0])})) if absent else SILENT
        return ~found if ops[0] in {"!=", "is not"} else found
    if last.const is UNKNOWN:
        return None
    if ops[0] == "other":  # ``len(found) > 0``
        return tells(first) if last.const in (0, 1) else None
    equal = tells(first) if last.const else ~tells(first)
    return ~equal if ops[0] in {"!=", "is not"} else equal


def named(value: Value) -> object:
    """A constant, or the HTTP status that a name such as ``HTTPStatus.NOT_FOUND`` stands for."""
    if value.const is not UNKNOWN or not isinstance(value.target, Imported):
        return value.const
    return HTTPStatus.__members__.get(value.target.origin.rpartition(".")[2].upper())


def contained(name: Value, holder: Value) -> Tells:
    """What ``name in holder`` says: a reply has its document, or a listing has a name."""
    if holder.reply is not None and not holder.reply[1]:
        read = holder.reply[0]
        heads = {path[0] for path in read.data_paths if path} if read.operation.effect in READS else set()
        return Tells(no=frozenset({Absent(read)})) if name.const in heads else SILENT
    found = exhausted(holder)
    for absence in found:
        absence.read.sought += (name,)
    return Tells(no=found)


def combined(op: str, options: Sequence[Value], flags: Sequence[bool]) -> Tells | None:
    """What ``and`` and ``or`` say about existence; None if nothing. ``flags`` are the options that are settings."""
    said = [tells(option) for option in options]
    if op == "if" or all(one == SILENT for one in said):
        return None
    said = [~one for one in said] if op == "or" else said
    both = common([frozenset(absence for one in said for absence in one.yes)])
    each = frozenset(absence for one in said for absence in one.no)
    checks = all(flag or one.no for flag, one in zip(flags, said, strict=True))
    there = frozenset(read for one in said for read in one.there)
    out = Tells(both, common(one.no for one in said), each if checks and op == "and" else NOTHING, there)
    return ~out if op == "or" else out
