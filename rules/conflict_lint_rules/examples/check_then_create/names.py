"""Things whose names are not unique: the second creation succeeds too, and there are two of them."""

from __future__ import annotations

import uuid

import boto3

ec2 = boto3.client("ec2")
route53 = boto3.client("route53")
pools = boto3.client("cognito-idp")
gateways = boto3.client("apigateway")


def network(name: str, cidr: str) -> str:
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}])["Vpcs"]:
        break
    else:
        vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]  # bad: CL102
    return vpc["VpcId"]


def network_of_resources(cidr: str):
    resource = boto3.resource("ec2")
    found = list(resource.vpcs.filter(Filters=[{"Name": "cidr", "Values": [cidr]}]))
    if found:
        return found[0]
    return resource.create_vpc(CidrBlock=cidr)  # bad: CL102


def zone(name: str) -> str:
    for found in route53.list_hosted_zones()["HostedZones"]:
        if found["Name"] == name:
            return found["Id"]
    made = route53.create_hosted_zone(Name=name, CallerReference=str(uuid.uuid4()))  # bad: CL102
    return made["HostedZone"]["Id"]


def zone_of_pages(name: str) -> str:
    for page in route53.get_paginator("list_hosted_zones").paginate():
        for found in page["HostedZones"]:
            if found["Name"] == name:
                return found["Id"]
    made = route53.create_hosted_zone(Name=name, CallerReference=str(uuid.uuid4()))  # bad: CL102
    return made["HostedZone"]["Id"]


def find_pool(name: str) -> dict | None:
    return next((pool for pool in pools.list_user_pools(MaxResults=60)["UserPools"] if pool["Name"] == name), None)


def pool(name: str) -> str:
    found = find_pool(name)
    if found is None:
        found = pools.create_user_pool(PoolName=name)["UserPool"]  # bad: CL102
    return found["Id"]


def api(name: str) -> None:
    if name not in [found["name"] for found in gateways.get_rest_apis()["items"]]:
        gateways.create_rest_api(name=name)  # bad: CL102


def api_with_a_flag(name: str) -> None:
    there = False
    for found in gateways.get_rest_apis()["items"]:
        if found["name"] == name:
            there = True
            break
    if not there:
        gateways.create_rest_api(name=name)  # bad: CL102


def worker(image: str, cluster: str) -> None:
    running = ec2.describe_instances(Filters=[{"Name": "tag:cluster", "Values": [cluster]}])["Reservations"]
    if not running:
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)  # bad: CL102


# good: guarded
def worker_once(image: str, cluster: str) -> None:
    running = ec2.describe_instances(Filters=[{"Name": "tag:cluster", "Values": [cluster]}])["Reservations"]
    if not running:
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=f"worker-{cluster}")


# good: guarded
def zone_once(name: str) -> None:
    if not [found for found in route53.list_hosted_zones()["HostedZones"] if found["Name"] == name]:
        route53.create_hosted_zone(Name=name, CallerReference=f"zone-{name}")


# good: another resource
def gateway_for_a_new_network(cidr: str) -> None:
    if not ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": [cidr]}])["Vpcs"]:
        ec2.create_internet_gateway()


# good: not a check
def one_more(image: str) -> int:
    running = ec2.describe_instances()["Reservations"]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    return len(running) + 1


# good: not a check
def replace_old(image: str) -> None:
    for old in ec2.describe_instances()["Reservations"]:
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
        ec2.terminate_instances(InstanceIds=[instance["InstanceId"] for instance in old["Instances"]])


def network_or_new(name: str, cidr: str) -> dict:
    return find_network(name) or ec2.create_vpc(CidrBlock=cidr)["Vpc"]  # bad: CL102


def network_if_any(name: str, cidr: str) -> dict:
    found = find_network(name)
    return found if found else ec2.create_vpc(CidrBlock=cidr)["Vpc"]  # bad: CL102


# good: not a check
def network_beside(name: str, cidr: str) -> tuple[dict, dict]:
    found = find_network(name) or {}
    return found, ec2.create_vpc(CidrBlock=cidr)["Vpc"]


# good: not a check
def network_besides(name: str, cidr: str) -> dict | None:
    return find_network(name) and ec2.create_vpc(CidrBlock=cidr)["Vpc"]


def find_network(name: str) -> dict | None:
    for vpc in ec2.describe_vpcs()["Vpcs"]:
        if vpc["Tags"][0]["Value"] == name:
            return vpc
    return None


def first_network(name: str, cidr: str) -> str:
    try:
        vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}])["Vpcs"][0]
    except IndexError:
        vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]  # bad: CL102
    return vpc["VpcId"]


def is_running(name: str) -> bool:
    filters = [{"Name": "tag:Name", "Values": [name]}]
    try:
        ec2.describe_instances(Filters=filters)["Reservations"][0]["Instances"][0]
        return True
    except Exception:
        return False


def start(name: str, image: str) -> None:
    if not is_running(name):
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)  # bad: CL102


def chosen_network(name: str, cidr: str) -> str:
    vpcs = ec2.describe_vpcs()["Vpcs"]
    try:
        vpc = [one for one in vpcs if one["Tags"][0]["Value"] == name][0]
    except IndexError:
        vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]  # bad: CL102
    return vpc["VpcId"]


# good: not a check
def tagged_network(cidr: str) -> str:
    vpcs = ec2.describe_vpcs()["Vpcs"]
    try:
        return vpcs[0]["Tags"]
    except KeyError:
        return ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]


def first_network(name: str) -> str | None:
    """Nothing is taken out of the empty list that stands for an answer without any."""
    found = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}]).get("Vpcs", [])
    if found:
        return found[0]["VpcId"]
    return None


def first_network_or_new(name: str, cidr: str) -> str:
    there = first_network(name)
    if there:
        return there
    return ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]  # bad: CL102
