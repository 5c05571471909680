"""Resources of Azure that are read, changed and put back through its resource manager."""

from __future__ import annotations

from azure.core import MatchConditions
from azure.identity import DefaultAzureCredential
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.dns import DnsManagementClient
from azure.mgmt.dns.models import ARecord
from azure.mgmt.privatedns import PrivateDnsManagementClient


def add_address(dns: DnsManagementClient, group: str, zone: str, name: str, address: str) -> None:
    records = dns.record_sets.get(group, zone, name, "A")
    records.a_records.append(ARecord(ipv4_address=address))
    dns.record_sets.create_or_update(group, zone, name, "A", records, if_match=records.etag)  # bad: CL101


# good: guarded
def add_address_safely(dns: DnsManagementClient, group: str, zone: str, name: str, address: str) -> None:
    records = dns.record_sets.get(group, zone, name, "A")
    records.a_records.append(ARecord(ipv4_address=address))
    dns.record_sets.create_or_update(group, zone, name, "A", records, if_match=records.etag)


# good: guarded
def add_address_by_position(dns: DnsManagementClient, group: str, zone: str, name: str, address: str) -> None:
    records = dns.record_sets.get(group, zone, name, "A")
    records.a_records.append(ARecord(ipv4_address=address))
    dns.record_sets.create_or_update(group, zone, name, "A", records, records.etag)


# good: nothing written back
def declare_address(dns: DnsManagementClient, group: str, zone: str, name: str, address: str) -> None:
    records = dns.record_sets.get(group, zone, name, "A")
    if [record.ipv4_address for record in records.a_records] != [address]:
        dns.record_sets.create_or_update(group, zone, name, "A", {"ttl": 300, "a_records": [{"ipv4_address": address}]})


# good: another resource
def copy_records(dns: DnsManagementClient, group: str, zone: str, name: str, other: str) -> None:
    records = dns.record_sets.get(group, zone, name, "A")
    dns.record_sets.create_or_update(group, zone, other, "A", records)


def add_private_address(subscription: str, group: str, zone: str, name: str, address: str) -> None:
    client = PrivateDnsManagementClient(DefaultAzureCredential(), subscription)
    records = client.record_sets.get(group, zone, "A", name)
    records.properties.a_records.append({"ipv4Address": address})
    client.record_sets.create_or_update(group, zone, "A", name, records, etag=records.etag, match_condition=MatchConditions.IfNotModified)  # bad: CL101


class Clusters:
    def __init__(self, subscription: str, group: str) -> None:
        self.clusters = ContainerServiceClient(DefaultAzureCredential(), subscription).managed_clusters
        self.group = group

    def tag(self, name: str, key: str, value: str) -> None:
        cluster = self.clusters.get(self.group, name)
        cluster.tags[key] = value
        self.clusters.begin_create_or_update(self.group, name, cluster, etag=cluster.e_tag, match_condition=MatchConditions.IfNotModified).result()  # bad: CL101

    # good: guarded
    def tag_safely(self, name: str, key: str, value: str) -> None:
        cluster = self.clusters.get(self.group, name)
        cluster.tags[key] = value
        self.clusters.begin_create_or_update(
            self.group, name, cluster, etag=cluster.e_tag, match_condition=MatchConditions.IfNotModified
        ).result()


def attach(compute: ComputeManagementClient, group: str, name: str, disk: dict[str, object]) -> None:
    machine = compute.virtual_machines.get(group, name)
    machine.properties.storage_profile.data_disks.append(disk)
    compute.virtual_machines.begin_create_or_update(group, name, machine, etag=machine.etag, match_condition=MatchConditions.IfNotModified).result()  # bad: CL101
