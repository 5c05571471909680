"""Lock tokens, revisions and conditions: the version under other names."""

from __future__ import annotations

import time

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

waf = boto3.client("wafv2")
cloudfront = boto3.client("cloudfront")
functions = boto3.client("lambda")
dynamodb = boto3.client("dynamodb")
table = boto3.resource("dynamodb").Table("orders")


def block(name: str, number: str, address: str) -> None:
    """The lock token is used up by the first refusal."""
    for attempt in range(5):
        current = waf.get_ip_set(Name=name, Scope="REGIONAL", Id=number)
        addresses = [*current["IPSet"]["Addresses"], address]
        try:
            waf.update_ip_set(  # bad: CL301
                Name=name, Scope="REGIONAL", Id=number, Addresses=addresses, LockToken=current["LockToken"]
            )
            break
        except waf.exceptions.WAFOptimisticLockException:
            time.sleep(attempt)


# good: read again
def block_and_read(name: str, number: str, address: str) -> None:
    for attempt in range(5):
        current = waf.get_ip_set(Name=name, Scope="REGIONAL", Id=number)
        try:
            waf.update_ip_set(
                Name=name,
                Scope="REGIONAL",
                Id=number,
                Addresses=[*current["IPSet"]["Addresses"], address],
                LockToken=current["LockToken"],
            )
            break
        except waf.exceptions.WAFOptimisticLockException:
            time.sleep(attempt)


def disable(distribution: str) -> None:
    while True:
        current = cloudfront.get_distribution_config(Id=distribution)
        config = {**current["DistributionConfig"], "Enabled": False}
        try:
            cloudfront.update_distribution(  # bad: CL301
                Id=distribution, DistributionConfig=config, IfMatch=current["ETag"]
            )
            return
        except cloudfront.exceptions.PreconditionFailed:
            time.sleep(5)


def rename(key: str, name: str) -> None:
    item = table.get_item(Key={"id": key})["Item"]
    for _ in range(3):
        try:
            table.update_item(  # bad: CL301
                Key={"id": key},
                UpdateExpression="SET #n = :n",
                ConditionExpression="version = :seen",
                ExpressionAttributeNames={"#n": "name"},
                ExpressionAttributeValues={":n": name, ":seen": item["version"]},
            )
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def close(key: str) -> None:
    while True:
        item = table.get_item(Key={"id": key})["Item"]
        try:
            table.put_item(  # bad: CL301
                Item={**item, "open": False}, ConditionExpression=Attr("version").eq(item["version"])
            )
            return
        except table.meta.client.exceptions.ConditionalCheckFailedException:
            time.sleep(1)


# good: read again
def close_as_it_is(key: str) -> None:
    while True:
        item = table.get_item(Key={"id": key}, ConsistentRead=True)["Item"]
        try:
            table.put_item(Item={**item, "open": False}, ConditionExpression=Attr("version").eq(item["version"]))
            return
        except table.meta.client.exceptions.ConditionalCheckFailedException:
            time.sleep(1)


# good: creates or locks
def acquire(name: str, owner: str) -> None:
    while True:
        try:
            dynamodb.put_item(
                TableName="locks",
                Item={"name": {"S": name}, "owner": {"S": owner}},
                ConditionExpression="attribute_not_exists(#n)",
                ExpressionAttributeNames={"#n": "name"},
            )
            return
        except dynamodb.exceptions.ConditionalCheckFailedException:
            time.sleep(1)


# good: creates or locks
def acquire_expired(name: str, owner: str, now: int) -> None:
    while True:
        try:
            dynamodb.update_item(
                TableName="locks",
                Key={"name": {"S": name}},
                UpdateExpression="SET holder = :me",
                ConditionExpression="expires < :now OR holder = :me",
                ExpressionAttributeValues={":me": {"S": owner}, ":now": {"N": str(now)}},
            )
            return
        except dynamodb.exceptions.ConditionalCheckFailedException:
            time.sleep(1)


# good: creates or locks
def start_when_ready(key: str) -> None:
    """Waits until somebody else has set the state."""
    while True:
        try:
            table.update_item(
                Key={"id": key},
                UpdateExpression="SET step = :to",
                ConditionExpression="step = :from",
                ExpressionAttributeValues={":to": "running", ":from": "ready"},
            )
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            time.sleep(5)


# good: errors that pass
def publish(name: str, revision: str) -> None:
    for attempt in range(10):
        try:
            functions.publish_version(FunctionName=name, RevisionId=revision)
            return
        except functions.exceptions.ResourceConflictException:
            time.sleep(attempt)


def publish_as_seen(name: str) -> None:
    revision = functions.get_function_configuration(FunctionName=name)["RevisionId"]
    for attempt in range(10):
        try:
            functions.publish_version(FunctionName=name, RevisionId=revision)  # bad: CL301
            return
        except functions.exceptions.PreconditionFailedException:
            time.sleep(attempt)
