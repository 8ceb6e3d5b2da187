"""When a customer is due, at risk and lost, as data. Pure."""

from datetime import timedelta
from functools import cached_property
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.scoring import Risk

Steps: TypeAlias = tuple[tuple[Risk, timedelta], ...]
Percent = Annotated[int, Field(gt=0, le=2_000)]
Days = Annotated[int, Field(gt=0, le=3_653)]


class RiskThreshold(BaseModel):
    """How many days after their last visit: a part of what is usual with them, within limits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    percent: Percent
    """Of the days from one visit of theirs to the next."""
    at_least_days: Days
    at_most_days: Days

    @model_validator(mode="after")
    def _leaves_room(self) -> "RiskThreshold":
        if self.at_least_days > self.at_most_days:
            raise ValueError("at_least_days must not be more than at_most_days")
        return self

    def days(self, interval_days: int) -> int:
        """After how many days, for who comes every `interval_days`; a begun one counts whole."""
        part = -(-interval_days * self.percent // 100)
        return max(self.at_least_days, min(self.at_most_days, part))


class RiskRule(BaseModel):
    """From when a customer who does not come is due, then at risk, then lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    due: RiskThreshold = RiskThreshold(percent=100, at_least_days=30, at_most_days=365)
    at_risk: RiskThreshold = RiskThreshold(percent=150, at_least_days=90, at_most_days=540)
    lost: RiskThreshold = RiskThreshold(percent=225, at_least_days=180, at_most_days=730)

    @cached_property
    def _known(self) -> dict[int, Steps]:
        return {}

    def steps(self, interval_days: int) -> Steps:
        """What who comes so often becomes, and how long after they were last here, in order."""
        if interval_days not in self._known:
            self._known[interval_days] = (
                ("due", timedelta(self.due.days(interval_days))),
                ("at_risk", timedelta(self.at_risk.days(interval_days))),
                ("lost", timedelta(self.lost.days(interval_days))),
            )
        return self._known[interval_days]

    @model_validator(mode="after")
    def _one_after_the_other(self) -> "RiskRule":
        for name in RiskThreshold.model_fields:
            due, at_risk, lost = (
                getattr(each, name) for each in (self.due, self.at_risk, self.lost)
            )
            if not due < at_risk < lost:
                raise ValueError(f"{name} must rise from due over at_risk to lost")
        return self
