"""The operations are handed on: partial applications, executors, threads, generic callers, closures."""

from __future__ import annotations

import asyncio
import functools
import json
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
pool = ThreadPoolExecutor(2)


def with_partial(bucket: str, key: str, tag: str) -> None:
    read = functools.partial(s3.get_object, Bucket=bucket, Key=key)
    write = functools.partial(s3.put_object, Bucket=bucket, Key=key)
    response = read()
    tags = json.loads(response["Body"].read())
    write(Body=json.dumps([*tags, tag]), IfMatch=response["ETag"])  # bad: CL101


# good: guarded
def with_guarded_partial(bucket: str, key: str, tag: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    write = functools.partial(s3.put_object, Bucket=bucket, Key=key, IfMatch=response["ETag"])
    tags = json.loads(response["Body"].read())
    write(Body=json.dumps([*tags, tag]))


async def in_executor(bucket: str, key: str, tag: str) -> None:
    loop = asyncio.get_running_loop()
    response = await loop.run_in_executor(None, lambda: s3.get_object(Bucket=bucket, Key=key))
    tags = json.loads(response["Body"].read())
    tags.append(tag)
    body = json.dumps(tags)
    write = functools.partial(s3.put_object, Bucket=bucket, Key=key, Body=body)
    await loop.run_in_executor(None, write)  # bad: CL101


# good: another resource
async def copy_in_executor(bucket: str, key: str) -> None:
    loop = asyncio.get_running_loop()
    response = await loop.run_in_executor(None, lambda: s3.get_object(Bucket=bucket, Key=key))
    body = response["Body"].read()
    await loop.run_in_executor(None, functools.partial(s3.put_object, Bucket=bucket, Key=key + ".bak", Body=body))


async def in_thread(bucket: str, key: str, tag: str) -> None:
    response = await asyncio.to_thread(s3.get_object, Bucket=bucket, Key=key)
    tags = json.loads(response["Body"].read())
    tags.append(tag)
    await asyncio.to_thread(s3.put_object, Bucket=bucket, Key=key, Body=json.dumps(tags), IfMatch=response["ETag"])  # bad: CL101


# good: guarded
async def guarded_in_thread(bucket: str, key: str, tag: str) -> None:
    response = await asyncio.to_thread(s3.get_object, Bucket=bucket, Key=key)
    tags = json.loads(response["Body"].read())
    tags.append(tag)
    etag = response["ETag"]
    await asyncio.to_thread(s3.put_object, Bucket=bucket, Key=key, Body=json.dumps(tags), IfMatch=etag)


def in_pool(bucket: str, key: str, tag: str) -> None:
    future = pool.submit(s3.get_object, Bucket=bucket, Key=key)
    tags = json.loads(future.result()["Body"].read())
    tags.append(tag)
    pool.submit(s3.put_object, Bucket=bucket, Key=key, Body=json.dumps(tags)).result()  # bad: CL101


# good: nothing written back
def prefetch_in_pool(bucket: str, key: str, body: bytes) -> bytes:
    future = pool.submit(s3.get_object, Bucket=bucket, Key=key)
    old = future.result()["Body"].read()
    pool.submit(s3.put_object, Bucket=bucket, Key=key, Body=body).result()
    return old


def call(operation, *args, tries: int = 3, **kwargs):
    for _ in range(tries):
        try:
            return operation(*args, **kwargs)
        except ClientError:
            time.sleep(1)
    return operation(*args, **kwargs)


def through_caller(bucket: str, key: str, tag: str) -> None:
    where = {"Bucket": bucket, "Key": key}
    response = call(s3.get_object, **where)
    tags = json.loads(response["Body"].read())
    call(s3.put_object, Body=json.dumps(tags + [tag]), **where, IfMatch=response["ETag"])  # bad: CL101


# good: guarded
def guarded_through_caller(bucket: str, key: str, tag: str) -> None:
    where = {"Bucket": bucket, "Key": key}
    response = call(s3.get_object, **where)
    tags = json.loads(response["Body"].read())
    where["IfMatch"] = response["ETag"]
    call(s3.put_object, Body=json.dumps(tags + [tag]), **where)


def through_lambda(bucket: str, key: str, tag: str) -> None:
    tags = json.loads(call(lambda: s3.get_object(Bucket=bucket, Key=key))["Body"].read())
    tags.append(tag)
    call(lambda: s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(tags)))  # bad: CL101


def edit(bucket: str, key: str, change) -> None:
    """The change is a function; what it is given comes back in what it returns."""
    response = s3.get_object(Bucket=bucket, Key=key)
    document = json.loads(response["Body"].read())
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(change(document)), IfMatch=response["ETag"])  # bad: CL101


def editor(bucket: str, key: str):
    """Two closures over one resource, called by whoever gets them."""

    def load() -> dict:
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def save(document: dict) -> None:
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document))  # bad: CL101

    return load, save


def rename(bucket: str, key: str, name: str) -> None:
    load, save = editor(bucket, key)
    document = load()
    document["name"] = name
    save(document)


def later(bucket: str, key: str, add) -> None:
    state: dict = {}

    def start() -> None:
        state["items"] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def finish() -> None:
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(state["items"]))  # bad: CL101

    start()
    state["items"].append(add)
    finish()


def counted() -> None:
    total = 0

    def load() -> None:
        nonlocal total
        total = int(s3.get_object(Bucket="metrics", Key="total")["Body"].read())

    load()
    s3.put_object(Bucket="metrics", Key="total", Body=str(total + 1))  # bad: CL101


def by_attribute(bucket: str, key: str, tag: str) -> None:
    response = getattr(s3, "get_object")(Bucket=bucket, Key=key)
    tags = json.loads(response["Body"].read())
    getattr(s3, "put_object")(Bucket=bucket, Key=key, Body=json.dumps(tags + [tag]), IfMatch=response["ETag"])  # bad: CL101


def _call_s3(method: str, **kwargs):
    return getattr(s3, method)(**kwargs)


def by_method_name(bucket: str, key: str, tag: str) -> None:
    tags = json.loads(_call_s3("get_object", Bucket=bucket, Key=key)["Body"].read())
    _call_s3("put_object", Bucket=bucket, Key=key, Body=json.dumps(tags + [tag]))  # bad: CL101


STATE: dict = {}


def load_global() -> None:
    global STATE
    STATE = json.loads(s3.get_object(Bucket="b", Key="state")["Body"].read())


def bump_global() -> None:
    load_global()
    STATE["n"] += 1
    s3.put_object(Bucket="b", Key="state", Body=json.dumps(STATE))  # bad: CL101


OPERATIONS = {"read": s3.get_object, "write": s3.put_object}


def by_name(bucket: str, key: str, tag: str) -> None:
    tags = json.loads(OPERATIONS["read"](Bucket=bucket, Key=key)["Body"].read())
    body = json.dumps(tags + [tag])
    OPERATIONS["write"](Bucket=bucket, Key=key, Body=body)  # known-miss: CL101 no word of the SDK in this function
