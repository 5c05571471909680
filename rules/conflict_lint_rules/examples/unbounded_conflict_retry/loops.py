"""Loops that wait for a conflict to end."""

from __future__ import annotations

import json
import time

import backoff
import boto3
import tenacity
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
ec2 = boto3.client("ec2")
iam = boto3.client("iam")
functions = boto3.client("lambda")
dynamodb = boto3.client("dynamodb")
workspaces = boto3.client("workspaces")


def tag(name: str, tags: list[dict]) -> None:
    while True:
        try:
            iam.tag_role(RoleName=name, Tags=tags)  # bad: CL304
            return
        except iam.exceptions.ConcurrentModificationException:
            time.sleep(1)


def configure(name: str, variables: dict) -> None:
    done = False
    while not done:
        try:
            functions.update_function_configuration(  # bad: CL304
                FunctionName=name, Environment={"Variables": variables}
            )
            done = True
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceConflictException":
                raise


@tenacity.retry(retry=tenacity.retry_if_exception_type(functions.exceptions.ResourceConflictException))
def publish(name: str) -> None:
    functions.publish_version(FunctionName=name)  # bad: CL304


@backoff.on_exception(backoff.expo, workspaces.exceptions.InvalidResourceStateException)
def deregister(directory: str) -> None:
    workspaces.deregister_workspace_directory(DirectoryId=directory)  # bad: CL304


def append_spinning(bucket: str, key: str, line: str) -> None:
    """Reads again, but at full speed."""
    while True:
        response = s3.get_object(Bucket=bucket, Key=key)
        body = response["Body"].read() + line.encode()
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=response["ETag"])  # bad: CL304
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise


# good: limited
def tag_five_times(name: str, tags: list[dict]) -> None:
    for attempt in range(5):
        try:
            iam.tag_role(RoleName=name, Tags=tags)
            return
        except iam.exceptions.ConcurrentModificationException:
            time.sleep(attempt)


# good: limited
def tag_in_time(name: str, tags: list[dict]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            iam.tag_role(RoleName=name, Tags=tags)
            return
        except iam.exceptions.ConcurrentModificationException:
            time.sleep(1)


# good: limited
def tag_with_pauses(name: str, tags: list[dict]) -> None:
    pauses = [1, 2, 4, 8]
    while True:
        try:
            iam.tag_role(RoleName=name, Tags=tags)
            return
        except iam.exceptions.ConcurrentModificationException:
            if not pauses:
                raise
            time.sleep(pauses.pop(0))


# good: limited
@tenacity.retry(
    retry=tenacity.retry_if_exception_type(functions.exceptions.ResourceConflictException),
    stop=tenacity.stop_after_delay(120),
)
def publish_soon(name: str) -> None:
    functions.publish_version(FunctionName=name)


# good: read again with a pause
def append(bucket: str, key: str, entry: dict) -> None:
    while True:
        response = s3.get_object(Bucket=bucket, Key=key)
        entries = [*json.loads(response["Body"].read()), entry]
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entries), IfMatch=response["ETag"])
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            time.sleep(0.1)


# good: a lock
def acquire(name: str) -> None:
    while True:
        try:
            dynamodb.put_item(
                TableName="locks", Item={"name": {"S": name}}, ConditionExpression="attribute_not_exists(name)"
            )
            return
        except dynamodb.exceptions.ConditionalCheckFailedException:
            time.sleep(1)


# good: made to fit
def start(instances: list[str]) -> None:
    while instances:
        try:
            ec2.start_instances(InstanceIds=instances)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "IncorrectInstanceState":
                raise
            instances.pop()


# good: not told to
def keep_trying(name: str, tags: list[dict]) -> None:
    while True:
        try:
            iam.tag_role(RoleName=name, Tags=tags)
            return
        except OSError:
            time.sleep(1)
