"""IAM: class names end in ``Exception``, wire codes do not."""

from __future__ import annotations

import json
from contextlib import suppress

import boto3
from botocore.exceptions import ClientError

from .cleaning import remove_everything_of

iam = boto3.client("iam")


def ensure_role(name: str, trust: dict) -> None:
    try:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityAlreadyExistsException":  # bad: CL403
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
        else:
            raise


# good: right spelling
def ensure_role_rightly(name: str, trust: dict) -> None:
    try:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityAlreadyExists":
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
        else:
            raise


def role_arn(name: str) -> str | None:
    try:
        return iam.get_role(RoleName=name)["Role"]["Arn"]
    except iam.exceptions.NoSuchEntity:  # bad: CL403
        return None


# good: right spelling
def role_arn_rightly(name: str) -> str | None:
    try:
        return iam.get_role(RoleName=name)["Role"]["Arn"]
    except iam.exceptions.NoSuchEntityException:
        return None


# good: right spelling
def catch_both_ways(name: str) -> str | None:
    try:
        return iam.get_role(RoleName=name)["Role"]["Arn"]
    except iam.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntity":
            return None
        raise


def get_in_place_of_create(name: str) -> str | None:
    try:
        return iam.get_role(RoleName=name)["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:  # known-miss: CL403 get_role never answers that
        return None


def delete_role(name: str) -> None:
    try:
        iam.delete_role(RoleName=name)
    except iam.exceptions.EntityAlreadyExistsException:  # bad: CL403
        pass


def code_of_another_service(name: str) -> None:
    try:
        iam.delete_role(RoleName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":  # bad: CL403
            raise


# good: out of sight
def code_of_a_call_out_of_sight(name: str) -> None:
    try:
        remove_everything_of(name)
        iam.delete_role(RoleName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchEntity", "ResourceNotFoundException"):
            raise


def delete_profile(name: str) -> None:
    with suppress(iam.exceptions.NoSuchEntity):  # bad: CL403
        iam.delete_instance_profile(InstanceProfileName=name)


def delete_user(name: str) -> None:
    try:
        iam.delete_user(UserName=name)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchEntity":
            return
        if code == "DeleteConflictException":  # bad: CL403
            detach_everything(name)
            iam.delete_user(UserName=name)
            return
        raise


def detach_everything(name: str) -> None:
    for policy in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
        iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])


# good: right spelling beside it
def delete_group(name: str) -> bool:
    try:
        iam.delete_group(GroupName=name)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return code in {"NoSuchEntity", "NoSuchEntityException"}
    return True


# good: any service may answer it
def delete_policy(arn: str) -> bool:
    try:
        iam.delete_policy(PolicyArn=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("Throttling", "AccessDenied", "NoSuchEntity"):
            return False
        raise
    return True


# good: right spelling beside it
def delete_server_certificate(name: str) -> bool:
    try:
        iam.delete_server_certificate(ServerCertificateName=name)
    except iam.exceptions.NoSuchEntityException:
        return False
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntityException":
            return False
        raise
    return True
