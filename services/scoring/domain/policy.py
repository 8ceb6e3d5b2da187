"""The rules of scoring as data: what gives points on which axis, how they fade, the grades."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.scoring.domain.facts import Role
from shared.contracts.currencies import known_currency
from shared.contracts.scoring import Axis
from shared.decider.digests import Horizon
from shared.decider.policy import Policy

Percent = Annotated[int, Field(ge=0, le=100)]
Limit = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Days = Annotated[int, Field(gt=0, le=36_525)]
Currency = Annotated[str, AfterValidator(known_currency)]


class Fade(BaseModel):
    """Up to this age, this part of the points counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    up_to_days: Days
    percent: Annotated[int, Field(gt=0, le=100)]


class Rule(BaseModel):
    """What one thing is worth. Older than the last step of `fades`, it is worth nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    axis: Axis
    points: int
    fades: Annotated[tuple[Fade, ...], Field(min_length=1)]
    at_least: Limit = -1000
    at_most: Limit = 1000
    """All that the rule gives together stays within these two."""

    @model_validator(mode="after")
    def _fades_with_age(self) -> "Rule":
        ages = [fade.up_to_days for fade in self.fades]
        if ages != sorted(set(ages)):
            raise ValueError("the steps of fades must be ordered by age")
        if self.at_least > 0 or self.at_most < 0:
            raise ValueError("no points must lie within at_least and at_most")
        return self

    @cached_property
    def steps(self) -> tuple[tuple[timedelta, timedelta, int], ...]:
        """From one age to another: the percentage that counts."""
        ages = [timedelta(days=fade.up_to_days) for fade in self.fades]
        begins = [timedelta(0), *ages[:-1]]
        percents = [fade.percent for fade in self.fades]
        return tuple(zip(begins, ages, percents, strict=True))

    def within_limits(self, points: int) -> int:
        """What counts of all the points that the rule gives together."""
        return max(self.at_least, min(self.at_most, points))


class SurveyBand(BaseModel):
    """An overall answer from here up is worth `points`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    overall_from: Annotated[int, Field(ge=0, le=10)]
    points: int


def _fades(*steps: tuple[int, int]) -> tuple[Fade, ...]:
    return tuple(Fade(up_to_days=days, percent=percent) for days, percent in steps)


_TWO_YEARS = _fades((365, 100), (730, 50))
_SIX_YEARS = _fades((1096, 100), (2192, 50))


class Rules(BaseModel):
    """Every rule. `points` of the rules with a measure of their own is per unit of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vehicle_bought: Rule = Rule(axis="value", points=30, fades=_SIX_YEARS, at_most=60)
    """Per car; what other roles than the buyer get is in `role_percent`."""
    vehicle_replaced: Rule = Rule(axis="value", points=15, fades=_SIX_YEARS, at_most=30)
    """Per car that the customer bought after his first: replaced or added."""
    products_bought: Rule = Rule(axis="value", points=5, fades=_TWO_YEARS, at_most=15)
    """Per product sold with a car."""
    service_paid: Rule = Rule(axis="value", points=1, fades=_TWO_YEARS, at_most=40)
    """Per so much paid by the customer for service as `currency_per_point` says."""
    recent_visit: Rule = Rule(axis="loyalty", points=20, fades=_fades((180, 100), (365, 50)))
    """For the last visit."""
    regular_visits: Rule = Rule(axis="loyalty", points=6, fades=_fades((730, 100)), at_most=24)
    """Per day with a visit."""
    referrals: Rule = Rule(axis="loyalty", points=10, fades=_TWO_YEARS, at_most=20)
    survey_answers: Rule = Rule(
        axis="loyalty", points=1, fades=_TWO_YEARS, at_least=-12, at_most=12
    )
    """Per point of `survey_bands`."""
    complaints: Rule = Rule(axis="loyalty", points=-15, fades=_TWO_YEARS, at_least=-45)
    major_complaints: Rule = Rule(axis="loyalty", points=-10, fades=_TWO_YEARS, at_least=-30)
    """On top, while a complaint is a major one."""
    complaints_made_good: Rule = Rule(axis="loyalty", points=10, fades=_TWO_YEARS, at_most=30)
    """Given back while the customer stands satisfied with how his complaint was resolved."""


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
    value_is_high_from: int = 40
    loyalty_is_high_from: int = 35
    margin: Annotated[int, Field(ge=0)] = 5
    """An axis that is high stays so until it falls by more than this below its threshold."""
    remember_changes_days: Days = 400
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
        """The rules by name, in the order in which reasons are told."""
        return {name: getattr(self.rules, name) for name in Rules.model_fields}

    @cached_property
    def looked_at(self) -> Horizon:
        """The horizon; it reaches as far as anything gives points, or a change is remembered."""
        longest = max(rule.fades[-1].up_to_days for rule in self.by_name.values())
        return self.horizon.at_least(longest + self.remember_changes_days)

    def survey_points(self, overall: int) -> int:
        """What an overall answer from 0 to 10 is worth."""
        for band in self.survey_bands:
            if overall >= band.overall_from:
                return band.points
        return 0

    def money_points(self, paid: int, currency: str) -> int:
        """What money paid for service is worth; begun units do not count."""
        unit = self.currency_per_point.get(currency)
        return paid // unit * self.rules.service_paid.points if unit else 0
