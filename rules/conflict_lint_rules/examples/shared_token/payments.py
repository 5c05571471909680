"""Keys of payments, of plain HTTP requests and of machines, shared by requests that differ."""

from __future__ import annotations

import uuid

import httpx
import requests
import stripe
from google.cloud import compute_v1

RUN = str(uuid.uuid4())  # bad: CL203


def charge(amount: int) -> None:
    stripe.Charge.create(amount=amount, currency="eur", idempotency_key="charge")  # bad: CL203


def pay_out(amount: int) -> None:
    stripe.Payout.create(amount=amount, currency="eur", idempotency_key=RUN)


def pay_all(amounts: list[int]) -> None:
    key = str(uuid.uuid4())  # bad: CL203
    for amount in amounts:
        stripe.PaymentIntent.create(amount=amount, currency="eur", idempotency_key=key)


def order(url: str, basket: dict) -> None:
    requests.post(url, json=basket, headers={"Idempotency-Key": "order"})  # bad: CL203


def order_all(client: httpx.Client, url: str, baskets: list[dict]) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}  # bad: CL203
    for basket in baskets:
        client.post(url, json=basket, headers=headers)


def start_all(client: compute_v1.InstancesClient, project: str, zone: str, machines: list) -> None:
    request_id = str(uuid.uuid4())  # bad: CL203
    for machine in machines:
        request = compute_v1.InsertInstanceRequest(
            project=project, zone=zone, instance_resource=machine, request_id=request_id
        )
        client.insert(request=request)


# good: derived from the item
def charge_for(order_id: str, amount: int) -> None:
    stripe.Charge.create(amount=amount, currency="eur", idempotency_key=f"charge-{order_id}")


# good: one for each request
def order_each(url: str, baskets: list[dict]) -> None:
    for basket in baskets:
        requests.post(url, json=basket, headers={"Idempotency-Key": str(uuid.uuid4())})


# good: one for each request
def start_each(client: compute_v1.InstancesClient, project: str, zone: str, machines: list) -> None:
    for machine in machines:
        request = compute_v1.InsertInstanceRequest(
            project=project, zone=zone, instance_resource=machine, request_id=str(uuid.uuid4())
        )
        client.insert(request=request)


# good: given by the caller
def order_under(url: str, basket: dict, key: str) -> None:
    requests.post(url, json=basket, headers={"Idempotency-Key": key})
