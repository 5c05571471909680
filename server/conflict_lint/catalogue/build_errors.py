"""Compiling the curated errors (``errors/*.yaml``) and the guides (``guides/*.md``).

A file holds the errors of one provider. Their texts go into segments of their own, which are decoded when somebody asks
for one; the index of names is a segment too, so a check of a file reads none of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from conflict_lint.catalogue.model import Retry
from conflict_lint.catalogue.schema import Choice, Document, Many, Problem, Record, Rows, Table, nearest

Json = Any

PROVIDERS = ("aws", "azure", "google", "http", "kubernetes", "elasticsearch", "stripe", "oci", "own")
CASE = Record(
    {"operations": Many(), "precondition": str, "retry": Choice(get_args(Retry)), "answer": str},
    frozenset({"retry", "answer"}),
)
ERROR = Record(
    {
        **dict.fromkeys(("services", "codes", "status", "fix", "related", "rules", "links"), Many()),
        **dict.fromkeys(("grpc", "meaning", "why", "answer", "note", "reviewed"), str),
        "classes": Table(Many()),
        "samples": Table(str),
        "retry": Choice(get_args(Retry)),
        "cases": Rows(CASE),
    },
    frozenset({"meaning", "why", "retry", "answer", "fix", "links", "reviewed"}),
)
FILE = Record(
    {"provider": Choice(PROVIDERS), "bases": Many(), "errors": Table(ERROR)}, frozenset({"provider", "errors"})
)


@dataclass(frozen=True, slots=True)
class Names:
    """What a service's model and curated file know: wire code -> (class, status or None), other codes, methods."""

    modelled: Mapping[str, tuple[str, int | None]]
    listed: set[str]
    methods: set[str]


class Conflicts:
    """Every curated error by identity, with the document it stands in, and the guides."""

    def __init__(self, documents: Iterable[Document], guides: Iterable[Path]) -> None:
        documents = list(documents)
        self._bases = {document.data["provider"]: document.data.get("bases", ()) for document in documents}
        self._found = [
            (f"{document.data['provider']}/{key}", key, facts, document)
            for document in documents
            for key, facts in document.data["errors"].items()
        ]
        self.guides = {path.stem: path.read_text(encoding="utf-8") for path in guides}

    @property
    def identities(self) -> list[str]:
        """Every entry's identity."""
        return [identity for identity, *_ in self._found]

    # --- checking ---------------------------------------------------------------------------------------------------

    def problems(self, services: Mapping[str, Names]) -> Iterator[Problem]:
        """What is wrong: names that do not exist in the models, dangling relations, malformed facts."""
        identities = self.identities
        known = {*identities, *(f"guide/{name}" for name in self.guides)}
        for identity, key, facts, document in self._found:

            def problem(field: str, message: str, document: Document = document, key: str = key) -> Problem:
                return document.problem(("errors", key, field), f"errors.{key}.{field}: {message}")

            if identities.count(identity) > 1:
                yield problem("meaning", f'"{identity}" is described twice')
            for other in facts.get("related", ()):
                if other not in known:
                    yield problem("related", f'there is no entry "{other}"{nearest(other, known)}')
            for field, message in _malformed(facts):
                yield problem(field, message)
            if document.data["provider"] == "aws":
                for field, message in _unknown(facts, services):
                    yield problem(field, message)

    def modules(self) -> set[str]:
        """The modules in which classes of errors are."""
        classes = (
            name for *_, facts, _ in self._found for names in facts.get("classes", {}).values() for name in names
        )
        bases = (name for names in self._bases.values() for name in names)
        return {name.rpartition(".")[0] for name in (*classes, *bases)}

    # --- packing ----------------------------------------------------------------------------------------------------

    def packed(self, add: Callable[[Json], list[int]]) -> Json:
        """The index: where each text is, and the identities by each of their names. ``add`` stores a segment."""
        names: dict[str, dict[str, list[str]]] = {kind: defaultdict(list) for kind in ("names", "classes", "methods")}
        for identity, _, facts, _ in self._found:
            for kind, found in _names(identity, facts):
                if identity not in names[kind][found]:
                    names[kind][found].append(identity)
        return {
            "errors": {identity: add({"identity": identity, **facts}) for identity, _, facts, _ in self._found},
            "bases": {provider: bases for provider, bases in self._bases.items() if bases},
            "guides": {name: [_title(text), add(text)] for name, text in self.guides.items()},
            **names,
        }


def _names(identity: str, facts: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Under which names of each kind an entry is found."""
    yield "names", identity.rpartition("/")[2]
    for code in facts.get("codes", ()):
        yield "names", code
    for classes in facts.get("classes", {}).values():
        for name in classes:
            yield "classes", name
            yield "classes", name.rpartition(".")[2]
    for case in facts.get("cases", ()):
        for operation in case.get("operations", ()):
            yield "methods", operation
            yield "methods", operation.rpartition(".")[2]


def _malformed(facts: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for status in facts.get("status", ()):
        if not re.fullmatch(r"[1-5]\d\d", status):
            yield "status", f'"{status}" is no HTTP status'
    for rule in facts.get("rules", ()):
        if not re.fullmatch(r"CL\d{3}", rule):
            yield "rules", f'"{rule}" is no rule'
    for link in facts["links"]:
        if not link.startswith("https://"):
            yield "links", f'"{link}" is no https address'
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", facts["reviewed"]):
        yield "reviewed", f'"{facts["reviewed"]}" is no date'


def _unknown(facts: Mapping[str, Json], services: Mapping[str, Names]) -> Iterator[tuple[str, str]]:
    """Services, codes, classes, statuses and methods that botocore's models do not have."""
    for name in facts.get("services", ()):
        if name not in services:
            yield "services", f'there is no service "{name}"{nearest(name, services)}'
    own = [services[name] for name in facts.get("services", ()) if name in services] or list(services.values())
    codes = {code for names in own for code in (*names.modelled, *names.listed)}
    methods = {method for names in own for method in names.methods}
    for code in facts.get("codes", ()):
        if code not in codes:
            yield "codes", f'there is no code "{code}"{nearest(code, codes)}'
    modelled = {
        status for n in own for code, (_, status) in n.modelled.items() if status and code in facts.get("codes", ())
    }
    if modelled and not {str(status) for status in modelled} & set(facts.get("status", ())):
        yield "status", f"the model says {', '.join(map(str, sorted(modelled)))}"
    for name in (name for names in facts.get("classes", {}).values() for name in names if ".exceptions." in name):
        service, _, shape = name.partition(".exceptions.")
        if service in services and shape not in {shape for shape, _ in services[service].modelled.values()}:
            yield "classes", f'"{service}" has no exception "{shape}"'
    for case in facts.get("cases", ()):
        for method in case.get("operations", ()):
            if method not in methods:
                yield "cases", f'there is no method "{method}"{nearest(method, methods)}'


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")
