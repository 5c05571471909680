"""The code is looked at by ``match``, a predicate, a retry loop, a context manager, a wrapper."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Iterator

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
dynamodb = boto3.client("dynamodb")
sqs = boto3.client("sqs")


def by_match(bucket: str, key: str) -> bytes | None:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        match error.response["Error"]["Code"]:
            case "NoSuchKey":  # bad: CL403
                return None
            case _:
                raise


# good: right spelling
def by_match_rightly(bucket: str, key: str) -> bytes | None:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        match error.response["Error"]["Code"]:
            case "NoSuchKey":
                return None
            case _:
                raise


def by_walrus(table: str, key: dict) -> None:
    try:
        dynamodb.delete_item(TableName=table, Key=key, ConditionExpression="attribute_exists(id)")
    except ClientError as error:
        if (code := error.response["Error"]["Code"]) != "ConditionalCheckFailedException":  # bad: CL403
            raise RuntimeError(code) from error


# good: right spelling
def by_walrus_rightly(table: str, key: dict) -> None:
    try:
        dynamodb.delete_item(TableName=table, Key=key, ConditionExpression="attribute_exists(id)")
    except ClientError as error:
        if (code := error.response["Error"]["Code"]) != "ConditionalCheckFailedException":
            raise RuntimeError(code) from error


def missing(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "NoSuchBuckett"  # bad: CL403


def by_predicate(bucket: str) -> bool:
    try:
        s3.get_bucket_location(Bucket=bucket)
    except ClientError as error:
        if missing(error):
            return False
        raise
    return True


def in_a_loop(table: str, item: dict) -> None:
    for attempt in range(5):
        try:
            dynamodb.put_item(TableName=table, Item=item)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ProvisionedThroughputExceeded":
                raise
            time.sleep(2**attempt)


def in_a_loop_over(bucket: str, keys: list[str]) -> list[str]:
    absent = []
    for key in keys:
        try:
            s3.get_object_tagging(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKeys":  # bad: CL403
                absent.append(key)
                continue
            raise
    return absent


@contextlib.contextmanager
def tolerant(bucket: str, key: str) -> Iterator[bytes]:
    try:
        yield s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise


def nested(bucket: str, key: str) -> bytes:
    try:
        try:
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        finally:
            time.sleep(0)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):  # bad: CL403
            return b""
        raise


def forgiving(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKeyError":  # known-miss: CL403 what it wraps names no code
                raise
            return None

    return wrapper


@forgiving
def wrapped(bucket: str, key: str) -> bytes:
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
