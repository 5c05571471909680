"""Reads that can be moved into the loop, and such that cannot: something else rests on them, or they do more."""

from __future__ import annotations

import json
import time
from queue import Queue

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")


def refused(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "PreconditionFailed"


def with_settings_between(bucket: str, key: str, entry: dict) -> None:
    # what is there
    answer = s3.get_object(Bucket=bucket, Key=key)
    left = 5
    entries = json.loads(
        answer["Body"].read(),
    )
    entries.append(entry)

    while left:
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=answer["ETag"])  # bad: CL301
            break
        except ClientError as error:
            if not refused(error):
                raise
            left -= 1


def with_a_change_in_a_loop(bucket: str, key: str, names: list[str]) -> None:
    if names:
        answer = s3.get_object(Bucket=bucket, Key=key)
        counts = json.loads(answer["Body"].read())
        for name in names:
            counts[name] = counts.get(name, 0) + 1
        body = json.dumps(counts)
        for attempt in range(5):
            try:
                s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=answer["ETag"])  # bad: CL301
                return
            except ClientError as error:
                if not refused(error):
                    raise
                time.sleep(attempt)


def with_something_taken(bucket: str, key: str, queue: Queue[dict]) -> None:
    """What was taken off the queue cannot be taken off again."""
    answer = s3.get_object(Bucket=bucket, Key=key)
    entries = [*json.loads(answer["Body"].read()), queue.get()]
    for attempt in range(5):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=answer["ETag"])  # bad: CL301
            return
        except ClientError as error:
            if not refused(error):
                raise
            time.sleep(attempt)


def with_a_total(bucket: str, key: str, entry: dict, totals: dict) -> None:
    """The total would be counted once for each attempt."""
    answer = s3.get_object(Bucket=bucket, Key=key)
    entries = [*json.loads(answer["Body"].read()), entry]
    totals["entries"] += len(entries)
    for attempt in range(5):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=answer["ETag"])  # bad: CL301
            return
        except ClientError as error:
            if not refused(error):
                raise
            time.sleep(attempt)


def with_attempts_by_size(bucket: str, key: str, entry: dict) -> None:
    """The loop itself rests on what was read."""
    answer = s3.get_object(Bucket=bucket, Key=key)
    entries = [*json.loads(answer["Body"].read()), entry]
    for attempt in range(len(entries)):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=answer["ETag"])  # bad: CL301
            return
        except ClientError as error:
            if not refused(error):
                raise
            time.sleep(attempt)


def with_the_version_alone(bucket: str, key: str, body: bytes) -> None:
    """To read the version again would be to overwrite whatever is there."""
    etag = s3.head_object(Bucket=bucket, Key=key)["ETag"]
    for attempt in range(5):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)  # bad: CL301
            return
        except ClientError as error:
            if not refused(error):
                raise
            time.sleep(attempt)


def with_a_result(bucket: str, key: str, entry: dict) -> list:
    answer = s3.get_object(Bucket=bucket, Key=key)
    entries = [*json.loads(answer["Body"].read()), entry]
    for attempt in range(5):
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=answer["ETag"])  # bad: CL301
            break
        except ClientError as error:
            if not refused(error):
                raise
            time.sleep(attempt)
    return entries


# good: read again
def with_the_read_inside(bucket: str, key: str, entry: dict) -> list:
    for attempt in range(5):
        answer = s3.get_object(Bucket=bucket, Key=key)
        entries = [*json.loads(answer["Body"].read()), entry]
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=answer["ETag"])
            return entries
        except ClientError as error:
            if not refused(error):
                raise
            time.sleep(attempt)
    raise TimeoutError(key)
