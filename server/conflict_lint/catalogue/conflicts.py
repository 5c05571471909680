"""The curated errors and guides, found by any of their names and decoded one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conflict_lint.catalogue.model import Case, CuratedError

Json = Any
Scope = str | frozenset[str] | None


class Conflicts:
    """Look-ups in the index of curated errors."""

    def __init__(self, index: Mapping[str, Json], segment: Callable[[list[int]], Json]) -> None:
        self._index = index
        self._segment = segment
        self._decoded: dict[str, CuratedError] = {}

    @property
    def identities(self) -> tuple[str, ...]:
        """Every entry's identity, in the order of the files."""
        return tuple(self._index["errors"])

    def bases(self, provider: str) -> tuple[str, ...]:
        """The classes through which any error of a provider's SDKs may be caught, by dotted name."""
        return tuple(self._index["bases"].get(provider, ()))

    @property
    def guides(self) -> Mapping[str, str]:
        """Name and title of every guide."""
        return {name: title for name, (title, _) in self._index["guides"].items()}

    def guide(self, name: str) -> str:
        """A guide's whole text, Markdown. Raises KeyError where there is none of this name."""
        return str(self._segment(self._index["guides"][name][1]))

    def __iter__(self) -> Iterator[CuratedError]:
        return map(self.entry, self.identities)

    def entry(self, identity: str) -> CuratedError:
        """The entry with this identity. Raises KeyError for others."""
        found = self._decoded.get(identity)
        if found is None:
            found = self._decoded[identity] = _decoded(self._segment(self._index["errors"][identity]))
        return found

    def names(self) -> frozenset[str]:
        """Every name, class and method by which an entry is found, and the guides' names."""
        return frozenset((*self._index["names"], *self._index["classes"], *self._index["methods"], *self.guides))

    def find(self, name: str, scope: Scope = None) -> tuple[CuratedError, ...]:
        """The entries with this identity or wire code, or else those of this class, dotted or not.

        ``scope`` is a provider or a service that the entry must be about, or words that name one.
        """
        if name in self._index["errors"]:
            return (self.entry(name),)
        found = self._known_by("names", name, scope)
        return found or _called(name, self._known_by("classes", name, scope) or self._in_package(name))

    def of_method(self, name: str, scope: Scope = None) -> tuple[CuratedError, ...]:
        """The entries with a case of their own for this method (``upload_blob``, with its class or without)."""
        return self._known_by("methods", name, scope)

    def _known_by(self, kind: str, name: str, scope: Scope) -> tuple[CuratedError, ...]:
        found = map(self.entry, self._index[kind].get(name, ()))
        return tuple(entry for entry in found if scope is None or is_about(entry, scope))

    def _in_package(self, name: str) -> tuple[CuratedError, ...]:
        """Entries of a class that is reached by another path: ``elasticsearch.exceptions.ConflictError``."""
        package, last = name.partition(".")[0], name.rpartition(".")[2]
        if package == last:
            return ()
        found = map(self.entry, self._index["classes"].get(last, ()))
        return tuple(entry for entry in found if any(c.startswith(f"{package}.") for c in _classes(entry)))

    def covering(self, service: str, code: str) -> bool:
        """Whether an entry tells all there is about a code of a service."""
        found = map(self.entry, self._index["names"].get(code, ()))
        return any(service in entry.services and code in entry.codes for entry in found)


def is_about(entry: CuratedError, scope: str | frozenset[str]) -> bool:
    """Whether a provider or a service is the entry's; of words, all must be among those that say what it is about."""
    if not isinstance(scope, str):
        parts = (*entry.identity.split("/")[:-1], *entry.services)
        return scope <= {word for part in parts for word in (part, *part.split("-"))}
    return scope == entry.provider or scope in entry.services or scope == entry.identity.split("/")[1]


def _called(name: str, entries: tuple[CuratedError, ...]) -> tuple[CuratedError, ...]:
    """Of the entries of a class those that are named after it (``ABORTED`` for ``Aborted``), if there are any."""
    own = name.rpartition(".")[2].lower()
    return tuple(entry for entry in entries if entry.name.replace("_", "").lower() == own) or entries


def _classes(entry: CuratedError) -> Iterator[str]:
    for classes in entry.classes.values():
        yield from classes


def _decoded(facts: Mapping[str, Json]) -> CuratedError:
    def many(field: str) -> tuple[str, ...]:
        return tuple(facts.get(field, ()))

    return CuratedError(
        identity=facts["identity"],
        services=many("services"),
        codes=many("codes"),
        classes={sdk: tuple(names) for sdk, names in facts.get("classes", {}).items()},
        status=tuple(map(int, many("status"))),
        grpc=facts.get("grpc", ""),
        meaning=facts["meaning"],
        why=facts["why"],
        retry=facts["retry"],
        answer=facts["answer"],
        cases=tuple(_case(case) for case in facts.get("cases", ())),
        steps=many("fix"),
        samples=facts.get("samples", {}),
        related=many("related"),
        rules=many("rules"),
        links=many("links"),
        note=facts.get("note", ""),
        reviewed=facts["reviewed"],
    )


def _case(facts: Mapping[str, Json]) -> Case:
    return Case(tuple(facts.get("operations", ())), facts.get("precondition", ""), facts["retry"], facts["answer"])
