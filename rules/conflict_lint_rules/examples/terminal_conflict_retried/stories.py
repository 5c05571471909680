"""A task that is repeated after every error of the SDK, the start of a cluster included."""

from __future__ import annotations

import boto3
import celery
from botocore.exceptions import ClientError

emr = boto3.client("emr")


@celery.shared_task(autoretry_for=(ClientError,), max_retries=5)
def start_cluster(name: str, size: int) -> str:
    """Throttling in the second call starts the task again, and with it a second cluster."""
    cluster = emr.run_job_flow(Name=name, Instances={"InstanceCount": size})["JobFlowId"]  # bad: CL303
    return emr.describe_cluster(ClusterId=cluster)["Cluster"]["MasterPublicDnsName"]


# good: no retry
def start_cluster_once(name: str, size: int) -> str:
    return emr.run_job_flow(Name=name, Instances={"InstanceCount": size})["JobFlowId"]


# good: errors that pass
@celery.shared_task(autoretry_for=(ClientError,), max_retries=5)
def master_of(cluster: str) -> str:
    """The task that only looks may be repeated as often as it takes."""
    return emr.describe_cluster(ClusterId=cluster)["Cluster"]["MasterPublicDnsName"]
