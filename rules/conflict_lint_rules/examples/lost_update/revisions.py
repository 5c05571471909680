"""Services that number their revisions and take the number back with the write."""

from __future__ import annotations

import json

import boto3

functions = boto3.client("lambda")
dynamodb = boto3.client("dynamodb")


def set_variable(function: str, name: str, value: str) -> None:
    configuration = functions.get_function_configuration(FunctionName=function)
    variables = configuration["Environment"]["Variables"]
    variables[name] = value
    functions.update_function_configuration(  # bad: CL101
        FunctionName=function, Environment={"Variables": variables}
    )


# good: guarded
def set_variable_guarded(function: str, name: str, value: str) -> None:
    configuration = functions.get_function_configuration(FunctionName=function)
    variables = {**configuration["Environment"]["Variables"], name: value}
    functions.update_function_configuration(
        FunctionName=function, Environment={"Variables": variables}, RevisionId=configuration["RevisionId"]
    )


# good: compared only
def ensure_timeout(function: str, seconds: int) -> None:
    if functions.get_function_configuration(FunctionName=function)["Timeout"] < seconds:
        functions.update_function_configuration(FunctionName=function, Timeout=seconds)


def shift_traffic(function: str, version: str, weight: float) -> None:
    alias = functions.get_alias(FunctionName=function, Name="live")
    weights = alias["RoutingConfig"]["AdditionalVersionWeights"]
    weights[version] = weight
    functions.update_alias(  # bad: CL101
        FunctionName=function, Name="live", RoutingConfig={"AdditionalVersionWeights": weights}
    )


# good: another resource
def clone_environment(source: str, target: str) -> None:
    configuration = functions.get_function_configuration(FunctionName=source)
    functions.update_function_configuration(FunctionName=target, Environment=configuration["Environment"])


def allow_reader(table_arn: str, principal: str) -> None:
    response = dynamodb.get_resource_policy(ResourceArn=table_arn)
    policy = json.loads(response["Policy"])
    policy["Statement"].append({"Effect": "Allow", "Principal": principal, "Action": "dynamodb:GetItem"})
    dynamodb.put_resource_policy(ResourceArn=table_arn, Policy=json.dumps(policy))  # bad: CL101


# good: guarded
def allow_reader_guarded(table_arn: str, principal: str) -> None:
    response = dynamodb.get_resource_policy(ResourceArn=table_arn)
    policy = json.loads(response["Policy"])
    policy["Statement"].append({"Effect": "Allow", "Principal": principal, "Action": "dynamodb:GetItem"})
    dynamodb.put_resource_policy(
        ResourceArn=table_arn, Policy=json.dumps(policy), ExpectedRevisionId=response["RevisionId"]
    )
