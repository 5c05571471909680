"""A deployment that changes a function's code, then its settings, and publishes it."""

from __future__ import annotations

import boto3

functions = boto3.client("lambda")


def deploy(name: str, archive: bytes, variables: dict) -> None:
    functions.update_function_code(FunctionName=name, ZipFile=archive)
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})  # bad: CL405


def release(name: str, archive: bytes) -> str:
    functions.update_function_code(FunctionName=name, ZipFile=archive)
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    return functions.publish_version(FunctionName=name)["Version"]  # bad: CL405


# good: waits
def release_when_ready(name: str, archive: bytes) -> str:
    functions.update_function_code(FunctionName=name, ZipFile=archive)
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    return functions.publish_version(FunctionName=name)["Version"]
