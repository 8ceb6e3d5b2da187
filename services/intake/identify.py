"""What identifies cars and documents: VINs and document ids."""

import re
from typing import Literal, assert_never

from shared.contracts import identifiers
from shared.contracts.feeds import (
    AnyReport,
    ComplaintReported,
    ComplaintStepReported,
    ConsentReported,
    ReferralReported,
    SaleReported,
    SurveyReported,
    TaskOutcomeReported,
    VisitReported,
)

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


def case_id(dealer_id: str, source: str, case_no: str) -> str:
    """The document id of a complaint."""
    return identifiers.document_id(dealer_id, source, "complaint", case_no)


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
            return {"case_no": report.case_no, "step_id": report.step_id}
        case ConsentReported():
            return {"consent_no": report.consent_no}
        case SurveyReported():
            return {"survey_no": report.survey_no}
        case TaskOutcomeReported():
            return {"task_id": report.task_id}
        case ReferralReported():
            return {"referral_no": report.referral_no}
        case _:
            assert_never(report)
