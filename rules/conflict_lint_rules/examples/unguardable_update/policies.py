"""Policy documents of buckets, keys, queues and roles: replaced whole, and nothing guards the replacement."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.service_resource import S3ServiceResource

kms = boto3.client("kms")
sqs = boto3.client("sqs")
iam = boto3.client("iam")
cognito = boto3.client("cognito-idp")


def allow_reader(s3: S3Client, bucket: str, principal: str) -> None:
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    policy["Statement"].append({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:GetObject"})
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))  # bad: CL106


def deny_plain_http(s3: S3Client, bucket: str) -> None:
    try:
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucketPolicy":
            raise
        policy = {"Version": "2012-10-17", "Statement": []}
    statements = [s for s in policy["Statement"] if s.get("Sid") != "DenyPlainHttp"]
    statements.append({"Sid": "DenyPlainHttp", "Effect": "Deny", "Principal": "*", "Action": "s3:*"})
    s3.put_bucket_policy(  # bad: CL106
        Bucket=bucket,
        Policy=json.dumps({**policy, "Statement": statements}),
    )


# good: compared only
def declare_policy(s3: S3Client, bucket: str, wanted: dict[str, Any]) -> bool:
    current = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    if current == wanted:
        return False
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(wanted))
    return True


# good: another resource
def copy_policy(s3: S3Client, source: str, target: str) -> None:
    policy = s3.get_bucket_policy(Bucket=source)["Policy"]
    s3.put_bucket_policy(Bucket=target, Policy=policy.replace(source, target))


# good: lock held
def allow_writer(s3: S3Client, bucket: str, principal: str, deployment_lock) -> None:
    with deployment_lock:
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        policy["Statement"].append({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:PutObject"})
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def revoke(s3: S3ServiceResource, bucket_name: str, sid: str) -> None:
    bucket_policy = s3.BucketPolicy(bucket_name)
    policy = json.loads(bucket_policy.policy)
    policy["Statement"] = [statement for statement in policy["Statement"] if statement["Sid"] != sid]
    bucket_policy.put(Policy=json.dumps(policy))  # bad: CL106


def add_key_user(key_id: str, role: str) -> None:
    policy = json.loads(kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"])
    for statement in policy["Statement"]:
        if statement["Sid"] == "KeyUsers":
            statement["Principal"]["AWS"].append(role)
    kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=json.dumps(policy))  # bad: CL106


# good: compared only
def grant_key_user(key_id: str, role: str) -> None:
    """The narrower call: one grant more, no document replaced."""
    if role not in kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]:
        kms.create_grant(KeyId=key_id, GranteePrincipal=role, Operations=["Decrypt"])


def allow_topic(queue_url: str, topic_arn: str) -> None:
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["Policy"])["Attributes"]
    policy = json.loads(attributes.get("Policy", '{"Statement": []}'))
    policy["Statement"].append({"Action": "sqs:SendMessage", "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}}})
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(policy)})  # bad: CL106


# good: another resource
def allow_topic_narrowly(queue_url: str, account: str) -> None:
    """The narrower call: one statement more, decided by the server."""
    name = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.add_permission(QueueUrl=queue_url, Label=name, AWSAccountIds=[account], Actions=["SendMessage"])


def trust(role_name: str, service: str) -> None:
    document = iam.get_role(RoleName=role_name)["Role"]["AssumeRolePolicyDocument"]
    document["Statement"].append({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})
    iam.update_assume_role_policy(RoleName=role_name, PolicyDocument=json.dumps(document))  # bad: CL106


def widen_inline_policy(role_name: str, resource: str) -> None:
    document = iam.get_role_policy(RoleName=role_name, PolicyName="access")["PolicyDocument"]
    document["Statement"][0]["Resource"] += [resource]
    iam.put_role_policy(RoleName=role_name, PolicyName="access", PolicyDocument=json.dumps(document))  # bad: CL106


# good: another resource
def clone_inline_policy(role_name: str, resource: str) -> None:
    document = iam.get_role_policy(RoleName=role_name, PolicyName="access")["PolicyDocument"]
    document["Statement"][0]["Resource"] = [resource]
    iam.put_role_policy(RoleName=role_name, PolicyName="access-copy", PolicyDocument=json.dumps(document))


def add_callback(pool: str, client: str, address: str) -> None:
    found = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"]
    found["CallbackURLs"].append(address)
    for name in ("CreationDate", "LastModifiedDate"):
        found.pop(name)
    cognito.update_user_pool_client(**found)  # bad: CL106


def set_triggers(pool: str, triggers: dict) -> None:
    request = {}
    for name, value in cognito.describe_user_pool(UserPoolId=pool)["UserPool"].items():
        if name in ("Policies", "EmailConfiguration", "AutoVerifiedAttributes"):
            request[name] = value
    request["LambdaConfig"] = triggers
    cognito.update_user_pool(UserPoolId=pool, **request)  # bad: CL106


# good: declared whole
def reset(pool: str, **settings: object) -> None:
    known = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]
    if known["Name"] != pool:
        cognito.update_user_pool(UserPoolId=pool, **settings)


@dataclass
class Statements:
    """A policy by the names of its statements."""

    named: dict[str, dict]
    version: str = "2012-10-17"

    @classmethod
    def of(cls, document: dict) -> Statements:
        return cls({statement["Sid"]: statement for statement in document["Statement"]})

    def document(self) -> dict:
        return {"Version": self.version, "Statement": list(self.named.values())}


def allow_pulling(repository: str, statement: dict) -> None:
    ecr = boto3.client("ecr")
    found = Statements.of(json.loads(ecr.get_repository_policy(repositoryName=repository)["policyText"]))
    found.named[statement["Sid"]] = statement
    ecr.set_repository_policy(repositoryName=repository, policyText=json.dumps(found.document()))  # bad: CL106


# good: declared whole
def allow_only_pulling(repository: str, statement: dict) -> None:
    ecr = boto3.client("ecr")
    wanted = Statements({statement["Sid"]: statement})
    found = Statements.of(json.loads(ecr.get_repository_policy(repositoryName=repository)["policyText"]))
    if found.named != wanted.named:
        ecr.set_repository_policy(repositoryName=repository, policyText=json.dumps(wanted.document()))


def allow_replication(statement: dict) -> None:
    """The registry has one policy, without a name."""
    ecr = boto3.client("ecr")
    policy = json.loads(ecr.get_registry_policy()["policyText"])
    policy["Statement"].append(statement)
    ecr.put_registry_policy(policyText=json.dumps(policy))  # bad: CL106


# good: declared whole
def open_to_logs(bucket: str) -> None:
    owner = s3.get_bucket_acl(Bucket=bucket)["Owner"]
    group = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
    grants = [{"Grantee": group, "Permission": permission} for permission in ("WRITE", "READ_ACP")]
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Grants": grants, "Owner": owner})


def open_to_more_logs(bucket: str, group: str) -> None:
    acl = s3.get_bucket_acl(Bucket=bucket)
    grants = [*acl["Grants"], {"Grantee": {"Type": "Group", "URI": group}, "Permission": "WRITE"}]
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Grants": grants, "Owner": acl["Owner"]})  # bad: CL106
