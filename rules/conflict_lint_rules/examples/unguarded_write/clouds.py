"""Writes of other SDKs that could carry a precondition. All findings here are hints."""

from __future__ import annotations

from azure.core import MatchConditions
from azure.cosmos import ContainerProxy
from azure.data.tables import TableClient
from azure.storage.blob import BlobClient
from elasticsearch import Elasticsearch
from google.cloud import storage


def publish(blob: BlobClient, page: bytes) -> None:
    blob.upload_blob(page, overwrite=True)  # bad: CL105


# good: guarded
def publish_as_seen(blob: BlobClient, page: bytes, etag: str) -> None:
    blob.upload_blob(page, overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)


def upload(bucket: str, name: str, text: str) -> None:
    storage.Client().bucket(bucket).blob(name).upload_from_string(text)  # bad: CL105


# good: guarded
def upload_new(bucket: str, name: str, text: str) -> None:
    storage.Client().bucket(bucket).blob(name).upload_from_string(text, if_generation_match=0)


def replace(orders: ContainerProxy, order: dict) -> None:
    orders.replace_item(order["id"], order)  # bad: CL105


def update(orders: TableClient, order: dict) -> None:
    orders.update_entity(order)  # bad: CL105


# good: no condition offered
def save(orders: TableClient, order: dict) -> None:
    orders.upsert_entity(order)


def index(search: Elasticsearch, number: str, order: dict) -> None:
    search.index(index="orders", id=number, document=order)  # bad: CL105
