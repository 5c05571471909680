"""Items in Azure Cosmos DB, entities in tables and settings in App Configuration."""

from __future__ import annotations

from typing import Any

from azure.appconfiguration import AzureAppConfigurationClient
from azure.core import MatchConditions
from azure.cosmos import ContainerProxy, CosmosClient
from azure.data.tables import TableClient, TableServiceClient


def add_credit(container: ContainerProxy, account: str, amount: int) -> None:
    item = container.read_item(item=account, partition_key=account)
    item["credit"] += amount
    container.replace_item(item=item, body=item)  # bad: CL101


# good: guarded
def add_credit_once(container: ContainerProxy, account: str, amount: int) -> None:
    item = container.read_item(item=account, partition_key=account)
    item["credit"] += amount
    container.replace_item(item, item, etag=item["_etag"], match_condition=MatchConditions.IfNotModified)


def rename(client: CosmosClient, user: str, name: str) -> None:
    users = client.get_database_client("crm").get_container_client("users")
    item = users.read_item(user, partition_key=user)
    users.upsert_item({"id": user, "name": name, "visits": item["visits"]})  # bad: CL101


# good: another resource
def copy_user(container: ContainerProxy, old: str, new: str) -> None:
    item = container.read_item(item=old, partition_key=old)
    container.upsert_item({"id": new, "visits": item["visits"]})


def expire(container: ContainerProxy) -> None:
    for item in container.query_items("SELECT * FROM c WHERE c.due"):
        item["state"] = "expired"
        container.upsert_item(item)  # bad: CL101


# good: computed by the service
def count_visit(container: ContainerProxy, user: str) -> None:
    container.patch_item(user, user, [{"op": "incr", "path": "/visits", "value": 1}])


# good: compared only
def pause(container: ContainerProxy, job: str) -> None:
    found = container.read_item(item=job, partition_key=job)
    if found["state"] == "running":
        container.replace_item(item=job, body={"id": job, "state": "paused"})


def reserve(service: TableServiceClient, room: str, day: str, guest: str) -> None:
    table = service.get_table_client("rooms")
    entity = table.get_entity(partition_key=room, row_key=day)
    entity["guests"] = f"{entity['guests']},{guest}"
    table.update_entity(entity)  # bad: CL101


# good: guarded
def reserve_once(table: TableClient, room: str, day: str, guest: str) -> None:
    entity = table.get_entity(partition_key=room, row_key=day)
    entity["guests"] = f"{entity['guests']},{guest}"
    table.update_entity(entity, match_condition=MatchConditions.IfNotModified)


# good: another resource
def move_guest(table: TableClient, room: str, day: str, other: str) -> None:
    entity = table.get_entity(room, day)
    table.update_entity({"PartitionKey": room, "RowKey": other, "guests": entity["guests"]})


def raise_limit(client: AzureAppConfigurationClient, key: str) -> None:
    setting = client.get_configuration_setting(key)
    setting.value = str(int(setting.value) + 1)
    client.set_configuration_setting(setting)  # bad: CL101


# good: guarded
def raise_limit_once(client: AzureAppConfigurationClient, key: str) -> None:
    setting = client.get_configuration_setting(key)
    setting.value = str(int(setting.value) + 1)
    client.set_configuration_setting(setting, match_condition=MatchConditions.IfNotModified)


# good: not a cloud
def add_credit_somewhere(container: Any, account: str, amount: int) -> None:
    item = container.read_item(item=account, partition_key=account)
    item["credit"] += amount
    container.replace_item(item=item, body=item)
