"""The request is a dict that is built before the call, by hand or by a builder."""

from __future__ import annotations

import json

import boto3

s3 = boto3.client("s3")
dynamodb = boto3.client("dynamodb")


def put_request(bucket: str, key: str, line: str) -> None:
    request = {"Bucket": bucket, "Key": key}
    text = s3.get_object(**request)["Body"].read().decode()
    request["Body"] = text + line
    s3.put_object(**request)  # bad: CL101


# good: guarded
def put_guarded_request(bucket: str, key: str, line: str) -> None:
    request = {"Bucket": bucket, "Key": key}
    response = s3.get_object(**request)
    request["IfMatch"] = response["ETag"]
    request["Body"] = response["Body"].read().decode() + line
    s3.put_object(**request)


def put_request_or_create(bucket: str, key: str, line: str, exists: bool) -> None:
    kwargs = {"Bucket": bucket, "Key": key}
    text = ""
    if exists:
        text = s3.get_object(**kwargs)["Body"].read().decode()
    if text.endswith("\n"):
        kwargs["ContentType"] = "text/plain"
    kwargs.update(Body=text + line)
    s3.put_object(**kwargs)  # bad: CL101


# good: guarded
def put_guarded_where_known(bucket: str, key: str, line: str, exists: bool) -> None:
    """The condition is added on the one way on which there is something to lose."""
    kwargs = {"Bucket": bucket, "Key": key}
    text = ""
    if exists:
        response = s3.get_object(**kwargs)
        text = response["Body"].read().decode()
        kwargs["IfMatch"] = response["ETag"]
    kwargs["Body"] = text + line
    s3.put_object(**kwargs)


def location(bucket: str, key: str) -> dict:
    return {"Bucket": bucket, "Key": key}


def upload(where: dict, body: str, **extra) -> None:
    s3.put_object(Body=body, **where, **extra)  # bad: CL101


def append(bucket: str, key: str, line: str) -> None:
    where = location(bucket, key)
    upload(where, s3.get_object(**where)["Body"].read().decode() + line)


# good: guarded
def append_guarded(bucket: str, key: str, line: str) -> None:
    where = location(bucket, key)
    response = s3.get_object(**where)
    upload_if(where, response["Body"].read().decode() + line, IfMatch=response["ETag"])


def upload_if(where: dict, body: str, **extra) -> None:
    s3.put_object(Body=body, **where, **extra)


def build(table: str, item: dict, condition: str | None = None) -> dict:
    request = dict(TableName=table, Item=item)
    if condition:
        request["ConditionExpression"] = condition
    return request


def rename(table: str, user: str, name: str) -> None:
    item = dynamodb.get_item(TableName=table, Key={"id": {"S": user}})["Item"]
    item["name"] = {"S": name}
    dynamodb.put_item(**build(table, item))  # bad: CL101


# good: guarded
def rename_guarded(table: str, user: str, name: str) -> None:
    item = dynamodb.get_item(TableName=table, Key={"id": {"S": user}})["Item"]
    item["name"] = {"S": name}
    dynamodb.put_item(**build(table, item, "attribute_not_exists(locked)"))


# good: guard out of sight
def rename_by_others(table: str, user: str, name: str, build_request) -> None:
    item = dynamodb.get_item(TableName=table, Key={"id": {"S": user}})["Item"]
    item["name"] = {"S": name}
    dynamodb.put_item(**build_request(table, item))


class Update:
    """Collects the parts of an update expression."""

    def __init__(self, table: str, key: dict) -> None:
        self.request = {"TableName": table, "Key": key}

    def set(self, name: str, value: dict) -> "Update":
        self.request["UpdateExpression"] = f"SET {name} = :v"
        self.request["ExpressionAttributeValues"] = {":v": value}
        return self

    def send(self) -> None:
        dynamodb.update_item(**self.request)  # bad: CL101


def visit(table: str, user: str) -> None:
    key = {"id": {"S": user}}
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    Update(table, key).set("visits", {"N": str(int(item["visits"]["N"]) + 1)}).send()


# good: computed by the service
def count(table: str, user: str) -> int:
    key = {"id": {"S": user}}
    before = dynamodb.get_item(TableName=table, Key=key)["Item"]
    request = {"TableName": table, "Key": key}
    request["UpdateExpression"] = "SET visits = visits + :one"
    request["ExpressionAttributeValues"] = {":one": {"N": "1"}}
    dynamodb.update_item(**request)
    return int(before["visits"]["N"])


def flagged(bucket: str, key: str, document: dict, etag: str | None = None) -> None:
    kwargs = {}
    if etag is not None:
        kwargs["IfMatch"] = etag
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document), **kwargs)  # bad: CL101


def calls_flagged(bucket: str, key: str) -> None:
    document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    flagged(bucket, key, document)


# good: guarded
def calls_flagged_guarded(bucket: str, key: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    document = json.loads(response["Body"].read())
    flagged(bucket, key, document, etag=response["ETag"])
