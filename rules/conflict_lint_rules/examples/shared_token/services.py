"""One token for requests that differ, in the words of other services."""

from __future__ import annotations

import uuid

import boto3
from google.cloud import bigquery

efs = boto3.client("efs")
ecs = boto3.client("ecs")
batch = boto3.client("emr-serverless")
builds = boto3.client("codebuild")
route53 = boto3.client("route53")
athena = boto3.client("athena")
RUN = uuid.uuid4().hex  # bad: CL203


def query_of(text: str) -> str:
    return athena.start_query_execution(QueryString=text, ClientRequestToken=RUN * 2)["QueryExecutionId"]


# good: derived from the item
def query_named(text: str, report: str) -> str:
    token = f"{report:0<32}"
    return athena.start_query_execution(QueryString=text, ClientRequestToken=token)["QueryExecutionId"]


def build(project: str, commit: str) -> None:
    builds.start_build(projectName=project, sourceVersion=commit, idempotencyToken="nightly")  # bad: CL203


# good: derived from the item
def build_of(project: str, commit: str) -> None:
    builds.start_build(projectName=project, sourceVersion=commit, idempotencyToken=commit)


def zone(domain: str) -> None:
    route53.create_hosted_zone(Name=domain, CallerReference="initial-setup")  # bad: CL203


# good: derived from the item
def zone_of(domain: str, year: int) -> None:
    route53.create_hosted_zone(Name=domain, CallerReference=f"{domain}-{year}")


def shares(names: list[str]) -> None:
    token = str(uuid.uuid4())  # bad: CL203
    for name in names:
        efs.create_file_system(CreationToken=token, Tags=[{"Key": "Name", "Value": name}])


# good: one for each request
def shares_each(names: list[str]) -> None:
    for name in names:
        efs.create_file_system(CreationToken=str(uuid.uuid4()), Tags=[{"Key": "Name", "Value": name}])


class Runner:
    def __init__(self, application: str, role: str) -> None:
        self.client = boto3.client("emr-serverless")
        self.application, self.role = application, role
        self.token = str(uuid.uuid4())  # bad: CL203

    def run(self, script: str) -> str:
        answer = self.client.start_job_run(
            applicationId=self.application,
            executionRoleArn=self.role,
            clientToken=self.token,
            jobDriver={"sparkSubmit": {"entryPoint": script}},
        )
        return answer["jobRunId"]

    # good: given by the caller
    def run_as(self, script: str, token: str) -> str:
        answer = self.client.start_job_run(
            applicationId=self.application,
            executionRoleArn=self.role,
            clientToken=token,
            jobDriver={"sparkSubmit": {"entryPoint": script}},
        )
        return answer["jobRunId"]


def tasks(cluster: str, definitions: list[str]) -> None:
    token = f"run-{uuid.uuid4()}"  # bad: CL203
    for definition in definitions:
        ecs.run_task(cluster=cluster, taskDefinition=definition, clientToken=token)


class Rows:
    """Each row has a number behind what is made once."""

    def __init__(self, client: bigquery.Client) -> None:
        self.client = client
        self.prefix = uuid.uuid4()
        self.count = 0

    @property
    def token(self) -> str:
        self.count += 1
        return "%s_%d" % (self.prefix, self.count)

    # good: one for each request
    def insert(self, table: str, rows: list[dict]) -> None:
        self.client.insert_rows_json(table, rows, row_ids=[str(self.token) for row in rows])
