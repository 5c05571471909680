"""Objects of Kubernetes, which carry their own version."""

from __future__ import annotations

from typing import Any

from kubernetes import client
from kubernetes.client import AppsV1Api, CoreV1Api


def set_value(api: CoreV1Api, name: str, namespace: str, key: str, value: str) -> None:
    found = api.read_namespaced_config_map(name, namespace)
    data = {**found.data, key: value}
    body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name), data=data)
    api.replace_namespaced_config_map(name, namespace, body)  # bad: CL101


# good: guarded
def set_value_in_place(api: CoreV1Api, name: str, namespace: str, key: str, value: str) -> None:
    found = api.read_namespaced_config_map(name, namespace)
    found.data[key] = value
    api.replace_namespaced_config_map(name, namespace, found)


# good: guarded
def set_value_of_version(api: CoreV1Api, name: str, namespace: str, key: str, value: str) -> None:
    found = api.read_namespaced_config_map(name, namespace)
    metadata = client.V1ObjectMeta(name=name, resource_version=found.metadata.resource_version)
    body = client.V1ConfigMap(metadata=metadata, data={**found.data, key: value})
    api.replace_namespaced_config_map(name, namespace, body)


# good: guarded
def set_value_beside_metadata(name: str, namespace: str, key: str, value: str) -> None:
    api = client.CoreV1Api()
    found = api.read_namespaced_config_map(name, namespace)
    body = {"metadata": found.metadata, "data": {**found.data, key: value}}
    api.replace_namespaced_config_map(name, namespace, body)


def add_taint(node: str, taint: client.V1Taint) -> None:
    api = client.CoreV1Api()
    taints = api.read_node(node).spec.taints or []
    api.patch_node(node, {"spec": {"taints": [*taints, taint]}})  # bad: CL101


# good: nothing written back
def label(api: CoreV1Api, node: str, key: str, value: str) -> None:
    found = api.read_node(node)
    api.patch_node(node, {"metadata": {"name": found.metadata.name, "labels": {key: value}}})


def scale(api: AppsV1Api, name: str, namespace: str) -> None:
    replicas = api.read_namespaced_deployment(name, namespace).spec.replicas
    api.patch_namespaced_deployment(name, namespace, body={"spec": {"replicas": replicas + 1}})  # bad: CL101


# good: compared only
def scale_up(api: AppsV1Api, name: str, namespace: str, wanted: int) -> None:
    if api.read_namespaced_deployment(name, namespace).spec.replicas < wanted:
        api.patch_namespaced_deployment(name, namespace, body={"spec": {"replicas": wanted}})


# good: another resource
def copy_secret(api: CoreV1Api, name: str, source: str, target: str) -> None:
    data = api.read_namespaced_secret(name, source).data
    api.patch_namespaced_secret(name, target, {"data": data})


def allow(group: str, namespace: str, name: str, user: str) -> None:
    api = client.CustomObjectsApi()
    found = api.get_namespaced_custom_object(group, "v1", namespace, "policies", name)
    users = [*found["spec"]["users"], user]
    api.patch_namespaced_custom_object(  # bad: CL101
        group, "v1", namespace, "policies", name, {"spec": {"users": users}}
    )


# good: not a cloud
def add_taint_somewhere(api: Any, node: str, taint: Any) -> None:
    taints = api.read_node(node).spec.taints or []
    api.patch_node(node, {"spec": {"taints": [*taints, taint]}})


# good: guarded
def annotate_policy(group: str, namespace: str, name: str, note: str) -> None:
    """It is asked whether the whole document has a part."""
    api = client.CustomObjectsApi()
    found = api.get_namespaced_custom_object(group, "v1", namespace, "policies", name)
    if "annotations" not in found:
        found["annotations"] = {}
    found["annotations"]["note"] = note
    api.replace_namespaced_custom_object(group, "v1", namespace, "policies", name, found)
