"""Items of DynamoDB in the client's typed form, through a client that is handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ACCOUNTS = "accounts"


def withdraw(dynamodb: DynamoDBClient, account: str, amount: int) -> None:
    response = dynamodb.get_item(TableName=ACCOUNTS, Key={"id": {"S": account}})
    balance = int(response["Item"]["balance"]["N"]) - amount
    dynamodb.update_item(  # bad: CL101
        TableName=ACCOUNTS,
        Key={"id": {"S": account}},
        UpdateExpression="SET balance = :balance",
        ExpressionAttributeValues={":balance": {"N": str(balance)}},
    )


# good: guarded
def withdraw_guarded(dynamodb: DynamoDBClient, account: str, amount: int) -> None:
    response = dynamodb.get_item(TableName=ACCOUNTS, Key={"id": {"S": account}}, ConsistentRead=True)
    before = response["Item"]["balance"]["N"]
    dynamodb.update_item(
        TableName=ACCOUNTS,
        Key={"id": {"S": account}},
        UpdateExpression="SET balance = :after",
        ConditionExpression="balance = :before",
        ExpressionAttributeValues={":before": {"N": before}, ":after": {"N": str(int(before) - amount)}},
    )


# good: computed by the service
def deposit(dynamodb: DynamoDBClient, account: str, amount: int) -> None:
    dynamodb.update_item(
        TableName=ACCOUNTS,
        Key={"id": {"S": account}},
        UpdateExpression="ADD balance :amount",
        ExpressionAttributeValues={":amount": {"N": str(amount)}},
    )


def lock_card(dynamodb: DynamoDBClient, account: str, card: str) -> None:
    item = dynamodb.get_item(TableName=ACCOUNTS, Key={"id": {"S": account}})
    item["Item"]["locked"] = {"SS": [card]}
    dynamodb.put_item(TableName=ACCOUNTS, Item=item["Item"])  # bad: CL101


# good: another resource
def move_to_archive(dynamodb: DynamoDBClient, account: str) -> None:
    response = dynamodb.get_item(TableName=ACCOUNTS, Key={"id": {"S": account}})
    item = response["Item"]
    item["state"] = {"S": "archived"}
    dynamodb.put_item(TableName="accounts-archive", Item=item)


# good: another resource
def transfer_note(dynamodb: DynamoDBClient, sender: str, receiver: str) -> None:
    response = dynamodb.get_item(TableName=ACCOUNTS, Key={"id": {"S": sender}})
    dynamodb.update_item(
        TableName=ACCOUNTS,
        Key={"id": {"S": receiver}},
        UpdateExpression="SET note = :note",
        ExpressionAttributeValues={":note": response["Item"]["note"]},
    )


# good: compared only
def close_if_empty(dynamodb: DynamoDBClient, account: str) -> None:
    response = dynamodb.get_item(TableName=ACCOUNTS, Key={"id": {"S": account}})
    if response["Item"]["balance"]["N"] == "0":
        dynamodb.update_item(
            TableName=ACCOUNTS,
            Key={"id": {"S": account}},
            UpdateExpression="SET closed = :yes",
            ExpressionAttributeValues={":yes": {"BOOL": True}},
        )


# good: guard out of sight
def save_with_options(dynamodb: DynamoDBClient, account: str, options: dict) -> None:
    response = dynamodb.get_item(TableName=ACCOUNTS, Key={"id": {"S": account}})
    item = response["Item"]
    item["seen"] = {"BOOL": True}
    dynamodb.put_item(TableName=ACCOUNTS, Item=item, **options)
