"""Every class, code, status and method that a curated error names exists in the installed SDK; exceptions say why."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from conflict_lint.catalogue import load
from conflict_lint.catalogue.model import CuratedError
from test_errors import SAMPLES

CATALOGUE = load()
ENTRIES = {entry.identity: entry for entry in CATALOGUE.conflicts}

NOT_INSTALLED = {
    # Distributions whose names are not checked here, and why.
    "oci": "36 MB of generated clients",
    "google-cloud-spanner": "large; only a guide uses it",
    "azure-mgmt": "one package for each service; their errors are those of azure-core",
    "azure-mgmt-compute": "large; only a guide uses it",
    "fastapi": "a server framework; one sample uses it",
    "httpx": "a client that answers statuses; one sample uses it",
}
UNDECLARED = {
    # Codes that an operation answers although its model does not say so.
    ("aws/s3/NoSuchUpload", "complete_multipart_upload"): "the model of S3 declares it for abort_multipart_upload only",
    ("aws/s3/NoSuchUpload", "upload_part"): "as above",
    ("aws/s3/NoSuchUpload", "upload_part_copy"): "as above",
    ("aws/s3/NoSuchUpload", "list_parts"): "as above",
}
UNNAMED_CODES = {
    # Codes that a service sends and no package of its SDK spells.
    "azure/arm/Conflict": "sent by the resource manager",
    "azure/arm/PreconditionFailed": "sent by the resource manager",
    "azure/arm/InvalidResourceLocation": "sent by the resource manager",
    "azure/arm/StorageAccountAlreadyTaken": "sent by the resource manager",
}
HOMES = {
    # Where a service's classes, and the codes it sends, are found.
    "azure-storage-blob": "azure.storage.blob",
    "azure-storage-file-datalake": "azure.storage.filedatalake",
    "azure-storage-queue": "azure.storage.queue",
    "azure-data-tables": "azure.data.tables",
    "azure-cosmos": "azure.cosmos",
    "azure-appconfiguration": "azure.appconfiguration",
    "azure-core": "azure.storage.blob",
    "google-cloud-storage": "google.cloud.storage",
    "google-cloud-bigquery": "google.cloud.bigquery",
    "google-cloud-compute": "google.cloud.compute_v1",
    "google-api-core": "google.cloud.storage",
    "google-api-python-client": "googleapiclient.discovery",
    "kubernetes": "kubernetes.client",
    "elasticsearch": "elasticsearch",
    "stripe": "stripe",
}


def parametrized(*providers: str) -> pytest.MarkDecorator:
    chosen = {identity: entry for identity, entry in ENTRIES.items() if entry.provider in providers}
    return pytest.mark.parametrize("entry", chosen.values(), ids=list(chosen))


def needs(distribution: str) -> None:
    """Skip where the SDK is not installed; the extra ``catalogue`` has them all."""
    try:
        version(distribution)
    except PackageNotFoundError:
        pytest.skip(NOT_INSTALLED.get(distribution, f"{distribution} is not installed"))


def resolved(dotted: str) -> Any:
    """The object of a dotted name; the longest importable module, then attributes."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise ImportError(dotted)


# --- classes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=list(ENTRIES))
def test_classes_exist(entry: CuratedError) -> None:
    for sdk, names in entry.classes.items():
        needs(sdk)
        for name in names:
            if sdk == "boto3" and ".exceptions." in name and not name.startswith("botocore."):
                service, _, shape = name.partition(".exceptions.")
                error = CATALOGUE.service(service).exceptions[shape]
                assert error.code in entry.codes or shape in entry.codes
            else:
                assert issubclass(resolved(name), Exception)


@parametrized("google")
def test_statuses_of_google_classes(entry: CuratedError) -> None:
    needs("grpcio")
    for name in entry.classes.get("google-api-core", ()):  # the other library has one class for every status
        found = resolved(name)
        assert found.code in entry.status
        if entry.grpc and found.grpc_status_code:
            assert found.grpc_status_code.name == entry.grpc


# --- AWS --------------------------------------------------------------------------------------------------------------


@parametrized("aws")
def test_operations_declare_the_error(entry: CuratedError) -> None:
    """Where a model has the error at all, each operation of a case declares it, in one of the services at least."""
    services = entry.services or {s for code in entry.codes for s in CATALOGUE.error_services(code)}
    for method in {method for case in entry.cases for method in case.operations}:
        having = [CATALOGUE.service(name) for name in services if CATALOGUE.service(name).operation(method)]
        assert having
        modelled = any(error.code in entry.codes for service in having for error in service.exceptions.values())
        if modelled and (entry.identity, method) not in UNDECLARED:
            declared = {
                service.exceptions[shape].code
                for service in having
                for shape in service.operation(method).errors  # type: ignore[union-attr]
            }
            assert declared & set(entry.codes), method


def test_preconditions_named_in_cases_exist() -> None:
    """A precondition that looks like an input (``IfMatch``) is one of each operation of its case."""
    checked = 0
    for entry in ENTRIES.values():
        for case in entry.cases if entry.provider == "aws" else ():
            if re.fullmatch(r"[A-Za-z]*[a-z][A-Z]\w*", case.precondition) and case.precondition not in NOT_INPUTS:
                for method in case.operations:
                    operations = [CATALOGUE.service(name).operation(method) for name in entry.services]
                    assert any(case.precondition in found.members for found in operations if found), (entry, method)
                    checked += 1
    assert checked > 20


NOT_INPUTS = {"ConditionalCheckFailed", "TransactionConflict"}  # reasons of a cancellation


# --- other SDKs -------------------------------------------------------------------------------------------------------


@parametrized("azure", "google", "kubernetes", "elasticsearch", "stripe")
def test_methods_exist(entry: CuratedError) -> None:
    for case in entry.cases:
        for operation in case.operations:
            assert any(has(home, operation) for home in homes(entry)), operation


def homes(entry: CuratedError) -> list[str]:
    services = [service for service in entry.services if service in HOMES] or entry.services
    for service in services:
        needs(service)
    return [HOMES[service] for service in services]


def has(home: str, operation: str) -> bool:
    """Whether a class of the module (its clients, where none is named) has the method."""
    owner, _, method = operation.rpartition(".")
    if home == "googleapiclient.discovery":  # made at run time: the documents say what there is
        services = map(CATALOGUE.service, CATALOGUE.sdk_methods(method))
        return any(cls is not None and method in cls.methods for cls in (found.sdk_class(owner) for found in services))
    module = importlib.import_module(home)
    if owner == "indices":
        return hasattr(module.Elasticsearch("http://127.0.0.1:9200").indices, method)
    classes = [getattr(module, name) for name in dir(module) if name == owner or (not owner and name[0].isupper())]
    return any(hasattr(found, method) for found in classes)


@parametrized("azure", "stripe")
def test_codes_are_known_to_the_sdk(entry: CuratedError) -> None:
    if entry.identity in UNNAMED_CODES:
        pytest.skip(UNNAMED_CODES[entry.identity])
    folder = Path(importlib.import_module(homes(entry)[0]).__file__ or "").parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    for code in entry.codes:
        assert re.search(rf"\b{re.escape(code)}\b", text), code


def test_lists_of_exceptions_are_about_something() -> None:
    used = {name for entry in ENTRIES.values() for name in (*entry.services, *entry.classes, *entry.samples)}
    guides = {"google-cloud-spanner", "azure-mgmt-compute"}
    assert set(NOT_INSTALLED) <= used | guides
    assert {identity for identity, _ in UNDECLARED} | UNNAMED_CODES.keys() <= ENTRIES.keys()


# --- samples ----------------------------------------------------------------------------------------------------------


def installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("where", SAMPLES)
def test_what_a_sample_imports_exists(where: str) -> None:
    """Imports, and the attributes of what was imported (``compute_v1.InstancesClient``, ``stripe.APIError``)."""
    tree = ast.parse(SAMPLES[where])
    imported: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and installed(node.module or ""):
            imported |= {
                alias.name: resolved(f"{node.module}.{alias.name}")
                for alias in node.names
                if node.module != "google.cloud" or installed(f"google.cloud.{alias.name}")
            }
        elif isinstance(node, ast.Import):
            imported |= {
                alias.name: importlib.import_module(alias.name) for alias in node.names if installed(alias.name)
            }
    for chain in filter(None, map(dotted, ast.walk(tree))):
        root, *rest = chain.split(".")
        found: Any = imported.get(root)
        for name in rest if found is not None else ():
            if not isinstance(found, type | type(ast)):
                break
            found = getattr(found, name)


def dotted(node: ast.AST) -> str:
    return ast.unparse(node) if isinstance(node, ast.Attribute) and isinstance(ends(node), ast.Name) else ""


def ends(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


# --- what the Azure clients raise -------------------------------------------------------------------------------------

KEY = "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="  # 32 letters x, no key of anything
MESSAGE = "The condition specified using HTTP conditional header(s) is not met."


class Answer(BaseHTTPRequestHandler):
    """Answers every request with one status and error code, as the storage services do."""

    status, code, as_json = 409, "", False

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        problem = {"odata.error": {"code": self.code, "message": {"lang": "en", "value": MESSAGE}}}
        xml = (
            f"<?xml version='1.0' encoding='utf-8'?><Error><Code>{self.code}</Code><Message>{MESSAGE}</Message></Error>"
        )
        body = (json.dumps(problem) if self.as_json else xml).encode()
        self.send_response(self.status)
        self.send_header("x-ms-error-code", self.code)
        self.send_header("Content-Type", "application/json" if self.as_json else "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_POST = do_DELETE = do_PATCH = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    """The address of a service on this machine that refuses everything."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def refused(service: str) -> dict[str, Callable[[], object]]:
    """Per entry and case a call that the service refuses."""
    from azure.appconfiguration import AzureAppConfigurationClient, ConfigurationSetting
    from azure.core import MatchConditions
    from azure.core.credentials import AzureNamedKeyCredential
    from azure.data.tables import TableClient
    from azure.storage.blob import BlobClient, BlobLeaseClient, ContainerClient
    from azure.storage.filedatalake import DataLakeFileClient

    access: dict[str, Any] = {"credential": AzureNamedKeyCredential("a", KEY), "retry_total": 0}
    blob = BlobClient(f"{service}/a", "c", "b", **access)
    container = ContainerClient(f"{service}/a", "c", **access)
    file = DataLakeFileClient(f"{service}/a", "f", "p", **access)
    table = TableClient(f"{service}/a", "t", **access)
    entity = {"PartitionKey": "p", "RowKey": "r"}
    seen: dict[str, Any] = {"etag": '"1"', "match_condition": MatchConditions.IfNotModified}
    store = AzureAppConfigurationClient.from_connection_string(f"Endpoint={service};Id=i;Secret={KEY}", retry_total=0)
    setting = ConfigurationSetting(key="k", value="v", etag="e")
    return {
        "azure/storage/BlobAlreadyExists 409": lambda: blob.upload_blob(b"x"),
        "azure/storage/BlobAlreadyExists 412": lambda: blob.upload_blob(b"x", **seen),
        "azure/storage/ConditionNotMet 412": lambda: blob.upload_blob(b"x", overwrite=True, **seen),
        "azure/storage/LeaseIdMissing 412": lambda: blob.upload_blob(b"x", overwrite=True),
        "azure/storage/LeaseIdMismatchWithBlobOperation 412": lambda: blob.delete_blob(lease="0" * 32),
        "azure/storage/LeaseIdMismatchWithBlobOperation 409": lambda: BlobLeaseClient(blob).renew(),
        "azure/storage/LeaseAlreadyPresent 409": lambda: blob.acquire_lease(15),
        "azure/storage/ContainerBeingDeleted 409": lambda: container.create_container(),
        "azure/storage/SnapshotsPresent 409": lambda: blob.delete_blob(),
        "azure/storage/PendingCopyOperation 409": lambda: blob.start_copy_from_url("https://a.example/b"),
        "azure/storage/AppendPositionConditionNotMet 412": lambda: blob.append_block(b"x", appendpos_condition=3),
        "azure/storage/PathAlreadyExists 409": lambda: file.create_file(match_condition=MatchConditions.IfMissing),
        "azure/tables/EntityAlreadyExists 409": lambda: table.create_entity(entity),
        "azure/tables/UpdateConditionNotSatisfied 412": lambda: table.update_entity(entity, **seen),
        "azure/tables/TableBeingDeleted 409": lambda: table.create_table(),
        "azure/appconfiguration/ReadOnly 409": lambda: store.set_configuration_setting(setting),
        "azure/ResourceModifiedError 412": lambda: store.set_configuration_setting(setting, **seen),
    }


@pytest.mark.parametrize("which", refused("http://127.0.0.1") if installed("azure.storage.blob") else [])
def test_the_class_that_azure_clients_raise(which: str, service: str) -> None:
    identity, status = which.split()
    entry = ENTRIES[identity]
    Answer.status, Answer.as_json = int(status), entry.services[0] in ("azure-data-tables", "azure-appconfiguration")
    Answer.code = "ConditionNotMet" if which.endswith("BlobAlreadyExists 412") else (*entry.codes, "x")[0]
    classes = tuple(resolved(name) for names in entry.classes.values() for name in names)
    with pytest.raises(classes) as caught:
        refused(service)[which]()
    assert type(caught.value) in classes
    assert caught.value.status_code == int(status)
    assert int(status) in entry.status
