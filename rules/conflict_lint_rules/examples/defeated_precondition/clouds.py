"""Versions that are read too late, in the words of other SDKs, and conditions that any version meets."""

from __future__ import annotations

import json

import boto3
from azure.core import MatchConditions
from azure.cosmos import ContainerProxy
from azure.data.tables import TableClient
from azure.storage.blob import BlobClient
from google.cloud import storage
from kubernetes.client import AppsV1Api, CustomObjectsApi

glue = boto3.client("glue")
functions = boto3.client("lambda")
distributions = boto3.client("cloudfront")
dynamodb = boto3.client("dynamodb")


def append(blob: BlobClient, line: str) -> None:
    text = blob.download_blob().readall().decode()
    version = blob.get_blob_properties().etag
    blob.upload_blob(  # bad: CL103
        text + line, overwrite=True, etag=version, match_condition=MatchConditions.IfNotModified
    )


# good: one reply
def append_guarded(blob: BlobClient, line: str) -> None:
    found = blob.download_blob()
    text = found.readall().decode() + line
    blob.upload_blob(
        text, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
    )


def count(bucket: str, name: str) -> None:
    blob = storage.Client().bucket(bucket).blob(name)
    counts = json.loads(blob.download_as_bytes())
    counts["runs"] += 1
    blob.reload()
    blob.upload_from_string(json.dumps(counts), if_generation_match=blob.generation)  # known-miss: CL103 the object keeps the version that reload answers


# good: the older version
def count_guarded(bucket: str, name: str) -> None:
    blob = storage.Client().bucket(bucket).blob(name)
    blob.reload()
    counts = json.loads(blob.download_as_bytes())
    counts["runs"] += 1
    blob.upload_from_string(json.dumps(counts), if_generation_match=blob.generation)


def ship(orders: ContainerProxy, number: str) -> None:
    order = orders.read_item(number, partition_key=number)
    order["shipped"] = True
    etag = orders.read_item(number, partition_key=number)["_etag"]
    orders.replace_item(  # bad: CL103
        number, order, etag=etag, match_condition=MatchConditions.IfNotModified
    )


# good: one reply
def ship_guarded(orders: ContainerProxy, number: str) -> None:
    order = orders.read_item(number, partition_key=number)
    order["shipped"] = True
    orders.replace_item(number, order, etag=order["_etag"], match_condition=MatchConditions.IfNotModified)


def rename(people: TableClient, key: str, name: str) -> None:
    person = people.get_entity("people", key)
    person["names"] = [*person["names"], name]
    latest = people.get_entity("people", key)
    people.update_entity(  # bad: CL103
        person, etag=latest.metadata["etag"], match_condition=MatchConditions.IfNotModified
    )


# good: one reply
def rename_guarded(people: TableClient, key: str, name: str) -> None:
    person = people.get_entity("people", key)
    person["names"] = [*person["names"], name]
    people.update_entity(
        person, etag=person.metadata["etag"], match_condition=MatchConditions.IfNotModified
    )


def scale(api: AppsV1Api, name: str, namespace: str) -> None:
    mine = api.read_namespaced_deployment(name, namespace)
    mine.spec.replicas += 1
    latest = api.read_namespaced_deployment(name, namespace)
    mine.metadata.resource_version = latest.metadata.resource_version
    api.replace_namespaced_deployment(name, namespace, mine)  # bad: CL103


# good: read again
def scale_guarded(api: AppsV1Api, name: str, namespace: str) -> None:
    latest = api.read_namespaced_deployment(name, namespace)
    latest.spec.replicas += 1
    api.replace_namespaced_deployment(name, namespace, latest)


def set_phase(api: CustomObjectsApi, name: str, phase: str) -> None:
    job = api.get_namespaced_custom_object("example.org", "v1", "jobs", "jobs", name)
    job["spec"]["phases"].append(phase)
    latest = api.get_namespaced_custom_object("example.org", "v1", "jobs", "jobs", name)
    job["metadata"]["resourceVersion"] = latest["metadata"]["resourceVersion"]
    api.replace_namespaced_custom_object("example.org", "v1", "jobs", "jobs", name, job)  # bad: CL103


# good: one reply
def set_phase_guarded(api: CustomObjectsApi, name: str, phase: str) -> None:
    job = api.get_namespaced_custom_object("example.org", "v1", "jobs", "jobs", name)
    job["spec"]["phases"].append(phase)
    api.replace_namespaced_custom_object("example.org", "v1", "jobs", "jobs", name, job)


def set_location(database: str, name: str, location: str) -> None:
    table = glue.get_table(DatabaseName=database, Name=name)["Table"]
    parameters = {**table["Parameters"], "location": location}
    version = glue.get_table(DatabaseName=database, Name=name)["Table"]["VersionId"]
    glue.update_table(  # bad: CL103
        DatabaseName=database, TableInput={"Name": name, "Parameters": parameters}, VersionId=version
    )


# good: another resource
def copy_location(database: str, name: str, other: str) -> None:
    source = glue.get_table(DatabaseName=database, Name=name)["Table"]
    version = glue.get_table(DatabaseName=database, Name=other)["Table"]["VersionId"]
    glue.update_table(
        DatabaseName=database,
        TableInput={"Name": other, "Parameters": source["Parameters"]},
        VersionId=version,
    )


def delete_any(bucket: str, key: str) -> None:
    boto3.client("s3").delete_object(Bucket=bucket, Key=key, IfMatch="*")  # bad: CL103


# good: declared
def delete_seen(bucket: str, key: str, etag: str) -> None:
    boto3.client("s3").delete_object(Bucket=bucket, Key=key, IfMatch=etag)
