"""The read and the write stand in different functions of one module."""

from __future__ import annotations

import json
import logging

import boto3
from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)
client = boto3.client("s3")


def load_manifest(bucket: str, key: str) -> dict:
    try:
        return json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return {"files": []}
        raise


def save_manifest(bucket: str, key: str, manifest: dict) -> None:
    client.put_object(Bucket=bucket, Key=key, Body=json.dumps(manifest))  # bad: CL101


def add_file(bucket: str, name: str) -> None:
    manifest = load_manifest(bucket, "manifest.json")
    manifest["files"].append(name)
    save_manifest(bucket, "manifest.json", manifest)


def publish(bucket: str, key: str, body: bytes) -> None:
    client.put_object(Bucket=bucket, Key=key, Body=body)


# good: another resource
def publish_copy(bucket: str) -> None:
    manifest = load_manifest(bucket, "manifest.json")
    publish(bucket, "public/manifest.json", json.dumps(manifest).encode())


# good: compared only
def publish_if_new(bucket: str, manifest: dict) -> None:
    if load_manifest(bucket, "manifest.json") != manifest:
        publish(bucket, "manifest.json", json.dumps(manifest).encode())


class Catalog:
    """Keeps one document per dataset."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket = bucket
        self.prefix = prefix
        self.s3 = boto3.client("s3")

    def _load(self, name: str) -> dict:
        response = self.s3.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}.json")
        return json.loads(response["Body"].read())

    def _save(self, name: str, entry: dict) -> None:
        self.s3.put_object(  # bad: CL101
            Bucket=self.bucket,
            Key=f"{self.prefix}/{name}.json",
            Body=json.dumps(entry, sort_keys=True),
        )

    def touch(self, name: str, when: str) -> None:
        entry = self._load(name)
        entry["last_used"] = when
        self._save(name, entry)


class Counter:
    """Keeps the document in memory between load and save."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.s3 = boto3.client("s3")
        self.counts: dict[str, int] = {}

    def load(self) -> None:
        body = self.s3.get_object(Bucket=self.bucket, Key="counts.json")["Body"]
        self.counts = json.loads(body.read())

    def bump(self, name: str) -> None:
        self.load()
        self.counts[name] = self.counts.get(name, 0) + 1
        self.s3.put_object(Bucket=self.bucket, Key="counts.json", Body=json.dumps(self.counts))  # bad: CL101


class GuardedCatalog:
    """Hands the version on with the document."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.s3 = boto3.client("s3")

    def _load(self, name: str) -> tuple[dict, str]:
        response = self.s3.get_object(Bucket=self.bucket, Key=f"{name}.json")
        return json.loads(response["Body"].read()), response["ETag"]

    def _save(self, name: str, entry: dict, etag: str) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=f"{name}.json", Body=json.dumps(entry), IfMatch=etag)

    # good: guarded
    def touch(self, name: str, when: str) -> None:
        entry, etag = self._load(name)
        entry["last_used"] = when
        self._save(name, entry, etag)


def update_document(bucket: str, key: str, changes: dict) -> None:
    def read() -> dict:
        return json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read())

    def write(document: dict) -> None:
        client.put_object(Bucket=bucket, Key=key, Body=json.dumps(document))  # bad: CL101

    document = read()
    document.update(changes)
    write(document)


def increment(bucket: str, key: str) -> None:
    """Both halves go through a generic caller that is handed the bound method."""
    response = with_retry(client.get_object, Bucket=bucket, Key=key)
    count = int(response["Body"].read())
    with_retry(client.put_object, Bucket=bucket, Key=key, Body=str(count + 1), IfMatch=response["ETag"])  # bad: CL101


def with_retry(call, attempts: int = 3, **arguments):
    for attempt in range(attempts):
        try:
            return call(**arguments)
        except ClientError:
            logger.warning("attempt %d failed", attempt)
    return call(**arguments)
