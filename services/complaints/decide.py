"""What follows from a case: its warnings, its breaches, its verdicts, and when to look again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Literal, TypedDict
from zoneinfo import ZoneInfo

from services.complaints.clocks import Clock, clocks
from services.complaints.facts import CaseFacts, Filed
from services.complaints.policy import ComplaintPolicy
from services.complaints.timeline import course
from services.complaints.wording import why_due, why_stopped
from shared.contracts.complaints import ClockStopped, DeadlineBreached, DeadlineWarned
from shared.contracts.decision import (
    Announced,
    Announcement,
    AnyOutput,
    Decision,
    State,
    earliest,
)

Saying = Literal["warning", "breach", "verdict"]


def about(saying: Saying, clock: Clock) -> str:
    """The name of an output within its case, such as `breach/contact/1`."""
    return f"{saying}/{clock.rule.name}/{clock.generation}"


def decide(
    facts: CaseFacts, announced: Announced, policy: ComplaintPolicy, now: datetime
) -> Decision:
    """All warnings, breaches and verdicts that hold now, in the order of their instants. Pure.

    Nothing follows from a case that was not filed here, was voided, or moved elsewhere.
    """
    filed = facts.complaint
    if not isinstance(filed, Filed) or filed.status == "voided":
        return Decision()
    found = clocks(filed, course(facts, filed, now), policy)
    speaker = _Speaker(facts, filed, announced, policy, now, ZoneInfo(filed.timezone))
    changes = [clock.next_change(now) for clock in found]
    changes.extend(step.at for step in facts.steps if step.at > now)
    said = sorted((said for clock in found for said in speaker.say(clock)), key=itemgetter(0))
    return Decision(outputs=tuple(output for _, output in said), next_due=earliest(changes))


class _OfAClock(TypedDict):
    """What everything that is said about a clock has."""

    customer_key: str
    dealer_id: str
    case_id: str
    case_no: str
    clock: str
    generation: int
    started_at: datetime
    due_at: datetime
    policy_version: str


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Puts into words what is to be said of the clocks of one case, at one moment."""

    facts: CaseFacts
    filed: Filed
    announced: Announced
    policy: ComplaintPolicy
    now: datetime
    zone: ZoneInfo

    def say(self, clock: Clock) -> Iterator[tuple[datetime, AnyOutput]]:
        """What holds of a clock now, with its instant; nothing beyond the policy's memory."""
        forget_at = clock.due_at + self.policy.memory
        if forget_at <= self.now:
            return
        if not clock.is_history(self.policy.alarm_horizon):
            if clock.warned(self.now):
                warning = Announcement(about("warning", clock), self._warning(clock), forget_at)
                yield clock.warns_at, warning
            if clock.broken(self.now):
                breach = Announcement(about("breach", clock), self._breach(clock), forget_at)
                yield clock.due_at, breach
        if clock.stopped_at is not None:
            verdict = self._verdict(clock, clock.stopped_at)
            yield clock.stopped_at, State(about("verdict", clock), verdict, forget_at)

    def _warning(self, clock: Clock) -> DeadlineWarned:
        """Notifies only while it is of use: the clock runs and is not due yet."""
        noticed_at, notified = self._seal(
            about("warning", clock), clock.halted_at is None and self.now < clock.due_at
        )
        return DeadlineWarned(
            **self._of(clock),
            why=why_due(clock, self.zone, "is"),
            noticed_at=noticed_at,
            recipients=clock.rule.warning_recipients,
            notified=notified,
        )

    def _breach(self, clock: Clock) -> DeadlineBreached:
        noticed_at, notified = self._seal(about("breach", clock), True)
        return DeadlineBreached(
            **self._of(clock),
            why=why_due(clock, self.zone, "was"),
            noticed_at=noticed_at,
            recipients=clock.rule.breach_recipients,
            notified=notified,
        )

    def _verdict(self, clock: Clock, stopped_at: datetime) -> ClockStopped:
        return ClockStopped(
            **self._of(clock),
            why=why_stopped(clock, stopped_at, self.zone),
            stopped_at=stopped_at,
            verdict="broken" if stopped_at > clock.due_at else "kept",
            margin_seconds=(clock.due_at - stopped_at) // timedelta(seconds=1),
        )

    def _of(self, clock: Clock) -> _OfAClock:
        return {
            "customer_key": self.facts.customer_key,
            "dealer_id": self.facts.dealer_id,
            "case_id": self.facts.case_id,
            "case_no": self.filed.case_no,
            "clock": clock.rule.name,
            "generation": clock.generation,
            "started_at": clock.started_at,
            "due_at": clock.due_at,
            "policy_version": self.policy.version,
        }

    def _seal(self, name: str, notified: bool) -> tuple[datetime, bool]:
        """When it was noticed and whether that notified anybody: as first said, if it was."""
        sealed = self.announced.get(name)
        if sealed is None:
            return self.now, notified
        return datetime.fromisoformat(sealed["noticed_at"]), sealed["notified"]
