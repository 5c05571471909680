"""Versions that stand in for those that no read has answered."""

from __future__ import annotations

import json

import boto3
from azure.core import MatchConditions
from azure.cosmos import ContainerProxy
from elasticsearch import Elasticsearch
from google.cloud import storage

s3 = boto3.client("s3")


def ship(search: Elasticsearch, number: str) -> None:
    found = search.get(index="orders", id=number)
    search.update(  # bad: CL103
        index="orders",
        id=number,
        body={"doc": {"shipped": True}},
        if_seq_no=found.get("_seq_no", 1),
        if_primary_term=found.get("_primary_term", 1),
    )


def ship_with_parameters(search: Elasticsearch, number: str) -> None:
    found = search.get(index="orders", id=number)
    params = {"if_seq_no": found.get("_seq_no", 1), "if_primary_term": found.get("_primary_term", 1)}
    search.update(index="orders", id=number, body={"doc": {"shipped": True}}, params=params)  # bad: CL103


def ship_item(orders: ContainerProxy, number: str) -> None:
    order = orders.read_item(number, number)
    etag = order.get("_etag", "0")
    orders.replace_item(  # bad: CL103
        number, {**order, "shipped": True}, etag=etag, match_condition=MatchConditions.IfNotModified
    )


# good: one reply
def ship_known(search: Elasticsearch, number: str) -> None:
    found = search.get(index="orders", id=number)
    search.update(
        index="orders",
        id=number,
        body={"doc": {"shipped": True}},
        if_seq_no=found["_seq_no"],
        if_primary_term=found["_primary_term"],
    )


# good: creates where nothing is
def count(bucket: str, name: str) -> None:
    blob = storage.Client().bucket(bucket).get_blob(name)
    counts = json.loads(blob.download_as_bytes()) if blob else {"runs": 0}
    counts["runs"] += 1
    generation = blob.generation if blob else 0
    storage.Client().bucket(bucket).blob(name).upload_from_string(json.dumps(counts), if_generation_match=generation)


# good: none sent
def store(bucket: str, key: str, text: str) -> None:
    found = s3.head_object(Bucket=bucket, Key=key)
    s3.put_object(Bucket=bucket, Key=key, Body=text, IfMatch=found.get("ETag", ""))


# good: one reply
def lower_threshold(check: str) -> None:
    found = boto3.client("route53").get_health_check(HealthCheckId=check)["HealthCheck"]
    boto3.client("route53").update_health_check(
        HealthCheckId=check, HealthCheckVersion=found.get("HealthCheckVersion", 1), FailureThreshold=1
    )
