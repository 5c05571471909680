"""Tables that are read, changed and written through a buffer or a file."""

from __future__ import annotations

import io
from typing import Any

import boto3
import pandas as pd

s3 = boto3.client("s3")


def load(bucket: str, key: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read()))


def append(bucket: str, key: str, rows: list[dict[str, Any]]) -> None:
    table = pd.concat([load(bucket, key), pd.DataFrame(rows)])
    buffer = io.StringIO()
    table.to_csv(buffer, index=False)
    s3.put_object(Bucket=bucket, Key=key, Body=buffer.getvalue())  # bad: CL101


def append_bytes(bucket: str, key: str, row: list[Any]) -> None:
    table = load(bucket, key)
    table.loc[len(table)] = row
    with io.BytesIO() as buffer:
        table.to_parquet(buffer)
        s3.put_object(Bucket=bucket, Key=key, Body=buffer.getvalue())  # bad: CL101


# good: another resource
def summarise(bucket: str, key: str) -> None:
    buffer = io.StringIO()
    load(bucket, key).describe().to_csv(buffer)
    s3.put_object(Bucket=bucket, Key=f"{key}.summary", Body=buffer.getvalue())


# good: compared only
def declare(bucket: str, key: str, rows: list[dict[str, Any]]) -> None:
    table = pd.DataFrame(rows)
    if len(load(bucket, key)) == len(table):
        return
    buffer = io.StringIO()
    table.to_csv(buffer, index=False)
    s3.put_object(Bucket=bucket, Key=key, Body=buffer.getvalue())
