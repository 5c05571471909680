"""The same in other services: stacks, instances, volumes, streams, clusters, distributions."""

from __future__ import annotations

import time

import boto3
from botocore.exceptions import ClientError, WaiterError

stacks = boto3.client("cloudformation")
ec2 = boto3.client("ec2")
rds = boto3.client("rds")
tables = boto3.client("dynamodb")
streams = boto3.client("kinesis")
clusters = boto3.client("eks")
content = boto3.client("cloudfront")


def create_and_update_stack(name: str, first: str, second: str) -> None:
    stacks.create_stack(StackName=name, TemplateBody=first)
    stacks.get_waiter("stack_create_complete").wait(StackName=name)
    stacks.update_stack(StackName=name, TemplateBody=second)  # bad: CL405


def run_change_set(name: str, changes: str, template: str) -> None:
    stacks.create_change_set(StackName=name, ChangeSetName=changes, TemplateBody=template)
    stacks.get_waiter("change_set_create_complete").wait(StackName=name, ChangeSetName=changes)
    stacks.execute_change_set(StackName=name, ChangeSetName=changes)  # bad: CL405


# good: waits
def run_change_set_when_ready(name: str, changes: str, template: str) -> None:
    stacks.create_change_set(StackName=name, ChangeSetName=changes, TemplateBody=template)
    stacks.get_waiter("change_set_create_complete").wait(StackName=name, ChangeSetName=changes)
    stacks.execute_change_set(StackName=name, ChangeSetName=changes)


def resize(instance: str, kind: str) -> None:
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": kind})  # bad: CL405
    ec2.start_instances(InstanceIds=[instance])  # bad: CL405


# good: waits
def resize_when_stopped(instance: str, kind: str) -> None:
    ec2.stop_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": kind})
    ec2.start_instances(InstanceIds=[instance])


def resize_by_name(instance: str, kind: str) -> None:
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, Attribute="instanceType", Value=kind)  # bad: CL405


# good: does not overlap
def stop_unprotected(instance: str) -> None:
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, Attribute="disableApiTermination", Value="false")
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance])


# good: does not overlap
def test_resizing(instance: str, kind: str) -> None:
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": kind})


# good: does not overlap
def stop_unchecked(instance: str) -> None:
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, SourceDestCheck={"Value": False})


def add_volume(instance: str, zone: str) -> None:
    volume = ec2.create_volume(AvailabilityZone=zone, Size=10)
    ec2.attach_volume(VolumeId=volume["VolumeId"], InstanceId=instance, Device="/dev/sdf")  # bad: CL405


def drop_volume(volume: str) -> None:
    ec2.detach_volume(VolumeId=volume)
    ec2.delete_volume(VolumeId=volume)  # bad: CL405


# good: another resource
def swap_volumes(old: str, new: str, instance: str) -> None:
    ec2.detach_volume(VolumeId=old)
    ec2.attach_volume(VolumeId=new, InstanceId=instance, Device="/dev/sdf")


def restore(name: str, snapshot: str) -> None:
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=snapshot)
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=name)
    rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=7)  # bad: CL405


def make_table(name: str, schema: list, attributes: list) -> None:
    tables.create_table(TableName=name, KeySchema=schema, AttributeDefinitions=attributes)
    tables.get_waiter("table_exists").wait(TableName=name)
    tables.update_time_to_live(  # bad: CL405
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )


def make_stream(name: str, key: str) -> None:
    streams.create_stream(StreamName=name, ShardCount=1)
    streams.get_waiter("stream_exists").wait(StreamName=name)
    streams.start_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)  # bad: CL405


def make_cluster(name: str, role: str, subnets: list[str]) -> None:
    clusters.create_cluster(name=name, roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
    clusters.create_nodegroup(clusterName=name, nodegroupName="main", subnets=subnets, nodeRole=role)  # bad: CL405


def drop_distribution(identifier: str) -> None:
    reply = content.get_distribution_config(Id=identifier)
    config = reply["DistributionConfig"]
    config["Enabled"] = False
    disabled = content.update_distribution(Id=identifier, DistributionConfig=config, IfMatch=reply["ETag"])
    content.get_waiter("distribution_deployed").wait(Id=identifier)
    content.delete_distribution(Id=identifier, IfMatch=disabled["ETag"])  # bad: CL405


# good: exclusive branches
def create_or_update_stack(name: str, template: str, *, exists: bool) -> None:
    if exists:
        stacks.update_stack(StackName=name, TemplateBody=template)
    else:
        stacks.create_stack(StackName=name, TemplateBody=template)


# good: exclusive branches
def update_or_create_stack(name: str, template: str) -> None:
    try:
        stacks.create_stack(StackName=name, TemplateBody=template)
    except stacks.exceptions.AlreadyExistsException:
        stacks.update_stack(StackName=name, TemplateBody=template)


# good: exclusive branches
def create_or_update_stack_later(name: str, template: str) -> None:
    """What is updated is only what could not be created."""
    exists = False
    try:
        stacks.create_stack(StackName=name, TemplateBody=template)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AlreadyExistsException":
            raise
        exists = True
    if exists:
        stacks.update_stack(StackName=name, TemplateBody=template)


# good: exclusive branches
def create_stack_unless(name: str, template: str, *, exists: bool) -> bool:
    created = False
    if not exists:
        stacks.create_stack(StackName=name, TemplateBody=template)
        created = True
    if not created:
        stacks.update_stack(StackName=name, TemplateBody=template)
    return created


def create_stack_and_update(name: str, template: str, changed: str) -> None:
    created = False
    try:
        stacks.create_stack(StackName=name, TemplateBody=template)
        created = True
    except stacks.exceptions.AlreadyExistsException:
        print(f"{name} exists")
    if created:
        stacks.get_waiter("stack_create_complete").wait(StackName=name)
        stacks.update_stack(StackName=name, TemplateBody=changed)  # bad: CL405


def set_expiry(name: str) -> None:
    tables.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )


# good: refusal handled
def make_table_patiently(name: str, schema: list, attributes: list) -> None:
    tables.create_table(TableName=name, KeySchema=schema, AttributeDefinitions=attributes)
    try:
        set_expiry(name)
    except ClientError:
        time.sleep(10)
        set_expiry(name)


# good: waits
def make_volume_or_none(zone: str) -> str:
    """What was waited for in vain is taken away again."""
    volume = ec2.create_volume(AvailabilityZone=zone, Size=8)["VolumeId"]
    try:
        ec2.get_waiter("volume_available").wait(VolumeIds=[volume])
    except WaiterError:
        ec2.delete_volume(VolumeId=volume)
        raise
    return volume
