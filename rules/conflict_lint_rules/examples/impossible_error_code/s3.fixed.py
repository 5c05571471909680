"""S3: error codes that are almost right, in every place where code looks at them."""

from __future__ import annotations

import json
from typing import Any

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")


def read_state(bucket: str, key: str) -> dict[str, Any]:
    try:
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":  # bad: CL403
            return {}
        raise


# good: right spelling
def read_state_rightly(bucket: str, key: str) -> dict[str, Any]:
    try:
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return {}
        raise


def read_policy(bucket: str) -> str:
    try:
        return s3.get_bucket_policy(Bucket=bucket)["Policy"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("NoSuchBucket", "NoSuchBucketPolicy"):  # bad: CL403
            return ""
        raise


def wrong_case(bucket: str, key: str) -> bytes:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":  # bad: CL403
            raise
        return b""


def surplus_suffix(bucket: str, key: str) -> bytes:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":  # bad: CL403
            return b""
        raise


def wrong_level(bucket: str, key: str) -> bytes:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response.get("Code") == "NoSuchKey":  # bad: CL403
            return b""
        raise


def sentence(bucket: str, key: str) -> bytes:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == "The specified key does not exist.":  # bad: CL403
            return b""
        raise


# good: right spelling
def message(bucket: str, key: str) -> bytes:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Message"] == "The specified key does not exist.":
            return b""
        raise


# good: right spelling beside it
def both_spellings(bucket: str) -> bool:
    try:
        s3.get_bucket_policy(Bucket=bucket)
    except ClientError as error:
        return error.response["Error"]["Code"] not in ("NoSuchBucketPolicy", "NoSuchBucketPolicyException")
    return True


def exists_by_the_code_of_get(bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":  # bad: CL403
            return False
        raise
    return True


def exists_by_the_class_of_get(bucket: str) -> bool:
    try:
        s3.head_bucket(Bucket=bucket)
    except s3.exceptions.NoSuchBucket:  # bad: CL403
        return False
    return True


# good: right spelling beside it
def exists_in_any_case(bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except (s3.exceptions.NoSuchKey, ClientError):
        return False
    return True


# good: right spelling beside it
def exists_either_way(bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        return False
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        return False
    return True


# good: right spelling beside it
def exists_by_status_too(bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        return False
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            return False
        raise
    return True


# good: out of sight
def size(bucket: str, key: str) -> int:
    try:
        head = s3.head_object(Bucket=bucket, Key=key)
        return int(head["ContentLength"]) + len(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except s3.exceptions.NoSuchKey:
        return 0


# good: answer to HEAD
def exists(bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    return True


# good: answer to HEAD
def accessible(bucket: str) -> bool:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        return int(error.response["Error"]["Code"]) not in (403, 404)
    return True


# good: answer to HEAD
def reachable(bucket: str) -> bool:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] == "403":
            return True
        return False
    return True


# good: not in the model
def ensure_bucket(bucket: str) -> None:
    try:
        s3.create_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "OperationAborted", "SlowDown"):
            raise


# good: not in the model
def read_website(bucket: str) -> dict[str, Any] | None:
    try:
        return s3.get_bucket_website(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchWebsiteConfiguration":
            return None
        raise


# good: any service may answer it
def read_if_allowed(bucket: str, key: str) -> bytes | None:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("AccessDenied", "ExpiredToken", "RequestTimeTooSkewed", "InternalError"):
            return None
        raise


# good: part of the code
def family(bucket: str, key: str) -> bytes | None:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if "NoSuch" in error.response["Error"]["Code"] or error.response["Error"]["Code"].startswith("Invalid"):
            return None
        raise


def guarded_write(bucket: str, key: str, body: bytes, etag: str) -> bool:
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)
    except ClientError as error:
        if error.response["Error"]["Code"] == "PreconditionFailed":  # bad: CL403
            return False
        raise
    return True


# good: right spelling
def guarded_write_rightly(bucket: str, key: str, body: bytes, etag: str) -> bool:
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"):
            return False
        raise
    return True


def no_condition_to_fail(bucket: str, key: str, body: bytes) -> bool:
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    except ClientError as error:
        if error.response["Error"]["Code"] == "PreconditionFailed":  # bad: CL403
            return False
        raise
    return True


def compared_later(bucket: str, key: str) -> str:
    error_code = None
    try:
        s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        error_code = error.response.get("Error", {}).get("Code")
    if error_code == "NoSuchKey":  # bad: CL403
        return "missing"
    return "found"


def matched(bucket: str, key: str) -> bytes:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        match error.response["Error"]["Code"]:
            case "NoSuchKey":
                return b""
            case "InvalidObjectState":  # bad: CL403
                return b"frozen"
            case _:
                raise


class Store:
    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.client = boto3.client("s3")

    def read(self, key: str) -> bytes | None:
        try:
            return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self.client.exceptions.NoSuchKey:  # bad: CL403
            return None

    # good: right spelling
    def read_rightly(self, key: str) -> bytes | None:
        try:
            return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None


# good: answer to HEAD
def in_any_words(bucket: str) -> bool:
    """Some servers that are spoken to like S3 say it in words."""
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NotFound"}:
            return False
        raise
    return True


def status_of(error: ClientError) -> int:
    """What calls of all kinds are asked about."""
    code = error.response["Error"]["Code"]
    if code in ("AccessDenied", "InvalidAccessKeyId"):
        return 403
    return 404 if code == "NoSuchKey" else 500


# good: out of sight
def replace_what_is_there(bucket: str, key: str, body: bytes) -> int:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        return status_of(error)
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return 200


# good: right spelling beside it
def size_or_none(bucket: str, key: str) -> int | None:
    try:
        return s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
    except s3.exceptions.NoSuchKey:
        return None
    except Exception as error:
        if "404" in str(error):
            return None
        raise
