"""One token for several requests: literals, tokens of modules and objects, tokens before loops."""

from __future__ import annotations

import time
import uuid

import boto3
from botocore.exceptions import ClientError

ec2 = boto3.client("ec2")
ecs = boto3.client("ecs")
efs = boto3.client("efs")
athena = boto3.client("athena")
cloudformation = boto3.client("cloudformation")
route53 = boto3.client("route53")
emr = boto3.client("emr-containers")
RUN_TOKEN = str(uuid.uuid4())  # bad: CL203


def launch(image: str) -> None:
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken="launch-worker")  # bad: CL203


def query(text: str, output: str) -> None:
    athena.start_query_execution(
        QueryString=text,
        ResultConfiguration={"OutputLocation": output},
        ClientRequestToken="00000000-0000-0000-0000-000000000000",  # bad: CL203
    )


def stack(name: str, template: str) -> None:
    token = "deploy"  # bad: CL203
    cloudformation.create_stack(StackName=name, TemplateBody=template, ClientRequestToken=token)


def run_task(cluster: str, definition: str) -> None:
    ecs.run_task(cluster=cluster, taskDefinition=definition, clientToken=RUN_TOKEN)


def launch_each(images: list[str]) -> None:
    token = str(uuid.uuid4())  # bad: CL203
    for image in images:
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=token)


def volumes(zones: list[str]) -> None:
    token = uuid.uuid4().hex  # bad: CL203
    for zone in zones:
        ec2.create_volume(AvailabilityZone=zone, Size=10, ClientToken=token)


def zones_of(names: list[str]) -> None:
    reference = f"run-{uuid.uuid4()}"  # bad: CL203
    for name in names:
        route53.create_hosted_zone(Name=name, CallerReference=reference)


class Jobs:
    """Started again on purpose after a failure, the job is taken for the one that failed."""

    def __init__(self, cluster: str) -> None:
        self.client = boto3.client("emr-containers")
        self.cluster = cluster
        self.token = str(uuid.uuid4())  # bad: CL203

    def start(self, role: str, driver: dict) -> str:
        answer = self.client.start_job_run(
            virtualClusterId=self.cluster, executionRoleArn=role, jobDriver=driver, clientToken=self.token
        )
        return answer["id"]


# good: one for each request
def launch_all(images: list[str]) -> None:
    for image in images:
        token = str(uuid.uuid4())
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=token)


# good: one for each request
def launch_again(job: str, images: list[str]) -> None:
    for image in images:
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=f"{job}-{image}")


# good: derived from the item
def launch_numbered(images: list[str]) -> None:
    run = uuid.uuid4()
    for number, image in enumerate(images):
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=f"{run}-{number}")


# good: derived from the item
def volume_of(name: str) -> None:
    efs.create_file_system(CreationToken=name)


# good: nothing else varies
def the_volume() -> None:
    efs.create_file_system(CreationToken="shared-home", Encrypted=True)


# good: one request
def launch_patiently(image: str) -> None:
    token = str(uuid.uuid4())
    for attempt in range(5):
        try:
            ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=token)
            return
        except ClientError:
            time.sleep(attempt)


# good: given by the caller
def launch_as_told(image: str, token: str) -> None:
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=token)


# good: given by the caller
def rotate(event: dict) -> None:
    secrets = boto3.client("secretsmanager")
    secrets.put_secret_value(
        SecretId=event["SecretId"], SecretString="new", ClientRequestToken=event["ClientRequestToken"]
    )


class Order:
    """The object is the request, and keeps its token."""

    def __init__(self, image: str) -> None:
        self.image = image
        self.token = str(uuid.uuid4())

    # good: one request
    def send(self) -> None:
        ec2.run_instances(ImageId=self.image, MinCount=1, MaxCount=1, ClientToken=self.token)
