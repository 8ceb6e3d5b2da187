"""Words for surveys: facts of a customer who answered some."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from services.followup.domain.circumstances import circumstances_of
from services.followup.domain.decide import condense
from services.followup.domain.documents import AnsweredSurvey, Known
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.follow_ups import customer_history
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.satisfaction import satisfaction_counts
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


def counted_in(
    facts: FollowUpFacts, policy: FollowUpPolicy, *, zone: tzinfo
) -> Mapping[str, Mapping[str, int]]:
    """What the customer counts for in the satisfaction figures, by month."""
    facts = condense(facts, policy)
    history, circumstances = customer_history(facts, policy), circumstances_of(facts, policy)
    return satisfaction_counts(history, circumstances, policy, zone=zone)
