# conflict-lint: ignore-file[CL101] this job is the only writer of its bucket
"""A comment at the top speaks for the whole file, and for the named rule only."""

from __future__ import annotations

import json

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")


# good: suppressed
def count_run(bucket: str) -> None:
    state = json.load(s3.get_object(Bucket=bucket, Key="state")["Body"])
    state["runs"] += 1
    s3.put_object(Bucket=bucket, Key="state", Body=json.dumps(state))


def first_run(bucket: str) -> bool:
    try:
        s3.get_object(Bucket=bucket, Key="state")
    except ClientError as error:
        return error.response["Error"]["Code"] == "NoSuchkey"  # bad: CL403
    return False
