"""The messages about a case at one moment: notices, verdicts, closings, refusals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from services.complaints.domain import wording
from services.complaints.domain.case import CaseState, Closing
from services.complaints.domain.clocks import Clock
from services.complaints.domain.course import RefusedStep, assigned_after
from services.complaints.domain.facts import CaseFacts, Filed
from services.complaints.domain.notices import Notice, notices, to_notify
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook
from shared.contracts.complaints import (
    Addressee,
    AnyNotice,
    CaseClosed,
    ClockStopped,
    DeadlineBreached,
    DeadlineWarned,
    EscalationRaised,
    Role,
    StepRefused,
)
from shared.contracts.subjects import CaseSubject, NoticeKind
from shared.dealers.roster import without_roster
from shared.decider.decision import Announced, Announcement, AnyOutput, State

MOST_REFUSALS = 100
"""How many refused steps of a case are announced, the earliest; the timeline shows all."""

Dated = tuple[datetime, AnyOutput]
"""An output and the instant that it belongs to."""
_CONTRACTS: Mapping[NoticeKind, type[AnyNotice]] = {
    contract.KIND: contract for contract in (DeadlineWarned, DeadlineBreached, EscalationRaised)
}


class _OfACase(TypedDict):
    """What everything that is said about a case has."""

    customer_key: str
    dealer_id: str
    case_id: str
    case_no: str
    generation: int
    policy_version: str
    calendar_version: str | None


@dataclass(frozen=True, slots=True)
class CaseMessages:
    """All that is to be said of one case, at one moment."""

    facts: CaseFacts
    filed: Filed
    case: CaseState
    rulebook: CaseRulebook
    announced: Announced
    now: datetime

    def outputs(self) -> Iterator[Dated]:
        """What holds now; nothing beyond the policy's memory."""
        for clock in self.case.clocks:
            yield from self._of_clock(clock)
        for closing in self.case.closings:
            yield from self._closed(closing)
        for refused in self.case.course.refused[:MOST_REFUSALS]:
            yield from self._refused(refused)

    def _of_clock(self, clock: Clock) -> Iterator[Dated]:
        policy = clock.edition.policy
        forget_at = clock.due_at + policy.memory if clock.due_at is not None else None
        if forget_at is not None and forget_at <= self.now:
            return
        if not clock.alarms_nobody(policy.alarm_horizon):
            found = notices(clock, self.case.acknowledged, self.now)
            notifying = to_notify(clock, found, self.announced, self.now)
            for notice in found:
                name = notice.name(self.announced)
                said = name in self.announced
                content = None if said else self._notice(clock, notice, name in notifying)
                yield notice.at, Announcement(name, content, forget_at)
        if clock.stopped_at is not None:
            verdict = self._verdict(clock, clock.stopped_at)
            yield clock.stopped_at, State(_verdict_of(clock), verdict, forget_at)

    def _notice(self, clock: Clock, notice: Notice, notified: bool) -> AnyNotice:
        """As it is to be sealed now: noticed at this moment, for whom it concerns now."""
        roles = notice.reached.rung.to
        return _CONTRACTS[notice.reached.kind](
            **self._of(clock.edition, clock.generation),
            clock=clock.rule.name,
            started_at=clock.started_at,
            due_at=clock.due_at,
            why=wording.why_notified(clock, notice, self.zone),
            step=notice.reached.rung.name,
            at=notice.at,
            repeat=notice.repeat,
            noticed_at=self.now,
            recipients=roles,
            addressees=self._addressees(roles),
            notified=notified,
        )

    def _addressees(self, roles: tuple[Role, ...]) -> tuple[Addressee, ...]:
        assigned = assigned_after(self.filed, self.case.course.steps)
        roster = self.rulebook.rosters.get(self.facts.dealer_id)
        if roster is None:
            return without_roster(roles, assigned)
        return roster.addressees(
            roles,
            department=self.filed.department,
            assigned=assigned,
            day=self.now.astimezone(self.zone).date(),
        )

    def _verdict(self, clock: Clock, stopped_at: datetime) -> ClockStopped:
        due_at = clock.due_at if clock.due_at is not None else stopped_at
        return ClockStopped(
            **self._of(clock.edition, clock.generation),
            clock=clock.rule.name,
            started_at=clock.started_at,
            due_at=due_at,
            why=wording.why_stopped(clock, stopped_at, self.zone),
            stopped_at=stopped_at,
            verdict="broken" if stopped_at > due_at else "kept",
            margin_seconds=(due_at - stopped_at) // timedelta(seconds=1),
        )

    def _closed(self, closing: Closing) -> Iterator[Dated]:
        edition = closing.clocks[-1].edition if closing.clocks else self.case.edition
        forget_at = closing.at + edition.policy.memory
        if forget_at > self.now:
            content = CaseClosed(
                **self._of(edition, closing.generation),
                why=wording.why_closed(closing, self.zone),
                closed_at=closing.at,
                outcome=closing.outcome,
                kept=closing.kept,
                broken=closing.broken,
            )
            about = str(CaseSubject(kind="closed", generation=closing.generation))
            yield closing.at, State(about, content, forget_at)

    def _refused(self, refused: RefusedStep) -> Iterator[Dated]:
        """By the first edition, so that a later one does not make it news."""
        step, filed = refused.step, self.filed
        edition = self.rulebook.editions_of(
            self.facts.dealer_id, filed.received_at, filed.received_at
        )[0]
        forget_at = step.at + edition.policy.memory
        if forget_at > self.now:
            begun = [each for each in self.case.generations if each.started_at <= step.at]
            content = StepRefused(
                **self._of(edition, max(1, len(begun))),
                why=wording.why_refused(refused, filed, self.zone),
                step_id=step.step_id,
                step=step.step,
                at=step.at,
                refusal=refused.refusal,
            )
            about = str(CaseSubject(kind="refused", step_id=step.step_id))
            yield step.at, State(about, content, forget_at)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.filed.timezone)

    def _of(self, edition: CaseEdition, generation: int) -> _OfACase:
        return {
            "customer_key": self.facts.customer_key,
            "dealer_id": self.facts.dealer_id,
            "case_id": self.facts.case_id,
            "case_no": self.filed.case_no,
            "generation": generation,
            "policy_version": edition.policy.version,
            "calendar_version": edition.calendar_version,
        }


def _verdict_of(clock: Clock) -> str:
    return str(CaseSubject(kind="verdict", clock=clock.rule.name, generation=clock.generation))
