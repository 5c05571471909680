"""The described classes, methods and parameters of SDKs exist in the installed SDKs; the exceptions say why."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import inspect
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conflict_lint.catalogue import load
from conflict_lint.catalogue.model import ClassMethod, SdkClass

CATALOGUE = load()
NOT_INSTALLED = {
    # Modules that no extra installs, and why.
    "google.cloud.tpu_v2": "large; its request classes are checked by hand",
    "google.cloud.tpu_v2alpha1": "as above",
    "kubernetes_asyncio": "the same generated classes",
    "kubernetes_asyncio.client": "as above",
    "elasticsearch7": "an older name of the same client",
    "elasticsearch8": "an older name of the same client",
}
ELSEWHERE = {
    # Classes that are made by methods alone, and where they are.
    "CollectionReference": "google.cloud.firestore_v1.collection",
    "DocumentReference": "google.cloud.firestore_v1.document",
    "AsyncCollectionReference": "google.cloud.firestore_v1.async_collection",
    "AsyncDocumentReference": "google.cloud.firestore_v1.async_document",
}
UNSEEN = {
    # Parameters that neither a signature nor a docstring shows, and why.
    ("create_container", "id"): "behind *args since 4.15, named in the overloads",
    ("create_container_if_not_exists", "id"): "as above",
    ("create_database", "id"): "as above",
    ("create_database_if_not_exists", "id"): "as above",
    ("query_items", "query"): "behind *args since 4.14, named in the overloads",
    ("query_items", "parameters"): "as above",
    ("put", "headers"): "behind **kwargs of requests and aiohttp",
    ("delete_entity", "entity"): "behind *args, named in the overloads",
    ("delete_entity", "etag"): "as above",
    ("delete_entity", "match_condition"): "as above",
}
PREVIEW = re.compile(r"V\d+(?:alpha|beta)\d+Api$")
POSITIONAL_NO_MORE = {"elasticsearch": "positional in version 7 only, which still has many users"}


@lru_cache
def module(name: str) -> Any:
    """An SDK's module; skips the test where it is not installed and need not be."""
    if name in NOT_INSTALLED:
        pytest.skip(NOT_INSTALLED[name])
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        pytest.skip(f"{name} is not installed; the extra named catalogue has everything that is described")


def homes(cls: SdkClass) -> Iterator[Any]:
    """The class in each of the modules that have it: the synchronous and the asynchronous one."""
    modules = [ELSEWHERE[cls.name]] if cls.name in ELSEWHERE else CATALOGUE.service(cls.service).sdk_modules
    if cls.name.endswith("Operations"):
        modules = [f"{name}.operations" for name in modules]
    for name in modules:
        if name not in NOT_INSTALLED and hasattr(module(name), cls.name):
            yield getattr(module(name), cls.name)


def classes() -> Iterator[SdkClass]:
    for name in sorted(CATALOGUE.sdks):
        service = CATALOGUE.service(name)
        if service.root:  # its classes are made at run time: see test_discovery
            continue
        found = (service.sdk_class(kind) for kind in sorted(service.sdk_classes))
        yield from (cls for cls in found if cls is not None and is_described(cls))


def is_described(cls: SdkClass) -> bool:
    """Whether a person described a class; what was generated is compared as a whole."""
    return bool(described(cls))


def described(cls: SdkClass) -> dict[str, ClassMethod]:
    """The methods that a person described."""
    return {
        name: m for name, m in cls.methods.items() if m.operation is None or m.operation.effect or m.operation.advice
    }


CLASSES = pytest.mark.parametrize("cls", list(classes()), ids=lambda cls: f"{cls.service}.{cls.name}")


def parameters(function: Any) -> tuple[list[str], set[str]]:
    """What can be given by position, and every name that the signature or the documentation has."""
    signature = inspect.signature(function)
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    positional = [p.name for p in signature.parameters.values() if p.kind in kinds and p.name != "self"]
    documented = set(re.findall(r"\b\w+\b", inspect.getdoc(function) or ""))
    return positional, {*signature.parameters, *documented}


def keywords(method: ClassMethod) -> set[str]:
    """The names of keywords that the operation behind a method knows and that no parameter gives."""
    operation = method.operation
    if operation is None:
        return set()
    guards = operation.preconditions or {}
    named = {guard.partition(".")[0] for guard in guards}
    return {*named, *(operation.when or ()), *(name for guard in guards.values() for name in guard.also)}


@CLASSES
def test_a_class_exists_in_its_distribution(cls: SdkClass) -> None:
    modules = CATALOGUE.service(cls.service).sdk_modules
    if all(name in NOT_INSTALLED for name in modules):
        pytest.skip(NOT_INSTALLED[modules[0]])
    if not list(homes(cls)) and PREVIEW.search(cls.name):
        pytest.skip("a preview that other versions of the client do not have")
    assert list(homes(cls))


@CLASSES
def test_methods_and_their_parameters_exist(cls: SdkClass) -> None:
    for home in homes(cls):
        for name, method in described(cls).items():
            assert hasattr(home, name), f"{home}.{name}"
            check(f"{cls.name}.{name}", getattr(home, name), list(method.takes), cls.service)


@CLASSES
def test_constructors_and_their_parameters_exist(cls: SdkClass) -> None:
    for home in homes(cls):
        for name, takes in cls.made.items():
            check(f"{cls.name}.{name}", getattr(home, name) if name else home.__init__, list(takes), cls.service)


def check(what: str, function: Any, takes: list[str], service: str) -> None:
    positional, known = parameters(function)
    wanted = [name for name in takes if (what.rpartition(".")[2], name) not in UNSEEN]
    assert set(wanted) <= known, f"{what}: {set(wanted) - known}"
    if service in POSITIONAL_NO_MORE:
        return
    order = [positional.index(name) for name in wanted if name in positional]
    assert order == list(range(len(order))), f"{what}{tuple(positional)} takes {wanted} in this order"


@CLASSES
def test_preconditions_are_parameters(cls: SdkClass) -> None:
    """Guards are often keywords that the documentation names and no signature has."""
    for home in homes(cls):
        for name, method in described(cls).items():
            operation = method.operation
            if operation is None or operation.version or cls.service in POSITIONAL_NO_MORE:
                continue
            known = parameters(getattr(home, name))[1]
            wanted = {keyword for keyword in keywords(method) if (name, keyword) not in UNSEEN}
            assert wanted <= known, f"{cls.name}.{name}: {wanted - known}"


def test_repairs_name_what_exists() -> None:
    from azure.core import MatchConditions

    for name in sorted(CATALOGUE.sdks):
        for operation in CATALOGUE.service(name).curated:
            for guard in (operation.preconditions or {}).values():
                for code in guard.also.values():
                    assert code == "MatchConditions.IfNotModified" or "{reply}" in code
                assert set(guard.imports) <= {"from azure.core import MatchConditions"}
    assert MatchConditions.IfNotModified


def test_what_is_polled_goes_on_by_the_sdk_s_own_account() -> None:
    """Only of what returns a poller is it said that one waits by its result, and each kind of thing is refused once."""
    refusing: dict[tuple[str, str], bool] = {}
    for name in sorted(CATALOGUE.sdks):
        for operation in CATALOGUE.service(name).curated:
            change = operation.lifecycle
            if change is not None:
                assert operation.lasting or not change.until.startswith("."), operation.name
                assert change.identified, operation.name
                kind = (name, change.of)
                refusing[kind] = refusing.get(kind, False) or bool(change.refused)
    assert len(refusing) >= 5
    assert all(refusing.values()), refusing


RAISED = {
    # Where the classes are that an SDK raises instead of others.
    "azure.cosmos": "azure.cosmos.exceptions",
    "google.bigquery": "google.api_core.exceptions",
    "google.storage": "google.api_core.exceptions",
    "google.firestore": "google.api_core.exceptions",
}


@pytest.mark.parametrize("name", [name for name in sorted(CATALOGUE.sdks) if CATALOGUE.service(name).never_raised])
def test_a_class_that_is_never_raised_does_not_catch_what_is(name: str) -> None:
    for wrong, right in CATALOGUE.service(name).never_raised.items():
        package, _, last = wrong.rpartition(".")
        caught, raised = getattr(module(package), last), getattr(module(RAISED[name]), right)
        assert not issubclass(raised, caught), f"{wrong} catches {right}"


def test_google_storage_answers_statuses_with_other_classes_than_grpc() -> None:
    exceptions = module("google.api_core.exceptions")
    for wrong, right in CATALOGUE.service("google.storage").never_raised.items():
        status = getattr(exceptions, right).code
        assert type(exceptions.from_http_status(status, "")) is getattr(exceptions, right)
        assert getattr(exceptions, wrong.rpartition(".")[2]).code in (status, 400)


def test_codes_are_those_of_the_sdks() -> None:
    from azure.data.tables import TableErrorCode
    from azure.storage.blob import StorageErrorCode

    for name, spelled in (
        ("azure.blob", StorageErrorCode),
        ("azure.datalake", StorageErrorCode),
        ("azure.tables", TableErrorCode),
    ):
        assert {code.value for code in spelled} <= set(CATALOGUE.service(name).codes)


# --- what signatures say ----------------------------------------------------------------------------------------------

ROOT = Path(__file__).parent.parent
GENERATED = json.loads((ROOT / "rules/conflict_lint_rules/catalogue/generated/sdk_methods.json").read_bytes())
GENERATED.pop("")


@lru_cache
def script(name: str) -> ModuleType:
    """A script that writes generated facts."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"rules/generate/{name}.py")
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_the_file_has_every_service_that_the_script_reads() -> None:
    assert list(GENERATED) == list(script("sdk_methods").services())
    assert {facts[""]["distribution"] for facts in GENERATED.values()} <= script("sdk_methods").PINNED.keys()


@pytest.mark.parametrize("service", GENERATED)
def test_generated_methods_are_those_of_the_sdk(service: str) -> None:
    """With the pinned version the same comes out; another one has all classes and methods at least."""
    head = GENERATED[service][""]
    try:
        installed = importlib.metadata.version(head["distribution"])
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(
            f"{head['distribution']} is not installed; extras have few of these, rules/generate/sdks.txt has all"
        )
    if installed == head["version"]:
        assert script("sdk_methods").facts(service) == GENERATED[service]
        return
    now = script("sdk_methods").facts(service)
    for name, methods in GENERATED[service].items():
        assert methods.keys() <= now[name].keys(), f"{name} of {installed}"


class SentError(Exception):
    """A request that was about to leave."""


def azure_calls() -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Operations that are described as ignoring a condition, with arguments; their clients send nothing."""
    from azure.appconfiguration import AzureAppConfigurationClient, ConfigurationSetting
    from azure.core import MatchConditions
    from azure.core.pipeline.transport import HttpTransport
    from azure.storage.blob import BlobClient, ContainerClient

    class Stop(HttpTransport[Any, Any]):
        def send(self, request: Any, **_: Any) -> Any:
            raise SentError(*(name for name in request.headers if name.lower() in {"if-match", "if-none-match"}))

        def open(self) -> None: ...

        def close(self) -> None: ...

        def __exit__(self, *_: object) -> None: ...

    both = {"etag": "1", "match_condition": MatchConditions.IfNotModified}
    options: Any = {"credential": {"account_name": "a", "account_key": "eA=="}, "transport": Stop()}
    blob = BlobClient("https://a.blob.core.windows.net", "c", "b", **options)
    yield "set_blob_tags", blob.set_blob_tags, {"tags": {"a": "b"}, **both}
    yield "stage_block", blob.stage_block, {"block_id": "a", "data": b"x", **both}
    container = ContainerClient("https://a.blob.core.windows.net", "c", **options)
    yield "set_container_metadata", container.set_container_metadata, {"metadata": {"a": "b"}, **both}
    text = "Endpoint=https://a.azconfig.io;Id=a;Secret=eA=="
    settings = AzureAppConfigurationClient.from_connection_string(text, transport=Stop())
    setting = ConfigurationSetting(key="a", value="b")
    yield "setting", settings.set_configuration_setting, {"configuration_setting": setting, "etag": "1"}


def test_inert_conditions_are_not_sent() -> None:
    """Nothing of an etag gets to the server where a call ignores it."""
    for name, method, arguments in azure_calls():
        with pytest.raises(SentError) as sent:
            method(**arguments)
        assert sent.value.args == (), name


def test_half_of_a_condition_is_refused() -> None:
    from azure.core.credentials import AzureNamedKeyCredential
    from azure.data.tables import TableClient
    from azure.storage.blob import BlobClient

    with pytest.raises(ValueError, match="without"):
        BlobClient("https://a.blob.core.windows.net", "c", "b").upload_blob(b"", overwrite=True, etag="1")
    key = AzureNamedKeyCredential("a", "eA==")
    with pytest.raises(ValueError, match="Unconditional"):
        TableClient("https://a.table.core.windows.net", "t", credential=key).update_entity(
            {"PartitionKey": "a", "RowKey": "b"}, etag="1"
        )


def test_kubernetes_takes_no_version_as_argument() -> None:
    from kubernetes import client

    api: Any = client.AppsV1Api(client.ApiClient(client.Configuration(host="https://a.example")))
    for method in (api.patch_namespaced_deployment, api.replace_namespaced_deployment):
        with pytest.raises((TypeError, ValueError), match="resource_version"):
            method("a", "b", {}, resource_version="1")


# --- errors and defaults ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("distribution", script("sdk_errors").READERS)
def test_exception_classes_and_their_statuses_are_those_of_the_sdk(distribution: str) -> None:
    found = script("sdk_errors")
    known = json.loads(found.OUT.read_bytes())[distribution]
    now = found.READERS[distribution]()
    if importlib.metadata.version(distribution) == found.PINNED[distribution]:
        assert now == known
    assert known.keys() <= now.keys()


DEFAULTS = {defaults.library: defaults for defaults in CATALOGUE.retry_defaults}


def test_every_service_has_defaults() -> None:
    without = {name for name in (*CATALOGUE.sdks, *CATALOGUE.services) if CATALOGUE.retries_of(name) is None}
    assert without == set()
    closest = CATALOGUE.retries_of("azure.blob")
    assert closest is not None and closest.library == "azure-storage"


def test_defaults_of_azure() -> None:
    from azure.core.pipeline.policies import RetryPolicy
    from azure.cosmos._retry_options import RetryOptions
    from azure.storage.blob import ExponentialRetry

    core = RetryPolicy()
    told = DEFAULTS["azure-core"]
    assert core.total_retries == told.retries
    assert {status for status in core._retry_on_status_codes if status < 505} == set(told.statuses)
    assert core._method_whitelist == set(told.methods)
    assert ExponentialRetry().total_retries == DEFAULTS["azure-storage"].retries
    assert RetryOptions()._max_retry_attempt_count == DEFAULTS["azure-cosmos"].retries


def test_defaults_of_google() -> None:
    from google.cloud.storage import retry

    told = DEFAULTS["google-cloud-storage"]
    assert set(told.statuses) == {int(status) for status in retry._RETRYABLE_STATUS_CODES}
    assert retry.DEFAULT_RETRY._timeout == told.seconds
    assert not retry.DEFAULT_RETRY._predicate(module("google.api_core.exceptions").PreconditionFailed("412"))
    bigquery = pytest.importorskip("google.cloud.bigquery.retry")
    assert bigquery.DEFAULT_RETRY._timeout == DEFAULTS["google-cloud-bigquery"].seconds


def test_defaults_of_the_others() -> None:
    import elasticsearch
    import stripe
    import urllib3
    from botocore.retries import standard

    transport = elasticsearch.Elasticsearch("http://127.0.0.1:9200")._transport
    assert (transport.max_retries, set(transport.retry_on_status)) == (
        DEFAULTS["elastic-transport"].retries,
        set(DEFAULTS["elastic-transport"].statuses),
    )
    assert stripe.max_network_retries == DEFAULTS["stripe"].retries
    assert urllib3.Retry.DEFAULT.total == DEFAULTS["urllib3"].retries
    assert set(urllib3.Retry.DEFAULT_ALLOWED_METHODS) == set(DEFAULTS["urllib3"].methods)
    assert DEFAULTS["botocore"].retries == standard.DEFAULT_MAX_ATTEMPTS - 1
    assert set(standard.TransientRetryableChecker._TRANSIENT_STATUS_CODES) == set(DEFAULTS["botocore"].statuses)
