"""Messages whose deduplication was switched off by an identifier that is new each time."""

from __future__ import annotations

import uuid

import boto3

sqs = boto3.client("sqs")


def submit(queue: str, body: str) -> None:
    sqs.send_message(
        QueueUrl=queue,
        MessageBody=body,
        MessageGroupId="submissions",
        MessageDeduplicationId=str(uuid.uuid4()),  # bad: CL204
    )


# good: named after the thing
def submit_once(queue: str, submission: str, body: str) -> None:
    sqs.send_message(
        QueueUrl=queue,
        MessageBody=body,
        MessageGroupId="submissions",
        MessageDeduplicationId=f"submission-{submission}",
    )
