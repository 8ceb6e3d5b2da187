"""Words for what the other services say of a customer: complaints, and identity."""

from typing import Any

from shared.contracts.complaints import CaseStandingChanged, CaseStandingWithdrawn
from shared.contracts.envelope import Event
from shared.contracts.identity import (
    OwnershipEnded,
    OwnershipEndWithdrawn,
    ReferredPurchaseMade,
    ReferredPurchaseWithdrawn,
)
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.subjects import ABOUT_THE_STANDING, fact_about
from tests.services.followup.given import CAR, CUSTOMER, DEALER, at, document_id


def case(
    on: str,
    number: str = "K1",
    *periods: tuple[str, str | None],
    resolved: str | None = None,
    call_back_due: str | None = None,
    called_back: str | None = None,
    received: str | None = None,
    revision: int = 1,
    **more: Any,
) -> Event[Any]:
    """A complaint received then. `periods`: from when until when it was open; none: it is, since.

    `more`: other fields of the message, such as `generation`.
    """
    spans = periods or ((on, None),)
    until = spans[-1][1]
    recorded_at = at(received or on)
    turn = {"at": at(on), "recorded_at": recorded_at, "stands": "open", "severity": "normal"}
    data = CaseStandingChanged.model_validate(
        {
            "customer_key": CUSTOMER,
            "dealer_id": DEALER,
            "case_id": document_id("complaint", number),
            "case_no": number,
            "generation": 1,
            "status": "open" if until is None else "closed",
            "outcome": None if until is None else "satisfied",
            "severity": "normal",
            "satisfied": called_back is not None,
            "received_at": at(on),
            "recorded_at": recorded_at,
            "closed_at": until and at(until),
            "open_periods": [
                {"since": at(since), "until": until and at(until)} for since, until in spans
            ],
            "resolved_at": resolved and at(resolved),
            "call_back_due_at": call_back_due and at(call_back_due),
            "called_back_at": called_back and at(called_back),
            "turns": [turn],
        }
        | more
    )
    return _said(data, received or on, revision)


def no_case(number: str = "K1", *, on: str = "2025-06-01", revision: int = 2) -> Event[Any]:
    """It was filed in error, or is another customer's."""
    data = CaseStandingWithdrawn(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        about=ABOUT_THE_STANDING,
        withdrawn_at=at(on),
        case_id=document_id("complaint", number),
    )
    return _said(data, on, revision)


def sold_on(
    on: str,
    number: str = "D9",
    *,
    vin: str = CAR,
    because: str = "sold_on",
    received: str | None = None,
    revision: int = 1,
) -> Event[Any]:
    """Another's sale says that this car is not theirs any more; or it was `traded_in`."""
    sale_id = document_id("sale", number)
    data = OwnershipEnded.model_validate(
        {
            "document_id": fact_about(sale_id, f"ownership/{vin}"),
            "sale_id": sale_id,
            "customer_key": CUSTOMER,
            "dealer_id": DEALER,
            "vin": vin,
            "ended_at": at(on),
            "because": because,
        }
    )
    return _said(data, received or on, revision)


def not_sold_on(
    number: str = "D9", *, vin: str = CAR, on: str = "2025-06-01", revision: int = 2
) -> Event[Any]:
    """The sale that said so was taken back."""
    data = OwnershipEndWithdrawn(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        about="ownership",
        withdrawn_at=at(on),
        document_id=fact_about(document_id("sale", number), f"ownership/{vin}"),
    )
    return _said(data, on, revision)


def referred(
    on: str, number: str = "F1", *, whom: str = "C2", received: str | None = None, revision: int = 1
) -> Event[Any]:
    """Whom they referred has bought a car."""
    referral_id = document_id("referral", number)
    data = ReferredPurchaseMade(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        document_id=fact_about(referral_id, "purchase"),
        referral_id=referral_id,
        referred_key=f"{DEALER}/cdk/{whom}",
        bought_at=at(on),
    )
    return _said(data, received or on, revision)


def not_referred(number: str = "F1", *, on: str = "2025-06-01", revision: int = 2) -> Event[Any]:
    """They have not bought one, after all."""
    data = ReferredPurchaseWithdrawn(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        about="purchase",
        withdrawn_at=at(on),
        document_id=fact_about(document_id("referral", number), "purchase"),
    )
    return _said(data, on, revision)


def _said(data: Output | Withdrawal, on: str, sequence: int) -> Event[Any]:
    """A message of another service, said then."""
    return Event(
        id=f"{data.TYPE}:{on}:{sequence}",
        key=CUSTOMER,
        dealer_id=DEALER,
        recorded_at=at(on),
        data=data,
        sequence=sequence,
    )
