"""Conditions where no condition is taken."""

from __future__ import annotations

import boto3

s3 = boto3.client("s3")
bucket = boto3.resource("s3").Bucket("reports")
table = boto3.resource("dynamodb").Table("orders")


def upload_once(name: str, key: str, path: str) -> None:
    s3.upload_file(path, name, key, ExtraArgs={"IfNoneMatch": "*"})  # bad: CL104


def upload_stream_once(name: str, key: str, stream) -> None:
    s3.upload_fileobj(Fileobj=stream, Bucket=name, Key=key, ExtraArgs={"ContentType": "text/csv", "IfNoneMatch": "*"})  # bad: CL104


def upload_unchanged(key: str, path: str, etag: str) -> None:
    bucket.upload_file(path, key, ExtraArgs={"IfMatch": etag})  # bad: CL104


def upload_with_a_dictionary(name: str, key: str, path: str) -> None:
    extra = {"ContentType": "text/csv"}
    extra["IfNoneMatch"] = "*"
    s3.upload_file(path, name, key, ExtraArgs=extra)  # bad: CL104


def copy_once(name: str, key: str, source: str) -> None:
    s3.copy({"Bucket": name, "Key": source}, name, key, ExtraArgs={"IfNoneMatch": "*"})  # known-miss: CL104 so common a word makes no function worth following


def store_all(orders: list[dict]) -> None:
    with table.batch_writer() as batch:
        for order in orders:
            batch.put_item(Item=order, ConditionExpression="attribute_not_exists(id)")  # bad: CL104


# good: taken
def put_once(name: str, key: str, body: bytes) -> None:
    s3.put_object(Bucket=name, Key=key, Body=body, IfNoneMatch="*")


# good: taken
def store_each(orders: list[dict]) -> None:
    for order in orders:
        table.put_item(Item=order, ConditionExpression="attribute_not_exists(id)")


# good: no condition
def upload(name: str, key: str, path: str) -> None:
    s3.upload_file(path, name, key, ExtraArgs={"ContentType": "text/csv"})


# good: out of sight
def upload_with_options(name: str, key: str, path: str, options: dict) -> None:
    s3.upload_file(path, name, key, ExtraArgs=options)
