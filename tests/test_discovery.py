"""Clients that are made at run time of an API's description: how they are found, and whether what is said is so."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import inspect
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conflict_lint.catalogue import load
from conflict_lint.catalogue.model import Operation

CATALOGUE = load()
ROOT = Path(__file__).parent.parent
GENERATED = json.loads((ROOT / "rules/conflict_lint_rules/catalogue/generated/discovery.json").read_bytes())
GENERATED.pop("")
LIBRARY = "google-api-python-client"


@lru_cache
def script() -> ModuleType:
    """The script that writes the generated facts."""
    spec = importlib.util.spec_from_file_location("discovery", ROOT / "rules/generate/discovery.py")
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def installed() -> str:
    """The version of the library; skips the test where it is not installed."""
    try:
        return importlib.metadata.version(LIBRARY)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{LIBRARY} is not installed; the extra named catalogue has it")


@lru_cache
def client(api: str) -> Any:
    """A client that sends nothing."""
    from google.auth.credentials import AnonymousCredentials
    from googleapiclient.discovery import build

    name, version = api.split()
    return build(name, version, credentials=AnonymousCredentials(), static_discovery=True, cache_discovery=False)


def resource(api: str, path: str) -> Any:
    """The object that the methods of a path lead to."""
    found = client(api)
    for name in path.split("."):
        found = getattr(found, name)()
    return found


def curated(api: str) -> Iterator[Operation]:
    """The operations of an API that a person described."""
    service = CATALOGUE.service(f"google.discovery.{'.'.join(api.split())}")
    yield from (operation for operation in service.curated if operation.effect)


@pytest.mark.parametrize("api", GENERATED)
def test_generated_methods_are_those_of_the_documents(api: str) -> None:
    """With the pinned version the same comes out; another one has all that is described at least."""
    if installed() == GENERATED[api][""]["version"]:
        assert script().facts(api) == GENERATED[api]
    else:
        assert GENERATED[api].keys() <= script().facts(api).keys()


@pytest.mark.parametrize("api", [api for api in GENERATED if list(curated(api))])
def test_what_is_described_is_a_method_with_these_parameters(api: str) -> None:
    installed()
    for operation in curated(api):
        path, _, method = operation.name.rpartition("/")
        function = getattr(resource(api, path), method)
        documented = inspect.getdoc(function) or ""
        named = {name.partition("/")[0] for name in (*operation.key, *operation.payload)}
        missing = {name for name in named - {"media_body"} if f" {name}:" not in documented}
        assert missing == set(), operation.name
        assert function.__self__ is not None


def test_a_request_is_sent_by_itself_and_carries_headers() -> None:
    installed()
    request = resource("calendar v3", "events").get(calendarId="a", eventId="b")
    assert callable(request.execute)
    request.headers["If-Match"] = "1"
    assert {name.lower() for name in request.headers} >= {"if-match"}


def test_every_version_leads_to_the_client_of_its_api() -> None:
    for function in ("googleapiclient.discovery.build", "apiclient.discovery.build"):
        found = CATALOGUE.made(function)
        assert found is not None
        takes, services = found
        assert takes == ("serviceName", "version")
        assert services["sqladmin v1beta4"] == services["sqladmin v1"] == services["sqladmin"]
        assert services["drive v2"] != services["drive v3"] == services["drive"]
        assert set(services.values()) <= CATALOGUE.sdks
    assert CATALOGUE.made("googleapiclient.discovery.build_from_document") is None


def test_repeated_by_the_library_is_what_its_source_says() -> None:
    installed()
    from googleapiclient.http import _should_retry_response

    assert _should_retry_response(503, b"") and _should_retry_response(429, b"")
    assert not any(_should_retry_response(status, b"{}") for status in (409, 412))
