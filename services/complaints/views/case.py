"""What staff read of a case: how it stands, its timeline, and its clocks with their ladders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from services.complaints.domain.case import Standing, stand
from services.complaints.domain.clocks import Clock, Origin
from services.complaints.domain.course import (
    Course,
    Status,
    assigned_after,
    course,
    severity_after,
    status_at,
)
from services.complaints.domain.facts import CaseFacts, Filed
from services.complaints.domain.ladder import Reached
from services.complaints.domain.listing import state_of
from services.complaints.domain.notices import of_step
from services.complaints.domain.rulebook import CaseRulebook
from services.complaints.domain.wording import why_due, why_stopped
from services.complaints.views.deadline import Explanation, explain
from services.complaints.views.entries import Entry
from services.complaints.views.responses import Answer, Words
from services.complaints.views.timeline import History
from shared.contracts.case_subjects import NoticeKind
from shared.contracts.complaints import Outcome, Role
from shared.contracts.feed_parts import Severity
from shared.contracts.values import Instant
from shared.decider.decision import Announced
from shared.decider.snapshot import Snapshot

CaseStatus = Status | Literal["escalated", "unfiled", "voided", "moved", "undecided"]
ClockViewState = Literal["running", "paused", "kept", "broken", "ended"]


class LadderStep(Answer):
    """One step of a clock's ladder."""

    name: str
    """Its name on the ladder."""
    kind: NoticeKind
    """`warning`: before the deadline. `breach`: the deadline. `step`: beyond it."""
    to: tuple[Role, ...]
    """The roles that it tells."""
    at: Instant | None
    """When the clock reaches it, or would have; null while a hold without an end prevents that."""
    reached: bool
    """Whether the clock ran until then."""
    announced: bool
    """Whether that was said, be it for the record only."""
    told: bool
    """Whether it told anybody when it was noticed."""
    noticed_at: Instant | None
    """When it was noticed; null where it was not announced."""
    repeats_told: int
    """How many of its repeats told somebody."""
    repeat_every_seconds: float | None
    """Told again after so long, until somebody acknowledges or the next step comes."""
    repeat_at_most: int
    """How often at most."""


class ClockView(Answer):
    """One deadline of one generation of the case."""

    clock: str
    """Its name in the policy."""
    generation: int
    """The generation of the case that it belongs to."""
    title_en: str
    """What has to be done, in English."""
    title_zh: str
    """What has to be done, in Chinese."""
    state: ClockViewState
    """`running`: not due yet. `paused`: the same, and held at present. `kept`: stopped in time.
    `broken`: ran past its due time, whether stopped since or not. `ended`: neither kept nor
    broken, as the case or its cause went away."""
    origin: Origin
    """What started it."""
    started_at: Instant
    """From when on it counts."""
    due_at: Instant | None
    """Null while a hold without an end stops it."""
    stopped_at: Instant | None
    """When what it waits for was done."""
    ended_at: Instant | None
    """When it ended without that."""
    why: Words
    """Its deadline, and how it was met or missed, in a sentence or two."""
    ladder: tuple[LadderStep, ...]
    """Who is told when, in order."""
    explanation: Explanation
    """Why this deadline: the rules and the arithmetic."""


class GenerationView(Answer):
    """A case from its receipt, or from a reopening, to the next reopening."""

    number: int
    """1 for the first."""
    started_at: Instant
    """When it began."""
    reopened_at: Instant | None
    """When the next one began; null: it is the last."""
    closed_at: Instant | None
    """When nothing was left to do; null: there is, or was until the reopening."""
    outcome: Outcome | None
    """How it closed."""


class CaseView(Answer):
    """One case as of now. Instants are UTC; texts name the dealer's local time."""

    id: str
    """What to ask for it by: `customer-key|case-id`."""
    case_id: str
    """The id of the complaint document, the same wherever the case is mentioned."""
    case_no: str | None
    """Its number at the source; null while the complaint itself is unknown."""
    dealer_id: str
    """`group/dealer`."""
    customer_key: str
    """Whose complaint it is; pseudonymous."""
    timezone: str | None
    """The IANA zone of the dealer, in which the texts name times."""
    status: CaseStatus
    """`escalated`: a running clock is broken, whatever the stage. `unfiled`: only steps are known.
    `voided`: it never was one. `moved`: it is another customer's. `undecided`: see
    `parked_because`."""
    stage: Status | None
    """How far the work is, whatever the clocks say."""
    open: bool
    """Whether anything may still be owed to the customer here."""
    severity: Severity | None
    """At present."""
    assigned_to: str | None
    """The staff id of who is responsible, if anybody was named."""
    received_at: Instant | None
    """When the dealer received the complaint."""
    deadline: Instant | None
    """The first due time of the running clocks, passed or to come."""
    generations: tuple[GenerationView, ...]
    """From the first on; each reopening begins another."""
    clocks: tuple[ClockView, ...]
    """By generation, in the order of the policy."""
    timeline: tuple[Entry, ...]
    """All that happened and was said, in the order of its instants."""
    next_due: Instant | None
    """When something visible changes next if nothing is reported."""
    updated_at: Instant
    """When the case was last written."""
    parked_because: str | None
    """Why the case was set aside, if it is; it is tried again by itself."""


class RunningClock(Answer):
    """A clock that runs, for the list of cases."""

    clock: str
    """Its name in the policy."""
    generation: int
    """The generation of the case that it belongs to."""
    state: ClockViewState
    """`running`, `paused` or `broken`."""
    due_at: Instant | None
    """Null while a hold without an end stops it."""


class CaseLine(Answer):
    """One case in a list; ask for it by its id to see all."""

    id: str
    """What to ask for it by: `customer-key|case-id`."""
    case_no: str | None
    """Its number at the source; null while the complaint itself is unknown."""
    customer_key: str
    """Whose complaint it is; pseudonymous."""
    status: CaseStatus
    """As in the case itself."""
    severity: Severity | None
    """At present."""
    assigned_to: str | None
    """The staff id of who is responsible, if anybody was named."""
    received_at: Instant | None
    """When the dealer received the complaint."""
    generation: int | None
    """How often it was reopened, plus one."""
    deadline: Instant | None
    """The first due time of the running clocks, passed or to come; null: nothing is due."""
    running: tuple[RunningClock, ...]
    """The clocks that run, the first due first."""
    parked_because: str | None
    """Why the case was set aside, if it is."""


class CasePage(Answer):
    """Some of a dealer's cases."""

    cases: tuple[CaseLine, ...]
    """As many as were asked for, on the last page fewer."""
    next: str | None
    """What to give as `after` for the page that follows; null on the last page."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is to show of a case, as far as it is one here."""

    filed: Filed | None
    course: Course
    standing: Standing | None
    undecided: bool


def is_undecided(snapshot: Snapshot[CaseFacts]) -> bool:
    """Whether the case is one, and yet nothing can be said of it at present."""
    filed = snapshot.facts.complaint
    live = isinstance(filed, Filed) and filed.status == "open"
    return live and snapshot.decision.listing is None


def show(snapshot: Snapshot[CaseFacts], rulebook: CaseRulebook, now: datetime) -> CaseView:
    """A case for staff to read, with everything that is known of it."""
    facts, known = snapshot.facts, _known(snapshot, rulebook, now)
    filed, standing = known.filed, known.standing
    steps = known.course.steps
    return CaseView(
        id=snapshot.id,
        case_id=facts.case_id,
        case_no=filed.case_no if filed else None,
        dealer_id=snapshot.dealer_id,
        customer_key=facts.customer_key,
        timezone=filed.timezone if filed else None,
        status=_status(facts, known, now),
        stage=status_at(standing.filed, standing.course, now) if standing else None,
        open=standing.is_open if standing else False,
        severity=severity_after(filed, steps) if filed else None,
        assigned_to=assigned_after(filed, steps) if filed else None,
        received_at=filed.received_at if filed else None,
        deadline=standing.deadline if standing else None,
        generations=tuple(_generations(standing)) if standing else (),
        clocks=_clocks(standing, snapshot.announced, now) if standing else (),
        timeline=History(facts, snapshot.announced, filed, known.course, standing, now).entries(),
        next_due=snapshot.decision.next_due,
        updated_at=snapshot.updated_at,
        parked_because=snapshot.parked_because,
    )


def line(snapshot: Snapshot[CaseFacts], rulebook: CaseRulebook, now: datetime) -> CaseLine:
    """A case in a list."""
    facts, known = snapshot.facts, _known(snapshot, rulebook, now)
    filed, standing, steps = known.filed, known.standing, known.course.steps
    return CaseLine(
        id=snapshot.id,
        case_no=filed.case_no if filed else None,
        customer_key=facts.customer_key,
        status=_status(facts, known, now),
        severity=severity_after(filed, steps) if filed else None,
        assigned_to=assigned_after(filed, steps) if filed else None,
        received_at=filed.received_at if filed else None,
        generation=len(standing.generations) if standing else None,
        deadline=standing.deadline if standing else None,
        running=_running(standing.clocks, now) if standing else (),
        parked_because=snapshot.parked_because,
    )


def _known(snapshot: Snapshot[CaseFacts], rulebook: CaseRulebook, now: datetime) -> _Known:
    filed = snapshot.facts.complaint
    if not isinstance(filed, Filed):
        return _Known(None, Course(()), None, False)
    if filed.status == "voided" or is_undecided(snapshot):
        return _Known(filed, course(snapshot.facts, filed, now), None, filed.status == "open")
    standing = stand(snapshot.facts, filed, rulebook, now)
    return _Known(filed, standing.course, standing, False)


def _status(facts: CaseFacts, known: _Known, now: datetime) -> CaseStatus:
    if known.filed is None:
        return "unfiled" if facts.complaint is None else "moved"
    if known.standing is None:
        return "undecided" if known.undecided else "voided"
    clocks = known.standing.clocks
    if any(clock.halted_at is None and clock.broken(now) for clock in clocks):
        return "escalated"
    return status_at(known.filed, known.course, now)


def _generations(standing: Standing) -> Sequence[GenerationView]:
    closings = {closing.generation: closing for closing in standing.closings}
    return [
        GenerationView(
            number=generation.number,
            started_at=generation.started_at,
            reopened_at=generation.reopened_at,
            closed_at=closing.at if closing else None,
            outcome=closing.outcome if closing else None,
        )
        for generation in standing.generations
        for closing in [closings.get(generation.number)]
    ]


def _running(clocks: Sequence[Clock], now: datetime) -> tuple[RunningClock, ...]:
    found = [
        RunningClock(
            clock=clock.rule.name,
            generation=clock.generation,
            state=_state(clock, now),
            due_at=clock.due_at,
        )
        for clock in clocks
        if clock.halted_at is None
    ]
    return tuple(sorted(found, key=lambda each: (each.due_at is None, each.due_at or now)))


def _state(clock: Clock, now: datetime) -> ClockViewState:
    state = state_of(clock, now)
    held = any(hold.start <= now and (hold.end is None or now < hold.end) for hold in clock.holds)
    return "paused" if state == "running" and held else state


def _clocks(standing: Standing, announced: Announced, now: datetime) -> tuple[ClockView, ...]:
    return tuple(_clock(clock, announced, standing.filed, now) for clock in standing.clocks)


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
        why=Words.of(why),
        ladder=tuple(_ladder_step(clock, step, announced, now) for step in clock.ladder),
        explanation=explain(clock, filed),
    )


def _ladder_step(clock: Clock, step: Reached, announced: Announced, now: datetime) -> LadderStep:
    rung = step.rung
    made = [announced.get(notice.name(announced)) for notice in of_step(clock, step)]
    sealed = made[0] if made else None
    every = rung.repeat_every
    return LadderStep(
        name=rung.name,
        kind=step.saying,
        to=rung.to,
        at=step.at,
        reached=step.at is not None and step.at <= now and clock.ran_at(step.at),
        announced=sealed is not None,
        told=sealed is not None and bool(sealed["notified"]),
        noticed_at=sealed["noticed_at"] if sealed is not None else None,
        repeats_told=sum(1 for each in made[1:] if each is not None and each["notified"]),
        repeat_every_seconds=None if every is None else every / timedelta(seconds=1),
        repeat_at_most=rung.repeat_at_most,
    )
