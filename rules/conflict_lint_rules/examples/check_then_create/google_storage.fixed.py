"""Objects in Google Cloud Storage that are created because they were not there a moment ago."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from google.api_core.exceptions import NotFound
from google.cloud import storage


def publish(bucket: storage.Bucket, name: str, page: str) -> None:
    blob = bucket.blob(name)
    if not blob.exists():
        blob.upload_from_string(page, if_generation_match=0)  # bad: CL102


# good: guarded
def publish_once(bucket: storage.Bucket, name: str, page: str) -> None:
    blob = bucket.blob(name)
    if not blob.exists():
        blob.upload_from_string(page, if_generation_match=0)


def store(bucket: storage.Bucket, name: str, file: BinaryIO) -> None:
    assert not bucket.blob(name).exists()
    bucket.blob(name).upload_from_file(file, if_generation_match=0)  # bad: CL102


def store_unless_there(client: storage.Client, bucket: str, name: str, path: str) -> None:
    if client.bucket(bucket).get_blob(name) is None:
        client.bucket(bucket).blob(name).upload_from_filename(path, if_generation_match=0)  # bad: CL102


# good: another resource
def replicate(source: storage.Bucket, target: storage.Bucket, name: str, page: bytes) -> None:
    if not source.blob(name).exists():
        target.blob(name).upload_from_string(page)


# good: not a cloud
def publish_here(path: Path, page: str) -> None:
    if not path.exists():
        path.write_text(page)


def publish_after_reading(bucket: storage.Bucket, name: str, page: str) -> None:
    try:
        bucket.blob(name).download_as_text()
    except NotFound:
        bucket.blob(name).upload_from_string(page, if_generation_match=0)  # bad: CL102
