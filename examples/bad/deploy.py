"""Creates what a service needs, and leaves alone what is there."""

import json
import logging

import boto3
from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)


class Deployment:
    def __init__(self, name, region):
        self.name = name
        self.iam = boto3.client("iam")
        self.logs = boto3.client("logs", region_name=region)
        self.functions = boto3.client("lambda", region_name=region)

    def ensure_role(self, trust):
        try:
            self.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(trust))
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityAlreadyExistsException":
                raise
            logger.info("role %s exists", self.name)

    def ensure_log_group(self):
        try:
            self.logs.create_log_group(logGroupName=f"/aws/lambda/{self.name}")
        except self.logs.exceptions.ResourceAlreadyExists:
            logger.info("log group exists")

    def set_variable(self, name, value):
        current = self.functions.get_function_configuration(FunctionName=self.name)
        variables = current.get("Environment", {}).get("Variables", {})
        variables[name] = value
        self.functions.update_function_configuration(
            FunctionName=self.name,
            Environment={"Variables": variables},
        )
