"""Where the client comes from: made here, in a helper, in ``__init__``, in a property, or handed in without a type."""

from __future__ import annotations

import functools
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = os.environ["STATE_BUCKET"]
s3 = boto3.client("s3")


def handler(event, context):
    state = json.loads(s3.get_object(Bucket=BUCKET, Key="state.json")["Body"].read())
    state["processed"] += len(event["Records"])
    s3.put_object(Bucket=BUCKET, Key="state.json", Body=json.dumps(state))  # bad: CL101


def made_by_session(profile, job):
    session = boto3.Session(profile_name=profile)
    storage = session.client("s3", region_name="eu-central-1")
    queue = json.loads(storage.get_object(Bucket=BUCKET, Key="queue.json")["Body"].read())
    queue.append(job)
    storage.put_object(Bucket=BUCKET, Key="queue.json", Body=json.dumps(queue))  # bad: CL101


def get_client(service):
    return boto3.client(service, endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))


def made_by_helper(job):
    storage = get_client("s3")
    queue = json.loads(storage.get_object(Bucket=BUCKET, Key="queue.json")["Body"].read())
    queue.remove(job)
    storage.put_object(Bucket=BUCKET, Key="queue.json", Body=json.dumps(queue))  # bad: CL101


# good: guarded
def made_by_helper_guarded(job):
    storage = get_client("s3")
    response = storage.get_object(Bucket=BUCKET, Key="queue.json")
    queue = json.loads(response["Body"].read())
    queue.remove(job)
    storage.put_object(Bucket=BUCKET, Key="queue.json", Body=json.dumps(queue), IfMatch=response["ETag"])


def handed_in(client, bucket, owner):
    """Nothing is known of ``client``; the method and its keywords fit one operation only."""
    response = client.get_object(Bucket=bucket, Key="owners.json")
    owners = json.load(response["Body"])
    owners.append(owner)
    client.put_object(Bucket=bucket, Key="owners.json", Body=json.dumps(owners))  # bad: CL101


class Ledger:
    def __init__(self, bucket):
        self.bucket = bucket
        self.client = boto3.client("s3")

    def add(self, entry):
        ledger = json.loads(self.client.get_object(Bucket=self.bucket, Key="ledger.json")["Body"].read())
        ledger["entries"].append(entry)
        self.client.put_object(Bucket=self.bucket, Key="ledger.json", Body=json.dumps(ledger))  # bad: CL101

    # good: guarded
    def close(self):
        response = self.client.get_object(Bucket=self.bucket, Key="ledger.json")
        ledger = json.loads(response["Body"].read())
        ledger["closed"] = True
        self.client.put_object(Bucket=self.bucket, Key="ledger.json", Body=json.dumps(ledger), IfMatch=response["ETag"])


class Leaderboard:
    key = "leaderboard.json"

    @functools.cached_property
    def storage(self):
        return boto3.client("s3")

    def score(self, player, points):
        board = json.loads(self.storage.get_object(Bucket=BUCKET, Key=self.key)["Body"].read())
        board[player] = board.get(player, 0) + points
        self.storage.put_object(Bucket=BUCKET, Key=self.key, Body=json.dumps(board))  # bad: CL101


class Stored:
    """What the documents below have in common."""

    def __init__(self, bucket):
        self.bucket = bucket
        self._s3 = boto3.client("s3")


class Roster(Stored):
    def enlist(self, name):
        roster = self._s3.get_object(Bucket=self.bucket, Key="roster.txt")["Body"].read().decode()
        self._s3.put_object(Bucket=self.bucket, Key="roster.txt", Body=f"{roster}{name}\n")  # bad: CL101


@dataclass
class Journal:
    storage: S3Client | None
    bucket: str

    def write(self, line):
        journal = self.storage.get_object(Bucket=self.bucket, Key="journal")["Body"].read()
        self.storage.put_object(Bucket=self.bucket, Key="journal", Body=journal + line)  # bad: CL101

    # good: another resource
    def turn_page(self, day):
        journal = self.storage.get_object(Bucket=self.bucket, Key="journal")["Body"].read()
        self.storage.put_object(Bucket=self.bucket, Key=f"journal-{day}", Body=journal)


def client_of_a_resource(note):
    client = boto3.resource("s3").meta.client
    notes = json.loads(client.get_object(Bucket=BUCKET, Key="notes.json")["Body"].read())
    notes.insert(0, note)
    client.put_object(Bucket=BUCKET, Key="notes.json", Body=json.dumps(notes))  # bad: CL101


_cached = None


def shared_client():
    global _cached
    if _cached is None:
        _cached = boto3.client("s3")
    return _cached


def made_once(flag):
    flags = json.loads(shared_client().get_object(Bucket=BUCKET, Key="flags.json")["Body"].read())
    flags[flag] = not flags[flag]
    shared_client().put_object(Bucket=BUCKET, Key="flags.json", Body=json.dumps(flags))  # bad: CL101
