"""Conflicts of other clouds that are answered for ever."""

from __future__ import annotations

import json
import time

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.storage.blob import BlobClient
from google.api_core.exceptions import PreconditionFailed
from google.cloud import storage
from kubernetes import client
from kubernetes.client.rest import ApiException

bucket = storage.Client().bucket("state")
core = client.CoreV1Api()


def append(blob: BlobClient, line: bytes) -> None:
    while True:
        found = blob.download_blob()
        data = found.readall() + line
        try:
            blob.upload_blob(  # bad: CL304
                data, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            continue


def count(name: str) -> None:
    while True:
        blob = bucket.blob(name)
        counts = json.loads(blob.download_as_bytes())
        counts["runs"] += 1
        try:
            blob.upload_from_string(json.dumps(counts), if_generation_match=blob.generation)  # bad: CL304
            return
        except PreconditionFailed:
            continue


def label(name: str, key: str, value: str) -> None:
    while True:
        node = core.read_node(name)
        node.metadata.labels[key] = value
        try:
            core.replace_node(name, node)  # bad: CL304
            return
        except ApiException as error:
            if error.status != 409:
                raise


# good: limited
def append_five_times(blob: BlobClient, line: bytes) -> None:
    for _ in range(5):
        found = blob.download_blob()
        data = found.readall() + line
        try:
            blob.upload_blob(
                data, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            continue


# good: read again with a pause
def label_patiently(name: str, key: str, value: str) -> None:
    while True:
        node = core.read_node(name)
        node.metadata.labels[key] = value
        try:
            core.replace_node(name, node)
            return
        except ApiException as error:
            if error.status != 409:
                raise
            time.sleep(1)


# good: a lock
def lock(name: str) -> None:
    while True:
        try:
            bucket.blob(f"{name}.lock").upload_from_string("", if_generation_match=0)
            return
        except PreconditionFailed:
            time.sleep(1)
