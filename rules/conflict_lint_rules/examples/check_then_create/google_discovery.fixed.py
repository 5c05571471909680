"""Objects of Cloud Storage through a client that is made of the API's description."""

from __future__ import annotations

from typing import Any

from googleapiclient.discovery import build
from googleapiclient.errors import HttpError


def store_once(bucket: str, name: str, media: Any) -> None:
    storage = build("storage", "v1")
    try:
        storage.objects().get(bucket=bucket, object=name).execute()
    except HttpError as error:
        if error.resp.status != 404:
            raise
        storage.objects().insert(bucket=bucket, name=name, media_body=media, ifGenerationMatch=0).execute()  # bad: CL102


# good: guarded
def store_if_absent(bucket: str, name: str, media: Any) -> None:
    storage = build("storage", "v1")
    try:
        storage.objects().get(bucket=bucket, object=name).execute()
    except HttpError as error:
        if error.resp.status != 404:
            raise
        storage.objects().insert(bucket=bucket, name=name, media_body=media, ifGenerationMatch=0).execute()


# good: fails by itself
def create_bucket(project: str, bucket: str) -> None:
    storage = build("storage", "v1")
    try:
        storage.buckets().get(bucket=bucket).execute()
    except HttpError as error:
        if error.resp.status != 404:
            raise
        storage.buckets().insert(project=project, body={"name": bucket}).execute()
