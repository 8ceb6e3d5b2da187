"""When a car is expected to need its next service, as data. Pure."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.followup.domain.offsets import Days


class ServiceInterval(BaseModel):
    """When a car is expected to need its next service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_km: Annotated[int, Field(gt=0)] = 5_000
    """From the delivery of a new car to its first service, at most."""
    first_days: Days = 90
    """The same in days: what comes first counts."""
    km: Annotated[int, Field(gt=0)] = 10_000
    """From one service to the next."""
    days: Days = 180
    """Where this car's own km per day are not known."""
    shortest_days: Days = 30
    longest_days: Days = 365
    readings_apart_days: Days = 30
    """Two odometer readings closer together say nothing about km per day."""

    @model_validator(mode="after")
    def _shortest_first(self) -> "ServiceInterval":
        if not self.shortest_days <= self.days <= self.longest_days:
            raise ValueError("days must lie between shortest_days and longest_days")
        return self

    def within_limits(self, days: int) -> int:
        """Those days, or the nearest to them that are neither too few nor too many."""
        return max(self.shortest_days, min(self.longest_days, days))
