"""Error codes of Azure's storage clients, and exception classes that an SDK never raises."""

from __future__ import annotations

from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError
from azure.cosmos import ContainerProxy
from azure.cosmos.exceptions import CosmosAccessConditionFailedError
from azure.data.tables import TableClient
from azure.storage.blob import BlobClient
from google.api_core import exceptions
from google.api_core.exceptions import FailedPrecondition, PreconditionFailed
from google.cloud import bigquery, firestore, storage
from kubernetes import client as kubernetes
from kubernetes.client.rest import ApiException


def create(blob: BlobClient, data: bytes) -> bool:
    try:
        blob.upload_blob(data)
    except ResourceExistsError as error:
        if error.error_code != "BlobAlreadyExist":  # bad: CL403
            raise
        return False
    return True


# good: right spelling
def create_rightly(blob: BlobClient, data: bytes) -> bool:
    try:
        blob.upload_blob(data)
    except ResourceExistsError as error:
        if error.error_code != "BlobAlreadyExists":
            raise
        return False
    return True


# good: not close to any code
def create_gently(blob: BlobClient, data: bytes) -> bool:
    try:
        blob.upload_blob(data)
    except HttpResponseError as error:
        return error.error_code == "SomethingNewerThanThisList"
    return True


def add(table: TableClient, entity: dict[str, Any]) -> bool:
    try:
        table.create_entity(entity)
    except HttpResponseError as error:
        return error.error_code in ("EntityAlreadyExist", "TableBeingDeleted")  # bad: CL403
    return True


def replace(container: ContainerProxy, item: dict[str, Any], etag: str, condition: Any) -> bool:
    try:
        container.replace_item(item, item, etag=etag, match_condition=condition)
    except ResourceModifiedError:  # bad: CL403
        return False
    return True


# good: right spelling beside it
def replace_rightly(container: ContainerProxy, item: dict[str, Any], etag: str, condition: Any) -> bool:
    try:
        container.replace_item(item, item, etag=etag, match_condition=condition)
    except (ResourceModifiedError, CosmosAccessConditionFailedError):
        return False
    return True


def write(blob: storage.Blob, text: str, generation: int) -> bool:
    try:
        blob.upload_from_string(text, if_generation_match=generation)
    except FailedPrecondition:  # bad: CL403
        return False
    return True


# good: right spelling
def write_rightly(blob: storage.Blob, text: str, generation: int) -> bool:
    try:
        blob.upload_from_string(text, if_generation_match=generation)
    except exceptions.PreconditionFailed:
        return False
    return True


def rename(document: firestore.DocumentReference, name: str, option: Any) -> bool:
    try:
        document.update({"name": name}, option=option)
    except PreconditionFailed:  # bad: CL403
        return False
    return True


# good: out of sight
def write_and_tell(blob: storage.Blob, text: str, tell: Any) -> bool:
    try:
        blob.upload_from_string(text)
        tell(text)
    except exceptions.AlreadyExists:
        return False
    return True


def configure(api: kubernetes.CoreV1Api, namespace: str, settings: dict[str, Any]) -> None:
    try:
        api.create_namespaced_config_map(namespace, settings)
    except ApiException as error:
        if error.reason != "AlreadyExists":  # bad: CL403
            raise


def settings_of(api: kubernetes.CoreV1Api, namespace: str, name: str) -> Any:
    try:
        return api.read_namespaced_config_map(name, namespace)
    except ApiException as error:
        if error.reason == "NotFound":  # bad: CL403
            return None
        raise


# good: right spelling
def configure_once(api: kubernetes.CoreV1Api, namespace: str, settings: dict[str, Any]) -> Any:
    try:
        return api.create_namespaced_config_map(namespace, settings)
    except ApiException as error:
        if error.reason in ("Conflict", "Unprocessable Entity"):
            return None
        raise


# good: part of the code
def open_shell(api: kubernetes.CoreV1Api, namespace: str, settings: dict[str, Any]) -> None:
    try:
        api.create_namespaced_config_map(namespace, settings)
    except ApiException as error:
        if "Handshake status" not in error.reason and "AlreadyExists" not in error.body:
            raise


def stream(client: bigquery.Client, table: str, rows: list[dict[str, Any]]) -> bool:
    try:
        client.insert_rows_json(table, rows)
    except exceptions.GoogleAPICallError as error:
        return error.errors[0]["reason"] in ("backendError", "rateLimitExceded")  # bad: CL403
    return True


# good: right spelling
def stream_rightly(client: bigquery.Client, table: str, rows: list[dict[str, Any]]) -> bool:
    try:
        client.insert_rows_json(table, rows)
    except exceptions.GoogleAPICallError as error:
        return error.errors[0]["reason"] in ("backendError", "rateLimitExceeded")
    return True


# good: not close to any code
def remove_folder(blob: BlobClient) -> bool:
    """What a file share calls by almost the same name is not what a folder of blobs answers."""
    try:
        blob.delete_blob()
    except HttpResponseError as error:
        if error.error_code == "DirectoryIsNotEmpty":
            return False
        raise
    return True
