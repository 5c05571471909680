"""Tokens from clocks, process numbers and small random numbers; deduplication ids that are new each time."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import random
import time
import uuid

import boto3
from botocore.exceptions import ClientError

route53 = boto3.client("route53")
cloudfront = boto3.client("cloudfront")
ec2 = boto3.client("ec2")
efs = boto3.client("efs")
sqs = boto3.client("sqs")
sns = boto3.client("sns")


def zone(name: str) -> None:
    route53.create_hosted_zone(Name=name, CallerReference=str(time.time()))  # bad: CL204


def reference(name: str) -> str:
    return f"{name}-{int(time.time())}"  # bad: CL204


def zone_by_helper(name: str) -> None:
    route53.create_hosted_zone(Name=name, CallerReference=reference("zones"))


def distribution(origin: dict) -> None:
    stamp = datetime.datetime.now().strftime("%Y%m%d%H%M%S")  # bad: CL204
    cloudfront.create_distribution(
        DistributionConfig={"CallerReference": stamp, "Origins": origin, "Comment": "", "Enabled": True}
    )


def host(kind: str) -> None:
    ec2.allocate_hosts(
        InstanceType=kind, Quantity=1, AvailabilityZone="eu-central-1a", ClientToken=f"host-{os.getpid()}"  # bad: CL204
    )


def volume() -> None:
    efs.create_file_system(CreationToken="efs-%d" % random.randint(0, 9999))  # bad: CL204


def order(queue: str, number: str) -> None:
    sqs.send_message(
        QueueUrl=queue,
        MessageBody=json.dumps({"order": number}),
        MessageGroupId="orders",
        MessageDeduplicationId=str(uuid.uuid4()),  # bad: CL204
    )


def announce(topic: str, text: str) -> None:
    sns.publish(TopicArn=topic, Message=text, MessageGroupId="all", MessageDeduplicationId=uuid.uuid4().hex)  # bad: CL204


# good: long and random
def zone_once(name: str) -> None:
    route53.create_hosted_zone(Name=name, CallerReference=str(uuid.uuid4()))


# good: long and random
def zone_of_today(name: str) -> None:
    route53.create_hosted_zone(Name=name, CallerReference=f"{time.time()}-{uuid.uuid4()}")


# good: named after the thing
def zone_for(name: str, job: str) -> None:
    route53.create_hosted_zone(Name=name, CallerReference=f"{job}/{name}")


# good: named after the thing
def order_once(queue: str, number: str) -> None:
    body = json.dumps({"order": number})
    sqs.send_message(
        QueueUrl=queue,
        MessageBody=body,
        MessageGroupId="orders",
        MessageDeduplicationId=hashlib.sha256(body.encode()).hexdigest(),
    )


# good: named after the thing
def order_in_run(queue: str, number: str) -> None:
    run = uuid.uuid4().hex
    sqs.send_message(
        QueueUrl=queue, MessageBody=number, MessageGroupId="orders", MessageDeduplicationId=f"{run}-{number}"
    )


# good: harmless twice
def invalidate(distribution: str, paths: list[str]) -> None:
    cloudfront.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "CallerReference": str(time.time()),
            "Paths": {"Quantity": len(paths), "Items": paths},
        },
    )


# good: not a token
def tag(instance: str) -> None:
    ec2.create_tags(Resources=[instance], Tags=[{"Key": "seen", "Value": str(time.time())}])


# good: a default
def order_as_told(queue: str, number: str, token: str | None = None) -> None:
    sqs.send_message(
        QueueUrl=queue, MessageBody=number, MessageGroupId="all", MessageDeduplicationId=token or str(uuid.uuid4())
    )


# good: made outside
def order_patiently(queue: str, number: str) -> None:
    token = str(uuid.uuid4())
    for attempt in range(5):
        try:
            sqs.send_message(
                QueueUrl=queue, MessageBody=number, MessageGroupId="all", MessageDeduplicationId=token
            )
            return
        except ClientError:
            time.sleep(attempt)
