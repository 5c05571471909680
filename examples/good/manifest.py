"""Lambda function: adds every uploaded file to the manifest of its dataset, and loses none when two run at once."""

import json
import os
import random
import time
import urllib.parse

import boto3
from botocore.exceptions import ClientError

BUCKET = os.environ["MANIFEST_BUCKET"]
ATTEMPTS = 8

s3 = boto3.client("s3")


def handler(event, context):
    for record in event["Records"]:
        key = urllib.parse.unquote_plus(record["s3"]["object"]["key"])
        add_to_manifest(dataset_of(key), key, record["s3"]["object"]["size"])


def dataset_of(key):
    return key.split("/", 1)[0]


def add_to_manifest(dataset, key, size):
    for attempt in range(ATTEMPTS):
        manifest, condition = load_manifest(dataset)
        manifest["files"].append({"key": key, "size": size})
        manifest["total"] += size
        try:
            s3.put_object(
                Bucket=BUCKET,
                Key=f"{dataset}/manifest.json",
                Body=json.dumps(manifest),
                ContentType="application/json",
                **condition,
            )
            return
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise
        time.sleep(random.uniform(0, 0.1 * 2**attempt))
    raise TimeoutError(f"{dataset}: the manifest changed {ATTEMPTS} times while it was being updated")


def load_manifest(dataset):
    """The manifest, and the condition under which a changed one may be written."""
    try:
        response = s3.get_object(Bucket=BUCKET, Key=f"{dataset}/manifest.json")
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return {"files": [], "total": 0}, {"IfNoneMatch": "*"}
        raise
    return json.loads(response["Body"].read()), {"IfMatch": response["ETag"]}
