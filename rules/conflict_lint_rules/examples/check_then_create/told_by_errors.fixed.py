"""What is absent is told by an error of the program's own."""

from __future__ import annotations

from typing import Any

import boto3

table = boto3.resource("dynamodb").Table("accounts")


class Unknown(LookupError):
    pass


class UnknownAccount(Unknown):
    pass


def account(key: str) -> dict[str, Any]:
    found = table.get_item(Key={"id": key}).get("Item")
    if not found:
        raise UnknownAccount(key)
    return found


def open_account(key: str, owner: str) -> None:
    try:
        account(key)
    except Unknown:
        table.put_item(Item={"id": key, "owner": owner}, ConditionExpression="attribute_not_exists(#key)", ExpressionAttributeNames={"#key": "id"})  # bad: CL102
    else:
        raise ValueError(key)


def open_another(key: str, owner: str) -> None:
    try:
        account(key)
        raise ValueError(key)
    except UnknownAccount:
        pass
    table.put_item(Item={"id": key, "owner": owner}, ConditionExpression="attribute_not_exists(#key)", ExpressionAttributeNames={"#key": "id"})  # bad: CL102


# good: guarded
def open_once(key: str, owner: str) -> None:
    try:
        account(key)
    except Unknown:
        table.put_item(Item={"id": key, "owner": owner}, ConditionExpression="attribute_not_exists(id)")


# good: not a check
def move_account(key: str, owner: str) -> None:
    try:
        account(key)
    except ValueError:
        table.put_item(Item={"id": key, "owner": owner})


class Sessions:
    def get(self, key: str) -> dict[str, Any]:
        found = table.get_item(Key={"id": key}).get("Item")
        if found is None or found["closed"]:
            raise KeyError(key)
        return found

    # good: not a check
    def renew(self, key: str) -> None:
        try:
            self.get(key)
        except KeyError:
            table.put_item(Item={"id": key, "closed": False})


# good: put there if missing
def synchronise(key: str, owner: str) -> None:
    known, due = None, True
    try:
        known = account(key)
    except UnknownAccount:
        pass
    if known:
        due = known["owner"] != owner
    if due:
        table.put_item(Item={"id": key, "owner": owner})
