"""Blobs, entities and objects of other providers: etags, generations."""

from __future__ import annotations

import json
import time

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceModifiedError
from azure.storage.blob import BlobClient, BlobServiceClient
from google.api_core.exceptions import PreconditionFailed
from google.cloud import storage

service = BlobServiceClient.from_connection_string("UseDevelopmentStorage=true")


def append(container: str, name: str, line: str) -> None:
    blob = service.get_blob_client(container, name)
    for attempt in range(5):
        found = blob.download_blob()
        text = found.readall().decode() + line
        try:
            blob.upload_blob(  # bad: CL301
                text, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            time.sleep(attempt)


def label(blob: BlobClient, metadata: dict, etag: str) -> None:
    while True:
        try:
            blob.set_blob_metadata(  # bad: CL301
                metadata, etag=etag, match_condition=MatchConditions.IfNotModified
            )
            return
        except HttpResponseError as error:
            if error.status_code != 412:
                raise
            time.sleep(1)


def save(bucket: str, name: str, text: str, generation: int) -> None:
    blob = storage.Client().bucket(bucket).blob(name)
    for attempt in range(3):
        try:
            blob.upload_from_string(text, if_generation_match=generation)  # bad: CL301
            return
        except PreconditionFailed:
            time.sleep(attempt)


# good: read again
def append_again(container: str, name: str, line: str) -> None:
    blob = service.get_blob_client(container, name)
    for attempt in range(5):
        found = blob.download_blob()
        text = found.readall().decode() + line
        try:
            blob.upload_blob(
                text, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            time.sleep(attempt)


# good: read again
def count(bucket: str, name: str) -> None:
    blob = storage.Client().bucket(bucket).blob(name)
    for attempt in range(5):
        blob.reload()
        counts = json.loads(blob.download_as_bytes())
        counts["runs"] += 1
        try:
            blob.upload_from_string(json.dumps(counts), if_generation_match=blob.generation)
            return
        except PreconditionFailed:
            time.sleep(attempt)


# good: creates or locks
def lock(bucket: str, name: str) -> None:
    blob = storage.Client().bucket(bucket).blob(name)
    while True:
        try:
            blob.upload_from_string("locked", if_generation_match=0)
            return
        except PreconditionFailed:
            time.sleep(1)


# good: errors that pass
def label_patiently(blob: BlobClient, metadata: dict, etag: str) -> None:
    for attempt in range(5):
        try:
            blob.set_blob_metadata(metadata, etag=etag, match_condition=MatchConditions.IfNotModified)
            return
        except HttpResponseError as error:
            if error.status_code not in (500, 503):
                raise
            time.sleep(attempt)
