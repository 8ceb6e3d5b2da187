"""The live days of the sample feed, told to the real rules: what they announce is as promised."""

from collections import Counter
from datetime import datetime, timedelta

from deploy.local.sample import FeedLine
from services.complaints import facts as complaints
from services.complaints.decide import decide as decide_case
from services.complaints.policy import POLICY_2123
from services.followup import facts as followup
from services.followup.decide import decide as decide_tasks
from services.followup.policy import FollowUpPolicy
from shared.contracts.decision import Announcement
from shared.contracts.envelope import Event
from shared.contracts.feeds import TaskOutcomeReported
from shared.contracts.followup import TaskChanged
from shared.contracts.intake import (
    ComplaintFiled,
    ComplaintStepTaken,
    ConsentGiven,
    SaleRecorded,
    TaskOutcomeRecorded,
    VisitRecorded,
)
from tests.shared.sample_feed import (
    DAYS,
    UNTIL,
    dealers,
    of_dealer,
    past,
    present,
    recorded,
    reported,
    told,
)

_READ_BY_FOLLOWUP = (SaleRecorded, VisitRecorded, ConsentGiven, TaskOutcomeRecorded)


class Cases:
    """The complaints of a feed, told to the real rules as they come in, and what is announced."""

    def __init__(self) -> None:
        self.facts: dict[str, complaints.CaseFacts] = {}
        self.announced: dict[str, dict[str, dict[str, object]]] = {}
        self.due: dict[str, datetime] = {}
        self.withdrawn: Counter[str] = Counter()
        self.titles: dict[str, str] = {}

    def receive(self, line: FeedLine, *, now: datetime) -> None:
        """One line at its moment, and before it everything that fell due."""
        self.pass_time(now)
        found = reported(line, now=now) if line.expected == "accepted" else None
        for message in () if found is None else recorded(found, now=now):
            if isinstance(message, ComplaintFiled):
                self.titles[message.document_id] = line.about.partition("(")[2].partition(")")[0]
                self._join(message.document_id, message, now)
            elif isinstance(message, ComplaintStepTaken):
                self._join(message.case_id, message, now)

    def pass_time(self, now: datetime) -> None:
        """Everything that falls due up to `now` is decided at its instant."""
        while self.due:
            at, first = min((at, case_id) for case_id, at in self.due.items())
            if at > now:
                return
            self._decide(first, at)

    def _join(
        self, case_id: str, message: ComplaintFiled | ComplaintStepTaken, now: datetime
    ) -> None:
        event: complaints.CaseEvent = Event(
            id="", key="the customer", dealer_id=message.dealer_id, recorded_at=now, data=message
        )
        known = self.facts.get(case_id, complaints.CaseFacts())
        self.facts[case_id] = complaints.join(known, event)
        self._decide(case_id, now)

    def _decide(self, case_id: str, now: datetime) -> None:
        out = self.announced.setdefault(case_id, {})
        decision = decide_case(self.facts[case_id], out, POLICY_2123, now)
        said = {
            output.about: output.content.model_dump(mode="json")
            for output in decision.outputs
            if isinstance(output, Announcement)
        }
        for about in out.keys() - said.keys():
            self.withdrawn[f"{self.titles.get(case_id)}: {about}"] += 1
        self.announced[case_id] = said
        self.due.pop(case_id, None)
        if decision.next_due is not None:
            self.due[case_id] = decision.next_due

    def standing(self) -> Counter[str]:
        """What is announced and was not taken back, by the story."""
        return Counter(
            f"{self.titles[case_id]}: {about}"
            for case_id, said in self.announced.items()
            for about in said
        )


def test_history_alarms_nobody() -> None:
    cases = Cases()
    for line in past():
        cases.receive(line, now=UNTIL)
    cases.pass_time(UNTIL + timedelta(days=30))
    assert len(cases.titles) >= 100
    assert not cases.standing()
    assert not cases.withdrawn


def test_the_live_days_tell_their_stories() -> None:
    cases = Cases()
    for line in present():
        cases.receive(line, now=line.at)
    cases.pass_time(UNTIL + timedelta(days=DAYS))
    assert cases.standing() == {
        "warned, then saved: warning/answer/1": 3,
        "contact breached: warning/contact/1": 3,
        "contact breached: breach/contact/1": 3,
        "major, executive answer late: warning/executive_answer/1": 1,
        "major, executive answer late: breach/executive_answer/1": 1,
    }
    assert cases.withdrawn == {
        "contact reported late: warning/contact/1": 3,
        "contact reported late: breach/contact/1": 3,
    }
    assert Counter(cases.titles.values())["unsatisfied, reopened"] == 1
    in_time = sum("in time" in title for title in cases.titles.values())
    assert in_time > len(cases.titles) / 2


def test_every_dealer_has_one_saved_one_breached_and_one_reported_late() -> None:
    for dealer in dealers().all():
        happened = told(of_dealer(present(), dealer))
        assert happened["complaint filed (warned, then saved)"] >= 1
        assert happened["complaint filed (contact breached)"] >= 1
        assert happened["complaint filed (contact reported late)"] >= 1


def test_calls_of_the_staff_close_tasks_that_followup_opened() -> None:
    known: dict[str, followup.FollowUpFacts] = {}
    calls = 0
    for line in (*past(), *present()):
        now = max(line.at, UNTIL)
        found = reported(line, now=now) if line.expected == "accepted" else None
        calls += found is not None and isinstance(found.report, TaskOutcomeReported)
        for message in () if found is None else recorded(found, now=now):
            if not isinstance(message, _READ_BY_FOLLOWUP):
                continue
            key = message.customer_key
            event: followup.FollowUpEvent = Event(
                id="", key=key, dealer_id=line.dealer_id, recorded_at=now, data=message
            )
            known[key] = followup.join(known.get(key, followup.FollowUpFacts()), event)
    end = UNTIL + timedelta(days=DAYS)
    done = sum(
        isinstance(output.content, TaskChanged) and output.content.closed_because == "done"
        for facts in known.values()
        for output in decide_tasks(facts, {}, FollowUpPolicy(), end).outputs
    )
    assert calls >= 60
    assert done >= calls / 2
