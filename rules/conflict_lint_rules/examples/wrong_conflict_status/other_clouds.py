"""409 and 412, and their classes, confused."""

from __future__ import annotations

import logging

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError
from azure.cosmos import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError, CosmosResourceExistsError
from azure.data.tables import TableClient
from azure.storage.blob import BlobClient
from elasticsearch import ApiError, Elasticsearch
from google.api_core.exceptions import Conflict, GoogleAPIError
from google.cloud import storage
from kubernetes import client
from kubernetes.client.rest import ApiException

log = logging.getLogger(__name__)
bucket = storage.Client().bucket("state")
core = client.CoreV1Api()


def save(blob: BlobClient, data: bytes, etag: str) -> bool:
    try:
        blob.upload_blob(data, overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    except ResourceExistsError:  # bad: CL404
        return False
    return True


def save_first(blob: BlobClient, data: bytes) -> bool:
    try:
        blob.upload_blob(data, overwrite=True, match_condition=MatchConditions.IfMissing)
    except ResourceModifiedError:  # bad: CL404
        return False
    return True


def save_without_overwrite(blob: BlobClient, data: bytes, etag: str) -> bool:
    try:
        blob.upload_blob(data, etag=etag, match_condition=MatchConditions.IfNotModified)
    except ResourceModifiedError:  # bad: CL404
        return False
    return True


def ship(orders: TableClient, order: dict, etag: str) -> bool:
    try:
        orders.update_entity(order, etag=etag, match_condition=MatchConditions.IfNotModified)
    except HttpResponseError as error:  # bad: CL404
        if error.status_code != 409:
            raise
        return False
    return True


def ship_item(orders: ContainerProxy, order: dict, etag: str) -> bool:
    try:
        orders.replace_item(order["id"], order, etag=etag, match_condition=MatchConditions.IfNotModified)
    except CosmosResourceExistsError:  # bad: CL404
        return False
    return True


def store(name: str, text: str, generation: int) -> bool:
    try:
        bucket.blob(name).upload_from_string(text, if_generation_match=generation)
    except Conflict:  # bad: CL404
        return False
    return True


def store_first(name: str, text: str) -> bool:
    try:
        bucket.blob(name).upload_from_string(text, if_generation_match=0)
    except Conflict:  # bad: CL404
        log.info("%s is there already", name)
        return False
    return True


def index(search: Elasticsearch, order: dict, number: int, term: int) -> bool:
    try:
        search.index(index="orders", id=order["id"], document=order, if_seq_no=number, if_primary_term=term)
    except ApiError as error:  # bad: CL404
        if error.status_code == 412:
            return False
        raise
    return True


def label(name: str, key: str, value: str) -> bool:
    node = core.read_node(name)
    node.metadata.labels[key] = value
    try:
        core.replace_node(name, node)
    except ApiException as error:  # bad: CL404
        if error.status == 412:
            return False
        raise
    return True


# good: the right one
def save_unchanged(blob: BlobClient, data: bytes, etag: str) -> bool:
    try:
        blob.upload_blob(data, overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    except ResourceModifiedError:
        return False
    return True


# good: the right one
def save_new(blob: BlobClient, data: bytes) -> bool:
    try:
        blob.upload_blob(data, overwrite=True, match_condition=MatchConditions.IfMissing)
    except ResourceExistsError:
        return False
    return True


# good: both
def ship_or_not(orders: TableClient, order: dict, etag: str) -> bool:
    try:
        orders.update_entity(order, etag=etag, match_condition=MatchConditions.IfNotModified)
    except HttpResponseError as error:
        if error.status_code in (409, 412):
            return False
        raise
    return True


# good: caught with others
def ship_item_if_possible(orders: ContainerProxy, order: dict, etag: str) -> bool:
    try:
        orders.replace_item(order["id"], order, etag=etag, match_condition=MatchConditions.IfNotModified)
    except CosmosResourceExistsError:
        log.info("there")
    except CosmosHttpResponseError:
        return False
    return True


# good: caught with others
def store_if_possible(name: str, text: str, generation: int) -> None:
    try:
        bucket.blob(name).upload_from_string(text, if_generation_match=generation)
    except GoogleAPIError:
        log.exception("%s was not stored", name)


# good: no condition
def save_anyhow(blob: BlobClient, data: bytes) -> bool:
    try:
        blob.upload_blob(data)
    except ResourceExistsError:
        return False
    return True


# good: out of sight
def save_with(blob: BlobClient, data: bytes, etag: str, prepare) -> bool:
    try:
        blob.upload_blob(prepare(data), overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    except ResourceExistsError:
        return False
    return True


# good: out of sight
def label_with(name: str, body: dict) -> bool:
    try:
        core.patch_node(name, body)
    except ApiException as error:
        if error.status == 412:
            return False
        raise
    return True
