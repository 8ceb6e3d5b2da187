"""A step on a complaint: wherever that is. Until it is known, the step waits under its number."""

from collections.abc import Iterator, Mapping
from datetime import date

from pydantic import JsonValue

from services.intake.domain.documents.complaint import COMPLAINT
from services.intake.domain.documents.kind import (
    Named,
    all_but_personal,
    describes_none,
    names_none,
    no_doubts,
    no_readings,
)
from services.intake.domain.documents.naming import RecordFields, noun_of, record_fields
from services.intake.domain.findings import Finding
from shared.contracts import identifiers
from shared.contracts.feeds import ComplaintStepReported
from shared.contracts.identifiers import document_key, number_in, source_of
from shared.contracts.intake import ComplaintMoved, ComplaintStepTaken, Recorded
from shared.dealers.dealer import Dealer

RECORDED: type[Recorded] = ComplaintStepTaken
EXPLAINS = True
FREE_WORDS: tuple[str, ...] = ()
STEP = noun_of(ComplaintStepReported)

content = all_but_personal
known_customers = names_none
described = describes_none
impossible_readings = no_readings
doubtful = no_doubts


def numbers(report: ComplaintStepReported) -> dict[str, str]:
    """The complaint's number; with its source, where that is another than the step's."""
    case = parent(report)
    source, number = source_of(case), number_in(case)
    case_no = number if source == report.source else f"{source}/{number}"
    return {"case_no": case_no, "step_id": report.step_id}


def parent(report: ComplaintStepReported) -> str:
    if report.case_id is not None:
        return report.case_id
    assert report.case_no is not None, "the contract wants one of them"
    return _complaint(report, report.case_no)


def case_merged_into(report: ComplaintStepReported) -> str | None:
    """The document id of the complaint that a step merges its own into."""
    if report.merged_into is None:
        return report.merged_into_id
    return _complaint(report, report.merged_into)


def _complaint(report: ComplaintStepReported, number: str) -> str:
    return identifiers.document_id(report.dealer_id, report.source, COMPLAINT, number)


def named_by_id(report: ComplaintStepReported) -> Iterator[Named]:
    for field in ("case_id", "merged_into_id"):
        identifier: str | None = getattr(report, field)
        if identifier is not None:
            yield Named(f"/{field}", identifier)


def contradictions(report: ComplaintStepReported) -> Iterator[Finding]:
    if case_merged_into(report) == parent(report):
        yield Finding("", "a case cannot be merged into itself")


def happened(report: ComplaintStepReported) -> Iterator[tuple[str, date | None]]:
    yield "at", report.at


def messages(report: ComplaintStepReported, _: Dealer) -> dict[str, Recorded]:
    case = parent(report)
    fields = report.model_dump(
        exclude={"source", "dealer_id", "case_no", "case_id", "merged_into", "merged_into_id"}
    )
    waiting = document_key(report.dealer_id, source_of(case), number_in(case))
    step = ComplaintStepTaken(
        **record_fields(report, numbers(report), customer_key=waiting),
        **fields,
        case_id=case,
        case_no=number_in(case),
        merged_into=case_merged_into(report),
    )
    return {"customer": step}


def moved(fields: RecordFields, parent: str | None) -> ComplaintMoved:
    return ComplaintMoved(**fields, case_id=parent or fields["document_id"])


def step_taken(
    recorded: Mapping[str, JsonValue], *, key: str, merged_into_key: str | None, version: str
) -> ComplaintStepTaken:
    """A step as it was `recorded`, for the customer `key` and with the customer it merges with."""
    changes = {"customer_key": key, "merged_into_key": merged_into_key, "version": version}
    return ComplaintStepTaken.model_validate({**recorded, **changes})
