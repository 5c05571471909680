"""The latest version fetched only to put old data under it, as others met and told it."""

from __future__ import annotations

from kubernetes import client
from kubernetes.client.exceptions import ApiException

core = client.CoreV1Api()


def set_value(name: str, namespace: str, key: str, value: str) -> None:
    """What somebody else saved in between is overwritten with what was there before."""
    mine = core.read_namespaced_config_map(name, namespace)
    mine.data[key] = value
    try:
        core.replace_namespaced_config_map(name, namespace, mine)
    except ApiException as error:
        if error.status != 409:
            raise
        latest = core.read_namespaced_config_map(name, namespace)
        mine.metadata.resource_version = latest.metadata.resource_version
        core.replace_namespaced_config_map(name, namespace, mine)  # bad: CL103


# good: read again
def set_value_in_the_latest(name: str, namespace: str, key: str, value: str) -> None:
    mine = core.read_namespaced_config_map(name, namespace)
    mine.data[key] = value
    try:
        core.replace_namespaced_config_map(name, namespace, mine)
    except ApiException as error:
        if error.status != 409:
            raise
        latest = core.read_namespaced_config_map(name, namespace)
        latest.data[key] = value
        core.replace_namespaced_config_map(name, namespace, latest)


# good: declared
def declare(wanted: client.V1ConfigMap, name: str, namespace: str) -> None:
    latest = core.read_namespaced_config_map(name, namespace)
    wanted.metadata.resource_version = latest.metadata.resource_version
    core.replace_namespaced_config_map(name, namespace, wanted)
