"""The rules of followup as data: which tasks there are, when they open and are due, for whom."""

from collections.abc import Mapping
from datetime import time
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator

from services.followup.domain.leads.terms import LeadTerms
from services.followup.domain.offsets import Days, LocalTime
from services.followup.domain.retry_plan import RetryPlan
from services.followup.domain.satisfaction_aims import SatisfactionAims
from services.followup.domain.service_interval import ServiceInterval
from services.followup.domain.shipped import SHIPPED
from services.followup.domain.task_rule import TaskRule
from services.followup.domain.terms import LowAnswers, ReplacementTerm, ReturnRight, WarrantyTerm
from services.followup.domain.working_hours import WorkingHours
from shared.decider.digests import Horizon
from shared.decider.policy import Policy

_LONGEST_MONTH_DAYS = 31


class FollowUpPolicy(Policy):
    """What `decide` follows; the defaults are what ships."""

    rules: tuple[TaskRule, ...] = SHIPPED
    service_interval: ServiceInterval = ServiceInterval()
    leads: LeadTerms = LeadTerms()
    warranty: WarrantyTerm = WarrantyTerm()
    replacement: ReplacementTerm = ReplacementTerm()
    return_right: ReturnRight = ReturnRight()
    low_answers: LowAnswers = LowAnswers()
    satisfaction: SatisfactionAims = SatisfactionAims()
    contact_gap_days: Days = 14
    """After a contact, or the opening of a reminding or selling conversation, no other of those
    opens for so long."""
    merge_within_days: Annotated[int, Field(ge=0, le=60)] = 5
    """What is due within so many days of each other is one conversation."""
    hours: WorkingHours = WorkingHours()
    """When the dealer calls: what opens outside of it, opens with the next of these hours."""
    complaint_at_most: Annotated[int, Field(ge=0, le=10)] | None = 3
    """An overall answer of so many points of 10, or fewer, is filed as a complaint; null: none."""
    most_per_day: Annotated[int, Field(gt=0, le=200)] = 30
    """How many tasks a person has on a day's list, but for urgent ones; others come later."""
    postponed_until: LocalTime = time(18)
    """The local time of the day a contact is postponed to, by which it is due."""
    longest_postponement_days: Days = 180
    """From the report on: a contact postponed to a later day is due by then."""
    retry: RetryPlan = RetryPlan()
    """What follows an attempt that did not reach the customer."""
    expires_days: Days = 30
    """How long after its due time a task that nobody closed expires."""
    recorded_expired_days: Days = 60
    """A task that was due longer than this before its document arrived is not even recorded."""
    remember_days: Days = 180
    """How long after its due time a closed task is remembered."""
    horizon: Horizon = Horizon()
    """How much of a customer is looked at: of each group of documents the newest, where deliveries
    and visits are one group."""

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

    def kinds_of(self, trigger: str) -> frozenset[str]:
        """The kinds of the rules that count from it."""
        return self._kinds.get(trigger, frozenset())

    @cached_property
    def _kinds(self) -> Mapping[str, frozenset[str]]:
        """Trigger -> the kinds of its rules."""
        return {
            trigger: frozenset(rule.kind for rule in self.rules if rule.trigger == trigger)
            for trigger in {rule.trigger for rule in self.rules}
        }

    @cached_property
    def looked_at(self) -> Horizon:
        """The horizon; it reaches as far as a task could be recorded, or is remembered."""
        reach = max((rule.reach.days for rule in self.rules), default=0)
        return self.horizon.at_least(reach + self._longest_term_days + self.remember_days)

    @property
    def _longest_term_days(self) -> int:
        """From a document on to the day that a task is counted from."""
        months = max(self.warranty.months, self.replacement.months, self.return_right.months)
        return max(self.service_interval.longest_days, months * _LONGEST_MONTH_DAYS)
