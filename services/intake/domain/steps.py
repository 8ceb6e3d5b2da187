"""Steps follow their complaints: where they are, and how many there may be.

A step is recorded at the customer of its complaint, and a merge names the customer of the one
that it leads to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.decide import departures
from services.intake.domain.documents.complaint_step import STEP, step_taken
from services.intake.domain.facts import Row, with_left
from services.intake.domain.findings import Finding
from services.intake.domain.published import content_of
from services.intake.domain.versions import version_following
from shared.contracts.intake import Recorded

STEPS_OF_ONE_COMPLAINT = 500
"""The most steps that may follow a complaint: those on it, and those that merge others into it."""
FOLLOWING_AT_ONCE = 2_000
"""The most registered steps that follow the complaints of one portion of a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedStep:
    """A step that is where its complaint is again, and the messages that bring it there."""

    row: Row
    messages: tuple[Recorded, ...]


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

    def full(self, step: Row) -> Finding | None:
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


def follow_complaints(
    step: Row,
    *,
    case: Row | None,
    target: Row | None,
    now: datetime,
    published: Iterable[str] = (),
    overtaken: Iterable[str] = (),
    before: Row | None = None,
) -> MovedStep | None:
    """A step where its complaint is now, with the customer of the complaint it merges that into.

    None when it is there as it should be, and nowhere else; also when `case` or `target` were
    read before it followed newer ones. `published`: the customers that it went out to, of
    which the register may not know; `overtaken`: those where others may have published what was
    registered `before`.
    """
    assert step.recorded is not None, "only steps follow"
    version = version_following(step.version, case, target)
    is_there = version <= step.version
    customer_keys = step.customer_keys if case is None or is_there else case.customer_keys
    keys = set(customer_keys.values())
    departure = version if before is None else version_following(before.version, case, target)
    gone = {
        **dict.fromkeys({*step.keys, *overtaken} - keys, departure),
        **dict.fromkeys(set(published) - keys, max(version, step.version)),
    }
    if is_there:
        return MovedStep(row=step, messages=departures(step, gone)) if gone else None
    target_key = None if target is None else target.customer_key
    snapshots = {
        role: step_taken(step.recorded, key=key, merged_into_key=target_key, version=version)
        for role, key in customer_keys.items()
    }
    row = step.model_copy(
        update={
            "customer_keys": dict(customer_keys),
            "version": version,
            "content": content_of(snapshots),
            "left": with_left(step.left, gone, keys=keys),
            "updated_at": now,
        }
    )
    return MovedStep(row=row, messages=(*departures(row, gone), *snapshots.values()))


def _too_many(step: Row, case: str) -> Finding:
    where = "/data/case_no" if case == step.parent else "/data/merged_into"
    return Finding(where, f"{STEPS_OF_ONE_COMPLAINT} steps follow this complaint, and no more can")
