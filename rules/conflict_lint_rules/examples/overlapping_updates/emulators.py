"""Clients of an emulator on this machine, where nothing takes time and nobody else writes."""

from __future__ import annotations

import boto3


# good: does not overlap
def deploy_to_an_emulator(name: str, package: bytes) -> None:
    address = "http://localhost:4566"
    functions = boto3.client("lambda", endpoint_url=address)
    functions.update_function_configuration(FunctionName=name, Timeout=60)
    functions.update_function_code(FunctionName=name, ZipFile=package)


def deploy_anywhere(name: str, package: bytes, address: str) -> None:
    functions = boto3.client("lambda", endpoint_url=address)
    functions.update_function_configuration(FunctionName=name, Timeout=60)
    functions.update_function_code(FunctionName=name, ZipFile=package)  # bad: CL405
