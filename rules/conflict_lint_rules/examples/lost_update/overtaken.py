"""Versions and times that are compared in Python, while another writer is between the comparison and the write."""

from __future__ import annotations

import json

import boto3
from botocore.exceptions import ClientError

dynamodb = boto3.client("dynamodb")
table = boto3.resource("dynamodb").Table("orders")


def apply(event: dict, context: object) -> None:
    """Events come in any order, and the newest is to win."""
    for record in event["Records"]:
        order = json.loads(record["body"])
        stored = table.get_item(Key={"id": order["id"]}).get("Item")
        if stored is None or stored["version"] < order["version"]:
            table.put_item(Item=order)  # bad: CL101


def record_status(execution: str, status: str, at: int) -> None:
    stored = table.get_item(Key={"id": execution}).get("Item", {})
    if stored.get("at", 0) >= at:
        return
    table.put_item(Item={"id": execution, "status": status, "at": at})  # bad: CL101


def advance(stream: str, position: int) -> None:
    stored = dynamodb.get_item(TableName="watermarks", Key={"stream": {"S": stream}})
    if position > int(stored["Item"]["position"]["N"]):
        dynamodb.put_item(  # bad: CL101
            TableName="watermarks", Item={"stream": {"S": stream}, "position": {"N": str(position)}}
        )


# good: guarded
def apply_newer(event: dict, context: object) -> None:
    for record in event["Records"]:
        order = json.loads(record["body"])
        try:
            table.put_item(
                Item=order,
                ConditionExpression="attribute_not_exists(#id) OR version < :v",
                ExpressionAttributeNames={"#id": "id"},
                ExpressionAttributeValues={":v": order["version"]},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


# good: guarded
def advance_further(stream: str, position: int) -> None:
    dynamodb.update_item(
        TableName="watermarks",
        Key={"stream": {"S": stream}},
        UpdateExpression="SET #p = :p",
        ConditionExpression="attribute_not_exists(#p) OR #p < :p",
        ExpressionAttributeNames={"#p": "position"},
        ExpressionAttributeValues={":p": {"N": str(position)}},
    )


# good: compared only
def refill(name: str, least: int) -> None:
    """What is wanted is written whatever was there."""
    stored = table.get_item(Key={"id": name})["Item"]
    if stored["count"] < least:
        table.put_item(Item={"id": name, "count": 100})


# good: compared only
def order_more(name: str, wanted: int) -> None:
    stored = table.get_item(Key={"id": name})["Item"]
    if stored["count"] < wanted:
        table.put_item(Item={"id": name, "ordered": wanted})


# good: another resource
def copy_newer(source: str, target: str, version: int) -> None:
    stored = table.get_item(Key={"id": source})["Item"]
    if stored["version"] < version:
        table.put_item(Item={"id": target, "version": version})
