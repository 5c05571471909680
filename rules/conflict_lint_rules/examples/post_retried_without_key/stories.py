"""A policy that sends an order again, declared far from the order."""

from __future__ import annotations

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry


class Shop:
    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        retry = Retry(total=5, status_forcelist=[502, 503], allowed_methods=["GET", "PUT", "POST"])  # bad: CL205
        self.session.mount("https://", HTTPAdapter(max_retries=retry))

    def order(self, basket: dict) -> dict:
        return self.session.post(f"{self.url}/orders", json=basket).json()

    def replace(self, number: str, basket: dict) -> None:
        self.session.put(f"{self.url}/orders/{number}", json=basket)


class CarefulShop(Shop):
    # good: no POST
    def __init__(self, url: str) -> None:
        super().__init__(url)
        retry = Retry(total=5, status_forcelist=[502, 503], allowed_methods=["GET", "PUT"])
        self.session.mount("https://", HTTPAdapter(max_retries=retry))
