"""What staff read of a case: its status, its timeline, and its clocks with their ladders. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.complaints.domain.case import CaseState, case_at
from services.complaints.domain.clocks import Clock
from services.complaints.domain.course import (
    Course,
    assigned_after,
    course,
    severity_after,
    status_at,
)
from services.complaints.domain.facts import CaseFacts, Filed
from services.complaints.domain.ladder import Reached
from services.complaints.domain.listing import state_of
from services.complaints.domain.notices import of_rung
from services.complaints.domain.rulebook import CaseRulebook
from services.complaints.domain.wording import why_due, why_stopped
from services.complaints.views.deadline import explain
from services.complaints.views.timeline import CaseTimeline
from shared.contracts.http.complaints import (
    CaseLine,
    CaseStatus,
    CaseView,
    ClockView,
    ClockViewState,
    GenerationView,
    LadderRung,
    RungReached,
    RunningClock,
)
from shared.contracts.identifiers import aggregate_within, as_composed, customer_of, name_within
from shared.contracts.subjects import NoticeKind
from shared.decider.decision import Announced
from shared.decider.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is to show of a case, as far as it is one here."""

    filed: Filed | None
    course: Course
    case: CaseState | None
    undecided: bool


def ids_meant(given: str) -> Iterable[str]:
    """The ids of cases that a text in a URL may mean: it may have lost its percent-encoding."""
    key, name = customer_of(given), name_within(given)
    encoded = aggregate_within(as_composed(key, plain=3), as_composed(name, plain=4))
    return dict.fromkeys((given, encoded))


def documents_meant(given: str) -> Iterable[str]:
    """The ids of documents that such a text may mean."""
    return dict.fromkeys((given, as_composed(given, plain=4)))


def is_undecided(snapshot: Snapshot[CaseFacts]) -> bool:
    """Whether the case is one, and yet nothing can be said of it at present."""
    filed = snapshot.facts.complaint
    live = isinstance(filed, Filed) and filed.status == "open"
    return live and snapshot.decision.listing is None


def show(snapshot: Snapshot[CaseFacts], rulebook: CaseRulebook, now: datetime) -> CaseView:
    """A case for staff to read, with everything that is known of it."""
    facts, known = snapshot.facts, _known(snapshot, rulebook, now)
    filed, case = known.filed, known.case
    steps = known.course.steps
    return CaseView(
        id=snapshot.id,
        case_id=facts.case_id,
        case_no=filed.case_no if filed else None,
        dealer_id=snapshot.dealer_id,
        customer_key=facts.customer_key,
        timezone=filed.timezone if filed else None,
        status=_status(facts, known, now),
        stage=status_at(case.filed, case.course, now) if case else None,
        open=case.is_open if case else False,
        severity=severity_after(filed, steps) if filed else None,
        assigned_to=assigned_after(filed, steps) if filed else None,
        received_at=filed.received_at if filed else None,
        channel=filed.channel if filed else None,
        category=filed.category if filed else None,
        department=filed.department if filed else None,
        regulator_ref=filed.regulator_ref if filed else None,
        related_ro_no=filed.related_ro_no if filed else None,
        related_deal_no=filed.related_deal_no if filed else None,
        deadline=case.deadline if case else None,
        generations=tuple(_generations(case)) if case else (),
        clocks=_clocks(case, snapshot.announced, now) if case else (),
        timeline=CaseTimeline(facts, snapshot.announced, filed, known.course, case, now).entries(),
        next_due=snapshot.decision.next_due,
        updated_at=snapshot.updated_at,
        parked_because=snapshot.parked_because,
    )


def line(snapshot: Snapshot[CaseFacts], rulebook: CaseRulebook, now: datetime) -> CaseLine:
    """A case in a list."""
    facts, known = snapshot.facts, _known(snapshot, rulebook, now)
    filed, case, steps = known.filed, known.case, known.course.steps
    return CaseLine(
        id=snapshot.id,
        case_no=filed.case_no if filed else None,
        customer_key=facts.customer_key,
        status=_status(facts, known, now),
        severity=severity_after(filed, steps) if filed else None,
        assigned_to=assigned_after(filed, steps) if filed else None,
        received_at=filed.received_at if filed else None,
        channel=filed.channel if filed else None,
        category=filed.category if filed else None,
        department=filed.department if filed else None,
        regulator_ref=filed.regulator_ref if filed else None,
        generation=len(case.generations) if case else None,
        deadline=case.deadline if case else None,
        running=_running(case.clocks, now) if case else (),
        stopped=_stopped(case, now) if case else (),
        rung=_highest(case.clocks, now) if case else None,
        to_acknowledge=_to_acknowledge(case, snapshot.announced, now) if case else False,
        steps=len(facts.steps),
        stepped_at=max((step.recorded_at for step in facts.steps), default=None),
        parked_because=snapshot.parked_because,
    )


def _known(snapshot: Snapshot[CaseFacts], rulebook: CaseRulebook, now: datetime) -> _Known:
    filed = snapshot.facts.complaint
    if not isinstance(filed, Filed):
        return _Known(None, Course(()), None, False)
    if filed.status == "voided" or is_undecided(snapshot):
        return _Known(filed, course(snapshot.facts, filed, now), None, filed.status == "open")
    case = case_at(snapshot.facts, filed, rulebook, now)
    return _Known(filed, case.course, case, False)


def _status(facts: CaseFacts, known: _Known, now: datetime) -> CaseStatus:
    if known.filed is None:
        return "unfiled" if facts.complaint is None else "moved"
    if known.case is None:
        return "undecided" if known.undecided else "voided"
    clocks = known.case.clocks
    if any(clock.halted_at is None and clock.broken(now) for clock in clocks):
        return "escalated"
    return status_at(known.filed, known.course, now)


def _generations(case: CaseState) -> Sequence[GenerationView]:
    closings = {closing.generation: closing for closing in case.closings}
    return [
        GenerationView(
            number=generation.number,
            started_at=generation.started_at,
            reopened_at=generation.reopened_at,
            closed_at=closing.at if closing else None,
            outcome=closing.outcome if closing else None,
        )
        for generation in case.generations
        for closing in [closings.get(generation.number)]
    ]


def _running(clocks: Sequence[Clock], now: datetime) -> tuple[RunningClock, ...]:
    found = [_in_line(clock, now) for clock in clocks if clock.halted_at is None]
    return tuple(sorted(found, key=lambda each: (each.due_at is None, each.due_at or now)))


def _stopped(case: CaseState, now: datetime) -> tuple[RunningClock, ...]:
    last = case.generations[-1].number
    return tuple(
        _in_line(clock, now)
        for clock in case.clocks
        if clock.stopped_at is not None and clock.generation == last
    )


def _in_line(clock: Clock, now: datetime) -> RunningClock:
    return RunningClock(
        clock=clock.rule.name,
        title_en=clock.rule.title_en,
        title_zh=clock.rule.title_zh,
        generation=clock.generation,
        state=_state(clock, now),
        due_at=clock.due_at,
    )


def _highest(clocks: Sequence[Clock], now: datetime) -> RungReached | None:
    """Of all rungs that were reached of clocks that run; of equal ones the latest."""
    found = [
        RungReached(
            clock=clock.rule.name,
            name=reached.rung.name,
            kind=reached.kind,
            to=reached.rung.to,
            at=reached.at,
        )
        for clock in clocks
        if clock.halted_at is None
        for reached in clock.ladder
        if reached.at is not None and reached.at <= now
    ]
    return max(found, key=lambda each: (_HEIGHT[each.kind], each.at), default=None)


_HEIGHT: dict[NoticeKind, int] = {"warning": 0, "breach": 1, "step": 2}


def _state(clock: Clock, now: datetime) -> ClockViewState:
    state = state_of(clock, now)
    held = any(hold.start <= now and (hold.end is None or now < hold.end) for hold in clock.holds)
    return "paused" if state == "running" and held else state


def _clocks(case: CaseState, announced: Announced, now: datetime) -> tuple[ClockView, ...]:
    return tuple(_clock(clock, announced, case.filed, now) for clock in case.clocks)


def _clock(clock: Clock, announced: Announced, filed: Filed, now: datetime) -> ClockView:
    zone = ZoneInfo(filed.timezone)
    if clock.stopped_at is not None:
        why = why_stopped(clock, clock.stopped_at, zone)
    else:
        past = clock.due_at is not None and clock.due_at <= now
        why = why_due(clock, zone, "was" if past or clock.ended_at is not None else "is")
    return ClockView(
        clock=clock.rule.name,
        generation=clock.generation,
        title_en=clock.rule.title_en,
        title_zh=clock.rule.title_zh,
        state=_state(clock, now),
        origin=clock.origin,
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        ended_at=clock.ended_at,
        why=why,
        ladder=tuple(_rung(clock, reached, announced, now) for reached in clock.ladder),
        explanation=explain(clock, filed),
    )


def _to_acknowledge(case: CaseState, announced: Announced, now: datetime) -> bool:
    acknowledged = max((at for at in case.acknowledged if at <= now), default=None)
    rungs = (
        _rung(clock, reached, announced, now)
        for clock in case.clocks
        if clock.halted_at is None
        for reached in clock.ladder
        if reached.at is not None and reached.at <= now
    )
    return any(
        acknowledged is None or rung.noticed_at > acknowledged
        for rung in rungs
        if rung.notified and rung.noticed_at is not None
    )


def _rung(clock: Clock, reached: Reached, announced: Announced, now: datetime) -> LadderRung:
    rung = reached.rung
    made = [announced.get(notice.name(announced)) for notice in of_rung(clock, reached)]
    sealed = made[0] if made else None
    every = rung.repeat_every
    return LadderRung(
        name=rung.name,
        kind=reached.kind,
        to=rung.to,
        at=reached.at,
        reached=reached.at is not None and reached.at <= now and clock.ran_at(reached.at),
        announced=sealed is not None,
        notified=sealed is not None and bool(sealed["notified"]),
        noticed_at=sealed["noticed_at"] if sealed is not None else None,
        repeats_notified=sum(1 for each in made[1:] if each is not None and each["notified"]),
        repeat_every_seconds=None if every is None else every / timedelta(seconds=1),
        repeat_at_most=rung.repeat_at_most,
    )
