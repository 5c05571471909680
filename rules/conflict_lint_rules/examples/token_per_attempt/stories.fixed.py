"""Instances that were launched twice because each attempt had a token of its own."""

from __future__ import annotations

import time
import uuid

import boto3
import stripe
import tenacity
from botocore.exceptions import ClientError

ec2 = boto3.client("ec2")


def launch_host(image: str, kind: str) -> dict:
    client_token = str(uuid.uuid4())
    for attempt in range(4):
        try:
            return ec2.run_instances(  # bad: CL202
                ImageId=image, InstanceType=kind, MinCount=1, MaxCount=1, ClientToken=client_token
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "InsufficientInstanceCapacity":
                raise
            time.sleep(2**attempt)
    raise TimeoutError(image)


@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def pay(order: str, amount: int) -> stripe.PaymentIntent:
    """The challenge that is part of the key is another one in each attempt."""
    challenge = uuid.uuid4().hex
    return stripe.PaymentIntent.create(  # bad: CL202
        amount=amount, currency="eur", idempotency_key=f"{order}-{challenge}"
    )


# good: given by the caller
@tenacity.retry(stop=tenacity.stop_after_attempt(3))
def pay_once(order: str, amount: int) -> stripe.PaymentIntent:
    return stripe.PaymentIntent.create(amount=amount, currency="eur", idempotency_key=f"{order}-payment")
