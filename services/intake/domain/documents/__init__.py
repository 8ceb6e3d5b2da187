"""The kinds of documents that are reported, each in a file of its own.

A new kind is a file, a line in `DOCUMENTS` and its test; mypy compares the file with
`DocumentKind`, part by part.
"""

from collections.abc import Mapping
from typing import Never, TypeVar, cast

from services.intake.domain.documents import (
    complaint,
    complaint_step,
    consent,
    customer,
    customer_link,
    lead,
    referral,
    sale,
    survey,
    task_assignment,
    task_outcome,
    visit,
)
from services.intake.domain.documents.kind import DocumentKind
from services.intake.domain.documents.naming import document_id, noun_of
from shared.contracts.feeds import (
    AnyReport,
    ComplaintReported,
    ComplaintStepReported,
    ConsentReported,
    CustomerLinkReported,
    CustomerReported,
    Document,
    ReferralReported,
    SaleReported,
    SurveyReported,
    TaskAssignmentReported,
    TaskOutcomeReported,
    VisitReported,
)
from shared.contracts.leads import LeadReported

R = TypeVar("R", bound=AnyReport)


def _row(report: type[R], kind: DocumentKind[R]) -> tuple[type[Document], DocumentKind[Never]]:
    """A line of the table: here mypy finds out whether the file is about this report."""
    return report, kind


DOCUMENTS: Mapping[type[Document], DocumentKind[Never]] = dict(
    [
        _row(SaleReported, sale),
        _row(VisitReported, visit),
        _row(ComplaintReported, complaint),
        _row(ComplaintStepReported, complaint_step),
        _row(ConsentReported, consent),
        _row(SurveyReported, survey),
        _row(TaskOutcomeReported, task_outcome),
        _row(TaskAssignmentReported, task_assignment),
        _row(ReferralReported, referral),
        _row(CustomerLinkReported, customer_link),
        _row(CustomerReported, customer),
        _row(LeadReported, lead),
    ]
)
"""Report -> the kind of its document."""

BY_NOUN: Mapping[str, DocumentKind[Never]] = {
    noun_of(report): kind for report, kind in DOCUMENTS.items()
}
"""`sale`, `complaint-step`, … -> the kind."""


def kind_of(report: R) -> DocumentKind[R]:
    """The kind of the reported document."""
    return cast("DocumentKind[R]", DOCUMENTS[type(report)])


def document_id_of(report: AnyReport) -> str:
    """The one id of the reported document, whatever its version."""
    return document_id(report, kind_of(report).numbers(report))
