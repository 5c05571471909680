"""Things that exist already and are created again and again: entities, items, documents."""

from __future__ import annotations

import logging
import time

import stamina
from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ServiceRequestError
from azure.cosmos import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError, CosmosResourceExistsError
from azure.data.tables import TableClient
from google.api_core.exceptions import AlreadyExists, Conflict, ServiceUnavailable
from google.api_core.retry import Retry, if_exception_type
from google.cloud import bigquery, firestore
from tenacity import retry, retry_if_exception, retry_if_exception_type, stop_after_attempt

try:
    from google.api_core.exceptions import GoogleAPICallError
except ImportError:
    GoogleAPICallError = None
try:
    from apitools.base.py.exceptions import HttpError
except ImportError:
    HttpError = None

log = logging.getLogger(__name__)
database = firestore.Client()


def register(users: TableClient, user: dict) -> None:
    for attempt in range(5):
        try:
            users.create_entity(user)  # bad: CL303
            return
        except ResourceExistsError:
            time.sleep(attempt)


def register_by_status(users: TableClient, user: dict) -> None:
    for attempt in range(5):
        try:
            users.create_entity(user)  # bad: CL303
            return
        except HttpResponseError as error:
            if error.status_code not in (409, 503):
                raise
            time.sleep(attempt)


def register_by_code(users: TableClient, user: dict) -> None:
    while True:
        try:
            users.create_entity(user)  # bad: CL303
            break
        except HttpResponseError as error:
            if error.error_code != "EntityAlreadyExists":
                raise
            log.warning("not registered yet")


@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(CosmosHttpResponseError))
def order(orders: ContainerProxy, document: dict) -> None:
    orders.create_item(document)  # bad: CL303


@retry(stop=stop_after_attempt(3), retry=retry_if_exception(lambda error: getattr(error, "status_code", 0) >= 500))
@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(AzureError))
def order_with_two(orders: ContainerProxy, document: dict) -> None:
    orders.create_item(document)  # bad: CL303


@stamina.retry(on=Conflict, attempts=3)
def claim(name: str, owner: str) -> None:
    database.collection("claims").document(name).create({"owner": owner})  # bad: CL303


@Retry(predicate=if_exception_type(AlreadyExists, ServiceUnavailable))
def claim_with_policy(name: str, owner: str) -> None:
    database.collection("claims").document(name).create({"owner": owner})  # bad: CL303


# good: errors that pass
@Retry(predicate=if_exception_type(ServiceUnavailable))
def claim_patiently(name: str, owner: str) -> None:
    database.collection("claims").document(name).create({"owner": owner})


# good: errors that pass
@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(ServiceRequestError))
def order_patiently(orders: ContainerProxy, document: dict) -> None:
    orders.create_item(document)


# good: errors that pass
def register_patiently(users: TableClient, user: dict) -> None:
    for attempt in range(5):
        try:
            users.create_entity(user)
            return
        except HttpResponseError as error:
            if error.status_code not in (429, 503):
                raise
            time.sleep(attempt)


# good: handled inside
@retry(stop=stop_after_attempt(3))
def order_once(orders: ContainerProxy, document: dict) -> None:
    try:
        orders.create_item(document)
    except CosmosResourceExistsError:
        log.info("ordered before")


# good: room made first
def register_anew(users: TableClient, user: dict) -> None:
    for attempt in range(5):
        try:
            users.create_entity(user)
            return
        except ResourceExistsError:
            users.delete_entity(user)
            time.sleep(attempt)


# good: another name each time
def register_somehow(users: TableClient, user: dict) -> None:
    for attempt in range(5):
        try:
            users.create_entity({**user, "RowKey": f"{user['RowKey']}-{attempt}"})
            return
        except ResourceExistsError:
            log.info("taken")


# good: no retry
def register_all(users: TableClient, found: list[dict]) -> None:
    for user in found:
        try:
            users.create_entity(user)
        except ResourceExistsError:
            continue


# good: not answered by it
@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(ResourceExistsError))
def store(users: TableClient, user: dict) -> None:
    users.upsert_entity(user)


def passes(error: Exception) -> bool:
    """What is not installed raises nothing."""
    if HttpError is not None and isinstance(error, HttpError):
        return error.status_code >= 500
    if GoogleAPICallError is not None and isinstance(error, GoogleAPICallError):
        if error.code >= 500:
            return True
        else:
            return False
    return True


# good: errors that pass
@retry(stop=stop_after_attempt(3), retry=retry_if_exception(passes))
def make_dataset(client: bigquery.Client, name: str) -> None:
    client.create_dataset(name)
