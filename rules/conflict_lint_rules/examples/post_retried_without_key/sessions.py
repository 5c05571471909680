"""HTTP sessions that send requests again by themselves."""

from __future__ import annotations

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

UNSAFE = ["GET", "POST", "PUT", "DELETE"]


def session() -> requests.Session:
    made = requests.Session()
    retry = Retry(  # bad: CL205
        total=5, status_forcelist=[429, 500, 502, 503], allowed_methods=["GET", "POST", "PUT", "DELETE"]
    )
    made.mount("https://", HTTPAdapter(max_retries=retry))
    return made


def every_method() -> Retry:
    return Retry(total=3, backoff_factor=0.5, status_forcelist=(502, 503, 504), allowed_methods=None)  # bad: CL205


def older_spelling() -> Retry:
    return Retry(total=3, status_forcelist=[500], method_whitelist=False)  # bad: CL205


def from_constant() -> Retry:
    return Retry(total=3, allowed_methods=frozenset(UNSAFE))  # bad: CL205


class Client:
    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        policy = Retry(connect=3, read=3, allowed_methods={"GET", "PATCH", "POST"})  # bad: CL205
        self.session.mount(url, HTTPAdapter(max_retries=policy))


# good: the defaults
def usual_session() -> Retry:
    return Retry(total=5, backoff_factor=1, status_forcelist=[500, 502, 503])


# good: a client that only asks
def query_session() -> Retry:
    return Retry(total=5, status_forcelist=[502, 503], allowed_methods=["GET", "POST"])


# good: a client that only asks
def graph_session() -> Retry:
    return Retry(total=5, status_forcelist=[502, 503], allowed_methods=["POST"])


# good: no POST
def careful_session() -> Retry:
    return Retry(total=5, allowed_methods=["GET", "PUT", "DELETE"])


# good: out of sight
def told_session(methods: list[str]) -> Retry:
    return Retry(total=5, allowed_methods=methods)


# good: out of sight
def extended_session() -> Retry:
    return Retry(total=5, allowed_methods=Retry.DEFAULT_ALLOWED_METHODS | {"POST"})


# good: nothing is repeated
def single_session() -> Retry:
    return Retry(total=0, allowed_methods=None)
