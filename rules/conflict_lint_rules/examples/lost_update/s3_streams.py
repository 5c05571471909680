"""Data that goes through buffers and temporary files on its way back."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def add_to_archive(s3: S3Client, bucket: str, key: str, name: str, data: bytes) -> None:
    buffer = io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, data)
    buffer.seek(0)
    s3.put_object(Bucket=bucket, Key=key, Body=buffer)  # bad: CL101


def append_frame(s3: S3Client, bucket: str, key: str, rows: pandas.DataFrame) -> None:
    try:
        frame = pandas.read_csv(s3.get_object(Bucket=bucket, Key=key)["Body"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        frame = pandas.DataFrame()
    frame = pandas.concat([frame, rows])
    s3.put_object(Bucket=bucket, Key=key, Body=frame.to_csv(index=False))  # bad: CL101


def downloaded_buffer(s3: S3Client, bucket: str, key: str, line: str) -> None:
    buffer = io.BytesIO()
    s3.download_fileobj(bucket, key, buffer)
    text = buffer.getvalue().decode() + line
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode())  # bad: CL101


# good: another resource
def thumbnail(s3: S3Client, bucket: str, key: str, resize) -> None:
    buffer = io.BytesIO()
    s3.download_fileobj(bucket, key, buffer)
    s3.put_object(Bucket=bucket, Key=f"thumbnails/{key}", Body=resize(buffer))


def edited_on_disk(s3: S3Client, bucket: str, key: str, scratch: Path) -> None:
    path = str(scratch / "settings.json")
    s3.download_file(bucket, key, path)
    with open(path) as file:
        settings = json.load(file)
    settings["edited"] = True
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(settings))  # bad: CL101


# good: another resource
def backup(s3: S3Client, bucket: str, key: str, scratch: Path) -> None:
    path = str(scratch / "backup")
    s3.download_file(bucket, key, path)
    with open(path, "rb") as file:
        s3.put_object(Bucket=f"{bucket}-backup", Key=key, Body=file)
