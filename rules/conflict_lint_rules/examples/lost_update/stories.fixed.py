"""Lost updates as others met and told them: sections of a document, a state file, a manifest, a table's metadata."""

from __future__ import annotations

import json
from typing import Any

import boto3

s3 = boto3.client("s3")
glue = boto3.client("glue")


class Documents:
    """The project's own access to its table, which cannot express a condition."""

    def __init__(self, name: str) -> None:
        self.table = boto3.resource("dynamodb").Table(name)

    def find(self, key: str) -> dict[str, Any]:
        return self.table.get_item(Key={"id": key})["Item"]

    def change(self, key: str, attribute: str, value: Any) -> None:
        self.table.update_item(  # bad: CL101
            Key={"id": key},
            UpdateExpression="SET #a = :v",
            ExpressionAttributeNames={"#a": attribute},
            ExpressionAttributeValues={":v": value},
        )

    def mark_section(self, key: str, section: str, status: str) -> None:
        sections = self.find(key)["sections"]
        for one in sections:
            if one["id"] == section:
                one["status"] = status
        self.change(key, "sections", sections)


class VersionedDocuments:
    """The same access with a version, which every change compares and counts up."""

    def __init__(self, name: str) -> None:
        self.table = boto3.resource("dynamodb").Table(name)

    def find(self, key: str) -> dict[str, Any]:
        return self.table.get_item(Key={"id": key}, ConsistentRead=True)["Item"]

    def change(self, key: str, attribute: str, value: Any, version: int) -> None:
        self.table.update_item(
            Key={"id": key},
            UpdateExpression="SET #a = :v, version = :next",
            ConditionExpression="version = :seen",
            ExpressionAttributeNames={"#a": attribute},
            ExpressionAttributeValues={":v": value, ":seen": version, ":next": version + 1},
        )

    # good: guarded
    def mark_section(self, key: str, section: str, status: str) -> None:
        document = self.find(key)
        for one in document["sections"]:
            if one["id"] == section:
                one["status"] = status
        self.change(key, "sections", document["sections"], document["version"])


def record_resource(bucket: str, key: str, resource: dict) -> None:
    """The state of an infrastructure, kept in one object that nobody locks."""
    answer = s3.get_object(Bucket=bucket, Key=key)
    state = json.loads(answer["Body"].read())
    state["resources"].append(resource)
    state["serial"] += 1
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(state), IfMatch=answer["ETag"])  # bad: CL101


def add_to_manifest(bucket: str, entry: dict) -> None:
    response = s3.get_object(Bucket=bucket, Key="manifest.json")
    manifest = json.load(response["Body"])
    manifest["files"].append(entry)
    s3.put_object(Bucket=bucket, Key="manifest.json", Body=json.dumps(manifest).encode(), IfMatch=response["ETag"])  # bad: CL101


# good: another resource
def add_entry(bucket: str, entry: dict) -> None:
    """One object for each event: nothing is shared that could be overwritten."""
    s3.put_object(Bucket=bucket, Key=f"manifest/{entry['id']}.json", Body=json.dumps(entry).encode())


def commit(database: str, name: str, location: str) -> None:
    """Two committers, one of whose snapshots is gone."""
    response = glue.get_table(DatabaseName=database, Name=name)
    current = response["Table"]
    parameters = {**current["Parameters"], "metadata_location": location}
    glue.update_table(  # bad: CL101
        DatabaseName=database,
        TableInput={"Name": name, "TableType": "EXTERNAL_TABLE", "Parameters": parameters},
        VersionId=response["Table"]["VersionId"],
    )


# good: guarded
def commit_version(database: str, name: str, location: str) -> None:
    current = glue.get_table(DatabaseName=database, Name=name)["Table"]
    parameters = {**current["Parameters"], "metadata_location": location}
    glue.update_table(
        DatabaseName=database,
        TableInput={"Name": name, "TableType": "EXTERNAL_TABLE", "Parameters": parameters},
        VersionId=current["VersionId"],
    )
