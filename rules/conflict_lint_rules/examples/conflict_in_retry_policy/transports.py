"""What HTTP sessions and SDK clients are told to send again by themselves."""

from __future__ import annotations

import requests
from aiohttp_retry import ExponentialRetry
from azure.core.pipeline.policies import RetryPolicy
from azure.storage.blob import BlobServiceClient
from elasticsearch import Elasticsearch
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

PASSING = [429, 500, 502, 503, 504]


def session() -> requests.Session:
    retry = Retry(total=5, backoff_factor=1, status_forcelist=[409, 429, 503])  # bad: CL302
    made = requests.Session()
    made.mount("https://", HTTPAdapter(max_retries=retry))
    return made


def writing_session() -> requests.Session:
    made = requests.Session()
    retry = Retry(
        total=3,
        status_forcelist=[
            429,
            412,  # bad: CL302
            503,
        ],
        allowed_methods={"GET", "PUT"},
    )
    made.mount("https://", HTTPAdapter(max_retries=retry))
    return made


def both() -> Retry:
    return Retry(
        total=3,
        allowed_methods=["PUT", "DELETE"],
        status_forcelist=(
            409,  # bad: CL302
            412,  # bad: CL302
            500,
            503,
        ),
    )


def blobs(url: str, credential: object) -> BlobServiceClient:
    return BlobServiceClient(url, credential=credential, retry_on_status_codes=[408, 412])  # bad: CL302


def policy() -> RetryPolicy:
    return RetryPolicy(retry_total=4, retry_on_status_codes={409, 503})  # bad: CL302


def search(url: str) -> Elasticsearch:
    return Elasticsearch(url, retry_on_status=(429, 409, 503), max_retries=5)  # bad: CL302


def patient_session() -> ExponentialRetry:
    return ExponentialRetry(attempts=5, statuses={409, 500}, methods={"PUT", "DELETE"})  # bad: CL302


class Client:
    RETRIED = frozenset({409, 503})  # bad: CL302

    def retry(self) -> Retry:
        return Retry(total=3, status_forcelist=self.RETRIED)


# good: only reads
def reading_session() -> Retry:
    return Retry(total=5, status_forcelist=[409, 429, 503], allowed_methods=["GET", "HEAD"])


# good: only reads
def reading_policy() -> RetryPolicy:
    return RetryPolicy(retry_on_status_codes=[409], retry_on_methods=["GET"])


# good: errors that pass
def session_of_a_busy_server() -> Retry:
    """The only status that is listed: the server answers it for as long as it is at work."""
    return Retry(total=10, backoff_factor=0.5, status_forcelist=[409], allowed_methods=["GET", "PUT", "DELETE"])


# good: errors that pass
def usual_session() -> Retry:
    return Retry(total=5, status_forcelist=PASSING)


# good: out of sight
def configured_session(settings: dict) -> Retry:
    return Retry(total=5, status_forcelist=[412], **settings)


# good: out of sight
def told_session(statuses: list[int]) -> Retry:
    return Retry(total=5, status_forcelist=statuses)
