"""Blobs, entities, items, documents and objects of Kubernetes whose refused updates nobody hears of."""

from __future__ import annotations

import logging
import time

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError
from azure.cosmos import ContainerProxy
from azure.cosmos.exceptions import CosmosAccessConditionFailedError
from azure.data.tables import TableClient
from azure.storage.blob import BlobClient
from elasticsearch import ConflictError, Elasticsearch
from google.api_core.exceptions import FailedPrecondition, PreconditionFailed
from google.cloud import firestore, storage
from kubernetes import client
from kubernetes.client.rest import ApiException

log = logging.getLogger(__name__)
database = firestore.Client()
core = client.CoreV1Api()


def save(blob: BlobClient, data: bytes, etag: str) -> None:
    try:
        blob.upload_blob(data, overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    except ResourceModifiedError:  # bad: CL401
        log.warning("%s has changed", blob.blob_name)


def save_by_status(blob: BlobClient, data: bytes, etag: str) -> None:
    try:
        blob.upload_blob(data, overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    except HttpResponseError as error:  # bad: CL401
        if error.status_code != 412:
            raise


def save_by_code(blob: BlobClient, data: bytes, etag: str) -> None:
    try:
        blob.upload_blob(data, overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    except HttpResponseError as error:
        if error.error_code == "ConditionNotMet":  # bad: CL401
            log.info("%s was written by another process", blob.blob_name)
        else:
            raise


def ship(orders: TableClient, order: dict, etag: str) -> None:
    try:
        orders.update_entity(order, etag=etag, match_condition=MatchConditions.IfNotModified)
    except ResourceModifiedError:  # bad: CL401
        pass


def ship_item(orders: ContainerProxy, order: dict) -> None:
    order["shipped"] = True
    try:
        orders.replace_item(order["id"], order, etag=order["_etag"], match_condition=MatchConditions.IfNotModified)
    except CosmosAccessConditionFailedError:  # bad: CL401
        log.info("order %s has changed", order["id"])


def ship_document(search: Elasticsearch, order: dict, found: dict) -> None:
    numbers = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
    try:
        search.index(index="orders", id=order["id"], document=order, **numbers)
    except ConflictError:  # bad: CL401
        log.info("order %s has changed", order["id"])


def ship_reference(number: str, seen) -> None:
    document = database.collection("orders").document(number)
    try:
        document.update({"shipped": True}, option=database.write_option(last_update_time=seen.update_time))
    except FailedPrecondition:  # bad: CL401
        log.info("order %s has changed", number)


def configure(name: str, namespace: str, values: dict) -> None:
    found = core.read_namespaced_config_map(name, namespace)
    found.data.update(values)
    try:
        core.replace_namespaced_config_map(name, namespace, found)
    except ApiException as error:  # bad: CL401
        if error.status == 409:
            log.info("%s was changed meanwhile", name)
        else:
            raise


# good: status returned
def try_to_configure(name: str, namespace: str, values: dict) -> bool:
    found = core.read_namespaced_config_map(name, namespace)
    found.data.update(values)
    try:
        core.replace_namespaced_config_map(name, namespace, found)
    except ApiException as error:
        if error.status == 409:
            return False
        raise
    return True


# good: creation
def save_first(blob: BlobClient, data: bytes) -> None:
    try:
        blob.upload_blob(data, overwrite=True, match_condition=MatchConditions.IfMissing)
    except ResourceExistsError:
        log.info("%s is there already", blob.blob_name)


# good: raised
def save_or_raise(blob: BlobClient, data: bytes, etag: str) -> None:
    try:
        blob.upload_blob(data, overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    except ResourceModifiedError as error:
        raise RuntimeError(f"{blob.blob_name} has changed") from error


# good: read again
def append(blob: BlobClient, line: bytes) -> None:
    for attempt in range(5):
        found = blob.download_blob()
        data = found.readall() + line
        try:
            blob.upload_blob(
                data, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            time.sleep(attempt)


# good: handled
def save_or_merge(blob: BlobClient, data: bytes, etag: str, merge) -> None:
    try:
        blob.upload_blob(data, overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    except ResourceModifiedError:
        merge(blob, data)


# good: every error alike
def ship_if_possible(orders: TableClient, order: dict, etag: str) -> None:
    try:
        orders.update_entity(order, etag=etag, match_condition=MatchConditions.IfNotModified)
    except HttpResponseError:
        log.exception("not shipped")


# good: every error alike
def label(name: str, body: dict) -> None:
    try:
        core.replace_node(name, body)
    except ApiException as error:
        log.error("%s: %s", name, error.status)


class Locker:
    """What is locked are documents; a refused deletion of one is no lock that somebody else has."""

    def __init__(self, bucket: storage.Bucket) -> None:
        self.bucket = bucket

    def remove_document(self, name: str, generation: int) -> None:
        try:
            self.bucket.blob(name).delete(if_generation_match=generation)
        except PreconditionFailed:  # bad: CL401
            log.error("%s was changed", name)

    # good: taken away
    def unlock(self, name: str, generation: int) -> None:
        try:
            self.bucket.blob(f"{name}.lock").delete(if_generation_match=generation)
        except PreconditionFailed:
            log.error("%s has another owner by now", name)
