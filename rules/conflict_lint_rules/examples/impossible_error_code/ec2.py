"""EC2 models none of its errors; its codes are known all the same, and close misses of them are wrong."""

from __future__ import annotations

import boto3
from botocore.exceptions import ClientError, WaiterError

ec2 = boto3.client("ec2")


def stop(instance: str) -> bool:
    try:
        ec2.stop_instances(InstanceIds=[instance])
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidInstanceId.NotFound":  # bad: CL403
            return False
        raise
    return True


# good: not in the model
def stop_rightly(instance: str) -> bool:
    try:
        ec2.stop_instances(InstanceIds=[instance])
    except ClientError as error:
        if error.response["Error"]["Code"] in ("InvalidInstanceID.NotFound", "IncorrectInstanceState"):
            return False
        raise
    return True


def allow_ssh(group: str) -> None:
    try:
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/8"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermision.Duplicate":  # bad: CL403
            raise


# good: not in the model
def allow_ssh_rightly(group: str) -> None:
    try:
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/8"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermission.Duplicate":
            raise


# good: not close to any code
def attach(volume: str, instance: str) -> bool:
    """A code that no list has is not wrong for that."""
    try:
        ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    except ClientError as error:
        if error.response["Error"]["Code"] == "Client.VolumeStuckAttaching":
            return False
        raise
    return True


# good: answer of a waiter
def wait_until_running(instance: str) -> str:
    try:
        ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    except WaiterError as error:
        return error.last_response["Reservations"][0]["Instances"][0]["State"]["Name"]
    return "running"


# good: answer of a waiter
def wait_until_gone(volume: str) -> bool:
    try:
        ec2.get_waiter("volume_deleted").wait(VolumeIds=[volume])
    except WaiterError as error:
        return error.last_response.get("Error", {}).get("Code") == "InvalidVolume.NotFound"
    return True


# good: not close to any code
def launch_within_the_quota(image: str) -> bool:
    """Two codes that differ in a short word are two codes, known or not."""
    try:
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("VcpuLimitExceeded", "VgpuLimitExceeded"):
            return False
        raise
    return True
