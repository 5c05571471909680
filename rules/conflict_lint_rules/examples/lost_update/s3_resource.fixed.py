"""S3 through the resource interface, where the object itself carries bucket and key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3.service_resource import Object

s3 = boto3.resource("s3")


def add_member(bucket_name: str, team: str, member: str) -> None:
    document = s3.Object(bucket_name, f"teams/{team}.json")
    response = document.get()
    members = json.loads(response["Body"].read())
    members.append(member)
    document.put(Body=json.dumps(members), IfMatch=response["ETag"])  # bad: CL101


# good: guarded
def add_member_guarded(bucket_name: str, team: str, member: str) -> None:
    document = s3.Object(bucket_name, f"teams/{team}.json")
    response = document.get()
    members = json.loads(response["Body"].read())
    members.append(member)
    document.put(Body=json.dumps(members), IfMatch=response["ETag"])


def add_tag(bucket_name: str, name: str, tag: str) -> None:
    bucket = s3.Bucket(bucket_name)
    response = bucket.Object(f"{name}.tags").get()
    tags = json.loads(response["Body"].read())
    tags = sorted({*tags, tag})
    bucket.Object(f"{name}.tags").put(Body=json.dumps(tags), IfMatch=response["ETag"])  # bad: CL101


# good: another resource
def copy_tags(bucket_name: str, source: str, target: str) -> None:
    bucket = s3.Bucket(bucket_name)
    tags = json.loads(bucket.Object(f"{source}.tags").get()["Body"].read())
    bucket.Object(f"{target}.tags").put(Body=json.dumps([*tags, "copied"]))


def count_visit(bucket_name: str, page: str) -> int:
    document = s3.Object(bucket_name=bucket_name, key=f"visits/{page}")
    precondition = {"IfNoneMatch": "*"}
    try:
        reply = document.get()
        precondition = {"IfMatch": reply["ETag"]}
        visits = int(reply["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        visits = 0
    document.put(Body=str(visits + 1), **precondition)  # bad: CL101
    return visits + 1


def count_annotated(document: Object) -> None:
    response = document.get()
    visits = int(response["Body"].read())
    document.put(Body=str(visits + 1), IfMatch=response["ETag"])  # bad: CL101


def append_through_bucket(bucket_name: str, key: str, line: str) -> None:
    bucket = s3.Bucket(bucket_name)
    response = bucket.Object(key).get()
    text = response["Body"].read().decode()
    bucket.put_object(Key=key, Body=text + line, IfMatch=response["ETag"])  # bad: CL101


# good: compared only
def refresh(bucket_name: str, key: str, body: bytes) -> None:
    document = s3.Object(bucket_name, key)
    if document.get()["Body"].read() != body:
        document.put(Body=body)
