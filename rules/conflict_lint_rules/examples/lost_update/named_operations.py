"""Operations that a helper is told by their names."""

from __future__ import annotations

import json
from typing import Any

import boto3


class Api:
    def __init__(self, bucket: str) -> None:
        self.client = boto3.client("s3")
        self.bucket = bucket

    def call(self, operation: str, **members: Any) -> Any:
        method = getattr(self.client, operation)
        return method(Bucket=self.bucket, **members)

    def add(self, key: str, entry: Any) -> None:
        entries = json.load(self.call("get_object", Key=key)["Body"])
        entries.append(entry)
        self.call("put_object", Key=key, Body=json.dumps(entries))  # bad: CL101

    # good: guarded
    def add_if_unchanged(self, key: str, entry: Any) -> None:
        found = self.call("get_object", Key=key)
        entries = [*json.load(found["Body"]), entry]
        self.call("put_object", Key=key, Body=json.dumps(entries), IfMatch=found["ETag"])

    # good: another resource
    def copy(self, key: str, other: str) -> None:
        entries = json.load(self.call("get_object", Key=key)["Body"])
        self.call("put_object", Key=other, Body=json.dumps(entries))


def on(service: str, operation: str, **members: Any) -> Any:
    client = boto3.client(service)
    function = getattr(client, operation)
    reply = function(**members)
    return reply


def set_variable(name: str, key: str, value: str) -> None:
    variables = on("lambda", "get_function_configuration", FunctionName=name)["Environment"]["Variables"]
    variables[key] = value
    on("lambda", "update_function_configuration", FunctionName=name, Environment={"Variables": variables})  # bad: CL101
