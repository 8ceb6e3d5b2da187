"""The timeline of a case: all that happened to it and was said of it, in the order of its instants.

Made from the facts and what was announced, so that it reaches back beyond the policy's memory.
Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from services.complaints.domain import wording
from services.complaints.domain.case import CaseState
from services.complaints.domain.course import Course, RefusedStep, generations
from services.complaints.domain.facts import CaseFacts, Filed, StepTaken
from services.complaints.domain.merges import handed_to, merges_known
from shared.contracts.http.complaints_timeline import (
    AddresseeView,
    Closed,
    ComplaintReceived,
    Counting,
    MergedIn,
    MergedOut,
    NoticeMade,
    OnHold,
    Regraded,
    Reopened,
    Step,
    TimelineEntry,
    VerdictMade,
)
from shared.contracts.subjects import CaseSubject, NoticeKind
from shared.contracts.values import Bilingual
from shared.decider.decision import Announced

_SECOND = timedelta(seconds=1)
_NOTHING = Bilingual(en="", zh="")
_NOT_COUNTING: dict[Counting, Bilingual] = {
    "taken_back": Bilingual(en="The merge was taken back.", zh="该合并已撤销。"),
    "not_yet": Bilingual(
        en="It is in the future and counts from then on.", zh="时间未到,届时计入。"
    ),
    "waits": Bilingual(
        en="The complaint itself was not received, or is not a case here any more.",
        zh="投诉本身尚未收到,或已不在此处。",
    ),
}
_ORDER = {
    name: rank
    for rank, name in enumerate(
        (
            "received",
            "merged_in",
            "step",
            "regraded",
            "hold",
            "merged_out",
            "verdict",
            "notice",
            "closed",
            "reopened",
        )
    )
}
"""Of entries of one instant: first what was done, then what follows from it."""


@dataclass(frozen=True)
class CaseTimeline:
    """What the timeline of one case is made from."""

    facts: CaseFacts
    announced: Announced
    filed: Filed | None
    """The complaint, unless it is unknown here."""
    course: Course
    case: CaseState | None
    """None where nothing follows from the case: unknown, voided, moved."""
    now: datetime

    def entries(self) -> tuple[TimelineEntry, ...]:
        """All of them, in the order of their instants."""
        found = [*self._reported(), *self._notices(), *self._merges_in()]
        if self.case is not None:
            found.extend(self._followed(self.case))
        return tuple(sorted(found, key=lambda entry: (entry.at, _ORDER[entry.kind])))

    def _reported(self) -> Iterator[TimelineEntry]:
        if self.filed is not None:
            yield _received(self.filed)
        for step in self.facts.steps:
            yield self._step(step)
        for hold in self.course.holds:
            running = hold.start <= self.now and (hold.end is None or self.now < hold.end)
            yield OnHold(at=hold.start, until=hold.end, running=running)

    def _followed(self, case: CaseState) -> Iterator[TimelineEntry]:
        for generation in case.generations[1:]:
            yield Reopened(at=generation.started_at, generation=generation.number)
        yield from self._regradings(case.filed)
        yield from self._merges_out(case.filed)
        yield from _verdicts(case)
        yield from _closings(case)

    def _step(self, step: StepTaken) -> Step:
        counting, refused = self._counting(step)
        why = _NOT_COUNTING.get(counting)
        if refused is not None and self.filed is not None:
            zone = ZoneInfo(self.filed.timezone)
            why = wording.why_refused(refused, self.filed, zone)
        return Step(
            at=step.at,
            recorded_at=step.recorded_at,
            step_id=step.step_id,
            step=step.step,
            by=step.by,
            counting=counting,
            refusal=refused.refusal if refused is not None else None,
            why=why,
            reason=step.reason,
            satisfied=step.satisfied,
            severity=step.severity,
            assigned_to=step.assigned_to,
            merged_into=step.merged_into,
            until=step.until,
        )

    def _counting(self, step: StepTaken) -> tuple[Counting, RefusedStep | None]:
        if self.filed is None:
            return "waits", None
        if step.at > self.now:
            return "not_yet", None
        refused = self._refused.get(step.step_id)
        if refused is not None:
            return "refused", refused
        return ("counts" if step.step_id in self._counted else "taken_back"), None

    @cached_property
    def _refused(self) -> Mapping[str, RefusedStep]:
        return {refused.step.step_id: refused for refused in self.course.refused}

    @cached_property
    def _counted(self) -> frozenset[str]:
        return frozenset(step.step_id for step in self.course.steps)

    def _notices(self) -> Iterator[TimelineEntry]:
        for about, sealed in self.announced.items():
            kind = CaseSubject.parse(about).kind
            if kind in {"warning", "breach", "step"}:
                yield _notice(about, kind, sealed)

    def _regradings(self, filed: Filed) -> Iterator[TimelineEntry]:
        severity = filed.severity
        for step in self.course.steps:
            if step.step == "regraded" and step.severity not in {None, severity}:
                assert step.severity is not None
                raised = step.severity == "major"
                yield Regraded(at=step.at, before=severity, after=step.severity, raised=raised)
                severity = step.severity

    def _merges_out(self, filed: Filed) -> Iterator[TimelineEntry]:
        for step in self.facts.steps:
            if step.step == "merged" and self._counting(step)[0] == "taken_back":
                ends = (hold.end for hold in self.course.merged_away if hold.start <= step.at)
                ended = max((end for end in ends if end is not None), default=step.at)
                yield MergedOut(at=step.at, into=step.merged_into or "", taken_back_at=ended)
        for generation in generations(filed, self.course.steps):
            steps = self.course.steps[generation.first : generation.past]
            merged = next((step for step in steps if step.step == "merged"), None)
            if merged is not None:
                yield MergedOut(at=merged.at, into=merged.merged_into or "", taken_back_at=None)

    def _merges_in(self) -> Iterator[TimelineEntry]:
        starts = {(handed.case_id, handed.at): handed.starts for handed in handed_to(self.facts)}
        merges = {
            (merge.case_id, merge.step_id): merge
            for merge in merges_known(self.facts)
            if merge.into == self.facts.case_id
        }
        for merge in merges.values():
            clocks = starts.get((merge.case_id, merge.at), {})
            yield MergedIn(at=merge.at, case_id=merge.case_id, clocks=clocks)


def _received(filed: Filed) -> ComplaintReceived:
    return ComplaintReceived(
        at=filed.received_at,
        recorded_at=filed.recorded_at,
        channel=filed.channel,
        category=filed.category,
        severity=filed.severity,
        department=filed.department,
        regulator=filed.regulator,
        regulator_due_at=filed.regulator_due_at,
    )


def _notice(about: str, notice: NoticeKind, sealed: Mapping[str, Any]) -> NoticeMade:
    """As it was sealed; one of before there were ladders has fewer fields."""
    at = sealed.get("at") or sealed.get("due_at") or sealed["noticed_at"]
    return NoticeMade(
        at=at,
        about=about,
        notice=notice,
        clock=sealed["clock"],
        generation=sealed["generation"],
        step=sealed.get("step", notice),
        repeat=sealed.get("repeat", 0),
        noticed_at=sealed["noticed_at"],
        notified=sealed["notified"],
        recipients=sealed["recipients"],
        addressees=tuple(
            AddresseeView.model_validate(each) for each in sealed.get("addressees", ())
        ),
        why=Bilingual.model_validate(sealed.get("why") or _NOTHING),
    )


def _verdicts(case: CaseState) -> Iterator[VerdictMade]:
    zone = ZoneInfo(case.filed.timezone)
    for clock in case.clocks:
        stopped_at, due_at = clock.stopped_at, clock.due_at
        if stopped_at is None:
            continue
        late = due_at is not None and due_at < stopped_at
        yield VerdictMade(
            at=stopped_at,
            clock=clock.rule.name,
            generation=clock.generation,
            verdict="broken" if late else "kept",
            due_at=due_at,
            margin_seconds=None if due_at is None else (due_at - stopped_at) // _SECOND,
            why=wording.why_stopped(clock, stopped_at, zone),
        )


def _closings(case: CaseState) -> Iterator[Closed]:
    zone = ZoneInfo(case.filed.timezone)
    for closing in case.closings:
        yield Closed(
            at=closing.at,
            generation=closing.generation,
            outcome=closing.outcome,
            kept=closing.kept,
            broken=closing.broken,
            why=wording.why_closed(closing, zone),
        )
