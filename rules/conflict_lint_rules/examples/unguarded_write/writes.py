"""Writes that could carry a condition; nobody in sight reads first. Marked CL105, a hint."""

from __future__ import annotations

import json
import threading

import boto3

s3 = boto3.client("s3")
table = boto3.resource("dynamodb").Table("settings")
lock = threading.Lock()


def publish(bucket: str, key: str, report: dict) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(report))  # bad: CL105


def remove(bucket: str, key: str) -> None:
    s3.delete_object(Bucket=bucket, Key=key)  # bad: CL105


def configure(name: str, value: str) -> None:
    table.put_item(Item={"name": name, "value": value})  # bad: CL105


def set_value(name: str, value: str) -> None:
    table.update_item(  # bad: CL105
        Key={"name": name},
        UpdateExpression="SET current = :value",
        ExpressionAttributeValues={":value": value},
    )


# good: guarded
def publish_new(bucket: str, key: str, report: dict) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(report), IfNoneMatch="*")


# good: guard out of sight
def publish_with_options(bucket: str, key: str, report: dict, **options: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(report), **options)


# good: lock held
def publish_alone(bucket: str, key: str, report: dict) -> None:
    with lock:
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(report))


# good: computed by the service
def count(name: str) -> None:
    table.update_item(Key={"name": name}, UpdateExpression="ADD hits :one", ExpressionAttributeValues={":one": 1})


# good: no condition offered
def bring(bucket: str, key: str, path: str) -> None:
    s3.upload_file(path, bucket, key)
