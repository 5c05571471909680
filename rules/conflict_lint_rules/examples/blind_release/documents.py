"""Locks that are documents: created by calls that fail where there is one, deleted by their name."""

from __future__ import annotations

from azure.core import MatchConditions
from azure.cosmos import ContainerProxy
from azure.data.tables import TableClient
from google.cloud import firestore

database = firestore.Client()


class CosmosLock:
    def __init__(self, container: ContainerProxy, owner: str) -> None:
        self.container, self.owner = container, owner

    def acquire(self, name: str) -> None:
        self.container.create_item({"id": f"lock-{name}", "owner": self.owner})

    def release(self, name: str) -> None:
        self.container.delete_item(f"lock-{name}", partition_key=f"lock-{name}")  # bad: CL107

    # good: guarded
    def release_own(self, name: str, etag: str) -> None:
        self.container.delete_item(
            f"lock-{name}", partition_key=f"lock-{name}", etag=etag, match_condition=MatchConditions.IfNotModified
        )

    # good: looked at first
    def release_if_own(self, name: str) -> None:
        held = self.container.read_item(f"lock-{name}", f"lock-{name}")
        if held["owner"] == self.owner:
            self.container.delete_item(f"lock-{name}", partition_key=f"lock-{name}")


def lock(name: str, owner: str) -> None:
    database.collection("locks").document(name).create({"owner": owner})


def unlock(name: str) -> None:
    database.collection("locks").document(name).delete()  # bad: CL107


# good: broken by force
def force_unlock(name: str) -> None:
    database.collection("locks").document(name).delete()


def with_lease(leases: TableClient, name: str, owner: str, work) -> None:
    lease = {"PartitionKey": "leases", "RowKey": name, "owner": owner}
    leases.create_entity(lease)
    try:
        work()
    finally:
        leases.delete_entity({"PartitionKey": "leases", "RowKey": name})  # bad: CL107


# good: not a lock
def remove_order(orders: TableClient, number: str) -> None:
    orders.create_entity({"PartitionKey": "orders", "RowKey": number})
    orders.delete_entity({"PartitionKey": "orders", "RowKey": number})
