"""A state that is asked for, refused if it is the wrong one, and set to another one."""

from __future__ import annotations

from typing import Any

import boto3

orders = boto3.resource("dynamodb").Table("orders")


def pay(key: str) -> None:
    order = orders.get_item(Key={"id": key})["Item"]
    if order["state"] != "pending":
        raise ValueError(order["state"])
    orders.update_item(  # bad: CL101
        Key={"id": key},
        UpdateExpression="SET #state = :paid",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":paid": "paid"},
    )


def order_of(key: str) -> dict[str, Any]:
    found = orders.get_item(Key={"id": key}).get("Item")
    if found is None:
        raise KeyError(key)
    return found


def assign(key: str, **changes: Any) -> None:
    orders.update_item(  # bad: CL101
        Key={"id": key},
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in changes),
        ExpressionAttributeValues={f":{name}": value for name, value in changes.items()},
    )


def ship(key: str, carrier: str) -> None:
    if order_of(key).get("progress") in ("shipped", "cancelled"):
        raise ValueError(key)
    assign(key, progress="packed", carrier=carrier)


# good: guarded
def pay_once(key: str) -> None:
    order = orders.get_item(Key={"id": key})["Item"]
    if order["state"] != "pending":
        raise ValueError(order["state"])
    orders.update_item(
        Key={"id": key},
        UpdateExpression="SET #state = :paid",
        ConditionExpression="#state = :pending",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":paid": "paid", ":pending": "pending"},
    )


# good: compared only
def cancel(key: str) -> None:
    order = orders.get_item(Key={"id": key})["Item"]
    if order["state"] == "cancelled":
        raise ValueError(key)
    orders.update_item(
        Key={"id": key},
        UpdateExpression="SET #state = :cancelled",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":cancelled": "cancelled"},
    )


# good: another attribute
def note(key: str, owner: str) -> None:
    order = orders.get_item(Key={"id": key})["Item"]
    if order["owner"] != owner:
        raise PermissionError(owner)
    orders.update_item(
        Key={"id": key}, UpdateExpression="SET noted = :yes", ExpressionAttributeValues={":yes": True}
    )
