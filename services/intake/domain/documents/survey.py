"""The answers to a satisfaction survey: published in points, whatever scale they were given on."""

from collections.abc import Iterator
from datetime import date

from services.intake.domain.documents import one_customer
from services.intake.domain.documents.answers import in_points, off_scale
from services.intake.domain.documents.kind import (
    Named,
    all_but_personal,
    describes_none,
    no_doubts,
    no_parent,
    no_readings,
)
from services.intake.domain.documents.naming import noun_of, record_fields
from services.intake.domain.findings import Finding
from shared.contracts import identifiers
from shared.contracts.feeds import SaleReported, SurveyReported, VisitReported
from shared.contracts.intake import Recorded, SurveyAnswered
from shared.contracts.surveys import normalised
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = SurveyAnswered
EXPLAINS = False
FREE_WORDS: tuple[str, ...] = ()
SURVEY = noun_of(SurveyReported)

parent = no_parent
content = all_but_personal
known_customers = one_customer.known_customers
described = describes_none
impossible_readings = no_readings
doubtful = no_doubts
moved = one_customer.moved


def numbers(report: SurveyReported) -> dict[str, str]:
    return {"survey_no": report.survey_no}


def named_by_id(report: SurveyReported) -> Iterator[Named]:
    yield from one_customer.named_by_id(report)
    if report.about_id is not None:
        yield Named("/about_id", report.about_id)


def contradictions(report: SurveyReported) -> Iterator[Finding]:
    return off_scale(report.scale, overall=report.overall, answers=report.items, at="/items")


def happened(report: SurveyReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: SurveyReported, _: Dealer) -> dict[str, Recorded]:
    key = one_customer.key_of_customer(report)
    answered = SurveyAnswered(
        **record_fields(report, numbers(report), customer_key=key),
        survey=report.survey,
        at=report.at,
        overall=normalised(report.overall, report.scale),
        items=in_points(report.scale, report.items),
        provider=report.provider,
        channel=report.channel,
        about_id=_about_id(report),
    )
    return {"customer": answered}


def _about_id(report: SurveyReported) -> str | None:
    """The document id of the order or sale; a number is the source's own."""
    for kind, number in ((VisitReported, report.ro_no), (SaleReported, report.deal_no)):
        if number is not None:
            return identifiers.document_id(report.dealer_id, report.source, noun_of(kind), number)
    return report.about_id
