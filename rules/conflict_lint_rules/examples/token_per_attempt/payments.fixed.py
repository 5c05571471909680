"""Keys of payments, inside and outside of what is repeated."""

from __future__ import annotations

import time
import uuid

import stripe

client = stripe.StripeClient("key")


def charge(customer: str, amount: int) -> stripe.Charge:
    idempotency_key_once = str(uuid.uuid4())
    for attempt in range(3):
        try:
            return stripe.Charge.create(  # bad: CL202
                amount=amount, currency="eur", customer=customer, idempotency_key=idempotency_key_once
            )
        except stripe.APIConnectionError:
            time.sleep(attempt)
    raise RuntimeError("not charged")


def refund(charged: str) -> stripe.Refund:
    options = {"idempotency_key": uuid.uuid4().hex}
    for attempt in range(3):
        try:
            return client.v1.refunds.create({"charge": charged}, options)  # bad: CL202
        except stripe.APIConnectionError:
            time.sleep(attempt)
    raise RuntimeError("not refunded")


# good: made outside
def charge_once(customer: str, amount: int) -> stripe.Charge:
    key = str(uuid.uuid4())
    for attempt in range(3):
        try:
            return stripe.Charge.create(amount=amount, currency="eur", customer=customer, idempotency_key=key)
        except stripe.APIConnectionError:
            time.sleep(attempt)
    raise RuntimeError("not charged")


# good: not repeated
def charge_each(customers: list[str], amount: int) -> None:
    for customer in customers:
        key = str(uuid.uuid4())
        stripe.Charge.create(amount=amount, currency="eur", customer=customer, idempotency_key=key)
