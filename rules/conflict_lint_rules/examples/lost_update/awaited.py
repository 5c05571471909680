"""Reads and writes awaited one by one, gathered, as tasks, and in threads."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import boto3

s3 = boto3.client("s3")


async def gathered(client, bucket: str) -> None:
    async def read(key: str) -> dict:
        return json.loads(await (await client.get_object(Bucket=bucket, Key=key))["Body"].read())

    users, groups = await asyncio.gather(read("users.json"), read("groups.json"))
    users["groups"] = len(groups)
    await client.put_object(Bucket=bucket, Key="users.json", Body=json.dumps(users))  # bad: CL101


# good: another resource
async def gathered_other(client, bucket: str) -> None:
    async def read(key: str) -> dict:
        return json.loads(await (await client.get_object(Bucket=bucket, Key=key))["Body"].read())

    users, groups = await asyncio.gather(read("users.json"), read("groups.json"))
    await client.put_object(Bucket=bucket, Key="groups.json", Body=json.dumps({"of": users, "n": len(groups)}))


async def tasked(client, bucket: str, key: str) -> None:
    async def read() -> dict:
        return json.loads(await (await client.get_object(Bucket=bucket, Key=key))["Body"].read())

    task = asyncio.create_task(read())
    document = await task
    document["n"] += 1
    await asyncio.wait_for(client.put_object(Bucket=bucket, Key=key, Body=json.dumps(document)), 5)  # bad: CL101


def in_all_threads(bucket: str, keys: list[str]) -> None:
    def one(key: str) -> None:
        document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        document["seen"] = True
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document))  # bad: CL101

    with ThreadPoolExecutor() as pool:
        list(pool.map(one, keys))


async def gather(client, bucket: str, keys: list[str]) -> None:
    async def one(key: str) -> None:
        response = await client.get_object(Bucket=bucket, Key=key)
        document = json.loads(await response["Body"].read())
        document["seen"] = True
        await client.put_object(Bucket=bucket, Key=key, Body=json.dumps(document))  # bad: CL101

    await asyncio.gather(*(one(key) for key in keys))


async def stream(client, bucket: str, key: str, extra: bytes) -> None:
    response = await client.get_object(Bucket=bucket, Key=key)
    chunks = [chunk async for chunk in response["Body"].iter_chunks()]
    await client.put_object(Bucket=bucket, Key=key, Body=b"".join([*chunks, extra]))  # bad: CL101
