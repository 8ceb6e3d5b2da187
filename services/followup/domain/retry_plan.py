"""When, and how, a customer is tried again who was not reached, as data. Pure."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.followup.domain.offsets import Days, TaskOffset


class RetryStep(BaseModel):
    """What follows an attempt that did not reach the customer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: TaskOffset
    """From the attempt to the next, which lies in the dealer's hours or when they begin next."""
    another_channel: bool = False
    """By the next channel that the customer does not refuse; by the same where there is none."""

    @model_validator(mode="after")
    def _lies_ahead(self) -> "RetryStep":
        """At every hour of a day, as an offset at a local time depends on it."""
        utc = ZoneInfo("UTC")
        hours = (datetime(2025, 1, 1, hour, tzinfo=UTC) for hour in range(24))
        if any(self.after.after(hour, utc) <= hour for hour in hours):
            raise ValueError("the next attempt must lie after the one before it")
        return self


class RetryPlan(BaseModel):
    """One attempt more than it has steps; then the customer is given up as not reached. Begins
    anew whenever they are reached, and put it off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: Annotated[tuple[RetryStep, ...], Field(max_length=50)] = (
        RetryStep(after=TaskOffset(hours=4)),
        RetryStep(after=TaskOffset(days=1, hours=2), another_channel=True),
        RetryStep(after=TaskOffset(days=2, hours=2)),
    )
    """What follows the first attempt, the second, and so on."""
    correction_days: Days = 3
    """Where a number is wrong and there is no other way: how long its correction may take."""
    wrong_days: Days = 90
    """A number that nobody corrects or reaches them by is taken to be wrong for so long, and is
    tried again then."""

    @property
    def tries(self) -> int:
        """How many attempts there are in all."""
        return len(self.steps) + 1
