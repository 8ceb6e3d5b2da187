"""Why a clock is due when it is, as complaints answers."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.http.described import DescribedResponse
from shared.contracts.values import Bilingual, Instant

ClockOrigin = Literal[
    "received",
    "reopened",
    "raised",
    "merged",
    "resolved",
    "demanded",
    "contacted",
    "answered",
    "executive_answered",
    "promised",
    "repair_started",
    "loaner_given",
    "repair_ended",
]
"""What started a clock: the receipt or a reopening, a raise in severity, a merge, or a step."""
TimeUnit = Literal["elapsed", "business_time", "business_days", "working_days"]
"""What a clock counts."""
NotCounted = Literal["day_of_start", "closed", "holiday", "held", "part_of_another_day"]
"""Why a day is no business day that counts. `closed`: on that day of the week. `holiday`: on that
date. `held`: it closed while the clock was held. `part_of_another_day`: it closed no later than
the day before."""


class CalendarUsed(DescribedResponse):
    """The calendar that business time, or statutory working days, were counted by."""

    name: str
    """As its author named it."""
    timezone: str
    """Its IANA zone; the lines are in its local time."""
    version: str
    """The hash of its content."""
    years_unknown: tuple[int, ...]
    """Years that the count touches and whose holidays the calendar does not know yet."""


class HoldCounted(DescribedResponse):
    """A hold that moved the deadline."""

    start: Instant
    """From when on the clock stood still; not before its own start."""
    end: Instant | None
    """Until when, planned or real; null: no end is known."""
    seconds: float | None
    """How long, in elapsed time; null without an end."""


class CountLine(DescribedResponse):
    """One line of the arithmetic, in the local time of the calendar, else of the dealer."""

    kind: Literal["start", "target", "open", "day", "hold", "rest", "due"]
    """`start`, then `target` and the `hold`s that are added to it (elapsed time), or the `open`
    stretches that used it up (business time), or each `day` (business days); `rest`: all
    further ones together; then `due`."""
    day: Annotated[date | None, Field(alias="date")] = None
    """The local date."""
    start: Annotated[str | None, Field(alias="from")] = None
    """From when, as RFC 3339 with the local offset."""
    end: Annotated[str | None, Field(alias="to")] = None
    """Until when, the same way; of a day when it closed."""
    amount_seconds: float | None = None
    """How much: of `target` and `open` and `rest` what counts, of `hold` what does not."""
    days: int | None = None
    """How many business days: 1 or 0 of one day, more of the target and the rest."""
    not_counted: NotCounted | None = None
    """Why a day does not count; null if it does."""
    text: Bilingual
    """The line to read."""


class Explanation(DescribedResponse):
    """Why this deadline. The `open` stretches, or the days, and the `rest` sum to the target, as
    far as it is used up; of elapsed time, start + target + holds = due."""

    policy: str
    """The name of the policy that the clock is judged by."""
    policy_version: str
    """The hash of its content."""
    applied_at: Instant | None
    """When the operator applied this edition of the rules; null: what the service ships with."""
    rebased: bool
    """Whether the clock was running when the edition was applied, and was taken over by it."""
    calendar: CalendarUsed | None
    """Null where neither the target nor the ladder is in business time."""
    unit: TimeUnit
    """What is counted: elapsed time, open time, business days or statutory working days."""
    target: str
    """What the clock was given, such as `2h`, `5 business days`, `10 working days`, or the field of
    the case that holds its deadline."""
    origin: ClockOrigin
    """What started the clock. `raised`: the target is the grace after a raise."""
    started_at: Instant
    """From when on it counts."""
    holds: tuple[HoldCounted, ...]
    """The holds that moved the deadline."""
    due_at: Instant | None
    """Null while a hold without an end stops the clock."""
    left: Bilingual | None
    """What is left for when that hold ends; null where the deadline is known."""
    lines: tuple[CountLine, ...]
    """The arithmetic; some thirty lines at most."""
