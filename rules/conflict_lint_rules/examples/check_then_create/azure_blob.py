"""Blobs and files in Azure that are created because they were not there a moment ago."""

from __future__ import annotations

import hashlib
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobProperties, ContainerClient
from azure.storage.filedatalake import FileSystemClient


def publish(blob: BlobClient, page: bytes) -> None:
    if not blob.exists():
        blob.upload_blob(page, overwrite=True)  # bad: CL102


# good: fails by itself
def publish_once(blob: BlobClient, page: bytes) -> None:
    if not blob.exists():
        blob.upload_blob(page)


# good: guarded
def publish_if_missing(blob: BlobClient, page: bytes) -> None:
    if not blob.exists():
        blob.upload_blob(page, overwrite=True, match_condition=MatchConditions.IfMissing)


def publish_or_fail(container: ContainerClient, name: str, page: bytes) -> None:
    blob = container.get_blob_client(name)
    if blob.exists():
        raise FileExistsError(name)
    blob.upload_blob(page, overwrite=True)  # bad: CL102


def start_log(blob: BlobClient) -> None:
    if not blob.exists():
        blob.create_append_blob()  # bad: CL102


def start_log_anew(blob: BlobClient) -> None:
    try:
        blob.get_blob_properties()
    except ResourceNotFoundError:
        blob.create_append_blob()  # bad: CL102


def properties_of(blob: BlobClient) -> BlobProperties | None:
    try:
        return blob.get_blob_properties()
    except ResourceNotFoundError:
        return None


def start_log_unless_found(blob: BlobClient) -> None:
    if properties_of(blob) is None:
        blob.create_append_blob()  # bad: CL102


def publish_unless_found(blob: BlobClient, page: bytes) -> None:
    if properties_of(blob) is None:
        blob.upload_blob(page, overwrite=True)  # known-miss: CL102 the function's own result, as in a cache


# good: own key
def keep(container: ContainerClient, page: bytes) -> None:
    blob = container.get_blob_client(hashlib.sha256(page).hexdigest())
    if not blob.exists():
        blob.upload_blob(page, overwrite=True)


def add_file(lake: FileSystemClient, path: str, data: bytes) -> None:
    file = lake.get_file_client(path)
    if not file.exists():
        file.upload_data(data, overwrite=True)  # bad: CL102


# good: another resource
def back_up(blob: BlobClient, file: BlobClient, page: bytes) -> None:
    if not file.exists():
        blob.upload_blob(page, overwrite=True)


# good: not a cloud
def publish_somewhere(blob: Any, page: bytes) -> None:
    if not blob.exists():
        blob.upload_blob(page, overwrite=True)


def publish_if_refused(blob: BlobClient, page: bytes) -> None:
    """What was not found is told by the status of an error of any class."""
    try:
        blob.get_blob_properties()
        raise FileExistsError(blob.blob_name)
    except HttpResponseError as error:
        if error.status_code != 404:
            raise
    blob.upload_blob(page, overwrite=True)  # bad: CL102


# good: not a check
def publish_if_broken(blob: BlobClient, page: bytes) -> None:
    try:
        blob.get_blob_properties()
    except HttpResponseError as error:
        if error.status_code == 404:
            raise
        blob.upload_blob(page, overwrite=True)
