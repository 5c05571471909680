"""Updates of DynamoDB items whose expression is put together from a mapping of attributes."""

from __future__ import annotations

from typing import Any

import boto3

table = boto3.resource("dynamodb").Table("accounts")


def assign(key: str, changes: dict[str, Any]) -> None:
    table.update_item(  # bad: CL101
        Key={"id": key},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
        ExpressionAttributeNames={f"#{name}": name for name in changes},
        ExpressionAttributeValues={f":{name}": value for name, value in changes.items()},
    )


def deposit(key: str, amount: int) -> None:
    account = table.get_item(Key={"id": key})["Item"]
    assign(key, {"balance": account["balance"] + amount})


# good: another attribute
def close(key: str, now: int) -> None:
    account = table.get_item(Key={"id": key})["Item"]
    assign(key, {"lifetime": now - account["opened"]})


def assign_numbered(key: str, changes: dict[str, Any]) -> None:
    parts, values = [], {}
    for number, (name, value) in enumerate(changes.items()):
        parts.append(f"{name} = :v{number}")
        values[f":v{number}"] = value
    table.update_item(  # bad: CL101
        Key={"id": key}, UpdateExpression="SET " + ", ".join(parts), ExpressionAttributeValues=values
    )


def withdraw(key: str, amount: int) -> None:
    account = table.get_item(Key={"id": key})["Item"]
    changes = {"last": "withdrawal"}
    changes["balance"] = account["balance"] - amount
    assign_numbered(key, changes)


# good: another attribute
def rename(key: str, name: str) -> None:
    account = table.get_item(Key={"id": key})["Item"]
    assign_numbered(key, {"name": name, "label": f"{name} of {account['branch']}"})


class Accounts:
    def __init__(self, name: str) -> None:
        self.items = boto3.resource("dynamodb").Table(name)

    def set(self, key: str, **changes: Any) -> None:
        self.items.update_item(  # bad: CL101
            Key={"id": key}, AttributeUpdates={name: {"Value": value} for name, value in changes.items()}
        )

    def add_owner(self, key: str, owner: str) -> None:
        owners = self.items.get_item(Key={"id": key})["Item"]["owners"]
        self.set(key, owners=[*owners, owner], touched=True)

    # good: another attribute
    def count_owners(self, key: str) -> None:
        owners = self.items.get_item(Key={"id": key})["Item"]["owners"]
        self.set(key, size=len(owners) + len(owners[0]))
