"""Locks that are blobs and objects of Kubernetes: creations that fail if the name is taken, and deletions by name."""

from __future__ import annotations

from azure.storage.blob import BlobClient, ContainerClient
from google.cloud import storage
from kubernetes import client as kubernetes


class BlobLock:
    def __init__(self, container: ContainerClient, name: str, owner: str) -> None:
        self.blob = container.get_blob_client(f"{name}.lock")
        self.owner = owner

    def acquire(self) -> None:
        self.blob.upload_blob(self.owner, overwrite=False)

    def release(self) -> None:
        self.blob.delete_blob()  # bad: CL107


# good: guarded
def take_under_a_lease(blob: BlobClient, work) -> None:
    blob.upload_blob(b"")
    lease = blob.acquire_lease(60)
    work()
    blob.delete_blob(lease=lease)


# good: not taken under a condition
def mark_and_unlock(marker: BlobClient, *, force: bool) -> None:
    marker.upload_blob(b"", overwrite=force)
    marker.delete_blob()


class GoogleLock:
    def __init__(self, bucket: storage.Bucket, name: str) -> None:
        self.blob = bucket.blob(f"locks/{name}")

    def acquire(self) -> None:
        self.blob.upload_from_string("", if_generation_match=0)

    def release(self) -> None:
        self.blob.delete()  # bad: CL107


class GoogleLockOfOurOwn:
    def __init__(self, bucket: storage.Bucket, name: str) -> None:
        self.blob = bucket.blob(f"locks/{name}")

    def acquire(self) -> None:
        self.blob.upload_from_string("", if_generation_match=0)
        self.generation = self.blob.generation

    # good: guarded
    def release(self) -> None:
        self.blob.delete(if_generation_match=self.generation)


class Lease:
    def __init__(self, api: kubernetes.CoordinationV1Api, namespace: str, name: str, owner: str) -> None:
        self.api, self.namespace, self.name, self.owner = api, namespace, name, owner

    def acquire(self) -> None:
        body = kubernetes.V1Lease(
            metadata=kubernetes.V1ObjectMeta(name=self.name),
            spec=kubernetes.V1LeaseSpec(holder_identity=self.owner),
        )
        self.api.create_namespaced_lease(self.namespace, body)

    def release(self) -> None:
        self.api.delete_namespaced_lease(self.name, self.namespace)  # bad: CL107

    # good: guarded
    def release_own(self, uid: str) -> None:
        own = kubernetes.V1DeleteOptions(preconditions=kubernetes.V1Preconditions(uid=uid))
        self.api.delete_namespaced_lease(self.name, self.namespace, body=own)

    # good: looked at first
    def release_if_own(self) -> None:
        lease = self.api.read_namespaced_lease(self.name, self.namespace)
        if lease.spec.holder_identity == self.owner:
            self.api.delete_namespaced_lease(self.name, self.namespace)


def lock_deployment(api: kubernetes.CoreV1Api, namespace: str, owner: str) -> None:
    body = {"metadata": {"name": "deploy-lock"}, "data": {"owner": owner}}
    api.create_namespaced_config_map(namespace, body)


def unlock_deployment(api: kubernetes.CoreV1Api, namespace: str) -> None:
    api.delete_namespaced_config_map("deploy-lock", namespace)  # bad: CL107


# good: another resource
def remove_settings(api: kubernetes.CoreV1Api, namespace: str) -> None:
    api.delete_namespaced_config_map("settings", namespace)
