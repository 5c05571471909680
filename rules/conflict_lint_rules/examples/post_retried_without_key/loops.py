"""Orders that loops and decorators send again."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from urllib.parse import urlencode

import aiohttp
import backoff
import httpx
import requests
from tenacity import retry, retry_if_exception_type, stop_after_attempt

log = logging.getLogger(__name__)


class Shop:
    """A client of an API that changes things."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.headers = {"Authorization": f"Bearer {token}"}

    @retry(stop=stop_after_attempt(3))
    def order(self, basket: dict) -> dict:
        answer = requests.post(f"{self.url}/orders", json=basket, headers=self.headers)  # bad: CL205
        answer.raise_for_status()
        return answer.json()

    @backoff.on_exception(backoff.expo, requests.exceptions.RequestException, max_tries=5)
    def pay(self, number: str) -> None:
        requests.post(f"{self.url}/orders/{number}/payments", headers=self.headers).raise_for_status()  # bad: CL205

    def send(self, number: str, address: dict) -> dict:
        for attempt in range(5):
            try:
                return requests.post(f"{self.url}/parcels", json={"order": number, "to": address}).json()  # bad: CL205
            except requests.Timeout:
                time.sleep(attempt)
        raise RuntimeError(f"order {number} was not sent")

    def cancel(self, number: str) -> None:
        requests.delete(f"{self.url}/orders/{number}", headers=self.headers)

    @retry(stop=stop_after_attempt(3))
    def ask(self, method: str, path: str, body: dict) -> dict:
        answer = requests.request(method, f"{self.url}/{path}", json=body)  # known-miss: CL205 methods that callers name
        return answer.json()

    def refund(self, number: str) -> dict:
        for attempt in range(5):
            answer = requests.post(f"{self.url}/orders/{number}/refunds", json={})  # known-miss: CL205 repeated by status
            if answer.status_code < 500:
                return answer.json()
            time.sleep(attempt)
        raise RuntimeError(f"order {number} was not refunded")

    # good: errors that pass
    @retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(requests.exceptions.ConnectTimeout))
    def order_patiently(self, basket: dict) -> dict:
        return requests.post(f"{self.url}/orders", json=basket, headers=self.headers).json()

    # good: a client that only asks
    @retry(stop=stop_after_attempt(3))
    def log_in(self, name: str, secret: str) -> str:
        body = {"grant_type": "password", "username": name, "password": secret}
        return requests.post(f"{self.url}/token", data=body).json()["access_token"]

    # good: a client that only asks
    @retry(stop=stop_after_attempt(3))
    def log_in_with_form(self, name: str, secret: str) -> str:
        form = urlencode({"grant_type": "password", "username": name, "password": secret})
        return requests.post(f"{self.url}/token", data=form).json()["access_token"]

    # good: a client that only asks
    @retry(stop=stop_after_attempt(3))
    def find(self, words: str) -> list:
        return requests.post(f"{self.url}/products", data=json.dumps({"query": words, "size": 10})).json()

    @retry(stop=stop_after_attempt(3))
    def order_in_text(self, basket: dict) -> None:
        requests.post(f"{self.url}/orders", data=json.dumps({"basket": basket}))  # bad: CL205

    # good: known by its content
    @retry(stop=stop_after_attempt(3))
    def order_by_number(self, number: str, basket: dict) -> None:
        requests.post(f"{self.url}/orders", json={"external_id": number, "basket": basket}, headers=self.headers)

    # good: out of sight
    @retry(stop=stop_after_attempt(3))
    def order_with(self, basket: dict, headers: dict) -> None:
        requests.post(f"{self.url}/orders", json=basket, headers=headers)

    # good: out of sight
    @retry(stop=stop_after_attempt(3))
    def order_with_options(self, basket: dict, **options) -> None:
        requests.post(f"{self.url}/orders", json=basket, **options)

    # good: nothing is repeated
    def order_all(self, baskets: list[dict]) -> None:
        for basket in baskets:
            try:
                requests.post(f"{self.url}/orders", json=basket, headers=self.headers)
            except requests.RequestException:
                log.exception("not ordered")

    # good: handled inside
    @retry(stop=stop_after_attempt(3))
    def order_if_possible(self, basket: dict) -> None:
        try:
            requests.post(f"{self.url}/orders", json=basket, headers=self.headers)
        except requests.RequestException:
            log.exception("not ordered")


class Warehouse:
    """The same with a client of its own."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url)

    def book(self, item: str, count: int) -> None:
        while True:
            try:
                self.client.post("/bookings", json={"item": item, "count": count})  # bad: CL205
                break
            except httpx.TransportError:
                time.sleep(1)

    def rename(self, item: str, name: str) -> None:
        self.client.patch(f"/items/{item}", json={"name": name})


    # good: looks first
    def publish(self, item: str, rows: list[dict]) -> None:
        while True:
            try:
                url = f"/items/{item}/rows"
                known = self.client.get(url).json()["count"]
                self.client.post(url, json={"rows": rows[known:]})
                break
            except httpx.TransportError:
                time.sleep(1)


async def notify(session: aiohttp.ClientSession, url: str, text: str) -> None:
    for attempt in range(3):
        try:
            await session.post(f"{url}/messages", json={"text": text})  # bad: CL205
            return
        except (aiohttp.ClientError, asyncio.TimeoutError):
            await asyncio.sleep(attempt)


async def forget(session: aiohttp.ClientSession, url: str, message: str) -> None:
    await session.delete(f"{url}/messages/{message}")


# good: a client that only asks
def find(questions: httpx.Client, text: str) -> dict:
    for attempt in range(3):
        try:
            return questions.post("/search", json={"query": text}).json()
        except httpx.TransportError:
            time.sleep(attempt)
    return {}
