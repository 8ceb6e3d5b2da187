"""The rules of scoring as data: what gives points on which axis, how they fade, the grades."""

import inspect
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from services.scoring.domain.documents import Role
from services.scoring.domain.forecast_rule import ForecastRule
from services.scoring.domain.risk_rule import RiskRule
from services.scoring.domain.rule import Days, Rule
from services.scoring.domain.rules import TABLE
from shared.contracts.currencies import known_currency
from shared.contracts.surveys import SurveyKind
from shared.decider.digests import Horizon
from shared.decider.policy import Policy

Percent = Annotated[int, Field(ge=0, le=100)]
Currency = Annotated[str, AfterValidator(known_currency)]


class SurveyBand(BaseModel):
    """An overall answer from here up is worth `points`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    overall_from: Annotated[int, Field(ge=0, le=10)]
    points: int


if TYPE_CHECKING:

    class Rules(BaseModel):
        """Every rule of the table, by its name."""

        def __getattr__(self, name: str) -> Rule: ...

else:
    Rules = create_model(
        "Rules",
        __config__=ConfigDict(frozen=True, extra="forbid"),
        __doc__="Every rule. `points` of a rule with a measure of its own is per unit of it.",
        **{
            name: (Rule, Field(default=kind.SHIPPED, description=inspect.getdoc(kind)))
            for name, kind in TABLE.items()
        },
    )


class ScoringPolicy(Policy):
    """What `decide` follows; the defaults are what ships."""

    rules: Rules = Rules()
    role_percent: Mapping[Role, Percent] = {"buyer": 100, "co_buyer": 50}
    """What a car counts for each role in its sale; roles not named get nothing."""
    currency_per_point: Mapping[Currency, Annotated[int, Field(gt=0)]] = {
        "CNY": 100,
        "EUR": 15,
        "USD": 15,
    }
    """Money paid for service in other currencies gives no points."""
    survey_bands: tuple[SurveyBand, ...] = (
        SurveyBand(overall_from=9, points=6),
        SurveyBand(overall_from=7, points=3),
        SurveyBand(overall_from=5, points=0),
        SurveyBand(overall_from=0, points=-6),
    )
    survey_percent: Mapping[SurveyKind, Percent] = {"ssi": 100, "csi": 100}
    """What an answer counts for, of a survey of the sale and of the service."""
    warranty_months: Annotated[int, Field(gt=0, le=240)] = 36
    """From the delivery of a new car whose sale names no warranty."""
    promise_grace_minutes: Annotated[int, Field(ge=0, le=10_080)] = 15
    """An order that is closed so much after the promised time is in time still."""
    comeback_days: Annotated[int, Field(ge=0, le=365)] = 30
    """Up to so many days later the same repair of the same car is one that had to be done again;
    0: only what the source names."""
    value_is_high_from: int = 40
    loyalty_is_high_from: int = 35
    margin: Annotated[int, Field(ge=0)] = 5
    """An axis that is high stays so until it falls by more than this below its threshold."""
    remember_changes_days: Days = 400
    forecast: ForecastRule = ForecastRule()
    """When the customer is expected at the workshop next."""
    risk: RiskRule = RiskRule()
    """From when on a customer who does not come is due, at risk, lost."""
    horizon: Horizon = Horizon()
    """How much of a customer is looked at; of each kind of document the newest."""

    @model_validator(mode="after")
    def _bands_from_the_top(self) -> "ScoringPolicy":
        scores = [band.overall_from for band in self.survey_bands]
        if scores != sorted(set(scores), reverse=True):
            raise ValueError("survey_bands must be ordered from the highest answer down")
        return self

    @cached_property
    def by_name(self) -> Mapping[str, Rule]:
        """The rules by name, in the order in which reasons are shown."""
        return {name: getattr(self.rules, name) for name in TABLE}

    @cached_property
    def limits(self) -> Mapping[str, tuple[bool, int, int]]:
        """Rule -> whether its axis is value, and the least and the most that it gives."""
        return {
            name: (rule.axis == "value", rule.at_least, rule.at_most)
            for name, rule in self.by_name.items()
        }

    @cached_property
    def looked_at(self) -> Horizon:
        """The horizon; it reaches as far as anything gives points, or a change is remembered."""
        longest = max(rule.fades[-1].up_to_days for rule in self.by_name.values())
        return self.horizon.at_least(longest + self.remember_changes_days)

    def survey_points(self, overall: Decimal) -> int:
        """What an overall answer from 0 to 10 is worth."""
        for band in self.survey_bands:
            if overall >= band.overall_from:
                return band.points
        return 0
