"""Handlers that were never reached, as others met and told it."""

from __future__ import annotations

import boto3
import botocore

client = boto3.client("dynamodb")


def ensure(name: str) -> None:
    """The module that the traceback names has no such class: botocore makes it at run time."""
    try:
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    except botocore.errorfactory.ResourceInUseException:  # bad: CL403
        print(name, "is there")


# good: right spelling
def ensure_by_client(name: str) -> None:
    try:
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    except client.exceptions.ResourceInUseException:
        print(name, "is there")
