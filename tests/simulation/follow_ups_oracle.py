"""What must hold of followup when all is quiet, computed from what was reported alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.followup.domain.decide import decide
from services.followup.domain.facts import FollowUpFacts, join
from services.followup.domain.filings import REMEMBERED
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.rulebook import FollowUpRulebook
from shared.contracts.envelope import Event, from_headers
from shared.contracts.followup import ReportMade, TaskChanged
from shared.contracts.subjects import TaskSubject
from shared.contracts.topics import REPORTS, TASKS
from shared.decider.decision import Announcement, Decision
from shared.platform.publisher import Record
from tests.simulation.follow_ups import CUSTOMERS, is_score
from tests.simulation.witness import Invariant, Witness

TO_DO = ("open", "overdue")
ONCE_IN_A_WHILE = ("reminding", "selling")


@dataclass(frozen=True, slots=True)
class FollowUpsOracle:
    """Judges a run when all is quiet."""

    witness: Witness
    story: Sequence[Event[Any]]
    rulebook: FollowUpRulebook
    now: datetime

    def judge(self) -> None:
        """Tell the witness whatever is not as the reports say it must be."""
        for key in CUSTOMERS:
            events = [event for event in self.story if event.key == key]
            if not events:
                continue
            facts = join(FollowUpFacts(), events)
            policy = self.rulebook.in_force(events[0].dealer_id, self.now).policy
            decision = decide(facts, {}, policy, self.now)
            self._held(key, facts)
            self._tasks(key, decision, policy)
            self._at_once(key, policy)
            self._filed(key, decision)
        self._filed_once()

    def _held(self, key: str, facts: FollowUpFacts) -> None:
        """Of each document the newest version."""
        stored = self.witness.stored.get(key)
        held = FollowUpFacts.model_validate_json(stored.facts if stored else "{}").versions()
        if held != facts.versions():
            wrong = sorted(dict(held.items() ^ facts.versions().items()))
            self.witness.violated(Invariant.FACTS, f"{key}: {', '.join(wrong)}")

    def _tasks(self, key: str, decision: Decision, policy: FollowUpPolicy) -> None:
        """All that is told is what would be, had everything been known at once: but for what
        ended, and is past judging."""
        wanted = {
            self.witness.subject(key, output.about): output.content
            for output in decision.outputs
            if isinstance(output.content, TaskChanged)
        }
        told = dict(self._told(key))
        for subject, task in wanted.items():
            if told.get(subject) != task:
                said = f"{key}: told {told.get(subject)}, and not {task}"
                self.witness.violated(Invariant.LATEST, said)
        remembered = timedelta(days=policy.remember_days)
        for subject, task in told.items():
            if subject in wanted:
                continue
            is_long_over = task.due_at + remembered <= self.now
            if task.status in TO_DO or not (is_long_over or self._is_history(task, decision)):
                about = f"{task.kind}/{task.document_id}"
                said = f"{key}: {about} {task.status} stands, and should never have been"
                self.witness.violated(Invariant.LATEST, said)

    def _is_history(self, task: TaskChanged, decision: Decision) -> bool:
        """Whether nobody remembers it, and rightly: what ended by a grade that a customer had then
        stays as it ended, be it that its document is taken back later."""
        key, about = task.customer_key, str(TaskSubject(task.kind, task.document_id))
        scored = any(event.key == key and is_score(event) for event in self.story)
        forgotten = about not in self.witness.stored[key].emitted
        return forgotten and (scored or decision.is_history(about))

    def _told(self, key: str) -> Iterator[tuple[str, TaskChanged]]:
        """Of each task of theirs that was not taken back what was said last."""
        for subject, record in self._latest(key, TASKS.name):
            if from_headers(record.headers)["type"] == TaskChanged.TYPE:
                yield subject, TaskChanged.model_validate_json(record.value or b"")

    def _latest(self, key: str, topic: str) -> Iterator[tuple[str, Record]]:
        for subject, (_, record) in self.witness.latest.items():
            if record.topic == topic and record.key == key.encode():
                yield subject, record

    def _at_once(self, key: str, policy: FollowUpPolicy) -> None:
        """Of the conversations that come once in a while one is open at most."""
        limited = {rule.kind for rule in policy.rules if rule.contact in ONCE_IN_A_WHILE}
        found = [
            task.kind
            for _, task in self._told(key)
            if task.status in TO_DO
            and not task.urgent
            and task.purposes[0].ended is None
            and task.kind in limited
        ]
        if len(found) > 1:
            self.witness.violated(Invariant.ONE_AT_A_TIME, f"{key}: {', '.join(found)}")

    def _filed(self, key: str, decision: Decision) -> None:
        """What stands filed is each low answer, under the number that it must have."""
        wanted = {
            self.witness.subject(key, output.about): output.content
            for output in decision.outputs
            if isinstance(output, Announcement)
        }
        told = {
            subject: ReportMade.model_validate_json(record.value or b"")
            for subject, record in self._latest(key, REPORTS.name)
            if from_headers(record.headers)["type"] == ReportMade.TYPE
        }
        stands = {subject: _case_no(made) for subject, made in told.items() if self._lasts(made)}
        right = {subject: _case_no(made) for subject, made in wanted.items()}
        if stands != right:
            said = f"{key}: filed {sorted(stands.values())}, and not {sorted(right.values())}"
            self.witness.violated(Invariant.FILED, said)

    def _lasts(self, made: ReportMade) -> bool:
        """Whether it is not staff's alone yet."""
        return datetime.fromisoformat(str(made.data["received_at"])) + REMEMBERED > self.now

    def _filed_once(self) -> None:
        """A complaint is reported, then taken back, then perhaps reported again."""
        said: dict[str, dict[int, str]] = {}
        for record in self.witness.ever_on(REPORTS.name):
            headers = from_headers(record.headers)
            said.setdefault(headers["subject"], {})[int(headers["sequence"])] = headers["type"]
        for subject, types in said.items():
            turns = [types[sequence] == ReportMade.TYPE for sequence in sorted(types)]
            if turns != [position % 2 == 0 for position in range(len(turns))]:
                self.witness.violated(Invariant.FILED, f"{subject}: {turns}")


def _case_no(made: Any) -> str:
    return str(made.data["case_no"])
