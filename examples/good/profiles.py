"""User profiles and their login counters in DynamoDB: one change a call, computed by the table."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.conditions import Attr

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class Profiles:
    def __init__(self, table: Table | None = None) -> None:
        self.table = table or boto3.resource("dynamodb").Table("profiles")

    def load(self, user_id: str) -> dict[str, Any]:
        return self.table.get_item(Key={"user_id": user_id}, ConsistentRead=True)["Item"]

    def rename(self, user_id: str, display_name: str) -> None:
        """Raises ConditionalCheckFailedException if somebody else changed the profile meanwhile."""
        profile = self.load(user_id)
        version = profile.get("version", 0)
        unchanged = Attr("version").eq(version) if version else Attr("version").not_exists()
        profile["display_name"] = display_name
        profile["changed"] = datetime.now(timezone.utc).isoformat()
        profile["version"] = version + 1
        self.table.put_item(Item=profile, ConditionExpression=unchanged)

    def count_login(self, user_id: str) -> int:
        response = self.table.update_item(
            Key={"user_id": user_id},
            UpdateExpression="ADD logins :one",
            ExpressionAttributeValues={":one": 1},
            ReturnValues="UPDATED_NEW",
        )
        return int(response["Attributes"]["logins"])

    def add_address(self, user_id: str, address: dict[str, str]) -> None:
        self.table.update_item(
            Key={"user_id": user_id},
            UpdateExpression="SET addresses = list_append(if_not_exists(addresses, :none), :new)",
            ExpressionAttributeValues={":none": [], ":new": [address]},
        )
