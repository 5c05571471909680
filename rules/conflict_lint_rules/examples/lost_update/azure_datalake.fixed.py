"""Files in Azure Data Lake Storage."""

from __future__ import annotations

import json

from azure.core import MatchConditions
from azure.storage.filedatalake import DataLakeServiceClient, FileSystemClient


def add_partition(lake: FileSystemClient, day: str) -> None:
    file = lake.get_file_client("tables/visits.json")
    response = file.download_file()
    table = json.loads(response.readall())
    table["partitions"].append(day)
    file.upload_data(json.dumps(table), overwrite=True, etag=response.properties.etag, match_condition=MatchConditions.IfNotModified)  # bad: CL101


# good: guarded
def add_partition_once(lake: FileSystemClient, day: str) -> None:
    file = lake.get_file_client("tables/visits.json")
    stream = file.download_file()
    table = json.loads(stream.readall())
    table["partitions"].append(day)
    file.upload_data(
        json.dumps(table), overwrite=True, etag=stream.properties.etag, match_condition=MatchConditions.IfNotModified
    )


# good: another resource
def copy_table(service: DataLakeServiceClient, day: str) -> None:
    new = service.get_directory_client("lake", "new").get_file_client("visits.json")
    old = service.get_directory_client("lake", "old").get_file_client("visits.json")
    new.upload_data(old.download_file().readall(), overwrite=True)


def drop_partition(service: DataLakeServiceClient, name: str, day: str) -> None:
    directory = service.get_file_system_client("lake").get_directory_client(name)
    response = directory.get_file_client("visits.json").download_file()
    table = json.loads(response.readall())
    table["partitions"].remove(day)
    directory.get_file_client("visits.json").upload_data(json.dumps(table), overwrite=True, etag=response.properties.etag, match_condition=MatchConditions.IfNotModified)  # bad: CL101
