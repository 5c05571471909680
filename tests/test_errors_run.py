"""Samples of entries and guides, run against an emulated AWS: they do what the text around them says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from test_errors import SAMPLES

Names = dict[str, Any]


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with mock_aws():
        yield


def sample(where: str) -> Names:
    """The names that a sample defines."""
    names: Names = {}
    exec(compile(SAMPLES[where], where, "exec"), names)
    return names


def bucket() -> Any:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return s3


def table(name: str, key: str = "id") -> Any:
    return boto3.resource("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def body(s3: Any, key: str) -> bytes:
    return bytes(s3.get_object(Bucket="bucket", Key=key)["Body"].read())


# --- S3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "function"),
    [("guide/create-if-absent 1", "store_once"), ("aws/s3/ConditionalRequestConflict boto3", "create_once")],
)
def test_an_object_is_created_once(where: str, function: str) -> None:
    s3 = bucket()
    create = sample(where)[function]
    assert create("bucket", "k", b"first")
    assert not create("bucket", "k", b"second")
    assert body(s3, "k") == b"first"


def test_a_line_is_added_to_an_object() -> None:
    s3 = bucket()
    s3.put_object(Bucket="bucket", Key="k", Body=b"1\n")
    sample("aws/s3/PreconditionFailed boto3")["add_line"]("bucket", "k", b"2\n")
    assert body(s3, "k") == b"1\n2\n"


def test_a_change_in_between_is_kept() -> None:
    """The second writer comes between read and write of the first one, once."""
    s3 = bucket()
    s3.put_object(Bucket="bucket", Key="k", Body=b'{"seen": []}')
    intruders = [{"seen": ["other"]}]

    def change(document: Any) -> Any:
        if intruders:
            s3.put_object(Bucket="bucket", Key="k", Body=json.dumps(intruders.pop()))
        return {"seen": [*document["seen"], "mine"]}

    sample("guide/optimistic-locking 0")["update"]("bucket", "k", change)
    assert json.loads(body(s3, "k")) == {"seen": ["other", "mine"]}


def test_an_upload_is_aborted_twice() -> None:
    s3 = bucket()
    upload = s3.create_multipart_upload(Bucket="bucket", Key="k")["UploadId"]
    abort = sample("aws/s3/NoSuchUpload boto3")["abort"]
    abort("bucket", "k", upload)
    abort("bucket", "k", upload)


def test_a_bucket_is_made_and_found_again() -> None:
    ensure = sample("aws/s3/BucketAlreadyOwnedByYou boto3")["ensure_bucket"]
    assert ensure("bucket") is True
    assert ensure("bucket") is False


def test_a_full_bucket_is_not_deleted() -> None:
    s3 = bucket()
    s3.put_object(Bucket="bucket", Key="k", Body=b"")
    delete = sample("aws/s3/BucketNotEmpty boto3")["delete_bucket"]
    assert not delete("bucket")
    s3.delete_object(Bucket="bucket", Key="k")
    assert delete("bucket")


# --- DynamoDB ---------------------------------------------------------------------------------------------------------


def test_a_user_is_registered_once() -> None:
    users = table("users", "name")
    register = sample("guide/create-if-absent 0")["register"]
    assert register("ann", "ann@a.example")
    assert not register("ann", "other@a.example")
    assert users.get_item(Key={"name": "ann"})["Item"]["mail"] == "ann@a.example"


def test_money_is_withdrawn_while_there_is_some() -> None:
    accounts = table("accounts")
    accounts.put_item(Item={"id": "a", "balance": 10})
    withdraw = sample("guide/true-conflict-or-stale-version 0")["withdraw"]
    assert withdraw("a", 7)
    assert not withdraw("a", 7)
    assert accounts.get_item(Key={"id": "a"})["Item"]["balance"] == 3


def test_stock_never_becomes_negative() -> None:
    stock = table("stock", "sku")
    stock.put_item(Item={"sku": "s", "pieces": 1})
    take = sample("aws/dynamodb/ConditionalCheckFailedException boto3")["take_one"]
    assert [take("s"), take("s")] == [True, False]
    assert stock.get_item(Key={"sku": "s"})["Item"]["pieces"] == 0


def test_an_item_is_renamed_under_its_version() -> None:
    table("t").put_item(Item={"id": "a", "version": 4, "name": "old"})
    sample("guide/optimistic-locking 1")["rename"]("t", {"id": {"S": "a"}}, "new")
    assert boto3.resource("dynamodb").Table("t").get_item(Key={"id": "a"})["Item"] == {
        "id": "a",
        "version": 5,
        "name": "new",
    }


def test_documents_are_merged() -> None:
    settings = table("settings")
    settings.put_item(Item={"id": "k", "version": 2, "document": {"a": "theirs", "b": "1"}})
    names = sample("guide/refetch-and-merge 0")
    names["save"]("k", {"a": "0", "b": "1"}, {"a": "0", "b": "mine", "c": "new"})
    item = settings.get_item(Key={"id": "k"})["Item"]
    assert (item["version"], item["document"]) == (3, {"a": "theirs", "b": "mine", "c": "new"})
    with pytest.raises(ValueError, match="changed by both"):
        names["merged"]({"a": 0}, {"a": 1}, {"a": 2})
    assert names["merged"]({"a": 0, "b": 0}, {"b": 0}, {"a": 0, "b": 3}) == {"b": 3}


def test_a_lock_is_released_by_its_owner_only() -> None:
    table("locks", "name")
    one, two = sample("guide/conditional-deletes-and-locks 0"), sample("guide/conditional-deletes-and-locks 0")
    assert one["acquire"]("locks", "l", 60)
    assert not two["acquire"]("locks", "l", 60)
    assert not two["release"]("locks", "l")
    assert one["release"]("locks", "l")
    assert two["acquire"]("locks", "l", 60)


def test_shards_of_a_counter_add_up() -> None:
    table("counters")
    names = sample("guide/hot-keys 0")
    for _ in range(20):
        names["count"]("page")
    assert names["total"]("page") == 20


def test_two_items_are_swapped() -> None:
    items = table("t")
    for key in "ab":
        items.put_item(Item={"id": key, "content": f"of {key}"})
    sample("guide/transaction-retry 2")["swap"]("t", {"id": {"S": "a"}}, {"id": {"S": "b"}})
    assert [items.get_item(Key={"id": key})["Item"]["content"] for key in "ab"] == ["of b", "of a"]


def test_a_table_is_made_and_found_again() -> None:
    ensure = sample("aws/dynamodb/ResourceInUseException boto3")["ensure_table"]
    ensure("t")
    ensure("t")


# --- others -----------------------------------------------------------------------------------------------------------


def test_a_role_is_made_found_and_deleted() -> None:
    iam = boto3.client("iam")
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    ensure = sample("aws/iam/EntityAlreadyExists boto3")["ensure_role"]
    assert ensure("r", trust) == ensure("r", trust)
    policy = iam.create_policy(PolicyName="p", PolicyDocument=trust)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=policy)
    iam.put_role_policy(RoleName="r", PolicyName="inline", PolicyDocument=trust)
    sample("aws/iam/DeleteConflict boto3")["delete_role"]("r")
    assert iam.list_roles()["Roles"] == []


def test_a_queue_gets_other_attributes() -> None:
    ensure = sample("aws/sqs/QueueNameExists boto3")["ensure_queue"]
    url = ensure("q", {"VisibilityTimeout": "30"})
    assert ensure("q", {"VisibilityTimeout": "60"}) == url
    found = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    assert found["Attributes"]["VisibilityTimeout"] == "60"


def test_a_parameter_keeps_its_first_value() -> None:
    create = sample("aws/ssm/ParameterAlreadyExists boto3")["create_once"]
    assert [create("/p", "first"), create("/p", "second")] == ["first", "first"]


def test_a_secret_gets_a_new_version() -> None:
    store = sample("aws/secretsmanager/ResourceExistsException boto3")["store"]
    store("s", "one")
    store("s", "two")
    assert boto3.client("secretsmanager").get_secret_value(SecretId="s")["SecretString"] == "two"


def test_a_zone_is_found_again() -> None:
    ensure = sample("aws/route53/HostedZoneAlreadyExists boto3")["ensure_zone"]
    assert ensure("a.example.").split("/")[-1]
