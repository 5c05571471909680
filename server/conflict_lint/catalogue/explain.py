"""Entries for people: what an error, an operation or a status means, for hovers and ``conflict-lint explain``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from conflict_lint.catalogue.model import Advice, Entry, ErrorInfo, Operation
from conflict_lint.catalogue.store import Catalogue

SHOWN = 12  # names in an enumeration before it is cut short

RETRIES = {
    "never": "A retry cannot help.",
    "after-waiting": "Retry after the resource has become ready.",
    "after-refetch": "Retry only after reading again.",
    "same-request": "The same request may be sent again, with a growing, jittered delay and a limit.",
}
EFFECTS = {
    "read": "reads one thing",
    "list": "reads many things",
    "create": "creates, and fails or doubles if it exists",
    "replace": "replaces the whole of what is there",
    "update": "changes named parts on the server",
    "append": "adds to what is there on the server",
    "delete": "deletes",
}


def entries(catalogue: Catalogue, query: str) -> Iterator[Entry]:
    """Every entry for a wire code, exception class, ``service.method``, method, API name or HTTP status."""
    words = [
        word for word in re.split(r"[.\s]+", query.strip()) if word not in ("client", "exceptions", "HTTP", "http")
    ]
    dotted = ".".join(words)
    scope, name = None, dotted
    if len(words) > 1 and words[0] in catalogue.services:
        scope, name = words[0], ".".join(words[1:])
    if re.fullmatch(r"[1-5]\d\d", name):
        yield from _status(catalogue, int(name))
    yield from _errors(catalogue, name, scope)
    yield from _operations(catalogue, name, scope)


def nearest(catalogue: Catalogue, query: str) -> Iterator[str]:
    """The closest known names, the best first."""
    import difflib

    name = query.strip().split(".")[-1]
    known = catalogue.known_errors() | catalogue.known_methods()
    near = [word for word in known if abs(len(word) - len(name)) <= 3 and set(word[:2].lower()) & set(name[:2].lower())]
    yield from difflib.get_close_matches(name, sorted(near), 3, 0.75)


def _status(catalogue: Catalogue, status: int) -> Iterator[Entry]:
    kind = catalogue.kind_of_status(status)
    if kind is None:
        return
    name, advice = kind
    yield Entry(f"http/{status}", f"HTTP {status}", (("kind", name),), tuple(_sections(advice)))


def _errors(catalogue: Catalogue, name: str, scope: str | None) -> Iterator[Entry]:
    """Errors with advice of their own one by one, then the others of the same kind together, then the common code."""
    alike: dict[str, list[ErrorInfo]] = defaultdict(list)
    for service in sorted(catalogue.error_services(name)):
        if scope in (None, service):
            known = catalogue.service(service)
            error = known.codes.get(name) or known.exceptions[name]
            if error.advice:
                yield _error(catalogue, [error])
            else:
                alike[error.kind].append(error)
    for errors in alike.values():
        yield _error(catalogue, errors)
    if name in catalogue.common_codes and not scope:
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
    sections = list(_sections(catalogue.advice(first)))
    if first.retryable:
        sections.append(("SDK", "The SDK itself repeats a request that gets this answer."))
    identity = f"{services[0]}/{first.code}" if len(services) == 1 else first.code
    return Entry(f"aws/{identity}", first.code, tuple(facts), tuple(sections))


def _operations(catalogue: Catalogue, name: str, scope: str | None) -> Iterator[Entry]:
    methods = catalogue.methods(name) or (catalogue.services if name[:1].isupper() else ())
    found = [catalogue.service(service).operation(name) for service in sorted(methods) if scope in (None, service)]
    known = [operation for operation in found if operation]
    curated = [operation for operation in known if operation.effect]
    for operation in curated or known[:3]:
        yield _operation(catalogue, operation)


def _operation(catalogue: Catalogue, operation: Operation) -> Entry:
    facts = [("service", operation.service), ("API", f"`{operation.name}`")]
    if operation.effect:
        facts.append(("effect", EFFECTS[operation.effect]))
    if operation.token:
        facts.append(("idempotency token", f"`{operation.token}`, filled in by the SDK once per call"))
    sections = [("Precondition", _precondition(operation))] if operation.preconditions is not None else []
    if operation.advice:
        sections.append(("What to do", operation.advice))
    codes = list(_own_codes(catalogue, operation))
    if codes:
        sections.append(("Errors", _enumerate([f"`{code}`" for code in codes])))
    title = f"{operation.service}.{operation.method}"
    return Entry(f"aws/{operation.service}/{operation.name}", title, tuple(facts), tuple(sections))


def _own_codes(catalogue: Catalogue, operation: Operation) -> Iterator[str]:
    """What a failed condition answers, then what the operation declares or is listed with; not the general codes."""
    service = catalogue.service(operation.service)
    yield from operation.failure
    declared = {service.exceptions[shape].code for shape in operation.errors}
    listed = {code for code, error in service.codes.items() if operation.name in error.operations}
    yield from sorted((declared | listed) - set(operation.failure))


def _precondition(operation: Operation) -> str:
    if not operation.preconditions:
        return "The API has none."
    texts = []
    for member, precondition in operation.preconditions.items():
        text = f"`{member}`"
        if precondition.sources:
            text += f" (from `{precondition.sources[0]}`)"
        if precondition.creates:
            text += f" (`{precondition.creates}` creates only)"
        if precondition.required:
            text += " required"
        texts.append(text)
    return ", ".join(texts) + "."


def _sections(advice: Advice | None) -> Iterator[tuple[str, str]]:
    if advice:
        yield "What it means", advice.meaning
        yield "Why", advice.why
        yield "Retry", RETRIES[advice.retry]
        yield "What to do", advice.action


def _enumerate(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + more
