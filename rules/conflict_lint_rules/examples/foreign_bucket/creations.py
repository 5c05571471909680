"""Other ways to create a bucket and to look away when its name is taken."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

import boto3
import botocore.exceptions

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

log = logging.getLogger(__name__)
TAKEN = {"BucketAlreadyExists"}  # bad: CL402


def ensure_by_suppression(name: str) -> None:
    s3 = boto3.client("s3")
    with contextlib.suppress(s3.exceptions.BucketAlreadyExists, s3.exceptions.BucketAlreadyOwnedByYou):  # bad: CL402
        s3.create_bucket(Bucket=name)


# good: own only
def ensure_own_by_suppression(name: str) -> None:
    s3 = boto3.client("s3")
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=name)


def ensure_by_a_constant(name: str) -> None:
    s3 = boto3.client("s3")
    try:
        s3.create_bucket(Bucket=name)
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in TAKEN:
            raise


def ensure_in_a_region(name: str, region: str) -> str:
    s3 = boto3.client("s3", region_name=region)
    try:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        log.info("created %s", name)
    except s3.exceptions.BucketAlreadyExists:  # bad: CL402
        log.info("using %s", name)
    return f"s3://{name}"


# good: raised
def ensure_in_a_region_or_stop(name: str, region: str) -> str:
    s3 = boto3.client("s3", region_name=region)
    try:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    except s3.exceptions.BucketAlreadyExists:
        raise SystemExit(f"{name} belongs to somebody else") from None
    except s3.exceptions.BucketAlreadyOwnedByYou:
        log.info("using %s", name)
    return f"s3://{name}"


def ensure_and_return_its_name(name: str) -> str:
    s3 = boto3.client("s3")
    try:
        s3.create_bucket(Bucket=name)
    except botocore.exceptions.ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):  # known-miss: CL402 the name that is returned looks like a status
            return name
        raise
    return name


# good: status returned
def created(name: str) -> bool:
    s3 = boto3.client("s3")
    try:
        s3.create_bucket(Bucket=name)
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "BucketAlreadyExists":
            return False
        raise
    return True


def ensure_with_a_session(session: boto3.Session, name: str) -> None:
    bucket = session.resource("s3").Bucket(name)
    try:
        bucket.create()
    except bucket.meta.client.exceptions.BucketAlreadyExists:  # bad: CL402
        pass
    bucket.Versioning().enable()


# good: owner asked
def ensure_with_a_session_and_ask(session: boto3.Session, name: str, account: str) -> None:
    bucket = session.resource("s3").Bucket(name)
    try:
        bucket.create()
    except bucket.meta.client.exceptions.BucketAlreadyExists:
        bucket.meta.client.head_bucket(Bucket=name, ExpectedBucketOwner=account)


class Website:
    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.s3 = boto3.client("s3")

    def prepare(self) -> None:
        try:
            self.s3.create_bucket(Bucket=self.domain)
        except self.s3.exceptions.ClientError as error:  # bad: CL402
            if "BucketAlreadyExists" in str(error):
                log.info("%s exists", self.domain)
            else:
                raise

    # good: raised
    def prepare_own(self) -> None:
        try:
            self.s3.create_bucket(Bucket=self.domain)
        except self.s3.exceptions.ClientError as error:
            if "BucketAlreadyOwnedByYou" not in str(error):
                raise


# good: another name
def scratch(prefix: str) -> str:
    s3 = boto3.client("s3")
    for number in range(100):
        name = f"{prefix}-{number}"
        try:
            s3.create_bucket(Bucket=name)
        except s3.exceptions.BucketAlreadyExists:
            continue
        return name
    raise LookupError(prefix)


def ensure_all(names: list[str]) -> list[str]:
    s3 = boto3.client("s3")
    ready = []
    for name in names:
        try:
            s3.create_bucket(Bucket=name, ACL="private")
        except s3.exceptions.BucketAlreadyOwnedByYou:
            log.debug("%s is ours", name)
        except s3.exceptions.BucketAlreadyExists:  # bad: CL402
            log.debug("%s exists", name)
        ready.append(name)
    return ready


async def ensure_async(s3: S3Client, name: str) -> None:
    try:
        await s3.create_bucket(Bucket=name)
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):  # bad: CL402
        log.info("%s exists", name)


def code_of(error: botocore.exceptions.ClientError) -> str:
    return error.response["Error"]["Code"]


def ensure_by_a_helper(name: str) -> None:
    s3 = boto3.client("s3")
    try:
        s3.create_bucket(Bucket=name)
    except botocore.exceptions.ClientError as error:
        if code_of(error) not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):  # bad: CL402
            raise


# good: raised
def ensure_by_a_helper_or_stop(name: str) -> None:
    s3 = boto3.client("s3")
    try:
        s3.create_bucket(Bucket=name)
    except botocore.exceptions.ClientError as error:
        if code_of(error) == "BucketAlreadyExists":
            raise FileExistsError(name) from error
