"""Items of DynamoDB that are put because no item was found, in both of boto3's forms."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

table = boto3.resource("dynamodb").Table("users")


def register(email: str, name: str) -> None:
    if "Item" in table.get_item(Key={"email": email}):
        raise ValueError(f"{email} is taken")
    table.put_item(Item={"email": email, "name": name})  # bad: CL102


def load_or_create(email: str) -> dict:
    found = table.get_item(Key={"email": email}).get("Item")
    if found is not None:
        return found
    item = {"email": email, "logins": 0}
    table.put_item(Item=item)  # bad: CL102
    return item


def append_or_create(email: str, tag: str) -> None:
    exists = False
    try:
        response = table.get_item(Key={"email": email})
        if "Item" in response:
            exists = True
    except ClientError:
        pass
    if exists:
        table.update_item(
            Key={"email": email},
            UpdateExpression="SET tags = list_append(tags, :tag)",
            ExpressionAttributeValues={":tag": [tag]},
        )
    else:
        table.put_item(Item={"email": email, "tags": [tag]})  # bad: CL102


def put(email: str, count: int) -> None:
    table.put_item(Item={"email": email, "count": count})  # bad: CL102


def increment(email: str, start: int) -> None:
    try:
        table.update_item(
            Key={"email": email},
            UpdateExpression="SET #c = #c + :one",
            ExpressionAttributeNames={"#c": "count"},
            ExpressionAttributeValues={":one": 1},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        put(email, start)


def register_typed(client: DynamoDBClient, email: str) -> None:
    reply = client.get_item(TableName="users", Key={"email": {"S": email}})
    if not reply.get("Item"):
        client.put_item(TableName="users", Item={"email": {"S": email}, "logins": {"N": "0"}})  # bad: CL102


def register_after_query(client: DynamoDBClient, email: str) -> None:
    found = client.get_item(TableName="users", Key={"email": {"S": email}}, ProjectionExpression="email")
    if len(found.get("Item", {})) == 0:
        client.put_item(TableName="users", Item={"email": {"S": email}})  # bad: CL102


# good: guarded
def register_once(email: str, name: str) -> None:
    if "Item" in table.get_item(Key={"email": email}):
        raise ValueError(f"{email} is taken")
    table.put_item(Item={"email": email, "name": name}, ConditionExpression="attribute_not_exists(email)")


# good: guard out of sight
def register_with_options(email: str, name: str, **options: str) -> None:
    if "Item" not in table.get_item(Key={"email": email}):
        table.put_item(Item={"email": email, "name": name}, **options)


# good: another resource
def register_in_another_table(email: str) -> None:
    if "Item" not in table.get_item(Key={"email": email}):
        boto3.resource("dynamodb").Table("invitations").put_item(Item={"email": email})


# good: own key
def new_order(item: dict) -> str:
    key = str(uuid.uuid4())
    if "Item" not in table.get_item(Key={"email": key}):
        table.put_item(Item={"email": key, **item})
    return key


# good: not a check
def warn_and_put(email: str, log) -> None:
    if "Item" in table.get_item(Key={"email": email}):
        log.warning("%s is replaced", email)
    table.put_item(Item={"email": email})


# good: not a check
def attribute_missing(email: str) -> None:
    user = table.get_item(Key={"email": email})["Item"]
    if not user.get("verified"):
        table.put_item(Item={"email": email, "verified": True})


# good: fails by itself
def make_table(client: DynamoDBClient, name: str) -> None:
    try:
        client.describe_table(TableName=name)
    except client.exceptions.ResourceNotFoundException:
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
