"""Reads and writes in methods: inherited, overridden, behind properties, and in what a ``with`` enters and leaves."""

from __future__ import annotations

import dataclasses
import json
from functools import cached_property

import boto3

s3 = boto3.client("s3")


class Store:
    """The base class knows where the document is; what happens to it is the subclasses' business."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.client = boto3.client("s3")

    def key(self) -> str:
        return "state.json"

    def read(self) -> dict:
        return json.loads(self.client.get_object(Bucket=self.bucket, Key=self.key())["Body"].read())

    def write(self, document: dict) -> None:
        self.client.put_object(Bucket=self.bucket, Key=self.key(), Body=json.dumps(document))  # bad: CL101


class Members(Store):
    """Inherits both halves."""

    def key(self) -> str:
        return "members.json"

    def add(self, name: str) -> None:
        document = self.read()
        document["members"].append(name)
        self.write(document)


class Versioned(Store):
    """Overrides the write with a guarded one."""

    def read(self) -> dict:
        response = self.client.get_object(Bucket=self.bucket, Key=self.key())
        self.etag = response["ETag"]
        return json.loads(response["Body"].read())

    def write(self, document: dict) -> None:
        self.client.put_object(Bucket=self.bucket, Key=self.key(), Body=json.dumps(document), IfMatch=self.etag)

    # good: guarded
    def add(self, name: str) -> None:
        document = self.read()
        document["members"].append(name)
        self.write(document)


class Template:
    """The base class runs, the subclass supplies the steps."""

    def __init__(self, bucket: str, key: str) -> None:
        self.bucket, self.key = bucket, key

    def run(self) -> None:
        self.save(self.change(self.load()))

    def load(self) -> dict:
        return json.loads(s3.get_object(Bucket=self.bucket, Key=self.key)["Body"].read())

    def change(self, document: dict) -> dict:
        raise NotImplementedError

    def save(self, document: dict) -> None:
        s3.put_object(Bucket=self.bucket, Key=self.key, Body=json.dumps(document))  # bad: CL101


class Lazy:
    """The document is a cached property."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    @cached_property
    def document(self) -> dict:
        return json.loads(s3.get_object(Bucket=self.bucket, Key="lazy.json")["Body"].read())

    def put(self, name: str, value: str) -> None:
        self.document[name] = value
        s3.put_object(Bucket=self.bucket, Key="lazy.json", Body=json.dumps(self.document))  # bad: CL101


@dataclasses.dataclass
class State:
    bucket: str
    key: str
    data: dict = dataclasses.field(default_factory=dict)

    def load(self) -> State:
        self.data = json.loads(s3.get_object(Bucket=self.bucket, Key=self.key)["Body"].read())
        return self

    def save(self) -> None:
        s3.put_object(Bucket=self.bucket, Key=self.key, Body=json.dumps(self.data))  # bad: CL101


def change_state(bucket: str) -> None:
    state = State(bucket, "state.json").load()
    state.data["n"] = 1
    state.save()


@dataclasses.dataclass
class Snapshot:
    name: str
    body: dict


def snapshot(bucket: str, key: str) -> Snapshot:
    return Snapshot(key, json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()))


def put_snapshot(bucket: str, snap: Snapshot) -> None:
    s3.put_object(Bucket=bucket, Key=snap.name, Body=json.dumps(snap.body))  # bad: CL101


def round_trip(bucket: str) -> None:
    snap = snapshot(bucket, "x.json")
    snap.body["n"] = 1
    put_snapshot(bucket, snap)


class Base:
    """Only ``super()`` leads here."""

    def save(self, bucket: str, key: str, document: dict) -> None:
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document))  # bad: CL101


class Signed(Base):
    """Signs what the base class writes."""

    def save(self, bucket: str, key: str, document: dict) -> None:
        super().save(bucket, key, {**document, "by": "derived"})

    def bump(self, bucket: str, key: str) -> None:
        self.save(bucket, key, json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()))


class Repo:
    def _retry(self, fn, *args, **kwargs):
        for _ in range(3):
            try:
                return fn(*args, **kwargs)
            except OSError:
                pass
        raise RuntimeError("gave up")

    def __init__(self) -> None:
        self.s3 = boto3.client("s3")

    def _get(self, key: str) -> dict:
        return json.loads(self.s3.get_object(Bucket="b", Key=key)["Body"].read())

    def _put(self, key: str, value: dict) -> None:
        self.s3.put_object(Bucket="b", Key=key, Body=json.dumps(value))  # bad: CL101

    def bump(self, key: str) -> None:
        value = self._retry(self._get, key)
        value["n"] += 1
        self._retry(self._put, key, value)


class Plan:
    """Its callers lock it, work on it, and unlock it."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.s3 = boto3.client("s3")
        self.locks = boto3.resource("dynamodb").Table("locks")

    def lock(self, owner: str) -> None:
        self.locks.put_item(Item={"id": self.bucket, "by": owner}, ConditionExpression="attribute_not_exists(id)")

    def unlock(self, owner: str) -> None:
        self.locks.delete_item(
            Key={"id": self.bucket}, ConditionExpression="#by = :by", ExpressionAttributeValues={":by": owner}
        )

    def load(self) -> dict:
        return json.loads(self.s3.get_object(Bucket=self.bucket, Key="plan.json")["Body"].read())

    def save(self, plan: dict) -> None:
        self.s3.put_object(Bucket=self.bucket, Key="plan.json", Body=json.dumps(plan))

    # good: lock held
    def add_step(self, step: str) -> None:
        plan = self.load()
        plan["steps"].append(step)
        self.save(plan)


class Shelf:
    """There is no lock behind its methods."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.s3 = boto3.client("s3")

    def lock(self) -> None: ...

    def unlock(self) -> None: ...

    def books(self) -> list:
        return json.loads(self.s3.get_object(Bucket=self.bucket, Key="books.json")["Body"].read())

    def put(self, books: list) -> None:
        self.s3.put_object(Bucket=self.bucket, Key="books.json", Body=json.dumps(books))  # bad: CL101

    def add_book(self, title: str) -> None:
        self.put([*self.books(), title])


class Ledger:
    """What it reads and writes is the subclasses' business."""

    def read_all(self) -> dict: ...

    def write_all(self, entries: dict) -> None: ...

    def enter(self, name: str, amount: int) -> None:
        entries = self.read_all()
        entries[name] = entries.get(name, 0) + amount
        self.write_all(entries)


class StoredLedger(Ledger):
    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.s3 = boto3.client("s3")

    def read_all(self) -> dict:
        return json.loads(self.s3.get_object(Bucket=self.bucket, Key="ledger.json")["Body"].read())

    def write_all(self, entries: dict) -> None:
        self.s3.put_object(Bucket=self.bucket, Key="ledger.json", Body=json.dumps(entries))  # bad: CL101
