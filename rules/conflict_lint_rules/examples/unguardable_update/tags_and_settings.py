"""Tag sets, notifications, life cycles, parameters and secrets."""

from __future__ import annotations

import json

import boto3
from botocore.exceptions import ClientError

ec2 = boto3.client("ec2")
s3 = boto3.client("s3")
ssm = boto3.client("ssm")
secrets = boto3.client("secretsmanager")


def tag_bucket(bucket: str, name: str, value: str) -> None:
    try:
        tags = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchTagSet":
            raise
        tags = []
    tags = [tag for tag in tags if tag["Key"] != name] + [{"Key": name, "Value": value}]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})  # bad: CL106


# good: compared only
def ensure_tags(bucket: str, wanted: list[dict[str, str]]) -> None:
    if s3.get_bucket_tagging(Bucket=bucket)["TagSet"] != wanted:
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": wanted})


def mark_scanned(bucket: str, key: str) -> None:
    tags = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    tags.append({"Key": "scanned", "Value": "yes"})
    s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": tags})  # bad: CL106


def join_group(instance: str, group: str) -> None:
    answer = ec2.describe_instance_attribute(InstanceId=instance, Attribute="groupSet")
    groups = {each["GroupId"] for each in answer["Groups"]}
    groups.add(group)
    ec2.modify_instance_attribute(InstanceId=instance, Groups=list(groups))  # bad: CL106


# good: another resource
def share_groups(source: str, target: str) -> None:
    groups = ec2.describe_instance_attribute(InstanceId=source, Attribute="groupSet")["Groups"]
    ec2.modify_instance_attribute(InstanceId=target, Groups=[each["GroupId"] for each in groups])


# good: compared only
def isolate(instance: str, group: str) -> None:
    groups = ec2.describe_instance_attribute(InstanceId=instance, Attribute="groupSet")["Groups"]
    if [each["GroupId"] for each in groups] != [group]:
        ec2.modify_instance_attribute(InstanceId=instance, Groups=[group])


# good: another resource
def inherit_tags(bucket: str, source: str, target: str) -> None:
    tags = s3.get_object_tagging(Bucket=bucket, Key=source)["TagSet"]
    s3.put_object_tagging(Bucket=bucket, Key=target, Tagging={"TagSet": [*tags, {"Key": "copy", "Value": "yes"}]})


def notify(bucket: str, queue_arn: str) -> None:
    configuration = s3.get_bucket_notification_configuration(Bucket=bucket)
    configuration.pop("ResponseMetadata", None)
    queues = configuration.setdefault("QueueConfigurations", [])
    queues.append({"QueueArn": queue_arn, "Events": ["s3:ObjectCreated:*"]})
    s3.put_bucket_notification_configuration(  # bad: CL106
        Bucket=bucket, NotificationConfiguration=configuration
    )


def expire_after(bucket: str, prefix: str, days: int) -> None:
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    rules.append({"ID": prefix, "Filter": {"Prefix": prefix}, "Expiration": {"Days": days}, "Status": "Enabled"})
    s3.put_bucket_lifecycle_configuration(  # bad: CL106
        Bucket=bucket, LifecycleConfiguration={"Rules": rules}
    )


def next_build_number(name: str) -> int:
    number = int(ssm.get_parameter(Name=name)["Parameter"]["Value"]) + 1
    ssm.put_parameter(Name=name, Value=str(number), Overwrite=True)  # bad: CL106
    return number


# good: guarded
def first_build_number(name: str, template: str) -> None:
    """Without ``Overwrite=True`` the call creates, and fails where the parameter exists."""
    value = ssm.get_parameter(Name=template)["Parameter"]["Value"]
    ssm.put_parameter(Name=name, Value=value, Type="String")


# good: guarded
def recreate(name: str) -> None:
    value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    ssm.put_parameter(Name=name, Value=value.strip(), Type="String", Overwrite=False)


def add_credential(secret: str, user: str, password: str) -> None:
    credentials = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
    credentials[user] = password
    secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(credentials))  # bad: CL106


# good: another resource
def replicate(secret: str, replica: str) -> None:
    credentials = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
    credentials["replica"] = True
    secrets.put_secret_value(SecretId=replica, SecretString=json.dumps(credentials))


def allow_origin(bucket: str, origin: str) -> None:
    """What was read is gathered one by one."""
    s3 = boto3.client("s3")
    origins = {origin}
    for rule in s3.get_bucket_cors(Bucket=bucket)["CORSRules"]:
        for known in rule["AllowedOrigins"]:
            origins.add(known)
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": [each]} for each in origins]
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})  # bad: CL106


# good: another resource
def allow_origins_of(bucket: str, other: str) -> None:
    s3 = boto3.client("s3")
    origins: list[str] = []
    for rule in s3.get_bucket_cors(Bucket=other)["CORSRules"]:
        origins.extend(rule["AllowedOrigins"])
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": [each]} for each in origins]
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
