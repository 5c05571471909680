"""Tokens that nobody fills in. All findings here are hints."""

from __future__ import annotations

import boto3

ec2 = boto3.client("ec2")
ecs = boto3.client("ecs")
acm = boto3.client("acm")
sqs = boto3.client("sqs")
codebuild = boto3.client("codebuild")


def certificate(domain: str) -> str:
    return acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]  # bad: CL206


def endpoint(network: str, service: str) -> None:
    ec2.create_vpc_endpoint(VpcId=network, ServiceName=service)  # bad: CL206


def build(project: str) -> None:
    codebuild.start_build(projectName=project)  # bad: CL206


# good: a token is passed
def build_once(project: str, commit: str) -> None:
    codebuild.start_build(projectName=project, sourceVersion=commit, idempotencyToken=commit)


# good: filled in by the SDK
def launch(image: str) -> None:
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)


# good: out of sight
def endpoint_as_told(settings: dict) -> None:
    ec2.create_vpc_endpoint(**settings)


# good: may be told by the content
def send(queue: str, text: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody=text, MessageGroupId="all")
