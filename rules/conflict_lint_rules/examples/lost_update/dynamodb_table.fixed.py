"""Items of DynamoDB through the resource's ``Table``."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.conditions import Attr
import functools
import operator
import copy

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table(os.environ["TABLE"])


def rename_user(user_id: str, name: str) -> None:
    response = table.get_item(Key={"pk": user_id})
    seen = response.get("Item", {})
    conditions = [
        Attr(attribute).eq(seen[attribute]) if attribute in seen else Attr(attribute).not_exists()
        for attribute in {"pk", "name", *seen}
    ]
    unchanged = functools.reduce(operator.and_, conditions)
    user = response["Item"]
    user["name"] = name
    table.put_item(Item=user, ConditionExpression=unchanged)  # bad: CL101


# good: guarded
def rename_user_guarded(user_id: str, name: str) -> None:
    user = table.get_item(Key={"pk": user_id})["Item"]
    version = user["version"]
    user["name"] = name
    user["version"] = version + 1
    table.put_item(Item=user, ConditionExpression=Attr("version").eq(version))


def add_points(user_id: str, points: int) -> None:
    response = table.get_item(Key={"pk": user_id})
    seen = response.get("Item", {})
    unchanged = Attr("points").eq(seen["points"]) if "points" in seen else Attr("points").not_exists()
    item = response.get("Item", {})
    total = item.get("points", 0) + points
    table.update_item(  # bad: CL101
        Key={"pk": user_id},
        UpdateExpression="SET points = :total",
        ExpressionAttributeValues={":total": total},
        ConditionExpression=unchanged,
    )


# good: computed by the service
def add_points_atomically(user_id: str, points: int) -> None:
    level = table.get_item(Key={"pk": user_id})["Item"]["level"]
    bonus = points * level
    table.update_item(
        Key={"pk": user_id},
        UpdateExpression="SET points = if_not_exists(points, :zero) + :bonus",
        ExpressionAttributeValues={":bonus": bonus, ":zero": 0},
    )


# good: computed by the service
def append_event(order: str, event: dict[str, Any]) -> None:
    item = table.get_item(Key={"pk": order})["Item"]
    event["sequence"] = item["sequence"] + 1
    table.update_item(
        Key={"pk": order},
        UpdateExpression="SET events = list_append(if_not_exists(events, :empty), :event)",
        ExpressionAttributeValues={":event": [event], ":empty": []},
    )


# good: computed by the service
def charge(account: str, fee: Decimal) -> None:
    rate = table.get_item(Key={"pk": account})["Item"]["rate"]
    table.update_item(
        Key={"pk": account},
        UpdateExpression="SET balance = balance - :amount",
        ExpressionAttributeValues={":amount": fee * rate},
    )


def append_event_client_side(order: str, event: dict[str, Any]) -> None:
    response = table.get_item(Key={"pk": order})
    seen = copy.deepcopy(response.get("Item", {}))
    unchanged = Attr("events").eq(seen["events"]) if "events" in seen else Attr("events").not_exists()
    events = response["Item"]["events"]
    events.append(event)
    table.update_item(  # bad: CL101
        Key={"pk": order},
        UpdateExpression="SET #events = :events, updated = :now",
        ExpressionAttributeNames={"#events": "events"},
        ExpressionAttributeValues={":events": events, ":now": event["time"]},
        ConditionExpression=unchanged,
    )


def mixed_expression(order: str, item_price: Decimal) -> None:
    response = table.get_item(Key={"pk": order})
    seen = response.get("Item", {})
    unchanged = Attr("total").eq(seen["total"]) if "total" in seen else Attr("total").not_exists()
    item = response["Item"]
    table.update_item(  # bad: CL101
        Key={"pk": order},
        UpdateExpression="SET total = :total ADD lines :one",
        ExpressionAttributeValues={":total": item["total"] + item_price, ":one": 1},
        ConditionExpression=unchanged,
    )


def legacy_update(order: str, price: Decimal) -> None:
    item = table.get_item(Key={"pk": order})["Item"]
    table.update_item(  # bad: CL101
        Key={"pk": order},
        AttributeUpdates={"total": {"Value": item["total"] + price, "Action": "PUT"}},
    )


def add_device(user_id: str, device: str) -> None:
    response = table.get_item(Key={"pk": user_id})
    seen = copy.deepcopy(response.get("Item", {}))
    conditions = [
        Attr(attribute).eq(seen[attribute]) if attribute in seen else Attr(attribute).not_exists()
        for attribute in {"pk", "devices", *seen}
    ]
    unchanged = functools.reduce(operator.and_, conditions)
    user = response["Item"]
    user.setdefault("devices", []).append(device)
    table.put_item(Item=user, ConditionExpression=unchanged)  # bad: CL101


def drop_draft(user_id: str, draft: str) -> None:
    response = table.get_item(Key={"pk": user_id}, ConsistentRead=True)
    seen = copy.deepcopy(response.get("Item", {}))
    conditions = [
        Attr(attribute).eq(seen[attribute]) if attribute in seen else Attr(attribute).not_exists()
        for attribute in {"pk", "drafts", *seen}
    ]
    unchanged = functools.reduce(operator.and_, conditions)
    user = response["Item"]
    del user["drafts"][draft]
    table.put_item(  # bad: CL101
        Item=user,
        ReturnConsumedCapacity="TOTAL",
        ConditionExpression=unchanged,
    )


# good: another resource
def fork(order: str, copy: str) -> None:
    item = table.get_item(Key={"pk": order})["Item"]
    item["pk"] = copy
    table.put_item(Item=item)


# good: another resource
def snapshot(order: str, day: str) -> None:
    item = table.get_item(Key={"pk": f"ORDER#{order}"})["Item"]
    table.update_item(
        Key={"pk": f"SNAPSHOT#{order}#{day}"},
        UpdateExpression="SET lines = :lines",
        ExpressionAttributeValues={":lines": item["lines"]},
    )


def same_formatted_key(order: str, line: dict[str, Any]) -> None:
    response = table.get_item(Key={"pk": f"ORDER#{order}"})
    seen = response.get("Item", {})
    unchanged = Attr("lines").eq(seen["lines"]) if "lines" in seen else Attr("lines").not_exists()
    item = response["Item"]
    table.update_item(  # bad: CL101
        Key={"pk": f"ORDER#{order}"},
        UpdateExpression="SET lines = :lines",
        ExpressionAttributeValues={":lines": [*item["lines"], line]},
        ConditionExpression=unchanged,
    )


# good: compared only
def activate(user_id: str) -> None:
    user = table.get_item(Key={"pk": user_id})["Item"]
    if user["state"] == "invited":
        table.update_item(
            Key={"pk": user_id},
            UpdateExpression="SET #state = :active",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":active": "active"},
        )


class Carts:
    def __init__(self, table: Table) -> None:
        self.table = table

    def _load(self, cart_id: str) -> dict[str, Any]:
        return self.table.get_item(Key={"id": cart_id}).get("Item") or {"id": cart_id, "lines": []}

    def _save(self, cart: dict[str, Any]) -> None:
        self.table.put_item(Item=cart)  # bad: CL101

    def add(self, cart_id: str, line: dict[str, Any]) -> None:
        cart = self._load(cart_id)
        cart["lines"].append(line)
        self._save(cart)

    def expire(self, cart_id: str, day: str) -> None:
        cart = self._load(cart_id)
        self.table.put_item(Item={**cart, "expires": day})  # bad: CL101

    # good: guarded
    def check_out(self, cart_id: str) -> None:
        cart = self._load(cart_id)
        request = {"Item": {**cart, "state": "ordered"}}
        request["ConditionExpression"] = "attribute_not_exists(#state)"
        request["ExpressionAttributeNames"] = {"#state": "state"}
        self.table.put_item(**request)


def put_user(user: dict[str, Any], condition_expression: Any = None) -> None:
    request = {"Item": user}
    if condition_expression is not None:
        request["ConditionExpression"] = condition_expression
    table.put_item(**request)  # bad: CL101


# good: guarded
def suspend(user_id: str) -> None:
    user = table.get_item(Key={"pk": user_id})["Item"]
    unchanged = Attr("state").eq(user["state"])
    user["state"] = "suspended"
    put_user(user, condition_expression=unchanged)


def resume(user_id: str) -> None:
    """Gives ``put_user`` no condition, so that the finding stands there."""
    user = table.get_item(Key={"pk": user_id})["Item"]
    user["state"] = "active"
    put_user(user)


def bump_every_user(user_ids: list[str]) -> None:
    for user_id in user_ids:
        response = table.get_item(Key={"pk": user_id})
        seen = copy.deepcopy(response.get("Item", {}))
        conditions = [
            Attr(attribute).eq(seen[attribute]) if attribute in seen else Attr(attribute).not_exists()
            for attribute in {"pk", "epoch", *seen}
        ]
        unchanged = functools.reduce(operator.and_, conditions)
        user = response["Item"]
        user["epoch"] += 1
        table.put_item(Item=user, ConditionExpression=unchanged)  # bad: CL101


def update_settings(user_id: str, changes: dict[str, Any]) -> None:
    key = {"pk": user_id, "sk": "SETTINGS"}
    response = table.get_item(Key=key)
    seen = response.get("Item", {})
    unchanged = Attr("settings").eq(seen["settings"]) if "settings" in seen else Attr("settings").not_exists()
    item = response["Item"]
    settings = {**item["settings"], **changes}
    table.update_item(  # bad: CL101
        Key=key,
        UpdateExpression="SET settings = :settings",
        ExpressionAttributeValues={":settings": settings},
        ConditionExpression=unchanged,
    )


# good: guarded
def take_over_lease(worker: str) -> None:
    lease = table.get_item(Key={"pk": "lease"})["Item"]
    table.update_item(
        Key={"pk": "lease"},
        UpdateExpression="SET #owner = :worker, epoch = :next",
        ConditionExpression=Attr("epoch").eq(lease["epoch"]),
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={":worker": worker, ":next": lease["epoch"] + 1},
    )
