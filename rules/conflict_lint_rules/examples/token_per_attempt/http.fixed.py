"""Idempotency keys of HTTP requests, inside and outside of what is repeated."""

from __future__ import annotations

import time
import uuid

import httpx
import requests
from tenacity import retry, stop_after_attempt


class Shop:
    def __init__(self, url: str) -> None:
        self.url = url

    def order(self, basket: dict) -> dict:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        for attempt in range(3):
            try:
                return requests.post(f"{self.url}/orders", json=basket, headers=headers).json()  # bad: CL202
            except requests.Timeout:
                time.sleep(attempt)
        raise RuntimeError("not ordered")

    @retry(stop=stop_after_attempt(3))
    def pay(self, amount: int) -> None:
        requests.post(  # bad: CL202
            f"{self.url}/payments", json={"amount": amount}, headers={"Idempotency-Key": uuid.uuid4().hex}
        )

    def cancel(self, number: str) -> None:
        requests.delete(f"{self.url}/orders/{number}")

    # good: made outside
    def order_once(self, basket: dict) -> dict:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        for attempt in range(3):
            try:
                return requests.post(f"{self.url}/orders", json=basket, headers=headers).json()
            except requests.Timeout:
                time.sleep(attempt)
        raise RuntimeError("not ordered")

    # good: given by the caller
    @retry(stop=stop_after_attempt(3))
    def pay_once(self, key: str, amount: int) -> None:
        requests.post(f"{self.url}/payments", json={"amount": amount}, headers={"Idempotency-Key": key})

    # good: not repeated
    def pay_now(self, client: httpx.Client, amount: int) -> None:
        client.post("/payments", json={"amount": amount}, headers={"Idempotency-Key": str(uuid.uuid4())})
