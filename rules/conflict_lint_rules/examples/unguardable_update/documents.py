"""Writes of other clouds that cannot carry a condition: upserts of entities, Firestore documents, nodes."""

from __future__ import annotations

from typing import Any

from azure.core import MatchConditions
from azure.data.tables import TableClient
from google.cloud import firestore, tpu_v2


def add_guest(table: TableClient, room: str, day: str, guest: str) -> None:
    entity = table.get_entity(room, day)
    entity["guests"] = f"{entity['guests']},{guest}"
    table.upsert_entity(entity)  # bad: CL106


# good: guarded
def add_guest_undocumented(table: TableClient, room: str, day: str, guest: str) -> None:
    entity = table.get_entity(room, day)
    entity["guests"] = f"{entity['guests']},{guest}"
    etag = entity.metadata["etag"]
    table.upsert_entity(entity, etag=etag, match_condition=MatchConditions.IfNotModified)


# good: declared whole
def open_room(table: TableClient, room: str, day: str) -> None:
    if not list(table.query_entities(f"PartitionKey eq '{room}'")):
        table.upsert_entity({"PartitionKey": room, "RowKey": day, "guests": ""})


def count_visit(database: firestore.Client, user: str) -> None:
    document = database.collection("users").document(user)
    visits = document.get().to_dict()["visits"]
    document.set({"visits": visits + 1}, merge=True)  # bad: CL106


# good: declared whole
def count_visit_there(database: firestore.Client, user: str) -> None:
    document = database.collection("users").document(user)
    document.set({"visits": firestore.Increment(1)}, merge=True)


# good: guarded
def count_visit_in_transaction(transaction: firestore.Transaction, document: firestore.DocumentReference) -> None:
    visits = document.get(transaction=transaction).get("visits")
    transaction.set(document, {"visits": visits + 1})


# good: another resource
def copy_user(database: firestore.Client, old: str, new: str) -> None:
    users = database.collection("users")
    users.document(new).set(users.document(old).get().to_dict())


async def rename(database: firestore.AsyncClient, user: str, name: str) -> None:
    reference = database.collection("users").document(user)
    snapshot = await reference.get()
    await reference.set({**snapshot.to_dict(), "name": name})  # bad: CL106


def attach(client: tpu_v2.TpuClient, name: str, disk: Any) -> None:
    node = client.get_node(tpu_v2.GetNodeRequest(name=name))
    node.data_disks.append(disk)
    client.update_node(tpu_v2.UpdateNodeRequest(node=node, update_mask="dataDisks"))  # bad: CL106
