"""Items that are written back in another form than they were read in: converted as a whole, their keys in them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import boto3
from models import User, to_item

dynamodb = boto3.resource("dynamodb")
users = dynamodb.Table("users")
client = boto3.client("dynamodb")


def without_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_floats(part) for name, part in value.items()}
    if isinstance(value, list):
        return [without_floats(part) for part in value]
    return Decimal(str(value)) if isinstance(value, float) else value


def rename(name: str, full: str) -> None:
    user = users.get_item(Key={"name": name})["Item"]
    user["full"] = full
    users.put_item(Item=without_floats(user))  # bad: CL101


def rename_in_json(name: str, full: str) -> None:
    user = users.get_item(Key={"name": name})["Item"]
    user["full"] = full
    users.put_item(Item=json.loads(json.dumps(user), parse_float=Decimal))  # bad: CL101


def rename_and_clear(name: str, full: str) -> None:
    user = users.get_item(Key={"name": name})["Item"]
    user["full"] = full
    users.put_item(Item={key: value for key, value in user.items() if value is not None})  # bad: CL101


def rename_object(name: str, full: str) -> None:
    user = User.from_dict(users.get_item(Key={"name": name})["Item"])
    user.full = full
    users.put_item(Item=user.to_dict())  # bad: CL101


def read(item: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in item.items():
        out[name] = int(value["N"]) if "N" in value else value["S"]
    return out


def written(values: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in values.items():
        out[name] = {"N": str(value)} if isinstance(value, int) else {"S": value}
    return out


def count(name: str) -> None:
    user = read(client.get_item(TableName="users", Key={"name": {"S": name}})["Item"])
    user["visits"] += 1
    client.put_item(TableName="users", Item=written(user))  # bad: CL101


def rename_all(group: str, full: str) -> None:
    found = users.query(KeyConditionExpression="team = :team", ExpressionAttributeValues={":team": group})
    for user in without_floats(found["Items"]):
        user["full"] = full
        users.put_item(Item=without_floats(user))  # bad: CL101


def rename_first(group: str, full: str) -> None:
    found = users.query(KeyConditionExpression="team = :team", ExpressionAttributeValues={":team": group})
    user = None
    if found["Items"]:
        user = found["Items"][0]
    if not user:
        raise KeyError(group)
    user["full"] = full
    users.put_item(Item=without_floats(user))  # bad: CL101


# good: another resource
def copy(name: str, other: str) -> None:
    user = users.get_item(Key={"name": name})["Item"]
    user["name"] = other
    users.put_item(Item=without_floats(user))


# good: another resource
def copy_object(name: str, other: str) -> None:
    user = User.from_dict(users.get_item(Key={"name": name})["Item"])
    user.name = other
    users.put_item(Item=user.to_dict())


# good: another resource
def copy_beside(name: str, other: str) -> None:
    user = users.get_item(Key={"name": name})["Item"]
    users.put_item(Item=without_floats({**user, "name": other}))


# good: another resource
def copy_under(name: str, other: str) -> None:
    user = users.get_item(Key={"name": name})["Item"]
    users.put_item(Item=to_item(user, other))


# good: another resource
def enclose(name: str, other: str) -> None:
    user = users.get_item(Key={"name": name})["Item"]
    users.put_item(Item=without_floats({"name": other, "before": user}))


# good: another resource
def remember(name: str) -> None:
    """A part of what was read is another item."""
    user = without_floats(users.get_item(Key={"name": name})["Item"])
    users.put_item(Item=without_floats(user["before"]))


# good: guarded
def rename_once(name: str, full: str) -> None:
    user = users.get_item(Key={"name": name})["Item"]
    user["full"] = full
    users.put_item(Item=without_floats(user), ConditionExpression="attribute_not_exists(full)")


def add_visit(key: dict[str, str], visit: str) -> None:
    visits = users.get_item(Key=key)["Item"]["visits"]
    visits.append(visit)
    users.update_item(  # bad: CL101
        Key={**key},
        UpdateExpression="SET visits = :visits",
        ExpressionAttributeValues={":visits": visits},
    )
