"""Complaint cases as sentences: `given(filed()).when("2h").then("warning/contact/1", …)`.

All times are written as the time since the complaint was received: `90m`, `2h`, `1d 30m`. Notices
are named by their place, without the digest of their instants. The
rules are the shipped ones without the steps beyond a breach, unless a test says otherwise.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

from services.complaints.app import decider
from services.complaints.domain.facts import CaseEvent, CaseFacts, join
from services.complaints.domain.policy import POLICY_2123, ComplaintPolicy
from services.complaints.domain.rulebook import CaseRulebook, rulebook_of
from services.complaints.settings import ComplaintSettings
from shared.contracts.complaints import (
    CaseMerged,
    CaseMergeWithdrawn,
    ClockStopped,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    HandedOver,
    Merge,
)
from shared.contracts.envelope import Event
from shared.contracts.feed_parts import Severity, StepName
from shared.contracts.intake import ComplaintFiled, ComplaintMoved, ComplaintStepTaken
from shared.contracts.subjects import ABOUT_THE_STANDING, CaseSubject
from shared.decider.decision import Decision
from shared.testing.deciders import DeciderSpec

RECEIVED = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""
CUSTOMER = "sunrise/pudong/cdk/C-1"
DEALER = "sunrise/pudong"
CASE = "sunrise/pudong/cdk/complaint/K-1"
SHIPPED = CaseRulebook()


def up_to_the_breach(policy: ComplaintPolicy) -> ComplaintPolicy:
    """The policy without the steps of its ladders beyond the breach."""
    clocks = (
        rule.model_copy(
            update={"ladder": tuple(rung for rung in rule.ladder if rung.at.moment != "after")}
        )
        for rule in policy.clocks
    )
    return ComplaintPolicy(name=policy.name, clocks=tuple(clocks))


POLICY = up_to_the_breach(POLICY_2123)
RULES = rulebook_of(POLICY)
DECIDER = replace(decider(ComplaintSettings()), policy=RULES)
OTHER_CASE = "sunrise/pudong/cdk/complaint/K-0"
OTHER_CUSTOMER = "sunrise/pudong/cdk/C-0"
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def span(text: str) -> timedelta:
    """`1d 30m` as a length of time; a leading minus makes it negative."""
    parts = text.removeprefix("-").split()
    total = sum((timedelta(**{_UNITS[part[-1]]: int(part[:-1])}) for part in parts), timedelta())
    return -total if text.startswith("-") else total


def at(text: str) -> datetime:
    """The instant so long after receipt."""
    return RECEIVED + span(text)


def filed(
    *,
    severity: Severity = "normal",
    voided: bool = False,
    version: int = 1,
    received: str = "0s",
    recorded: str = "0s",
    limit: str | None = None,
    channel: str = "phone",
) -> CaseEvent:
    """The complaint itself, or (`version`) a correction of it. `limit`: of a regulator's order."""
    data = ComplaintFiled(
        document_id=CASE,
        version=f"{version:013d}.filed",
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        case_no="K-1",
        timezone="Asia/Shanghai",
        status="voided" if voided else "open",
        received_at=at(received),
        channel=channel,
        category="repair quality",
        severity=severity,
        regulator_due_at=at(limit) if limit else None,
    )
    return _event(data, recorded)


def step(
    name: StepName,
    when: str,
    *,
    id: str | None = None,  # noqa: A002 - reads as a sentence: step(…, id="S-1")
    version: int = 1,
    recorded: str | None = None,
    satisfied: bool | None = None,
    severity: Severity | None = None,
    to: str | None = None,
    until: str | None = None,
    known: bool = True,
) -> CaseEvent:
    """A step taken so long after receipt. Steps of the same name and time are the same step.

    `to`: whom it was reassigned to, or the case it was merged into, which intake may not know.
    """
    step_id = id or f"{name} {when}"
    data = ComplaintStepTaken(
        document_id=f"{CASE}/step/{step_id}",
        version=f"{version:013d}.step",
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        case_id=CASE,
        case_no="K-1",
        step_id=step_id,
        step=name,
        at=at(when),
        by="advisor-7",
        satisfied=satisfied,
        severity=severity,
        assigned_to=to if name == "reassigned" else None,
        merged_into=(to or OTHER_CASE) if name == "merged" else None,
        merged_into_key=OTHER_CUSTOMER if name == "merged" and known else None,
        until=at(until) if until else None,
        reason="parts" if name == "held" else None,
    )
    return _event(data, recorded or when)


def moved(document: CaseEvent | None = None, *, version: int = 9) -> CaseEvent:
    """The complaint (or a step on it) turns out to be another customer's."""
    data = ComplaintMoved(
        document_id=document.data.document_id if document else CASE,
        version=f"{version:013d}.moved",
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        case_id=CASE,
    )
    return _event(data, "0s")


def absorbed(
    starts: dict[str, str],
    when: str,
    *,
    sequence: int = 1,
    case: str = OTHER_CASE,
    customer: str = OTHER_CUSTOMER,
    limit: str | None = None,
) -> CaseEvent:
    """Another case was merged into this one at `when`. `starts`: clock -> when it had started."""
    handed = HandedOver(
        case_id=case,
        at=at(when),
        recorded_at=RECEIVED,
        starts={clock: at(start) for clock, start in starts.items()},
        regulator_due_at=at(limit) if limit else None,
    )
    merge = Merge(case_id=case, into=CASE, at=at(when), step_id="M-1")
    data = CaseMerged(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        case_id=CASE,
        merged_case_id=case,
        merged_customer_key=customer,
        about=f"merged/{CUSTOMER}|{CASE}",
        merges=(merge,),
        handed_over=(handed,),
    )
    return _event(data, when, sequence)


def not_absorbed_any_more(
    *, sequence: int = 2, case: str = OTHER_CASE, customer: str = OTHER_CUSTOMER
) -> CaseEvent:
    """That merge was taken back."""
    data = CaseMergeWithdrawn(
        customer_key=CUSTOMER,
        dealer_id=DEALER,
        about=f"merged/{CUSTOMER}|{CASE}",
        withdrawn_at=RECEIVED,
        case_id=CASE,
        merged_case_id=case,
        merged_customer_key=customer,
    )
    return _event(data, "0s", sequence)


def _event(
    data: ComplaintFiled | ComplaintStepTaken | ComplaintMoved | CaseMerged | CaseMergeWithdrawn,
    recorded: str,
    sequence: int = 0,
) -> CaseEvent:
    return Event(
        id=f"{data.document_id}@{getattr(data, 'version', sequence)}",
        key=CUSTOMER,
        dealer_id=DEALER,
        recorded_at=at(recorded),
        data=data,
        sequence=sequence,
    )


def known(events: Sequence[CaseEvent]) -> CaseFacts:
    """What is known after these events."""
    return join(CaseFacts(), events)


def abouts(decision: Decision) -> set[str]:
    """What a decision speaks about, besides how the case stands."""
    return {place(output.about) for output in decision.outputs} - {ABOUT_THE_STANDING}


def place(about: str) -> str:
    """The name of a subject without its instants."""
    return CaseSubject.parse(about).undated


class Case(DeciderSpec[CaseFacts, CaseRulebook]):
    """A complaint case; a sentence is a subject that is about one of its clocks."""

    decider = DECIDER
    begins_at = RECEIVED

    def moment(self, text: str) -> datetime:
        return at(text)

    def name(self, about: str) -> str:
        return place(about)

    def sentences(self) -> set[str]:
        subjects = (CaseSubject.parse(about) for about in abouts(self.decision))
        return {str(subject) for subject in subjects if subject.clock is not None}

    def then_of_the_case(self, *expected: str) -> Self:
        """Exactly these outputs hold of the case as a whole."""
        said = {about for about in abouts(self.decision) if about.count("/") == 1}
        said |= {"merged" for about in abouts(self.decision) if about.startswith("merged/")}
        assert said == set(expected)
        return self

    def notice(self, about: str) -> DeadlineWarned | DeadlineBreached | EscalationRaised:
        content = self._content(about)
        assert isinstance(content, DeadlineWarned | DeadlineBreached | EscalationRaised)
        return content

    def warning(self, about: str) -> DeadlineWarned:
        content = self._content(about)
        assert isinstance(content, DeadlineWarned)
        return content

    def breach(self, about: str) -> DeadlineBreached:
        content = self._content(about)
        assert isinstance(content, DeadlineBreached)
        return content

    def raised(self, about: str) -> EscalationRaised:
        content = self._content(about)
        assert isinstance(content, EscalationRaised)
        return content

    def verdict(self, about: str) -> ClockStopped:
        content = self._content(about)
        assert isinstance(content, ClockStopped)
        return content

    def _content(self, about: str) -> object:
        return self.said[about]


def given(*events: CaseEvent, rules: CaseRulebook = RULES) -> Case:
    """A case of which this is known."""
    return Case().by(rules).reported(*events)
