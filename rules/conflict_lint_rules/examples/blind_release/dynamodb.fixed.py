"""Locks that are items of a table."""

from __future__ import annotations

import time
import uuid

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError


class Lock:
    """Taken if nobody has it, deleted by its name."""

    def __init__(self, table: str, name: str) -> None:
        self.table = boto3.resource("dynamodb").Table(table)
        self.name = name
        self.owner = str(uuid.uuid4())

    def acquire(self) -> bool:
        try:
            self.table.put_item(
                Item={"LockID": self.name, "Owner": self.owner, "Expires": int(time.time()) + 60},
                ConditionExpression="attribute_not_exists(LockID)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def release(self) -> None:
        self.table.delete_item(Key={"LockID": self.name}, ConditionExpression="#owner = :owner", ExpressionAttributeNames={"#owner": "Owner"}, ExpressionAttributeValues={":owner": self.owner})  # bad: CL107

    # good: guarded
    def release_own(self) -> None:
        self.table.delete_item(
            Key={"LockID": self.name},
            ConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "Owner"},
            ExpressionAttributeValues={":owner": self.owner},
        )

    # good: guarded
    def release_own_with_a_builder(self) -> None:
        self.table.delete_item(Key={"LockID": self.name}, ConditionExpression=Attr("Owner").eq(self.owner))

    # good: guard out of sight
    def release_with_options(self, **options: str) -> None:
        self.table.delete_item(Key={"LockID": self.name}, **options)

    # good: looked at first
    def release_if_own(self) -> None:
        item = self.table.get_item(Key={"LockID": self.name}, ConsistentRead=True)["Item"]
        if item["Owner"] == self.owner:
            self.table.delete_item(Key={"LockID": self.name})

    # good: broken by force
    def force_unlock(self) -> None:
        self.table.delete_item(Key={"LockID": self.name})


class TypedLock:
    """The same in the client's form, with the name handed to each method."""

    def __init__(self, host: str) -> None:
        self.client = boto3.client("dynamodb")
        self.host = host

    def __enter__(self) -> TypedLock:
        self.lock("main")
        return self

    def __exit__(self, *error: object) -> None:
        self.unlock("main")

    def lock(self, name: str) -> None:
        self.client.put_item(
            TableName="locks",
            Item={"id": {"S": name}, "host": {"S": self.host}},
            ConditionExpression="attribute_not_exists(id)",
        )

    def unlock(self, name: str) -> None:
        self.client.delete_item(TableName="locks", Key={"id": {"S": name}}, ConditionExpression="#owner = :owner", ExpressionAttributeNames={"#owner": "host"}, ExpressionAttributeValues={":owner": {"S": self.host}})  # bad: CL107


class Leases:
    """Expired ones may be taken over: then the old owner's deletion hits the new owner's lease."""

    def __init__(self) -> None:
        self.leases = boto3.resource("dynamodb").Table("leases")
        self.worker = str(uuid.uuid4())

    def take(self, shard: str) -> None:
        now = int(time.time())
        self.leases.put_item(
            Item={"shard": shard, "until": now + 30, "worker": self.worker},
            ConditionExpression="attribute_not_exists(shard) OR until < :now",
            ExpressionAttributeValues={":now": now},
        )

    def end_lease(self, shard: str) -> None:
        self.leases.delete_item(Key={"shard": shard}, ConditionExpression="#owner = :owner", ExpressionAttributeNames={"#owner": "worker"}, ExpressionAttributeValues={":owner": self.worker})  # bad: CL107


class Users:
    """Not a lock: a user may be created once and deleted by whoever may delete users."""

    def __init__(self) -> None:
        self.table = boto3.resource("dynamodb").Table("users")

    def create(self, email: str) -> None:
        self.table.put_item(Item={"email": email}, ConditionExpression="attribute_not_exists(email)")

    # good: not a lock
    def delete(self, email: str) -> None:
        self.table.delete_item(Key={"email": email})


class Unconditional:
    """Nobody takes this lock under a condition: it is none."""

    def __init__(self) -> None:
        self.table = boto3.resource("dynamodb").Table("locks")

    def lock(self, name: str) -> None:
        self.table.put_item(Item={"name": name})

    # good: not taken under a condition
    def unlock(self, name: str) -> None:
        self.table.delete_item(Key={"name": name})


class Blocks:
    """Not a lock, whatever letters its name has in common with one."""

    def __init__(self) -> None:
        self.blocks = boto3.resource("dynamodb").Table("blocks")

    def add(self, number: int) -> None:
        self.blocks.put_item(Item={"block": number}, ConditionExpression="attribute_not_exists(block)")

    # good: not a lock
    def remove(self, number: int) -> None:
        self.blocks.delete_item(Key={"block": number})
