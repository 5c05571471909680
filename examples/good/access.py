"""Opens a team's bucket and queue to another account: the whole policy is declared, or one statement is added."""

import json

import boto3


def declare_readers(bucket, accounts):
    """Everything that is allowed stands here; nothing is read back and merged."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Readers",
                "Effect": "Allow",
                "Principal": {"AWS": [f"arn:aws:iam::{account}:root" for account in sorted(accounts)]},
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
            }
        ],
    }
    boto3.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def allow_sending(queue_url, account):
    """The queue adds the statement itself."""
    boto3.client("sqs").add_permission(
        QueueUrl=queue_url, Label=f"Send{account}", AWSAccountIds=[account], Actions=["SendMessage"]
    )
