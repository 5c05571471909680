"""JSON documents in S3, through a client that is handed in."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def register_run(s3: S3Client, bucket: str, run_id: str) -> None:
    response = s3.get_object(Bucket=bucket, Key="runs/index.json")
    index = json.loads(response["Body"].read())
    index["runs"].append(run_id)
    s3.put_object(Bucket=bucket, Key="runs/index.json", Body=json.dumps(index), IfMatch=response["ETag"])  # bad: CL101


# good: guarded
def register_run_once(s3: S3Client, bucket: str, run_id: str) -> None:
    response = s3.get_object(Bucket=bucket, Key="runs/index.json")
    index = json.loads(response["Body"].read())
    index["runs"].append(run_id)
    s3.put_object(Bucket=bucket, Key="runs/index.json", Body=json.dumps(index), IfMatch=response["ETag"])


def append_audit_line(s3: S3Client, bucket: str, key: str, line: str) -> None:
    precondition = {"IfNoneMatch": "*"}
    try:
        response = s3.get_object(Bucket=bucket, Key=key)
        precondition = {"IfMatch": response["ETag"]}
        log = response["Body"].read().decode("utf-8")
    except s3.exceptions.NoSuchKey:
        log = ""
    log += line + "\n"
    s3.put_object(  # bad: CL101
        Bucket=bucket,
        Key=key,
        Body=log.encode("utf-8"),
        ContentType="text/plain",
        **precondition,
    )


# good: guarded
def start_audit_log(s3: S3Client, bucket: str, key: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=b"", IfNoneMatch="*")


def close_incident(s3: S3Client, bucket: str, service: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=f"status/{service}.yaml")
    status = yaml.safe_load(response["Body"].read())
    status["incidents"][-1]["state"] = "resolved"
    body = yaml.safe_dump(status)
    s3.put_object(Bucket=bucket, Key=f"status/{service}.yaml", Body=body, IfMatch=response["ETag"])  # bad: CL101


def forget_device(s3: S3Client, bucket: str, account: str, device: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=f"{account}/devices.json")
    devices = json.loads(response["Body"].read())
    del devices[device]
    s3.put_object(Bucket=bucket, Key=f"{account}/devices.json", Body=json.dumps(devices), IfMatch=response["ETag"])  # bad: CL101


def keep_recent(s3: S3Client, bucket: str, oldest: str) -> None:
    response = s3.get_object(Bucket=bucket, Key="snapshots.json")
    snapshots = json.load(io.BytesIO(response["Body"].read()))
    kept = [snapshot for snapshot in snapshots if snapshot["date"] >= oldest]
    s3.put_object(Bucket=bucket, Key="snapshots.json", Body=json.dumps(kept).encode(), IfMatch=response["ETag"])  # bad: CL101


def add_labels(s3: S3Client, bucket: str, dataset: str, labels: dict[str, str]) -> None:
    response = s3.get_object(Bucket=bucket, Key=f"datasets/{dataset}/card.json")
    card = json.loads(response["Body"].read())
    card.setdefault("labels", {}).update(labels)
    s3.put_object(Bucket=bucket, Key=f"datasets/{dataset}/card.json", Body=json.dumps(card, indent=2), IfMatch=response["ETag"])  # bad: CL101


def merge_settings(s3: S3Client, bucket: str, changes: dict[str, Any]) -> None:
    response = s3.get_object(Bucket=bucket, Key="settings.json")
    settings = {**json.loads(response["Body"].read()), **changes}
    s3.put_object(Bucket=bucket, Key="settings.json", Body=json.dumps(settings), IfMatch=response["ETag"])  # bad: CL101


def merge_flags(s3: S3Client, bucket: str, flags: dict[str, bool]) -> None:
    response = s3.get_object(Bucket=bucket, Key="flags.json")
    s3.put_object(  # bad: CL101
        Bucket=bucket, Key="flags.json", Body=json.dumps(json.loads(response["Body"].read()) | flags),
        IfMatch=response["ETag"]
    )


def add_row(s3: S3Client, bucket: str, key: str, row: list[str]) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    rows = list(csv.reader(response["Body"].read().decode().splitlines()))
    rows.append(row)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    s3.put_object(Bucket=bucket, Key=key, Body=out.getvalue())  # known-miss: CL101 csv.writer fills its buffer


def rename_field(s3: S3Client, bucket: str, key: str, old: str, new: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    text = gzip.decompress(response["Body"].read()).decode()
    s3.put_object(Bucket=bucket, Key=key, Body=gzip.compress(text.replace(old, new).encode()), IfMatch=response["ETag"])  # bad: CL101


# good: compared only
def publish_schema(s3: S3Client, bucket: str, schema: dict[str, Any]) -> bool:
    response = s3.get_object(Bucket=bucket, Key="schema.json")
    if json.loads(response["Body"].read()) == schema:
        return False
    s3.put_object(Bucket=bucket, Key="schema.json", Body=json.dumps(schema))
    return True


# good: compared only
def refresh_report(s3: S3Client, bucket: str, report: bytes, digest: str) -> None:
    head = s3.head_object(Bucket=bucket, Key="report.html")
    if head["Metadata"].get("digest") != digest:
        s3.put_object(Bucket=bucket, Key="report.html", Body=report, Metadata={"digest": digest})


# good: another resource
def archive_manifest(s3: S3Client, bucket: str, day: str) -> None:
    response = s3.get_object(Bucket=bucket, Key="manifest.json")
    manifest = json.loads(response["Body"].read())
    manifest["archived"] = day
    s3.put_object(Bucket=bucket, Key=f"archive/{day}/manifest.json", Body=json.dumps(manifest))


# good: another resource
def promote(s3: S3Client, staging: str, production: str, key: str) -> None:
    response = s3.get_object(Bucket=staging, Key=key)
    s3.put_object(Bucket=production, Key=key, Body=response["Body"].read())


# good: another resource
def render_page(s3: S3Client, bucket: str, name: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=f"pages/{name}.json")
    page = json.loads(response["Body"].read())
    s3.put_object(Bucket=bucket, Key=f"pages/{name}.html", Body=f"<h1>{page['title']}</h1>{page['text']}")


# good: another resource
def next_version(s3: S3Client, bucket: str, name: str, version: int) -> None:
    response = s3.get_object(Bucket=bucket, Key=f"{name}/v{version}.json")
    model = json.loads(response["Body"].read())
    model["parent"] = version
    s3.put_object(Bucket=bucket, Key=f"{name}/v{version + 1}.json", Body=json.dumps(model))


# good: nothing written back
def take_job(s3: S3Client, bucket: str, key: str) -> dict[str, Any]:
    response = s3.get_object(Bucket=bucket, Key=key)
    job = json.loads(response["Body"].read())
    s3.delete_object(Bucket=bucket, Key=key)
    return job


# good: another resource
def mark_done(s3: S3Client, bucket: str, key: str) -> None:
    response = s3.get_object(Bucket=bucket, Key=key)
    job = json.loads(response["Body"].read())
    s3.put_object(Bucket=bucket, Key=f"{key}.done", Body=job["result"])


# good: rebuilt from a listing
def rebuild_index(s3: S3Client, bucket: str) -> None:
    listing = s3.list_objects_v2(Bucket=bucket, Prefix="packages/")
    names = sorted(entry["Key"] for entry in listing.get("Contents", []))
    s3.put_object(Bucket=bucket, Key="index.json", Body=json.dumps(names))


# good: pinned version
def restore(bucket: str, key: str, version: str) -> None:
    body = s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
    s3.put_object(Bucket=bucket, Key=key, Body=body)
