"""Documents in Elasticsearch and OpenSearch."""

from __future__ import annotations

from typing import Any

from elasticsearch import AsyncElasticsearch, Elasticsearch
from opensearchpy import OpenSearch


def rename(client: Elasticsearch, user: str, name: str) -> None:
    found = client.get(index="users", id=user)
    document = found["_source"]
    document["names"].append(name)
    client.index(index="users", id=user, document=document)  # bad: CL101


# good: guarded
def rename_once(client: Elasticsearch, user: str, name: str) -> None:
    found = client.get(index="users", id=user)
    document = found["_source"]
    document["names"].append(name)
    client.index(
        index="users",
        id=user,
        document=document,
        if_seq_no=found["_seq_no"],
        if_primary_term=found["_primary_term"],
    )


# good: guarded
def rename_through_parameters(client: OpenSearch, user: str, name: str) -> None:
    found = client.get(index="users", id=user)
    version = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
    client.index(index="users", id=user, body={**found["_source"], "name": name}, params=version)


async def count(client: AsyncElasticsearch, page: str) -> None:
    source = (await client.get(index="pages", id=page))["_source"]
    await client.update(index="pages", id=page, doc={"visits": source["visits"] + 1})  # bad: CL101


# good: computed by the service
def count_there(client: Elasticsearch, page: str) -> None:
    client.update(index="pages", id=page, script={"source": "ctx._source.visits += 1"})


# good: another resource
def copy(client: Elasticsearch, page: str) -> None:
    found = client.get(index="pages", id=page)
    client.index(index="archive", id=page, document=found["_source"])


def add_tag(client: OpenSearch, page: str, tag: str) -> None:
    found = client.get("pages", page)
    tags = found["_source"]["tags"] + [tag]
    client.update("pages", page, body={"doc": {"tags": tags}})  # bad: CL101


# good: not a cloud
def add_tag_somewhere(client: Any, page: str, tag: str) -> None:
    found = client.get(index="pages", id=page)
    client.update(index="pages", id=page, body={"doc": {"tags": found["_source"]["tags"] + [tag]}})
