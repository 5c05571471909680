"""Locks that are objects: functions of a module, taken and released around some work."""

from __future__ import annotations

import time

import boto3
from azure.core import MatchConditions
from azure.storage.blob import ContainerClient
from botocore.exceptions import ClientError
from google.cloud import storage

s3 = boto3.client("s3")
bucket = storage.Client().bucket("state")


def acquire(name: str, owner: str) -> None:
    while True:
        try:
            s3.put_object(Bucket="state", Key=f"locks/{name}", Body=owner, IfNoneMatch="*")
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            time.sleep(1)


def release(name: str) -> None:
    s3.delete_object(Bucket="state", Key=f"locks/{name}")  # bad: CL107


# good: guarded
def release_own(name: str, etag: str) -> None:
    s3.delete_object(Bucket="state", Key=f"locks/{name}", IfMatch=etag)


def locked(name: str, owner: str, work) -> None:
    s3.put_object(Bucket="state", Key=f"lock-{name}", Body=owner, IfNoneMatch="*")
    try:
        work()
    finally:
        s3.delete_object(Bucket="state", Key=f"lock-{name}")  # bad: CL107


def lock_blob(name: str) -> None:
    bucket.blob(f"{name}.lock").upload_from_string("", if_generation_match=0)


def unlock_blob(name: str) -> None:
    bucket.blob(f"{name}.lock").delete()  # bad: CL107


# good: another resource
def remove_data(name: str) -> None:
    s3.delete_object(Bucket="data", Key=f"unlocked/{name}")


def lock_in_azure(locks: ContainerClient, name: str, owner: str) -> None:
    locks.upload_blob(f"{name}.lock", owner, overwrite=True, match_condition=MatchConditions.IfMissing)


def unlock_in_azure(locks: ContainerClient, name: str) -> None:
    locks.delete_blob(f"{name}.lock")  # bad: CL107


# good: guarded
def unlock_own_in_azure(locks: ContainerClient, name: str, etag: str) -> None:
    locks.delete_blob(f"{name}.lock", etag=etag, match_condition=MatchConditions.IfNotModified)


class Lock:
    def __init__(self, bucket: str, path: str) -> None:
        self.path = path
        self.bucket = storage.Client().get_bucket(bucket)
        self.blob = self.bucket.blob(path)

    def take(self) -> None:
        self.blob.upload_from_string("", if_generation_match=0)

    def free(self) -> None:
        self.bucket.blob(self.path).delete()  # bad: CL107
