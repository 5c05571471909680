"""Which way control goes between the read and the write."""

from __future__ import annotations

import json
import logging

import boto3
from botocore.exceptions import ClientError
from boto3.dynamodb.conditions import Attr

logger = logging.getLogger(__name__)
s3 = boto3.client("s3")
table = boto3.resource("dynamodb").Table("jobs")


# good: exclusive branches
def load_or_seed(bucket: str, key: str, seed: dict | None) -> dict:
    document: dict = {}
    if seed is None:
        document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    else:
        document = dict(seed)
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document))
    return document


def set_owner(bucket: str, key: str, owner: str, reset: bool) -> None:
    document: dict = {}
    if not reset:
        document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    document["owner"] = owner
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document))  # bad: CL101


# good: exclusive branches
def fetch_cached(bucket: str, key: str, compute) -> dict:
    """The early return leaves nothing of what was read to the write below it."""
    document = None
    try:
        document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        return document
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
    document = compute()
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document))
    return document


# good: exclusive branches
def settings_or_default(bucket: str, key: str) -> dict:
    settings = read_settings(bucket, key)
    if settings:
        return settings
    settings = {"retention": 30}
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(settings))
    return settings


def read_settings(bucket: str, key: str) -> dict | None:
    try:
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError:
        return None


def migrate(bucket: str, key: str) -> bool:
    settings = read_settings(bucket, key)
    if settings is None:
        return False
    if settings.get("version") == 2:
        return True
    settings["version"] = 2
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(settings))  # bad: CL101
    return True


def record_run(bucket: str, key: str, run) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    history = json.loads(response["Body"].read())
    try:
        history.append({"result": run()})
    except OSError as error:
        history.append({"error": str(error)})
        raise
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(history), IfMatch=response["ETag"])  # bad: CL101


# good: nothing written back
def report_run(bucket: str, key: str, run) -> None:
    history = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    outcome = "ok"
    try:
        run(history)
    except OSError:
        outcome = "failed"
        raise
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=outcome)


def add_after_read(bucket: str, key: str, item: str) -> None:
    try:
        response = s3.get_object(Bucket=bucket, Key=key)
    except ClientError:
        logger.warning("nothing to add to")
    else:
        items = json.loads(response["Body"].read())
        items.append(item)
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(items), IfMatch=response["ETag"])  # bad: CL101


# good: exclusive branches
def create_if_missing(bucket: str, key: str) -> dict:
    try:
        document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError:
        document = {"items": []}
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document))
    return document


def apply_command(bucket: str, key: str, command: dict) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    state = json.loads(response["Body"].read())
    match command:
        case {"op": "add", "name": name}:
            state["names"].append(name)
        case {"op": "drop", "name": name}:
            state["names"].remove(name)
        case _:
            raise ValueError(command)
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(state), IfMatch=response["ETag"])  # bad: CL101


# good: exclusive branches
def run_command(bucket: str, key: str, command: str, text: str) -> str:
    match command:
        case "show":
            text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        case "store":
            s3.put_object(Bucket=bucket, Key=key, Body=text)
        case _:
            raise ValueError(command)
    return text


def save_by_kind(bucket: str, key: str, kind: str, change: dict) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    state = json.loads(response["Body"].read())
    match kind:
        case "merge":
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps({**state, **change}), IfMatch=response["ETag"])  # bad: CL101
        case "replace":
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(change))
        case "archive":
            s3.put_object(Bucket=bucket, Key=f"archive/{key}", Body=json.dumps(state))


def append_when_ready(bucket: str, key: str, line: str) -> None:
    while True:
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        if text.startswith("READY"):
            break
    s3.put_object(Bucket=bucket, Key=key, Body=text + line)  # bad: CL101


# good: compared only
def wait_then_reset(bucket: str, key: str) -> None:
    while True:
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        if text == "DONE":
            break
    s3.put_object(Bucket=bucket, Key=key, Body="IDLE")


def extend_if_any(bucket: str, key: str, more: list) -> None:
    if items := json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()):
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(items + more))  # bad: CL101


def drain(bucket: str, key: str) -> None:
    while (queue := json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())):
        logger.info("next %s", queue.pop(0))
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(queue))  # bad: CL101


# good: compared only
def publish_if_changed(bucket: str, key: str, body: str) -> None:
    if (old := s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()) != body:
        logger.info("was %s", old)
        s3.put_object(Bucket=bucket, Key=key, Body=body)


def bump(job: str) -> None:
    response = table.get_item(Key={"id": job})
    seen = response.get("Item", {})
    unchanged = Attr("runs").eq(seen["runs"]) if "runs" in seen else Attr("runs").not_exists()
    item = response.get("Item")
    if item is None:
        return
    runs = item["runs"] + 1 if "runs" in item else 1
    table.update_item(  # bad: CL101
        Key={"id": job}, UpdateExpression="SET runs = :n", ExpressionAttributeValues={":n": runs},
        ConditionExpression=unchanged
    )


# good: exclusive branches
def switch(job: str, value: str, store: bool) -> str:
    if store:
        table.update_item(Key={"id": job}, UpdateExpression="SET v = :v", ExpressionAttributeValues={":v": value})
        return value
    value = table.get_item(Key={"id": job})["Item"]["v"]
    return value
