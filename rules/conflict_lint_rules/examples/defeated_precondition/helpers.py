"""Versions that are read too late, through helpers and objects, and such that are kept in time."""

from __future__ import annotations

import json

import boto3

s3 = boto3.client("s3")
firewall = boto3.client("wafv2")


def current(bucket: str, key: str) -> str:
    return s3.head_object(Bucket=bucket, Key=key)["ETag"]


def load(bucket: str, key: str) -> dict:
    return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def count(bucket: str, key: str) -> None:
    counters = load(bucket, key)
    counters["n"] += 1
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(counters), IfMatch=current(bucket, key))  # bad: CL103


def count_by_request(bucket: str, key: str) -> None:
    counters = load(bucket, key)
    counters["n"] += 1
    request = {"Bucket": bucket, "Key": key, "Body": json.dumps(counters)}
    request["IfMatch"] = current(bucket, key)
    s3.put_object(**request)  # bad: CL103


class Counters:
    def __init__(self, bucket: str, key: str) -> None:
        self.client = boto3.client("s3")
        self.bucket, self.key = bucket, key

    def add(self, name: str) -> None:
        counters = json.loads(self.client.get_object(Bucket=self.bucket, Key=self.key)["Body"].read())
        counters[name] = counters.get(name, 0) + 1
        version = self.client.head_object(Bucket=self.bucket, Key=self.key)["ETag"]
        self.client.put_object(  # bad: CL103
            Bucket=self.bucket, Key=self.key, Body=json.dumps(counters), IfMatch=version
        )

    # good: one reply
    def add_guarded(self, name: str) -> None:
        reply = self.client.get_object(Bucket=self.bucket, Key=self.key)
        counters = json.loads(reply["Body"].read())
        counters[name] = counters.get(name, 0) + 1
        self.client.put_object(
            Bucket=self.bucket, Key=self.key, Body=json.dumps(counters), IfMatch=reply["ETag"]
        )


def block(name: str, identifier: str, address: str) -> None:
    addresses = firewall.get_ip_set(Name=name, Scope="REGIONAL", Id=identifier)["IPSet"]["Addresses"]
    addresses.append(address)
    token = firewall.get_ip_set(Name=name, Scope="REGIONAL", Id=identifier)["LockToken"]
    firewall.update_ip_set(  # bad: CL103
        Name=name, Scope="REGIONAL", Id=identifier, Addresses=addresses, LockToken=token
    )


# good: one reply
def block_guarded(name: str, identifier: str, address: str) -> None:
    found = firewall.get_ip_set(Name=name, Scope="REGIONAL", Id=identifier)
    addresses = [*found["IPSet"]["Addresses"], address]
    firewall.update_ip_set(
        Name=name, Scope="REGIONAL", Id=identifier, Addresses=addresses, LockToken=found["LockToken"]
    )


# good: declared
def declare_addresses(name: str, identifier: str, addresses: list[str]) -> None:
    token = firewall.get_ip_set(Name=name, Scope="REGIONAL", Id=identifier)["LockToken"]
    firewall.update_ip_set(Name=name, Scope="REGIONAL", Id=identifier, Addresses=addresses, LockToken=token)


# good: the older version
def count_with_the_version_first(bucket: str, key: str) -> None:
    version = current(bucket, key)
    counters = load(bucket, key)
    counters["n"] += 1
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(counters), IfMatch=version)
