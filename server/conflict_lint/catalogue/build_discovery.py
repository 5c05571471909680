"""Compiling the clients that are made at run time from a description of their API (``discovery/*.yaml``).

One file describes a family of such clients: the function that makes them, given an API's name and version as literals,
and what the methods do that a person looked at. What methods there are, and what they take, is generated
(``generated/discovery.json``). Each API becomes a service of its own, its resources classes, and what a method gives a
request that is sent later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conflict_lint.catalogue.build_methods import operations_of
from conflict_lint.catalogue.build_sdk import METHOD, OPERATION, Sdk, word_of
from conflict_lint.catalogue.model import READS
from conflict_lint.catalogue.schema import Document, Many, Record, Table

Json = Any
Facts = Mapping[str, Mapping[str, Any]]

FILE = Record(
    {
        "service": str,
        "distribution": str,
        "made_by": Many(),
        "takes": Many(),
        "words": Many(),
        "lost": Many(),
        "request": Table(METHOD),
        "heeds": Many(),
        "besides": Many(),
        "advice": str,
        "families": Table(OPERATION),
        "apis": Table(Table(OPERATION)),
    },
    frozenset({"service", "distribution", "made_by", "takes", "words", "request", "apis"}),
)
REQUEST = "HttpRequest"
BODY = ("body", "media_body")


class Discovered(Sdk):
    """One API: an SDK whose classes are resources, reached from each other by methods."""

    def words(self) -> tuple[set[str], set[str], set[str]]:
        """As of any SDK; of the methods that only lead on, those on the way to what is described."""
        described = {name for name, facts in self.operations.items() if facts.get("effect")}
        methods = {name.rpartition("/")[2] for name in described}
        writes = {name for name in described if self.operations[name]["effect"] not in READS}
        leading = {part for name in described for part in name.rpartition("/")[0].split(".")}
        sending = self.classes[REQUEST]["methods"]
        names = {*methods, *leading, *sending}
        return {word_of(name.rpartition("/")[2]) for name in writes}, set(map(word_of, names)), set()


def services(document: Document, facts: Mapping[str, Facts]) -> Iterator[Document]:
    """One document about an SDK for each API that facts are known of."""
    for api, known in facts.items():
        curated = document.data["apis"].get(api, {})
        lines = {("operations", *keys[2:]): line for keys, line in document.lines.items() if keys[:2] == ("apis", api)}
        yield Document(document.path, _service(document.data, api, known, curated), lines)


def problems(document: Document, facts: Mapping[str, Facts]) -> Iterator[tuple[tuple[str, ...], str, str, list[str]]]:
    """Names that nothing is known of: the keys that lead there, what is named, the name, and what there is."""
    for api, operations in document.data["apis"].items():
        if api not in facts:
            yield ("apis", api), "API", api, list(facts)
            continue
        there = [f"{resource}/{method}" for resource, methods in facts[api].items() if resource for method in methods]
        yield from ((("apis", api, name), "operation", name, there) for name in operations if name not in there)


def factories(document: Document, facts: Mapping[str, Facts]) -> Json:
    """By the dotted name of a function: what it takes, and the service that it makes a client of, by name and version.

    A name alone stands for the version that is described last.
    """
    named: dict[str, str] = {}
    for api, known in facts.items():
        service = service_name(document.data, api)
        name = api.split()[0]
        named |= {name: service, **{f"{name} {version}": service for version in known[""]["versions"]}}
    return {function: [document.data["takes"], named] for function in document.data["made_by"]}


def chained(sdk: Discovered) -> set[str]:
    """The methods that are described, each after the last of those that lead to it."""
    described = (name for name, facts in sdk.operations.items() if facts.get("effect"))
    return {name.rpartition(".")[2].replace("/", ".") for name in described}


def service_name(data: Json, api: str) -> str:
    """What the service of an API is called, in the family that a file describes."""
    return ".".join([data["service"], *api.split()])


def _service(data: Json, api: str, known: Facts, curated: Json) -> Json:
    """The file about one API, as ``build_sdk`` reads it."""
    classes = {api.split()[0]: {"methods": {}}, REQUEST: {"methods": data["request"]}}
    classes |= {path: {"methods": {}} for path in known if path}
    for path, methods in known.items():
        if path:
            parent, _, name = path.rpartition(".")
            classes[parent or api.split()[0]]["methods"][name] = {"returns": path}
            classes[path]["methods"] |= {name: _method(path, name, text) for name, text in methods.items()}
    operations = operations_of(known)
    for name, text in (
        (f"{cls}/{method}", text) for cls, found in known.items() if cls for method, text in found.items()
    ):
        family = data.get("families", {}).get(name.rpartition("/")[2])
        if own := curated.get(name, family):
            operations[name] |= _described(data, name, text, own)
            if "precondition" in own:
                operations[name]["precondition"] = dict(_guards(name.rpartition("/")[0], known, own["precondition"]))
    return {
        "service": service_name(data, api),
        "distribution": data["distribution"],
        "modules": [],
        "words": data["words"],
        "root": api.split()[0],
        "lost": data.get("lost", []),
        "classes": classes,
        "operations": operations,
    }


def _guards(cls: str, known: Facts, guards: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Preconditions; the value of a header is answered by what reads the same resource."""
    for member, guard in guards.items():
        answered = member.startswith("headers.") and "get" in known[cls]
        yield member, {"from": [f"{cls}/get.etag"], **guard} if answered else guard


def _method(path: str, name: str, text: str) -> Json:
    takes = text.partition("|")[0].split()
    needs = [parameter.rstrip("/") for parameter in takes if parameter.endswith("/") or parameter == "body"]
    names = [parameter.rstrip("/") for parameter in takes]
    return {"operation": f"{path}/{name}", "takes": names, "returns": REQUEST, "needs": needs}


def _described(data: Json, name: str, text: str, own: Json) -> Json:
    """An operation with what holds of most: what is named by the address, and sent and answered as a whole."""
    takes = text.partition("|")[0].split()
    address = [parameter.rstrip("/") for parameter in takes if parameter.endswith("/")]
    out: Json = {"resource": name.rpartition("/")[0], "key": address}
    if own["effect"] in READS:
        out |= {"yields": ["."], "besides": data.get("besides", [])}
    else:
        out |= {"payload": [parameter for parameter in takes if parameter in BODY], "heeds": data.get("heeds", [])}
        guarded = own.get("precondition") or text.partition("|")[2].partition("|")[0]
        out |= {} if guarded else {"advice": data.get("advice", "")}
    return out | own
