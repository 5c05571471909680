"""What was read is near what is written, and yet it does not go back to where it came from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
from azure.cosmos import CosmosClient

if TYPE_CHECKING:
    from queue import Queue

s3 = boto3.client("s3")
runs = boto3.resource("dynamodb").Table("runs")


def count_try(run_id: str) -> None:
    run = runs.get_item(Key={"id": run_id})["Item"]
    runs.update_item(  # bad: CL101
        Key={"id": run_id},
        UpdateExpression="SET #t = :tries",
        ExpressionAttributeNames={"#t": "tries"},
        ExpressionAttributeValues={":tries": run["tries"] + 1},
    )


# good: another attribute
def finish(run_id: str, now: int) -> None:
    run = runs.get_item(Key={"id": run_id})["Item"]
    runs.update_item(
        Key={"id": run_id},
        UpdateExpression="SET #d = :duration, ended = :now",
        ExpressionAttributeNames={"#d": "duration"},
        ExpressionAttributeValues={":duration": now - run["started"], ":now": now},
    )


# good: another attribute
def keep_alive(url: str, key: str, query: str) -> None:
    container = CosmosClient(url, key).get_database_client("work").get_container_client("memories")
    for memory in container.query_items(query=query, enable_cross_partition_query=True):
        steps = [{"op": "set", "path": "/ttl", "value": int(memory["minutes"]) * 60}]
        container.patch_item(item=memory["id"], partition_key=memory["prefix"], patch_operations=steps)


def raise_limit(url: str, key: str, name: str) -> None:
    container = CosmosClient(url, key).get_database_client("work").get_container_client("limits")
    limit = container.read_item(item=name, partition_key=name)
    steps = [{"op": "set", "path": "/most", "value": limit["most"] * 2}]
    container.patch_item(item=name, partition_key=name, patch_operations=steps)  # bad: CL101


# good: a new identifier
def bill(invoices: Any, run_id: str) -> None:
    run = runs.get_item(Key={"id": run_id})["Item"]
    invoice = invoices.create(customer=run["customer"], lines={"minutes": str(run["minutes"])})
    runs.update_item(
        Key={"id": run_id},
        UpdateExpression="SET invoice = :invoice",
        ExpressionAttributeValues={":invoice": invoice["id"]},
    )


# good: nothing was read
def graph(bucket: str) -> Any:
    content = "{}"
    try:
        content = s3.get_object(Bucket=bucket, Key="graph.json")["Body"].read().decode()
    except s3.exceptions.NoSuchKey:
        s3.put_object(Bucket=bucket, Key="graph.json", Body=content.encode())
    return json.loads(content)


# good: exclusive branches
def work(jobs: Queue[Any], mode: str) -> None:
    while (job := jobs.get()) is not None:
        if mode == "describe":
            head = s3.head_object(Bucket=job.bucket, Key=job.key)
            with open(job.path, "w") as file:
                json.dump({"type": head["ContentType"], "metadata": head["Metadata"]}, file)
        else:
            s3.upload_file(job.path, job.bucket, job.key)


# good: another attribute
def replace_memory(url: str, key: str, name: str, text: str, now: str) -> None:
    container = CosmosClient(url, key).get_database_client("work").get_container_client("memories")
    first = container.read_item(item=name, partition_key=name).get("created_at")
    container.upsert_item({"id": name, "text": text, "created_at": first or now, "updated_at": now})
