"""What a dealer aims at in satisfaction, and how its figures are to be read, as data. Pure."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.followup.domain.survey_items import UNITS, HardIndicator
from shared.contracts.values import ShortText

Points = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
"""Of ten."""
_PERCENT = 100


class SurveyAims(BaseModel):
    """The targets of one survey, and what matters how much to its customers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    overall: Points | None = None
    """What the overall answers are to come to, on average."""
    items: Mapping[ShortText, Points] = {}
    """Item -> what its answers are to come to."""
    importance: Mapping[ShortText, Annotated[int, Field(ge=1, le=10)]] = {}
    """Item -> how much it matters to customers, 10 the most."""


class SatisfactionAims(BaseModel):
    """What the satisfaction figures are held against; as shipped there are no targets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ssi: SurveyAims = SurveyAims()
    csi: SurveyAims = SurveyAims()
    indicators: Mapping[HardIndicator, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = {}
    """Hard indicator -> its target: at least so many percent, at most so many hours or days."""
    response_percent: Annotated[float, Field(ge=0, le=_PERCENT, allow_inf_nan=False)] | None = None
    """How many of the sales and visits that ask for an answer are to have one."""
    least_answers: Annotated[int, Field(ge=1, le=1000)] = 5
    """A mean or a share of fewer is marked as such, and ranks no item."""
    ranked: Annotated[int, Field(ge=1, le=20)] = 3
    """How many of the strongest and of the weakest items are named."""
    comeback_days: Annotated[int, Field(ge=0, le=365)] = 30
    """An order with the same fault of the same car within so many days does work again."""
    stands_for: Annotated[int, Field(ge=1, le=1000)] = 4
    """How many unhappy customers one voiced complaint stands for: an estimate."""
    each_tells: Annotated[int, Field(ge=0, le=1000)] = 13
    """How many others each of them tells: an estimate."""

    @field_validator("indicators")
    @classmethod
    def _percents_are_possible(
        cls, given: Mapping[HardIndicator, float]
    ) -> Mapping[HardIndicator, float]:
        for name, target in given.items():
            if UNITS[name] == "percent" and target > _PERCENT:
                raise ValueError(f"{name} is a percentage: 100 at most")
        return given
