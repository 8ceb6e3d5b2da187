"""The triggers of follow-up tasks, one a file: what a rule of the policy may count from.

A new rule of one of these is a few lines of a policy file. A new trigger is a file that finds its
occasions in the customer's history, its line here, and its test.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.followup.domain.history import TaskHistory
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.occasion import Closer, Occasion
from services.followup.domain.rules import (
    closing,
    declined_work,
    delivery,
    first_service,
    inspection_day,
    insurance_expiry,
    last_contact,
    lead_bought,
    lead_contacted,
    lead_enquiry,
    lead_given_up,
    lead_hardly_followed,
    lead_lost,
    lead_quasi_lost,
    lead_returned,
    lead_walk_in,
    lost,
    lost_lead_bought,
    low_answer,
    ownership,
    predicted_service,
    referred_purchase,
    resolution,
    return_right,
    warranty_end,
    wrong_number,
)


class TaskTrigger(Protocol):
    """What each file of this package has."""

    @property
    def COUNTED_FROM(self) -> str:  # noqa: N802 # a constant of the module
        """What its tasks are counted from, in a few words."""
        ...

    @property
    def FROM(self) -> Sequence[str]:  # noqa: N802
        """The fields of a history that it finds its occasions in: where they are all empty it has
        none, and is not asked."""
        ...

    @property
    def CLOSED_BY(self) -> tuple[Closer, ...]:  # noqa: N802
        """What closes its tasks where their rule does not say."""
        ...

    @property
    def CLOSERS(self) -> tuple[Closer, ...]:  # noqa: N802
        """What a rule may name besides what any rule may: its occasions bring these closings."""
        ...

    @property
    def SAYS(self) -> Mapping[str, str]:  # noqa: N802
        """The placeholders that only its tasks have -> what stands there then."""
        ...

    def occasions(
        self, history: TaskHistory, measures: TaskMeasures, after: datetime
    ) -> Iterator[Occasion]:
        """Every instant that tasks are counted from, each document once, but for some before
        `after`; what closes each stands on it."""
        ...


TRIGGERS: Mapping[str, TaskTrigger] = {
    "delivery": delivery,
    "closing": closing,
    "first_service": first_service,
    "predicted_service": predicted_service,
    "declined_work": declined_work,
    "insurance_expiry": insurance_expiry,
    "inspection_day": inspection_day,
    "warranty_end": warranty_end,
    "ownership": ownership,
    "resolution": resolution,
    "low_answer": low_answer,
    "return_right": return_right,
    "last_contact": last_contact,
    "lost": lost,
    "referred_purchase": referred_purchase,
    "lead_enquiry": lead_enquiry,
    "lead_walk_in": lead_walk_in,
    "lead_contacted": lead_contacted,
    "lead_bought": lead_bought,
    "lead_quasi_lost": lead_quasi_lost,
    "lead_lost": lead_lost,
    "lead_hardly_followed": lead_hardly_followed,
    "lead_returned": lead_returned,
    "lead_given_up": lead_given_up,
    "lost_lead_bought": lost_lead_bought,
    "wrong_number": wrong_number,
}
