"""Policies of other clouds' clients that name a failed precondition or a conflict."""

from __future__ import annotations

import backoff
import tenacity
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceModifiedError, ServiceRequestError
from azure.cosmos import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError
from azure.data.tables import TableClient
from azure.storage.blob import BlobClient
from elasticsearch import ConflictError, ConnectionTimeout, Elasticsearch
from google.api_core.exceptions import PreconditionFailed, ServiceUnavailable
from google.api_core.retry import Retry, if_exception_type
from google.cloud import storage

bucket = storage.Client().bucket("state")
PATIENT = Retry(predicate=if_exception_type(PreconditionFailed, ServiceUnavailable), timeout=60)


def passes(error: BaseException) -> bool:
    return getattr(error, "status_code", None) in {408, 412, 429, 503}


@tenacity.retry(retry=tenacity.retry_if_exception(passes), stop=tenacity.stop_after_attempt(3))
def ship(orders: TableClient, order: dict, etag: str) -> None:
    orders.update_entity(order, etag=etag, match_condition=MatchConditions.IfNotModified)  # bad: CL302


@tenacity.retry(retry=tenacity.retry_if_exception_type((ServiceRequestError,)))
def save(blob: BlobClient, data: bytes, etag: str) -> None:
    blob.upload_blob(  # bad: CL302
        data, overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified
    )


@backoff.on_exception(
    backoff.expo, CosmosHttpResponseError, max_tries=4, giveup=lambda error: error.status_code not in (429,)
)
def ship_item(orders: ContainerProxy, order: dict, etag: str) -> None:
    orders.replace_item(order["id"], order, etag=etag, match_condition=MatchConditions.IfNotModified)  # bad: CL302


@backoff.on_exception(backoff.expo, (ConnectionTimeout,), max_tries=4)
def ship_document(search: Elasticsearch, order: dict, number: int, term: int) -> None:
    search.index(index="orders", id=order["id"], document=order, if_seq_no=number, if_primary_term=term)  # bad: CL302


@PATIENT
def store(name: str, text: str, generation: int) -> None:
    bucket.blob(name).upload_from_string(text, if_generation_match=generation)  # bad: CL302


def store_with_policy(name: str, text: str, generation: int) -> None:
    bucket.blob(name).upload_from_string(text, if_generation_match=generation, retry=PATIENT)  # bad: CL302


# good: errors that pass
def store_patiently(name: str, text: str, generation: int) -> None:
    policy = Retry(predicate=if_exception_type(ServiceUnavailable))
    bucket.blob(name).upload_from_string(text, if_generation_match=generation, retry=policy)


# good: creates or locks
def store_first(name: str, text: str) -> None:
    bucket.blob(name).upload_from_string(text, if_generation_match=0, retry=PATIENT)


# good: no version sent
def store_anyhow(name: str, text: str) -> None:
    bucket.blob(name).upload_from_string(text, retry=PATIENT)


# good: read again
@PATIENT
def append(name: str, line: str) -> None:
    blob = bucket.blob(name)
    text = blob.download_as_text() + line
    blob.upload_from_string(text, if_generation_match=blob.generation)


# good: errors that pass
@tenacity.retry(retry=tenacity.retry_if_exception_type(ServiceRequestError), stop=tenacity.stop_after_attempt(3))
def ship_patiently(orders: TableClient, order: dict, etag: str) -> None:
    orders.update_entity(order, etag=etag, match_condition=MatchConditions.IfNotModified)


# good: out of sight
def ship_by(policy, orders: TableClient, order: dict, etag: str) -> None:
    policy(orders.update_entity, order, etag=etag, match_condition=MatchConditions.IfNotModified)


def is_conflict(error: BaseException) -> bool:
    return isinstance(error, HttpResponseError) and error.status_code == 409


# good: no version sent
@tenacity.retry(retry=tenacity.retry_if_exception(is_conflict), stop=tenacity.stop_after_attempt(3))
def ship_anyhow(orders: TableClient, order: dict) -> None:
    orders.upsert_entity(order)
