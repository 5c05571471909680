"""A task that is repeated after every error of the SDK, wrong parameters included."""

from __future__ import annotations

import boto3
import celery
from botocore.exceptions import ClientError

emr = boto3.client("emr")


@celery.shared_task(autoretry_for=(ClientError,), max_retries=5)
def resize_cluster(cluster: str, groups: list[dict]) -> None:
    emr.modify_instance_groups(ClusterId=cluster, InstanceGroups=groups)  # bad: CL303


# good: no retry
def resize_cluster_once(cluster: str, groups: list[dict]) -> None:
    emr.modify_instance_groups(ClusterId=cluster, InstanceGroups=groups)


# good: errors that pass
@celery.shared_task(autoretry_for=(ClientError,), max_retries=5)
def master_of(cluster: str) -> str:
    """The task that only looks may be repeated as often as it takes."""
    return emr.describe_cluster(ClusterId=cluster)["Cluster"]["MasterPublicDnsName"]
