"""Documents behind HTTP: whether the server knows ETags is out of sight."""

from __future__ import annotations

from typing import Any

import aiohttp
import httpx
import requests


def add_member(url: str, member: str) -> None:
    team = requests.get(url, timeout=10).json()
    team["members"].append(member)
    requests.put(url, json=team, timeout=10)  # bad: CL106


# good: guarded
def add_member_once(url: str, member: str) -> None:
    response = requests.get(url, timeout=10)
    team = response.json()
    team["members"].append(member)
    requests.put(url, json=team, headers={"If-Match": response.headers["ETag"]}, timeout=10)


# good: guarded
def add_member_with(url: str, member: str, headers: dict[str, str]) -> None:
    team = requests.get(url, timeout=10).json()
    team["members"].append(member)
    requests.put(url, json=team, headers=headers, timeout=10)


def count(client: httpx.Client, page: str) -> None:
    response = client.get(f"/pages/{page}")
    response.raise_for_status()
    client.put(f"/pages/{page}", json={"visits": response.json()["visits"] + 1})  # bad: CL106


async def rename(url: str, name: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            document = await response.json()
        document["name"] = name
        async with session.put(url, json=document) as response:  # bad: CL106
            response.raise_for_status()


# good: another resource
def copy(session: requests.Session, old: str, new: str) -> None:
    session.put(new, json=session.get(old).json())


# good: compared only
def publish(session: requests.Session, url: str, page: str) -> None:
    if session.get(url).text != page:
        session.put(url, data=page)


# good: declared whole
def ask(method: str, url: str, data: Any = None) -> Any:
    if method == "get":
        return requests.get(url, timeout=10).json()
    return requests.put(url, json=data, timeout=10).json()


def replace(url: str, key: str) -> None:
    document = ask("get", url)
    document["key"] = key
    ask("put", url, document)
