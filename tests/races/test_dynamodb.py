"""Lost updates of DynamoDB items, before and after the repair."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError
from races.race import Race, judge

HEAD = """
    from decimal import Decimal
    import boto3

    table = boto3.resource("dynamodb").Table("users")
    client = boto3.client("dynamodb")
    """
# what a writer does, and the item before (or None)
CASES: dict[str, tuple[str, dict[str, Any] | None]] = {
    "put with a changed attribute": (
        """
    def count():
        user = table.get_item(Key={"pk": "1"})["Item"]
        user["visits"] = user["visits"] + 1
        table.put_item(Item=user)
    """,
        {"visits": 0},
    ),
    "put with an attribute that is counted up in place": (
        """
    def count():
        user = table.get_item(Key={"pk": "1"})["Item"]
        user["visits"] += 1
        table.put_item(Item=user)
    """,
        {"visits": 0},
    ),
    "put with a nested change": (
        """
    def count():
        user = table.get_item(Key={"pk": "1"})["Item"]
        user["statistics"]["visits"].append(1)
        table.put_item(Item=user)
    """,
        {"statistics": {"visits": []}},
    ),
    "put with a nested change through a name": (
        """
    def count():
        user = table.get_item(Key={"pk": "1"})["Item"]
        statistics = user["statistics"]
        statistics["visits"] = statistics["visits"] + [1]
        user["seen"] = True
        table.put_item(Item=user)
    """,
        {"statistics": {"visits": []}},
    ),
    "put of a copy": (
        """
    def count():
        user = table.get_item(Key={"pk": "1"})["Item"]
        table.put_item(Item={**user, "visits": user["visits"] + 1})
    """,
        {"visits": 0},
    ),
    "put of a rebuilt item": (
        """
    def count():
        user = table.get_item(Key={"pk": "1"})["Item"]
        table.put_item(Item={"pk": "1", "visits": user["visits"] + 1})
    """,
        {"visits": 0},
    ),
    "put with a missing attribute": (
        """
    def count():
        user = table.get_item(Key={"pk": "1"})["Item"]
        user["visits"] = user.get("visits", 0) + 1
        table.put_item(Item=user)
    """,
        {"name": "Ada"},
    ),
    "put of an absent item": (
        """
    def count():
        response = table.get_item(Key={"pk": "1"})
        user = response.get("Item", {"pk": "1"})
        user["visits"] = user.get("visits", 0) + 1
        table.put_item(Item=user)
    """,
        None,
    ),
    "put after a KeyError for the absent item": (
        """
    def count():
        try:
            user = table.get_item(Key={"pk": "1"})["Item"]
        except KeyError:
            user = {"pk": "1", "visits": 0}
        user["visits"] = user["visits"] + 1
        table.put_item(Item=user)
    """,
        None,
    ),
    "update with the value read": (
        """
    def count():
        user = table.get_item(Key={"pk": "1"})["Item"]
        visits = user["visits"] + 1
        table.update_item(
            Key={"pk": "1"},
            UpdateExpression="SET visits = :visits",
            ExpressionAttributeValues={":visits": visits},
        )
    """,
        {"visits": 0},
    ),
    "update of a missing attribute": (
        """
    def count():
        user = table.get_item(Key={"pk": "1"}).get("Item", {})
        table.update_item(
            Key={"pk": "1"},
            UpdateExpression="SET visits = :visits",
            ExpressionAttributeValues={":visits": user.get("visits", Decimal(0)) + 1},
        )
    """,
        None,
    ),
    "update of a list that is appended to in place": (
        """
    def count():
        visits = table.get_item(Key={"pk": "1"})["Item"]["visits"]
        visits.append(1)
        table.update_item(
            Key={"pk": "1"},
            UpdateExpression="SET #visits = :visits",
            ExpressionAttributeNames={"#visits": "visits"},
            ExpressionAttributeValues={":visits": visits},
        )
    """,
        {"visits": []},
    ),
    "update with two values read": (
        """
    def count():
        user = table.get_item(Key={"pk": "1"})["Item"]
        table.update_item(
            Key={"pk": "1"},
            UpdateExpression="SET visits = :visits",
            ExpressionAttributeValues={":visits": user["visits"] + user["step"]},
        )
    """,
        {"visits": 0, "step": 1},
    ),
    "update in the client's form": (
        """
    def count():
        response = client.get_item(TableName="users", Key={"pk": {"S": "1"}})
        visits = int(response["Item"]["visits"]["N"]) + 1
        client.update_item(
            TableName="users",
            Key={"pk": {"S": "1"}},
            UpdateExpression="SET visits = :visits",
            ExpressionAttributeValues={":visits": {"N": str(visits)}},
        )
    """,
        {"visits": 0},
    ),
    "update in the client's form, changed in place": (
        """
    def count():
        item = client.get_item(TableName="users", Key={"pk": {"S": "1"}})["Item"]
        visits = item["visits"]
        visits["N"] = str(int(visits["N"]) + 1)
        client.update_item(
            TableName="users",
            Key={"pk": {"S": "1"}},
            UpdateExpression="SET #visits = :visits",
            ExpressionAttributeNames={
                "#visits": "visits",  # reserved elsewhere
            },
            ExpressionAttributeValues={":visits": visits},
        )
    """,
        {"visits": 0},
    ),
}


@pytest.fixture(scope="module")
def users(aws: None) -> Any:
    return boto3.resource("dynamodb").create_table(
        TableName="users",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def begin_with(users: Any, item: dict[str, Any] | None) -> None:
    users.delete_item(Key={"pk": "1"})
    if item is not None:
        users.put_item(Item={"pk": "1", **item})


def test_the_emulator_honours_conditions(users: Any) -> None:
    begin_with(users, {"visits": 2, "names": ["a", {"b": 1}]})
    item = users.get_item(Key={"pk": "1"})["Item"]
    users.put_item(Item=item, ConditionExpression=Attr("names").eq(item["names"]) & Attr("absent").not_exists())
    for condition in (Attr("visits").eq(3), Attr("names").eq(["a"]), Attr("pk").not_exists()):
        with pytest.raises(ClientError) as refused:
            users.put_item(Item={"pk": "1"}, ConditionExpression=condition)
        assert refused.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert users.get_item(Key={"pk": "1"})["Item"] == item


@pytest.mark.parametrize("case", CASES)
def test_two_who_count(users: Any, case: str) -> None:
    """Two writers that do the same: as many counts as successes must be left, whoever they were."""
    program, item = CASES[case]
    counted: list[str] = []

    def counts() -> int:
        after = users.get_item(Key={"pk": "1"})["Item"]
        visits = after.get("statistics", after)["visits"]
        return len(visits) if isinstance(visits, list) else int(visits)

    def reset() -> None:
        begin_with(users, item)
        counted.clear()

    def kept() -> set[str]:
        return set(counted[: counts()])

    names = {"note": counted.append}
    text = HEAD + program
    judge(Race(text, {name: f"[count(), note({name!r})]" for name in "ab"}, reset, kept, names))


def test_two_who_change_different_attributes(users: Any) -> None:
    """Each puts back the whole item, and with it the other's attribute as it was."""
    program = """
    def rename(name):
        user = table.get_item(Key={"pk": "1"})["Item"]
        user["name"] = name
        table.put_item(Item=user)

    def move(city):
        user = table.get_item(Key={"pk": "1"})["Item"]
        user["city"] = city
        table.put_item(Item=user)
    """

    def kept() -> set[str]:
        after = users.get_item(Key={"pk": "1"})["Item"]
        return {after[name] for name in ("name", "city")} & {"a", "b"}

    writers = {"a": "rename('a')", "b": "move('b')"}
    judge(Race(HEAD + program, writers, lambda: begin_with(users, {"name": "", "city": "Rome"}), kept, {}))


def test_a_removed_item_does_not_come_back(users: Any) -> None:
    """What was read before a deletion is not written back after it."""
    program = """
    def rename(name):
        response = table.get_item(Key={"pk": "1"})
        if "Item" not in response:
            return
        user = response["Item"]
        user["name"] = name
        table.put_item(Item=user)

    def remove():
        table.delete_item(Key={"pk": "1"})
    """

    def left() -> set[str]:
        return {"item"} if "Item" in users.get_item(Key={"pk": "1"}) else set()

    race = Race(
        HEAD + program, {"a": "rename('a')", "b": "remove()"}, lambda: begin_with(users, {"name": ""}), left, {}
    )
    assert "aba" in [run.order for run, kept in race.runs(race.bad) if kept]
    outcomes = {run.order: (run.codes["a"], kept) for run, kept in race.runs(race.fixed)}
    assert outcomes == {
        "aab": ("", set()),
        "aba": ("ConditionalCheckFailedException", set()),
        "ba": ("", set()),
    }
