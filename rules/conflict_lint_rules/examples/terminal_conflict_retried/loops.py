"""Retry loops around creations and deletions: which errors they take for passing ones."""

from __future__ import annotations

import time
import uuid

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
iam = boto3.client("iam")
route53 = boto3.client("route53")
ec2 = boto3.client("ec2")


def create_whatever_happens(name: str) -> None:
    for attempt in range(5):
        try:
            s3.create_bucket(Bucket=name)  # bad: CL303
            return
        except ClientError as error:
            print("not yet", error)
            time.sleep(2**attempt)


def create_when_free(name: str) -> None:
    """Waits for somebody else's bucket to go."""
    while True:
        try:
            return s3.create_bucket(Bucket=name)  # bad: CL303
        except s3.exceptions.BucketAlreadyExists:
            time.sleep(30)


def add_user(name: str) -> dict:
    tries = 5
    while True:
        try:
            return iam.create_user(UserName=name)  # bad: CL303
        except ClientError as error:
            tries -= 1
            if error.response["Error"]["Code"] not in ("EntityAlreadyExists", "Throttling") or not tries:
                raise
            time.sleep(1)


def remove_role(name: str) -> None:
    """What is attached to the role does not go away by itself."""
    for attempt in range(10):
        try:
            iam.delete_role(RoleName=name)  # bad: CL303
            break
        except ClientError as error:
            if error.response["Error"]["Code"] != "DeleteConflict":
                raise
            time.sleep(attempt)


def comment_for_ever(zone: str, text: str) -> None:
    """Only the throttled attempts are counted; all others go round at full speed."""
    tries = 10
    while tries:
        try:
            route53.update_hosted_zone_comment(Id=zone, Comment=text)  # bad: CL303
            return
        except ClientError as error:
            if error.response["Error"]["Code"] == "Throttling":
                time.sleep(3)
                tries -= 1
                continue
            print("failed", error)


class Buckets:
    def __init__(self) -> None:
        self.client = boto3.client("s3")

    def ensure(self, name: str) -> None:
        for _ in range(3):
            try:
                self._create(name)
                return
            except self.client.exceptions.BucketAlreadyExists:
                time.sleep(1)

    def _create(self, name: str) -> None:
        self.client.create_bucket(Bucket=name)  # bad: CL303


# good: errors that pass
def add_user_patiently(name: str) -> dict:
    for attempt in range(5):
        try:
            return iam.create_user(UserName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("ConcurrentModification", "Throttling"):
                raise
            time.sleep(2**attempt)
    raise TimeoutError(name)


# good: another name each time
def first_free_name(name: str) -> str:
    while True:
        chosen = f"{name}-{uuid.uuid4()}"
        try:
            s3.create_bucket(Bucket=chosen)
            return chosen
        except s3.exceptions.BucketAlreadyExists:
            print("taken", chosen)


# good: another name each time
def numbered_user(name: str) -> str:
    number = 0
    while True:
        try:
            iam.create_user(UserName=f"{name}{number}")
            return f"{name}{number}"
        except iam.exceptions.EntityAlreadyExistsException:
            number += 1


# good: another name each time
def in_one_of(names: list[str]) -> str | None:
    for name in names:
        client = boto3.client("s3", region_name=name)
        try:
            client.create_bucket(Bucket="shared")
            return name
        except ClientError as error:
            print(error)
    return None


# good: room made first
def replace_user(name: str) -> None:
    while True:
        try:
            iam.create_user(UserName=name)
            return
        except iam.exceptions.EntityAlreadyExistsException:
            iam.delete_user(UserName=name)


# good: room made first
def remove_role_and_policies(name: str) -> None:
    for attempt in range(10):
        try:
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                iam.delete_role_policy(RoleName=name, PolicyName=policy)
            iam.delete_role(RoleName=name)
            break
        except iam.exceptions.DeleteConflictException:
            time.sleep(attempt)


# good: looks first
def ensure_role(name: str, trust: str) -> str:
    while True:
        try:
            return iam.get_role(RoleName=name)["Role"]["Arn"]
        except iam.exceptions.NoSuchEntityException:
            print("to be made")
        try:
            return iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        except iam.exceptions.EntityAlreadyExistsException:
            print("somebody was faster")


# good: handled inside
def add_user_once(name: str) -> None:
    for attempt in range(5):
        try:
            iam.create_user(UserName=name)
            return
        except iam.exceptions.EntityAlreadyExistsException:
            return
        except ClientError as error:
            if error.response["Error"]["Code"] == "AccessDenied":
                raise
            time.sleep(attempt)


# good: test out of sight
def add_user_as_told(name: str, passing) -> None:
    for attempt in range(5):
        try:
            iam.create_user(UserName=name)
            return
        except ClientError as error:
            if not passing(error):
                raise
            time.sleep(attempt)


# good: no retry
def add_users(names: list[str]) -> None:
    for name in names:
        try:
            iam.create_user(UserName=name)
        except iam.exceptions.EntityAlreadyExistsException:
            continue


# good: another name each time
def allow(group: str, rules: list[dict]) -> None:
    """All at once, and where one of them is there already, one by one."""
    try:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rules)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermission.Duplicate":
            raise
        for rule in rules if len(rules) > 1 else ():
            allow(group, [rule])


def allow_again(group: str, rules: list[dict], tries: int = 3) -> None:
    try:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rules)  # bad: CL303
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermission.Duplicate" or not tries:
            raise
        time.sleep(1)
        allow_again(group, rules, tries - 1)
