"""Versions of other SDKs that are read once and sent again: items, entities, documents, files, custom objects."""

from __future__ import annotations

import time

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.cosmos import ContainerProxy
from azure.cosmos.exceptions import CosmosAccessConditionFailedError
from azure.data.tables import TableClient
from azure.storage.filedatalake import DataLakeFileClient
from elasticsearch import ConflictError, Elasticsearch
from kubernetes.client import CustomObjectsApi
from kubernetes.client.exceptions import ApiException


def ship(orders: ContainerProxy, number: str) -> None:
    order = orders.read_item(number, partition_key=number)
    order["shipped"] = True
    for attempt in range(5):
        try:
            orders.replace_item(  # bad: CL301
                number, order, etag=order["_etag"], match_condition=MatchConditions.IfNotModified
            )
            return
        except CosmosAccessConditionFailedError:
            time.sleep(attempt)


# good: read again
def ship_as_it_is(orders: ContainerProxy, number: str) -> None:
    for attempt in range(5):
        order = orders.read_item(number, partition_key=number)
        order["shipped"] = True
        try:
            orders.replace_item(number, order, etag=order["_etag"], match_condition=MatchConditions.IfNotModified)
            return
        except CosmosAccessConditionFailedError:
            time.sleep(attempt)


def enroll(people: TableClient, key: str, course: str) -> None:
    person = people.get_entity("people", key)
    person["courses"] = f"{person['courses']},{course}"
    for attempt in range(3):
        try:
            people.update_entity(  # bad: CL301
                person, etag=person.metadata["etag"], match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            time.sleep(attempt)


# good: handed to the caller
def enroll_once(people: TableClient, key: str, course: str) -> bool:
    person = people.get_entity("people", key)
    person["courses"] = f"{person['courses']},{course}"
    try:
        people.update_entity(
            person, etag=person.metadata["etag"], match_condition=MatchConditions.IfNotModified
        )
    except ResourceModifiedError:
        return False
    return True


def add_tag(search: Elasticsearch, number: str, tag: str) -> None:
    found = search.get(index="orders", id=number)
    tags = [*found["_source"]["tags"], tag]
    for attempt in range(3):
        try:
            search.update(  # bad: CL301
                index="orders",
                id=number,
                doc={"tags": tags},
                if_seq_no=found["_seq_no"],
                if_primary_term=found["_primary_term"],
            )
            return
        except ConflictError:
            time.sleep(attempt)


# good: read again
def add_tag_as_it_is(search: Elasticsearch, number: str, tag: str) -> None:
    for attempt in range(3):
        found = search.get(index="orders", id=number)
        try:
            search.update(
                index="orders",
                id=number,
                doc={"tags": [*found["_source"]["tags"], tag]},
                if_seq_no=found["_seq_no"],
                if_primary_term=found["_primary_term"],
            )
            return
        except ConflictError:
            time.sleep(attempt)


def append(file: DataLakeFileClient, line: str) -> None:
    found = file.download_file()
    text = found.readall().decode() + line
    for attempt in range(5):
        try:
            file.upload_data(  # bad: CL301
                text, overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
            )
            return
        except ResourceModifiedError:
            time.sleep(attempt)


def set_phase(api: CustomObjectsApi, name: str, phase: str) -> None:
    job = api.get_namespaced_custom_object("example.org", "v1", "jobs", "jobs", name)
    job["spec"]["phase"] = phase
    for attempt in range(5):
        try:
            api.replace_namespaced_custom_object("example.org", "v1", "jobs", "jobs", name, job)  # bad: CL301
            return
        except ApiException as error:
            if error.status != 409:
                raise
            time.sleep(attempt)


# good: errors that pass
def set_phase_patiently(api: CustomObjectsApi, name: str, phase: str) -> None:
    job = api.get_namespaced_custom_object("example.org", "v1", "jobs", "jobs", name)
    job["spec"]["phase"] = phase
    for attempt in range(5):
        try:
            api.replace_namespaced_custom_object("example.org", "v1", "jobs", "jobs", name, job)
            return
        except ApiException as error:
            if error.status != 429:
                raise
            time.sleep(attempt)
