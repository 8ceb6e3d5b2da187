"""What referrals and links share: each names two customers, by their number or by their key."""

from collections.abc import Iterator

from services.intake.domain.documents.kind import Named
from services.intake.domain.documents.naming import key_named
from shared.contracts.feeds import CustomerLinkReported, ReferralReported


def named(
    report: CustomerLinkReported | ReferralReported,
    customer: str,
    *,
    number: str | None,
    key: str | None,
) -> Named:
    """One of them, who is named as `customer`, with `_id` or `_key` behind it."""
    field = f"{customer}_id" if key is None else f"{customer}_key"
    return Named(f"/{field}", key_named(report, number=number, key=key))


def by_key(*customers: Named) -> Iterator[Named]:
    """Those that are named by their key."""
    return (customer for customer in customers if customer.pointer.endswith("_key"))
