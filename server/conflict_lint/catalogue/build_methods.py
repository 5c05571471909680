"""What the SDKs' own signatures say (``generated/sdk_methods.json``), in the form of a described SDK.

An operation of these is called after its class (``InstancesClient/insert``) and has no effect until somebody describes
it: then it is explained, and no rule looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conflict_lint.catalogue.model import READS

Json = Any
Facts = Mapping[str, Mapping[str, Any]]

CLIENT_OF_API = {
    "": [],
    "from_service_account_file": ["filename"],
    "from_service_account_json": ["filename"],
    "from_service_account_info": ["info"],
}


def described(name: str, facts: Facts) -> Json:
    """A service's facts as a file about an SDK has them."""
    head = facts[""]
    classes = {cls: _class(cls, methods) for cls, methods in facts.items() if cls and "" not in methods}
    twins = {cls: classes[methods[""]] for cls, methods in facts.items() if cls and "" in methods}
    return {
        "service": name,
        "distribution": head["distribution"],
        "modules": head["modules"],
        "words": [],
        "classes": classes | twins,
        "operations": operations_of(facts),
    }


def overlaid(generated: Json, curated: Json) -> Json:
    """What a person described, and beneath it what was generated."""
    classes: dict[str, Json] = dict(generated["classes"])
    for name, cls in curated["classes"].items():
        known = classes.get(name, {})
        classes[name] = {**known, **cls, "methods": {**known.get("methods", {}), **cls.get("methods", {})}}
    shared = dict(_shared(classes, curated))
    described = {name: {**shared.get(name, {}), **facts} for name, facts in {**shared, **curated["operations"]}.items()}
    curated = {**curated, "operations": described}
    operations = {**generated["operations"], **curated["operations"]}
    for name in generated["operations"].keys() & curated["operations"].keys():
        operations[name] = {**generated["operations"][name], **curated["operations"][name]}
    return {**generated, **curated, "classes": classes, "operations": operations}


def _shared(classes: Mapping[str, Json], curated: Json) -> Iterator[tuple[str, Json]]:
    """The operations of a file's groups that mean the same in each of them.

    What a method takes names the resource, and of one that writes the last parameter is what it sends.
    """
    for name in curated.get("groups", ()):
        for verb, family in curated["families"].items():
            if method := classes[name]["methods"].get(verb):
                *before, last = [parameter.partition("=")[0] for parameter in method["takes"]]
                reads = family["effect"] in READS
                key = [*classes[name]["identifiers"], *before, *([last] if reads else [])]
                own = {"yields": ["."]} if reads else {"payload": [last]}
                yield f"{name}/{verb}", {"resource": name.removesuffix("Operations"), "key": key, **own, **family}


def _class(name: str, methods: Mapping[str, str]) -> Json:
    attributes = {method[1:]: group for method, group in methods.items() if method.startswith(".")}
    if attributes:
        made = {"": ["credential", "subscription_id=subscription"]}
        return {"identifiers": ["subscription"], "made": made, "attributes": attributes}
    described = {method: _method(name, methods, method) for method in methods}
    if name.endswith("Operations"):
        return {"identifiers": ["subscription"], "methods": described}
    of_api = any("request=*" in facts["takes"] for facts in described.values())
    return {"identifiers": ["account"], "made": CLIENT_OF_API if of_api else {"": []}, "methods": described}


def _method(cls: str, methods: Mapping[str, str], method: str) -> Json:
    whole = methods[method].removeprefix("=") if methods[method].startswith("=") else method
    takes = [
        "request=*" if name == "request" else name for name in methods[whole].lstrip("+").partition("|")[0].split()
    ]
    return {"operation": f"{cls}/{whole}", "takes": takes}


def operations_of(facts: Facts) -> dict[str, Json]:
    """What is known of the operations behind the methods."""
    return dict(_operations(facts))


def _operations(facts: Facts) -> Iterator[tuple[str, Json]]:
    for cls, methods in facts.items():
        for method, text in methods.items() if cls else ():
            if method and not method.startswith(".") and not text.startswith("="):
                yield f"{cls}/{method}", _operation(cls, text)


def _operation(cls: str, text: str) -> Json:
    takes, guards, token, repeated = (text.split("|") + [""] * 3)[:4]
    out: Json = {"precondition": dict(_guard(cls, guard) for guard in guards.split())}
    if takes.startswith("+"):
        out["lasting"] = True
    return out | ({"token": token} if token else {}) | ({"repeated": repeated} if repeated else {})


GUARD = re.compile(r"(?P<name>[\w.]+)(?P<must>!?)(?:@(?P<since>[\d.]+))?(?:<(?P<source>.+))?")


def _guard(cls: str, text: str) -> tuple[str, Json]:
    found = GUARD.fullmatch(text)
    assert found is not None, text
    out: Json = {"required": True} if found["must"] else {}
    out |= {"since": found["since"]} if found["since"] else {}
    return found["name"], out | ({"from": [f"{cls}/{found['source']}"]} if found["source"] else {})
