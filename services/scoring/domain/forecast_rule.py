"""How the day of the next visit is told, as data. Pure."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Days = Annotated[int, Field(gt=0, le=3_653)]
Percent = Annotated[int, Field(gt=0, le=1_000)]


class Spread(BaseModel):
    """Eight of ten visits come after these parts of the expected days, in per cent of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    earliest_percent: Percent
    latest_percent: Percent

    @model_validator(mode="after")
    def _around_the_expected_day(self) -> "Spread":
        if not self.earliest_percent <= 100 <= self.latest_percent:
            raise ValueError("100 must lie between earliest_percent and latest_percent")
        return self


class ForecastRule(BaseModel):
    """When a customer is expected next. `aftercare scoring fit` says what fits a dealer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    usual_days: Days = 180
    """From one visit to the next, of who has no rhythm yet."""
    first_days: Days = 180
    """From the delivery to the first visit."""
    usual_counts_as: Annotated[int, Field(ge=0, le=100)] = 1
    """How many of the customer's own gaps between visits `usual_days` weighs."""
    gaps_needed: Annotated[int, Field(gt=0, le=50)] = 1
    """With fewer gaps between visits the customer has no rhythm of their own yet."""
    gaps_looked_at: Annotated[int, Field(gt=0, le=50)] = 8
    """The last ones; with more of them the forecast follows a change of habit later."""
    same_occasion_days: Days = 7
    """Visits fewer days apart are one, such as a part that had to be ordered."""
    shortest_days: Days = 14
    longest_days: Days = 730
    own_spread: Spread = Spread(earliest_percent=50, latest_percent=170)
    """Around the day that follows from the customer's own rhythm."""
    usual_spread: Spread = Spread(earliest_percent=40, latest_percent=220)
    """Around the day that follows from `usual_days` or `first_days`."""

    @model_validator(mode="after")
    def _is_sound(self) -> "ForecastRule":
        for days in (self.usual_days, self.first_days):
            if not self.shortest_days <= days <= self.longest_days:
                raise ValueError(
                    "usual_days and first_days must lie between shortest_days and longest_days"
                )
        if self.gaps_needed > self.gaps_looked_at:
            raise ValueError("gaps_needed must not be more than gaps_looked_at")
        return self
