"""Buckets that exist already: one's own, or a stranger's."""

from __future__ import annotations

import logging

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
resource = boto3.resource("s3")
log = logging.getLogger(__name__)
IGNORED = ("BucketAlreadyExists", "BucketAlreadyOwnedByYou")


def ensure_by_classes(name: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except (s3.exceptions.BucketAlreadyOwnedByYou,):  # bad: CL402
        pass


def ensure_by_two_handlers(name: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except s3.exceptions.BucketAlreadyOwnedByYou:
        log.debug("%s is ours", name)
    except s3.exceptions.BucketAlreadyExists:  # bad: CL402
        log.debug("%s exists", name)
        raise


def ensure_by_codes(name: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou",):  # bad: CL402
            raise


def ensure_by_a_constant(name: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"BucketAlreadyOwnedByYou"}:  # bad: CL402
            log.info("bucket exists")
        else:
            raise


def ensure_by_one_code(name: str) -> str:
    try:
        s3.create_bucket(Bucket=name)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "BucketAlreadyExists":  # bad: CL402
            log.info("%s exists", name)
            raise
        elif code != "BucketAlreadyOwnedByYou":
            raise
    return name


def ensure_and_return(name: str) -> bool:
    try:
        s3.create_bucket(Bucket=name)
    except s3.exceptions.BucketAlreadyExists:  # bad: CL402
        return True
    return True


def ensure_with_a_resource(name: str) -> None:
    try:
        resource.create_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyExists":  # bad: CL402
            raise


def ensure_each(names: list[str]) -> None:
    for name in names:
        try:
            s3.create_bucket(Bucket=name)
        except s3.exceptions.BucketAlreadyExists:  # bad: CL402
            pass
            raise


class Store:
    def __init__(self, name: str) -> None:
        self.client = boto3.client("s3")
        self.name = name

    def prepare(self) -> None:
        try:
            self.client.create_bucket(Bucket=self.name)
        except self.client.exceptions.BucketAlreadyExists:  # bad: CL402
            log.info("%s is there", self.name)
            raise
        self.client.put_object(Bucket=self.name, Key="marker", Body=b"")


# good: own only
def ensure_own(name: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except s3.exceptions.BucketAlreadyOwnedByYou:
        pass


# good: own only
def ensure_own_by_code(name: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise


# good: raised
def ensure_or_explain(name: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except s3.exceptions.BucketAlreadyExists as error:
        raise ValueError(f"{name} is taken") from error


# good: raised
def ensure_or_raise(name: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "BucketAlreadyExists":
            log.error("%s is somebody else's", name)
            raise


# good: status returned
def try_to_create(name: str) -> bool:
    try:
        s3.create_bucket(Bucket=name)
    except s3.exceptions.BucketAlreadyExists:
        return False
    return True


# good: owner asked
def ensure_and_ask(name: str, account: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except (s3.exceptions.BucketAlreadyExists, s3.exceptions.BucketAlreadyOwnedByYou):
        log.info("%s exists", name)
    s3.head_bucket(Bucket=name, ExpectedBucketOwner=account)


# good: owner asked
def ensure_and_ask_at_once(name: str, account: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except s3.exceptions.BucketAlreadyExists:
        s3.head_bucket(Bucket=name, ExpectedBucketOwner=account)


# good: another name
def ensure_some_name(name: str) -> str:
    try:
        s3.create_bucket(Bucket=name)
    except s3.exceptions.BucketAlreadyExists:
        name = f"{name}-2"
        s3.create_bucket(Bucket=name)
    return name


# good: every error alike
def create_if_possible(name: str) -> None:
    try:
        s3.create_bucket(Bucket=name)
    except ClientError as error:
        log.warning("no bucket: %s", error)
