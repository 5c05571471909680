"""Names that are looked for among all that are listed."""

from __future__ import annotations

import boto3

s3 = boto3.client("s3")
ssm = boto3.client("ssm")


def keys(bucket: str) -> list[str]:
    return [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def publish(bucket: str, version: str, package: bytes) -> None:
    if version in keys(bucket):
        raise FileExistsError(version)
    s3.put_object(Bucket=bucket, Key=version, Body=package, IfNoneMatch="*")  # bad: CL102


class Parameters:
    def names(self) -> list[str]:
        names = []
        for page in ssm.get_paginator("describe_parameters").paginate():
            names += [one["Name"] for one in page["Parameters"]]
        return names

    def exists(self, name: str) -> bool:
        return name in self.names()

    def create(self, name: str, value: str) -> None:
        if self.exists(name):
            raise ValueError(name)
        ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)  # bad: CL102

    # good: fails by itself
    def create_once(self, name: str, value: str) -> None:
        if self.exists(name):
            raise ValueError(name)
        ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=False)


# good: put there if missing
def complete(bucket: str, packages: dict[str, bytes]) -> None:
    present = keys(bucket)
    for name, package in packages.items():
        if name not in present:
            s3.put_object(Bucket=bucket, Key=name, Body=package)


# good: another resource
def publish_beside(bucket: str, version: str, package: bytes) -> None:
    if version in keys(bucket):
        raise FileExistsError(version)
    s3.put_object(Bucket=bucket, Key=f"{version}.draft", Body=package)


# good: another resource
def mirror(bucket: str, copy: str, version: str, package: bytes) -> None:
    if version in keys(bucket):
        raise FileExistsError(version)
    s3.put_object(Bucket=copy, Key=version, Body=package)
