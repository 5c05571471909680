"""Tasks and clusters that were started twice, as others met and told it."""

from __future__ import annotations

import boto3
import celery
import stripe
import tenacity
from botocore.exceptions import ClientError
from google.api_core.exceptions import ServiceUnavailable
from google.cloud import bigquery

emr = boto3.client("emr")
ec2 = boto3.client("ec2")


class ContainerTask:
    """A lost answer of `run_task` leaves a task behind that nobody watches."""

    def __init__(self, cluster: str, definition: str) -> None:
        self.cluster, self.definition = cluster, definition
        self.client = boto3.client("ecs")

    @tenacity.retry(stop=tenacity.stop_after_attempt(3))
    def start(self) -> str:
        answer = self.client.run_task(  # bad: CL201
            cluster=self.cluster, taskDefinition=self.definition, launchType="FARGATE"
        )
        return answer["tasks"][0]["taskArn"]

    # good: a token is passed
    @tenacity.retry(stop=tenacity.stop_after_attempt(3))
    def start_once(self, run: str) -> str:
        answer = self.client.run_task(
            cluster=self.cluster, taskDefinition=self.definition, launchType="FARGATE", clientToken=run
        )
        return answer["tasks"][0]["taskArn"]


@celery.shared_task(autoretry_for=(stripe.APIConnectionError,), max_retries=5)
def pay_registration(registration: str, customer: str, amount: int) -> None:
    """Charged once for each attempt whose answer was lost."""
    stripe.Charge.create(amount=amount, currency="eur", customer=customer, description=registration)  # bad: CL201


# good: a token is passed
@celery.shared_task(autoretry_for=(stripe.APIConnectionError,), max_retries=5)
def pay_registration_once(registration: str, customer: str, amount: int) -> None:
    stripe.Charge.create(
        amount=amount, currency="eur", customer=customer, idempotency_key=f"registration-{registration}"
    )


@tenacity.retry(stop=tenacity.stop_after_attempt(3), retry=tenacity.retry_if_exception_type(ServiceUnavailable))
def stream(table: str, rows: list[dict]) -> None:
    """No identifier at all for each row: nothing tells a repeated row from a new one."""
    bigquery.Client().insert_rows_json(table, rows, row_ids=[None] * len(rows))  # bad: CL201


# good: a token is passed
@tenacity.retry(stop=tenacity.stop_after_attempt(3), retry=tenacity.retry_if_exception_type(ServiceUnavailable))
def stream_once(table: str, rows: list[dict]) -> None:
    bigquery.Client().insert_rows_json(table, rows, row_ids=[row["id"] for row in rows])


@celery.shared_task(autoretry_for=(ClientError,), max_retries=5)
def start_cluster(name: str, size: int) -> str:
    """Throttling in the second call starts the task again, and with it a second cluster."""
    cluster = emr.run_job_flow(Name=name, Instances={"InstanceCount": size})["JobFlowId"]  # bad: CL201
    return emr.describe_cluster(ClusterId=cluster)["Cluster"]["MasterPublicDnsName"]


# good: not repeated
def start_cluster_once(name: str, size: int) -> str:
    return emr.run_job_flow(Name=name, Instances={"InstanceCount": size})["JobFlowId"]


def launch(image: str) -> str:
    for _ in range(3):
        try:
            machine = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]  # bad: CL201
            ec2.create_tags(Resources=[machine], Tags=[{"Key": "team", "Value": "search"}])
            return machine
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("Throttling", "RequestLimitExceeded"):
                raise
    raise TimeoutError(image)


# good: a token is passed
def launch_once(image: str, run: str) -> str:
    for _ in range(3):
        try:
            made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=run)
            machine = made["Instances"][0]["InstanceId"]
            ec2.create_tags(Resources=[machine], Tags=[{"Key": "team", "Value": "search"}])
            return machine
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("Throttling", "RequestLimitExceeded"):
                raise
    raise TimeoutError(image)


# good: nothing was done
def launch_and_tag_later(image: str, tags: list[dict]) -> str:
    machine = ""
    for _ in range(3):
        try:
            if not machine:
                machine = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
            ec2.create_tags(Resources=[machine], Tags=tags)
            return machine
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("Throttling", "RequestLimitExceeded"):
                raise
    raise TimeoutError(image)
