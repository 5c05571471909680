"""Settings of an object that are passed on: no version that was just read is among them."""

from __future__ import annotations

import json
from typing import Any

import boto3


class Store:
    def __init__(self, bucket: str, options: dict[str, Any] | None = None) -> None:
        self.s3 = boto3.client("s3")
        self.bucket = bucket
        self._options = options or {}

    def add(self, key: str, entry: Any) -> None:
        entries = json.load(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"])
        entries.append(entry)
        body = json.dumps(entries)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **self._options)  # bad: CL101

    # good: guarded
    def add_if_unchanged(self, key: str, entry: Any) -> None:
        found = self.s3.get_object(Bucket=self.bucket, Key=key)
        body = json.dumps([*json.load(found["Body"]), entry])
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, IfMatch=found["ETag"], **self._options)


class Versioned:
    def __init__(self, bucket: str, options: dict[str, Any]) -> None:
        self.s3 = boto3.client("s3")
        self.bucket = bucket
        self._options = options
        self._conditions: dict[str, str] = {}

    def load(self, key: str) -> list[Any]:
        found = self.s3.get_object(Bucket=self.bucket, Key=key)
        self._options["IfMatch"] = found["ETag"]
        self._conditions = {"IfMatch": found["ETag"]}
        return json.load(found["Body"])

    # good: guard out of sight
    def add(self, key: str, entry: Any) -> None:
        body = json.dumps([*self.load(key), entry])
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **self._options)

    # good: guarded
    def append(self, key: str, entry: Any) -> None:
        body = json.dumps([*self.load(key), entry])
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **self._conditions)
