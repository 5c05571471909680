"""Settings of buckets that two deployments change at a time."""

from __future__ import annotations

import time

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")


def notify(bucket: str, queue: dict) -> None:
    """The loop repeats the write alone, so what another deployment added in between is overwritten."""
    current = s3.get_bucket_notification_configuration(Bucket=bucket)
    current.pop("ResponseMetadata")
    current.setdefault("QueueConfigurations", []).append(queue)
    for attempt in range(10):
        try:
            s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=current)  # bad: CL106
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "OperationAborted":
                raise
            time.sleep(attempt)


# good: declared whole
def declare(bucket: str, queues: list[dict]) -> None:
    """One owner declares all of it, and nothing has to be read."""
    for attempt in range(10):
        try:
            s3.put_bucket_notification_configuration(
                Bucket=bucket, NotificationConfiguration={"QueueConfigurations": queues}
            )
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "OperationAborted":
                raise
            time.sleep(attempt)
