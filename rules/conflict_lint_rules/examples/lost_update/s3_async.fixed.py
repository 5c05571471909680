"""Clients that live in ``async with``: aioboto3 and aiobotocore."""

from __future__ import annotations

import contextlib
import json

import aioboto3
from aiobotocore.session import get_session
import functools
import operator
from boto3.dynamodb.conditions import Attr

session = aioboto3.Session()


async def add_subscriber(bucket: str, address: str) -> None:
    async with session.client("s3") as s3:
        response = await s3.get_object(Bucket=bucket, Key="subscribers.json")
        subscribers = json.loads(await response["Body"].read())
        subscribers.append(address)
        await s3.put_object(Bucket=bucket, Key="subscribers.json", Body=json.dumps(subscribers), IfMatch=response["ETag"])  # bad: CL101


# good: guarded
async def add_subscriber_guarded(bucket: str, address: str) -> None:
    async with session.client("s3") as s3:
        response = await s3.get_object(Bucket=bucket, Key="subscribers.json")
        subscribers = json.loads(await response["Body"].read())
        subscribers.append(address)
        await s3.put_object(
            Bucket=bucket, Key="subscribers.json", Body=json.dumps(subscribers), IfMatch=response["ETag"]
        )


async def count_download(bucket: str, package: str) -> None:
    async with get_session().create_client("s3", region_name="eu-west-1") as client:
        response = await client.get_object(Bucket=bucket, Key=f"{package}/downloads")
        async with response["Body"] as stream:
            count = int(await stream.read())
        await client.put_object(Bucket=bucket, Key=f"{package}/downloads", Body=str(count + 1), IfMatch=response["ETag"])  # bad: CL101


async def mark_done(bucket: str, job: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        s3 = await stack.enter_async_context(session.client("s3"))
        response = await s3.get_object(Bucket=bucket, Key="jobs.json")
        jobs = json.loads(await response["Body"].read())
        jobs[job]["state"] = "done"
        await s3.put_object(Bucket=bucket, Key="jobs.json", Body=json.dumps(jobs), IfMatch=response["ETag"])  # bad: CL101


async def rename(table_name: str, user: str, name: str) -> None:
    async with session.resource("dynamodb") as dynamodb:
        table = await dynamodb.Table(table_name)
        response = await table.get_item(Key={"pk": user})
        seen = response.get("Item", {})
        conditions = [
            Attr(attribute).eq(seen[attribute]) if attribute in seen else Attr(attribute).not_exists()
            for attribute in {"pk", "name", *seen}
        ]
        unchanged = functools.reduce(operator.and_, conditions)
        item = response["Item"]
        item["name"] = name
        await table.put_item(Item=item, ConditionExpression=unchanged)  # bad: CL101


# good: lock held
async def mark_failed(bucket: str, job: str, lock) -> None:
    async with lock, session.client("s3") as s3:
        response = await s3.get_object(Bucket=bucket, Key="jobs.json")
        jobs = json.loads(await response["Body"].read())
        jobs[job]["state"] = "failed"
        await s3.put_object(Bucket=bucket, Key="jobs.json", Body=json.dumps(jobs))
