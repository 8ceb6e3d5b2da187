"""The triggers of follow-up tasks, one a file: what a rule of the policy may count from.

A new rule of one of these is a few lines of a policy file. A new trigger is a file that finds its
occasions in the customer's contacts, its line here, and its test.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.followup.domain.contacts import Closer, Contact, Occasion
from services.followup.domain.measures import TaskMeasures
from services.followup.domain.rules import closing, delivery, predicted_service


class TaskTrigger(Protocol):
    """What each file of this package has."""

    @property
    def COUNTED_FROM(self) -> str:  # noqa: N802 # a constant of the module
        """What its tasks are counted from, in a few words."""
        ...

    @property
    def CLOSED_BY(self) -> tuple[Closer, ...]:  # noqa: N802
        """What closes its tasks where their rule does not say."""
        ...

    def occasions(
        self, contacts: Sequence[Contact], measures: TaskMeasures, after: datetime
    ) -> Iterator[Occasion]:
        """Every instant that tasks are counted from, but for some before `after`; `contacts` are
        all of the customer's, in the order of time."""
        ...


TRIGGERS: Mapping[str, TaskTrigger] = {
    "delivery": delivery,
    "closing": closing,
    "predicted_service": predicted_service,
}
