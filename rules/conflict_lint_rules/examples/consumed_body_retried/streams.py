"""Streams of other kinds, clients of other clouds, and attempts that are counted in other ways."""

from __future__ import annotations

import gzip
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import boto3
import stamina
import tenacity
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobClient
from botocore.exceptions import ClientError, ConnectionClosedError
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import storage

s3 = boto3.client("s3")
glacier = boto3.client("glacier")
functions = boto3.client("lambda")
bucket_of = storage.Client().bucket


def publish(blob: BlobClient, path: Path) -> None:
    with path.open("rb") as file:
        for attempt in range(4):
            try:
                blob.upload_blob(file, overwrite=True)  # bad: CL306
                return
            except HttpResponseError:
                time.sleep(2**attempt)


# good: opened inside
def publish_again(blob: BlobClient, path: Path) -> None:
    for attempt in range(4):
        try:
            with path.open("rb") as file:
                blob.upload_blob(file, overwrite=True)
            return
        except HttpResponseError:
            time.sleep(2**attempt)


def archive(bucket: str, name: str, path: str) -> None:
    blob = bucket_of(bucket).blob(name)
    with open(path, "rb") as file:
        while True:
            try:
                blob.upload_from_file(file)  # bad: CL306
                break
            except GoogleAPICallError:
                time.sleep(1)


# good: rewound
def archive_rewound(bucket: str, name: str, path: str) -> None:
    blob = bucket_of(bucket).blob(name)
    with open(path, "rb") as file:
        while True:
            try:
                blob.upload_from_file(file, rewind=True)
                break
            except GoogleAPICallError:
                time.sleep(1)


# good: bytes or a name
def archive_file(bucket: str, name: str, path: str) -> None:
    blob = bucket_of(bucket).blob(name)
    while True:
        try:
            blob.upload_from_filename(path)
            break
        except GoogleAPICallError:
            time.sleep(1)


def store_compressed(bucket: str, key: str, text: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(gzip.compress(text))
        file.flush()
        for attempt in range(3):
            try:
                s3.put_object(Bucket=bucket, Key=key, Body=file)  # bad: CL306
                return
            except ClientError as error:
                print("again", attempt, error)


# good: bytes or a name
def store_compressed_bytes(bucket: str, key: str, text: bytes) -> None:
    body = gzip.compress(text)
    for attempt in range(3):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
            return
        except ClientError as error:
            print("again", attempt, error)


class Uploader:
    """The buffer belongs to the object, and each attempt takes what is left of it."""

    def __init__(self, bucket: str) -> None:
        self.client = boto3.client("s3")
        self.bucket = bucket

    def send(self, key: str, lines: list[bytes]) -> None:
        buffer = io.BytesIO(b"".join(lines))
        left = 3
        while left > 0:
            try:
                self.client.put_object(Bucket=self.bucket, Key=key, Body=buffer)  # bad: CL306
                return
            except ClientError:
                left -= 1
        raise TimeoutError(key)

    # good: opened inside
    def send_again(self, key: str, lines: list[bytes]) -> None:
        left = 3
        while left > 0:
            try:
                self.client.put_object(Bucket=self.bucket, Key=key, Body=io.BytesIO(b"".join(lines)))
                return
            except ClientError:
                left -= 1
        raise TimeoutError(key)


def put(bucket: str, key: str, body: BinaryIO) -> str:
    return s3.put_object(Bucket=bucket, Key=key, Body=body)["ETag"]  # bad: CL306


def store_through_a_helper(bucket: str, key: str, path: str) -> str:
    with open(path, "rb") as file:
        for attempt in range(5):
            try:
                return put(bucket, key, file)
            except ConnectionClosedError:
                time.sleep(attempt)
    raise TimeoutError(path)


@stamina.retry(on=ConnectionClosedError, attempts=3)
def store_with_stamina(file: BinaryIO, bucket: str, key: str) -> None:
    s3.upload_fileobj(file, bucket, key)  # bad: CL306


# good: rewound
@stamina.retry(on=ConnectionClosedError, attempts=3)
def store_from_the_beginning(file: BinaryIO, bucket: str, key: str) -> None:
    file.seek(0)
    s3.upload_fileobj(file, bucket, key)


def store_by_blocks(bucket: str, key: str, path: str) -> None:
    file = open(path, "rb")
    for attempt in tenacity.Retrying(stop=tenacity.stop_after_attempt(3)):
        with attempt:
            s3.put_object(Bucket=bucket, Key=key, Body=file)  # bad: CL306


# good: opened inside
def store_by_blocks_again(bucket: str, key: str, path: str) -> None:
    for attempt in tenacity.Retrying(stop=tenacity.stop_after_attempt(3)):
        with attempt, open(path, "rb") as file:
            s3.put_object(Bucket=bucket, Key=key, Body=file)


def vault(name: str, path: str) -> None:
    with open(path, "rb") as file:
        for _ in range(3):
            try:
                glacier.upload_archive(vaultName=name, body=file)  # bad: CL306
            except ClientError:
                continue
            break


def patiently(attempts: int, error: type[Exception]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        def repeated(*args: object) -> None:
            for attempt in range(attempts):
                try:
                    return function(*args)
                except error:
                    time.sleep(attempt)
            raise TimeoutError(function.__name__)

        return repeated

    return decorate


# good: opened inside
@patiently(5, HttpResponseError)
def publish_patiently(blob: BlobClient, path: Path) -> None:
    with path.open("rb") as file:
        blob.upload_blob(file, overwrite=True)


# good: opened inside
@patiently(5, ConnectionClosedError)
def store_patiently(bucket: str, key: str, path: str) -> None:
    file = open(path, "rb")
    s3.put_object(Bucket=bucket, Key=key, Body=file)
