"""A referral: of the customer who referred the other, and of the one who was referred."""

from collections.abc import Iterator
from datetime import date

from services.intake.domain.documents import one_customer
from services.intake.domain.documents.kind import (
    Named,
    all_but_personal,
    describes_none,
    no_doubts,
    no_parent,
    no_readings,
)
from services.intake.domain.documents.naming import key_named, record_fields
from services.intake.domain.findings import Finding
from shared.contracts.feeds import ReferralReported
from shared.contracts.intake import Recorded, ReferralMade
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = ReferralMade
EXPLAINS = False
FREE_WORDS: tuple[str, ...] = ()

parent = no_parent
content = all_but_personal
described = describes_none
impossible_readings = no_readings
doubtful = no_doubts
moved = one_customer.moved


def numbers(report: ReferralReported) -> dict[str, str]:
    return {"referral_no": report.referral_no}


def referrer_of(report: ReferralReported) -> str:
    """The key of the customer who referred the other."""
    number, key = report.referrer_customer_id, report.referrer_customer_key
    return key_named(report, number=number, key=key)


def referred_of(report: ReferralReported) -> str:
    """The key of the customer who was referred."""
    number, key = report.referred_customer_id, report.referred_customer_key
    return key_named(report, number=number, key=key)


def named_by_id(report: ReferralReported) -> Iterator[Named]:
    for field in ("referrer_customer_key", "referred_customer_key"):
        key: str | None = getattr(report, field)
        if key is not None:
            yield Named(f"/{field}", key)


def known_customers(report: ReferralReported) -> Iterator[Named]:
    """Who was referred to the dealer need not be known."""
    field = "customer_key" if report.referrer_customer_key else "customer_id"
    yield Named(f"/referrer_{field}", referrer_of(report))


def contradictions(report: ReferralReported) -> Iterator[Finding]:
    if referrer_of(report) == referred_of(report):
        yield Finding("", "customers cannot refer themselves")


def happened(report: ReferralReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: ReferralReported, _: Dealer) -> dict[str, Recorded]:
    referrer, referred = referrer_of(report), referred_of(report)
    made = ReferralMade(
        **record_fields(report, numbers(report), customer_key=referrer),
        role="referrer",
        other_customer_key=referred,
        at=report.at,
    )
    other = {"role": "referred", "customer_key": referred, "other_customer_key": referrer}
    return {"referrer": made, "referred": made.model_copy(update=other)}
