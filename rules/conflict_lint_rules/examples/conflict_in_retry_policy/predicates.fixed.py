"""Retry decorators and predicates that name a failed precondition."""

from __future__ import annotations

import json

import backoff
import boto3
import stamina
import tenacity
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
dynamodb = boto3.client("dynamodb")
PASSING = {"SlowDown", "InternalError", "PreconditionFailed"}


def passes(error: BaseException) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in PASSING


@tenacity.retry(retry=tenacity.retry_if_exception(passes), stop=tenacity.stop_after_attempt(5))
def save(bucket: str, key: str, body: bytes, etag: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)  # bad: CL302


@backoff.on_exception(backoff.expo, dynamodb.exceptions.ConditionalCheckFailedException, max_tries=4)
def set_name(key: str, name: str, version: int) -> None:
    dynamodb.update_item(  # bad: CL302
        TableName="people",
        Key={"id": {"S": key}},
        UpdateExpression="SET #n = :n, version = :next",
        ConditionExpression="version = :seen",
        ExpressionAttributeNames={"#n": "name"},
        ExpressionAttributeValues={
            ":n": {"S": name},
            ":seen": {"N": str(version)},
            ":next": {"N": str(version + 1)},
        },
    )


@stamina.retry(on=lambda error: error.response["ResponseMetadata"]["HTTPStatusCode"] in (503,))
def remove(bucket: str, key: str, etag: str) -> None:
    s3.delete_object(Bucket=bucket, Key=key, IfMatch=etag)  # bad: CL302


def append(bucket: str, key: str, line: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    body = response["Body"].read() + line.encode()
    retrying = tenacity.Retrying(retry=tenacity.retry_if_exception(passes), stop=tenacity.stop_after_attempt(3))
    retrying(s3.put_object, Bucket=bucket, Key=key, Body=body, IfMatch=response["ETag"])  # bad: CL302


# good: read again
@tenacity.retry(retry=tenacity.retry_if_exception(passes), stop=tenacity.stop_after_attempt(5))
def append_again(bucket: str, key: str, entry: dict) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    entries = [*json.loads(response["Body"].read()), entry]
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=response["ETag"])


# good: creates or locks
@tenacity.retry(retry=tenacity.retry_if_exception(passes), wait=tenacity.wait_fixed(1))
def lock(bucket: str, key: str, owner: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=owner, IfNoneMatch="*")


# good: no version sent
@tenacity.retry(retry=tenacity.retry_if_exception(passes), stop=tenacity.stop_after_attempt(5))
def save_last(bucket: str, key: str, body: bytes) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=body)


# good: errors that pass
@backoff.on_exception(
    backoff.expo, ClientError, giveup=lambda error: error.response["Error"]["Code"] != "SlowDown", max_tries=4
)
def save_slowly(bucket: str, key: str, body: bytes, etag: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)


# good: out of sight
def saver(decide):
    @tenacity.retry(retry=tenacity.retry_if_exception(decide))
    def run(bucket: str, key: str, body: bytes, etag: str) -> None:
        s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)

    return run
