"""Payments that are asked for twice: the SDK makes up a key for each call, and a repeated call is another one."""

from __future__ import annotations

import time

import stripe
from tenacity import retry, retry_if_exception_type, stop_after_attempt

client = stripe.StripeClient("key")


@retry(stop=stop_after_attempt(3))
def charge(customer: str, amount: int) -> stripe.Charge:
    return stripe.Charge.create(amount=amount, currency="eur", customer=customer)  # bad: CL201


@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(stripe.APIConnectionError))
def pay(customer: str, amount: int) -> stripe.PaymentIntent:
    return stripe.PaymentIntent.create(amount=amount, currency="eur", customer=customer)  # bad: CL201


def refund(charged: str) -> stripe.Refund:
    for attempt in range(3):
        try:
            return client.v1.refunds.create({"charge": charged})  # bad: CL201
        except stripe.APIConnectionError:
            time.sleep(attempt)
    raise RuntimeError(f"{charged} was not refunded")


# good: a token is passed
@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(stripe.APIConnectionError))
def charge_order(order: str, customer: str, amount: int) -> stripe.Charge:
    return stripe.Charge.create(
        amount=amount, currency="eur", customer=customer, idempotency_key=f"charge-{order}"
    )


# good: a token is passed
def refund_once(charged: str) -> stripe.Refund:
    for attempt in range(3):
        try:
            return client.v1.refunds.create({"charge": charged}, {"idempotency_key": f"refund-{charged}"})
        except stripe.APIConnectionError:
            time.sleep(attempt)
    raise RuntimeError(f"{charged} was not refunded")


# good: out of sight
@retry(stop=stop_after_attempt(3))
def charge_with(**details) -> stripe.Charge:
    return stripe.Charge.create(**details)


# good: nothing was done
@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(stripe.RateLimitError))
def charge_slowly(customer: str, amount: int) -> stripe.Charge:
    return stripe.Charge.create(amount=amount, currency="eur", customer=customer)


# good: not repeated
def charge_all(customers: list[str], amount: int) -> None:
    for customer in customers:
        try:
            stripe.Charge.create(amount=amount, currency="eur", customer=customer)
        except stripe.StripeError:
            continue
