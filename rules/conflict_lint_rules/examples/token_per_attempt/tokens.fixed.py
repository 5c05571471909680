"""Where a token is made and where the request is repeated."""

from __future__ import annotations

import secrets
import time
import uuid

import backoff
import boto3
import stamina
import tenacity
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

ec2 = boto3.client("ec2")
ecs = boto3.client("ecs")
emr = boto3.client("emr-containers")
athena = boto3.client("athena")
route53 = boto3.client("route53")
codebuild = boto3.client("codebuild")
cloudformation = boto3.client("cloudformation")
dynamodb = boto3.client("dynamodb")


def launch(image: str) -> dict:
    client_token = str(uuid.uuid4())
    for attempt in range(5):
        try:
            return ec2.run_instances(  # bad: CL202
                ImageId=image, MinCount=1, MaxCount=1, ClientToken=client_token
            )
        except ClientError:
            time.sleep(2**attempt)
    raise TimeoutError(image)


def launch_named(image: str) -> dict:
    token = uuid.uuid4().hex
    while True:
        try:
            return ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=token)  # bad: CL202
        except (ReadTimeoutError, ConnectionClosedError):
            time.sleep(1)


@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def start_job(cluster: str, role: str, driver: dict) -> dict:
    return emr.start_job_run(  # bad: CL202
        virtualClusterId=cluster, executionRoleArn=role, jobDriver=driver, clientToken=str(uuid.uuid4())
    )


@backoff.on_exception(backoff.expo, ConnectionClosedError, max_tries=4)
def query(text: str) -> str:
    token = str(uuid.uuid4())
    return athena.start_query_execution(QueryString=text, ClientRequestToken=token)["QueryExecutionId"]  # bad: CL202


def new_reference() -> str:
    return f"zone-{uuid.uuid4()}"


@stamina.retry(on=ReadTimeoutError)
def zone(name: str) -> None:
    route53.create_hosted_zone(Name=name, CallerReference=new_reference())  # bad: CL202


def run_task(cluster: str, definition: str) -> dict:
    return ecs.run_task(  # bad: CL202
        cluster=cluster, taskDefinition=definition, clientToken=secrets.token_hex(16)
    )


def run_task_patiently(cluster: str, definition: str) -> dict:
    return tenacity.Retrying(stop=tenacity.stop_after_attempt(3))(run_task, cluster, definition)


def build(name: str, commit: str) -> None:
    left = 3
    idempotency_token = f"{commit}-{uuid.uuid4()}"
    while left:
        try:
            codebuild.start_build(  # bad: CL202
                projectName=name, sourceVersion=commit, idempotencyToken=idempotency_token
            )
            return
        except ClientError as error:
            left -= 1
            if error.response["Error"]["Code"] not in ("InternalFailure", "Throttling"):
                raise


class Ledger:
    def __init__(self) -> None:
        self.client = boto3.client("dynamodb")

    @tenacity.retry(stop=tenacity.stop_after_attempt(3), retry=tenacity.retry_if_exception_type(ReadTimeoutError))
    def move(self, items: list[dict]) -> None:
        self.client.transact_write_items(TransactItems=items, ClientRequestToken=str(uuid.uuid4()))  # bad: CL202


# good: made outside
def launch_once(image: str) -> dict:
    token = str(uuid.uuid4())
    for attempt in range(5):
        try:
            return ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=token)
        except ClientError:
            time.sleep(2**attempt)
    raise TimeoutError(image)


# good: made outside
def launch_each(images: list[str]) -> None:
    for image in images:
        token = str(uuid.uuid4())
        for attempt in range(5):
            try:
                ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=token)
                break
            except ReadTimeoutError:
                time.sleep(attempt)


# good: given by the caller
@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def start_job_once(cluster: str, role: str, driver: dict, token: str) -> dict:
    return emr.start_job_run(
        virtualClusterId=cluster, executionRoleArn=role, jobDriver=driver, clientToken=token
    )


# good: given by the caller
@stamina.retry(on=ReadTimeoutError)
def zone_for(name: str, job: str) -> None:
    route53.create_hosted_zone(Name=name, CallerReference=f"{job}/{name}")


# good: nothing was done
def launch_when_allowed(image: str) -> dict:
    while True:
        try:
            return ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=str(uuid.uuid4()))
        except ClientError as error:
            if error.response["Error"]["Code"] != "RequestLimitExceeded":
                raise
            time.sleep(1)


# good: nothing was done
@backoff.on_exception(
    backoff.expo, ClientError, giveup=lambda e: e.response["Error"]["Code"] != "ThrottlingException", max_tries=5
)
def run_task_slowly(cluster: str, definition: str) -> dict:
    return ecs.run_task(cluster=cluster, taskDefinition=definition, clientToken=str(uuid.uuid4()))


# good: not repeated
def launch_all(images: list[str]) -> None:
    for image in images:
        try:
            ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=str(uuid.uuid4()))
        except ClientError as error:
            print(image, error)


# good: harmless twice
@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def drop(name: str) -> None:
    cloudformation.delete_stack(StackName=name, ClientRequestToken=str(uuid.uuid4()))
