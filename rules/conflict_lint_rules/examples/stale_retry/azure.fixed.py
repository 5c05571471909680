"""Etags of Azure that are read once and sent again, by clients of either kind."""

from __future__ import annotations

import random

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.cosmos import ContainerProxy
from azure.cosmos.exceptions import CosmosAccessConditionFailedError
from azure.data.tables import TableClient
from azure.storage.blob import BlobClient


def append(blob: BlobClient, line: str) -> None:
    for attempt in range(5):
        found = blob.download_blob()
        text = found.readall().decode() + line
        try:
            blob.upload_blob(  # bad: CL301
                text, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            print("again", attempt, random.random())


# good: read again
def append_again(blob: BlobClient, line: str) -> None:
    for attempt in range(5):
        found = blob.download_blob()
        text = found.readall().decode() + line
        try:
            blob.upload_blob(
                text, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            print("again", attempt, random.random())


def ship(container: ContainerProxy, number: str) -> None:
    for attempt in range(5):
        order = container.read_item(number, partition_key=number)
        order["shipped"] = True
        try:
            container.replace_item(  # bad: CL301
                number, order, etag=order["_etag"], match_condition=MatchConditions.IfNotModified
            )
            return
        except CosmosAccessConditionFailedError:
            print("again", attempt)


def enroll(table: TableClient, key: str, course: str) -> None:
    for attempt in range(3):
        person = table.get_entity("people", key)
        person["courses"] = f"{person['courses']},{course}"
        try:
            table.update_entity(  # bad: CL301
                person, etag=person.metadata["etag"], match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            print("again", attempt)


# good: read again
def enroll_again(table: TableClient, key: str, course: str) -> None:
    for attempt in range(3):
        person = table.get_entity("people", key)
        person["courses"] = f"{person['courses']},{course}"
        try:
            table.update_entity(
                person, etag=person.metadata["etag"], match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            print("again", attempt)
