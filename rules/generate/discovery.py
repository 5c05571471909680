"""Which methods the clients have that are made from Google's discovery documents, what guards them, and their tokens.

    python -m pip install -r rules/generate/sdks.txt
    python rules/generate/discovery.py

The documents come with the client library. Facts only: names of resources, methods and parameters.
"""

from __future__ import annotations

import importlib.metadata
import json
import keyword
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DISTRIBUTION = "google-api-python-client"
PINNED = dict(
    line.split("==") for line in (HERE / "sdks.txt").read_text(encoding="utf-8").split() if not line.startswith("#")
)[DISTRIBUTION]
OUT = HERE.parent / "conflict_lint_rules/catalogue/generated/discovery.json"

APIS = {  # those that are used most, each with other versions that have the same resources
    "admin directory_v1": "",
    "appengine v1": "v1beta",
    "bigquery v2": "",
    "calendar v3": "",
    "cloudfunctions v1": "",
    "cloudkms v1": "",
    "cloudresourcemanager v1": "v1beta1",
    "cloudresourcemanager v2": "",
    "cloudresourcemanager v3": "",
    "compute v1": "beta alpha",
    "container v1": "v1beta1",
    "dataproc v1": "v1beta2",
    "dns v1": "v1beta2 v2beta1",
    "drive v2": "",
    "drive v3": "",
    "gmail v1": "",
    "groupssettings v1": "",
    "iam v1": "",
    "logging v2": "",
    "monitoring v3": "",
    "pubsub v1": "",
    "run v1": "v1alpha1",
    "script v1": "",
    "secretmanager v1": "v1beta1",
    "sheets v4": "",
    "sqladmin v1": "v1beta4",
    "storage v1": "",
    "tagmanager v2": "",
    "tasks v1": "",
    "tpu v1": "v1alpha1",
    "youtube v3": "",
}
SKIPPED = re.compile(r"(?:list\w*|get\w+List)$")
GUARD = re.compile(r"if(?!Source)(?:Meta)?[gG]eneration(?:Not)?Match$|fingerprint$|etag$|ifMatch$")
LISTED = {"admin directory_v1", "calendar v3", "drive v2", "drive v3", "storage v1", "youtube v3"}
"""APIs whose listings answer what things hold, or whether there are any of a name, and not only what there is."""

Json = Any
Classes = dict[str, dict[str, str]]


def documents() -> Path:
    """Where the installed client library keeps the documents."""
    found = importlib.metadata.distribution(DISTRIBUTION)
    return Path(str(found.locate_file("googleapiclient/discovery_cache/documents")))


def python_name(name: str) -> str:
    """What the client calls a method of the document."""
    plain = re.sub(r"[$-]", "_", name)
    return f"{plain}_" if keyword.iskeyword(plain) or plain == "body" else plain


def resources(document: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Json]]:
    """Every resource by the path of names that leads to it, parted by dots."""
    for name, resource in document.get("resources", {}).items():
        here = (*path, python_name(name))
        yield ".".join(here), resource
        yield from resources(resource, here)


def method_text(method: Json) -> str:
    """A method as ``sdk_methods`` writes it down; what is a part of the address has a slash behind it."""
    known = method.get("parameters", {})
    first = [name for name in method.get("parameterOrder", ()) if name in known]
    takes = [re.sub(r"\W", "_", name) + "/" * (known[name]["location"] == "path") for name in first]
    takes += ["body"] * ("request" in method) + ["media_body"] * ("mediaUpload" in method)
    takes += [re.sub(r"\W", "_", name) for name in sorted(known.keys() - set(first))]
    guards = [name for name in sorted(known) if GUARD.match(name)]
    token = "requestId" if "requestId" in known else ""
    return "|".join([" ".join(takes), " ".join(guards), token]).rstrip("|")


def methods_of(api: str, resource: Json) -> Iterator[tuple[str, str]]:
    """The methods that write, and those that read one thing."""
    for name, method in resource.get("methods", {}).items():
        listing = method["httpMethod"] == "GET" and SKIPPED.match(name) is not None
        if not listing or (api in LISTED and name == "list"):
            yield python_name(name), method_text(method)
        if method.get("supportsMediaDownload"):
            yield f"{python_name(name)}_media", method_text(method)


def facts(api: str) -> dict[str, Any]:
    """What the installed document of an API says."""
    name, version = api.split()
    document = json.loads((documents() / f"{name}.{version}.json").read_bytes())
    head = {"distribution": DISTRIBUTION, "version": PINNED, "versions": [version, *APIS[api].split()]}
    found = {path: dict(methods_of(api, resource)) for path, resource in resources(document)}
    return {"": head} | found


def lines() -> Iterator[str]:
    """One line for each resource, so that a newer version's changes can be read."""
    yield "{"
    for api in APIS:
        yield f"{json.dumps(api)}: {{"
        yield ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in facts(api).items())
        yield "},"
    yield '"": {}\n}'


def main() -> None:
    """Write the file."""
    if importlib.metadata.version(DISTRIBUTION) != PINNED:
        raise SystemExit(f"{DISTRIBUTION} {PINNED} is needed")
    OUT.write_text("\n".join(lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
