"""Conditions that stand in a dictionary, may stand out of sight, or are replaced by a lock."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack

import boto3
from redis import Redis

s3 = boto3.client("s3")
state_lock = threading.Lock()
redis = Redis()


def read_state(bucket: str, key: str) -> dict:
    return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def request_in_sight(bucket: str, key: str, owner: str) -> None:
    state = read_state(bucket, key)
    state["owner"] = owner
    request = {"Bucket": bucket, "Key": key, "Body": json.dumps(state)}
    s3.put_object(**request)  # bad: CL101


def request_built_up(bucket: str, key: str, owner: str, content_type: str | None) -> None:
    state = read_state(bucket, key)
    state["owner"] = owner
    request = dict(Bucket=bucket, Key=key)
    request["Body"] = json.dumps(state)
    if content_type:
        request["ContentType"] = content_type
    s3.put_object(**request)  # bad: CL101


# good: guarded
def condition_on_one_branch(bucket: str, key: str, owner: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    state = json.loads(response["Body"].read())
    state["owner"] = owner
    request = {"Bucket": bucket, "Key": key, "Body": json.dumps(state)}
    if "ETag" in response:
        request["IfMatch"] = response["ETag"]
    s3.put_object(**request)


# good: guard out of sight
def extra_arguments(bucket: str, key: str, owner: str, **extra: str) -> None:
    state = read_state(bucket, key)
    state["owner"] = owner
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(state), **extra)


# good: guard out of sight
def arguments_of_a_builder(builder, bucket: str, key: str, owner: str) -> None:
    state = read_state(bucket, key)
    state["owner"] = owner
    request = builder.request(bucket, key)
    request["Body"] = json.dumps(state)
    s3.put_object(Bucket=bucket, Key=key, **request)


# good: lock held
def under_a_lock(bucket: str, key: str, owner: str) -> None:
    with state_lock:
        state = read_state(bucket, key)
        state["owner"] = owner
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(state))


# good: lock held
def under_a_distributed_lock(bucket: str, key: str, owner: str) -> None:
    with redis.lock(f"state:{key}", timeout=30):
        state = read_state(bucket, key)
        state["owner"] = owner
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(state))


# good: lock held
def under_a_stack_of_contexts(bucket: str, key: str, owner: str) -> None:
    with ExitStack() as stack:
        stack.enter_context(redis.lock(f"state:{key}"))
        state = read_state(bucket, key)
        state["owner"] = owner
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(state))


def under_another_context(bucket: str, key: str, owner: str, tracer) -> None:
    with tracer.span("state"):
        state = read_state(bucket, key)
        state["owner"] = owner
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(state))  # bad: CL101


def lock_released_too_early(bucket: str, key: str, owner: str) -> None:
    with state_lock:
        state = read_state(bucket, key)
    state["owner"] = owner
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(state))  # bad: CL101


def request_spread_in_a_display(bucket: str, key: str, owner: str) -> None:
    state = read_state(bucket, key)
    state["owner"] = owner
    request = {"Bucket": bucket, "Key": key, "Body": json.dumps(state)}
    s3.put_object(**{**request, "ContentType": "application/json"})  # bad: CL101


def condition_switched_off(bucket: str, key: str, owner: str) -> None:
    state = read_state(bucket, key)
    state["owner"] = owner
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(state), IfMatch=None)  # bad: CL101


# good: guarded
def label_in_place(bucket: str, key: str, label: str) -> None:
    """A copy onto itself: what must not have changed is the source and the target."""
    head = s3.head_object(Bucket=bucket, Key=key)
    s3.copy_object(
        Bucket=bucket,
        Key=key,
        CopySource={"Bucket": bucket, "Key": key},
        CopySourceIfMatch=head["ETag"],
        Metadata=head["Metadata"] | {"label": label},
        MetadataDirective="REPLACE",
    )
