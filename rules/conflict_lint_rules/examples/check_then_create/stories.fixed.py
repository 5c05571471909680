"""Things created because they were not there, as others met and told it: renames, locks, builds, results."""

from __future__ import annotations

import json

import boto3
from azure.storage.blob import BlobServiceClient, ContainerClient
from botocore.exceptions import ClientError
from google.cloud import storage
from azure.core import MatchConditions

s3 = boto3.client("s3")


def rename(bucket: str, old: str, new: str) -> None:
    """A rename is a copy and a deletion: both committers of one version succeed."""
    try:
        s3.head_object(Bucket=bucket, Key=new)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
    else:
        raise FileExistsError(new)
    s3.copy_object(Bucket=bucket, Key=new, CopySource={"Bucket": bucket, "Key": old}, IfNoneMatch="*")  # bad: CL102
    s3.delete_object(Bucket=bucket, Key=old)


def lock_state(bucket: str, key: str, owner: str) -> None:
    found = s3.list_objects_v2(Bucket=bucket, Prefix=f"{key}.lock", MaxKeys=1)
    if found["KeyCount"]:
        raise BlockingIOError(key)
    s3.put_object(Bucket=bucket, Key=f"{key}.lock", Body=json.dumps({"owner": owner}), IfNoneMatch="*")  # bad: CL102


def exists(bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise
    return True


def publish(bucket: str, key: str, body: bytes) -> None:
    if not exists(bucket, key):
        s3.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*")  # bad: CL102


def publish_file(bucket: str, key: str, path: str) -> None:
    if exists(bucket, key):
        raise FileExistsError(key)
    s3.upload_file(path, bucket, key)  # bad: CL102


# good: guarded
def publish_file_once(bucket: str, key: str, path: str) -> None:
    with open(path, "rb") as file:
        s3.put_object(Bucket=bucket, Key=key, Body=file, IfNoneMatch="*")


def store_result(bucket: str, name: str, text: str) -> None:
    blob = storage.Client().bucket(bucket).blob(name)
    if not blob.exists():
        blob.upload_from_string(text, if_generation_match=0)  # bad: CL102


def deploy(service: BlobServiceClient, name: str, data: bytes) -> None:
    blob = service.get_blob_client("builds", name)
    if not blob.exists():
        blob.upload_blob(data, overwrite=True, match_condition=MatchConditions.IfMissing)  # bad: CL102


def deploy_after_listing(container: ContainerClient, name: str, data: bytes) -> None:
    if not any(blob.name == name for blob in container.list_blobs(name_starts_with=name)):
        container.upload_blob(name, data, overwrite=True, match_condition=MatchConditions.IfMissing)  # bad: CL102
