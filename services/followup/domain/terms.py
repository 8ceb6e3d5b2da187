"""What the triggers of tasks measure by, besides the service interval, as data. Pure."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.followup.domain.offsets import Days

Months = Annotated[int, Field(gt=0, le=240)]
Kilometres = Annotated[int, Field(gt=0, le=10_000_000)]
AnswerPoints = Annotated[int, Field(ge=0, le=10)]


class WarrantyTerm(BaseModel):
    """How long the warranty of a new car lasts whose sale names none: what comes first counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: Months = 36
    """From its delivery."""
    km: Kilometres = 100_000
    """By its odometer."""


class ReplacementTerm(BaseModel):
    """When a customer may think of another car."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: Months = 36
    """Of ownership."""
    not_after_purchase_months: Annotated[int, Field(ge=0, le=240)] = 12
    """Who was handed another car so shortly before is not asked."""


class ReturnRight(BaseModel):
    """When a new car has been repaired so often, or for so long, that it may have to be taken back.

    As shipped: the Chinese rules of order 43 of 2021.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: Months = 24
    """From the delivery."""
    km: Kilometres = 50_000
    """By the odometer: what comes first counts."""
    severe_repairs: Annotated[int, Field(gt=0, le=100)] = 2
    """How many repairs of one severe safety fault are enough."""
    more_than_days: Annotated[int, Field(gt=0, le=1000)] = 30
    """More days than this in repair in all; a day begun is a day."""
    early_days: Days | None = 60
    """A severe fault with which the car comes in within so many days of the delivery is enough by
    itself; null: none is."""
    early_km: Kilometres = 3_000
    """By the odometer: what comes first counts."""
    more_than_repairs: Annotated[int, Field(gt=0, le=100)] = 4
    """More repairs than this of one fault."""


class LowAnswers(BaseModel):
    """Which answers to a survey are low, in points of ten."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    overall_at_most: AnswerPoints = 6
    item_at_most: AnswerPoints = 4
