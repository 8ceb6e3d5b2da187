"""What the triggers of tasks ask of the policy. Pure."""

from typing import Protocol

from services.followup.domain.leads.terms import LeadTerms
from services.followup.domain.retry_plan import RetryPlan
from services.followup.domain.service_interval import ServiceInterval
from services.followup.domain.terms import LowAnswers, ReplacementTerm, ReturnRight, WarrantyTerm
from services.followup.domain.working_hours import WorkingHours


class TaskMeasures(Protocol):
    """A policy, as its triggers see it."""

    @property
    def service_interval(self) -> ServiceInterval: ...

    @property
    def leads(self) -> LeadTerms: ...

    @property
    def hours(self) -> WorkingHours: ...

    @property
    def warranty(self) -> WarrantyTerm: ...

    @property
    def replacement(self) -> ReplacementTerm: ...

    @property
    def return_right(self) -> ReturnRight: ...

    @property
    def retry(self) -> RetryPlan: ...

    @property
    def low_answers(self) -> LowAnswers: ...

    def kinds_of(self, trigger: str) -> frozenset[str]:
        """The kinds of the rules that count from it."""
        ...
