"""The rules of followup as data: which tasks there are, when they open and are due, for whom."""

from collections.abc import Mapping
from datetime import time
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator

from services.followup.domain.offsets import Days, LocalTime, TaskOffset
from services.followup.domain.service_interval import ServiceInterval
from services.followup.domain.task_rule import TaskRule
from services.followup.domain.working_hours import WorkingHours
from shared.decider.digests import Horizon
from shared.decider.policy import Policy

DELIVERY_THANKS = TaskRule(
    kind="delivery_thanks",
    trigger="delivery",
    opens=TaskOffset(),
    due=TaskOffset(hours=24),
    owner_role="sales_consultant",
    channel="phone",
    title_en="Thank for the purchase",
    title_zh="交车感谢",
    why_en="A car was delivered",
    why_zh="新车已交付",
)
DELIVERY_SATISFACTION = TaskRule(
    kind="delivery_satisfaction",
    trigger="delivery",
    opens=TaskOffset(days=3),
    due=TaskOffset(days=7),
    owner_role="customer_relations",
    channel="phone",
    title_en="Ask how the delivery went (SSI)",
    title_zh="销售满意度回访(SSI)",
    why_en="A car was delivered some days before",
    why_zh="新车交付数日后",
)
SERVICE_SATISFACTION = TaskRule(
    kind="service_satisfaction",
    trigger="closing",
    opens=TaskOffset(days=1, at=time(9)),
    due=TaskOffset(days=3),
    owner_role="customer_relations",
    channel="phone",
    title_en="Ask how the service went (CSI)",
    title_zh="售后满意度回访(CSI)",
    why_en="A repair order was closed the day before",
    why_zh="维修工单于前一日结算",
)
NEXT_SERVICE = TaskRule(
    kind="next_service",
    trigger="predicted_service",
    opens=TaskOffset(days=-14, at=time(9)),
    due=TaskOffset(at=time(18)),
    owner_role="service_advisor",
    channel="phone",
    title_en="Invite to the next service",
    title_zh="定期保养邀约",
    why_en="By its mileage or the calendar the car needs its next service",
    why_zh="按里程或时间推算,车辆需要保养",
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
    contact_gap_days: Days = 14
    """After a contact, or the opening of a reminding or selling conversation, no other of those
    opens for so long."""
    merge_within_days: Annotated[int, Field(ge=0, le=60)] = 5
    """What is due within so many days of each other is one conversation."""
    hours: WorkingHours = WorkingHours()
    """When the dealer calls: what opens outside of it, opens with the next of these hours."""
    complaint_at_most: Annotated[int, Field(ge=0, le=10)] | None = 3
    """An overall answer of so many points of 10, or fewer, is filed as a complaint; null: none."""
    postponed_until: LocalTime = time(18)
    """The local time of the day a contact is postponed to, by which it is due."""
    longest_postponement_days: Days = 180
    """From the report on: a contact postponed to a later day is due by then."""
    expires_days: Days = 30
    """How long after its due time a task that nobody closed expires."""
    recorded_expired_days: Days = 60
    """A task that was due longer than this before its document arrived is not even recorded."""
    remember_days: Days = 180
    """How long after its due time a closed task is remembered."""
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
    def by_kind(self) -> Mapping[str, TaskRule]:
        """The rules by the kind of their tasks."""
        return {rule.kind: rule for rule in self.rules}

    @cached_property
    def looked_at(self) -> Horizon:
        """The horizon; it reaches as far as a task could be recorded, or is remembered."""
        reach = max((rule.reach.days for rule in self.rules), default=0)
        return self.horizon.at_least(
            reach + self.service_interval.longest_days + self.remember_days
        )
