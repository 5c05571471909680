"""Operations of Azure's resource manager go on when `begin_…` has returned; its poller knows when they end."""

from __future__ import annotations

import logging
import time

from azure.core.exceptions import HttpResponseError
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.containerservice import ContainerServiceClient

log = logging.getLogger(__name__)


def restart_cluster(client: ContainerServiceClient, group: str, name: str) -> None:
    client.managed_clusters.begin_stop(group, name)
    client.managed_clusters.begin_start(group, name)  # bad: CL405


def tag_twice(client: ContainerServiceClient, group: str, name: str, tags: dict) -> None:
    poller = client.managed_clusters.begin_update_tags(group, name, tags)
    log.info("tagging %s", name)
    client.managed_clusters.begin_rotate_cluster_certificates(group, name)  # bad: CL405
    poller.result()


def shrink(client: ComputeManagementClient, group: str, name: str, size: dict) -> None:
    client.virtual_machines.begin_deallocate(resource_group_name=group, vm_name=name)
    client.virtual_machines.begin_update(group, name, size)  # bad: CL405


# good: waits
def restart_cluster_in_turn(client: ContainerServiceClient, group: str, name: str) -> None:
    poller = client.managed_clusters.begin_stop(group, name)
    poller.result()
    client.managed_clusters.begin_start(group, name)


# good: waits
def shrink_polling(client: ComputeManagementClient, group: str, name: str, size: dict) -> None:
    poller = client.virtual_machines.begin_deallocate(group, name)
    while not poller.done():
        time.sleep(5)
    client.virtual_machines.begin_update(group, name, size)


# good: waits
def shrink_elsewhere(client: ComputeManagementClient, group: str, name: str, size: dict, finish) -> None:
    poller = client.virtual_machines.begin_deallocate(group, name)
    finish(poller)
    client.virtual_machines.begin_update(group, name, size)


# good: another resource
def restart_both(client: ContainerServiceClient, group: str, first: str, second: str) -> None:
    client.managed_clusters.begin_stop(group, first)
    client.managed_clusters.begin_start(group, second)


# good: does not overlap
def stop_and_power_off(client: ComputeManagementClient, group: str, name: str) -> None:
    client.virtual_machines.begin_power_off(group, name)
    client.virtual_machines.begin_deallocate(group, name)


# good: refusal handled
def restart_cluster_if_idle(client: ContainerServiceClient, group: str, name: str) -> bool:
    client.managed_clusters.begin_stop(group, name)
    try:
        client.managed_clusters.begin_start(group, name)
    except HttpResponseError as error:
        log.warning("%s is busy: %s", name, error)
        return False
    return True
