"""Lost updates of S3 objects, before and after the repair."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from races.race import Race, judge

BUCKET, KEY = "ledgers", "ledger.json"

BODY_ONLY = """
    import json
    import boto3

    s3 = boto3.client("s3")

    def add(entry):
        ledger = json.loads(s3.get_object(Bucket="ledgers", Key="ledger.json")["Body"].read())
        ledger.append(entry)
        s3.put_object(Bucket="ledgers", Key="ledger.json", Body=json.dumps(ledger))
    """
BOUND = """
    import json
    import boto3

    s3 = boto3.client("s3")

    def add(entry):
        found = s3.get_object(Bucket="ledgers", Key="ledger.json")
        ledger = json.loads(found["Body"].read())
        ledger.append(entry)
        found = s3.put_object(
            Bucket="ledgers",
            Key="ledger.json",
            Body=json.dumps(ledger),  # one line
        )
        return found["ETag"]
    """
IN_A_HEADER = """
    import contextlib
    import json
    import boto3

    s3 = boto3.client("s3")

    def add(entry):
        with contextlib.closing(s3.get_object(Bucket="ledgers", Key="ledger.json")["Body"]) as body:
            ledger = json.load(body)
        ledger.append(entry)
        s3.put_object(Bucket="ledgers", Key="ledger.json", Body=json.dumps(ledger))
    """
WITH_A_DEFAULT = """
    import json
    import boto3

    s3 = boto3.client("s3")

    def add(entry):
        try:
            body = s3.get_object(Bucket="ledgers", Key="ledger.json")["Body"].read()
            ledger = json.loads(body)
        except s3.exceptions.NoSuchKey:
            ledger = []
        ledger.append(entry)
        s3.put_object(Bucket="ledgers", Key="ledger.json", Body=json.dumps(ledger))
    """
WITH_A_DEFAULT_BOUND = """
    import json
    import boto3
    from botocore.exceptions import ClientError

    s3 = boto3.client("s3")

    class Ledger:
        def add(self, entry):
            try:
                response = s3.get_object(Bucket="ledgers", Key="ledger.json")
                ledger = json.load(response["Body"])
            except ClientError as error:
                if error.response["Error"]["Code"] != "NoSuchKey":
                    raise
                ledger = []
            ledger.append(entry)
            s3.put_object(Bucket="ledgers", Key="ledger.json", Body=json.dumps(ledger))

    add = Ledger().add
    """
RESOURCE = """
    import json
    import boto3

    document = boto3.resource("s3").Object("ledgers", "ledger.json")

    def add(entry):
        ledger = json.loads(document.get()["Body"].read())
        ledger.append(entry)
        document.put(Body=json.dumps(ledger))
    """
THROUGH_A_BUCKET = """
    import json
    import boto3

    bucket = boto3.resource("s3").Bucket("ledgers")

    def add(entry):
        ledger = json.load(bucket.Object("ledger.json").get()["Body"])
        ledger.append(entry)
        bucket.put_object(Key="ledger.json", Body=json.dumps(ledger))
    """
IN_A_LOOP = """
    import json
    import boto3

    s3 = boto3.client("s3")

    def add(entry):
        for key in ("ledger.json",):
            ledger = json.loads(s3.get_object(Bucket="ledgers", Key=key)["Body"].read())
            ledger.append(entry)
            s3.put_object(Bucket="ledgers", Key=key, Body=json.dumps(ledger))
    """


@pytest.fixture(scope="module")
def s3(aws: None) -> Any:
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


def race(s3: Any, program: str, *, exists: bool = True) -> Race:
    def reset() -> None:
        s3.delete_object(Bucket=BUCKET, Key=KEY)
        if exists:
            s3.put_object(Bucket=BUCKET, Key=KEY, Body=b'["first"]')

    def kept() -> set[str]:
        ledger = json.loads(s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read())
        assert not exists or ledger[0] == "first"
        return set(ledger) - {"first"}

    return Race(program, {"a": "add('a')", "b": "add('b')"}, reset, kept, {})


def test_the_emulator_honours_conditions(s3: Any) -> None:
    old = s3.put_object(Bucket=BUCKET, Key="probe", Body=b"1")["ETag"]
    s3.put_object(Bucket=BUCKET, Key="probe", Body=b"2", IfMatch=old)
    for condition in ({"IfMatch": old}, {"IfNoneMatch": "*"}):
        with pytest.raises(ClientError) as refused:
            s3.put_object(Bucket=BUCKET, Key="probe", Body=b"3", **condition)
        assert refused.value.response["Error"]["Code"] == "PreconditionFailed"
    assert s3.get_object(Bucket=BUCKET, Key="probe")["Body"].read() == b"2"


@pytest.mark.parametrize("program", [BODY_ONLY, BOUND, IN_A_HEADER, RESOURCE, THROUGH_A_BUCKET, IN_A_LOOP])
def test_an_object_that_exists(s3: Any, program: str) -> None:
    judge(race(s3, program))


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("program", [WITH_A_DEFAULT, WITH_A_DEFAULT_BOUND])
def test_an_object_that_may_not_exist_yet(s3: Any, program: str, exists: bool) -> None:
    judge(race(s3, program, exists=exists))
