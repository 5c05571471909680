"""Record sets of Azure DNS, guarded by the etag of what was read, if there was something."""

from __future__ import annotations

from azure.core.exceptions import HttpResponseError
from azure.mgmt.dns import DnsManagementClient
from azure.mgmt.dns.models import RecordSet, TxtRecord


def add(client: DnsManagementClient, group: str, zone: str, name: str, value: str) -> None:
    values, etag = {value}, None
    try:
        found = client.record_sets.get(group, zone, name, "TXT")
        etag = found.etag
        for record in found.txt_records:
            values.update(record.value)
    except HttpResponseError as error:
        if error.status_code != 404:
            raise
    texts = RecordSet(ttl=60, txt_records=[TxtRecord(value=[one]) for one in values])
    client.record_sets.create_or_update(group, zone, name, "TXT", texts, if_match=etag)  # bad: CL102


# good: guarded
def drop(client: DnsManagementClient, group: str, zone: str, name: str, value: str) -> None:
    values, etag = set(), None
    try:
        found = client.record_sets.get(group, zone, name, "TXT")
        etag = found.etag
        for record in found.txt_records:
            for text in record.value:
                values.add(text)
    except HttpResponseError as error:
        if error.status_code != 404:
            raise
    values -= {value}
    if values:
        texts = RecordSet(ttl=60, txt_records=[TxtRecord(value=[one]) for one in values])
        client.record_sets.create_or_update(group, zone, name, "TXT", texts, if_match=etag)


def drop_or_replace(client: DnsManagementClient, group: str, zone: str, name: str, value: str) -> None:
    values, etag = set(), None
    try:
        found = client.record_sets.get(group, zone, name, "TXT")
        etag = found.etag
        for record in found.txt_records:
            for text in record.value:
                values.add(text)
    except HttpResponseError as error:
        if error.status_code != 404:
            raise
    values.add(value)
    if values:
        texts = RecordSet(ttl=60, txt_records=[TxtRecord(value=[one]) for one in values])
        client.record_sets.create_or_update(group, zone, name, "TXT", texts, if_match=etag)  # bad: CL102


# good: guarded
def refresh(client: DnsManagementClient, group: str, zone: str, name: str, ttl: int) -> None:
    etag = records = None
    try:
        found = client.record_sets.get(group, zone, name, "TXT")
        etag, records = found.etag, found.txt_records
    except HttpResponseError as error:
        if error.status_code != 404:
            raise
    if records is None:
        return
    client.record_sets.create_or_update(group, zone, name, "TXT", RecordSet(ttl=ttl, txt_records=records), if_match=etag)


# good: guarded
def touch(client: DnsManagementClient, group: str, zone: str, name: str, records: list[TxtRecord]) -> None:
    etag = None
    try:
        etag = client.record_sets.get(group, zone, name, "TXT").etag
    except HttpResponseError as error:
        if error.status_code != 404:
            raise
    if etag:
        client.record_sets.create_or_update(group, zone, name, "TXT", RecordSet(txt_records=records), if_match=etag)
