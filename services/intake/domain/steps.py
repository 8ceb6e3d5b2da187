"""Steps follow their complaints: where they are, how many there may be, what goes out first. Pure.

A step is recorded at the customer of its complaint, and a merge names the customer of the one
that it leads to. Whoever reads a complaint must have read what is known of it before: so steps
arrive at a customer ahead of their complaint, and leave it behind theirs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.intake.domain.facts import Row
from services.intake.domain.findings import Finding
from services.intake.domain.submissions import STEP
from services.intake.views.problems import places
from shared.contracts.http.problem import Problem
from shared.contracts.intake import (
    ComplaintMoved,
    ComplaintStepTaken,
    ConsentGiven,
    Recorded,
    TaskOutcomeRecorded,
)
from shared.platform.problems import problem

STEPS_OF_ONE_COMPLAINT = 500
"""So many steps may follow a complaint: those on it, and those that merge others into it."""
FOLLOWING_AT_ONCE = 2_000
"""Complaints are taken in portions that so many registered steps follow."""


@dataclass(slots=True)
class Following:
    """Which steps follow each complaint, as they are registered and decided."""

    _steps: dict[str, set[str]]
    _cases: dict[str, frozenset[str]]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Following":
        following = cls({}, {})
        for row in rows:
            following.put(row)
        return following

    def put(self, row: Row) -> None:
        """This is how the step is now; other documents follow nothing."""
        for case in self._cases.pop(row.document_id, frozenset()):
            self._steps[case].discard(row.document_id)
        if row.kind == STEP:
            self._cases[row.document_id] = cases_of(row)
            for case in self._cases[row.document_id]:
                self._steps.setdefault(case, set()).add(row.document_id)

    def full(self, step: Row) -> Problem | None:
        """Why the step may not be registered: a complaint that it would newly follow is full."""
        for case in sorted(cases_of(step) - self._cases.get(step.document_id, frozenset())):
            if len(self._steps.get(case, ())) >= STEPS_OF_ONE_COMPLAINT:
                return _too_many(step, case)
        return None


def cases_of(step: Row) -> frozenset[str]:
    """The complaints that a step follows: its own, and the one that it merges that into."""
    return frozenset(case for case in (step.parent, step.merged_into) if case is not None)


def steps_among(rows: Mapping[str, Row]) -> list[Row]:
    """The steps among these documents, by id."""
    return [rows[id_] for id_ in sorted(rows) if rows[id_].kind == STEP]


def turn_of(message: Recorded) -> int:
    """When its turn is among messages that belong together: 0 first.

    What explains others goes ahead of them: steps, consents, outcomes of tasks. A step leaves a
    customer last, when the complaint that it explains has left.
    """
    match message:
        case ComplaintStepTaken() | ConsentGiven() | TaskOutcomeRecorded():
            return 0
        case ComplaintMoved() if message.document_id != message.case_id:
            return 2
        case _:
            return 1


def newest_of_each(messages: Sequence[Recorded]) -> list[int]:
    """The positions of what should be published of `messages`, the explaining ones first.

    Of several about one document and customer only the newest: whoever read the older one alone
    would act on what is known to be wrong.
    """
    newest: dict[tuple[str, str], int] = {}
    for position, message in enumerate(messages):
        about = (message.document_id, message.customer_key)
        other = newest.get(about)
        if other is None or messages[other].version <= message.version:
            newest[about] = position
    return sorted(newest.values(), key=lambda position: (turn_of(messages[position]), position))


def _too_many(step: Row, case: str) -> Problem:
    place = "/data/case_no" if case == step.parent else "/data/merged_into"
    detail = f"{STEPS_OF_ONE_COMPLAINT} steps follow this complaint, and no more can"
    return problem(
        "too-many-steps",
        "The complaint has too many steps",
        422,
        errors=places([Finding(place, detail)]),
    )
