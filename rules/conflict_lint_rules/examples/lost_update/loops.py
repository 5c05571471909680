"""Comprehensions, generators and loops between the read and the write."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3

s3 = boto3.client("s3")
table = boto3.resource("dynamodb").Table("orders")


def drop_expired(bucket: str, key: str, now: int) -> None:
    entries = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    kept = [entry for entry in entries if entry["expires"] > now]
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(kept))  # bad: CL101


def lower_names(bucket: str, key: str) -> None:
    values = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    s3.put_object(  # bad: CL101
        Bucket=bucket, Key=key, Body=json.dumps({name.lower(): value for name, value in values.items()})
    )


# good: compared only
def keep_known(bucket: str, key: str, entries: list) -> None:
    known = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    kept = [entry for entry in entries if entry in known]
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(kept))


def lines(bucket: str, key: str) -> Iterator[str]:
    body = s3.get_object(Bucket=bucket, Key=key)["Body"]
    for line in body.iter_lines():
        yield line.decode()


def without_comments(bucket: str, key: str) -> None:
    kept = [line for line in lines(bucket, key) if not line.startswith("#")]
    s3.put_object(Bucket=bucket, Key=key, Body="\n".join(kept))  # bad: CL101


# good: another resource
def filtered_copy(bucket: str, key: str) -> None:
    kept = [line for line in lines(bucket, key) if not line.startswith("#")]
    s3.put_object(Bucket=bucket, Key=f"{key}.clean", Body="\n".join(kept))


def renumber(bucket: str, keys: list[str]) -> None:
    for number, key in enumerate(keys):
        document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        document["number"] = number
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document))  # bad: CL101


# good: another resource
def chain(bucket: str, keys: list[str]) -> None:
    """Each document gets a link to the one before it: what is written was read from another key."""
    for before, after in zip(keys, keys[1:]):
        document = json.loads(s3.get_object(Bucket=bucket, Key=before)["Body"].read())
        s3.put_object(Bucket=bucket, Key=after, Body=json.dumps({"before": document["name"]}))


def collect_then_write(bucket: str, keys: list[str]) -> None:
    documents = {}
    for key in keys:
        documents[key] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    for key in keys:
        documents[key]["seen"] = True
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(documents[key]))  # bad: CL101


def carry_over(ids: list[str]) -> None:
    total = 0
    for order in ids:
        item = table.get_item(Key={"id": order})["Item"]
        total += item["amount"]
        table.update_item(  # bad: CL101
            Key={"id": order}, UpdateExpression="SET amount = :a", ExpressionAttributeValues={":a": total}
        )


# good: another resource
def total_of(ids: list[str]) -> None:
    total = 0
    for order in ids:
        total += table.get_item(Key={"id": order})["Item"]["amount"]
    table.put_item(Item={"id": "total", "amount": total})


def first_free(bucket: str, key: str) -> None:
    slots = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    for name, taken in slots.items():
        if not taken:
            slots[name] = True
            break
    else:
        raise LookupError("no slot")
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(slots))  # bad: CL101
