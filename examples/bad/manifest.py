"""Lambda function: adds every uploaded file to the manifest of its dataset."""

import json
import os
import urllib.parse

import boto3
from botocore.exceptions import ClientError

BUCKET = os.environ["MANIFEST_BUCKET"]

s3 = boto3.client("s3")


def handler(event, context):
    for record in event["Records"]:
        key = urllib.parse.unquote_plus(record["s3"]["object"]["key"])
        add_to_manifest(dataset_of(key), key, record["s3"]["object"]["size"])


def dataset_of(key):
    return key.split("/", 1)[0]


def add_to_manifest(dataset, key, size):
    manifest = load_manifest(dataset)
    manifest["files"].append({"key": key, "size": size})
    manifest["total"] += size
    s3.put_object(
        Bucket=BUCKET,
        Key=f"{dataset}/manifest.json",
        Body=json.dumps(manifest),
        ContentType="application/json",
    )


def load_manifest(dataset):
    try:
        response = s3.get_object(Bucket=BUCKET, Key=f"{dataset}/manifest.json")
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKeyException":
            return {"files": [], "total": 0}
        raise
    return json.loads(response["Body"].read())
