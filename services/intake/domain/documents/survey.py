"""The answers to a satisfaction survey."""

from collections.abc import Iterator
from datetime import date

from services.intake.domain.documents import one_customer
from services.intake.domain.documents.kind import (
    all_but_personal,
    describes_none,
    no_contradictions,
    no_doubts,
    no_parent,
    no_readings,
)
from services.intake.domain.documents.naming import record_fields
from shared.contracts.feeds import SurveyReported
from shared.contracts.intake import Recorded, SurveyAnswered
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = SurveyAnswered
EXPLAINS = False
FREE_WORDS: tuple[str, ...] = ()

parent = no_parent
content = all_but_personal
named_by_id = one_customer.named_by_id
known_customers = one_customer.known_customers
described = describes_none
contradictions = no_contradictions
impossible_readings = no_readings
doubtful = no_doubts
moved = one_customer.moved


def numbers(report: SurveyReported) -> dict[str, str]:
    return {"survey_no": report.survey_no}


def happened(report: SurveyReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: SurveyReported, _: Dealer) -> dict[str, Recorded]:
    fields = report.model_dump(exclude={*one_customer.NOT_RECORDED, *FREE_WORDS})
    key = one_customer.key_of_customer(report)
    common = record_fields(report, numbers(report), customer_key=key)
    return {"customer": SurveyAnswered(**common, **fields)}
