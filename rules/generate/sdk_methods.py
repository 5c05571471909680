"""Which methods of Azure's and Google's clients write, what can guard them and what makes them recognisable.

    python -m pip install -r rules/generate/sdks.txt
    python rules/generate/sdk_methods.py

Facts only: names of classes, methods and parameters.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

HERE = Path(__file__).parent
PINNED = dict(
    line.split("==") for line in (HERE / "sdks.txt").read_text(encoding="utf-8").split() if not line.startswith("#")
)
OUT = HERE.parent / "conflict_lint_rules/catalogue/generated/sdk_methods.json"

AZURE_CLIENTS = {  # clients that are written by hand: what guards them stands in their documentation
    "azure.blob": ("azure-storage-blob", "azure.storage.blob"),
    "azure.datalake": ("azure-storage-file-datalake", "azure.storage.filedatalake"),
    "azure.queue": ("azure-storage-queue", "azure.storage.queue"),
    "azure.fileshare": ("azure-storage-file-share", "azure.storage.fileshare"),
    "azure.tables": ("azure-data-tables", "azure.data.tables"),
    "azure.cosmos": ("azure-cosmos", "azure.cosmos"),
    "azure.appconfiguration": ("azure-appconfiguration", "azure.appconfiguration"),
    "azure.keyvault.secrets": ("azure-keyvault-secrets", "azure.keyvault.secrets"),
    "azure.keyvault.keys": ("azure-keyvault-keys", "azure.keyvault.keys"),
    "azure.search": ("azure-search-documents", "azure.search.documents.indexes"),
    "azure.digitaltwins": ("azure-digitaltwins-core", "azure.digitaltwins.core"),
    "azure.servicebus": ("azure-servicebus", "azure.servicebus.management"),
}
GOOGLE_CLIENTS = {
    "google.storage": ("google-cloud-storage", "google.cloud.storage"),
    "google.bigquery": ("google-cloud-bigquery", "google.cloud.bigquery"),
}
GOOGLE_APIS = {  # clients that are generated: what guards them are fields of their requests
    "google.compute": ("google-cloud-compute", "google.cloud.compute_v1"),
    "google.resourcemanager": ("google-cloud-resource-manager", "google.cloud.resourcemanager_v3"),
    "google.iam": ("google-cloud-iam", "google.cloud.iam_admin_v1"),
    "google.secretmanager": ("google-cloud-secret-manager", "google.cloud.secretmanager_v1"),
    "google.run": ("google-cloud-run", "google.cloud.run_v2"),
    "google.container": ("google-cloud-container", "google.cloud.container_v1"),
    "google.functions": ("google-cloud-functions", "google.cloud.functions_v2"),
    "google.pubsub": ("google-cloud-pubsub", "google.pubsub_v1"),
    "google.kms": ("google-cloud-kms", "google.cloud.kms_v1"),
    "google.tasks": ("google-cloud-tasks", "google.cloud.tasks_v2"),
    "google.scheduler": ("google-cloud-scheduler", "google.cloud.scheduler_v1"),
    "google.artifactregistry": ("google-cloud-artifact-registry", "google.cloud.artifactregistry_v1"),
    "google.tpu": ("google-cloud-tpu", "google.cloud.tpu_v2"),
}
INNER = {"azure-mgmt-resource": "azure.mgmt.resource.resources"}
"""Where a distribution has its client now; it was found under the distribution's own name before."""
ALIASES = {  # modules that have the same classes
    "google.cloud.compute_v1": ["google.cloud.compute"],
    "google.cloud.resourcemanager_v3": ["google.cloud.resourcemanager"],
    "google.cloud.secretmanager_v1": ["google.cloud.secretmanager"],
    "google.cloud.container_v1": ["google.cloud.container"],
    "google.cloud.iam_admin_v1": ["google.cloud.iam_admin"],
    "google.pubsub_v1": ["google.cloud.pubsub_v1", "google.cloud.pubsub"],
    "google.cloud.kms_v1": ["google.cloud.kms"],
    "google.cloud.tasks_v2": ["google.cloud.tasks"],
    "google.cloud.scheduler_v1": ["google.cloud.scheduler"],
    "google.cloud.tpu_v2": ["google.cloud.tpu_v2alpha1"],
}
CLIENT = re.compile(r"(?:Client|ContainerProxy|DatabaseProxy)$|^(?:Blob|Bucket)$")
READ = re.compile(
    r"_?(?:get|list|exists|analyze|find|feed_range|backup_|query|download|read|receive|peek|search|lookup|aggregated|"
    r"test_|check|from_|parse_|common_|close|send_request|preview|validate|describe|fetch|is_|generate_signed|path|watch|"
    r"wait|walk|export|stream|reload|begin_(?:get|list|check|validate|export)|\w+_path$|\w+_from_json$|schema_|to_|"
    r"user_project|transport|api_endpoint|universe_domain|load_table_from_dataframe$|dataset$|job_from|bucket$|blob$|"
    r"notification$|open$|access_|pull$|show_|lint_|sign_|mac_|decrypt|encrypt|raw_|asymmetric_|decapsulate|"
    r"generate_random|verify_con|batch$)"
)
GUARD = re.compile(
    r"(?:if_(?!source)\w*match\w*|if_(?:un)?modified_since|etag|match_condition|lease|lease_id|pop_receipt)$"
)
CREATE = re.compile(r"(?:insert|create|bulk_insert|add)(?!_or_)")
WHOLE = {"create_or_update", "begin_create_or_update", "update", "begin_update", "update_application_settings"}
"""Methods that send a whole document, which others read."""
READERS = {
    *("get", "get_at_scope", "get_configuration", "get_properties", "get_service_properties"),
    *("list_application_settings", "list_connection_strings", "list_metadata"),
}
TOKENS = {"request_id", "row_ids", "job_id"}
OPERATIONS = {"google.api_core.operation", "google.api_core.extended_operation"}
VERSIONS = ("fingerprint", "label_fingerprint", "etag")
DOCUMENTED = re.compile(r"^\s*:(?:keyword|param)\s[^:]*?(\w+):", re.MULTILINE)
SETTINGS = {"self", "retry", "timeout", "metadata", "kwargs", "args"}
KINDS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class Method(NamedTuple):
    """A method as it is written down: parameters, guards, token, and when the client repeats it by itself.

    ``if_match!@9.0.0<get.etag`` is a guard that must be given, that the method has since that version, and whose value
    ``get`` answers. A plus at the beginning says that what the call starts goes on when it has returned.
    """

    takes: Iterable[str]
    guards: Iterable[str] = ()
    token: str = ""
    repeated: str = ""
    lasting: bool = False

    def text(self) -> str:
        """The parts, parted by bars; empty ones at the end are left out."""
        parts = ["+" * self.lasting + " ".join(self.takes), " ".join(self.guards), self.token, self.repeated]
        return "|".join(parts).rstrip("|")


Classes = dict[str, dict[str, str]]


def public(cls: type) -> Iterator[tuple[str, Any]]:
    """The methods of a class that one may call and that write, inherited ones included."""
    for name in sorted(dir(cls)):
        if not name.startswith("_") and not READ.match(name):
            function = inspect.getattr_static(cls, name)
            if inspect.isfunction(function):
                yield name, function


def described(function: Any, source: str = "") -> Method:
    """What a signature says, and what only the documentation does; ``source`` is where a version comes from."""
    parameters = inspect.signature(function).parameters.values()
    named = [p for p in parameters if p.kind in KINDS and p.name not in SETTINGS]
    needed = {p.name for p in named if p.default is p.empty}
    names = dict.fromkeys([*(p.name for p in named), *DOCUMENTED.findall(inspect.getdoc(function) or "")])
    guards = [name + "!" * (name in needed) for name in names if GUARD.match(name)]
    if source:
        guards = [f"{name}<{source}" if name.rstrip("!") in ("etag", "if_match") else name for name in guards]
    token = next((name for name in names if name in TOKENS - needed), "")
    takes = [p.name for p in parameters if p.kind is KINDS[0] and p.name != "self"]
    while takes and takes[-1] in SETTINGS:
        takes.pop()
    return Method(takes, guards, token, repeated(function), function.__name__.startswith("begin_"))


def clients(module: Any) -> Iterator[tuple[str, type]]:
    """The clients of a module and the classes through which one writes, by name."""
    for name in sorted(dir(module)):
        found = getattr(module, name)
        if isinstance(found, type) and CLIENT.search(name) and not name.startswith("Base"):
            yield name, found


def by_hand(module: Any) -> Classes:
    """The classes of a client library that is written by hand; what sends nothing has no time limit either."""
    return {
        name: {
            method: described(function).text()
            for method, function in public(cls)
            if {"timeout", "kwargs"} & inspect.signature(function).parameters.keys()
        }
        for name, cls in clients(module)
    }


def repeated(function: Any) -> str:
    """When the client repeats a request by itself, where the default of a parameter says so."""
    retry = inspect.signature(function).parameters.get("retry")
    if retry is None or retry.default is retry.empty:
        return ""
    condition = getattr(retry.default, "conditional_predicate", None)
    if condition is not None:
        return str(condition.__name__).removeprefix("is_").removesuffix("_specified")
    return "never" if retry.default is None else "always"


# --- Azure's resource manager -----------------------------------------------------------------------------------------


class Anybody:
    """A credential that is never used: constructing a client sends nothing."""

    def get_token(self, *_scopes: str, **_options: object) -> None:
        """Never called."""


NEWER = re.compile(
    r"(?:Method `|Operation )(\w+)\.(\w+)`? (?:replaced .* keyword_only .*|has a new optional parameter \w+)"
)


def since(distribution: str) -> dict[tuple[str, str, str], str]:
    """The version in which a method got a guard, by class, method and parameter, as the package's changes tell it."""
    out: dict[tuple[str, str, str], str] = {}
    version = ""
    for line in (importlib.metadata.distribution(distribution).read_text("METADATA") or "").splitlines():
        if heading := re.match(r"#+ (\d+\.\d+\.\d+)", line):
            version = heading[1]
        for found in NEWER.finditer(line):
            names = found[0].partition("keyword_only")[2] or found[0].rpartition(" ")[2]
            for name in filter(GUARD.match, re.findall(r"\w+", names)):
                out[found[1], found[2], name] = version
    return out


def dated(method: Method, known: Mapping[str, str]) -> Method:
    """A method whose guards say since when it has them."""
    return method._replace(
        guards=[re.sub(r"^(\w+)(!?)", lambda m: m[0] + at(known.get(m[1])), g) for g in method.guards]
    )


def at(version: str | None) -> str:
    """How a version is written behind a guard."""
    return f"@{version}" if version else ""


def managed(module: Any) -> Classes:
    """A management client and its groups of operations."""
    out: Classes = {}
    newer = since("-".join(module.__name__.split(".")[:3]))
    for name, cls in clients(module):
        client = cls(Anybody(), "subscription")
        groups = {attribute: type(group) for attribute, group in groups_of(client) if list(public(type(group)))}
        out[name] = {f".{attribute}": group.__name__ for attribute, group in groups.items()}
        for group in dict.fromkeys(groups.values()):
            version = version_read(group)
            methods = {name: described(function, version and f"get.{version}") for name, function in public(group)}
            if any("<" in guard for method in methods.values() for guard in method.guards) or WHOLE & methods.keys():
                methods |= {
                    name: described(vars(group)[name])._replace(guards=[]) for name in READERS & vars(group).keys()
                }
                methods = dict(sorted(methods.items()))
            for (name, method, parameter), version in newer.items():
                if name == group.__name__ and method in methods:
                    methods[method] = dated(methods[method], {parameter: version})
            out[group.__name__] = {name: method.text() for name, method in methods.items()}
    return out


def groups_of(client: Any) -> Iterator[tuple[str, Any]]:
    """The attributes of a client that are groups of operations; of clients with many versions, of the newest one."""
    for name in sorted({*vars(client), *dir(type(client))}):
        if not name.startswith("_") and name != "operations":
            try:
                found = getattr(client, name)
            except ValueError:  # another version has it
                continue
            if type(found).__name__.endswith("Operations"):
                yield name, found


def version_read(group: type) -> str:
    """The attribute of what ``get`` answers that is its version; empty where there is none."""
    model = getattr(getattr(group, "get", None), "__annotations__", {}).get("return")
    known = {name for base in getattr(model, "__mro__", ()) for name in getattr(base, "__annotations__", ())}
    return next((name for name in ("etag", "e_tag") if name in known.union(getattr(model, "_attribute_map", ()))), "")


# --- Google's generated clients ---------------------------------------------------------------------------------------


def api(module: Any) -> Classes:
    """The clients that are generated from an API's definition; asynchronous ones have the methods of their twins."""
    out: Classes = {}
    for name, cls in clients(module):
        if "AsyncClient" in name:
            out[name] = {"": name.replace("AsyncClient", "Client")}
            continue
        methods = {method: requested(cls, method) for method, function in public(cls) if request_of(function)}
        read = {guard.partition("<")[2].partition(".")[0] for method in methods.values() for guard in method.guards}
        methods |= {reader: Method(fields_of(getattr(cls, reader))) for reader in sorted(filter(None, read))}
        out[name] = {
            method: f"={whole}" if (whole := method.removesuffix("_unary")) != method else found.text()
            for method, found in methods.items()
        }
    return out


def request_of(function: Any) -> Any:
    """The message that a method takes as ``request``."""
    parameter = inspect.signature(function).parameters.get("request")
    messages = get_args(parameter.annotation) if parameter else ()
    return next((message for message in messages if inside(message)), None)


def fields_of(function: Any) -> list[str]:
    """What a generated method takes: its request, or some of the request's fields."""
    return [name for name in inspect.signature(function).parameters if name not in SETTINGS]


def requested(cls: type, method: str) -> Method:
    """A generated method; guards are fields of its request, or lie in the resource that it carries."""
    function = getattr(cls, method)
    names, fields = fields_of(function), inside(request_of(function))
    guards = [name for name in fields if name in VERSIONS]
    for name, field in fields.items():
        if (name in names or name == "policy") and not CREATE.match(method):
            guards += [f"{name}.{version}" for version in VERSIONS if version in inside(message_of(field))]
    token = "request_id" if "request_id" in fields else ""
    marked = (guard + "!" * must_be_given(fields, guard, method) for guard in guards)
    answer = getattr(inspect.signature(function).return_annotation, "__module__", "")
    return Method(names, [with_source(cls, method, guard) for guard in marked], token, lasting=answer in OPERATIONS)


def must_be_given(fields: Mapping[str, Any], guard: str, method: str) -> bool:
    """Whether the documentation of the resource that is sent says that the request fails without its version.

    That of its labels is needed only where they are what is set.
    """
    head, _, version = guard.rpartition(".")
    if not head or (version == "label_fingerprint" and "label" not in method):
        return False
    words = re.sub(r"\s+", " ", inspect.getdoc(message_of(fields[head])) or "")
    text = words.partition(f" {version} (")[2].partition("This field is a member of")[0]
    return bool(re.search(r"must (?:always )?(?:be )?provided?\b.* otherwise the request will fail", text))


def inside(message: Any) -> Mapping[str, Any]:
    """The fields of a message; messages of older kinds list them elsewhere."""
    meta, descriptor = getattr(message, "meta", None), getattr(message, "DESCRIPTOR", message)
    found: Mapping[str, Any] = meta.fields if meta else getattr(descriptor, "fields_by_name", {})
    return found


def message_of(field: Any) -> Any:
    """The message that a field holds; None for a plain value."""
    return getattr(field, "message", None) or getattr(field, "message_type", None)


def with_source(cls: type, method: str, guard: str) -> str:
    """A guard and the read that answers its value: of the policy, of the same thing, or of the only one there is."""
    head, _, version = guard.rstrip("!").rpartition(".")
    thing = method.partition("_")[2].removesuffix("_unary")
    for reader in ("get_iam_policy",) if thing == "iam_policy" else ("get", f"get_{thing}"):
        answer = inside(getattr(getattr(cls, reader, None), "__annotations__", {}).get("return"))
        part = answer.get(head.removesuffix("_resource"))
        if part is not None and version in inside(message_of(part)):
            return f"{guard}<{reader}.{head.removesuffix('_resource')}.{version}"
        if version in answer:
            return f"{guard}<{reader}.{version}"
    return guard


# --- writing ----------------------------------------------------------------------------------------------------------


def services() -> dict[str, tuple[str, list[str], Callable[[Any], Classes]]]:
    """Distribution, modules and what reads them, for every service that is pinned."""
    managers = [distribution for distribution in PINNED if distribution.startswith("azure-mgmt-")]
    found: dict[str, tuple[str, list[str], Callable[[Any], Classes]]] = {}
    for service, (distribution, name) in AZURE_CLIENTS.items():
        found[service] = distribution, [name, f"{name}.aio"], by_hand
    for distribution in managers:
        name = distribution.replace("-", ".")
        home = INNER.get(distribution, name)
        found[name] = distribution, list(dict.fromkeys([home, f"{home}.aio", name, f"{name}.aio"])), managed
    for service, (distribution, name) in GOOGLE_CLIENTS.items():
        found[service] = distribution, [name], by_hand
    for service, (distribution, name) in GOOGLE_APIS.items():
        found[service] = distribution, [name, *ALIASES.get(name, ())], api
    return found


def facts(service: str) -> dict[str, Any]:
    """What the installed version of a service's client says."""
    distribution, modules, read = services()[service]
    head = {"distribution": distribution, "version": PINNED[distribution], "modules": modules}
    classes = read(importlib.import_module(modules[0]))
    return {"": head} | {name: methods for name, methods in classes.items() if methods}


def lines() -> Iterator[str]:
    """One line for each class, so that a newer version's changes can be read."""
    yield "{"
    for service in services():
        yield f"{json.dumps(service)}: {{"
        yield ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in facts(service).items())
        yield "},"
    yield '"": {}\n}'


def main() -> None:
    """Write the file."""
    for distribution, version in PINNED.items():
        if importlib.metadata.version(distribution) != version:
            raise SystemExit(f"{distribution} {version} is needed")
    OUT.write_text("\n".join(lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
