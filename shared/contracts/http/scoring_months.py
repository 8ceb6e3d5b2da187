"""A dealer's customers by month, as scoring answers."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.http.described import DescribedResponse
from shared.contracts.scoring import Grade, Risk
from shared.contracts.values import Instant

AnalysisBy = Literal["age", "occupation", "area", "source", "car", "grade"]


class Movement(DescribedResponse):
    """How many customers moved from one grade, or risk, to another."""

    before: Annotated[str, Field(alias="from")]
    after: Annotated[str, Field(alias="to")]
    customers: int
    """How many times it happened; a customer may move twice in a month."""


class FiguresOfMonth(DescribedResponse):
    """What some customers come to in a month."""

    customers: int
    """At the end of the month, like `by_grade`, `by_risk` and `value`; of the present one, now."""
    new: int
    """How many became known in it."""
    by_grade: Mapping[Grade, int]
    by_risk: Mapping[Risk, int]
    """Those who have a car here, as far as is known."""
    visits: int
    """On how many days they came, with orders that were closed and not all internal."""
    paid: Mapping[str, int]
    """What they paid for service in the month, by currency, in whole units."""
    value: int
    """The points of the value axis that they have together."""
    grade_moves: tuple[Movement, ...]
    risk_moves: tuple[Movement, ...]


class GroupOfMonth(DescribedResponse):
    """Customers who have something in common, in a month."""

    group: str
    """What they have in common; `unknown`: the feed does not tell; `other`: all groups that are
    not shown."""
    figures: FiguresOfMonth


class MonthOfCustomers(DescribedResponse):
    """All customers of a dealer in a month."""

    month: str
    """Such as `2026-11`, by the dealer's local dates."""
    figures: FiguresOfMonth


class Grades(DescribedResponse):
    """A dealer's customers by grade, now and month by month."""

    dealer_id: str
    now: MonthOfCustomers
    """The present month so far."""
    months: tuple[MonthOfCustomers, ...]
    as_of: Instant | None
    """What was known then is in the figures; null while they are counted for the first time."""
    behind_seconds: int | None
    """How long ago that was."""


class AnalysisMonth(DescribedResponse):
    """One month of an analysis."""

    month: str
    groups: tuple[GroupOfMonth, ...]
    """The same ones in every month, in the same order."""
    total: FiguresOfMonth


class Analysis(DescribedResponse):
    """A dealer's customers, visits and value by month and by what customers have in common.

    What customers have in common is told as it is known now; the figures of past months change with
    it, and with documents that arrive late.
    """

    dealer_id: str
    by: AnalysisBy
    months: tuple[AnalysisMonth, ...]
    as_of: Instant | None
    """What was known then is in the figures; null while they are counted for the first time."""
    behind_seconds: int | None
    """How long ago that was."""
