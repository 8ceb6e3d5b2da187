"""What identifies cars and documents: VINs and document ids."""

import re
from collections.abc import Iterator
from typing import Literal, assert_never
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from shared.contracts import identifiers
from shared.contracts.feed_parts import Customer
from shared.contracts.feeds import (
    AnyReport,
    ComplaintReported,
    ComplaintStepReported,
    ConsentReported,
    Document,
    ReferralReported,
    SaleReported,
    SurveyReported,
    TaskOutcomeReported,
    VisitReported,
)
from shared.contracts.values import CustomerNumber, Number, instant_text

_NUMBER: TypeAdapter[str] = TypeAdapter(Number)
_CUSTOMER_NUMBER: TypeAdapter[str] = TypeAdapter(CustomerNumber)

VinCheck = Literal["ok", "malformed", "failed", "not_applicable"]

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_CHECKED = re.compile(r"[1-5L]|7[^A-E]")
"""North American and Chinese VINs: there the check digit is mandatory. 7A to 7E: New Zealand."""
_CHECK_POSITION = 8
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        map(int, "012345678912345678123457923456789"),
        strict=True,
    )
)
"""ISO 3779 / 49 CFR 565: what each character counts in the check sum."""


def check_vin(vin: str) -> VinCheck:
    """Whether `vin` (trimmed, upper-case) is one, and what its check digit says."""
    if _VIN.fullmatch(vin) is None or len(set(vin)) == 1:
        return "malformed"  # one character throughout fills a field, even where the sum fits
    if _CHECKED.match(vin) is None:
        return "not_applicable"
    total = sum(weight * _VALUES[char] for weight, char in zip(_WEIGHTS, vin, strict=True))
    return "ok" if vin[_CHECK_POSITION] == "0123456789X"[total % 11] else "failed"


def document_id_of(report: AnyReport) -> str:
    """The one id of the reported document, whatever its version."""
    return identifiers.document_id(
        report.dealer_id, report.source, kind_of(report), *document_numbers(report).values()
    )


def key_named(report: Document, number: str | None, key: str | None) -> str:
    """The customer whom a report names: by the number of its own source, or by the key itself."""
    if key is not None:
        return key
    assert number is not None, "the contract wants one of them"
    return identifiers.customer_key(report.dealer_id, report.source, number)


def key_of(report: Document, customer: Customer) -> str:
    """The key of a customer of a document."""
    return key_named(report, customer.source_customer_id, customer.customer_key)


def case_of(step: ComplaintStepReported) -> str:
    """The document id of the complaint that a step was taken on."""
    if step.case_id is not None:
        return step.case_id
    assert step.case_no is not None, "the contract wants one of them"
    return identifiers.document_id(step.dealer_id, step.source, "complaint", step.case_no)


def case_merged_into(step: ComplaintStepReported) -> str | None:
    """The document id of the complaint that a step merges its own into."""
    if step.merged_into is None:
        return step.merged_into_id
    return identifiers.document_id(step.dealer_id, step.source, "complaint", step.merged_into)


def named_by_id(report: AnyReport) -> Iterator[tuple[str, str]]:
    """Where in the data, and which: every key and id that a report names instead of a number."""
    named: list[tuple[str, str | None]] = []
    match report:
        case SaleReported() | VisitReported() | ComplaintReported():
            customer = report.customer
            named = [("/customer/customer_key", customer.customer_key if customer else None)]
            if isinstance(report, SaleReported):
                named += [
                    (f"/parties/{at}/customer/customer_key", party.customer.customer_key)
                    for at, party in enumerate(report.parties)
                ]
        case ComplaintStepReported():
            named = [("/case_id", report.case_id), ("/merged_into_id", report.merged_into_id)]
        case ConsentReported() | SurveyReported() | TaskOutcomeReported():
            named = [("/customer_key", report.customer_key)]
        case ReferralReported():
            named = [
                ("/referrer_customer_key", report.referrer_customer_key),
                ("/referred_customer_key", report.referred_customer_key),
            ]
        case _:
            assert_never(report)
    return ((where, identifier) for where, identifier in named if identifier is not None)


def customers_named(report: AnyReport) -> Iterator[tuple[str, str]]:
    """Where in the data, and which: customers whom a report takes to be known already.

    Who was referred to the dealer need not be.
    """
    match report:
        case ConsentReported() | SurveyReported() | TaskOutcomeReported():
            field = "customer_key" if report.customer_key else "source_customer_id"
            yield f"/{field}", key_named(report, report.source_customer_id, report.customer_key)
        case ReferralReported():
            field = "customer_key" if report.referrer_customer_key else "customer_id"
            yield f"/referrer_{field}", referrer_of(report)
        case _:
            for where, identifier in named_by_id(report):
                if where.endswith("customer_key"):
                    yield where, identifier


def referrer_of(report: ReferralReported) -> str:
    """The key of the customer who referred the other."""
    return key_named(report, report.referrer_customer_id, report.referrer_customer_key)


def referred_of(report: ReferralReported) -> str:
    """The key of the customer who was referred."""
    return key_named(report, report.referred_customer_id, report.referred_customer_key)


def as_answered(identifier: str) -> bool:
    """Whether a key or id is written as intake writes it; no other ever meets what it names."""
    number = identifiers.number_in(identifier)
    kind = _CUSTOMER_NUMBER if identifiers.is_customer_key(identifier) else _NUMBER
    try:
        read = kind.validate_python(number)
    except ValidationError:
        return False
    return read == number and quote(number, safe="") == identifier.rpartition("/")[2]


def kind_of(report: AnyReport) -> str:
    """`sale`, `visit`, `complaint-step`…: the noun of the report's type."""
    return report.TYPE.split(".")[2]


def document_numbers(report: AnyReport) -> dict[str, str]:
    """Field -> the number by which the source knows the document."""
    match report:
        case SaleReported():
            return {"deal_no": report.deal_no}
        case VisitReported():
            return {"ro_no": report.ro_no}
        case ComplaintReported():
            return {"case_no": report.case_no}
        case ComplaintStepReported():
            return {"case_no": _case_number(report), "step_id": report.step_id}
        case ConsentReported():
            return {"consent_no": report.consent_no}
        case SurveyReported():
            return {"survey_no": report.survey_no}
        case TaskOutcomeReported():
            attempt = report.outcome_no or instant_text(report.at)
            return {"task_id": report.task_id, "outcome_no": attempt}
        case ReferralReported():
            return {"referral_no": report.referral_no}
        case _:
            assert_never(report)


def _case_number(step: ComplaintStepReported) -> str:
    """The number of a complaint; with its source, where that is another than the step's."""
    case = case_of(step)
    source, number = identifiers.source_of(case), identifiers.number_in(case)
    return number if source == step.source else f"{source}/{number}"
