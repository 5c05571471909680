"""Comments that suppress a finding, that have nothing to suppress, and that are not understood."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


# good: suppressed
def by_code(s3: S3Client, bucket: str) -> None:
    state = json.load(s3.get_object(Bucket=bucket, Key="state")["Body"])
    state["runs"] += 1
    s3.put_object(Bucket=bucket, Key="state", Body=json.dumps(state))  # conflict-lint: ignore[CL101] one writer


# good: suppressed
def by_name_on_a_line_of_its_own(s3: S3Client, bucket: str) -> None:
    state = json.load(s3.get_object(Bucket=bucket, Key="state")["Body"])
    state["runs"] += 1
    # conflict-lint: ignore[lost-update] the scheduler starts one run at a time
    s3.put_object(Bucket=bucket, Key="state", Body=json.dumps(state))


# good: suppressed
def at_the_end_of_the_statement(s3: S3Client, bucket: str) -> None:
    state = json.load(s3.get_object(Bucket=bucket, Key="state")["Body"])
    state["runs"] += 1
    s3.put_object(
        Bucket=bucket,
        Key="state",
        Body=json.dumps(state),
    )  # conflict-lint: ignore[lost-update]


def not_suppressed(s3: S3Client, bucket: str) -> None:
    response = s3.get_object(Bucket=bucket, Key="state")
    state = json.load(response["Body"])
    state["runs"] += 1
    s3.put_object(Bucket=bucket, Key="state", Body=json.dumps(state), IfMatch=response["ETag"])  # bad: CL101


def nothing_to_suppress(s3: S3Client, bucket: str, body: bytes) -> None:
    s3.put_object(Bucket=bucket, Key="state", Body=body)  # bad: CL901


def misspelt(s3: S3Client, bucket: str, body: bytes) -> None:
    s3.put_object(Bucket=bucket, Key="state", Body=body)  # conflict-lint: ignore[lost-updates]  # bad: CL902


def half_unused(s3: S3Client, bucket: str) -> None:
    state = json.load(s3.get_object(Bucket=bucket, Key="state")["Body"])
    state["runs"] += 1
    body = json.dumps(state)
    s3.put_object(Bucket=bucket, Key="state", Body=body)  # conflict-lint: ignore[CL101]  # bad: CL901


def without_a_rule(s3: S3Client, bucket: str, body: bytes) -> None:
    s3.put_object(Bucket=bucket, Key="state", Body=body)  # conflict-lint: ignore  # bad: CL902


def wrong_rule(s3: S3Client, bucket: str) -> None:
    response = s3.get_object(Bucket=bucket, Key="state")
    state = json.load(response["Body"])
    state["runs"] += 1
    s3.put_object(  # bad: CL101
        Bucket=bucket,
        Key="state",
        Body=json.dumps(state),
        IfMatch=response["ETag"],
    )  # bad: CL901
