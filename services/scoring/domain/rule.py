"""What one thing is worth, and how that fades with its age. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.scoring import Axis

Limit = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Days = Annotated[int, Field(gt=0, le=36_525)]


FadingPart: TypeAlias = tuple[timedelta, timedelta, int]
"""From one age to another so many points count."""
MOST_KNOWN = 1000
"""Of how many different numbers of points it is kept how they fade."""


class Fade(BaseModel):
    """Up to this age, this part of the points counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    up_to_days: Days
    percent: Annotated[int, Field(gt=0, le=100)]


_NOT_KNOWN: tuple[Sequence[Fade], Sequence[FadingPart]] = (), ()


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

    def parts(self, points: int) -> Sequence[FadingPart]:
        """What counts of so many points, from one age to another."""
        known_for, parts = self._known_parts.get(points, _NOT_KNOWN)
        if known_for is not self.fades:
            ages = [timedelta(days=fade.up_to_days) for fade in self.fades]
            counting = [share(points, fade.percent) for fade in self.fades]
            steps = zip([timedelta(0), *ages], ages, counting, strict=False)
            parts = tuple(step for step in steps if step[2])
            if len(self._known_parts) < MOST_KNOWN:
                self._known_parts[points] = self.fades, parts
        return parts

    @cached_property
    def _known_parts(self) -> dict[int, tuple[Sequence[Fade], Sequence[FadingPart]]]:
        """By points, and by which fades: a copy with others has the same dictionary."""
        return {}

    def within_limits(self, points: int) -> int:
        """What counts of all the points that the rule gives together."""
        return max(self.at_least, min(self.at_most, points))


def fades(*steps: tuple[int, int]) -> tuple[Fade, ...]:
    """Steps of days and the percentage that counts up to then."""
    return tuple(Fade(up_to_days=days, percent=percent) for days, percent in steps)


HALF_A_YEAR_TO_ONE = fades((180, 100), (365, 50))
ONE_YEAR_TO_TWO = fades((365, 100), (730, 50))
TWO_YEARS = fades((730, 100))
THREE_YEARS_TO_SIX = fades((1096, 100), (2192, 50))


def share(points: int, percent: int) -> int:
    """That part of the points, rounded towards nothing."""
    part = abs(points) * percent // 100
    return part if points >= 0 else -part
