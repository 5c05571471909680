"""Lambda functions: a second update is refused while the first is still being applied."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

client = boto3.client("lambda")


def deploy(name: str, package: bytes, settings: dict[str, str]) -> None:
    client.update_function_code(FunctionName=name, ZipFile=package)
    client.update_function_configuration(FunctionName=name, Environment={"Variables": settings})  # bad: CL405


def deploy_and_publish(functions: LambdaClient, name: str, package: bytes) -> str:
    functions.update_function_code(FunctionName=name, ZipFile=package)
    return functions.publish_version(FunctionName=name)["Version"]  # bad: CL405


def create_and_configure(name: str, package: bytes, role: str, memory: int) -> None:
    client.create_function(FunctionName=name, Role=role, Code={"ZipFile": package})
    client.update_function_configuration(  # bad: CL405
        FunctionName=name,
        MemorySize=memory,
    )


def deploy_from_either(name: str, package: bytes | None, bucket: str, key: str, memory: int) -> None:
    if package is None:
        client.update_function_code(FunctionName=name, S3Bucket=bucket, S3Key=key)
    else:
        client.update_function_code(FunctionName=name, ZipFile=package)
    request = {"FunctionName": name, "MemorySize": memory}
    client.update_function_configuration(**request)  # bad: CL405


def deploy_each(names: list[str], package: bytes, memory: int) -> None:
    for name in names:
        client.update_function_code(FunctionName=name, ZipFile=package)
        client.update_function_configuration(FunctionName=name, MemorySize=memory)  # bad: CL405


def upload(name: str, package: bytes) -> None:
    client.update_function_code(FunctionName=name, ZipFile=package)


def deploy_with_a_helper(name: str, package: bytes, memory: int) -> None:
    upload(name, package)
    client.update_function_configuration(FunctionName=name, MemorySize=memory)  # bad: CL405


def waits_for_the_first_of_two(name: str, package: bytes, other: bytes, memory: int, *, arm: bool) -> None:
    client.update_function_code(FunctionName=name, ZipFile=package)
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
    if arm:
        client.update_function_code(FunctionName=name, ZipFile=other, Architectures=["arm64"])
    client.update_function_configuration(FunctionName=name, MemorySize=memory)  # bad: CL405


# good: waits
def deploy_with_a_waiter(name: str, package: bytes, memory: int) -> None:
    client.update_function_code(FunctionName=name, ZipFile=package)
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
    client.update_function_configuration(FunctionName=name, MemorySize=memory)


# good: waits
def deploy_with_a_waiter_if_asked(name: str, package: bytes, memory: int, *, wait: bool) -> None:
    client.update_function_code(FunctionName=name, ZipFile=package)
    if wait:
        waiter = client.get_waiter("function_updated_v2")
        waiter.wait(FunctionName=name)
    client.update_function_configuration(FunctionName=name, MemorySize=memory)


# good: waits
def deploy_polling(name: str, package: bytes, memory: int) -> None:
    client.update_function_code(FunctionName=name, ZipFile=package)
    while client.get_function_configuration(FunctionName=name)["LastUpdateStatus"] == "InProgress":
        time.sleep(2)
    client.update_function_configuration(FunctionName=name, MemorySize=memory)


# good: waits
def deploy_with_a_waiting_helper(name: str, package: bytes, memory: int, wait_for_update) -> None:
    client.update_function_code(FunctionName=name, ZipFile=package)
    wait_for_update(name)
    client.update_function_configuration(FunctionName=name, MemorySize=memory)


# good: refusal handled
def deploy_or_report(name: str, package: bytes, memory: int) -> bool:
    client.update_function_code(FunctionName=name, ZipFile=package)
    try:
        client.update_function_configuration(FunctionName=name, MemorySize=memory)
    except client.exceptions.ResourceConflictException:
        return False
    return True


# good: refusal handled
def deploy_with_a_loop(name: str, package: bytes, memory: int) -> None:
    client.update_function_code(FunctionName=name, ZipFile=package)
    for pause in (1, 2, 4, 8):
        try:
            client.update_function_configuration(FunctionName=name, MemorySize=memory)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceConflictException":
                raise
            time.sleep(pause)


@retry(
    retry=retry_if_exception_type(client.exceptions.ResourceConflictException),
    stop=stop_after_attempt(5),
    wait=wait_exponential(),
)
def configure(name: str, memory: int) -> None:
    client.update_function_configuration(FunctionName=name, MemorySize=memory)


# good: refusal handled
def deploy_with_a_policy(name: str, package: bytes, memory: int) -> None:
    client.update_function_code(FunctionName=name, ZipFile=package)
    configure(name, memory)


# good: refusal handled
def deploy_with_a_retrying_helper(name: str, package: bytes, memory: int, retry_call) -> None:
    client.update_function_code(FunctionName=name, ZipFile=package)
    retry_call(client.update_function_configuration, FunctionName=name, MemorySize=memory)


# good: exclusive branches
def deploy_one_of_both(name: str, package: bytes | None, memory: int) -> None:
    if package is not None:
        client.update_function_code(FunctionName=name, ZipFile=package)
    else:
        client.update_function_configuration(FunctionName=name, MemorySize=memory)


# good: exclusive branches
def create_or_update(name: str, package: bytes, role: str) -> None:
    try:
        client.create_function(FunctionName=name, Role=role, Code={"ZipFile": package})
    except ClientError as error:
        if "already exist" not in str(error):
            raise
        client.update_function_code(FunctionName=name, ZipFile=package)


# good: another resource
def deploy_two(first: str, second: str, package: bytes, memory: int) -> None:
    client.update_function_code(FunctionName=first, ZipFile=package)
    client.update_function_configuration(FunctionName=second, MemorySize=memory)


# good: another resource
def deploy_several(names: list[str], package: bytes) -> None:
    for name in names:
        client.update_function_code(FunctionName=name, ZipFile=package)


# good: does not overlap
def deploy_and_describe(name: str, package: bytes, tags: dict[str, str]) -> None:
    reply = client.update_function_code(FunctionName=name, ZipFile=package)
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=5)
    client.tag_resource(Resource=reply["FunctionArn"], Tags=tags)


def call(service: str, action: str, **members: object) -> dict:
    found = boto3.client(service)
    if found.can_paginate(action):
        return found.get_paginator(action).paginate(**members).build_full_result()
    return getattr(found, action)(**members)


def deploy_by_name(name: str, package: bytes, handler: str) -> None:
    call("lambda", "update_function_configuration", FunctionName=name, Handler=handler)
    call("lambda", "update_function_code", FunctionName=name, ZipFile=package)  # bad: CL405


class Deploy:
    def __init__(self) -> None:
        self.functions = boto3.client("lambda")

    def run(self, **settings: Any) -> None:
        self.change(**settings)
        self.upload(**settings)

    def change(self, **settings: Any) -> None:
        self.functions.update_function_configuration(**{k: v for k, v in settings.items() if k not in ("Code", "Tags")})

    def upload(self, **settings: Any) -> None:
        request = {"FunctionName": settings["FunctionName"]}
        request.update(settings["Code"])
        self.functions.update_function_code(**request)  # bad: CL405
