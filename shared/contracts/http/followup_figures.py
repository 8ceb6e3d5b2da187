"""What a dealer's figures are made of, line by line, as followup answers."""

from typing import Literal

from shared.contracts.http.described import DescribedResponse
from shared.contracts.leads import LeadChannel, LeadReason
from shared.contracts.scoring import Grade
from shared.contracts.surveys import SurveyKind
from shared.contracts.values import Bilingual, Instant

LeadFigure = Literal[
    "leads", "contacted", "quasi_lost", "lost", "approved", "bought", "falsely_lost"
]
"""A figure of leads, as `LeadFigures` has it."""


class ItemAnswered(DescribedResponse):
    """What was answered of one item of a survey."""

    item: str
    """As the figures name it."""
    title: Bilingual
    points: float
    """Of ten."""


class AnswerLine(DescribedResponse):
    """One answer to a survey."""

    customer_key: str
    at: Instant
    points: float
    """The overall answer, of ten."""
    low: bool
    """Whether it counts as low, overall or in an item."""
    items: tuple[ItemAnswered, ...]
    """In the order of the answer; those of the process alone where there are very many."""


class SurveyAnswers(DescribedResponse):
    """A page of a dealer's answers to a survey, the newest first."""

    dealer_id: str
    survey: SurveyKind
    answers: tuple[AnswerLine, ...]
    """Of who has very many tasks, leads and answers together, the newest."""
    after: str | None
    """Asks for the next page; null: this is the last."""
    as_of: Instant | None
    """What was known then is in it; null: not all of it is yet."""
    behind_seconds: int | None


class LeadLine(DescribedResponse):
    """One lead."""

    customer_key: str
    """Whose it is; its own key where it names no customer."""
    at: Instant
    """When it came."""
    channel: LeadChannel
    grade: Grade
    figures: tuple[LeadFigure, ...]
    """In which it counts."""
    lost_because: LeadReason | None
    """Null: it is not lost."""


class Leads(DescribedResponse):
    """A page of a dealer's leads, the newest first."""

    dealer_id: str
    leads: tuple[LeadLine, ...]
    """Of who has very many tasks, leads and answers together, the newest."""
    after: str | None
    """Asks for the next page; null: this is the last."""
    as_of: Instant | None
    """What was known then is in it; null: not all of it is yet."""
    behind_seconds: int | None


class DoneCustomer(DescribedResponse):
    """A customer with whom somebody is done."""

    customer_key: str
    at: Instant
    """When that was last, to the minute."""


class DoneToday(DescribedResponse):
    """A page of the customers with whom a person is done today, the last one first."""

    dealer_id: str
    person: str
    customers: tuple[DoneCustomer, ...]
    after: str | None
    """Asks for the next page; null: this is the last."""
    as_of: Instant | None
    """What was known then is in it; null: not all of it is yet."""
    behind_seconds: int | None
