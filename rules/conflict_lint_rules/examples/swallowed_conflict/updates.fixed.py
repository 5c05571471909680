"""Updates that were refused because somebody else was first, and handlers that let them go."""

from __future__ import annotations

import logging

import boto3
from botocore.exceptions import ClientError
from google.api_core.exceptions import PreconditionFailed
from google.cloud import storage

log = logging.getLogger(__name__)
table = boto3.resource("dynamodb").Table("orders")
client = boto3.client("dynamodb")
s3 = boto3.client("s3")
bucket = storage.Client().bucket("state")


def ship(order: str, version: int) -> None:
    try:
        table.update_item(
            Key={"id": order},
            UpdateExpression="SET shipped = :yes, version = :next",
            ConditionExpression="version = :seen",
            ExpressionAttributeValues={":yes": True, ":next": version + 1, ":seen": version},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":  # bad: CL401
            raise
        log.warning("order %s has changed", order)


def ship_by_class(order: str, version: int) -> None:
    try:
        client.update_item(
            TableName="orders",
            Key={"id": {"S": order}},
            UpdateExpression="SET shipped = :yes",
            ConditionExpression="version = :seen",
            ExpressionAttributeValues={":yes": {"BOOL": True}, ":seen": {"N": str(version)}},
        )
    except client.exceptions.ConditionalCheckFailedException:  # bad: CL401
        log.warning("order %s has changed", order)
        raise


def save(key: str, body: bytes, etag: str) -> None:
    try:
        s3.put_object(Bucket="state", Key=key, Body=body, IfMatch=etag)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "PreconditionFailed":  # bad: CL401
            log.info("%s was written by another process", key)
            raise
        else:
            raise


# good: status returned
def try_to_ship(order: str, version: int) -> bool:
    try:
        table.update_item(
            Key={"id": order},
            UpdateExpression="SET shipped = :yes",
            ConditionExpression="version = :seen",
            ExpressionAttributeValues={":yes": True, ":seen": version},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


# good: raised
def ship_or_raise(order: str, version: int) -> None:
    try:
        table.put_item(Item={"id": order, "shipped": True}, ConditionExpression="version = :seen")
    except client.exceptions.ConditionalCheckFailedException as error:
        raise RuntimeError(f"order {order} has changed") from error


# good: read again
def ship_in_a_loop(order: str) -> None:
    for _ in range(5):
        version = table.get_item(Key={"id": order})["Item"]["version"]
        try:
            table.update_item(
                Key={"id": order},
                UpdateExpression="SET shipped = :yes",
                ConditionExpression="version = :seen",
                ExpressionAttributeValues={":yes": True, ":seen": version},
            )
        except client.exceptions.ConditionalCheckFailedException:
            continue
        return
    raise TimeoutError(order)


# good: handled
def ship_or_queue(order: str, version: int, queue) -> None:
    try:
        table.put_item(Item={"id": order, "shipped": True}, ConditionExpression="version = :seen")
    except client.exceptions.ConditionalCheckFailedException:
        queue.append(order)


# good: creation
def create_once(order: str) -> None:
    try:
        table.put_item(Item={"id": order}, ConditionExpression="attribute_not_exists(id)")
    except client.exceptions.ConditionalCheckFailedException:
        log.debug("order %s exists", order)


# good: a newer value is there
def record_position(shard: str, position: int) -> None:
    try:
        table.update_item(
            Key={"id": shard},
            UpdateExpression="SET #p = :new",
            ConditionExpression="#p < :new",
            ExpressionAttributeNames={"#p": "position"},
            ExpressionAttributeValues={":new": position},
        )
    except client.exceptions.ConditionalCheckFailedException:
        log.debug("a later position of %s is known", shard)


# good: taken away
def give_up(order: str, worker: str) -> None:
    try:
        table.update_item(
            Key={"id": order},
            UpdateExpression="REMOVE worker",
            ConditionExpression="worker = :me",
            ExpressionAttributeValues={":me": worker},
        )
    except client.exceptions.ConditionalCheckFailedException:
        log.debug("order %s is another worker's", order)


# good: every error alike
def ship_if_possible(order: str, version: int) -> None:
    try:
        table.put_item(Item={"id": order, "shipped": True}, ConditionExpression="version = :seen")
    except ClientError as error:
        log.warning("order %s was not shipped: %s", order, error)


def remove(name: str, generation: int) -> None:
    try:
        bucket.blob(name).delete(if_generation_match=generation)
    except PreconditionFailed:  # bad: CL401
        log.warning("%s has changed", name)
        raise
