"""Tokens that outlive the request they were made for, as others met and told it."""

from __future__ import annotations

import hashlib
import uuid

import boto3

ec2 = boto3.client("ec2")


class JobOperator:
    """The run that is started on purpose after a failed one gets the failed one's answer."""

    def __init__(self, cluster: str, role: str) -> None:
        self.cluster, self.role = cluster, role
        self.client = boto3.client("emr-containers")
        self.token = str(uuid.uuid4())  # bad: CL203

    def execute(self, driver: dict) -> str:
        answer = self.client.start_job_run(
            virtualClusterId=self.cluster, executionRoleArn=self.role, jobDriver=driver, clientToken=self.token
        )
        return answer["id"]


class TokenOfEachRun(JobOperator):
    # good: one for each request
    def execute(self, driver: dict) -> str:
        token = str(uuid.uuid4())
        answer = self.client.start_job_run(
            virtualClusterId=self.cluster, executionRoleArn=self.role, jobDriver=driver, clientToken=token
        )
        return answer["id"]


def launch_pool(images: dict[str, str]) -> None:
    """Refused as IdempotentParameterMismatch from the second image on."""
    token = str(uuid.uuid4())  # bad: CL203
    for image, kind in images.items():
        ec2.run_instances(ImageId=image, InstanceType=kind, MinCount=1, MaxCount=1, ClientToken=token)


# good: derived from the item
def launch_pool_by_parameters(images: dict[str, str], run: str) -> None:
    for image, kind in images.items():
        token = hashlib.sha256(f"{run}/{image}/{kind}".encode()).hexdigest()
        ec2.run_instances(ImageId=image, InstanceType=kind, MinCount=1, MaxCount=1, ClientToken=token)
