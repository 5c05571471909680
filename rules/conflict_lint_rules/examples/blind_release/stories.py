"""A lock that was released by whoever had held it once."""

from __future__ import annotations

import time
import uuid

import boto3


class Lock:
    def __init__(self, name: str) -> None:
        self.name, self.owner = name, str(uuid.uuid4())
        self.table = boto3.resource("dynamodb").Table("locks")

    def acquire(self, seconds: int) -> None:
        self.table.put_item(
            Item={"name": self.name, "owner": self.owner, "until": int(time.time()) + seconds},
            ConditionExpression="attribute_not_exists(#n) OR #u < :now",
            ExpressionAttributeNames={"#n": "name", "#u": "until"},
            ExpressionAttributeValues={":now": int(time.time())},
        )

    def release(self) -> None:
        self.table.delete_item(Key={"name": self.name})  # bad: CL107
