"""Uploads of open files that are repeated, and what the second attempt finds in them."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import BinaryIO

import backoff
import boto3
import tenacity
from botocore.exceptions import BotoCoreError, ClientError

s3 = boto3.client("s3")
functions = boto3.client("lambda")


def store(bucket: str, key: str, name: str) -> None:
    with open(name, "rb") as file:
        for attempt in range(3):
            try:
                file.seek(0)
                s3.put_object(Bucket=bucket, Key=key, Body=file)  # bad: CL306
                return
            except ClientError:
                time.sleep(attempt)


def store_path(bucket: str, key: str, path: Path) -> None:
    file = path.open("rb")
    while True:
        try:
            file.seek(0)
            s3.put_object(Bucket=bucket, Key=key, Body=file)  # bad: CL306
            break
        except (ClientError, BotoCoreError):
            time.sleep(1)


def store_buffer(bucket: str, key: str, document: dict) -> None:
    buffer = io.BytesIO(json.dumps(document).encode())
    for _ in range(5):
        try:
            buffer.seek(0)
            s3.upload_fileobj(buffer, bucket, key)  # bad: CL306
            return
        except ClientError:
            continue


@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def store_stream(file: BinaryIO, bucket: str, key: str) -> None:
    """The file is open when the function is called, each time at another position."""
    s3.upload_fileobj(Fileobj=file, Bucket=bucket, Key=key)  # bad: CL306


@backoff.on_exception(backoff.expo, BotoCoreError, max_tries=4)
def store_given(file: BinaryIO, bucket: str, key: str) -> None:
    s3.upload_fileobj(file, bucket, key)  # bad: CL306


def store_counted(bucket: str, key: str, name: str) -> str:
    file = open(name, "rb")
    left = 3
    while left:
        try:
            file.seek(0)
            return s3.put_object(Bucket=bucket, Key=key, Body=file)["ETag"]  # bad: CL306
        except ClientError:
            left -= 1
    raise TimeoutError(name)


def through_policy(bucket: str, key: str, name: str) -> None:
    retrying = tenacity.Retrying(stop=tenacity.stop_after_attempt(3))
    with open(name, "rb") as file:
        retrying(s3.put_object, Bucket=bucket, Key=key, Body=file)  # bad: CL306


# good: opened inside
def store_again(bucket: str, key: str, name: str) -> None:
    for attempt in range(3):
        try:
            with open(name, "rb") as file:
                s3.put_object(Bucket=bucket, Key=key, Body=file)
            return
        except ClientError:
            time.sleep(attempt)


# good: opened inside
@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def store_named(bucket: str, key: str, name: str) -> None:
    with open(name, "rb") as file:
        s3.upload_fileobj(file, bucket, key)


# good: rewound
def store_rewound(bucket: str, key: str, name: str) -> None:
    with open(name, "rb") as file:
        for attempt in range(3):
            try:
                file.seek(0)
                s3.put_object(Bucket=bucket, Key=key, Body=file)
                return
            except ClientError:
                time.sleep(attempt)


# good: rewound
@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def store_stream_rewound(file: BinaryIO, bucket: str, key: str) -> None:
    file.seek(0)
    s3.upload_fileobj(file, bucket, key)


# good: bytes or a name
def store_bytes(bucket: str, key: str, name: str) -> None:
    with open(name, "rb") as file:
        body = file.read()
    for attempt in range(3):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
            return
        except ClientError:
            time.sleep(attempt)


# good: bytes or a name
@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def store_file(name: str, bucket: str, key: str) -> None:
    s3.upload_file(name, bucket, key)


# good: bytes or a name
def store_value(bucket: str, key: str, buffer: io.BytesIO) -> None:
    body = buffer.getvalue()
    while True:
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
            return
        except BotoCoreError:
            time.sleep(1)


# good: not known to be a stream
@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def store_anything(body, bucket: str, key: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=body)


# good: not repeated
def store_once(bucket: str, key: str, name: str) -> None:
    with open(name, "rb") as file:
        s3.put_object(Bucket=bucket, Key=key, Body=file)


# good: not repeated
def store_all(bucket: str, names: list[str]) -> None:
    for name in names:
        try:
            with open(name, "rb") as file:
                s3.put_object(Bucket=bucket, Key=name, Body=file)
        except ClientError as error:
            print(name, error)
