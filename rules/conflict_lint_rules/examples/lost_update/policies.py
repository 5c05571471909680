"""Policies of Google Cloud, which carry an etag unless they are built anew."""

from __future__ import annotations

from google.api_core.iam import Policy
from google.cloud import storage


def grant(bucket: str, member: str) -> None:
    target = storage.Client().bucket(bucket)
    bindings = list(target.get_iam_policy(requested_policy_version=3).bindings)
    bindings.append({"role": "roles/storage.objectViewer", "members": {member}})
    policy = Policy(version=3)
    policy.bindings = bindings
    target.set_iam_policy(policy)  # bad: CL101


# good: guarded
def grant_in_place(bucket: str, member: str) -> None:
    target = storage.Client().bucket(bucket)
    policy = target.get_iam_policy(requested_policy_version=3)
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": {member}})
    target.set_iam_policy(policy)


# good: guarded
def grant_with_the_etag(bucket: str, member: str) -> None:
    target = storage.Client().bucket(bucket)
    found = target.get_iam_policy(requested_policy_version=3)
    policy = Policy(etag=found.etag, version=3)
    policy.bindings = [*found.bindings, {"role": "roles/storage.objectViewer", "members": {member}}]
    target.set_iam_policy(policy)
