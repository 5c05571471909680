"""Entries for people: what an error, an operation or a status means, for hovers and ``conflict-lint explain``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from conflict_lint.catalogue.model import Advice, Case, CuratedError, Entry, ErrorInfo, Operation
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
}
REPETITIONS = {
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
    scope, name = _parsed(catalogue, query)
    guide = name.removeprefix("guide/")
    if guide in catalogue.conflicts.guides:
        yield _guide(catalogue, guide)
    if re.fullmatch(r"[1-5]\d\d", name) and scope in (None, "http"):
        entries_of_status = list(_status(catalogue, int(name)))
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
    yield from _operations(catalogue, name, scope)
    yield from (_operation(catalogue, operation) for operation in described)


def _parsed(catalogue: Catalogue, query: str) -> tuple[str | None, str]:
    """A service or provider that the query begins with, and the name behind it."""
    words = [word for word in re.split(r"[.\s]+", query) if word not in NOISE]
    if len(words) > 1 and (words[0] in catalogue.services or words[0] in PROVIDERS):
        return words[0], ".".join(words[1:])
    if query.startswith("aws/"):  # what nobody curated has an identity too
        _, _, rest = query.partition("/")
        service, _, name = rest.rpartition("/")
        return service or None, name
    return None, ".".join(words)


def nearest(catalogue: Catalogue, query: str) -> Iterator[str]:
    """The closest known names, the best first."""
    import difflib

    name = re.split(r"[./\s]", query.strip())[-1]
    known = catalogue.known_errors() | catalogue.known_methods() | catalogue.conflicts.names()
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


def _status(catalogue: Catalogue, status: int) -> Iterator[Entry]:
    """The entry of a status, with what is answered with it; or its kind of error, where nobody curated it."""
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


def _errors(catalogue: Catalogue, name: str, scope: str | None, found: Iterable[CuratedError]) -> Iterator[Entry]:
    """Errors with advice of their own one by one, then the others of the same kind together, then the common code.

    What the curated entries in ``found`` cover is left out; one that names no service covers all that have no advice.
    """
    whole = any(error.provider == "aws" and not error.services and name in error.codes for error in found)
    alike: dict[str, list[ErrorInfo]] = defaultdict(list)
    for service in sorted(catalogue.error_services(name)):
        if scope in (None, "aws", service):
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
    if name in catalogue.common_codes and scope in (None, "aws") and not whole:
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


def _operations(catalogue: Catalogue, name: str, scope: str | None) -> Iterator[Entry]:
    methods = catalogue.methods(name) or (catalogue.services if name[:1].isupper() else ())
    found = [catalogue.service(service).operation(name) for service in sorted(methods) if scope in (None, service)]
    known = [operation for operation in found if operation]
    described = [operation for operation in known if operation.effect]
    for operation in described or known[:3]:
        yield _operation(catalogue, operation)


def _described(catalogue: Catalogue, query: str) -> Iterator[Operation]:
    """Operations of SDKs with plain classes, named with the service (``azure.blob``), the class, both or neither."""
    *before, name = re.split(r"[./\s]+", query)
    where = ".".join(before)
    seen: set[str] = set()
    for service in catalogue.sdk_methods(name):
        for kind in sorted(catalogue.service(service).sdk_classes):
            cls = catalogue.service(service).sdk_class(kind)
            method = cls.methods.get(name) if cls is not None else None
            named = {"", service, service.partition(".")[0], kind, f"{service}.{kind}"}
            if method is not None and method.operation is not None and where in named and service not in seen:
                seen.add(service)
                yield method.operation


def _operation(catalogue: Catalogue, operation: Operation) -> Entry:
    service = catalogue.service(operation.service)
    api = [("SDK", f"`{service.distribution}`")] if service.distribution else [("API", f"`{operation.name}`")]
    facts = [("service", operation.service), *api]
    if operation.effect:
        facts.append(("effect", EFFECTS[operation.effect]))
    if operation.token:
        who = "filled in by the SDK once per call" if operation.token_filled else "to be passed by the caller"
        facts.append(("idempotency token", f"`{operation.token}`, {who}"))
    sections = [("Precondition", _precondition(operation))] if operation.preconditions is not None else []
    if operation.advice:
        sections.append(("What to do", operation.advice))
    if cases := "\n".join(_failures(catalogue, operation)):
        sections.append(("When it conflicts", cases))
    if codes := list(_own_codes(catalogue, operation)):
        sections.append(("Errors", _quoted(codes)))
    title = f"{operation.service}.{operation.method}"
    known = operation.service if service.distribution else f"aws/{operation.service}"
    identity = f"{known.replace('.', '/')}/{operation.name}"
    return Entry(identity, title, tuple(facts), tuple(sections), _repetition(operation))


def _repetition(operation: Operation) -> str:
    """Whether a call may be repeated when its answer was lost."""
    if operation.readonly and operation.effect is None:
        return REPETITIONS["read"]
    if operation.token and not operation.token_filled:
        return f"Only with a `{operation.token}` of your own, the same one each time, or it may be done twice."
    if operation.token:
        return (
            f"Within one call the SDK does, with one `{operation.token}`. "
            "If you call it again yourself, pass the same token, or it may be done twice."
        )
    return REPETITIONS.get(operation.effect or "", "")


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
        return "The API has none."
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
