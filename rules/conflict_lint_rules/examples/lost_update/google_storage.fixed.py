"""Documents in Google Cloud Storage, and policies that carry their own version."""

from __future__ import annotations

import asyncio
import io
import json
from tempfile import TemporaryFile
from typing import Any

from google.cloud import storage
from google.cloud.storage import Blob, Bucket


def register_run(bucket: Bucket, run_id: str) -> None:
    blob = bucket.blob("runs/index.json")
    index = json.loads(blob.download_as_text())
    index["runs"].append(run_id)
    blob.upload_from_string(json.dumps(index), if_generation_match=blob.generation or 0)  # bad: CL101


# good: guarded
def register_run_once(bucket: Bucket, run_id: str) -> None:
    blob = bucket.blob("runs/index.json")
    index = json.loads(blob.download_as_text())
    index["runs"].append(run_id)
    blob.upload_from_string(json.dumps(index), if_generation_match=blob.generation)


def append_line(client: storage.Client, bucket: str, name: str, line: str) -> None:
    log = client.bucket(bucket).blob(name)
    text = log.download_as_bytes() if log.exists() else b""
    log.upload_from_string(text + line.encode(), if_generation_match=log.generation or 0)  # bad: CL101


def forget_device(account: str, device: str) -> None:
    client = storage.Client()
    bucket = client.get_bucket("accounts")
    devices = json.loads(bucket.get_blob(f"{account}.json").download_as_string())
    del devices[device]
    bucket.blob(f"{account}.json").upload_from_string(json.dumps(devices))  # bad: CL101


class Registry:
    """A document behind methods of a class, as files."""

    def __init__(self, bucket: str, name: str) -> None:
        self.client = storage.Client()
        self.bucket = bucket
        self.name = name

    def read(self) -> Any:
        buffer = io.BytesIO()
        storage.Blob(self.name, self.client.bucket(self.bucket)).download_to_file(buffer)
        return json.loads(buffer.getvalue())

    def add(self, key: str, value: str) -> None:
        document = self.read()
        document[key] = value
        self.write(document)

    def write(self, document: Any) -> None:
        file = TemporaryFile()
        file.write(json.dumps(document).encode())
        file.seek(0)
        self.client.bucket(self.bucket).blob(self.name).upload_from_file(file)  # bad: CL101


# good: guarded
async def add_later(blob: Blob, key: str) -> None:
    document = json.loads(await asyncio.to_thread(blob.download_as_text))
    document.append(key)
    await asyncio.to_thread(blob.upload_from_string, json.dumps(document), if_generation_match=blob.generation)


async def add_soon(blob: Blob, key: str) -> None:
    document = json.loads(await asyncio.to_thread(blob.download_as_text))
    document.append(key)
    await asyncio.to_thread(blob.upload_from_string, json.dumps(document))  # bad: CL101


# good: another resource
def back_up(bucket: Bucket, name: str) -> None:
    bucket.blob(f"{name}.bak").upload_from_string(bucket.blob(name).download_as_bytes())


# good: compared only
def publish(blob: Blob, page: str) -> None:
    if blob.download_as_text() != page:
        blob.upload_from_string(page, content_type="text/html")


# good: guarded
def grant(bucket: Bucket, member: str) -> None:
    policy = bucket.get_iam_policy(requested_policy_version=3)
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": {member}})
    bucket.set_iam_policy(policy)


# good: not a cloud
def register_somewhere(bucket: Any, run_id: str) -> None:
    blob = bucket.blob("runs/index.json")
    index = json.loads(blob.download_as_text())
    index["runs"].append(run_id)
    blob.upload_from_string(json.dumps(index))
