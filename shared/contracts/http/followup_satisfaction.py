"""How satisfied a dealer's customers are, as followup answers."""

from typing import Literal

from shared.contracts.http.described import DescribedResponse
from shared.contracts.values import Bilingual, Instant

Unit = Literal["points", "percent", "hours", "days"]


class SatisfactionFigure(DescribedResponse):
    """Something measured, and held against what the dealer aims at."""

    name: str
    title: Bilingual
    unit: Unit
    """`points` are those of ten."""
    value: float | None
    """A mean or a share; null where nothing could be measured."""
    measured: int
    """How many answers, orders, calls or cases it rests on."""
    few: bool
    """Whether those are too few to go by."""
    target: float | None
    """Null: none is set."""
    difference: float | None
    """The value less the target."""
    is_met: bool | None


class StepFigure(SatisfactionFigure):
    """An item of a survey: a step of the process, as customers answer of it."""

    importance: int | None
    """How much it matters to customers, up to 10; null: it is not set."""
    beside: tuple[SatisfactionFigure, ...]
    """What the feeds say of the same step without asking anybody."""


class SurveyFigures(DescribedResponse):
    """The answers to one survey."""

    survey: Literal["ssi", "csi"]
    title: Bilingual
    overall: SatisfactionFigure
    low: int
    """How many answers were low, overall or in an item."""
    responses: SatisfactionFigure
    """Of the sales or visits of the period those that were answered, then or later."""
    items: tuple[StepFigure, ...]
    """Those of the process in its order, then others, the most answered first."""
    strongest: tuple[str, ...]
    """The items with the highest means, the highest first: of those that were answered often
    enough, and none where they are all alike."""
    weakest: tuple[str, ...]
    """Those with the lowest, the lowest first; none is in both."""


class ReachedByDissatisfaction(DescribedResponse):
    """How many people hear of it when customers are not satisfied: an estimate."""

    voiced: int
    """Complaints received."""
    unhappy: int
    """How many unhappy customers those stand for."""
    reached: int
    """How many people these tell."""
    words: Bilingual


class SatisfactionOfPeriod(DescribedResponse):
    """The figures of a month, or of all months together."""

    period: str
    """Such as `2026-11`, by the dealer's local dates; `total`."""
    surveys: tuple[SurveyFigures, ...]
    hard: tuple[SatisfactionFigure, ...]
    """What the feeds say without asking anybody."""
    complaints: ReachedByDissatisfaction


GapName = Literal[
    "expectation_not_understood",
    "standard_not_set",
    "performance_below_standard",
    "promise_not_kept",
    "perceived_against_expected",
]


class GapFinding(DescribedResponse):
    """One thing that was measured of a gap, or could not be."""

    is_measured: bool
    words: Bilingual


class ServiceGap(DescribedResponse):
    """One of the five gaps of service quality: what of it is measured, and what is not."""

    gap: GapName
    title: Bilingual
    findings: tuple[GapFinding, ...]


class Satisfaction(DescribedResponse):
    """How satisfied a dealer's customers are, month by month.

    Targets are those of the dealer's policy as it stands now, for past months, too.
    """

    dealer_id: str
    months: tuple[SatisfactionOfPeriod, ...]
    total: SatisfactionOfPeriod
    gaps: tuple[ServiceGap, ...]
    """Of all months together."""
    as_of: Instant | None
    """What was known then is in the figures; null while they are counted for the first time."""
    behind_seconds: int | None
    """How long ago that was."""
