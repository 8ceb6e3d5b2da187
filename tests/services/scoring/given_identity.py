"""Words for what identity says of a customer, and for their profile."""

from datetime import datetime
from typing import Any

from shared.contracts.envelope import Event
from shared.contracts.identity import (
    OwnershipEnded,
    OwnershipEndWithdrawn,
    ReferredPurchaseMade,
    ReferredPurchaseWithdrawn,
)
from shared.contracts.intake import ProfileRecorded
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.subjects import fact_about
from tests.services.scoring.given import CUSTOMER, DEALER, day, document_of, event_of


def parted(
    on: str,
    vin: str,
    number: str = "D9",
    *,
    because: str = "sold_on",
    received: str | None = None,
    revision: int = 1,
) -> Event[Any]:
    """Another's sale says that this car is not theirs any more."""
    data = OwnershipEnded.model_validate(
        {
            "document_id": fact_about(f"{DEALER}/cdk/sale/{number}", f"ownership/{vin}"),
            "sale_id": f"{DEALER}/cdk/sale/{number}",
            "customer_key": CUSTOMER,
            "dealer_id": DEALER,
            "vin": vin,
            "ended_at": day(on),
            "because": because,
        }
    )
    return _told(data, day(received) if received else day(on), revision)


def not_parted(vin: str, number: str = "D9", *, revision: int = 2) -> Event[Any]:
    """The sale that said so was taken back."""
    data = OwnershipEndWithdrawn(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        about="ownership",
        withdrawn_at=day("2025-06-01"),
        document_id=fact_about(f"{DEALER}/cdk/sale/{number}", f"ownership/{vin}"),
    )
    return _told(data, day("2025-06-01"), revision)


def referred_purchase(
    on: str, number: str = "F1", *, whom: str = "C2", received: str | None = None, revision: int = 1
) -> Event[Any]:
    """Whom they referred has bought a car."""
    referral_id = f"{DEALER}/cdk/referral/{number}"
    data = ReferredPurchaseMade(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        document_id=fact_about(referral_id, "purchase"),
        referral_id=referral_id,
        referred_key=f"{DEALER}/cdk/{whom}",
        bought_at=day(on),
    )
    return _told(data, day(received) if received else day(on), revision)


def no_referred_purchase(number: str = "F1", *, revision: int = 2) -> Event[Any]:
    """They have not, after all."""
    data = ReferredPurchaseWithdrawn(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        about="purchase",
        withdrawn_at=day("2025-06-01"),
        document_id=fact_about(f"{DEALER}/cdk/referral/{number}", "purchase"),
    )
    return _told(data, day("2025-06-01"), revision)


def profile(*, revision: int = 1, **fields: Any) -> Event[Any]:
    """Who the customer is."""
    data = ProfileRecorded.model_validate(
        document_of("profile", "C1", revision) | {"kind": "person"} | fields
    )
    return event_of(data, day("2025-01-01"), None)


def _told(data: Output | Withdrawal, at: datetime, sequence: int) -> Event[Any]:
    """A message of identity, said at that time."""
    return Event(
        id=f"{data.customer_key}:{at:%Y-%m-%d}:{sequence}",
        key=CUSTOMER,
        dealer_id=DEALER,
        recorded_at=at,
        data=data,
        sequence=sequence,
    )
