"""Units: what rules look at. One unit is one function followed with everything it reaches inside the module.

Which functions are worth following is decided on words alone (*triggers*, see ``triage``); which others they may enter
is the closure over the names they mention (*relevance*). A write whose data comes in through a parameter makes its
callers units too.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..catalogue import Catalogue
from ..rule import Confidence, Draft, Repair, Rule
from . import codes
from .answers import EXISTS, answers
from .assignments import incoming
from .confusion import Confused, confused
from .creation import check_then_creates
from .evaluate import Globals, Run, Trace
from .events import Catch, CodeTest, Literal, Repeat, SdkCall
from .lifecycle import Overlap, overlaps
from .link import ChunkFacts, ClassLink, FunctionLink, ModuleLink
from .locks import BlindRelease, blind_releases, creating, is_lock, is_release, lends
from .once import dynamic, once
from .operations import OBJECT, Resolver
from .preconditions import Defeated, Inert, defeated, inert
from .retried import InVain, endless, holds, in_vain, reposts, retries
from .stale import Replayed, Stale, replayed, stale
from .streams import Drained, drained
from .swallowing import Swallowed, conflicts_dropped, foreign_taken
from .tokens import Shared, Twice, Weak, fresh_token, missing, shared, steadied, twice, weak
from .values import EACH, UNKNOWN, Place, Record, part_of
from .witness import REPLACING, LostUpdate, guarded, lost_updates, same_resource, unguarded_writes

if TYPE_CHECKING:
    from ..catalogue.model import ErrorInfo, Precondition
    from .chunks import Chunk, Module
    from .modules import Modules

ORDINARY = frozenset(
    {".__init__", ".add", ".append", ".clear", ".close", ".copy", ".format", ".get", ".items", ".join", ".keys", ".pop"}
    | {".read", ".replace", ".run", ".set", ".split", ".update", ".values", ".write"}
)
"""Methods that say too little to make a function worth entering that mentions them."""
ASKING = frozenset({"isinstance", "status_code", "error_code", "status"})
"""What predicates on errors say, which policies name."""
CALLER_ROUNDS = 3
MOST_CALLS = 3
HELPER_ROUNDS = 2


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
        for lost in lost_updates(self.exposed, self.trace.ordered):
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
        return codes.meant(self.catalogue, text, calls, closed=closed, shared=shared)

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
                code = codes.without_body(self.catalogue, catch, error, self.trace.tests)
                if code is not None:
                    message = f"{self.named(attempt.calls)} never raises `{catch.name}`"
                    yield catch, f"{message}: its answer has no body, and the code is `{code}`", ""
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
        return replace(self.draft(rule, call, message, related, repairs), cause=told or call.place)

    def draft_of(self, rule: Rule, place: Place, call: SdkCall, message: str) -> Draft:
        """A finding about a part of a request, at the place where that part is made; ``{line0}`` is the call's."""
        at = place if place.chunk not in self.elsewhere else self.place_of(call)
        related = ((self.place_of(call), f"`{call.operation.method}` is sent here"),)
        return replace(self.draft(rule, call, message, related), place=at, cause=place)

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


def precondition_repairs(lost: LostUpdate, writes: Sequence[SdkCall]) -> tuple[Repair, ...]:
    """What ``fixes`` needs to guard the write with what the read answered; nothing where they are in two functions.

    Other writes of the same resource between the two are named too: after one of them the version read is an old one.
    """
    write, read = lost.write, lost.source
    if isinstance(read, Record) or write.frames != read.frames or write.function != read.function or read.deferred:
        return ()
    if write.place.chunk is not read.place.chunk or write.opaque:
        return ()
    between = [call for call in writes if read.order < call.order < write.order and call.place != write.place]
    between = [call for call in between if call.operation.resource == read.operation.resource]
    between = [call for call in between if same_resource(call, read)]
    if any(call.frames != write.frames or call.place.chunk is not write.place.chunk for call in between):
        return ()
    preconditions = write.operation.preconditions or {}
    places = {"write": write.call, "read": read.call}
    places |= {f"between{number}": call.call for number, call in enumerate(between)}
    creates = next((f"{p.member}={p.creates}" for p in preconditions.values() if p.creates), "")
    for member, precondition in preconditions.items():
        for source in precondition.sources:
            operation, _, path = source.partition(".")
            if operation == read.operation.name and precondition.kind == "sdk" and read.operation.effect == "read":
                values = version_values(precondition, path)
                values["methods"] = f"{read.operation.method} {write.operation.method}"
                return (Repair("pass-version", values=values, places=places),)
            if operation == read.operation.name and EACH not in path:
                values = {"member": member, "output": path, "creates": creates, "since": precondition.since}
                return (Repair("pass-precondition", values=values, places=places),)
        if precondition.kind == "condition-expression" and read.data_paths:
            return condition_repair(lost, read, member, places)
    return ()


def owners_of(taking: SdkCall, release: SdkCall) -> Iterator[tuple[str, str, str]]:
    """The attributes of a lock that are the taker's own: name, attribute of ``self``, and type where it is typed."""
    given = (release.arguments.get(member) for member in release.operation.key)
    keys = {name for key in given if key is not None for name in key.names()}
    for member in taking.operation.payload:
        document = taking.arguments.get(member)
        for name in sorted(document.names() if document is not None else ()):
            value = document.named(name) if document is not None else None
            kinds = sorted(value.names()) if value is not None else []
            inner = value.named(kinds[0]) if value is not None and len(kinds) == 1 else value
            part = part_of(inner.key) if inner is not None else None
            if part is not None and part[0] == ("self",) and isinstance(part[1], str) and name not in keys:
                yield name, part[1], kinds[0] if kinds else ""


def written_owners(taking: SdkCall, release: SdkCall) -> Iterator[tuple[str, str, str]]:
    """The same as they are written in the call, where what the attributes of ``self`` hold was made in sight."""
    text = taking.call.chunk.text[taking.call.start : taking.call.end]
    try:
        call = ast.parse(f"({text})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    given = (release.arguments.get(member) for member in release.operation.key)
    keys = {name for key in given if key is not None for name in key.names()}
    for argument in call.keywords if isinstance(call, ast.Call) else ():
        if argument.arg not in taking.operation.payload or not isinstance(argument.value, ast.Dict):
            continue
        for key, value in zip(argument.value.keys, argument.value.values, strict=True):
            name = key.value if isinstance(key, ast.Constant) else None
            attribute, kind = of_self(value)
            if attribute and isinstance(name, str) and name not in keys:
                yield name, attribute, kind


def of_self(node: ast.expr) -> tuple[str, str]:
    """The attribute of ``self`` that an expression is, and its type where it is typed; empty where it is none."""
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=attribute):
            return attribute, ""
        case ast.Dict(
            keys=[ast.Constant(value=str(kind))], values=[ast.Attribute(value=ast.Name(id="self"), attr=attribute)]
        ):
            return attribute, kind
    return "", ""


def creation_repairs(write: SdkCall, check: SdkCall, creating: Precondition | None) -> tuple[Repair, ...]:
    """What ``fixes`` needs to make a write create only; a helper that others call to overwrite is left alone."""
    if write.frames:
        return ()
    if write.operation.creator:
        own = {*write.operation.payload, *(name.partition("/")[0] for name in write.operation.key)}
        plain = write.arguments.keys() <= own and not write.opaque
        values = {"method": write.operation.creator}
        return (Repair("create-instead", values=values, places={"write": write.call}),) if plain else ()
    if creating is None or guarded(write) or write.operation.negotiated:
        return ()
    keys = (check.arguments.get(member) for member in check.operation.key)
    names = sorted(name for key in keys if key is not None for name in key.names())
    if "{key}" in creating.creates and not names:
        return ()
    values = {
        "member": creating.member,
        "creates": creating.creates,
        "since": creating.since,
        "key": names[0] if names else "",
        "imports": "\n".join(creating.imports),
        **(write.operation.condition or {}),
    }
    return (Repair("create-only", values=values, places={"write": write.call}),)


def version_values(precondition: Precondition, path: str) -> dict[str, str]:
    """How the version is read and passed: the path as code, and the other arguments, one on a line."""
    parts = re.findall(r"\[(\w+)\]|(\w+)", path)
    code = "".join(f'["{item}"]' if item else f".{attribute}" for item, attribute in parts)
    return {
        "member": precondition.member,
        "path": code,
        "access": precondition.access,
        "creates": precondition.creates,
        "since": precondition.since,
        "also": "\n".join(f"{name}={value}" for name, value in precondition.also.items()),
        "imports": "\n".join(precondition.imports),
    }


def condition_repair(lost: LostUpdate, read: SdkCall, member: str, places: dict[str, Place]) -> tuple[Repair, ...]:
    """A condition on the attributes that the write changes, as far as their names are in sight."""
    depth, operation = len(read.data_paths[0]), lost.write.operation
    if len(read.data_paths) != 1 or depth != 1 or operation.condition is None:
        return ()
    if operation.expression and operation.expression not in lost.write.arguments:
        return ()  # the older way to say what changes cannot be combined with a condition
    attributes = {path[depth] for path in lost.paths if len(path) > depth}
    whole = {path for path in lost.paths if len(path) <= depth}
    if whole:
        attributes |= {name for name in lost.touched if isinstance(name, str)}
        if not lost.touched or None in lost.touched or any(not isinstance(name, str) for name in lost.touched):
            return ()
    if not attributes or any("[]" in name or "\0" in name for name in attributes):
        return ()
    keys = {
        name for value in map(read.arguments.get, read.operation.key) if value is not None for name in value.names()
    }
    values = {
        "member": member,
        "form": lost.write.form,
        "document": read.data_paths[0][0],
        "attributes": "\n".join(sorted(attributes)),
        "keys": "\n".join(sorted(keys)),
        **(operation.condition or {}),
        "whole": "yes" if whole else "",
        "nested": "yes" if whole and lost.nested else "",
    }
    return (Repair("condition-on-read", values=values, places=places),)


def version_arguments(found: Stale) -> dict[str, str]:
    """Which arguments of a refused write carry the version and the document, for ``moves.read_again``."""
    call, condition = found.call, found.call.operation.condition
    text = call.arguments[found.member].const if condition and found.member in call.arguments else None
    compared = re.findall(r":\w+", text) if isinstance(text, str) else []
    versions = [(condition or {}).get("values", "")] if compared else [found.member]
    documents = [member.partition("[")[0] for member in call.operation.payload]
    return {
        "order": " ".join(call.operation.members if call.form == OBJECT else ()),
        "versions": " ".join(versions),
        "documents": " ".join(documents),
        "compared": " ".join(compared),
    }


def rank(call: SdkCall) -> tuple[int, int]:
    """Of several ways to the same finding the shortest is told."""
    return len(call.frames), call.order


@dataclass(frozen=True, slots=True)
class Judged:
    """Which chunks trigger, and all that this rests on beside their texts; ``acting`` is None if nobody asked."""

    around: tuple[object, ...] = ()
    acting: frozenset[str] | None = None
    triggers: Mapping[ChunkFacts, bool] = field(default_factory=dict)


@dynamic
class Linked:
    """A module ready to be followed, unit by unit."""

    def __init__(
        self,
        module: Module,
        chunks: list[ChunkFacts],
        path: str,
        modules: Modules,
        before: Linked | None = None,
    ) -> None:
        """``chunks`` are those of ``module``; ``before`` is it as it was before some edits."""
        self.catalogue = modules.catalogue
        self.modules = modules
        self.link = ModuleLink(module, chunks, path, modules, self.shared)
        self.words = modules.words
        if before is not None:
            self._take_over(before)
        self.resolver = Resolver(self.catalogue, self.link.named & self.catalogue.services)
        self._shared: tuple[int, Globals] | None = None
        self._judged: Judged = before._judged if before is not None else Judged()

    def _take_over(self, before: Linked) -> None:
        """Keep what is known of the whole module, where only functions differ, and not in what it rests on."""
        old, new = before.link.chunks, self.link.chunks
        changed = [(was, now) for was, now in zip(old, new, strict=False) if was is not now]
        if len(old) != len(new) or any(was.outside != now.outside for was, now in changed):
            return
        self.link.take_over(before.link, changed)
        kept = ["beside", "calling_again"]
        if all(before.acts(was) == before.acts(now) for was, now in changed):
            kept.append("acting")
        for name in kept:
            if name in before.__dict__:
                self.__dict__[name] = before.__dict__[name]

    def shared(self) -> Globals:
        """What all runs share of this module; made anew when something in the project has changed."""
        if self._shared is None or self._shared[0] != self.modules.changes:
            self._shared = self.modules.changes, Globals(self.link, self.resolver, self.relevant)
        return self._shared[1]

    def relevant(self) -> frozenset[ChunkFacts]:
        """Functions that may reach an SDK call, make a client or look at an error: worth entering."""
        return self.modules.memo(("relevant", self.link.path), self._relevant)

    def _relevant(self) -> tuple[frozenset[ChunkFacts], set[str]]:
        names: set[str] = set()
        imports, probed = self.modules.imports_of(self.link.path)
        for path in imports:
            names |= self.modules.offered(path)
        names = self.modules.outline(self.link.path).here(names)
        return self.reaching(names - ORDINARY), {self.link.path, *imports, *probed}

    @once
    def offered(self) -> frozenset[str]:
        """The names by which other modules may use what is worth entering here; methods with a dot before them."""
        chunks = self.reaching(set())
        names = {chunk.called for chunk in chunks} | {c.chunk.owner[-1] for c in chunks if c.chunk.owner}
        for name, bound in self.link.globals.items():
            if any(chunk.mentions(names) or chunk.traits.makes for chunk in bound):
                names.add(name)
        return frozenset(names)

    @once
    def foreign(self) -> frozenset[str]:
        """The names that are imported, but are no objects of the project: its modules, and what is foreign."""
        imports = self.modules.outline(self.link.path).imports
        found = ((local, self.modules.find(origin, self.link.path)) for local, origin in imports)
        return self.link.imported - {local for local, module in found if module is not None and module.rest}

    @property
    def imports(self) -> tuple[str, ...]:
        """The files of the project's modules that this one imports, in order."""
        return self.modules.imports_of(self.link.path)[0]

    def reaching(self, names: set[str]) -> frozenset[ChunkFacts]:
        """The functions that have to do with an SDK or mention ``names``, and in steps who mentions them."""
        out: set[ChunkFacts] = set()
        functions = [chunk for chunk in self.link.chunks if chunk.chunk.kind == "function"]
        tokens = any(chunk.traits.carries for chunk in functions)
        fresh = {
            chunk
            for chunk in functions
            if chunk.traits.judges(self.foreign) or chunk.traits.makes or chunk.traits.calls_again or self.calls(chunk)
        }
        if tokens:
            out |= {chunk for chunk in functions if chunk.traits.makes_anew}
        again = self.calling_again | self.words.repeats | policies(self.modules, self.link.path, passing=False)
        repeating = [chunk.words for chunk in self.link.chunks if chunk.mentions(again)]
        if repeating:
            asking = {chunk for chunk in functions if not chunk.words.isdisjoint(ASKING)}
            out |= {chunk for chunk in asking if any(chunk.called in words for words in repeating)}
        for _ in range(HELPER_ROUNDS):
            out |= fresh
            names = names | {chunk.called for chunk in fresh}
            fresh = {chunk for chunk in functions if chunk not in out and chunk.mentions(names)}
            names = set()
        return frozenset(out | fresh)

    @once
    def present(self) -> frozenset[ChunkFacts]:
        """Every chunk of the module."""
        return frozenset(self.link.chunks)

    @property
    def triggers(self) -> tuple[ChunkFacts, ...]:
        """The chunks to follow first."""
        return self.modules.memo(("triggers", self.link.path), self._triggers)

    def _triggers(self) -> tuple[tuple[ChunkFacts, ...], set[str]]:
        again = frozenset(self.calling_again | self.words.repeats | policies(self.modules, self.link.path))
        around, former = (self.beside, again, self.foreign), self._judged
        same = former.around == around and (former.acting is None or former.acting == self.acting)
        known = former.triggers if same else {}
        judged = {
            chunk: known[chunk] if chunk in known else self.is_trigger(chunk, again) for chunk in self.link.chunks
        }
        if not self.modules.view.settled:
            self._judged = Judged(around, self.__dict__.get("acting"), judged)
        imports, probed = self.modules.imports_of(self.link.path)
        return tuple(chunk for chunk, triggers in judged.items() if triggers), {self.link.path, *imports, *probed}

    def is_trigger(self, chunk: ChunkFacts, again: AbstractSet[str]) -> bool:
        """Whether a chunk is to be followed first; ``again`` are names of what calls functions again."""
        plain = self.beside[0]
        return (
            chunk.traits.writes
            or self.repeats(chunk, again)
            or chunk.traits.judges(self.foreign)
            or (bool(plain) and chunk.mentions(plain))
        )

    @once
    def calling_again(self) -> set[str]:
        """The module's own functions and methods that seem to call others again when they fail."""
        return {c.called for c in self.link.chunks if c.chunk.kind == "function" and c.traits.calls_again}

    @once
    def beside(self) -> tuple[frozenset[str], ...]:
        """Plain words that count in this module, because it names their SDK: see ``Catalogue.plain_words``."""
        return self.words.beside(set(itertools.chain.from_iterable(chunk.traits.sdks for chunk in self.link.chunks)))

    @once
    def acting(self) -> frozenset[str]:
        """The names of the functions that call operations which do more than read, as far as these say something."""
        functions = (chunk for chunk in self.link.chunks if chunk.chunk.kind == "function" and self.acts(chunk))
        return frozenset(chunk.called for chunk in functions) - ORDINARY

    def acts(self, chunk: ChunkFacts) -> bool:
        """Whether a chunk may call an operation that does more than read: to repeat what only reads harms nobody."""
        return chunk.traits.acts or chunk.traits.writes or chunk.traits.builds or self.called_beside(chunk)

    def calls(self, chunk: ChunkFacts) -> bool:
        """Whether a chunk may call an SDK operation, make an SDK object, or build the request of a write."""
        return chunk.traits.calls or self.called_beside(chunk)

    def called_beside(self, chunk: ChunkFacts) -> bool:
        """Whether a chunk has a plain word that is a call beside the SDK that its module names."""
        return bool(self.beside[1]) and chunk.mentions(self.beside[1])

    def repeats(self, chunk: ChunkFacts, again: AbstractSet[str]) -> bool:
        """Whether a chunk may send a request again, or name the token by which that is recognised.

        ``again`` are names of what calls functions again.
        """
        if chunk.traits.resends:
            return True
        repeated = chunk.mentions(again)
        if self.beside[2] and chunk.mentions(self.beside[2]):
            return repeated or chunk.traits.tries_again
        return repeated and (chunk.traits.acts or chunk.mentions(self.acting))

    def statements(self, names: set[str]) -> list[ChunkFacts]:
        """The module's own statements that are worth following, or that mention one of ``names``."""
        own = [chunk for chunk in self.triggers if chunk.chunk.kind == "statement" and not chunk.chunk.owner]
        if own or not names:
            return own
        return [
            chunk
            for chunk in self.link.chunks
            if chunk.chunk.kind == "statement" and not chunk.chunk.owner
            if not chunk.imports and chunk.mentions(names)
        ]

    def follow(self, chunk: ChunkFacts) -> Unit | None:
        """The unit of one function chunk."""
        function = self.link.unit(chunk)
        if function is None:
            return None
        unit = self.unit(function.qualname, Run(self.shared()).follow(function))
        owner = function.owner
        if owner is not None and any(call.operation.effect in REPLACING for call in unit.writes):
            unit.trace.looked.add((self.link.path, "methods", "", owner.name))
            unit = replace(unit, lent=lends(owner))
        if any(is_release(call) for call in unit.writes):
            unit = replace(unit, taken=tuple(self.taken_beside(function, unit.trace)))
        return unit

    def templates(self) -> Iterator[tuple[ClassLink, FunctionLink]]:
        """The methods that classes of this module inherit, and that speak of methods by which these read and write."""
        for cls in self.link.classes.values():
            own = cls.methods.items() if cls.bases else ()
            asking = {name for name, found in own if any(method.facts.traits.calls for method in found)}
            writing = {name for name in asking if any(method.facts.traits.writes for method in cls.methods[name])}
            parents = cls.lineage() if writing and len(asking) > 1 else ()
            seen = set(cls.methods)
            for parent in itertools.islice(parents, 1, None):
                for name in [name for name in parent.methods if name not in seen]:
                    seen.add(name)
                    for method in parent.defined(name)[-1:]:
                        spoken = method.facts.words & asking
                        if len(spoken) > 1 and not spoken.isdisjoint(writing):
                            yield cls, method

    def follow_inherited(self, cls: ClassLink, function: FunctionLink) -> Unit:
        """The unit of a method as an object of ``cls`` inherits it."""
        trace = Run(self.shared()).follow(function, cls)
        return self.unit(function.qualname, trace)

    def taken_beside(self, function: FunctionLink, trace: Trace) -> Iterator[SdkCall]:
        """The conditional creations in the other methods of the class, or the other functions of the module."""
        owner = function.owner
        if owner is not None:
            trace.looked.add((self.link.path, "methods", "", owner.name))
            others = [method for cls in owner.lineage() for name in cls.methods for method in cls.defined(name)]
        else:
            trace.looked.add((self.link.path, "functions"))
            others = [unit for chunk in self.link.functions.values() if (unit := self.link.unit(chunk)) is not None]
        for other in others:
            if other.facts is not function.facts and (other.facts.traits.writes or self.beside[0]):
                beside = Run(self.shared()).follow(other)
                trace.include(beside)
                yield from (call for call in beside.calls if creating(call))

    def follow_module(self) -> Unit:
        """The unit of the module's own statements."""
        chunks = [c for c in self.link.chunks if c.chunk.kind == "statement" and not c.chunk.owner]
        return self.unit("<module>", Run(self.shared()).follow_module(chunks))

    def unit(self, name: str, trace: Trace) -> Unit:
        """What a run saw, as rules look at it."""
        elsewhere = frozenset(facts.chunk for facts in trace.consulted if facts.path != self.link.path)
        return Unit(name, trace, self.catalogue, elsewhere)

    def callers(self, names: set[str], known: set[ChunkFacts]) -> list[ChunkFacts]:
        """The function chunks that mention one of ``names`` and are not known yet, in file order."""
        return [
            chunk
            for chunk in self.link.chunks
            if chunk.chunk.kind == "function" and chunk not in known and chunk.mentions(names)
        ]


def policies(modules: Modules, path: str, *, passing: bool = True) -> set[str]:
    """The names by which retry policies go in the module at ``path``; attributes have a dot before them.

    ``passing`` says to look at what the modules of the project that it imports import themselves.
    """
    known = modules.words.policies
    names: set[str] = set()
    for local, origin in modules.outline(path).imports:
        if origin in known:
            names.add(local)
        names |= modules.words.policies_in.get(origin, frozenset())
        module = modules.find(origin, path) if passing else None
        if module is None:
            continue
        passed = modules.again(module.path) | policies(modules, module.path, passing=False)
        if module.rest and module.rest[0] in passed:
            names.add(local)
        elif not module.rest:
            names |= {f".{name}" for name in passed if not name.startswith(".")}
    return names


def escaping(unit: Unit) -> set[str]:
    """The functions through whose parameters a write of this unit gets its data: their callers decide.

    So they do where a request's token is made here, by repeating all of it. A method has a dot before its name.
    """
    head, _, name = unit.name.rpartition(".")
    out = {f".{name}" if head else name} if any(map(fresh_token, unit.trace.calls)) else set()
    for call in unit.writes:
        values = [v for member in call.operation.payload if (v := call.argument(member.partition("[")[0])) is not None]
        unseen = bool(call.operation.payload) and not values  # put into the request by somebody else
        if unseen or call.opaque or any(value.const is UNKNOWN for value in values):
            out.add(f".{name}" if head else name)
    return out
