"""Objects of Kubernetes and tables of BigQuery that are created again and again."""

from __future__ import annotations

import time

from google.api_core.exceptions import Conflict
from google.cloud import bigquery
from kubernetes import client
from kubernetes.client.rest import ApiException
from tenacity import retry, retry_if_exception, stop_after_attempt

core = client.CoreV1Api()
warehouse = bigquery.Client()


@retry(stop=stop_after_attempt(3))
def configure(name: str, namespace: str, values: dict) -> None:
    core.create_namespaced_config_map(namespace, {"metadata": {"name": name}, "data": values})  # bad: CL303


@retry(stop=stop_after_attempt(3))
def configure_object(name: str, namespace: str, values: dict) -> None:
    body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name), data=values)
    core.create_namespaced_config_map(namespace, body)  # bad: CL303


def start(namespace: str, pod: dict) -> None:
    for _ in range(5):
        try:
            core.create_namespaced_pod(namespace, pod)  # bad: CL303
            return
        except ApiException as error:
            if error.status not in (409, 500):
                raise


@retry(stop=stop_after_attempt(3))
def make_table(name: str) -> None:
    warehouse.create_table(bigquery.Table(name))  # bad: CL303


def make_dataset(name: str) -> None:
    for attempt in range(5):
        try:
            warehouse.create_dataset(name)  # bad: CL303
            return
        except Conflict:
            time.sleep(attempt)


# good: taken as success
@retry(stop=stop_after_attempt(3))
def ensure_table(name: str) -> None:
    warehouse.create_table(bigquery.Table(name), exists_ok=True)


# good: another name each time
@retry(stop=stop_after_attempt(3))
def start_somewhere(namespace: str, prefix: str) -> None:
    core.create_namespaced_pod(namespace, {"metadata": {"generateName": prefix}})


# good: another name each time
@retry(stop=stop_after_attempt(3))
def start_what_is_given(namespace: str, pod: dict) -> None:
    core.create_namespaced_pod(namespace, pod)


# good: waits for a deletion
def start_when_possible(namespace: str, pod: dict) -> None:
    for _ in range(60):
        try:
            core.create_namespaced_pod(namespace, pod)
            return
        except ApiException as error:
            if error.status != 409:
                raise
            time.sleep(5)


# good: errors that pass
@retry(stop=stop_after_attempt(3), retry=retry_if_exception(lambda e: isinstance(e, ApiException) and e.status >= 500))
def configure_patiently(name: str, namespace: str, values: dict) -> None:
    core.create_namespaced_config_map(namespace, {"metadata": {"name": name}, "data": values})
