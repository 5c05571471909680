"""Actions that are repeated by the application, with and without a token."""

from __future__ import annotations

import time
import uuid

import backoff
import boto3
import celery
import tenacity
from botocore.exceptions import ClientError, ConnectionClosedError

ec2 = boto3.client("ec2")
ecs = boto3.client("ecs")
athena = boto3.client("athena")
batch = boto3.client("batch")
functions = boto3.client("lambda")
cloudformation = boto3.client("cloudformation")
dynamodb = boto3.client("dynamodb")
iam = boto3.client("iam")
flows = boto3.client("stepfunctions")
sqs = boto3.client("sqs")


def launch(image: str) -> dict:
    client_token = str(uuid.uuid4())
    for attempt in range(5):
        try:
            return ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=client_token)  # bad: CL201
        except ClientError as error:
            if error.response["Error"]["Code"] == "UnauthorizedOperation":
                raise
            time.sleep(2**attempt)
    raise TimeoutError(image)


@tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_fixed(2))
def run_task(cluster: str, definition: str) -> str:
    """Each attempt is a task, and the lost one goes on running."""
    return ecs.run_task(cluster=cluster, taskDefinition=definition)["tasks"][0]["taskArn"]  # bad: CL201


@backoff.on_exception(backoff.expo, ConnectionClosedError, max_tries=3)
def query(text: str) -> str:
    return athena.start_query_execution(QueryString=text)["QueryExecutionId"]  # bad: CL201


@celery.shared_task(autoretry_for=(ConnectionClosedError,), max_retries=3)
def move(items: list[dict]) -> None:
    dynamodb.transact_write_items(TransactItems=items)  # bad: CL201


def volume(zone: str) -> dict:
    retrying = tenacity.Retrying(stop=tenacity.stop_after_attempt(3))
    return retrying(ec2.create_volume, AvailabilityZone=zone, Size=8)  # bad: CL201


@tenacity.retry(stop=tenacity.stop_after_attempt(5))
def temporary_user() -> str:
    """A user whose creation was only not answered stays behind, and nobody knows its name."""
    name = f"scratch-{uuid.uuid4()}"
    iam.create_user(UserName=name)  # bad: CL201
    return name


def execute(machine: str, order: str) -> dict:
    for attempt in range(5):
        try:
            return flows.start_execution(stateMachineArn=machine, name=str(uuid.uuid4()), input=order)  # bad: CL201
        except ClientError as error:
            if error.response["Error"]["Code"] == "StateMachineDoesNotExist":
                raise
            time.sleep(attempt)
    raise TimeoutError(machine)


# good: a token is passed
@backoff.on_exception(backoff.expo, ConnectionClosedError, max_tries=3)
def execute_once(machine: str, order: str, number: str) -> dict:
    return flows.start_execution(stateMachineArn=machine, name=f"order-{number}", input=order)


# good: a token is passed
@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def run_task_once(cluster: str, definition: str, job: str) -> dict:
    return ecs.run_task(cluster=cluster, taskDefinition=definition, clientToken=job)


# good: out of sight
@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def run_as_told(settings: dict) -> dict:
    return ecs.run_task(**settings)


# good: out of sight
def run_with(policy, image: str) -> dict:
    return policy(lambda: ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1))


# good: nothing was done
def launch_with_profile(image: str, profile: str) -> dict:
    """The profile is new, and not known everywhere yet."""
    while True:
        try:
            return ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, IamInstanceProfile={"Name": profile})
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidParameterValue":
                raise
            time.sleep(1)


# good: nothing was done
@backoff.on_exception(
    backoff.expo, ClientError, giveup=lambda e: e.response["Error"]["Code"] != "Throttling", max_tries=5
)
def query_slowly(text: str) -> str:
    return athena.start_query_execution(QueryString=text)["QueryExecutionId"]


# good: refused the second time
@backoff.on_exception(backoff.expo, ConnectionClosedError, max_tries=3)
def stack(name: str, template: str) -> None:
    cloudformation.create_stack(StackName=name, TemplateBody=template)


# good: harmless twice
@backoff.on_exception(backoff.expo, ConnectionClosedError, max_tries=3)
def scale(cluster: str, service: str, count: int) -> None:
    ecs.update_service(cluster=cluster, service=service, desiredCount=count)


# good: no token known
@backoff.on_exception(backoff.expo, ConnectionClosedError, max_tries=3)
def call(name: str, payload: bytes) -> dict:
    return functions.invoke(FunctionName=name, Payload=payload)


# good: not repeated
def launch_all(images: list[str]) -> None:
    for image in images:
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
