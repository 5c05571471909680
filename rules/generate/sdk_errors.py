"""The exception classes of SDKs other than AWS's, with the HTTP and gRPC status that each stands for.

    python -m pip install azure-core==1.41.0 azure-appconfiguration==1.10.0 azure-cosmos==4.17.1 …   (PINNED below)
    python rules/generate/sdk_errors.py

Facts only: names of classes, numbers.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

PINNED = {
    "azure-core": "1.41.0",
    "azure-appconfiguration": "1.10.0",
    "azure-cosmos": "4.17.1",
    "google-api-core": "2.34.0",
    "kubernetes": "37.0.1",
    "elasticsearch": "9.5.1",
    "opensearch-py": "3.2.0",
    "stripe": "16.1.0",
}
OUT = Path(__file__).parent.parent / "conflict_lint_rules/catalogue/generated/sdk_errors.json"
Facts = dict[str, str]


def classes(module: Any) -> Mapping[str, type[Exception]]:
    """The exception classes that a module has, by dotted name."""
    found = {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}
    return {
        f"{module.__name__}.{name}": value
        for name, value in sorted(found.items())
        if isinstance(value, type) and issubclass(value, Exception) and not issubclass(value, Warning)
        if value.__module__.partition(".")[0] == module.__name__.partition(".")[0]
    }


def text_of(module: str) -> str:
    """A module's source."""
    return Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8")


def statuses(pattern: str, text: str) -> dict[str, str]:
    """The statuses that a source pairs with names of classes; the first one of each."""
    out: dict[str, str] = {}
    for status, name in re.findall(pattern, text):
        out.setdefault(name, status)
    return out


def with_statuses(found: Iterable[str], known: Mapping[str, str]) -> Facts:
    """Dotted names with the statuses of their last parts."""
    return {dotted: known.get(dotted.rpartition(".")[2], "") for dotted in found}


def azure() -> Facts:
    """The classes of azure-core, with the statuses for which a generated client raises them."""
    source = text_of("azure.appconfiguration._generated._operations._operations")
    known = statuses(r"\b(\d{3}): (\w+Error)\b", source) | statuses(r"error_map\[(\d{3})\] = (\w+Modified\w*)", source)
    return with_statuses(classes(importlib.import_module("azure.core.exceptions")), known)


def branched(classes_in: str, raised_in: str) -> Callable[[], Facts]:
    """Classes that are raised in a branch for each status."""

    def found() -> Facts:
        pattern = r"(?:status|status_code|rcode) == (\d{3}):\s*(?:raise|return) (?:\w+\.)*(\w+)\("
        known = statuses(pattern, text_of(raised_in))
        found = classes(importlib.import_module(classes_in))
        return with_statuses((name for name, cls in found.items() if cls.__module__ == classes_in), known)

    return found


def stripe() -> Facts:
    """Those of Stripe, which are found in its main module."""
    found = branched("stripe._error", "stripe._api_requestor")()
    return {f"stripe.{dotted.rpartition('.')[2]}": status for dotted, status in found.items()}


def google() -> Facts:
    """Those of google-api-core; each knows its statuses."""
    out = {}
    for dotted, cls in classes(importlib.import_module("google.api_core.exceptions")).items():
        grpc = getattr(getattr(cls, "grpc_status_code", None), "name", "")
        code = getattr(cls, "code", None)
        out[dotted] = f"{int(code) if isinstance(code, int) else ''} {grpc}".strip()
    return out


def search(name: str) -> Callable[[], Facts]:
    """Those of Elasticsearch and OpenSearch; a table says which is raised for which status."""

    def found() -> Facts:
        module = importlib.import_module(f"{name}.exceptions")
        raised = {cls.__name__: str(status) for status, cls in module.HTTP_EXCEPTIONS.items()}
        return with_statuses(classes(module), raised)

    return found


READERS: Mapping[str, Callable[[], Facts]] = {
    "azure-core": azure,
    "azure-cosmos": branched("azure.cosmos.exceptions", "azure.cosmos._synchronized_request"),
    "google-api-core": google,
    "kubernetes": branched("kubernetes.client.exceptions", "kubernetes.client.exceptions"),
    "elasticsearch": search("elasticsearch"),
    "opensearch-py": search("opensearchpy"),
    "stripe": stripe,
}


def main() -> None:
    """Write the file, one line for each distribution."""
    for distribution, version in PINNED.items():
        if importlib.metadata.version(distribution) != version:
            raise SystemExit(f"{distribution} {version} is needed")
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(read())}" for name, read in READERS.items())
    OUT.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
