"""User profiles and their login counters in DynamoDB."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class Profiles:
    def __init__(self, table: Table | None = None) -> None:
        self.table = table or boto3.resource("dynamodb").Table("profiles")

    def load(self, user_id: str) -> dict[str, Any]:
        return self.table.get_item(Key={"user_id": user_id})["Item"]

    def rename(self, user_id: str, display_name: str) -> None:
        profile = self.load(user_id)
        profile["display_name"] = display_name
        profile["changed"] = datetime.now(timezone.utc).isoformat()
        self.table.put_item(Item=profile)

    def count_login(self, user_id: str) -> int:
        logins = self.load(user_id).get("logins", 0) + 1
        self.table.update_item(
            Key={"user_id": user_id},
            UpdateExpression="SET logins = :logins",
            ExpressionAttributeValues={":logins": logins},
        )
        return logins

    def add_address(self, user_id: str, address: dict[str, str]) -> None:
        addresses = self.load(user_id).get("addresses", [])
        addresses.append(address)
        self.table.update_item(
            Key={"user_id": user_id},
            UpdateExpression="SET addresses = :addresses",
            ExpressionAttributeValues={":addresses": addresses},
        )
