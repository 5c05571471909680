"""Managed transfers and batches: the store knows conditions, these ways of writing do not."""

from __future__ import annotations

import io
import json
from pathlib import Path

import boto3

s3 = boto3.client("s3")
table = boto3.resource("dynamodb").Table("visits")


def append_line(bucket: str, key: str, line: bytes) -> None:
    buffer = io.BytesIO()
    s3.download_fileobj(bucket, key, buffer)
    buffer.write(line)
    buffer.seek(0)
    s3.upload_fileobj(buffer, bucket, key)  # bad: CL106


def edit_on_disk(bucket: str, key: str, scratch: Path) -> None:
    path = str(scratch / "inventory.json")
    s3.download_file(Bucket=bucket, Key=key, Filename=path)
    with open(path) as file:
        inventory = json.load(file)
    inventory["counted"] = True
    with open(path, "w") as file:
        json.dump(inventory, file)
    s3.upload_file(Filename=path, Bucket=bucket, Key=key)  # bad: CL106


# good: another resource
def convert(bucket: str, key: str, scratch: Path, encode) -> None:
    source, target = str(scratch / "in.wav"), str(scratch / "out.mp3")
    s3.download_file(bucket, key, source)
    encode(source, target)
    s3.upload_file(target, bucket, key.removesuffix(".wav") + ".mp3")


# good: lock held
def append_line_alone(bucket: str, key: str, line: bytes, lock) -> None:
    buffer = io.BytesIO()
    with lock:
        s3.download_fileobj(bucket, key, buffer)
        buffer.write(line)
        buffer.seek(0)
        s3.upload_fileobj(buffer, bucket, key)


def count_all(pages: list[str]) -> None:
    with table.batch_writer() as batch:
        for page in pages:
            item = table.get_item(Key={"page": page})["Item"]
            item["visits"] += 1
            batch.put_item(Item=item)  # bad: CL106


# good: another resource
def store_all(visits: list[dict]) -> None:
    with table.batch_writer(overwrite_by_pkeys=["page"]) as batch:
        for visit in visits:
            batch.put_item(Item=visit)


# good: another resource
def archive_all(pages: list[str]) -> None:
    archive = boto3.resource("dynamodb").Table("visits-archive")
    with archive.batch_writer() as batch:
        for page in pages:
            item = table.get_item(Key={"page": page})["Item"]
            batch.put_item(Item={**item, "archived": True})
