"""The rules of followup as data: which tasks there are, when they open and are due, for whom."""

import re
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.contracts.feed_parts import Channel
from shared.contracts.followup import TaskKind
from shared.contracts.values import ShortText, Words
from shared.decider.digests import Horizon
from shared.decider.policy import Policy

_WALL_CLOCK = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)


def _written_as_time(value: object) -> object:
    if isinstance(value, time) or (isinstance(value, str) and _WALL_CLOCK.fullmatch(value)):
        return value
    raise ValueError("a time of day is written like 18:00 or 09:30")


LocalTime = Annotated[time, BeforeValidator(_written_as_time)]
"""On the dealer's wall clock; never a number, which would be read as seconds."""
Days = Annotated[int, Field(gt=0, le=36_525)]
Trigger = Literal["delivery", "closing", "predicted_service"]
"""What a task is counted from: the delivery of a car, the closing of a repair order, the day
on which the car is expected to need its next service."""


def days_after(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same local time so many days later (negative: earlier), in UTC.

    Where clocks are put forward over that time, it is as much later as they are.
    """
    if days == 0:
        return moment
    local = moment.astimezone(zone)
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, local.time(), zone).astimezone(UTC)


class Offset(BaseModel):
    """So long after (negative: before) the trigger, days being those of the dealer's calendar and
    hours elapsed ones; at a local time of that day, if one is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int = 0
    hours: int = 0
    at: LocalTime | None = None

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The instant, in UTC."""
        if self.at is None:
            return days_after(moment, self.days, zone) + timedelta(hours=self.hours)
        day = moment.astimezone(zone).date() + timedelta(days=self.days)
        return datetime.combine(day, self.at, zone).astimezone(UTC)


class TaskRule(BaseModel):
    """One kind of task."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    KEY: ClassVar[str] = "kind"

    kind: TaskKind
    trigger: Trigger
    opens: Offset
    due: Offset
    owner_role: ShortText
    channel: Channel
    title_en: Words
    title_zh: Words

    @cached_property
    def reach(self) -> timedelta:
        """At least as long as from the trigger to the due time."""
        return timedelta(days=self.due.days + 2, hours=self.due.hours)


class ServiceInterval(BaseModel):
    """When a car is expected to need its next service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_km: Annotated[int, Field(gt=0)] = 5_000
    """From the delivery to the first service."""
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


DELIVERY_THANKS = TaskRule(
    kind="delivery_thanks",
    trigger="delivery",
    opens=Offset(),
    due=Offset(hours=24),
    owner_role="sales_consultant",
    channel="phone",
    title_en="Thank for the purchase",
    title_zh="交车感谢",
)
DELIVERY_SATISFACTION = TaskRule(
    kind="delivery_satisfaction",
    trigger="delivery",
    opens=Offset(days=3),
    due=Offset(days=7),
    owner_role="customer_relations",
    channel="phone",
    title_en="Ask how the delivery went (SSI)",
    title_zh="销售满意度回访(SSI)",
)
SERVICE_SATISFACTION = TaskRule(
    kind="service_satisfaction",
    trigger="closing",
    opens=Offset(days=1, at=time(9)),
    due=Offset(days=3),
    owner_role="customer_relations",
    channel="phone",
    title_en="Ask how the service went (CSI)",
    title_zh="售后满意度回访(CSI)",
)
NEXT_SERVICE = TaskRule(
    kind="next_service",
    trigger="predicted_service",
    opens=Offset(days=-14, at=time(9)),
    due=Offset(at=time(18)),
    owner_role="service_advisor",
    channel="phone",
    title_en="Invite to the next service",
    title_zh="定期保养邀约",
)


class FollowUpPolicy(Policy):
    """What `decide` follows; the defaults are what ships."""

    rules: tuple[TaskRule, ...] = (
        DELIVERY_THANKS,
        DELIVERY_SATISFACTION,
        SERVICE_SATISFACTION,
        NEXT_SERVICE,
    )
    service_interval: ServiceInterval = ServiceInterval()
    postponed_until: LocalTime = time(18)
    """The local time of the day a contact is postponed to, by which it is due."""
    longest_postponement_days: Days = 180
    """From the report on: a contact postponed to a later day is due by then."""
    expires_days: Days = 30
    """So long after its due time a task that nobody closed expires."""
    recorded_expired_days: Days = 60
    """A task that was due longer than this before its document arrived is not even recorded."""
    remember_days: Days = 180
    """So long after its due time a closed task is remembered."""
    horizon: Horizon = Horizon()
    """How much of a customer is looked at; of deliveries and visits together, of consents, of
    opt-outs alone and of task outcomes the newest."""

    @model_validator(mode="after")
    def _rules_are_sound(self) -> "FollowUpPolicy":
        kinds = [rule.kind for rule in self.rules]
        if len(kinds) != len(set(kinds)):
            raise ValueError("two rules are of the same kind")
        if not self.expires_days < self.remember_days > self.recorded_expired_days:
            raise ValueError("a task must be remembered for longer than it takes to expire")
        return self

    @cached_property
    def looked_at(self) -> Horizon:
        """The horizon; it reaches as far as a task could be recorded, or is remembered."""
        reach = max((rule.reach.days for rule in self.rules), default=0)
        return self.horizon.at_least(
            reach + self.service_interval.longest_days + self.remember_days
        )
