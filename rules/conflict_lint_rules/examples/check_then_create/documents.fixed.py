"""Documents that are written because they were not there: Elasticsearch, Firestore, tables."""

from __future__ import annotations

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableClient
from elasticsearch import Elasticsearch, NotFoundError
from google.cloud import firestore


def register(search: Elasticsearch, name: str, user: dict) -> None:
    if not search.exists(index="users", id=name):
        search.index(index="users", id=name, document=user, op_type="create")  # bad: CL102


# good: guarded
def register_once(search: Elasticsearch, name: str, user: dict) -> None:
    if not search.exists(index="users", id=name):
        search.index(index="users", id=name, document=user, op_type="create")


def register_after_error(search: Elasticsearch, name: str, user: dict) -> None:
    try:
        search.get(index="users", id=name)
    except NotFoundError:
        search.index(index="users", id=name, document=user, op_type="create")  # bad: CL102


def open_account(name: str, deposit: int) -> None:
    account = firestore.Client().collection("accounts").document(name)
    if account.get().exists:
        raise FileExistsError(name)
    account.set({"balance": deposit})  # bad: CL102


# good: fails by itself
def open_account_once(name: str, deposit: int) -> None:
    account = firestore.Client().collection("accounts").document(name)
    if account.get().exists:
        raise FileExistsError(name)
    account.create({"balance": deposit})


def enter(people: TableClient, key: str, person: dict) -> None:
    try:
        people.get_entity("people", key)
    except ResourceNotFoundError:
        people.create_entity({"PartitionKey": "people", "RowKey": key, **person})  # bad: CL102
    else:
        raise FileExistsError(key)


# good: fails by itself
def enter_once(people: TableClient, key: str, person: dict) -> None:
    try:
        people.get_entity("people", key)
    except ResourceNotFoundError:
        people.create_entity({"PartitionKey": "people", "RowKey": key, **person})
    else:
        raise FileExistsError(key)
