"""Codes that are handed to a helper together with the call, or tested by a predicate."""

from __future__ import annotations

import boto3
from botocore.exceptions import ClientError

iam = boto3.client("iam")
logs = boto3.client("logs")
elbv2 = boto3.client("elbv2")


def retry(operation, *arguments, ignore_err_codes=(), **keywords):
    try:
        return operation(*arguments, **keywords)
    except ClientError as error:
        if error.response["Error"]["Code"] in ignore_err_codes:
            return None
        raise


def is_error_code(error: ClientError, *codes: str) -> bool:
    return error.response["Error"]["Code"] in codes


def remove_profile(name: str) -> None:
    retry(
        iam.delete_instance_profile,
        InstanceProfileName=name,
        ignore_err_codes=("NoSuchEntityException",),  # bad: CL403
    )


# good: right spelling
def remove_profile_rightly(name: str) -> None:
    retry(iam.delete_instance_profile, InstanceProfileName=name, ignore_err_codes=("NoSuchEntity",))


def ensure_log_group(name: str) -> None:
    try:
        logs.create_log_group(logGroupName=name)
    except ClientError as error:
        if not is_error_code(error, "ResourceAlreadyExists"):  # bad: CL403
            raise


# good: right spelling
def ensure_log_group_rightly(name: str) -> None:
    try:
        logs.create_log_group(logGroupName=name)
    except ClientError as error:
        if not is_error_code(error, "ResourceAlreadyExistsException"):
            raise


def remove_log_group(name: str) -> None:
    try:
        logs.delete_log_group(logGroupName=name)
    except ClientError as error:
        missing = {"ResourceNotFound"}  # bad: CL403
        if error.response["Error"]["Code"] not in missing:
            raise


IGNORED = ("LoadBalancerNotFoundException",)  # known-miss: CL403 a constant may serve other services too


def remove_balancer(arn: str) -> None:
    try:
        elbv2.delete_load_balancer(LoadBalancerArn=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] not in IGNORED:
            raise


def balancer_state(arn: str) -> str:
    try:
        return elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"]
    except elbv2.exceptions.LoadBalancerNotFound:  # bad: CL403
        return "gone"


# good: right spelling
def balancer_state_rightly(arn: str) -> str:
    try:
        return elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"]
    except elbv2.exceptions.LoadBalancerNotFoundException:
        return "gone"


def code_of(error: ClientError) -> str | None:
    try:
        return error.response["Error"]["Code"]
    except (AttributeError, KeyError):
        return None


def find_role(name: str) -> dict | None:
    """The function has no word of codes: it asks another one."""
    try:
        return iam.get_role(RoleName=name)["Role"]
    except ClientError as error:
        if code_of(error) == "NoSuchEntityException":  # bad: CL403
            return None
        raise


# good: right spelling
def find_user(name: str) -> dict | None:
    try:
        return iam.get_user(UserName=name)["User"]
    except ClientError as error:
        if code_of(error) == "NoSuchEntity":
            return None
        raise
