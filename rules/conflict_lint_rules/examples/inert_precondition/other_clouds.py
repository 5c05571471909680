"""Conditions that SDKs of other clouds ignore or refuse."""

from __future__ import annotations

from azure.appconfiguration import AzureAppConfigurationClient, ConfigurationSetting
from azure.core import MatchConditions
from azure.cosmos import ContainerProxy
from azure.data.tables import TableClient
from azure.storage.blob import BlobClient, ContainerClient
from elasticsearch import Elasticsearch
from kubernetes import client


def add_order(orders: ContainerProxy, order: dict, etag: str) -> None:
    orders.create_item(order, etag=etag, match_condition=MatchConditions.IfNotModified)  # bad: CL104


def label(blob: BlobClient, tags: dict, etag: str) -> None:
    blob.set_blob_tags(tags, etag=etag, match_condition=MatchConditions.IfNotModified)  # bad: CL104


def stage(blob: BlobClient, number: str, data: bytes, etag: str) -> None:
    blob.stage_block(number, data, etag=etag, match_condition=MatchConditions.IfNotModified)  # bad: CL104


def describe(container: ContainerClient, metadata: dict, etag: str) -> None:
    container.set_container_metadata(  # bad: CL104
        metadata, etag=etag, match_condition=MatchConditions.IfNotModified
    )


def scale(name: str, namespace: str, body: dict, version: str) -> None:
    apps = client.AppsV1Api()
    apps.patch_namespaced_deployment(name, namespace, body, resource_version=version)  # bad: CL104


def set_flag(settings: AzureAppConfigurationClient, value: str, etag: str) -> None:
    setting = ConfigurationSetting(key="flag", value=value)
    settings.set_configuration_setting(setting, etag=etag)  # bad: CL104


def ship(orders: TableClient, order: dict, etag: str) -> None:
    orders.update_entity(order, etag=etag)  # bad: CL104


def store(search: Elasticsearch, order: dict, version: int) -> None:
    search.index(index="orders", id=order["id"], document=order, if_seq_no=version)  # bad: CL104


# good: taken
def ship_unchanged(orders: TableClient, order: dict, etag: str) -> None:
    orders.update_entity(order, etag=etag, match_condition=MatchConditions.IfNotModified)


# good: taken
def set_flag_unchanged(settings: AzureAppConfigurationClient, value: str, etag: str) -> None:
    setting = ConfigurationSetting(key="flag", value=value, etag=etag)
    settings.set_configuration_setting(setting, match_condition=MatchConditions.IfNotModified)


# good: taken
def upload_new(blob: BlobClient, data: bytes) -> None:
    blob.upload_blob(data, overwrite=True, match_condition=MatchConditions.IfMissing)


# good: taken
def label_where(blob: BlobClient, tags: dict) -> None:
    blob.set_blob_tags(tags, if_tags_match_condition="\"state\" = 'new'")


# good: no condition
def ship_anyhow(orders: TableClient, order: dict) -> None:
    orders.update_entity(order, etag=None)


# good: out of sight
def ship_with(orders: TableClient, order: dict, etag: str, **options) -> None:
    orders.update_entity(order, etag=etag, **options)
