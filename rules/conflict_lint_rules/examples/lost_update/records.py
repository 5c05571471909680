"""Documents that are objects on the way: of dataclasses, and of models that turn mappings into objects and back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import boto3
from pydantic import BaseModel

table = boto3.resource("dynamodb").Table("customers")
glue = boto3.client("glue")


class Customer(BaseModel):
    pk: str
    sk: str = "CUSTOMER"
    name: str
    plan: str = "free"


@dataclass
class Job:
    id: str
    state: str
    tries: int = 0


class Store:
    def get(self, customer: str) -> Customer | None:
        found = table.get_item(Key={"pk": customer, "sk": "CUSTOMER"}).get("Item")
        return Customer(**found) if found else None

    def change_plan(self, customer: str, plan: str) -> None:
        record = self.get(customer)
        if record is None:
            raise KeyError(customer)
        record.plan = plan
        table.put_item(Item=record.model_dump())  # bad: CL101


def try_again(identifier: str) -> None:
    job = Job(**table.get_item(Key={"id": identifier})["Item"])
    job.tries += 1
    table.put_item(Item=asdict(job))  # bad: CL101


def rename(customer: str, name: str) -> None:
    record = Customer.model_validate(table.get_item(Key={"pk": customer, "sk": "CUSTOMER"})["Item"])
    record.name = name
    table.put_item(Item=record.model_dump())  # bad: CL101


# good: another resource
def copy(identifier: str, other: str) -> None:
    job = Job(**table.get_item(Key={"id": identifier})["Item"])
    job.id = other
    table.put_item(Item=asdict(job))


# good: compared only
def start(identifier: str, new: Job) -> None:
    job = Job(**table.get_item(Key={"id": identifier})["Item"])
    if job.state != "running":
        table.put_item(Item=asdict(new))


def named(catalog: str | None = None, **members: Any) -> dict[str, Any]:
    return {"CatalogId": catalog, **members} if catalog else members


def definition(reply: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in reply["Table"].items():
        if name in ("Name", "Parameters", "StorageDescriptor"):
            out[name] = value
    return out


def add_column(database: str, name: str, column: str) -> None:
    wanted = definition(glue.get_table(DatabaseName=database, Name=name))
    wanted["StorageDescriptor"]["Columns"].append({"Name": column, "Type": "string"})
    glue.update_table(DatabaseName=database, TableInput=wanted)  # bad: CL101


def add_column_in_a_catalog(database: str, name: str, column: str, catalog: str) -> None:
    wanted = definition(glue.get_table(**named(catalog=catalog, DatabaseName=database, Name=name)))
    wanted["StorageDescriptor"]["Columns"].append({"Name": column, "Type": "string"})
    glue.update_table(**named(catalog=catalog, DatabaseName=database, TableInput=wanted))  # bad: CL101
