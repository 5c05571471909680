"""The check stands in a helper, in a method of the same class, or asks for the object itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

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


def in_a_bucket(function: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(function)

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs)
        given.arguments.setdefault("name", "reports")
        return function(*given.args, **given.kwargs)

    return wrapper


class Hook:
    def client(self) -> Any:
        return boto3.client("s3")

    @in_a_bucket
    def head(self, key: str, name: str = "") -> dict | None:
        try:
            return self.client().head_object(Bucket=name, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return None
            raise

    def has(self, key: str, name: str) -> bool:
        return self.head(key, name) is not None

    @in_a_bucket
    def load(self, path: str, key: str, name: str = "", *, replace: bool = False) -> None:
        if not replace and self.has(key, name):
            raise ValueError(key)
        self.client().upload_file(path, name, key)  # bad: CL102

    # good: another resource
    def load_if_allowed(self, path: str, key: str, name: str) -> None:
        found = self.head(key, name)
        if found and found["Metadata"].get("sealed"):
            raise ValueError(key)
        self.client().upload_file(path, name, key)


# good: own key
def add_package(name: str, package: bytes, content_hash: str) -> None:
    key = f"packages/{content_hash}.zip"
    if not exists(name, key):
        s3.put_object(Bucket=name, Key=key, Body=package)


# good: own key
def add_all(name: str, packages: list[bytes]) -> None:
    for package in packages:
        add_package(name, package, summed(package)[1])


def summed(package: bytes) -> tuple[int, str]:
    return len(package), str(sum(package))


# good: own key
def add_described_package(name: str, package: bytes, content_hash: str, facts: dict) -> None:
    about = "-".join([facts[0], facts[1], facts[2], facts[3], facts[4], facts[5], facts[6], facts[7], facts[8], facts[9]])
    longer = "-".join([about.lower(), about.upper(), about.title(), about.strip("-"), about.replace("-", "_")])
    longest = "-".join([longer.lower(), longer.upper(), longer.title(), longer.strip("-"), longer.replace("-", "_")])
    key = f"packages/{content_hash}/{longest}.zip"
    if not exists(name, key):
        s3.put_object(Bucket=name, Key=key, Body=package)
