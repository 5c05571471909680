"""Opens a team's bucket and queue to another account."""

import json

import boto3
from botocore.exceptions import ClientError


def allow_reading(bucket, account):
    s3 = boto3.client("s3")
    policy = bucket_policy(s3, bucket)
    policy["Statement"].append(
        {
            "Sid": f"Read{account}",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{bucket}/*",
        }
    )
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def bucket_policy(s3, bucket):
    try:
        return json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucketPolicy":
            return {"Version": "2012-10-17", "Statement": []}
        raise


def allow_sending(queue_url, account):
    sqs = boto3.client("sqs")
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["Policy", "QueueArn"])["Attributes"]
    policy = json.loads(attributes.get("Policy", '{"Version": "2012-10-17", "Statement": []}'))
    policy["Statement"].append(
        {
            "Sid": f"Send{account}",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "sqs:SendMessage",
            "Resource": attributes["QueueArn"],
        }
    )
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(policy)})
