"""Documents in Azure Blob Storage."""

from __future__ import annotations

import json
from typing import Any

from azure.core import MatchConditions
from azure.storage.blob import BlobClient, BlobServiceClient, ContainerClient


def register_run(blob: BlobClient, run_id: str) -> None:
    stream = blob.download_blob()
    index = json.loads(stream.readall())
    index["runs"].append(run_id)
    blob.upload_blob(json.dumps(index), overwrite=True)  # bad: CL101


# good: guarded
def register_run_once(blob: BlobClient, run_id: str) -> None:
    stream = blob.download_blob()
    index = json.loads(stream.readall())
    index["runs"].append(run_id)
    blob.upload_blob(
        json.dumps(index),
        overwrite=True,
        etag=stream.properties.etag,
        match_condition=MatchConditions.IfNotModified,
    )


# good: guarded
def register_run_leased(blob: BlobClient, run_id: str) -> None:
    lease = blob.acquire_lease(15)
    index = json.loads(blob.download_blob(lease=lease).readall())
    index["runs"].append(run_id)
    blob.upload_blob(json.dumps(index), overwrite=True, lease=lease)


# good: nothing written back
def first_manifest(blob: BlobClient, manifest: dict[str, Any]) -> None:
    old = json.loads(blob.download_blob().readall())
    manifest["previous"] = old["version"]
    blob.upload_blob(json.dumps(manifest))


def add_tenant(container: ContainerClient, name: str, tenant: str) -> None:
    tenants = container.download_blob("tenants.txt", encoding="utf-8").readall().split()
    tenants.append(tenant)
    container.upload_blob("tenants.txt", "\n".join(tenants), overwrite=True)  # bad: CL101


# good: another resource
def archive(container: ContainerClient, name: str) -> None:
    text = container.download_blob(name).readall()
    container.upload_blob(name=f"archive/{name}", data=text, overwrite=True)


# good: another resource
def replicate(source: BlobServiceClient, target: BlobServiceClient, container: str, name: str) -> None:
    data = source.get_blob_client(container, name).download_blob().readall()
    target.get_blob_client(container, name).upload_blob(data + b"\n", overwrite=True)


def count_visit(url: str, credential: Any) -> None:
    service = BlobServiceClient(account_url=url, credential=credential)
    counter = service.get_container_client("stats").get_blob_client("visits")
    visits = int(counter.download_blob().readall())
    counter.upload_blob(str(visits + 1), overwrite=True)  # bad: CL101


# good: guard out of sight
def count_visit_with(counter: BlobClient, **options: Any) -> None:
    visits = int(counter.download_blob().readall())
    counter.upload_blob(str(visits + 1), overwrite=True, **options)


# good: compared only
def publish(blob: BlobClient, page: str) -> None:
    if blob.download_blob(encoding="utf-8").readall() != page:
        blob.upload_blob(page, overwrite=True)


def tag_owner(blob: BlobClient, owner: str) -> None:
    properties = blob.get_blob_properties()
    metadata = properties.metadata
    metadata["owner"] = owner
    blob.set_blob_metadata(metadata)  # bad: CL101


# good: guarded
def tag_owner_once(blob: BlobClient, owner: str) -> None:
    properties = blob.get_blob_properties()
    metadata = {**properties.metadata, "owner": owner}
    blob.set_blob_metadata(metadata, etag=properties.etag, match_condition=MatchConditions.IfNotModified)


# good: compared only
def describe(blob: BlobClient, owner: str) -> None:
    if blob.get_blob_properties().size > 1000:
        blob.set_blob_metadata({"owner": owner})


# good: pinned version
def restore(blob: BlobClient, version: str) -> None:
    old = blob.download_blob(version_id=version)
    blob.upload_blob(old.readall(), overwrite=True)


# good: not a cloud
def deploy(blob: Any, run_id: str) -> None:
    index = json.loads(blob.download_blob().readall())
    index["runs"].append(run_id)
    blob.upload_blob(json.dumps(index), overwrite=True)
