"""Items in Azure Cosmos DB that are created because they were not there a moment ago."""

from __future__ import annotations

from typing import Any

from azure.cosmos import ContainerProxy
from azure.cosmos.exceptions import CosmosResourceNotFoundError


def register(container: ContainerProxy, user: str, profile: dict[str, Any]) -> None:
    try:
        container.read_item(item=user, partition_key=user)
    except CosmosResourceNotFoundError:
        container.create_item({"id": user, "profile": profile})  # bad: CL102


# good: fails by itself
def register_once(container: ContainerProxy, user: str, profile: dict[str, Any]) -> None:
    try:
        container.read_item(item=user, partition_key=user)
    except CosmosResourceNotFoundError:
        container.create_item({"id": user, "profile": profile})


# good: another resource
def register_group(container: ContainerProxy, user: str, group: str) -> None:
    try:
        container.read_item(item=user, partition_key=user)
    except CosmosResourceNotFoundError:
        container.upsert_item({"id": group, "users": [user]})
