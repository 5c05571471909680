"""Objects that are created because they were not there a moment ago."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def create_after_head(s3: S3Client, bucket: str, key: str, body: bytes) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        s3.put_object(Bucket=bucket, Key=key, Body=body)  # bad: CL102


def create_after_head_that_must_fail(s3: S3Client, bucket: str, key: str, body: bytes) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
        raise FileExistsError(key)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
    s3.put_object(Bucket=bucket, Key=key, Body=body)  # bad: CL102


def create_with_a_flag(s3: S3Client, bucket: str, key: str, body: bytes) -> bool:
    exists = False
    try:
        s3.head_object(Bucket=bucket, Key=key)
        exists = True
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
    if not exists:
        s3.put_object(Bucket=bucket, Key=key, Body=body)  # bad: CL102
    return not exists


def create_after_listing(s3: S3Client, bucket: str, key: str, body: bytes) -> None:
    found = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
    if "Contents" not in found:
        s3.put_object(Bucket=bucket, Key=key, Body=body)  # bad: CL102


def create_after_counting(s3: S3Client, bucket: str, key: str, body: bytes) -> None:
    if s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)["KeyCount"] == 0:
        s3.put_object(Bucket=bucket, Key=key, Body=body)  # bad: CL102


def copy_unless_there(s3: S3Client, bucket: str, source: str, key: str) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError:
        s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": source})  # bad: CL102


def upload_unless_refused(s3: S3Client, bucket: str, key: str, path: str) -> None:
    """What exists must not be replaced, says the error; the managed upload has no condition to say so."""
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        pass
    else:
        raise FileExistsError(key)
    s3.upload_file(path, bucket, key)  # bad: CL102


# good: put there if missing
def bring_along(s3: S3Client, bucket: str, key: str, path: str) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.upload_file(path, bucket, key)


# good: guarded
def create_only(s3: S3Client, bucket: str, key: str, body: bytes) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        s3.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*")


# good: guard out of sight
def create_with_options(s3: S3Client, bucket: str, key: str, body: bytes, options: dict) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=body, **options)


# good: lock held
def create_under_a_lock(s3: S3Client, bucket: str, key: str, body: bytes, lock) -> None:
    with lock:
        try:
            s3.head_object(Bucket=bucket, Key=key)
        except ClientError:
            s3.put_object(Bucket=bucket, Key=key, Body=body)


# good: another resource
def write_the_index_of_a_new_folder(s3: S3Client, bucket: str, folder: str, index: dict) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=f"{folder}/data")
    except ClientError:
        s3.put_object(Bucket=bucket, Key=f"{folder}/index", Body=json.dumps(index))


# good: own key
def store_by_digest(s3: S3Client, bucket: str, body: bytes) -> str:
    key = hashlib.sha256(body).hexdigest()
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    return key


# good: own key
def store_under_a_new_name(s3: S3Client, bucket: str, body: bytes) -> str:
    key = f"results/{uuid.uuid4()}"
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    return key


# good: same content
def make_folder(s3: S3Client, bucket: str, folder: str) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=folder + "/")
    except ClientError:
        s3.put_object(Bucket=bucket, Key=folder + "/", Body=b"")


# good: read-through cache
def cached(s3: S3Client, bucket: str, key: str, compute) -> bytes:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        body = compute()
        s3.put_object(Bucket=bucket, Key=key, Body=body)
        return body


# good: not a check
def write_whether_there_or_not(s3: S3Client, bucket: str, key: str, body: bytes, log) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        log.info("%s is new", key)
    s3.put_object(Bucket=bucket, Key=key, Body=body)


# good: not a check
def write_after_another_error(s3: S3Client, bucket: str, key: str, body: bytes) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "403":
            s3.put_object(Bucket=bucket, Key=key, Body=body)


# good: not a check
def only_if_there(s3: S3Client, bucket: str, key: str, body: bytes) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        return
    s3.put_object(Bucket=bucket, Key=key, Body=body)


def upload_or_refuse(s3: S3Client, bucket: str, key: str, path: str) -> None:
    """The error for what exists stands after the handler, which has left by then."""
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError:
        s3.upload_file(path, bucket, key)  # bad: CL102
        return
    raise FileExistsError(key)
