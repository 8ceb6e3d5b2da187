"""What services answer to whoever changes their rules: what a change would do, how far it is."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.contracts.http.response import Response
from shared.contracts.values import DealerId, Instant


class DryRunRequest(BaseModel):
    """Rules to try on what a dealer has, a page at a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dealer: DealerId
    edition: Mapping[str, JsonValue]
    """The edition as it would be applied, with the instant at which it would."""
    after: Annotated[str, Field(max_length=1000)] = ""
    """The `next` of the page before; empty: from the beginning."""


class Difference(Response):
    """One thing that a customer or a case would be told otherwise."""

    output: str
    """Such as `answer/1`, a clock of a case; `grade`; the kind of a task."""
    rule: str
    """What is counted together: the clock's name, the axis, the kind."""
    effect: str
    """What becomes of it, such as `moves`, `breaches`, `up`, `opens`."""
    before: str | None
    after: str | None
    """As it is now and as it would be: an instant, a grade; None where it is not there."""
    by: int | None = None
    """By how many points, where it is points."""


class Level(Response):
    """How a customer stands in one respect under both rules, be it the same."""

    output: str
    """Such as `grade`: of few values, as they are counted."""
    before: str
    after: str


class LevelCount(Level):
    """How many stand so."""

    number: int


class Compared(Response):
    """One case or customer under both rules; no differences: nothing would change."""

    name: str
    """What people call it: the number of the case, the key of the customer."""
    differences: tuple[Difference, ...]
    points: tuple[int, int] | None = None
    """As they are and as they would be, where it is points."""
    levels: tuple[Level, ...] = ()

    @property
    def by(self) -> int:
        """How many points are won; below zero: lost."""
        return self.points[1] - self.points[0] if self.points is not None else 0


class DryRunPage(Response):
    """What other rules would do to some cases or customers of a dealer; nothing was changed."""

    judged: int
    """How many cases or customers were looked at."""
    unreadable: int
    """And how many more could not be judged: they are parked, or will be."""
    changed: tuple[Compared, ...]
    """Those of which something would change."""
    levels: tuple[LevelCount, ...] = ()
    """How all that were judged stand."""
    next: str | None
    """What to give as `after` for the next page; None: this is the last."""


class PointsCount(Response):
    """How many would win, or lose, so many points."""

    by: int
    number: int


class EffectCount(Response):
    """How often other rules have an effect, by how many points together where it is points."""

    rule: str
    effect: str
    number: int
    points: int


class Tried(Response):
    """What a shadow comes to, over all customers of a dealer."""

    judged: int
    """How many were compared so far."""
    unreadable: int
    """And how many more could not be."""
    changed: int
    """Of how many something would be different."""
    levels: tuple[LevelCount, ...]
    by: tuple[PointsCount, ...]
    """Of those who would win or lose any; 200 stands for all beyond, too."""
    effects: tuple[EffectCount, ...]


class ShadowPage(Response):
    """What is tried beside a dealer's rules, and some of those who would be something else."""

    dealer_id: DealerId
    version: str
    """Of the rules that are tried."""
    totals: Tried
    summarized_until: Instant | None
    """What was known by then is in it; None: it is still being counted for the first time."""
    customers: tuple[Compared, ...]
    """Those who win most first, or those who lose most."""
    next: str | None
    """What to give as `after` for the next page; None: this is the last."""


class ProgressPage(Response):
    """How far some of a dealer's cases or customers have been brought to its rules."""

    applied_at: Instant | None
    """When the last edition of the dealer was applied that the service knows; None: none was."""
    looked_at: int
    left: int
    """How many of them are decided by other rules still."""
    next: str | None
