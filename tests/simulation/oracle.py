"""What must hold of the toy service when all is quiet: computed, naively, from the log alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.contracts.envelope import from_headers
from shared.contracts.identifiers import document_version
from shared.platform.publisher import Record
from shared.runtime.aggregate import Aggregate
from tests.shared.runtime.toy import DAY
from tests.simulation.witness import Invariant, Witness
from tests.simulation.workload import Sent, key_of

SCORE = "dev.aftercare.score.changed.v1"
ALARM = "dev.aftercare.grade.changed.v1"
NO_ALARM = "dev.aftercare.grade-change.withdrawn.v1"

Known = Mapping[str, Mapping[str, Sent]]


@dataclass(frozen=True, slots=True)
class Oracle:
    """Judges a run at its end."""

    witness: Witness
    sent: Sequence[Sent]
    points: int
    now: datetime

    def judge(self) -> None:
        """Tell the witness whatever is not as the log says it must be."""
        known = self._known()
        for customer, visits in known.items():
            self._facts(key_of(customer), visits)
            self._score(key_of(customer), visits)
            for visit in visits.values():
                self._alarm(key_of(customer), visit)
        for aggregate in self.witness.stored.values():
            for about, entry in aggregate.emitted.items():
                if entry.sealed is not None:
                    self._not_early(aggregate, about, entry.sealed)

    def _known(self) -> Known:
        """Customer -> document -> its newest revision."""
        known: dict[str, dict[str, Sent]] = {}
        for sent in self.sent:
            if sent.document is None:
                continue
            visits = known.setdefault(sent.customer, {})
            newest = visits.get(sent.document, sent)
            visits[sent.document] = max(sent, newest, key=lambda found: found.revision)
        return known

    def _facts(self, key: str, visits: Mapping[str, Sent]) -> None:
        aggregate = self.witness.stored.get(key)
        held = json.loads(aggregate.facts).get("visits", {}) if aggregate else {}
        found = {name: (visit["version"], not visit["closed"]) for name, visit in held.items()}
        expected = {
            name: (document_version(sent.revision, "0" * 12), sent.is_open)
            for name, sent in visits.items()
        }
        if found != expected:
            self.witness.violated(Invariant.FACTS, f"{key}: {found}, and not {expected}")

    def _score(self, key: str, visits: Mapping[str, Sent]) -> None:
        record = self._latest(key, "score")
        score = json.loads(record.value or b"")["score"] if record else None
        if score != len(visits) * self.points:
            self.witness.violated(
                Invariant.LATEST, f"{key}: score {score} with {len(visits)} visits"
            )

    def _alarm(self, key: str, visit: Sent) -> None:
        due_at = visit.opened_at + DAY
        is_due = visit.is_open and due_at <= self.now
        record = self._latest(key, f"alarm/{visit.document}")
        said = from_headers(record.headers)["type"] if record else NO_ALARM
        if said != (ALARM if is_due else NO_ALARM):
            expected = "due" if is_due else "not due"
            found = f"{key} {visit.document}: {expected}, said {said}"
            self.witness.violated(Invariant.TIMERS, found)

    def _latest(self, key: str, about: str) -> Record | None:
        found = self.witness.latest.get(self.witness.subject(key, about))
        return found[1] if found else None

    def _not_early(self, aggregate: Aggregate, about: str, sealed: str) -> None:
        opened_at = json.loads(aggregate.facts)["visits"][about.removeprefix("alarm/")]["opened_at"]
        due_at = datetime.fromisoformat(opened_at) + DAY
        early = due_at - datetime.fromisoformat(json.loads(sealed)["changed_at"])
        if early > timedelta(0):
            self.witness.violated(Invariant.TIMERS, f"{aggregate.id} {about} came {early} early")
