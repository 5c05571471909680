"""Blobs of Google Cloud Storage and Azure, asked for by `exists`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.cloud import storage
from azure.core import MatchConditions

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient

bucket = storage.Client().bucket("reports")


def publish(name: str, text: str) -> None:
    blob = bucket.blob(name)
    if blob.exists():
        raise FileExistsError(name)
    blob.upload_from_string(text, if_generation_match=0)  # bad: CL102


def publish_if_missing(name: str, text: str) -> None:
    blob = bucket.blob(name)
    if not blob.exists():
        blob.upload_from_string(text, if_generation_match=0)  # bad: CL102


def publish_or_update(name: str, text: str, *, update: bool) -> None:
    """Whoever does not want an update gets none, unless two of them do not at once."""
    blob = bucket.blob(name)
    if not update:
        assert not blob.exists()
    elif not blob.exists():
        raise FileNotFoundError(name)
    blob.upload_from_string(text)  # bad: CL102


# good: guarded
def publish_once(name: str, text: str) -> None:
    blob = bucket.blob(name)
    if not blob.exists():
        blob.upload_from_string(text, if_generation_match=0)


# good: another resource
def publish_beside(name: str, text: str) -> None:
    if not bucket.blob(name).exists():
        bucket.blob(f"{name}.new").upload_from_string(text)


def save(blob: BlobClient, data: bytes) -> None:
    if not blob.exists():
        blob.upload_blob(data, overwrite=True, match_condition=MatchConditions.IfMissing)  # bad: CL102


def start_log(blob: BlobClient) -> None:
    if not blob.exists():
        blob.create_append_blob(match_condition=MatchConditions.IfMissing)  # bad: CL102


def save_under_a_lease(blob: BlobClient, data: bytes) -> None:
    """The lease is on what exists: of two writers that find nothing, neither has one."""
    lease = None
    if blob.exists():
        lease = blob.acquire_lease()
    blob.upload_blob(data, overwrite=True, lease=lease)  # bad: CL102


# good: fails by itself
def save_new(blob: BlobClient, data: bytes) -> None:
    if not blob.exists():
        blob.upload_blob(data)


# good: guard out of sight
def save_as_told(blob: BlobClient, data: bytes, *, force: bool) -> None:
    if not blob.exists():
        blob.upload_blob(data, overwrite=force)
