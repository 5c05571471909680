"""What a ``with`` enters and leaves: generators, classes with the protocol, stacks."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

import boto3

s3 = boto3.client("s3")


@contextlib.contextmanager
def editing(bucket: str, key: str) -> Iterator[dict]:
    response = s3.get_object(Bucket=bucket, Key=key)
    document = json.loads(response["Body"].read())
    yield document
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document), IfMatch=response["ETag"])  # bad: CL101


def add_label(bucket: str, label: str) -> None:
    with editing(bucket, "labels.json") as labels:
        labels["all"].append(label)


# good: guarded
@contextlib.contextmanager
def editing_guarded(bucket: str, key: str) -> Iterator[dict]:
    response = s3.get_object(Bucket=bucket, Key=key)
    document = json.loads(response["Body"].read())
    yield document
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document), IfMatch=response["ETag"])


@contextlib.contextmanager
def opened(bucket: str, key: str) -> Iterator[dict]:
    yield json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def add_opened(bucket: str, label: str) -> None:
    with opened(bucket, "labels.json") as labels:
        labels["all"].append(label)
        s3.put_object(Bucket=bucket, Key="labels.json", Body=json.dumps(labels))  # bad: CL101


# good: compared only
def check_opened(bucket: str, label: str) -> None:
    with opened(bucket, "labels.json") as labels:
        if label not in labels["all"]:
            s3.put_object(Bucket=bucket, Key="labels.json", Body=json.dumps({"all": [label]}))


class Session:
    """Reads when it is entered and writes when it is left."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.data: dict = {}

    def __enter__(self) -> "Session":
        self.data = json.loads(s3.get_object(Bucket=self.bucket, Key="session.json")["Body"].read())
        return self

    def __exit__(self, *exception: object) -> None:
        s3.put_object(Bucket=self.bucket, Key="session.json", Body=json.dumps(self.data))  # bad: CL101


def log_in(bucket: str, user: str) -> None:
    with Session(bucket) as session:
        session.data["user"] = user


class GuardedSession:
    """The same with the version that was read."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.data: dict = {}
        self.etag = ""

    def __enter__(self) -> "GuardedSession":
        response = s3.get_object(Bucket=self.bucket, Key="session.json")
        self.data, self.etag = json.loads(response["Body"].read()), response["ETag"]
        return self

    def __exit__(self, *exception: object) -> None:
        s3.put_object(Bucket=self.bucket, Key="session.json", Body=json.dumps(self.data), IfMatch=self.etag)


# good: guarded
def log_in_guarded(bucket: str, user: str) -> None:
    with GuardedSession(bucket) as session:
        session.data["user"] = user


class AsyncSession:
    """The asynchronous protocol."""

    def __init__(self, client, bucket: str) -> None:
        self.client, self.bucket = client, bucket

    async def __aenter__(self) -> dict:
        response = await self.client.get_object(Bucket=self.bucket, Key="session.json")
        self.data = json.loads(await response["Body"].read())
        return self.data

    async def __aexit__(self, *exception: object) -> None:
        body = json.dumps(self.data)
        await self.client.put_object(Bucket=self.bucket, Key="session.json", Body=body)  # bad: CL101


async def log_out(client, bucket: str) -> None:
    async with AsyncSession(client, bucket) as data:
        data.pop("user")


class Editor:
    """Opened by ``with``, hands out the document itself."""

    def __init__(self, bucket: str, key: str) -> None:
        self.bucket, self.key = bucket, key

    def __enter__(self) -> dict:
        self.document = json.loads(s3.get_object(Bucket=self.bucket, Key=self.key)["Body"].read())
        return self.document

    def __exit__(self, *exc: object) -> None:
        pass


def with_editor(bucket: str) -> None:
    with Editor(bucket, "x") as document:
        document["n"] = 1
        s3.put_object(Bucket=bucket, Key="x", Body=json.dumps(document))  # bad: CL101


def with_stack(bucket: str) -> None:
    with contextlib.ExitStack() as stack:
        document = stack.enter_context(Editor(bucket, "x"))
        document["n"] = 1
        s3.put_object(Bucket=bucket, Key="x", Body=json.dumps(document))  # bad: CL101
