"""An object is written back under the ETag that was read, and what happens when that fails."""

from __future__ import annotations

import json
import random
import time

import boto3
import tenacity
from botocore.exceptions import ClientError

s3 = boto3.client("s3")


def append(bucket: str, key: str, entry: dict) -> None:
    for attempt in range(5):
        response = s3.get_object(Bucket=bucket, Key=key)
        entries = json.loads(response["Body"].read())
        entries.append(entry)
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=response["ETag"])  # bad: CL301
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            time.sleep(2**attempt)


def append_stubbornly(bucket: str, key: str, line: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    etag, text = response["ETag"], response["Body"].read().decode()
    while True:
        try:
            return s3.put_object(Bucket=bucket, Key=key, Body=text + line, IfMatch=etag)  # bad: CL301
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (409, 412):
                raise


def save(bucket: str, key: str, body: bytes, etag: str) -> None:
    """The version comes from the caller, who read it long ago."""
    for attempt in range(3):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)  # bad: CL301
            return
        except ClientError:
            time.sleep(attempt)


class Store:
    def __init__(self, bucket: str) -> None:
        self.s3 = boto3.client("s3")
        self.bucket = bucket

    def read(self, key: str) -> tuple[dict, str]:
        response = self.s3.get_object(Bucket=self.bucket, Key=key)
        return json.loads(response["Body"].read()), response["ETag"]

    def put(self, key: str, document: dict, etag: str) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(document), IfMatch=etag)  # bad: CL301

    def bump(self, key: str) -> None:
        for _ in range(3):
            document, etag = self.read(key)
            document["count"] += 1
            try:
                self.put(key, document, etag)
                break
            except ClientError as error:
                if error.response["Error"]["Code"] == "PreconditionFailed":
                    continue
                raise


@tenacity.retry(stop=tenacity.stop_after_attempt(4))
def replace(bucket: str, key: str, body: bytes, etag: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)  # bad: CL301


def delete_as_seen(bucket: str, key: str) -> None:
    etag = s3.head_object(Bucket=bucket, Key=key)["ETag"]
    left = 4
    while left:
        try:
            s3.delete_object(Bucket=bucket, Key=key, IfMatch=etag)  # bad: CL301
            return
        except ClientError as error:
            left -= 1
            print("again", error)


# good: read again
def append_again(bucket: str, key: str, entry: dict) -> None:
    for attempt in range(5):
        response = s3.get_object(Bucket=bucket, Key=key)
        entries = [*json.loads(response["Body"].read()), entry]
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=response["ETag"])
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            time.sleep(random.random() * 2**attempt)


# good: read again
@tenacity.retry(stop=tenacity.stop_after_attempt(4))
def append_line(bucket: str, key: str, line: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    text = response["Body"].read().decode()
    s3.put_object(Bucket=bucket, Key=key, Body=text + line, IfMatch=response["ETag"])


# good: read again
def append_after_refusal(bucket: str, key: str, line: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    while True:
        text = response["Body"].read().decode()
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=text + line, IfMatch=response["ETag"])
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            time.sleep(random.random())
            response = s3.get_object(Bucket=bucket, Key=key)


# good: creates or locks
def lock(bucket: str, key: str, owner: str) -> None:
    while True:
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=owner, IfNoneMatch="*")
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            time.sleep(1)


# good: errors that pass
def save_patiently(bucket: str, key: str, body: bytes, etag: str) -> None:
    for attempt in range(3):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("SlowDown", "InternalError"):
                raise
            time.sleep(attempt)


# good: no version sent
def save_last(bucket: str, key: str, body: bytes) -> None:
    for attempt in range(3):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
            return
        except ClientError:
            time.sleep(attempt)


# good: handed to the caller
def save_once(bucket: str, key: str, body: bytes, etag: str) -> bool:
    for attempt in range(3):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)
            return True
        except ClientError as error:
            if error.response["Error"]["Code"] == "PreconditionFailed":
                return False
            time.sleep(attempt)
    return False
