"""Policies that repeat failed conditions, around the conditional writes of other services and clouds."""

from __future__ import annotations

import backoff
import boto3
import stamina
import tenacity
from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.data.tables import TableClient
from azure.storage.blob import BlobClient
from botocore.exceptions import ClientError
from google.api_core.exceptions import PreconditionFailed, ServiceUnavailable
from google.cloud import storage
from kubernetes.client import AppsV1Api, V1Deployment
from kubernetes.client.exceptions import ApiException

firewall = boto3.client("wafv2")
cloudfront = boto3.client("cloudfront")
functions = boto3.client("lambda")


@tenacity.retry(
    retry=tenacity.retry_if_exception_type(firewall.exceptions.WAFOptimisticLockException),
    stop=tenacity.stop_after_attempt(5),
)
def allow(name: str, number: str, addresses: list[str], token: str) -> None:
    firewall.update_ip_set(  # bad: CL302
        Name=name, Scope="REGIONAL", Id=number, Addresses=addresses, LockToken=token
    )


# good: read again
@tenacity.retry(
    retry=tenacity.retry_if_exception_type(firewall.exceptions.WAFOptimisticLockException),
    stop=tenacity.stop_after_attempt(5),
)
def allow_again(name: str, number: str, address: str) -> None:
    found = firewall.get_ip_set(Name=name, Scope="REGIONAL", Id=number)
    firewall.update_ip_set(
        Name=name,
        Scope="REGIONAL",
        Id=number,
        Addresses=[*found["IPSet"]["Addresses"], address],
        LockToken=found["LockToken"],
    )


@backoff.on_exception(backoff.expo, cloudfront.exceptions.PreconditionFailed, max_tries=3)
def switch(distribution: str, config: dict, etag: str) -> None:
    cloudfront.update_distribution(Id=distribution, DistributionConfig=config, IfMatch=etag)  # bad: CL302


# good: errors that pass
@backoff.on_exception(
    backoff.expo,
    ClientError,
    giveup=lambda error: error.response["Error"]["Code"] not in ("Throttling", "ServiceUnavailable"),
    max_tries=3,
)
def switch_slowly(distribution: str, config: dict, etag: str) -> None:
    cloudfront.update_distribution(Id=distribution, DistributionConfig=config, IfMatch=etag)


@stamina.retry(on=(ServiceUnavailable,), attempts=4)
def save(bucket: str, name: str, text: str, generation: int) -> None:
    blob = storage.Client().bucket(bucket).blob(name)
    blob.upload_from_string(text, if_generation_match=generation)  # bad: CL302


# good: errors that pass
@stamina.retry(on=ServiceUnavailable, attempts=4)
def save_patiently(bucket: str, name: str, text: str, generation: int) -> None:
    blob = storage.Client().bucket(bucket).blob(name)
    blob.upload_from_string(text, if_generation_match=generation)


# good: creates or locks
@stamina.retry(on=(PreconditionFailed, ServiceUnavailable), attempts=100)
def lock(bucket: str, name: str) -> None:
    blob = storage.Client().bucket(bucket).blob(name)
    blob.upload_from_string("", if_generation_match=0)


@tenacity.retry(retry=tenacity.retry_if_exception_type(ResourceModifiedError), stop=tenacity.stop_after_attempt(3))
def label(blob: BlobClient, metadata: dict, etag: str) -> None:
    blob.set_blob_metadata(  # bad: CL302
        metadata, etag=etag, match_condition=MatchConditions.IfNotModified
    )


# good: read again
@tenacity.retry(retry=tenacity.retry_if_exception_type(ResourceModifiedError), stop=tenacity.stop_after_attempt(3))
def label_again(blob: BlobClient, key: str, value: str) -> None:
    found = blob.get_blob_properties()
    blob.set_blob_metadata(
        {**found.metadata, key: value}, etag=found.etag, match_condition=MatchConditions.IfNotModified
    )


@backoff.on_exception(backoff.constant, ResourceModifiedError, interval=1, max_tries=5)
def ship(orders: TableClient, order: dict, etag: str) -> None:
    orders.update_entity(order, etag=etag, match_condition=MatchConditions.IfNotModified)  # bad: CL302


# good: no version sent
@backoff.on_exception(backoff.constant, ResourceModifiedError, interval=1, max_tries=5)
def ship_anyhow(orders: TableClient, order: dict) -> None:
    orders.upsert_entity(order)


def is_conflict(error: BaseException) -> bool:
    return isinstance(error, ApiException) and error.status == 409


# good: read again
@tenacity.retry(retry=tenacity.retry_if_exception(is_conflict), stop=tenacity.stop_after_attempt(5))
def scale(api: AppsV1Api, name: str, namespace: str, count: int) -> None:
    found = api.read_namespaced_deployment(name, namespace)
    found.spec.replicas = count
    api.replace_namespaced_deployment(name, namespace, found)


# good: no version sent
@tenacity.retry(retry=tenacity.retry_if_exception(is_conflict), stop=tenacity.stop_after_attempt(5))
def declare(api: AppsV1Api, name: str, namespace: str, wanted: V1Deployment) -> None:
    api.replace_namespaced_deployment(name, namespace, wanted)
