"""Entries for people: what an error, an operation or a status means, for hovers and ``conflict-lint explain``."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from conflict_lint.catalogue.conflicts import is_about
from conflict_lint.catalogue.model import (
    READS,
    Advice,
    Case,
    CuratedError,
    Entry,
    ErrorInfo,
    Operation,
    RetryDefaults,
    SdkError,
)
from conflict_lint.catalogue.store import Catalogue

SHOWN = 12  # names in an enumeration before it is cut short

RETRIES = {
    "never": "No: this request can never succeed as it is.",
    "after-waiting": "Not at once: the same request can succeed when the resource has become ready.",
    "after-refetch": "No: read again, decide again, and send what follows from that.",
    "new-token": "No: not with this token.",
    "same-request": "Yes: the same request, with a growing, jittered delay and a limit.",
}
EFFECTS = {
    "read": "reads one thing",
    "list": "reads many things",
    "create": "creates, and fails or doubles if it exists",
    "replace": "replaces the whole of what is there",
    "update": "changes named parts on the server",
    "append": "adds to what is there on the server",
    "delete": "deletes",
    "start": "starts or stops something",
}
VERBS = (  # how the names of methods begin that nobody described, and what such methods do
    (r"(?:get|list|query|exists)", "read"),
    (r"(?:create_or_(?:update|replace)|replace|put|upsert|set_|upload|swap)", "replace"),
    (r"(?:create|insert|import|copy|bulk_insert|upload)", "create"),
    (r"(?:add_|append|publish|send|attach|bulk|batch|submit|execute)", "append"),
    (r"(?:\w+_by_query|reindex)", "update"),
    (r"(?:delete|remove|purge|destroy|detach|clear|undelete)", "delete"),
    (r"(?:update|patch|rename|resize|move|modify|enable|disable|restore)", "update"),
    (r"(?:start|stop|run|restart|reset|deallocate|reboot|suspend|resume|cancel|power_off|redeploy|reimage)", "start"),
)
REPEATED = {
    "always": "It repeats this method.",
    "never": "It never repeats this method.",
    "generation": "It repeats this method only with a precondition on the generation.",
    "metageneration": "It repeats this method only with a precondition on the metageneration.",
    "etag_in_json": "It repeats this method only if the policy has an etag.",
}
GUARDED = (
    "With a precondition, yes: if the first attempt was applied, the second one fails. "
    "Without one only if nobody else writes it."
)
EXCLUSIVE = "Yes, but if the first attempt was applied, the second says that it exists: look then whether it is yours."
REPETITIONS = {
    "": "Look first whether the first attempt was applied: nothing says that doing it twice does no harm.",
    "start": "Only if doing it twice does no harm: an attempt whose answer was lost may have started it.",
    "read": "Yes: it changes nothing.",
    "list": "Yes: it changes nothing.",
    "create": "Not blindly: if the first attempt was applied, the second fails or creates a second thing. Look first.",
    "replace": "Only if nobody else writes it: a late repetition overwrites what came in between.",
    "update": "Only if nobody else writes it, or if the change is meant to be applied to whatever is there by then.",
    "append": "Not blindly: an attempt that was applied and whose answer was lost is applied twice.",
    "delete": "Yes, unless somebody may have created it anew in between.",
}
PROVIDERS = {
    "aws": "AWS",
    "azure": "Azure",
    "google": "Google Cloud",
    "http": "HTTP",
    "kubernetes": "Kubernetes",
    "elasticsearch": "Elasticsearch and OpenSearch",
    "stripe": "Stripe",
    "oci": "Oracle Cloud",
    "own": "your own catalogue",
}
NOISE = ("client", "exceptions", "HTTP", "http")  # words of a name that say nothing about which one it is


def entries(catalogue: Catalogue, query: str) -> Iterator[Entry]:
    """Every entry for an identity, wire code, exception class, ``service.method``, API name, HTTP status or guide."""
    query = query.strip()
    if query in catalogue.conflicts.identities:
        yield curated(catalogue, catalogue.conflicts.entry(query))
        return
    if query in PROVIDERS:
        yield from (curated(catalogue, error) for error in catalogue.conflicts if error.provider == query)
        return
    if query.replace("/", ".") in catalogue.sdks or query.removeprefix("aws/") in catalogue.services:
        yield _service(catalogue, query.removeprefix("aws/").replace("/", "."))
        return
    scope, name = _parsed(catalogue, query)
    if name in catalogue.conflicts.guides and scope <= {"guide"}:
        yield _guide(catalogue, name)
    if re.fullmatch(r"[1-5]\d\d", name):
        entries_of_status = list(_status(catalogue, int(name), scope - {"http"}))
        yield from entries_of_status
        if entries_of_status:
            return
    conflicts = catalogue.conflicts
    found = conflicts.find(query) or conflicts.find(name, scope)
    described = list(_described(catalogue, query))
    if not found and not catalogue.methods(name) and not described:
        found = conflicts.of_method(name, scope)
    yield from (curated(catalogue, error) for error in found)
    yield from _errors(catalogue, name, scope, found)
    yield from _sdk_errors(catalogue, query, scope, found)
    yield from _operations(catalogue, name, scope)
    yield from _told(catalogue, name, described)


def _parsed(catalogue: Catalogue, query: str) -> tuple[frozenset[str], str]:
    """The words with which the query begins that name services, providers or packages, and the name behind them."""
    words = [word for word in re.split(r"[./\s]+", query) if word not in NOISE]
    begin = 0
    while begin < len(words) - 1 and words[begin] in catalogue.scopes:
        begin += 1
    return frozenset(words[:begin]), ".".join(words[begin:])


def _is_in(service: str, scope: frozenset[str]) -> bool:
    """Whether a service of AWS is what the words of a query name."""
    return scope <= {"aws", service}


def nearest(catalogue: Catalogue, query: str) -> Iterator[str]:
    """The closest known names, the best first."""
    import difflib

    name = re.split(r"[./\s]", query.strip())[-1]
    known = catalogue.known_errors() | catalogue.known_methods() | catalogue.conflicts.names()
    known = known.union(catalogue.sdk_errors)
    near = [word for word in known if abs(len(word) - len(name)) <= 3 and set(word[:2].lower()) & set(name[:2].lower())]
    yield from difflib.get_close_matches(name, sorted(near), 3, 0.75)


# --- curated ----------------------------------------------------------------------------------------------------------


def curated(catalogue: Catalogue, error: CuratedError) -> Entry:
    """A curated error as an entry."""
    title = f"HTTP {error.name}" if error.provider == "http" else _title(error.name, _where(error), error.status)
    return Entry(
        error.identity,
        title,
        tuple(_curated_facts(catalogue, error)),
        tuple(_curated_sections(error)),
        error.answer,
        error.retry,
    )


def _where(error: CuratedError) -> str:
    """The provider, or what of it the error is about."""
    named = ", ".join(error.services[:3]) + (" …" if len(error.services) > 3 else "")
    if error.provider == "aws":
        return f"AWS {named}".rstrip()
    return named if named and error.provider in ("azure", "google", "own") else PROVIDERS[error.provider]


def _curated_facts(catalogue: Catalogue, error: CuratedError) -> Iterator[tuple[str, str]]:
    services = error.services
    if error.provider == "aws" and not services:
        services = tuple(sorted({s for code in error.codes for s in catalogue.error_services(code)}))
    if services:
        yield ("services" if len(services) > 1 else "service"), _enumerate(services)
    if error.codes and error.provider != "http":
        yield ("wire codes" if len(error.codes) > 1 else "wire code"), _quoted(error.codes)
    for sdk, classes in error.classes.items():
        yield f"class in {sdk}", _quoted(classes)
    if error.status:
        yield "HTTP", ", ".join(map(str, error.status))
    if error.grpc:
        yield "gRPC", error.grpc


def _curated_sections(error: CuratedError) -> Iterator[tuple[str, str]]:
    yield "What it means", error.meaning
    yield "Why", error.why
    if error.cases:
        yield "It depends", "\n".join(f"- {_circumstance(case)}: {case.answer}" for case in error.cases)
    yield "What to do", "\n".join(f"{number}. {step}" for number, step in enumerate(error.steps, 1))
    for sdk, sample in error.samples.items():
        yield f"With {sdk}", f"```python\n{sample.strip()}\n```"
    if error.note:
        yield "Note", error.note
    if error.related:
        yield "See also", _quoted(error.related)
    if error.rules:
        yield "Rules", ", ".join(error.rules)
    yield "Documentation", f"{' '.join(f'<{link}>' for link in error.links)} (reviewed {error.reviewed})"


def _circumstance(case: Case) -> str:
    operations, condition = _quoted(case.operations), _condition(case)
    return "**" + (f"{operations} with {condition}" if operations and condition else operations or condition) + "**"


def _condition(case: Case) -> str:
    """The precondition: as code where it is a word of a program or would be taken for markup."""
    words = case.precondition
    return f"`{words}`" if "*" in words or (words and not re.search(r"\s", words)) else words


def _guide(catalogue: Catalogue, name: str) -> Entry:
    title, _, text = catalogue.conflicts.guide(name).partition("\n")
    return Entry(f"guide/{name}", title.removeprefix("# "), (), (("", text.strip()),))


def _status(catalogue: Catalogue, status: int, scope: frozenset[str]) -> Iterator[Entry]:
    """The entry of a status, with what is answered with it; or its kind of error, where nobody curated it.

    Of a provider or service all that is answered with it.
    """
    if scope:
        answered = (error for error in catalogue.conflicts if status in error.status and is_about(error, scope))
        yield from (curated(catalogue, error) for error in answered)
        return
    alike = [error.identity for error in catalogue.conflicts if status in error.status and error.provider != "http"]
    alike_section = [("Answered with it", _quoted(sorted(alike)))] if alike else []
    for error in catalogue.conflicts.find(f"http/{status}"):
        entry = curated(catalogue, error)
        sections = (*entry.sections[:-1], *alike_section, entry.sections[-1])
        yield Entry(entry.identity, entry.title, entry.facts, sections, entry.answer, entry.retry)
        return
    if kind := catalogue.kind_of_status(status):
        name, advice = kind
        yield _advised(f"http/{status}", f"HTTP {status}", [("kind", name)], advice, alike_section)


# --- generated from the SDKs' models ----------------------------------------------------------------------------------


def _errors(catalogue: Catalogue, name: str, scope: frozenset[str], found: Iterable[CuratedError]) -> Iterator[Entry]:
    """Errors with advice of their own one by one, then the others of the same kind together, then the common code.

    What the curated entries in ``found`` cover is left out; one that names no service covers all that have no advice.
    """
    whole = any(error.provider == "aws" and not error.services and name in error.codes for error in found)
    alike: dict[str, list[ErrorInfo]] = defaultdict(list)
    for service in sorted(catalogue.error_services(name)):
        if _is_in(service, scope):
            known = catalogue.service(service)
            error = known.codes.get(name) or known.exceptions[name]
            if catalogue.conflicts.covering(service, error.code):
                continue
            if error.advice:
                yield _error(catalogue, [error])
            elif not whole:
                alike[error.kind].append(error)
    for errors in alike.values():
        yield _error(catalogue, errors)
    if name in catalogue.common_codes and scope <= {"aws"} and not whole:
        yield _error(catalogue, [catalogue.common_codes[name]])


def _error(catalogue: Catalogue, errors: list[ErrorInfo]) -> Entry:
    first = errors[0]
    services = [error.service for error in errors if error.service]
    facts = [("services" if len(services) > 1 else "service", _enumerate(services) if services else "any")]
    facts.append(("wire code", f"`{first.code}`"))
    if first.within:
        facts.append(("found in", f"`{first.within}`"))
    elif first.shape and first.shape != first.code:
        facts.append(("class", f"`client.exceptions.{first.shape}`"))
    elif not first.shape:
        facts.append(("class", "`ClientError` (not modelled)"))
    statuses = sorted({error.status for error in errors if error.status})
    if statuses:
        facts.append(("HTTP", ", ".join(map(str, statuses))))
    if first.kind:
        facts.append(("kind", first.kind))
    more = [("SDK", "The SDK itself repeats a request that gets this answer.")] if first.retryable else []
    if guide := catalogue.guide_of(first.kind):
        more.append(("See also", f"`guide/{guide}`"))
    identity = f"{services[0]}/{first.code}" if len(services) == 1 else first.code
    where = f"AWS {services[0]}" if len(services) == 1 else "AWS"
    return _advised(f"aws/{identity}", _title(first.code, where, statuses), facts, catalogue.advice(first), more)


def _advised(
    identity: str, title: str, facts: list[tuple[str, str]], advice: Advice | None, more: list[tuple[str, str]]
) -> Entry:
    """An entry from the short text about an error or its kind."""
    if advice is None:
        return Entry(identity, title, tuple(facts), tuple(more))
    sections = [("What it means", advice.meaning), ("Why", advice.why), ("What to do", advice.action), *more]
    return Entry(identity, title, tuple(facts), tuple(sections), RETRIES[advice.retry], advice.retry)


def _operations(catalogue: Catalogue, name: str, scope: frozenset[str]) -> Iterator[Entry]:
    methods = catalogue.methods(name) or (catalogue.services if name[:1].isupper() else ())
    found = [catalogue.service(service).operation(name) for service in sorted(methods) if _is_in(service, scope)]
    known = [operation for operation in found if operation]
    described = [operation for operation in known if operation.effect]
    for operation in described or known[:3]:
        yield about(catalogue, operation)


def _described(catalogue: Catalogue, query: str) -> Iterator[Operation]:
    """Operations of SDKs with plain classes, named with the service, the module, the class, its attribute or none."""
    *before, name = (word for word in re.split(r"[./\s]+", query) if word)
    where = {plain for word in before if (plain := _plain(word))}
    seen: set[tuple[str, str]] = set()
    for sdk in catalogue.sdk_methods(name):
        service = catalogue.service(sdk)
        words = {*sdk.split("."), *service.distribution.split("-")}
        words.update(*(map(_plain, module.split(".")) for module in service.sdk_modules))
        known = service.sdk_classes
        named = known.intersection([*before, *(".".join(before[start:]) for start in range(len(before)))])
        for kind in sorted(named or known):
            cls = service.sdk_class(kind)
            method = cls.methods.get(name) if cls is not None else None
            if method is None or method.operation is None or (sdk, method.operation.name) in seen:
                continue
            if where <= words.union(map(_plain, kind.split("."))):
                seen.add((sdk, method.operation.name))
                yield method.operation


@functools.lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """A class, or a variable or attribute that holds one, without what such names end in; empty if that is all."""
    return re.sub(r"_client$|_|(?:Async)?Client$|Operations$", "", name).lower()


def _service(catalogue: Catalogue, name: str) -> Entry:
    """What is known of a service: its classes, what can be guarded, what is recognised when it is repeated, errors."""
    service = catalogue.service(name)
    operations = list(service.operations())
    guarded = [operation.name.replace("/", ".") for operation in operations if operation.preconditions]
    tokens = [operation.name.replace("/", ".") for operation in operations if operation.token]
    own = {name} if name in catalogue.services else {service.distribution}
    errors = [error.identity for error in catalogue.conflicts if own & {*error.services}]
    parts = (
        ("Classes", sorted(service.sdk_classes)),
        ("With a precondition", guarded),
        ("With an idempotency token", tokens),
        ("Errors", errors),
    )
    sections = [(title, _quoted(names)) for title, names in parts if names]
    if defaults := catalogue.retries_of(name):
        sections.append(("Repeated by the SDK", told_defaults(defaults)))
    facts = [("SDK", f"`{service.distribution}`")] if service.distribution else []
    facts.append(("operations known", str(len(operations))))
    where = f"aws/{name}" if name in catalogue.services else name.replace(".", "/")
    return Entry(where, name, tuple(facts), tuple(sections))


def _told(catalogue: Catalogue, name: str, operations: list[Operation]) -> Iterator[Entry]:
    """Operations one by one, those that a person described if there are any; of too many, what each service has."""
    chosen = [operation for operation in operations if operation.effect] or operations
    by_service: dict[str, list[Operation]] = defaultdict(list)
    for operation in chosen:
        by_service[operation.service].append(operation)
    for service, found in by_service.items():
        if len(chosen) <= SHOWN or len(found) == 1:
            yield from (about(catalogue, operation) for operation in found)
        else:
            yield _alike(catalogue, service, name, found)


def _alike(catalogue: Catalogue, service: str, name: str, operations: list[Operation]) -> Entry:
    """The methods of one name that many classes of a service have."""
    guarded = [operation for operation in operations if operation.preconditions]
    sections = [("Classes", _quoted(operation.name.partition("/")[0] for operation in operations))]
    if guarded:
        sections.append(("With a precondition", _quoted(operation.name.partition("/")[0] for operation in guarded)))
    example = f"conflict-lint explain {service}.{operations[0].name.replace('/', '.')}"
    sections.append(("See also", f"`{example}` shows one of them."))
    title = f"{service}.{name} ({len(operations)} classes)"
    answer = REPETITIONS[_effect(catalogue, operations[0])]
    return Entry(f"{service.replace('.', '/')}/{name}", title, (("service", service),), tuple(sections), answer)


def _sdk_errors(
    catalogue: Catalogue, query: str, scope: frozenset[str], found: Iterable[CuratedError]
) -> Iterator[Entry]:
    """Errors of SDKs other than AWS's that nobody described, by their facts and their kind.

    A class may be named by another module than the one it comes from (``google.cloud.exceptions.NotFound``).
    """
    classes = (dotted for error in found for classes in error.classes.values() for dotted in classes)
    known = {(dotted.partition(".")[0], dotted.rpartition(".")[2]) for dotted in classes}
    codes = {(error.provider, code) for error in found for code in error.codes}
    words = re.split(r"[./\s]+", query)
    for error in catalogue.sdk_errors.get(words[-1], ()):
        package = error.dotted.partition(".")[0]
        meant = {error.provider, *re.split(r"[.-]", error.source)}
        if (package, error.name) in known or (error.provider, error.name) in codes:
            continue
        if package == words[0] or (scope <= meant and scope.issuperset(set(words[:-1]) - {*NOISE})):
            yield _sdk_error(catalogue, error)


def _sdk_error(catalogue: Catalogue, error: SdkError) -> Entry:
    where = PROVIDERS.get(error.provider, PROVIDERS["elasticsearch"])
    service = error.source.replace(".", "/") if not error.dotted else error.provider
    facts = [("class in " + error.source, f"`{error.dotted}`")] if error.dotted else [("service", error.source)]
    facts += [] if error.dotted else [("wire code", f"`{error.name}`")]
    facts += [("HTTP", str(error.status))] if error.status else []
    facts += [("gRPC", error.grpc)] if error.grpc else []
    title = _title(error.name, where, [error.status] if error.status else [])
    identity = f"{service}/{error.name}"
    if error.kind == "other":
        meaning = (
            "It stands for many errors, or for one of the program itself: its message and what it wraps tell which."
        )
        return Entry(
            identity, title, tuple(facts), (("What it means", meaning),), "It depends: read its message first."
        )
    more = [("See also", f"`guide/{guide}`")] if (guide := catalogue.guide_of(error.kind)) else []
    facts.append(("kind", error.kind))
    return _advised(identity, title, facts, catalogue.kind_advice(error.kind), more)


def about(catalogue: Catalogue, operation: Operation) -> Entry:
    """An operation as an entry."""
    service = catalogue.service(operation.service)
    api = [("SDK", f"`{service.distribution}`")] if service.distribution else [("API", f"`{operation.name}`")]
    facts = [("service", operation.service), *api]
    if effect := _effect(catalogue, operation):
        guessed = service.distribution and not operation.effect
        told = "creates, and fails if it exists" if _fails_if_there(operation) else EFFECTS[effect]
        facts.append(("effect, by its name" if guessed else "effect", told))
    if operation.token:
        who = "filled in by the SDK once per call" if operation.token_filled else "to be passed by the caller"
        facts.append(("idempotency token", f"`{operation.token}`, {who}"))
    sections = [("Precondition", _precondition(operation))] if operation.preconditions is not None else []
    if advice := operation.advice or _advice(catalogue, operation):
        sections.append(("What to do", advice))
    if lasting := _lasting(catalogue, operation):
        sections.append(("Goes on after the call", lasting))
    if refused := _refused(catalogue, operation):
        sections.append(("When the condition fails", refused))
    if cases := "\n".join(_failures(catalogue, operation)):
        sections.append(("When it conflicts", cases))
    if codes := list(_own_codes(catalogue, operation)):
        sections.append(("Errors", _quoted(codes)))
    if repeated := _repeated(catalogue, operation):
        sections.append(("Repeated by the SDK", repeated))
    title = f"{operation.service}.{operation.name if '/' in operation.name else operation.method}".replace("/", ".")
    known = operation.service if service.distribution else f"aws/{operation.service}"
    identity = f"{known.replace('.', '/')}/{operation.name}"
    return Entry(identity, title, tuple(facts), tuple(sections), _repetition(catalogue, operation))


def _repetition(catalogue: Catalogue, operation: Operation) -> str:
    """Whether a call may be repeated when its answer was lost."""
    effect = _effect(catalogue, operation)
    if operation.preconditions and effect in ("replace", "update", "delete"):
        return GUARDED
    if _fails_if_there(operation):
        return EXCLUSIVE
    if operation.token and effect in ("replace", "update", "delete"):
        return REPETITIONS[effect]
    if operation.token and not operation.token_filled:
        return f"Only with a `{operation.token}` of your own, the same one each time, or it may be done twice."
    if operation.token:
        return (
            f"Within one call the SDK does, with one `{operation.token}`. "
            "If you call it again yourself, pass the same token, or it may be done twice."
        )
    return REPETITIONS[effect]


def _fails_if_there(operation: Operation) -> bool:
    """Whether a creation is known to fail where there is one already."""
    return operation.effect == "create" and bool(operation.failure) and not operation.duplicates


def _effect(catalogue: Catalogue, operation: Operation) -> str:
    """What a call does: as somebody described it, as the model or else its name says; empty where that says nothing."""
    if operation.effect:
        return operation.effect
    if not catalogue.service(operation.service).distribution:
        return "read" if operation.readonly else ""
    verb = operation.method.removeprefix("begin_")
    return next((effect for pattern, effect in VERBS if re.match(pattern, verb)), "")


def _advice(catalogue: Catalogue, operation: Operation) -> str:
    """What to do where nothing can guard a change that only its signature tells about."""
    if (
        operation.effect
        or operation.preconditions
        or _effect(catalogue, operation) not in ("replace", "update", "delete")
    ):
        return ""
    return "Let one writer at a time change it, or make the change with a method that touches less."


def _repeated(catalogue: Catalogue, operation: Operation) -> str:
    """What the SDK sends again by itself: this very method, and any."""
    defaults = catalogue.retries_of(operation.service)
    own = REPEATED.get(operation.repeated, "")
    if defaults is None or _effect(catalogue, operation) in READS:
        return own
    return " ".join(filter(None, [own, told_defaults(defaults)]))


def _lasting(catalogue: Catalogue, operation: Operation) -> str:
    """How one waits for the end of what a call starts, and what turns a call away while another change goes on."""
    change = operation.lifecycle
    if change is not None:
        way = (
            f"for the result of what the call returns (`{change.until}`)"
            if change.polled
            else f'with `get_waiter("{change.until}")`'
        )
        wait = f"Wait {way} before you change the {change.of} again. " if change.until else ""
        codes = _quoted(error.code for error in change.refused)
        return wait + (f"While another change of the {change.of} goes on it is refused with {codes}." if codes else "")
    if not operation.lasting:
        return ""
    defaults = catalogue.retries_of(operation.service)
    busy = f" One that meets another is refused: `{defaults.busy}`." if defaults and defaults.busy else ""
    return f"Wait for the result of what the call returns before the next change of the same thing.{busy}"


def _refused(catalogue: Catalogue, operation: Operation) -> str:
    """What is answered to a failed precondition, where no code of the operation's own says it."""
    defaults = catalogue.retries_of(operation.service)
    if operation.failure or defaults is None:
        return ""
    names = [name.split(".") for name in operation.preconditions or ()]
    known = (defaults.refused.get(".".join(name[-2:]), defaults.refused.get(name[-1])) for name in names)
    found = dict.fromkeys(identity for identity in known if identity)
    entries = map(catalogue.conflicts.entry, found)
    return " ".join(
        f"{_quoted(name for names in e.classes.values() for name in names)} (`{e.identity}`)." for e in entries
    )


def told_defaults(defaults: RetryDefaults) -> str:
    """An SDK's defaults in words."""
    name = f"`{defaults.library}`"
    if defaults.retries == 0:
        return f"{name} sends nothing again. {defaults.conflicts}"
    if not (defaults.retries or defaults.seconds):
        return f"With {name} {defaults.also}. {defaults.conflicts}"
    often = f"up to {defaults.retries} times" if defaults.retries else f"for up to {defaults.seconds} seconds"
    after = [*map(str, defaults.statuses), defaults.also]
    only = f" (only {', '.join(defaults.methods)})" if defaults.methods else ""
    return f"{name} sends a request again{only} {often}: after {', '.join(after)}. {defaults.conflicts}"


def _failures(catalogue: Catalogue, operation: Operation) -> Iterator[str]:
    """What curated errors say about just this operation."""
    scope = catalogue.service(operation.service).distribution or operation.service
    for error in catalogue.conflicts.of_method(operation.method, scope):
        for case in error.cases:
            if operation.method in {name.rpartition(".")[2] for name in case.operations}:
                condition = f" with {_condition(case)}" if case.precondition else ""
                yield f"- `{error.name}`{condition}: {case.answer}"


def _own_codes(catalogue: Catalogue, operation: Operation) -> Iterator[str]:
    """What a failed condition answers, then what the operation declares or is listed with; not the general codes."""
    service = catalogue.service(operation.service)
    yield from operation.failure
    declared = {service.exceptions[shape].code for shape in operation.errors}
    listed = {code for code, error in service.codes.items() if operation.name in error.operations}
    yield from sorted((declared | listed) - set(operation.failure))


def _precondition(operation: Operation) -> str:
    if not operation.preconditions:
        return "The API has none." if operation.effect else "The method has no parameter for one."
    texts = []
    for member, precondition in operation.preconditions.items():
        text = f"`{member}`"
        if precondition.sources:
            text += f" (from `{precondition.sources[0].replace('.[', '[')}`)"
        if precondition.also:
            also = (name if "{" in code else f"{name}={code}" for name, code in precondition.also.items())
            text += f" with `{', '.join(also)}`"
        if precondition.creates:
            text += f" (`{precondition.creates}` creates only)"
        if precondition.required:
            text += " required"
        if precondition.since:
            text += f" since {precondition.since}"
        texts.append(text)
    return ", ".join(texts) + "."


def _title(name: str, where: str, statuses: Iterable[int]) -> str:
    codes = ", ".join(map(str, statuses))
    return f"{name} ({where}{f', HTTP {codes}' if codes else ''})"


def _quoted(names: Iterable[str]) -> str:
    return _enumerate([f"`{name}`" for name in names])


def _enumerate(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + more
