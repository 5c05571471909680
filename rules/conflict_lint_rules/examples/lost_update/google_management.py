"""Policies, tables and secrets of Google Cloud, which carry an etag unless they are built anew."""

from __future__ import annotations

from google.cloud import bigquery, compute_v1, resourcemanager_v3, secretmanager
from google.iam.v1 import policy_pb2


def grant(project: str, role: str, member: str) -> None:
    projects = resourcemanager_v3.ProjectsClient()
    found = projects.get_iam_policy(resource=project)
    bindings = [*found.bindings, policy_pb2.Binding(role=role, members=[member])]
    policy = policy_pb2.Policy(version=3, bindings=bindings)
    projects.set_iam_policy(request={"resource": project, "policy": policy})  # bad: CL101


# good: guarded
def grant_in_place(project: str, role: str, member: str) -> None:
    projects = resourcemanager_v3.ProjectsClient()
    policy = projects.get_iam_policy(resource=project)
    policy.bindings.add(role=role, members=[member])
    projects.set_iam_policy(request={"resource": project, "policy": policy})


# good: guarded
def grant_with_the_etag(project: str, role: str, member: str) -> None:
    projects = resourcemanager_v3.ProjectsClient()
    found = projects.get_iam_policy(resource=project)
    bindings = [*found.bindings, policy_pb2.Binding(role=role, members=[member])]
    policy = policy_pb2.Policy(etag=found.etag, version=3, bindings=bindings)
    projects.set_iam_policy(request={"resource": project, "policy": policy})


def label_secret(name: str, key: str, value: str) -> None:
    client = secretmanager.SecretManagerServiceClient()
    labels = dict(client.get_secret(name=name).labels)
    labels[key] = value
    client.update_secret(secret={"name": name, "labels": labels}, update_mask={"paths": ["labels"]})  # bad: CL101


# good: guarded
def label_secret_in_place(name: str, key: str, value: str) -> None:
    client = secretmanager.SecretManagerServiceClient()
    secret = client.get_secret(name=name)
    secret.labels[key] = value
    client.update_secret(secret=secret, update_mask={"paths": ["labels"]})


# good: guarded
def add_column(client: bigquery.Client, name: str, column: str) -> None:
    table = client.get_table(name)
    table.schema = [*table.schema, bigquery.SchemaField(column, "STRING")]
    client.update_table(table, ["schema"])


# good: guarded
def label_instance(zone: str, project: str, name: str, key: str, value: str) -> None:
    instances = compute_v1.InstancesClient()
    instance = instances.get(project=project, zone=zone, instance=name)
    body = compute_v1.InstancesSetLabelsRequest(
        labels={**instance.labels, key: value}, label_fingerprint=instance.label_fingerprint
    )
    instances.set_labels(project=project, zone=zone, instance=name, instances_set_labels_request_resource=body)
