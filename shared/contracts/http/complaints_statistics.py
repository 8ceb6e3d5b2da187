"""A dealer's complaints by week or month, as complaints answers."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.http.described import DescribedResponse

By = Literal["week", "month"]


class ClockStatistics(DescribedResponse):
    """What became of a clock, over all generations of the cases of a period."""

    kept: int
    """Stopped in time."""
    broken: int
    """Ran past their due time, whether stopped since or not."""
    running: int
    """Not due yet."""
    ended: int
    """Neither kept nor broken, as the case or its cause went away."""
    median_seconds: int | None
    """Half of those that were stopped took at most so long from start to stop, in elapsed time;
    null where none was stopped."""
    p90_seconds: int | None
    """Nine in ten of those that were stopped took at most so long: the nearest rank."""


class PeriodStatistics(DescribedResponse):
    """The cases that were received in a period."""

    period: str
    """Such as `2026-W47`, an ISO week, or `2026-11`; `total` of the whole time asked for."""
    first: Annotated[date, Field(alias="from")]
    """Its first day, the dealer's local date; not before the day asked for."""
    last: Annotated[date, Field(alias="to")]
    """Its last day, included; not after the day asked for."""
    received: int
    """How many cases; duplicates that were merged into another case are not among them."""
    merged: int
    """How many such duplicates there were; nothing else of them is counted."""
    open: int
    """Of how many something may still be owed to the customer."""
    closed: int
    """The others."""
    reopened: int
    """How many were reopened at least once."""
    repeat_complainers: int
    """How many customers complained who had done so before, in another case within 365 days."""
    by_category: Mapping[str, int]
    """Category, in the dealer's own terms, to the number of cases."""
    by_severity: Mapping[str, int]
    """Severity at present, `normal` or `major`, to the number of cases."""
    by_channel: Mapping[str, int]
    """The way in, such as `phone`, to the number of cases."""
    clocks: Mapping[str, ClockStatistics]
    """Clock to what became of it."""


class Statistics(DescribedResponse):
    """A dealer's complaints over time."""

    dealer_id: str
    """`group/dealer`."""
    by: By
    """What a period is."""
    periods: tuple[PeriodStatistics, ...]
    """In order, without a gap; a period without complaints has zeros."""
    total: PeriodStatistics
    """All of them together. Repeat complainers count once, so they are no sum."""
