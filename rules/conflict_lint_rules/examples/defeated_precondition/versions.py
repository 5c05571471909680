"""Versions that were read only to satisfy the condition."""

from __future__ import annotations

import json

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
functions = boto3.client("lambda")
content = boto3.client("cloudfront")
firewall = boto3.client("wafv2")


def add(bucket: str, key: str, entry: str) -> None:
    entries = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    entries.append(entry)
    etag = s3.head_object(Bucket=bucket, Key=key)["ETag"]
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=etag)  # bad: CL103


def add_with_a_fresh_version_if_refused(bucket: str, key: str, entry: str) -> None:
    reply = s3.get_object(Bucket=bucket, Key=key)
    entries = json.loads(reply["Body"].read())
    entries.append(entry)
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=reply["ETag"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        now = s3.head_object(Bucket=bucket, Key=key)
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=now["ETag"])  # bad: CL103


def add_whatever_is_there(bucket: str, key: str, entry: str) -> None:
    entries = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    entries.append(entry)
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch="*")  # bad: CL103


def set_variable(name: str, key: str, value: str) -> None:
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    variables[key] = value
    functions.update_function_configuration(  # bad: CL103
        FunctionName=name,
        Environment={"Variables": variables},
        RevisionId=functions.get_function_configuration(FunctionName=name)["RevisionId"],
    )


def disable(identifier: str) -> None:
    config = content.get_distribution_config(Id=identifier)["DistributionConfig"]
    config["Enabled"] = False
    etag = content.get_distribution_config(Id=identifier)["ETag"]
    content.update_distribution(Id=identifier, DistributionConfig=config, IfMatch=etag)  # bad: CL103


# good: one reply
def add_guarded(bucket: str, key: str, entry: str) -> None:
    reply = s3.get_object(Bucket=bucket, Key=key)
    entries = json.loads(reply["Body"].read())
    entries.append(entry)
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=reply["ETag"])


# good: the older version
def add_with_the_version_first(bucket: str, key: str, entry: str) -> None:
    etag = s3.head_object(Bucket=bucket, Key=key)["ETag"]
    entries = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    entries.append(entry)
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=etag)


# good: declared
def declare(identifier: str, config: dict) -> None:
    etag = content.get_distribution_config(Id=identifier)["ETag"]
    content.update_distribution(Id=identifier, DistributionConfig=config, IfMatch=etag)


# good: read again
def add_anew(bucket: str, key: str, entry: str) -> None:
    for _ in range(5):
        reply = s3.get_object(Bucket=bucket, Key=key)
        entries = [*json.loads(reply["Body"].read()), entry]
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=reply["ETag"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
        else:
            return
    raise TimeoutError(key)


# good: another resource
def copy_settings(source: str, target: str) -> None:
    found = functions.get_function_configuration(FunctionName=source)["Environment"]["Variables"]
    revision = functions.get_function_configuration(FunctionName=target)["RevisionId"]
    functions.update_function_configuration(FunctionName=target, Environment={"Variables": found}, RevisionId=revision)
