"""The check stands in a helper, in a method of the same class, or asks for the object itself."""

from __future__ import annotations

from pathlib import Path

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
bucket = boto3.resource("s3").Bucket("reports")


def exists(name: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=name, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise
    return True


def publish(name: str, key: str, body: bytes) -> None:
    if exists(name, key):
        raise FileExistsError(key)
    s3.put_object(Bucket=name, Key=key, Body=body, IfNoneMatch="*")  # bad: CL102


def publish_once(name: str, key: str, body: bytes, *, force: bool) -> bool:
    if not force and exists(name, key):
        return False
    s3.put_object(Bucket=name, Key=key, Body=body)
    return True


def must_be_new(name: str, key: str) -> None:
    if exists(name, key):
        raise FileExistsError(key)


def publish_new(name: str, key: str, body: bytes) -> None:
    must_be_new(name, key)
    s3.put_object(Bucket=name, Key=key, Body=body, IfNoneMatch="*")  # bad: CL102


def publish_asserted(name: str, key: str, body: bytes) -> None:
    assert not exists(name, key)
    s3.put_object(Bucket=name, Key=key, Body=body, IfNoneMatch="*")  # bad: CL102


# good: another resource
def publish_beside(name: str, key: str, body: bytes) -> None:
    if not exists(name, key):
        s3.put_object(Bucket=name, Key=key + ".new", Body=body)


# good: not a cloud
def publish_local_file(name: str, key: str, path: Path) -> None:
    if path.exists():
        s3.put_object(Bucket=name, Key=key, Body=path.read_bytes())


class Store:
    def __init__(self, name: str) -> None:
        self.client = boto3.client("s3")
        self.name = name

    def __contains__(self, key: str) -> bool:
        return self.has(key)

    def has(self, key: str) -> bool:
        try:
            self.client.head_object(Bucket=self.name, Key=key)
            return True
        except ClientError:
            return False

    def add(self, key: str, body: bytes) -> None:
        if not self.has(key):
            self.client.put_object(Bucket=self.name, Key=key, Body=body, IfNoneMatch="*")  # bad: CL102

    # good: fails by itself
    def make(self) -> None:
        try:
            self.client.head_bucket(Bucket=self.name)
        except ClientError:
            self.client.create_bucket(Bucket=self.name)


def add_object(key: str, body: bytes) -> None:
    target = bucket.Object(key)
    try:
        target.load()
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        target.put(Body=body, IfNoneMatch="*")  # bad: CL102


def add_after_filter(key: str, body: bytes) -> None:
    if not list(bucket.objects.filter(Prefix=key)):
        bucket.put_object(Key=key, Body=body, IfNoneMatch="*")  # bad: CL102
