"""Words for surveys: facts of a customer who answered some."""

from datetime import datetime

from services.followup.domain.documents import AnsweredSurvey, Known
from services.followup.domain.facts import FollowUpFacts
from shared.decider.facts import Gone
from tests.services.followup.given import CUSTOMER, at, document_id

ANSWERED = at("2025-01-10 10:00")


def answered(
    overall: float,
    *,
    on: datetime = ANSWERED,
    late: datetime | None = None,
    survey: str = "csi",
    about_id: str = "",
    channel: str = "",
    version: str = "1",
) -> AnsweredSurvey:
    """A survey, its overall answer in points."""
    return AnsweredSurvey.model_validate(
        {
            "kind": "survey",
            "version": version,
            "at": on,
            "late": late,
            "survey": survey,
            "overall": round(overall * 10),
            "about_id": about_id,
            "channel": channel,
        }
    )


def moved_away() -> Gone:
    """A survey that is another customer's now."""
    return Gone(kind="gone", version="2")


def known_of(customer_key: str = CUSTOMER, /, **surveys: Known) -> FollowUpFacts:
    """What is known of the customer, C1 unless named; `S1=answered(2)`."""
    documents = {document_id("survey", number): known for number, known in surveys.items()}
    return FollowUpFacts(customer_key=customer_key, documents=documents)
