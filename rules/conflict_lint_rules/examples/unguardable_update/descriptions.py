"""A document taken from a description that was read elsewhere, changed, and put back under the description's name."""

from __future__ import annotations

import json
from typing import Any

import boto3

iam = boto3.client("iam")
s3 = boto3.client("s3")


def remove_statement(bucket: dict[str, Any], sid: str) -> None:
    policy = json.loads(bucket["Policy"])
    policy["Statement"] = [statement for statement in policy["Statement"] if statement.get("Sid") != sid]
    s3.put_bucket_policy(Bucket=bucket["Name"], Policy=json.dumps(policy))  # bad: CL106


def distrust(roles: list[dict[str, Any]], account: str) -> None:
    for role in roles:
        document = role["AssumeRolePolicyDocument"]
        for statement in document["Statement"]:
            statement["Principal"].pop(account, None)
        iam.update_assume_role_policy(  # bad: CL106
            RoleName=role["RoleName"], PolicyDocument=json.dumps(document)
        )


# good: another resource
def restore(backup: dict[str, Any], bucket_name: str) -> None:
    policy = json.loads(backup["Policy"])
    policy["Statement"].pop()
    s3.put_bucket_policy(Bucket=bucket_name, Policy=json.dumps(policy))


# good: compared only
def reset(bucket: dict[str, Any], default: dict[str, Any]) -> None:
    if json.loads(bucket["Policy"]) != default:
        s3.put_bucket_policy(Bucket=bucket["Name"], Policy=json.dumps(default))


# good: declared whole
def apply_plan(bucket: dict[str, Any]) -> None:
    """The plan is a file of ours: nothing of it was changed since it was read."""
    s3.put_bucket_policy(Bucket=bucket["Name"], Policy=json.dumps(bucket["Policy"]))


# good: declared whole
def declare(wanted: dict[str, Any]) -> None:
    """What names several others in a list is no description of one of them."""
    document = json.dumps({name: part for name, part in wanted["PolicyDocument"].items() if part})
    for role in wanted["Roles"]:
        iam.put_role_policy(RoleName=role, PolicyName=wanted["PolicyName"], PolicyDocument=document)
