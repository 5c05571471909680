"""Units: what rules look at. One unit is one function followed with everything it reaches inside the module."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..catalogue import Catalogue
from ..rule import Confidence, Draft, Repair, Rule
from . import codes
from .answers import EXISTS, answers
from .assignments import incoming
from .confusion import Confused, confused
from .creation import check_then_creates
from .evaluate import Trace
from .events import Catch, CodeTest, Literal, Repeat, SdkCall
from .lifecycle import Overlap, overlaps
from .locks import BlindRelease, blind_releases, is_lock
from .preconditions import Defeated, Inert, defeated, inert
from .repairs import (
    creation_repairs,
    owners_of,
    precondition_repairs,
    version_arguments,
    written_owners,
)
from .retried import InVain, endless, holds, in_vain, reposts, retries
from .stale import Replayed, Stale, replayed, stale
from .streams import Drained, drained
from .swallowing import Swallowed, conflicts_dropped, foreign_taken
from .tokens import Shared, Twice, Weak, missing, shared, steadied, twice, weak
from .values import Place, Record
from .witness import lost_updates, unguarded_writes

if TYPE_CHECKING:
    from ..catalogue.model import ErrorInfo
    from .chunks import Chunk

MOST_CALLS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A lost update as a rule tells it.

    ``missing`` is the precondition the write could carry, empty where the API has none; ``reading`` names the read;
    ``steps`` lead from the read to the write; ``weakest`` is the lower confidence of the two.
    """

    write: SdkCall
    missing: str
    reading: str
    steps: tuple[tuple[Place, str], ...]
    repairs: tuple[Repair, ...]
    weakest: Confidence


@dataclass(frozen=True, slots=True, eq=False)
class Created:
    """A check-then-create as a rule tells it: ``missing`` is the precondition by which the write would only create.

    ``anew`` is the token that it carries, where that is another one each time.
    """

    write: SdkCall
    check: SdkCall
    missing: str
    anew: str
    steps: tuple[tuple[Place, str], ...]
    repairs: tuple[Repair, ...]
    weakest: Confidence


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One followed function: its SDK calls, error code tests and attempts, in the order they were met.

    ``taken`` are the conditional creations in the functions beside one that deletes a lock, ``lent`` says that callers
    may hold a lock around the function, for its class has methods that take and release one.

    ``elsewhere`` are the chunks of other modules that the run went through: what happens there is a finding only as far
    as this function makes it one.
    """

    name: str
    trace: Trace
    catalogue: Catalogue
    elsewhere: frozenset[Chunk]
    taken: tuple[SdkCall, ...] = ()
    lent: bool = False

    @property
    def writes(self) -> Iterator[SdkCall]:
        """The calls that change something, as far as their operation is sure enough for a finding."""
        return (call for call in self.trace.calls if call.operation.writes and call.layer != "name")

    @property
    def exposed(self) -> Iterator[SdkCall]:
        """The writes of them around which no caller can hold a lock; taking one is a write as well."""
        return (call for call in self.writes if not self.lent or is_lock(call))

    def lost_updates(self) -> Iterator[Found]:
        """Every write-back of data that was read from the same resource, unguarded."""
        for lost in lost_updates(self.exposed, self.trace.ordered, self.trace.refusals):
            write, source = lost.write, lost.source
            if self.is_foreign(write, source):
                continue
            missing = "" if write.operation.negotiated else next(iter(write.operation.preconditions or ()), "")
            both = () if isinstance(source, Record) else source.frames  # a call that leads to both shows nothing
            written = [(place, "written back through this call") for place in write.frames if place not in both]
            last = (write.place, f"`{write.operation.method}` writes it back")
            if isinstance(source, Record):
                reading = f"`{source.name}` of an earlier description, taken"
                weakest = min(write.confidence, Confidence.MEDIUM)
                first = (source.place, f"`{source.name}` is taken from a description that was read earlier")
                yield Found(write, missing, reading, (first, *written, last), (), weakest)
                continue
            reading, weakest = f"`{source.operation.method}`", min(write.confidence, source.confidence)
            first = (source.place, f"`{source.operation.method}` reads it")
            repairs = precondition_repairs(lost, list(self.writes)) if missing else ()
            through = [(p, "read through this call") for p in reversed(source.frames) if p not in write.frames]
            yield Found(write, missing, reading, (first, *through, *written, last), repairs, weakest)

    def check_then_creates(self) -> Iterator[Created]:
        """Every write that rests on the absence of what it writes, and would overwrite or double what is there now."""
        for write, absence in check_then_creates(self.exposed, self.trace.returned):
            check = absence.read
            if self.is_foreign(write, check):
                continue
            steps = [(check.place, f"`{check.operation.method}` looks whether it exists")]
            steps += [(place, "checked through this call") for place in check.frames if place not in write.frames]
            steps += [(place, "created through this call") for place in write.frames if place not in check.frames]
            steps.append((write.place, f"`{write.operation.method}` creates it"))
            creating = next((p for p in (write.operation.preconditions or {}).values() if p.creates), None)
            token = write.operation.token or ""
            missing = creating.member if creating else token
            anew = token if not creating and token and write.argument(token) is not None else ""
            repairs = creation_repairs(write, check, creating) if not absence.partial else ()
            weakest = min(write.confidence, check.confidence)
            yield Created(write, check, missing, anew, tuple(steps), repairs, weakest)

    def blind_releases(self) -> Iterator[BlindRelease]:
        """Every lock that is taken under a condition, here or beside, and deleted whoever holds it."""
        for found in blind_releases(self.trace.calls, self.taken):
            if found.release.place.chunk not in self.elsewhere or self.ways(found.release):
                yield found

    def inert_preconditions(self) -> Iterator[Inert]:
        """Every call that is given a precondition which it ignores or refuses."""
        return (found for found in inert(self.trace.calls) if found.call.place.chunk not in self.elsewhere)

    def defeated_preconditions(self) -> Iterator[Defeated]:
        """Every write whose precondition lets through what it is there to stop."""
        for found in defeated(self.writes):
            answered = found.write.operation.service not in self.catalogue.sdks  # a modelled reply has its version
            if found.write.place.chunk not in self.elsewhere and not (found.made_up and answered):
                yield found

    def unguarded_writes(self) -> Iterator[tuple[SdkCall, str]]:
        """Every write of this function itself that could carry a precondition, and the preconditions it could carry."""
        for write in unguarded_writes(self.writes):
            if write.place.chunk not in self.elsewhere and not write.frames:
                offered = [f"`{member}`" for member in write.operation.preconditions or ()]
                yield write, " or ".join(offered[:2])

    def foreign_taken(self) -> Iterator[Swallowed]:
        """Every creation whose "exists already, and may be somebody else's" counts as success."""
        trace = self.trace
        found = foreign_taken(self.catalogue, trace.attempts, trace.tests, trace.calls)
        return (one for one in found if one.place.chunk not in self.elsewhere)

    def conflicts_dropped(self) -> Iterator[Swallowed]:
        """Every conditional update whose failed condition nobody hears of again."""
        trace = self.trace
        telling = any(value.const is not None for value in trace.answers)
        found = conflicts_dropped(self.catalogue, trace.attempts, trace.tests, telling)
        return (one for one in found if one.place.chunk not in self.elsewhere and not one.call.frames)

    def confused(self) -> Iterator[Confused]:
        """Every handler of one kind of conflict around a call that answers another."""
        found = confused(self.catalogue, self.trace.attempts)
        return (one for one in found if one.place.chunk not in self.elsewhere and not one.call.frames)

    def split(self, found: Swallowed) -> tuple[Repair, ...]:
        """The repair that no longer names an error beside others, so that it is raised; else it is raised by hand."""
        if found.named is None:
            return ()
        by_hand = Repair("raise-again", values={"alone": "yes"}, places={"named": found.named})
        return (Repair("drop-alternative", places={"wrong": found.named}), by_hand)

    def raising(self, found: Swallowed) -> tuple[Repair, ...]:
        """The repair that raises the error again at the end of its handler."""
        return (Repair("raise-again", places={"named": found.named}),) if found.named is not None else ()

    def owner_condition(self, found: BlindRelease) -> tuple[Repair, ...]:
        """The repair that deletes a lock only from its owner, where one attribute of it is one of the taker's own."""
        release, taking = found.release, found.taking
        condition = release.operation.condition
        if condition is None or release.frames or release.place.chunk in self.elsewhere:
            return ()
        owners = list(owners_of(taking, release)) or list(written_owners(taking, release))
        if len(owners) != 1 or release.form != taking.form:
            return ()
        name, attribute, kind = owners[0]
        values = {"member": found.condition, "owner": name, "attribute": attribute, "kind": kind, **condition}
        return (Repair("owner-condition", values=values, places={"write": release.call}),)

    def overlaps(self) -> Iterator[Overlap]:
        """Every call that may be refused because an earlier change is still going on, and nothing waits for its end."""
        trace = self.trace
        for found in overlaps(self.catalogue, trace.calls, trace.attempts, trace.tests, trace.repeats):
            if not self.is_foreign(found.call, found.earlier) and not self.is_test:
                yield found

    @property
    def is_test(self) -> bool:
        """Whether the function is a test: nothing takes time where the cloud is played by a stand-in."""
        return self.name.rpartition(".")[2].startswith("test_")

    def waiting(self, found: Overlap) -> tuple[Repair, ...]:
        """The repair that waits before the second call, where the waiter takes what names the thing there."""
        lifecycle, waiter = found.call.operation.lifecycle, found.earlier.operation.lifecycle
        if waiter is not None and waiter.polled:
            here = not found.earlier.frames and found.earlier.place.chunk not in self.elsewhere
            values, places = {"method": waiter.until}, {"write": found.earlier.call}
            repair = Repair("wait-for-result", values=values, places=places)
            return (repair,) if here and waiter.until.startswith(".") else ()
        service = self.catalogue.service(found.call.operation.service)
        polled = service.operation(service.waiter(waiter.until) or "") if waiter else None
        if lifecycle is None or waiter is None or polled is None or found.call.form != "client":
            return ()
        if not {*lifecycle.identified} <= {*polled.members} or found.call.frames != found.earlier.frames:
            return ()
        shared = [name for name in found.call.arguments if name in polled.members]
        values = {"waiter": waiter.until, "members": " ".join(shared)}
        return (Repair("insert-waiter", values=values, places={"write": found.call.call}),)

    def is_foreign(self, write: SdkCall, source: SdkCall | Record) -> bool:
        """Whether both the read and the write are reached through one call of another module: its finding, not ours."""
        if write.place.chunk not in self.elsewhere:
            return False
        if isinstance(source, Record):
            return source.place.chunk in self.elsewhere
        own = self.ways(write)
        return not own or source.frames[: len(own)] == own

    def ways(self, call: SdkCall) -> tuple[Place, ...]:
        """The calls in this module through which an SDK call was reached, outermost first."""
        return tuple(itertools.takewhile(lambda site: site.chunk not in self.elsewhere, call.frames))

    def place_of(self, call: SdkCall) -> Place:
        """Where a call is reported: in another module, where this one calls into it."""
        return self.ways(call)[-1] if call.place.chunk in self.elsewhere else call.place

    def repeats(self) -> Iterator[Repeat]:
        """What runs again when it fails, loops and retry policies alike, with the SDK calls whose errors decide."""
        return (repeat for repeat in self.trace.repeats if repeat.calls or repeat.form == "transport")

    def retries(self, repeat: Repeat, error: ErrorInfo) -> bool | None:
        """Whether an error brings control round again; None where that depends on what is out of sight."""
        return retries(self.catalogue, repeat, error)

    def in_vain(self) -> Iterator[InVain]:
        """Repeats that send a request again after errors which no repetition clears; one request for each repeat."""
        doubled = {one.repeat.place for one in self.done_twice() if one.later is not None}
        found = (in_vain(self.catalogue, self.trace.attempts, repeat) for repeat in self.repeats())
        told = (one for one in found if one is not None and (one.error is not None or one.repeat.place not in doubled))
        return (one for one in told if self.ours(one.repeat, one.call))

    def replayed(self) -> Iterator[Replayed]:
        """Statuses of conflicts that a client's transport is told to answer by the same request."""
        found = (one for repeat in self.repeats() for one in replayed(repeat))
        return (one for one in found if one.repeat.place.chunk not in self.elsewhere)

    def stale(self) -> Iterator[Stale]:
        """Conditional writes that are sent again after their condition was refused, and can only be refused again."""
        found = (one for repeat in self.repeats() for one in stale(self.catalogue, self.trace.attempts, repeat))
        return (one for one in found if self.ours(one.repeat, one.call))

    def drained(self) -> Iterator[Drained]:
        """Requests that are sent again with a body that the first attempt has used up."""
        found = (one for repeat in self.repeats() for one in drained(repeat))
        return (one for one in found if self.ours(one.repeat, one.call))

    def rewinding(self, found: Drained) -> tuple[Repair, ...]:
        """The repair that rewinds a stream before it is sent, where it is known to be a file or buffer."""
        if found.opened is None or found.call.frames or found.repeat.form != "loop":
            return ()
        return (Repair("rewind", places={"write": found.call.call}),)

    def endless(self) -> Iterator[InVain]:
        """Conflicts that are answered by sending again without a limit."""
        hopeless = {one.repeat.place for one in self.stale()}
        repeats = (repeat for repeat in self.repeats() if repeat.place not in hopeless)
        found = (endless(self.catalogue, self.trace.attempts, repeat) for repeat in repeats)
        return (one for one in found if one is not None and self.ours(one.repeat, one.call))

    def reposted(self) -> Iterator[Repeat]:
        """Settings by which a transport sends again what is no repetition to the server."""
        return (r for r in self.repeats() if reposts(r) and r.place.chunk not in self.elsewhere)

    def weak_tokens(self) -> Iterator[Weak]:
        """Tokens that differ too little, or each time."""
        judged = (weak(self.catalogue, call) for call in self.trace.calls)
        found = (one for one in judged if one is not None and self.is_own(one.call, one.source.place))
        return (one for one in found if not steadied(self.repeats(), one))

    def shared_tokens(self) -> Iterator[Shared]:
        """Tokens that different requests have in common."""
        judged = (shared(call) for call in self.trace.calls)
        return (found for found in judged if found is not None and self.is_own(found.call, found.place))

    def is_own(self, call: SdkCall, place: Place) -> bool:
        """Whether a call or the place where a part of its request is made is in this module: else it is told there."""
        return call.place.chunk not in self.elsewhere or place.chunk not in self.elsewhere

    def without_token(self) -> Iterator[tuple[SdkCall, str]]:
        """Actions without the token that they could carry and that the SDK does not make up: the call, the member."""
        for call in self.trace.calls:
            offered = not (call.operation.token_filled or call.operation.negotiated)
            member = missing(self.catalogue, call) if offered else None
            if member is not None and call.place.chunk not in self.elsewhere:
                yield call, member

    def done_twice(self) -> Iterator[Twice]:
        """Actions that a repeat may carry out twice, for want of a token that stays the same."""
        found = (one for repeat in self.repeats() for one in twice(self.catalogue, self.trace.attempts, repeat))
        return (one for one in found if self.ours(one.repeat, one.call))

    def ours(self, repeat: Repeat, call: SdkCall) -> bool:
        """Whether the repeat or the call stands in this module; what is elsewhere altogether is found there."""
        return call.place.chunk not in self.elsewhere or self.told_at(repeat) is not None

    def told_at(self, repeat: Repeat) -> Place | None:
        """The decorator, loop or policy that makes a repeat, where it is in this module."""
        places = (place for place in (repeat.wrapper, repeat.place) if place is not None)
        return next((place for place in places if place.chunk not in self.elsewhere), None)

    def code_tests(self) -> Iterator[CodeTest]:
        """The comparisons of a caught error's parts with constants."""
        for test in self.trace.tests:
            if test.place.chunk not in self.elsewhere or any(self.written(literal) for literal in test.literals):
                yield test

    def alternatives(self, test: CodeTest) -> set[str]:
        """The constants of a test and what else expects the same error: one of them may be the right spelling."""
        same = [t for t in self.trace.tests if t is test or (t.attempt is not None and t.attempt is test.attempt)]
        caught = [
            (name, catch) for catch in (test.attempt.catches if test.attempt else ()) for name in catch.services()
        ]
        classes = (self.catalogue.service(name).exceptions.get(catch.name) for name, catch in caught)
        return {literal.text for one in same for literal in one.literals} | {e.code for e in classes if e is not None}

    def code_path(self, test: CodeTest) -> tuple[str, ...]:
        """Where an error of the calls around a test holds its wire code."""
        services = {call.operation.service for call in test.calls}
        if services <= self.catalogue.sdks and len(services) == 1:
            return self.catalogue.service(services.pop()).code_path
        return self.catalogue.construct.code_path

    def meant(self, text: str, test: CodeTest) -> str | None:
        """The right spelling of a code that the calls around a test can never answer."""
        closed = test.attempt is None or not test.attempt.opaque
        calls = [call for call in test.calls if call.layer != "name"]
        shared = all(literal.place is None or literal.place.chunk.kind != "function" for literal in test.literals)
        return codes.meant(self.catalogue, text, calls, closed=closed, shared=shared, general=codes.general(test))

    def elsewhere_known(self, text: str) -> bool:
        """Whether a code is one of some service, and so no slip."""
        return bool(self.catalogue.error_services(text))

    def conditionless(self, text: str, test: CodeTest) -> str | None:
        """The method of the call that sends no condition, where a code says that it did not hold."""
        found = None if codes.general(test) else codes.conditionless(self.catalogue, test.attempt, test.calls, text)
        return found.operation.method if found is not None else None

    def named(self, calls: Sequence[SdkCall]) -> str:
        """Some calls' operations, for a message."""
        methods = list(dict.fromkeys(f"`{call.operation.method}`" for call in calls))
        return " or ".join(methods[:2]) if len(methods) < 3 else f"{methods[0]} and {len(methods) - 1} others"

    def is_sentence(self, text: str, test: CodeTest) -> bool:
        """Whether a text is made of words, and no code of the services around a test is."""
        return " " in text.strip() and not any(" " in code for code in self.answered(test.calls))

    def answered(self, calls: Sequence[SdkCall]) -> set[str]:
        """The wire codes that these calls are known to answer."""
        return codes.answered(self.catalogue, calls)

    def impossible_catches(self) -> Iterator[tuple[Catch, str, str]]:
        """Exception classes that do not exist or are never raised: the catch, the message, the right class name."""
        common = {name.rpartition(".")[2] for name in self.catalogue.construct.exceptions}
        for attempt in self.trace.attempts:
            caught = {catch.name for catch in attempt.catches}
            for catch in attempt.catches:
                services = catch.services()
                if catch.place.chunk in self.elsewhere:
                    continue
                module, _, made = catch.name.rpartition(".")
                if module in self.catalogue.construct.run_time_modules and made not in common:
                    message = f"`{module}` has no `{made}`: when an error reaches this clause, AttributeError is raised"
                    yield catch, f"{message}; the class is the client's `exceptions.{made}`", ""
                    continue
                other = codes.other_class(self.catalogue, attempt, catch.name, caught)
                if other:
                    message = f"{self.named(attempt.calls)} never raises `{catch.name.rpartition('.')[2]}`"
                    yield catch, f"{message}; it raises `{other}`", ""
                if len(services) != 1 or catch.name == "ClientError":
                    continue
                service = self.catalogue.service(services.pop())
                error = service.exceptions.get(catch.name)
                if error is None:
                    right = codes.suffixed(catch.name, service.exceptions) or codes.close(
                        catch.name, service.exceptions
                    )
                    message = f"`{service.name}` has no exception `{catch.name}`: when an error reaches this clause"
                    hint = f", AttributeError is raised{f'; the class is `{right}`' if right else ''}"
                    yield catch, message + hint, right or ""
                    continue
                code = codes.without_body(self.catalogue, catch, error)
                if code is not None:
                    message = f"{self.named(attempt.calls)} never raises `{catch.name}`"
                    yield catch, f"{message}: its answer has no body, and the code is `{code}`", ""
                bare = codes.conditionless(self.catalogue, attempt, attempt.calls, error.code)
                if bare is not None:
                    yield catch, f"`{bare.operation.method}` sends no condition, so it never raises `{catch.name}`", ""
                instead = codes.never_raised(self.catalogue, attempt, error, caught)
                if instead is not None:
                    hint = f"; it raises `{instead}`" if instead else ""
                    message = f"{self.named(attempt.calls)} never raises `{catch.name}`{hint}"
                    yield catch, message, ""

    def without(self, place: Place) -> tuple[Repair, ...]:
        """The repair that takes one element out of a display."""
        return (Repair("drop-element", places={"element": place}),)

    def without_conflict(self, found: Stale) -> tuple[Repair, ...]:
        """The repair that takes a conflict out of the errors that a policy names, where it names others beside it.

        For a function that is repeated as a whole it is suggested to read in there, with holes for what is read.
        """
        if found.repeat.place.chunk in self.elsewhere:
            return ()
        error = found.error
        classes = {name.rpartition(".")[2] for name in error.classes}
        values = {"names": " ".join(sorted(filter(None, {error.code, error.shape, str(error.status), *classes})))}
        drop = Repair("drop-from-policy", values=values, places={"policy": found.repeat.place})
        if found.repeat.form not in {"decorator", "task"} or found.call.frames:
            return (drop,)
        places = {"write": found.call.call}
        return (drop, Repair("read-in-function", values=version_arguments(found), places=places))

    def hoisting(self, found: Twice) -> tuple[Repair, ...]:
        """The repair that makes a token before the loop that uses it."""
        call, value = found.call, found.call.argument(found.call.operation.token or "")
        if found.repeat.form != "loop" or found.repeat.place.chunk is not call.place.chunk or value is None:
            return ()
        if self.exists_again(found):
            return ()
        loop, values = found.repeat.place, {"member": found.member}
        if (
            found.source is not None
            and found.source.place.chunk is loop.chunk
            and not holds(call.call, found.source.place)
        ):
            return (Repair("made-before-loop", values=values, places={"loop": loop, "made": found.source.place}),)
        return (Repair("hoist-argument", values=values, places={"loop": loop, "call": call.call}),)

    def exists_again(self, found: Twice) -> bool:
        """Whether a stable token would bring an "exists already" that the repeat answers by another attempt."""
        errors = (error for error in answers(self.catalogue, found.call) if error.kind == EXISTS)
        return any(self.retries(found.repeat, error) for error in errors)

    def tokening(self, found: Twice) -> tuple[Repair, ...]:
        """The repair that makes a token before the loop and gives it to the call, where both stand in one function."""
        call, path = found.call, found.call.operation.token or ""
        if found.repeat.form != "loop" or found.repeat.place.chunk is not call.place.chunk or call.layer == "name":
            return ()
        if found.named or "." in path or call.frames or call.opaque or not found.repeat.steady:
            return ()
        if self.exists_again(found) or call.operation.service in self.catalogue.sdks:
            return ()  # without a model nobody says that a token is a text
        places = {"loop": found.repeat.place, "write": call.call}
        return (Repair("token-before-loop", values={"member": found.member}, places=places),)

    def rereading(self, found: Stale) -> tuple[Repair, ...]:
        """The repair that reads in each attempt, where the read, or the call of its helper, stands beside the loop.

        Where that cannot be moved, the read is suggested once more, with a hole for the change.

        Only what is written has to be read anew: to read just the version is to overwrite what it was compared for.
        A loop that neither ends nor waits would then do so as fast as it can.
        """
        loop, read, places = found.repeat, found.read, {"loop": found.repeat.place}
        endless = not loop.bounded and not loop.backs_off
        if loop.form != "loop" or endless or loop.place.chunk in self.elsewhere:
            return ()
        reads = (*read.frames, read.call) if read is not None else ()
        reading = next((place for place in reads if place.chunk is loop.place.chunk), None)
        if reading is not None:
            places["read"] = reading
        movable = reading is not None and any(origin.source is read for origin in incoming(found.call))
        move = (Repair("read-in-loop", places=places),) if movable else ()
        beside = found.call.place.chunk is loop.place.chunk and not found.call.frames
        values = {**version_arguments(found), "movable": "yes" if movable else ""}
        again = (Repair("read-again", values=values, places={**places, "write": found.call.call}),)
        return (*move, *again) if beside and (read is None or reading is not None) else move

    def respelling(self, place: Place, right: str, *, safe: bool) -> tuple[Repair, ...]:
        """The repair that writes ``right`` where a literal or the last name of a dotted path stands."""
        applicability = "safe" if safe else "unsafe"
        return (Repair("respell", values={"right": right, "applicability": applicability}, places={"wrong": place}),)

    def draft(
        self,
        rule: Rule,
        call: SdkCall,
        message: str,
        related: Sequence[tuple[Place, str]] = (),
        repairs: Sequence[Repair] = (),
        confidence: Confidence | None = None,
    ) -> Draft:
        """A finding at ``call``; see ``Draft`` for what the message may refer to."""
        sure = call.confidence if confidence is None else confidence
        identity = f"{call.operation.service}.{call.operation.name}"
        place = self.place_of(call)
        function = call.function if place is call.place else self.name
        return Draft(
            rule, place, function, sure, message, tuple(related), tuple(repairs), rank(call), (identity,), call.place
        )

    def draft_in(
        self,
        rule: Rule,
        repeat: Repeat,
        call: SdkCall,
        message: str,
        repairs: Sequence[Repair] = (),
        read: SdkCall | None = None,
    ) -> Draft:
        """A finding about a call that is repeated; ``{line0}`` is the repeat's. One for each repeat of this module.

        With a ``read`` before the repeat the witness begins there, and ``{line1}`` is the repeat's.
        """
        told = self.told_at(repeat)
        words = "starts again here" if repeat.form in {"recursion", "task"} else "repeats it"
        through = ((place, "through this call") for place in self.ways(call))
        first = [(read.place, f"`{read.operation.method}` reads it")] if read is not None else []
        sent = (call.place, f"`{call.operation.method}` is sent here")
        related = (*first, (told or repeat.place, words), *through, sent)
        return self.draft(rule, call, message, related, repairs)._replace(cause=told or call.place)

    def draft_of(self, rule: Rule, place: Place, call: SdkCall, message: str) -> Draft:
        """A finding about a part of a request, at the place where that part is made; ``{line0}`` is the call's."""
        at = place if place.chunk not in self.elsewhere else self.place_of(call)
        related = ((self.place_of(call), f"`{call.operation.method}` is sent here"),)
        return self.draft(rule, call, message, related)._replace(place=at, cause=place)

    def draft_at(
        self, rule: Rule, place: Place, function: str, message: str, repairs: Sequence[Repair], calls: Sequence[SdkCall]
    ) -> Draft:
        """A finding at a place that is no call, about the error of ``calls``."""
        related = tuple((call.place, f"`{call.operation.method}` is called here") for call in calls[:MOST_CALLS])
        sure = min((call.confidence for call in calls), default=Confidence.HIGH)
        entries = tuple(dict.fromkeys(f"{call.operation.service}.{call.operation.name}" for call in calls[:MOST_CALLS]))
        return Draft(rule, place, function, sure, message, related, tuple(repairs), entries=entries)

    def in_sight(self, test: CodeTest) -> Place | None:
        """Where a comparison stands, if that is in this module."""
        return test.place if test.place.chunk not in self.elsewhere else None

    def written(self, literal: Literal) -> Place | None:
        """Where a constant stands, if that is in this module."""
        place = literal.place
        return place if place is not None and place.chunk not in self.elsewhere else None


def rank(call: SdkCall) -> tuple[int, int]:
    """Of several ways to the same finding the shortest is told."""
    return len(call.frames), call.order
