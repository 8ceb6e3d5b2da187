"""What came of one attempt at a follow-up task; each attempt is a document.

Where a satisfaction survey was answered in it, that is a document, too, which is a part of this
one: it is published, corrected and taken back with it.
"""

from collections.abc import Iterator, Mapping
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
from services.intake.domain.documents.naming import RecordFields, record_fields
from services.intake.domain.documents.survey import SURVEY
from services.intake.domain.findings import Finding
from shared.contracts import identifiers
from shared.contracts.feed_parts import Channel, ComplaintChannel
from shared.contracts.feeds import TaskOutcomeReported
from shared.contracts.intake import Recorded, SurveyAnswered, TaskOutcomeRecorded
from shared.contracts.surveys import normalised
from shared.contracts.values import instant_text
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = TaskOutcomeRecorded
EXPLAINS = True
FREE_WORDS: tuple[str, ...] = ("note",)
_NOBODY_ANSWERED = frozenset({"not_reached", "wrong_number"})
_ANSWERED_BY: Mapping[Channel | None, ComplaintChannel] = {
    None: "phone",
    "phone": "phone",
    "app": "app",
}
"""By whatever else, the customer filled in a form."""

parent = no_parent
content = all_but_personal
known_customers = one_customer.known_customers
described = describes_none
impossible_readings = no_readings
doubtful = no_doubts
moved = one_customer.moved


def numbers(report: TaskOutcomeReported) -> dict[str, str]:
    """The task's, and the attempt's; attempts without a number are told apart by their moment."""
    return {"task_id": report.task_id, "outcome_no": report.outcome_no or instant_text(report.at)}


def named_by_id(report: TaskOutcomeReported) -> Iterator[Named]:
    yield from one_customer.named_by_id(report)
    if report.about_id is not None:
        yield Named("/about_id", report.about_id)


def contradictions(report: TaskOutcomeReported) -> Iterator[Finding]:
    yield from off_scale(
        report.scale, overall=report.overall, answers=report.answers, at="/answers"
    )
    if report.survey is not None and report.outcome in _NOBODY_ANSWERED:
        yield Finding("/survey", "nobody was reached who could have answered a survey")


def happened(report: TaskOutcomeReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: TaskOutcomeReported, _: Dealer) -> dict[str, Recorded]:
    fields = report.model_dump(exclude={*one_customer.NOT_RECORDED, *FREE_WORDS, "answers"})
    key = one_customer.key_of_customer(report)
    recorded = TaskOutcomeRecorded(
        **record_fields(report, numbers(report), customer_key=key),
        **fields,
        answers=in_points(report.scale, report.answers),
    )
    return {"customer": recorded}


def survey_id(report: TaskOutcomeReported) -> str:
    """The document id of the survey in it, whether there is one or not."""
    return identifiers.document_id(
        report.dealer_id, report.source, SURVEY, *numbers(report).values()
    )


def survey_in(report: TaskOutcomeReported) -> dict[str, Recorded]:
    """Role -> the survey that was answered, without a version so far; nothing where none was."""
    if report.survey is None or report.overall is None:
        return {}
    key = one_customer.key_of_customer(report)
    answered = SurveyAnswered(
        **RecordFields(
            document_id=survey_id(report),
            version="",
            customer_key=key,
            dealer_id=report.dealer_id,
        ),
        survey=report.survey,
        at=report.at,
        overall=normalised(report.overall, report.scale),
        items=in_points(report.scale, report.answers),
        channel=_ANSWERED_BY.get(report.channel, "web"),
        about_id=report.about_id,
    )
    return {"customer": answered}
