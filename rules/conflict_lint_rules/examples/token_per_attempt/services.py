"""Tokens that are made anew in each attempt, in the words of other services and other ways to repeat."""

from __future__ import annotations

import random
import time
import uuid

import boto3
import celery
import retrying
import tenacity
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, ReadTimeoutError

efs = boto3.client("efs")
ec2 = boto3.client("ec2")
acm = boto3.client("acm")
fsx = boto3.client("fsx")
spark = boto3.client("emr-serverless")
athena = boto3.client("athena")


def share(name: str) -> str:
    for attempt in range(3):
        try:
            answer = efs.create_file_system(  # bad: CL202
                CreationToken=f"{name}-{uuid.uuid4()}", Tags=[{"Key": "Name", "Value": name}]
            )
            return answer["FileSystemId"]
        except (ClientError, BotoCoreError):
            time.sleep(2**attempt)
    raise TimeoutError(name)


# good: made outside
def share_once(name: str) -> str:
    token = f"{name}-{uuid.uuid4()}"
    for attempt in range(3):
        try:
            return efs.create_file_system(CreationToken=token)["FileSystemId"]
        except BotoCoreError:
            time.sleep(2**attempt)
    raise TimeoutError(name)


@celery.shared_task(bind=True, autoretry_for=(ReadTimeoutError, EndpointConnectionError), max_retries=4)
def run_job(self, application: str, role: str, driver: dict) -> str:
    answer = spark.start_job_run(  # bad: CL202
        applicationId=application, executionRoleArn=role, jobDriver=driver, clientToken=str(uuid.uuid4())
    )
    return answer["jobRunId"]


# good: given by the caller
@celery.shared_task(bind=True, autoretry_for=(ReadTimeoutError, EndpointConnectionError), max_retries=4)
def run_job_once(self, application: str, role: str, driver: dict, order: str) -> str:
    answer = spark.start_job_run(
        applicationId=application, executionRoleArn=role, jobDriver=driver, clientToken=order
    )
    return answer["jobRunId"]


@retrying.retry(stop_max_attempt_number=5, wait_fixed=1000)
def volume(zone: str) -> str:
    token = uuid.uuid4().hex
    return ec2.create_volume(AvailabilityZone=zone, Size=10, ClientToken=token)["VolumeId"]  # bad: CL202


# good: given by the caller
@retrying.retry(stop_max_attempt_number=5, wait_fixed=1000)
def volume_for(zone: str, disk: str) -> str:
    return ec2.create_volume(AvailabilityZone=zone, Size=10, ClientToken=disk)["VolumeId"]


def file_system(subnet: str) -> dict:
    for attempt in tenacity.Retrying(stop=tenacity.stop_after_attempt(3)):
        with attempt:
            return fsx.create_file_system(  # bad: CL202
                FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=[subnet], ClientRequestToken=str(uuid.uuid4())
            )
    raise AssertionError


# good: made outside
def file_system_once(subnet: str) -> dict:
    token = str(uuid.uuid4())
    for attempt in tenacity.Retrying(stop=tenacity.stop_after_attempt(3)):
        with attempt:
            return fsx.create_file_system(
                FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=[subnet], ClientRequestToken=token
            )
    raise AssertionError


class Queries:
    def __init__(self) -> None:
        self.client = boto3.client("athena")

    def start(self, text: str) -> str:
        request = {"QueryString": text, "ClientRequestToken": str(uuid.uuid4())}
        return self.client.start_query_execution(**request)["QueryExecutionId"]  # bad: CL202

    def start_patiently(self, text: str) -> str:
        left = 5
        while left:
            try:
                return self.start(text)
            except BotoCoreError:
                left -= 1
                time.sleep(random.random())
        raise TimeoutError(text)

    # good: made outside
    def start_once(self, text: str) -> str:
        request = {"QueryString": text, "ClientRequestToken": str(uuid.uuid4())}
        left = 5
        while left:
            try:
                return self.client.start_query_execution(**request)["QueryExecutionId"]
            except BotoCoreError:
                left -= 1
                time.sleep(random.random())
        raise TimeoutError(text)


def fleet(template: str, count: int) -> dict:
    attempt = 0
    while True:
        try:
            return ec2.create_fleet(  # bad: CL202
                ClientToken=str(uuid.uuid4()),
                LaunchTemplateConfigs=[{"LaunchTemplateSpecification": {"LaunchTemplateId": template, "Version": "1"}}],
                TargetCapacitySpecification={"TotalTargetCapacity": count},
            )
        except ReadTimeoutError:
            attempt += 1
            if attempt == 4:
                raise
            time.sleep(attempt)


# good: nothing was done
def fleet_when_there_is_room(template: str, count: int) -> dict:
    while True:
        try:
            return ec2.create_fleet(
                ClientToken=str(uuid.uuid4()),
                LaunchTemplateConfigs=[{"LaunchTemplateSpecification": {"LaunchTemplateId": template, "Version": "1"}}],
                TargetCapacitySpecification={"TotalTargetCapacity": count},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "RequestLimitExceeded":
                raise
            time.sleep(30)


# good: not repeated
def certificates(domains: list[str]) -> None:
    for domain in domains:
        acm.request_certificate(DomainName=domain, IdempotencyToken=uuid.uuid4().hex)
