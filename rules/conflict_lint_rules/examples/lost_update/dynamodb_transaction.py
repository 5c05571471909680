"""Transactions: each entry carries its own condition."""

from __future__ import annotations

import boto3

client = boto3.client("dynamodb")


def ship(order_id: str) -> None:
    order = client.get_item(TableName="orders", Key={"id": {"S": order_id}})["Item"]
    order["state"] = {"S": "shipped"}
    client.transact_write_items(  # known-miss: CL101 the entries' keys are not compared with the read's
        TransactItems=[{"Put": {"TableName": "orders", "Item": order}}]
    )


# good: guarded
def ship_guarded(order_id: str) -> None:
    order = client.get_item(TableName="orders", Key={"id": {"S": order_id}})["Item"]
    before = order["version"]
    order["version"] = {"N": str(int(before["N"]) + 1)}
    client.transact_write_items(
        TransactItems=[
            {
                "Put": {
                    "TableName": "orders",
                    "Item": order,
                    "ConditionExpression": "version = :before",
                    "ExpressionAttributeValues": {":before": before},
                }
            }
        ]
    )
