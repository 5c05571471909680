"""Conflicts of other SDKs that are answered by trying for ever."""

from __future__ import annotations

import json
import time

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.storage.blob import BlobClient
from google.api_core.exceptions import PreconditionFailed
from google.cloud import storage
from kubernetes.client import AppsV1Api
from kubernetes.client.exceptions import ApiException


def scale(api: AppsV1Api, name: str, namespace: str, count: int) -> None:
    while True:
        found = api.read_namespaced_deployment(name, namespace)
        found.spec.replicas = count
        try:
            api.replace_namespaced_deployment(name, namespace, found)  # bad: CL304
            return
        except ApiException as error:
            if error.status != 409:
                raise


# good: limited
def scale_five_times(api: AppsV1Api, name: str, namespace: str, count: int) -> None:
    for _ in range(5):
        found = api.read_namespaced_deployment(name, namespace)
        found.spec.replicas = count
        try:
            api.replace_namespaced_deployment(name, namespace, found)
            return
        except ApiException as error:
            if error.status != 409:
                raise


def append(blob: BlobClient, line: str) -> None:
    while True:
        found = blob.download_blob()
        text = found.readall().decode() + line
        try:
            blob.upload_blob(  # bad: CL304
                text, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
            )
            break
        except ResourceModifiedError:
            continue


# good: read again with a pause
def append_slowly(blob: BlobClient, line: str) -> None:
    while True:
        found = blob.download_blob()
        text = found.readall().decode() + line
        try:
            blob.upload_blob(
                text, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
            )
            break
        except ResourceModifiedError:
            time.sleep(1)


def count(bucket: str, name: str) -> None:
    blob = storage.Client().bucket(bucket).blob(name)
    while True:
        blob.reload()
        counts = json.loads(blob.download_as_bytes())
        counts["runs"] += 1
        try:
            blob.upload_from_string(json.dumps(counts), if_generation_match=blob.generation)  # bad: CL304
            return
        except PreconditionFailed:
            pass
