"""Globals that are None until a function makes them."""

from __future__ import annotations

import json

import boto3

s3 = None
store = None
other = None


class Store:
    def __init__(self, session: boto3.Session, bucket: str) -> None:
        self.client = session.client("s3")
        self.bucket = bucket

    def load(self, key: str) -> dict:
        return json.loads(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def save(self, key: str, state: dict) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(state))  # bad: CL101


def setup(profile: str) -> None:
    global store, other, s3
    options = {"profile_name": profile} if profile else {}
    session = boto3.Session(**options)
    s3 = session.client("s3")
    store, other = Store(session, "one"), Store(session, "two")


def count(key: str) -> None:
    state = store.load(key)
    state["n"] += 1
    store.save(key, state)


# good: another resource
def move(key: str) -> None:
    state = store.load(key)
    state["moved"] = True
    other.save(key, state)


def rename(key: str, name: str) -> None:
    state = json.loads(s3.get_object(Bucket="names", Key=key)["Body"].read())
    put(key, {**state, "name": name})


def put(key: str, state: dict) -> None:
    s3.put_object(Bucket="names", Key=key, Body=json.dumps(state))  # bad: CL101
