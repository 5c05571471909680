"""Weak keys of payments, of plain HTTP requests and of rows."""

from __future__ import annotations

import random
import time
import uuid

import requests
import stripe
from google.cloud import bigquery


def charge(amount: int) -> None:
    stripe.Charge.create(amount=amount, currency="eur", idempotency_key=str(time.time()))  # bad: CL204


def refund(charge_id: str) -> None:
    key = f"refund-{random.randint(0, 1000)}"  # bad: CL204
    stripe.Refund.create(charge=charge_id, idempotency_key=key)


def enlist(client: stripe.StripeClient, customer: dict) -> None:
    client.v1.customers.create(customer, options={"idempotency_key": str(int(time.time()))})  # bad: CL204


def order(session: requests.Session, url: str, basket: dict) -> None:
    headers = {"Authorization": "secret", "Idempotency-Key": str(time.time())}  # bad: CL204
    session.post(url, json=basket, headers=headers)


def stream(client: bigquery.Client, table: str, rows: list[dict]) -> None:
    client.insert_rows_json(table, rows, row_ids=[str(time.time()) for _ in rows])  # bad: CL204


# good: long and random
def charge_once(amount: int) -> None:
    stripe.Charge.create(amount=amount, currency="eur", idempotency_key=str(uuid.uuid4()))


# good: named after the thing
def order_named(url: str, basket: dict) -> None:
    requests.post(url, json=basket, headers={"Idempotency-Key": f"order-{basket['id']}"})


# good: not a token
def order_dated(url: str, basket: dict) -> None:
    headers = {"Idempotency-Key": f"order-{basket['id']}", "Date": str(time.time())}
    requests.post(url, json=basket, headers=headers)
