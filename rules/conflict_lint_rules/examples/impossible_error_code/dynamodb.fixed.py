"""DynamoDB: exception classes of the client, wire codes, and the reasons inside a cancelled transaction."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from .backups import restore_newest_backup

client = boto3.client("dynamodb")
table = boto3.resource("dynamodb").Table("leases")


def acquire(name: str, worker: str) -> bool:
    try:
        table.put_item(Item={"name": name, "owner": worker}, ConditionExpression=Attr("name").not_exists())
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":  # bad: CL403
            return False
        raise
    return True


# good: right spelling
def acquire_rightly(name: str, worker: str) -> bool:
    try:
        table.put_item(Item={"name": name, "owner": worker}, ConditionExpression=Attr("name").not_exists())
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return False
        raise
    return True


def release(name: str, worker: str) -> None:
    try:
        client.delete_item(
            TableName="leases",
            Key={"name": {"S": name}},
            ConditionExpression="#owner = :worker",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":worker": {"S": worker}},
        )
    except client.exceptions.ConditionalCheckFailedException:  # bad: CL403
        pass


# good: right spelling
def release_rightly(name: str, worker: str) -> None:
    try:
        client.delete_item(
            TableName="leases",
            Key={"name": {"S": name}},
            ConditionExpression="#owner = :worker",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":worker": {"S": worker}},
        )
    except client.exceptions.ConditionalCheckFailedException:
        pass


# good: reasons of a cancellation
def move(source: dict[str, Any], target: dict[str, Any]) -> str:
    try:
        client.transact_write_items(TransactItems=[{"Delete": source}, {"Put": target}])
    except client.exceptions.TransactionCanceledException as error:
        reasons = [reason["Code"] for reason in error.response["CancellationReasons"]]
        if "ConditionalCheckFailed" in reasons:
            return "lost"
        if "TransactionConflict" in reasons:
            return "again"
        raise
    return "moved"


# good: reasons of a cancellation
def put_all(items: list[dict[str, Any]]) -> bool:
    try:
        client.transact_write_items(TransactItems=items)
    except ClientError as error:
        if error.response["Error"]["Code"] != "TransactionCanceledException":
            raise
        return error.response["CancellationReasons"][0]["Code"] != "ConditionalCheckFailed"
    return True


def create(name: str, schema: dict[str, Any]) -> None:
    try:
        client.create_table(TableName=name, **schema)
    except client.exceptions.ResourceInUseException:  # bad: CL403
        client.get_waiter("table_exists").wait(TableName=name)


# good: right spelling
def create_rightly(name: str, schema: dict[str, Any]) -> None:
    try:
        client.create_table(TableName=name, **schema)
    except client.exceptions.ResourceInUseException:
        client.get_waiter("table_exists").wait(TableName=name)


def status(name: str) -> str | None:
    try:
        return client.describe_table(TableName=name)["Table"]["TableStatus"]
    except client.exceptions.TableNotFoundException:  # bad: CL403
        return None


# good: right spelling
def status_rightly(name: str) -> str | None:
    try:
        return client.describe_table(TableName=name)["Table"]["TableStatus"]
    except client.exceptions.ResourceNotFoundException:
        return None


# good: out of sight
def status_of_a_copy(name: str) -> str | None:
    try:
        restore_newest_backup(client, name)
        return client.describe_table(TableName=name)["Table"]["TableStatus"]
    except client.exceptions.TableNotFoundException:
        return None


# good: right spelling beside it
def status_caught_twice(name: str) -> str | None:
    try:
        return client.describe_table(TableName=name)["Table"]["TableStatus"]
    except (client.exceptions.TableNotFoundException, client.exceptions.ResourceNotFoundException):
        return None


def create_if_absent(name: str, schema: dict[str, Any]) -> None:
    try:
        client.create_table(TableName=name, **schema)
    except client.exceptions.TableAlreadyExistsException:  # known-miss: CL403 the sibling is of another kind
        pass


def throttled(name: str) -> dict[str, Any] | None:
    try:
        return table.get_item(Key={"name": name}).get("Item")
    except ClientError as error:
        if error.response["Error"]["Code"] == "ProvisionedThroughputExceededException":  # bad: CL403
            return None
        raise


# good: any service may answer it
def throttled_rightly(name: str) -> dict[str, Any] | None:
    try:
        return table.get_item(Key={"name": name}).get("Item")
    except ClientError as error:
        if error.response["Error"]["Code"] in {"ThrottlingException", "ProvisionedThroughputExceededException"}:
            return None
        raise


def conditional_class_in_a_plain_put(name: str) -> bool:
    try:
        client.put_item(TableName="leases", Item={"name": {"S": name}})
    except client.exceptions.ConditionalCheckFailedException:  # bad: CL403
        return False
    return True


def expiry(seconds: int) -> int:
    return int(time.time()) + seconds


class Reservation:
    def __init__(self, table: Any, name: str) -> None:
        self.table = table
        self.name = name

    def take(self, resource: str, seconds: int) -> None:
        values = {":resource": resource, ":until": expiry(seconds)}
        try:
            self.table.update_item(
                Key={"name": self.name},
                UpdateExpression="SET resource = :resource, expires = :until",
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":  # bad: CL403
                raise LookupError(self.name) from error
            raise

    # good: right spelling
    def take_if_there(self, resource: str, seconds: int) -> None:
        try:
            self.table.update_item(
                Key={"name": self.name},
                UpdateExpression="SET resource = :resource, expires = :until",
                ExpressionAttributeValues={":resource": resource, ":until": expiry(seconds)},
                ConditionExpression=Attr("name").exists(),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise LookupError(self.name) from error
            raise

    # good: out of sight
    def take_as_told(self, resource: str, **more: Any) -> None:
        try:
            self.table.update_item(
                Key={"name": self.name},
                UpdateExpression="SET resource = :resource",
                ExpressionAttributeValues={":resource": resource},
                **more,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise LookupError(self.name) from error
            raise


class Staged:
    """Writes that are put aside, and sent by one method that is told what to do."""

    def __init__(self, name: str) -> None:
        self.table = boto3.resource("dynamodb").Table(name)
        self.puts: list[tuple] = []

    def stage(self, item: dict, version: int | None = None) -> None:
        self.puts.append((item, version))

    def flush(self) -> None:
        with ThreadPoolExecutor() as pool:
            for put in self.puts:
                pool.submit(self.put, *put)

    def put(self, item: dict, version: int | None = None) -> None:
        self.send("put", (item, version))

    def drop(self, item: dict) -> None:
        self.send("drop", (item,))

    def send(self, what: str, arguments: tuple) -> None:
        if what == "put":
            self.put_now(*arguments)
        elif what == "drop":
            self.drop_now(*arguments)

    def drop_now(self, item: dict) -> None:
        self.table.delete_item(Key={"name": item["name"]})

    # good: right spelling
    def put_now(self, item: dict, version: int | None = None) -> None:
        request = {"Item": item}
        if version:
            request = {
                **request,
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": version},
            }
        try:
            self.table.put_item(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise LookupError(item["name"]) from error
            raise
