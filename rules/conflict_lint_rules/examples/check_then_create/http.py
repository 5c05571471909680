"""Documents that are put to a URL because it answered 404. Whether the server knows conditions is out of sight."""

from __future__ import annotations

from http import HTTPStatus

import aiohttp
import httpx
import requests


def store(url: str, document: dict) -> None:
    answer = requests.get(url)
    if answer.status_code == 404:
        requests.put(url, json=document)  # bad: CL102


def store_after_head(session: requests.Session, url: str, document: bytes) -> None:
    if session.head(url).status_code != HTTPStatus.NOT_FOUND:
        raise FileExistsError(url)
    session.put(url, data=document)  # bad: CL102


def store_with_httpx(client: httpx.Client, url: str, document: dict) -> None:
    if client.get(url).status_code == httpx.codes.NOT_FOUND:
        client.put(url, json=document)  # bad: CL102


async def store_with_aiohttp(session: aiohttp.ClientSession, url: str, document: dict) -> None:
    async with session.get(url) as answer:
        if answer.status == 404:
            await session.put(url, json=document)  # bad: CL102


# good: guarded
def store_once(url: str, document: dict) -> None:
    answer = requests.get(url)
    if answer.status_code == 404:
        requests.put(url, json=document, headers={"If-None-Match": "*"})


# good: guard out of sight
def store_with_headers(url: str, document: dict, headers: dict) -> None:
    answer = requests.get(url)
    if answer.status_code == 404:
        requests.put(url, json=document, headers=headers)


# good: another resource
def store_beside(url: str, document: dict) -> None:
    answer = requests.get(url)
    if answer.status_code == 404:
        requests.put(f"{url}/versions/1", json=document)


# good: another resource
def store_after_search(url: str, name: str, document: dict) -> None:
    answer = requests.get(url, params={"name": name})
    if answer.status_code == 404:
        requests.put(url, json=document)


# good: not a check
def replace_what_is_there(url: str, document: dict) -> None:
    answer = requests.get(url)
    if answer.status_code == 200:
        requests.put(url, json=document)


# good: same content
def switch_on(url: str) -> None:
    answer = requests.get(url)
    if answer.status_code == 404:
        requests.put(url, data="on")


# good: same content
def declare(url: str, wanted: dict) -> None:
    """What is found is replaced by the same, too, where it differs."""
    answer = requests.get(url)
    if answer.status_code == 404:
        requests.put(url, json=wanted)
    elif answer.json() != wanted:
        requests.put(url, json=wanted)


def store_and_mark(url: str, document: dict) -> None:
    answer = requests.get(url)
    if answer.status_code == 404:
        requests.put(url, json=document)  # bad: CL102
    else:
        requests.put(url, json={"seen": True})


# good: own key
def store_by_digest(client: httpx.Client, url: str, content: bytes) -> None:
    import hashlib

    address = f"{url}/{hashlib.sha256(content).hexdigest()}"
    if client.head(address).status_code == 404:
        client.put(address, content=content)
