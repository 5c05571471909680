"""Tasks and clusters that were started twice, as others met and told it."""

from __future__ import annotations

import boto3
import celery
import stripe
import tenacity
from google.api_core.exceptions import ServiceUnavailable
from google.cloud import bigquery


class ContainerTask:
    """A lost answer of `run_task` leaves a task behind that nobody watches."""

    def __init__(self, cluster: str, definition: str) -> None:
        self.cluster, self.definition = cluster, definition
        self.client = boto3.client("ecs")

    @tenacity.retry(stop=tenacity.stop_after_attempt(3))
    def start(self) -> str:
        answer = self.client.run_task(  # bad: CL201
            cluster=self.cluster, taskDefinition=self.definition, launchType="FARGATE"
        )
        return answer["tasks"][0]["taskArn"]

    # good: a token is passed
    @tenacity.retry(stop=tenacity.stop_after_attempt(3))
    def start_once(self, run: str) -> str:
        answer = self.client.run_task(
            cluster=self.cluster, taskDefinition=self.definition, launchType="FARGATE", clientToken=run
        )
        return answer["tasks"][0]["taskArn"]


@celery.shared_task(autoretry_for=(stripe.APIConnectionError,), max_retries=5)
def pay_registration(registration: str, customer: str, amount: int) -> None:
    """Charged once for each attempt whose answer was lost."""
    stripe.Charge.create(amount=amount, currency="eur", customer=customer, description=registration)  # bad: CL201


# good: a token is passed
@celery.shared_task(autoretry_for=(stripe.APIConnectionError,), max_retries=5)
def pay_registration_once(registration: str, customer: str, amount: int) -> None:
    stripe.Charge.create(
        amount=amount, currency="eur", customer=customer, idempotency_key=f"registration-{registration}"
    )


@tenacity.retry(stop=tenacity.stop_after_attempt(3), retry=tenacity.retry_if_exception_type(ServiceUnavailable))
def stream(table: str, rows: list[dict]) -> None:
    """No identifier at all for each row: nothing tells a repeated row from a new one."""
    bigquery.Client().insert_rows_json(table, rows, row_ids=[None] * len(rows))  # bad: CL201


# good: a token is passed
@tenacity.retry(stop=tenacity.stop_after_attempt(3), retry=tenacity.retry_if_exception_type(ServiceUnavailable))
def stream_once(table: str, rows: list[dict]) -> None:
    bigquery.Client().insert_rows_json(table, rows, row_ids=[row["id"] for row in rows])
