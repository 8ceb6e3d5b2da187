"""What scoring's endpoints answer of one customer."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from shared.contracts.http.described import DescribedResponse
from shared.contracts.http.scoring_shadow import ShadowScore
from shared.contracts.scoring import Form, Grade, NextVisit, Reason, Risk, RiskStands
from shared.contracts.values import Bilingual, Instant


class AnnouncedChange(DescribedResponse):
    """One grade change that was announced."""

    before: Grade
    after: Grade
    changed_at: Instant
    words: Bilingual | None = None
    """What brought it about."""


class AnnouncedRisk(DescribedResponse):
    """One change of risk that was announced."""

    before: Risk
    after: Risk
    changed_at: Instant
    words: Bilingual


class ReasonPart(DescribedResponse):
    """What one document gives by a rule, as it counts now."""

    document_id: str | None
    """Null: what the limits of the rule take off, or add, all its documents together; with what
    comes of documents of dealers whom who asks may not see."""
    points: int


class ExplainedReason(Reason):
    """A reason, down to the documents."""

    parts: Annotated[
        tuple[ReasonPart, ...],
        Field(description="The newest document first. They sum to the points of the reason."),
    ] = ()


class CustomerScore(DescribedResponse):
    """One customer's score. The parts of a reason sum to it, the reasons of an axis to its points,
    both axes to the score."""

    customer_key: str
    person: tuple[str, ...]
    """The other customers who are the same person: their documents count here, too. Those of
    dealers whom who asks may not see are not named."""
    grade: Grade
    score: int
    value: int
    loyalty: int
    forms: Mapping[Form, int]
    """The points of each of the four forms of value; they are in the axes, too."""
    risk: RiskStands | None
    """Null for who has no car here, so far as is known."""
    next_visit: NextVisit | None
    reasons: tuple[ExplainedReason, ...]
    grade_changes: tuple[AnnouncedChange, ...]
    risk_changes: tuple[AnnouncedRisk, ...]
    next_change_at: Instant | None
    """When points fade next if nothing happens."""
    shadow: ShadowScore | None = None
    """Null where no other rules are tried beside the dealer's."""
    as_of: Instant


class HistoryMoment(DescribedResponse):
    """How a customer stood from an instant on, or at the end of a day or month."""

    at: Instant
    """From when on; of a day or month, its end: the first instant of the next."""
    period: str | None
    """The day or month, by the dealer's local dates; null where every change is told."""
    score: int
    value: int
    loyalty: int
    grade: Grade


class ScoreHistory(DescribedResponse):
    """How a customer's points went, by what is known now."""

    customer_key: str
    moments: tuple[HistoryMoment, ...]
    """In order. A day or month without a change is as the one before, and is told, too."""
    as_of: Instant
