"""Rows that are inserted twice: the client makes up their ids for each call."""

from __future__ import annotations

import time

from google.api_core.exceptions import ServiceUnavailable, TooManyRequests
from google.cloud import bigquery
from tenacity import retry, retry_if_exception_type, stop_after_attempt

warehouse = bigquery.Client()


@retry(stop=stop_after_attempt(3))
def add(table: str, rows: list[dict]) -> list:
    return warehouse.insert_rows_json(table, rows)  # bad: CL201


def add_in_a_loop(table: str, rows: list[dict]) -> None:
    for attempt in range(3):
        try:
            warehouse.insert_rows_json(table, rows)  # bad: CL201
            return
        except ServiceUnavailable:
            time.sleep(attempt)


# good: a token is passed
@retry(stop=stop_after_attempt(3))
def add_once(table: str, rows: list[dict]) -> list:
    return warehouse.insert_rows_json(table, rows, row_ids=[row["id"] for row in rows])


# good: nothing was done
@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(TooManyRequests))
def add_slowly(table: str, rows: list[dict]) -> list:
    return warehouse.insert_rows_json(table, rows)


# good: not repeated
def add_all(table: str, batches: list[list[dict]]) -> None:
    for rows in batches:
        try:
            warehouse.insert_rows_json(table, rows)
        except ServiceUnavailable:
            continue
