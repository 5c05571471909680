"""Retry libraries and wrappers of the project: what they are told to repeat, around what."""

from __future__ import annotations

import functools
import time
import uuid

import backoff
import boto3
import tenacity
import tryagain
from botocore.exceptions import ClientError, EndpointConnectionError

s3 = boto3.client("s3")
iam = boto3.client("iam")
functions = boto3.client("lambda")
TOKENS = boto3.client("dynamodb")


@tenacity.retry(stop=tenacity.stop_after_attempt(5), retry=tenacity.retry_if_exception_type(ClientError))
def configure(name: str, variables: dict) -> None:
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})  # bad: CL303


@backoff.on_exception(backoff.expo, ClientError, max_time=300)
def encrypt(bucket: str, rules: dict) -> None:
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)  # bad: CL303


@tenacity.retry
def add_group(name: str) -> None:
    iam.create_group(GroupName=name)  # bad: CL303


def taken(error: BaseException) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in ("SlowDown", "BucketAlreadyExists")


def create(name: str) -> None:
    policy = tenacity.Retrying(retry=tenacity.retry_if_exception(taken), stop=tenacity.stop_after_delay(60))
    policy(s3.create_bucket, Bucket=name)  # bad: CL303


@tenacity.retry(retry=tenacity.retry_if_exception_type(TOKENS.exceptions.IdempotentParameterMismatchException))
def move(items: list[dict], token: str) -> None:
    TOKENS.transact_write_items(TransactItems=items, ClientRequestToken=token)  # bad: CL303


@backoff.on_exception(backoff.expo, s3.exceptions.NoSuchUpload, max_tries=8)
def finish(bucket: str, key: str, upload: str, parts: list) -> None:
    s3.complete_multipart_upload(  # bad: CL303
        Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
    )


def again(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        for attempt in range(5):
            try:
                return function(*args, **kwargs)
            except ClientError:
                time.sleep(attempt)
        return function(*args, **kwargs)

    return wrapper


@again
def add_account(name: str) -> None:
    iam.create_user(UserName=name)  # bad: CL303


@tryagain.retries(max_attempts=3, wait=2, exceptions=ClientError)
def point_to(name: str, version: str) -> None:
    try:
        functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)  # bad: CL303
    except ClientError as error:
        print(f"not yet: {error}")
        raise


# good: handled inside
@tryagain.retries(max_attempts=3, wait=2, exceptions=ClientError)
def point_to_if_possible(name: str, version: str) -> None:
    """The policy never sees an error."""
    try:
        functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
    except ClientError as error:
        print(f"not yet: {error}")


# good: errors that pass
@tenacity.retry(
    retry=tenacity.retry_if_exception_type(functions.exceptions.ResourceConflictException),
    stop=tenacity.stop_after_attempt(20),
)
def configure_when_ready(name: str, variables: dict) -> None:
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


# good: errors that pass
@backoff.on_exception(backoff.expo, EndpointConnectionError, max_tries=3)
def add_group_over_a_bad_line(name: str) -> None:
    iam.create_group(GroupName=name)


# good: errors that pass
@backoff.on_exception(
    backoff.expo, ClientError, giveup=lambda e: e.response["Error"]["Code"] != "OperationAborted", max_tries=4
)
def create_after_deletion(name: str) -> None:
    s3.create_bucket(Bucket=name)


# good: another name each time
@tenacity.retry(retry=tenacity.retry_if_exception_type(iam.exceptions.EntityAlreadyExistsException))
def create_somewhere() -> str:
    name = f"scratch-{uuid.uuid4()}"
    iam.create_user(UserName=name)
    return name


# good: looks first
@tenacity.retry(stop=tenacity.stop_after_attempt(5))
def ensure_group(name: str) -> None:
    if name not in [group["GroupName"] for group in iam.list_groups()["Groups"]]:
        iam.create_group(GroupName=name)


# good: handled inside
@tenacity.retry(stop=tenacity.stop_after_attempt(5))
def add_group_once(name: str) -> None:
    try:
        iam.create_group(GroupName=name)
    except iam.exceptions.EntityAlreadyExistsException:
        print("there already")


# good: not answered by it
@tenacity.retry(stop=tenacity.stop_after_attempt(5))
def store(bucket: str, key: str, text: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=text)


# good: test out of sight
def build(policy):
    @policy
    def add(name: str) -> None:
        iam.create_group(GroupName=name)

    return add


# good: no retry
@functools.lru_cache
def add_known_group(name: str) -> None:
    iam.create_group(GroupName=name)
