"""Versions that were read once and sent again, as others met and told it."""

from __future__ import annotations

import time

import boto3
from botocore.exceptions import ClientError
from kubernetes import client
from kubernetes.client.exceptions import ApiException

apps = client.AppsV1Api()
cloudfront = boto3.client("cloudfront")
firewall = boto3.client("wafv2")


def scale(name: str, namespace: str, count: int) -> None:
    for attempt in range(5):
        deployment = apps.read_namespaced_deployment(name, namespace)
        deployment.spec.replicas = count
        try:
            apps.replace_namespaced_deployment(name, namespace, deployment)  # bad: CL301
            return
        except ApiException as error:
            if error.status != 409:
                raise
            time.sleep(attempt)


# good: read again
def scale_as_it_is(name: str, namespace: str, count: int) -> None:
    for attempt in range(5):
        deployment = apps.read_namespaced_deployment(name, namespace)
        deployment.spec.replicas = count
        try:
            apps.replace_namespaced_deployment(name, namespace, deployment)
            return
        except ApiException as error:
            if error.status != 409:
                raise
            time.sleep(attempt)


def set_comment(distribution: str, comment: str) -> None:
    for attempt in range(3):
        current = cloudfront.get_distribution_config(Id=distribution)
        config = {**current["DistributionConfig"], "Comment": comment}
        try:
            cloudfront.update_distribution(  # bad: CL301
                Id=distribution, DistributionConfig=config, IfMatch=current["ETag"]
            )
            return
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("PreconditionFailed", "InvalidIfMatchVersion"):
                raise
            time.sleep(attempt)


def block(name: str, number: str, addresses: list[str]) -> None:
    for attempt in range(3):
        found = firewall.get_ip_set(Name=name, Scope="CLOUDFRONT", Id=number)
        token = found["LockToken"]
        merged = sorted({*found["IPSet"]["Addresses"], *addresses})
        try:
            firewall.update_ip_set(  # bad: CL301
                Name=name, Scope="CLOUDFRONT", Id=number, Addresses=merged, LockToken=token
            )
            return
        except ClientError as error:
            if error.response["Error"]["Code"] == "WAFOptimisticLockException":
                time.sleep(attempt)
                continue
            raise


# good: read again
def set_comment_as_it_is(distribution: str, comment: str) -> None:
    for attempt in range(3):
        current = cloudfront.get_distribution_config(Id=distribution)
        config = {**current["DistributionConfig"], "Comment": comment}
        try:
            cloudfront.update_distribution(Id=distribution, DistributionConfig=config, IfMatch=current["ETag"])
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            time.sleep(attempt)
