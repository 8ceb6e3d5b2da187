"""The live days of the sample feed, told to the real rules: what they announce is as promised."""

from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

import pytest

from deploy.sandbox.demo.stories import timelines
from deploy.sandbox.demo.summary import TopicRecord
from deploy.sandbox.feed import FeedLine
from deploy.sandbox.feed.cases import DUPLICATE_HOURS
from services.complaints.domain import facts as complaints
from services.complaints.domain.decide import decide as decide_case
from services.complaints.domain.rulebook import CaseRulebook
from services.followup.domain import facts as followup
from services.followup.domain.decide import decide as decide_tasks
from services.followup.domain.history import history_of
from services.followup.domain.leads.course import LeadCourse, lead_courses
from services.followup.domain.policy import FollowUpPolicy
from shared.contracts.complaints import CaseMerged, ClockStopped, StepRefused
from shared.contracts.envelope import Event, Message
from shared.contracts.feeds import TaskOutcomeReported
from shared.contracts.followup import TaskChanged
from shared.contracts.identifiers import aggregate_within
from shared.contracts.intake import (
    ComplaintFiled,
    ComplaintStepTaken,
    ConsentGiven,
    SaleRecorded,
    TaskAssigned,
    TaskOutcomeRecorded,
    VisitRecorded,
)
from shared.contracts.leads import LeadRecorded
from shared.contracts.outputs import Output
from shared.contracts.subjects import CaseSubject
from shared.decider.decision import Announcement, Decision, State
from tests.deploy.sandbox.feed.sample_feed import (
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

RULES = CaseRulebook()
_READ_BY_FOLLOWUP = (
    SaleRecorded,
    VisitRecorded,
    ConsentGiven,
    LeadRecorded,
    TaskOutcomeRecorded,
    TaskAssigned,
)


class Cases:
    """The complaints of a feed, told to the real rules as they come in, and what is announced.

    Everything arrives and every timer fires so much later than it should.
    """

    def __init__(
        self, *, arrival: timedelta = timedelta(0), timers: timedelta = timedelta(0)
    ) -> None:
        self.arrival = arrival
        self.timers = timers
        self.said: list[TopicRecord] = []
        self.contracts: dict[str, type[Output]] = {}
        self.facts: dict[str, complaints.CaseFacts] = {}
        self.announced: dict[str, dict[str, dict[str, object]]] = {}
        self.states: dict[str, dict[str, Output]] = {}
        """Verdicts, closings and refusals: case -> what about -> the latest."""
        self.due: dict[str, datetime] = {}
        self.withdrawn: Counter[str] = Counter()
        self.titles: dict[str, str] = {}
        self.customers: dict[str, str] = {}

    def receive(self, line: FeedLine, *, now: datetime) -> None:
        """One line at its moment, and before it everything that fell due."""
        now += self.arrival
        self.pass_time(now)
        found = reported(line, now=now) if line.expected == "accepted" else None
        for message in () if found is None else recorded(found, now=now):
            if isinstance(message, ComplaintFiled):
                self.titles[message.document_id] = line.about.partition("(")[2].partition(")")[0]
                self.customers[message.document_id] = message.customer_key
                self._join(message.document_id, message, now)
            elif isinstance(message, ComplaintStepTaken):
                key = self.customers.get(message.merged_into or "")
                self._join(
                    message.case_id, message.model_copy(update={"merged_into_key": key}), now
                )

    def pass_time(self, now: datetime) -> None:
        """Everything that falls due up to `now` is decided at its instant."""
        while self.due:
            at, first = min((at, case_id) for case_id, at in self.due.items())
            if at + self.timers > now:
                return
            self._decide(first, at + self.timers)

    def _join(
        self,
        case_id: str,
        message: ComplaintFiled | ComplaintStepTaken | CaseMerged,
        now: datetime,
    ) -> None:
        event: complaints.CaseEvent = Event(
            id="",
            key=self.customers.get(case_id, "nobody yet"),
            dealer_id=message.dealer_id,
            recorded_at=now,
            data=message,
            sequence=len(self.said),
        )
        known = self.facts.get(case_id, complaints.CaseFacts())
        self.facts[case_id] = complaints.join(known, [event])
        self._decide(case_id, now)

    def _decide(self, case_id: str, now: datetime) -> None:
        out = self.announced.setdefault(case_id, {})
        decision = decide_case(self.facts[case_id], out, RULES, now)
        said = {
            output.about: out[output.about]
            if output.content is None
            else output.content.model_dump(mode="json")
            for output in decision.outputs
            if isinstance(output, Announcement)
        }
        self._say(case_id, decision, now)
        for about in out.keys() - said.keys():
            self.withdrawn[f"{self.titles.get(case_id)}: {place(about)}"] += 1
        self.announced[case_id] = said
        before = self.states.get(case_id, {})
        self.states[case_id] = {
            output.about: output.content for output in decision.outputs if isinstance(output, State)
        }
        for output in decision.outputs:
            if isinstance(output.content, CaseMerged) and output.content != before.get(
                output.about
            ):
                self._join(output.content.case_id, output.content, now)
        self.due.pop(case_id, None)
        if decision.next_due is not None:
            self.due[case_id] = decision.next_due

    def _say(self, case_id: str, decision: Decision, now: datetime) -> None:
        """What the runtime publishes: the difference to what was said before."""
        out, states = self.announced[case_id], self.states.get(case_id, {})
        named = {output.about for output in decision.outputs}
        aggregate_id = aggregate_within(self.customers.get(case_id, "nobody"), case_id)
        for about in out.keys() - named:
            withdrawal = self.contracts[about].withdrawal(
                aggregate_id=aggregate_id, about=about, at=now, sealed=out[about]
            )
            self._publish(withdrawal, f"{case_id} {about}", now)
        for output in decision.outputs:
            content = output.content
            if output.about in out or content is None or states.get(output.about) == content:
                continue
            self.contracts[output.about] = type(content)
            self._publish(content, f"{case_id} {output.about}", now)

    def _publish(self, message: Message, subject: str, now: datetime) -> None:
        self.said.append(
            TopicRecord(
                topic=message.TOPIC.name,
                type=message.TYPE,
                key="",
                data=message.model_dump(mode="json", exclude_none=True),
                sequence=len(self.said) + 1,
                subject=subject,
                said_at=now.isoformat(),
            )
        )

    def standing(self) -> Counter[str]:
        """What is announced and was not taken back, by the story."""
        return Counter(
            f"{self.titles[case_id]}: {place(about)}"
            for case_id, said in self.announced.items()
            for about in said
        )

    def states_of(self, title: str) -> dict[str, Output]:
        """Verdicts, closings and refusals of the only case of this story."""
        (case_id,) = (case_id for case_id, told in self.titles.items() if told == title)
        return self.states[case_id]


def place(about: str) -> str:
    """The name of a subject without its instants."""
    return CaseSubject.parse(about).undated


@cache
def the_live_days(*, arrival: timedelta = timedelta(0), timers: timedelta = timedelta(0)) -> Cases:
    cases = Cases(arrival=arrival, timers=timers)
    for line in present():
        cases.receive(line, now=line.at)
    cases.pass_time(UNTIL + timedelta(days=DAYS))
    return cases


def test_history_alarms_nobody() -> None:
    cases = Cases()
    for line in past():
        cases.receive(line, now=UNTIL)
    cases.pass_time(UNTIL + timedelta(days=30))
    assert len(cases.titles) >= 100
    assert not cases.standing()
    assert not cases.withdrawn


def test_the_live_days_tell_their_stories() -> None:
    cases = the_live_days()
    assert cases.standing() == {
        "warned, then saved: warning/answer/1": 3,
        "contact breached: warning/contact/1": 3,
        "contact breached: breach/contact/1": 3,
        "contact breached: step.general_manager/contact/1": 3,
        "contact breached: step.group/contact/1": 3,
        "major, executive answer late: warning/executive_answer/1": 1,
        "major, executive answer late: breach/executive_answer/1": 1,
        "reassigned, breach acknowledged: warning/answer/1": 1,
        "reassigned, breach acknowledged: breach/answer/1": 1,
        "nobody answers: warning/answer/1": 1,
        "nobody answers: breach/answer/1": 1,
        "nobody answers: step.general_manager/answer/1": 1,
        "nobody answers: step.group/answer/1": 1,
        "major, warned, then saved: warning/executive_answer/1": 1,
    }
    disproved = ("warning", "breach", "step.general_manager", "step.group")
    assert cases.withdrawn == {
        f"{title}: {about}/contact/1": times
        for title, times in (("contact reported late", 3), ("breach disproved", 1))
        for about in disproved
    }
    assert Counter(cases.titles.values())["unsatisfied, reopened"] == 1
    broken = [said for said in cases.announced.values() if any("breach" in about for about in said)]
    assert len(broken) < len(cases.titles) / 4


def test_no_step_of_the_live_days_is_refused() -> None:
    states = [found for of in the_live_days().states.values() for found in of.values()]
    assert len(states) > 50
    assert not [found for found in states if isinstance(found, StepRefused)]


def test_a_merge_hands_the_earlier_start_over() -> None:
    cases = the_live_days()
    merged = cases.states_of("duplicate, merged")
    assert "verdict/answer/1" not in merged and "closed/1" in merged
    answer = cases.states_of("a duplicate was merged into it")["verdict/answer/1"]
    contact = cases.states_of("a duplicate was merged into it")["verdict/contact/1"]
    assert isinstance(answer, ClockStopped) and isinstance(contact, ClockStopped)
    assert contact.started_at - answer.started_at == timedelta(hours=DUPLICATE_HOURS)


def test_a_hold_moves_the_deadline() -> None:
    answer = the_live_days().states_of("held, then resumed")["verdict/answer/1"]
    assert isinstance(answer, ClockStopped) and answer.due_at is not None
    assert answer.due_at - answer.started_at == timedelta(hours=24 + 36)
    assert answer.verdict == "kept"


def test_a_raise_adds_the_senior_clock() -> None:
    assert "verdict/executive_answer/1" in the_live_days().states_of("regraded to major")


@pytest.mark.parametrize(("arrival", "timers"), [(0, 0), (0, 5), (5, 0), (5, 5)])
def test_the_featured_cases_end_as_told_although_all_is_late(arrival: int, timers: int) -> None:
    """By hours of scaled time: almost a real second of the demo."""
    cases = the_live_days(arrival=timedelta(hours=arrival), timers=timedelta(hours=timers))
    for timeline in timelines(cases.said, dealers=dealers().all()):
        assert timeline.missing == (), timeline.featured.case_no
        assert len(timeline.messages) >= len(timeline.featured.ends)


def test_every_dealer_has_one_saved_one_breached_and_one_reported_late() -> None:
    for dealer in dealers().all():
        happened = told(of_dealer(present(), dealer))
        assert happened["complaint filed (warned, then saved)"] >= 1
        assert happened["complaint filed (contact breached)"] >= 1
        assert happened["complaint filed (contact reported late)"] >= 1


class FollowedUp(NamedTuple):
    """The tasks at the end of the live days, as the real rules have them."""

    calls: int
    tasks: list[TaskChanged]
    leads: list[LeadCourse]


@cache
def followed_up() -> FollowedUp:
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
            known[key] = followup.join(known.get(key, followup.FollowUpFacts()), [event])
    end = UNTIL + timedelta(days=DAYS)
    policy = FollowUpPolicy()
    tasks = [
        output.content
        for facts in known.values()
        for output in decide_tasks(facts, {}, policy, end).outputs
        if isinstance(output.content, TaskChanged)
    ]
    leads = [
        course for facts in known.values() for course in lead_courses(history_of(facts), policy)
    ]
    return FollowedUp(calls, tasks, leads)


def test_calls_of_the_staff_close_tasks_that_followup_opened() -> None:
    found = followed_up()
    assert found.calls >= 60
    done = sum(task.closed_because == "done" for task in found.tasks)
    assert done >= found.calls / 2


def test_leads_are_talked_to_put_it_off_are_lost_and_buy() -> None:
    found = followed_up()
    live = [course for course in found.leads if course.at > UNTIL]
    assert len(live) >= 30
    assert sum(bool(course.talks) for course in live) >= len(live) / 2
    assert sum(course.bought is not None for course in live) >= 3
    ends = Counter(course.stands[-1].status for course in live)
    assert min(ends[status] for status in ("open", "contacted", "quasi_lost", "lost")) >= 3
    lost = [course.stands[-1] for course in live if course.stands[-1].status == "lost"]
    assert sum(stand.approved_at is not None for stand in lost) >= 3
    assert {course.grade for course in live} == {"quality", "potential", "general"}
    kinds = Counter(task.kind for task in found.tasks)
    for kind in ("lead_first_contact", "lead_walk_in", "lost_approval", "falsely_lost"):
        assert kinds[kind] >= 3, kind
    assert kinds["lead_bought"] >= 3
    closed = Counter((task.kind, task.closed_because) for task in found.tasks)
    assert closed["lost_approval", "approved as lost"] >= 3


def test_some_leads_are_nobodys_customers_and_some_become_ones() -> None:
    of_leads = [task for task in followed_up().tasks if task.kind.startswith("lead_")]
    assert any("/lead/" in task.customer_key for task in of_leads)
    assert any("/lead/" not in task.customer_key for task in of_leads)
    assert told(present())["lead contacted, and known as a customer"] >= 3


def test_tasks_are_claimed_assigned_and_given_back_and_a_wrong_number_is_corrected() -> None:
    happened, tasks = told(present()), followed_up().tasks
    assert happened["task claimed"] >= 3
    assert happened["task claimed by a second person"] >= 1
    assert happened["task given back"] >= 1
    assert happened["task assigned"] >= 1
    assert sum(task.person is not None and task.kind == "service_satisfaction" for task in tasks)
    corrected = [task for task in tasks if task.kind == "data_correction"]
    assert corrected and any(task.status == "done" for task in corrected)
    assert happened["follow-up call postponed"] >= 3
