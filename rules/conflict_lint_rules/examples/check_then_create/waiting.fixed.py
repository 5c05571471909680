"""A loop that waits until something is gone, and a write after it."""

from __future__ import annotations

import time

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")


def is_taken(bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise
    return True


def take(bucket: str, key: str, owner: str) -> None:
    while is_taken(bucket, key):
        time.sleep(1)
    s3.put_object(Bucket=bucket, Key=key, Body=owner, IfNoneMatch="*")  # bad: CL102


# good: guarded
def take_alone(bucket: str, key: str, owner: str) -> None:
    while is_taken(bucket, key):
        time.sleep(1)
    s3.put_object(Bucket=bucket, Key=key, Body=owner, IfNoneMatch="*")


# good: not a check
def after(bucket: str, key: str, owner: str) -> None:
    while not is_taken(bucket, key):
        time.sleep(1)
    s3.put_object(Bucket=bucket, Key=key, Body=owner)


# good: not a check
def until(bucket: str, key: str, owner: str) -> None:
    while True:
        if time.time() > 100 or not is_taken(bucket, key):
            break
        time.sleep(1)
    s3.put_object(Bucket=bucket, Key=key, Body=owner)
