"""Record sets of Route 53: UPSERT replaces all values of one."""

from __future__ import annotations

from typing import Any

import boto3

route53 = boto3.client("route53")


def add_address(zone: str, name: str, address: str) -> None:
    addresses = [address]
    for record in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
        if record["Name"] == name:
            addresses += [one["Value"] for one in record["ResourceRecords"]]
    records = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": one} for one in addresses]}
    route53.change_resource_record_sets(  # bad: CL106
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": records}]}
    )


def shift_weight(zone: str, name: str, weight: int) -> None:
    changes = []
    for page in route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone):
        for record in page["ResourceRecordSets"]:
            if record["Name"] == name:
                record["Weight"] += weight
                changes.append({"Action": "UPSERT", "ResourceRecordSet": record})
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})  # bad: CL106


class Zone:
    def __init__(self, zone: str) -> None:
        self.zone = zone
        self._client: Any = None

    @property
    def client(self) -> Any:
        if self._client is None:
            self._client = boto3.client("route53")
        return self._client

    def values(self, name: str) -> list[str]:
        found = self.client.list_resource_record_sets(HostedZoneId=self.zone, StartRecordName=name, MaxItems="1")
        return [one["Value"] for one in found["ResourceRecordSets"][0]["ResourceRecords"]]

    def drop(self, name: str, value: str) -> None:
        values = self.values(name)
        values.remove(value)
        records = {"Name": name, "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": one} for one in values]}
        self.client.change_resource_record_sets(  # bad: CL106
            HostedZoneId=self.zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": records}]}
        )


# good: guarded
def swap_address(zone: str, name: str, address: str) -> None:
    changes = []
    for record in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
        if record["Name"] == name:
            values = [*record["ResourceRecords"], {"Value": address}]
            changes.append({"Action": "DELETE", "ResourceRecordSet": record})
            changes.append({"Action": "CREATE", "ResourceRecordSet": {**record, "ResourceRecords": values}})
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


# good: compared only
def point_at(zone: str, name: str, address: str) -> None:
    for record in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
        if record["Name"] == name and record["ResourceRecords"][0]["Value"] != address:
            values = {"Name": record["Name"], "Type": record["Type"], "TTL": record["TTL"]}
            change = {"Action": "UPSERT", "ResourceRecordSet": {**values, "ResourceRecords": [{"Value": address}]}}
            route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})


# good: guarded
def empty(zone: str) -> None:
    for page in route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone):
        changes = [{"Action": "DELETE", "ResourceRecordSet": record} for record in page["ResourceRecordSets"]]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
