"""Objects of the program that are stored as documents: the key is one of their attributes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import boto3

users = boto3.resource("dynamodb").Table("users")


def add(user: Any) -> None:
    if "Item" in users.get_item(Key={"id": user.id}):
        raise FileExistsError(user.id)
    users.put_item(Item=user.to_dict())  # bad: CL102


def add_with_defaults(user: Any) -> None:
    found = users.get_item(Key={"id": user.id}).get("Item")
    if not found:
        document = user.model_dump()
        document["visits"] = 0
        users.put_item(Item=document)  # bad: CL102


def add_record(user: Any) -> None:
    found = users.get_item(Key={"id": user.id}).get("Item")
    if not found:
        users.put_item(Item=asdict(user))  # bad: CL102


def add_mapping(user: dict[str, Any], typed: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    found = users.get_item(Key={"id": user["id"]}).get("Item")
    if not found:
        users.put_item(Item=typed(user))  # bad: CL102


# good: another resource
def add_copy(user: Any) -> None:
    found = users.get_item(Key={"id": user.id}).get("Item")
    if not found:
        document = user.to_dict()
        document["id"] = f"copy of {user.id}"
        users.put_item(Item=document)


# good: another resource
def add_typed_copy(user: Any, typed: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    found = users.get_item(Key={"id": user.id}).get("Item")
    if not found:
        document = user.to_dict()
        document["id"] = f"copy of {user.id}"
        users.put_item(Item=typed(document))


# good: own key
def add_anew(user: Any) -> None:
    found = users.get_item(Key={"id": user.id}).get("Item")
    if not found:
        users.put_item(Item={**user.to_dict(), "id": str(uuid.uuid4())})


# good: another resource
def add_part(user: Any) -> None:
    found = users.get_item(Key={"id": user.id}).get("Item")
    if not found:
        users.put_item(Item=user.address.to_dict())


# good: another resource
def add_changed(user: Any, change: Callable[[Any, str], dict[str, Any]]) -> None:
    found = users.get_item(Key={"id": user.id}).get("Item")
    if not found:
        users.put_item(Item=change(user, "new"))


# good: guarded
def add_once(user: Any) -> None:
    if "Item" in users.get_item(Key={"id": user.id}):
        raise FileExistsError(user.id)
    users.put_item(Item=user.to_dict(), ConditionExpression="attribute_not_exists(id)")
