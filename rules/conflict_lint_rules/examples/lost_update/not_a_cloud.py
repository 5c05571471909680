"""Objects whose methods are called like the SDK's, and are none."""

from __future__ import annotations

import json
from pathlib import Path

import boto3


class LocalStore:
    """Stands in for a bucket on a developer's machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get_object(self, bucket: str, key: str) -> bytes:
        return (self.root / bucket / key).read_bytes()

    def put_object(self, bucket: str, key: str, body: bytes) -> None:
        (self.root / bucket / key).write_bytes(body)


# good: not a cloud
def count_locally(store: LocalStore, bucket: str) -> None:
    count = int(store.get_object(bucket, "count"))
    store.put_object(bucket, "count", str(count + 1).encode())


# good: not a cloud
def count_in_memory(shelf: dict[str, int], name: str) -> None:
    shelf.update({name: shelf.get(name, 0) + 1})


# good: not a cloud
def count_in_a_cache(cache, name: str) -> None:
    item = cache.get_item(name)
    item["hits"] += 1
    cache.put_item(name, item)


# good: not a cloud
def count_in_a_class_of_our_own(root: Path, bucket: str) -> None:
    store = LocalStore(root)
    counts = json.loads(store.get_object(bucket=bucket, key="counts.json"))
    counts["runs"] += 1
    store.put_object(bucket=bucket, key="counts.json", body=json.dumps(counts).encode())


def count_in_the_cloud(bucket: str) -> None:
    s3 = boto3.client("s3")
    count = int(s3.get_object(Bucket=bucket, Key="count")["Body"].read())
    s3.put_object(Bucket=bucket, Key="count", Body=str(count + 1))  # bad: CL101
