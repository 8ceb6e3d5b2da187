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
from services.intake.domain.documents.naming import record_fields
from services.intake.domain.documents.two_customers import by_key, named
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


def _referrer(report: ReferralReported) -> Named:
    number, key = report.referrer_customer_id, report.referrer_customer_key
    return named(report, "referrer_customer", number=number, key=key)


def _referred(report: ReferralReported) -> Named:
    number, key = report.referred_customer_id, report.referred_customer_key
    return named(report, "referred_customer", number=number, key=key)


def named_by_id(report: ReferralReported) -> Iterator[Named]:
    return by_key(_referrer(report), _referred(report))


def known_customers(report: ReferralReported) -> Iterator[Named]:
    """Who was referred to the dealer need not be known."""
    yield _referrer(report)


def contradictions(report: ReferralReported) -> Iterator[Finding]:
    if _referrer(report).identifier == _referred(report).identifier:
        yield Finding("", "customers cannot refer themselves")


def happened(report: ReferralReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: ReferralReported, _: Dealer) -> dict[str, Recorded]:
    referrer, referred = _referrer(report).identifier, _referred(report).identifier
    made = ReferralMade(
        **record_fields(report, numbers(report), customer_key=referrer),
        role="referrer",
        other_customer_key=referred,
        at=report.at,
    )
    other = {"role": "referred", "customer_key": referred, "other_customer_key": referrer}
    return {"referrer": made, "referred": made.model_copy(update=other)}
