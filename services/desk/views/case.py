"""What the page of a case shows: its clocks and ladders, what can be done, and what a step did."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.desk.domain.case_forms import FIELDS
from services.desk.domain.case_steps import broken_now, is_step, runs
from services.desk.views import case_words as words
from services.desk.views.case_timeline import TimelineStory
from services.desk.views.speech import N_
from shared.contracts.feed_parts import StepName
from shared.contracts.http.complaints import CaseView, ClockView, LadderRung
from shared.contracts.http.complaints_timeline import (
    Closed,
    MergedIn,
    MergedOut,
    NoticeMade,
    Reopened,
    Step,
    VerdictMade,
)

SOON = timedelta(hours=1)
"""Less than that is left: it is shown as urgent."""
_KINDS: Mapping[str, str] = {
    "warning": N_("Warning"),
    "breach": N_("Deadline"),
    "step": N_("Escalation"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RungShown:
    """One rung of a clock's ladder."""

    rung: LadderRung
    kind: str
    """A message: what sort of rung it is."""
    roles: tuple[str, ...]
    """Messages: to whom it goes."""
    told: tuple[str, ...]
    """Who was told, in words; empty: nobody yet, or not known any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockShown:
    """One clock of the case."""

    clock: ClockView
    tone: str
    """`good`, `warn`, `bad`; `plain`: it stands still, or is over without a verdict."""
    state: str
    """A message."""
    counts_down: bool
    """Whether what is left, or over, is still changing."""
    ladder: tuple[RungShown, ...]

    @property
    def id(self) -> str:
        """By which the page knows it."""
        return f"{self.clock.clock}-{self.clock.generation}"


def clocks_shown(timeline: TimelineStory, now: datetime) -> list[ClockShown]:
    """All clocks, those that run first, the first due first; of the others the newest first."""
    shown = [_clock(clock, timeline, now) for clock in timeline.case.clocks]
    return sorted(shown, key=lambda each: _place(each.clock, now))


def _place(clock: ClockView, now: datetime) -> tuple[bool, bool, float]:
    if runs(clock):
        due = clock.due_at or now
        return False, clock.due_at is None, due.timestamp()
    over = clock.stopped_at or clock.ended_at or clock.started_at
    return True, False, -over.timestamp()


def _clock(clock: ClockView, timeline: TimelineStory, now: datetime) -> ClockShown:
    return ClockShown(
        clock=clock,
        tone=_tone(clock, now),
        state=words.CLOCK_STATES[clock.state],
        counts_down=runs(clock) and clock.due_at is not None and clock.state != "paused",
        ladder=tuple(_rung(rung, clock, timeline) for rung in clock.ladder),
    )


def _tone(clock: ClockView, now: datetime) -> str:
    match clock.state:
        case "kept":
            return "good"
        case "broken":
            return "bad"
        case "running":
            warned = any(rung.reached for rung in clock.ladder)
            return "warn" if warned or is_soon(clock.due_at, now) else ""
        case _:
            return "plain"


def is_soon(due_at: datetime | None, now: datetime) -> bool:
    """Whether less than `SOON` is left."""
    return due_at is not None and due_at - now < SOON


def _rung(rung: LadderRung, clock: ClockView, timeline: TimelineStory) -> RungShown:
    notice = next(
        (
            entry
            for entry in timeline.case.timeline
            if isinstance(entry, NoticeMade)
            and (entry.clock, entry.generation) == (clock.clock, clock.generation)
            and (entry.step, entry.repeat) == (rung.name, 0)
        ),
        None,
    )
    told = tuple(timeline.addressees(notice)) if notice is not None and notice.notified else ()
    return RungShown(
        rung=rung,
        kind=_KINDS[rung.kind],
        roles=tuple(words.ROLES[role] for role in rung.to),
        told=told,
    )


def lives_on_in(case: CaseView) -> str | None:
    """The id of the case that this one was merged into, where that stands."""
    if case.stage != "merged":
        return None
    outs = [entry for entry in case.timeline if isinstance(entry, MergedOut)]
    return next((entry.into for entry in reversed(outs) if entry.taken_back_at is None), None)


def absorbed_by(case: CaseView) -> tuple[str, ...]:
    """The ids of those that were merged into this one, the first merged first."""
    ins = (entry.case_id for entry in case.timeline if isinstance(entry, MergedIn))
    return tuple(dict.fromkeys(ins))


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChoice:
    """One of those that a form offers."""

    value: str
    word: str
    """A message, or a name."""
    is_name: bool = False


_USUAL: frozenset[StepName] = frozenset(
    {
        "acknowledged",
        "reassigned",
        "contacted",
        "answered",
        "executive_answered",
        "resolved",
        "called_back",
        "resumed",
        "unmerged",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFormShown:
    """The form of a step. Its fields are named as in `case_forms.FIELDS`."""

    step: StepName
    title: str
    meaning: str
    fields: tuple[str, ...]
    choices: tuple[StepChoice, ...] = ()
    closed: bool = True
    """Whether it has to be one of the choices."""

    @property
    def is_usual(self) -> bool:
        """Whether most cases have such a step; the others stand behind these."""
        return self.step in _USUAL


def form_of(
    step: StepName, case: CaseView | None, names: Mapping[str, str], *, only: str | None = None
) -> StepFormShown:
    """What the form of a step offers. `names`: staff id -> name, of who can be made responsible;
    `only`: the one person who can be chosen."""
    return StepFormShown(
        step=step,
        title=words.ACTS[step],
        meaning=words.MEANINGS[step],
        fields=FIELDS.get(step, ()),
        choices=_choices(step, case, names, only),
        closed=step != "reassigned" or only is not None,
    )


def _choices(
    step: StepName, case: CaseView | None, names: Mapping[str, str], only: str | None
) -> tuple[StepChoice, ...]:
    match step:
        case "regraded":
            before = case.severity if case else None
            return _of_words({s: w for s, w in words.SEVERITIES.items() if s != before})
        case "held":
            return _of_words(words.HOLD_REASONS)
        case "demanded":
            return _of_words(words.DEMANDS)
        case "reassigned":
            held_by = case.assigned_to if case else None
            return tuple(
                StepChoice(value=staff_id, word=name, is_name=True)
                for staff_id, name in names.items()
                if staff_id != held_by and only in (None, staff_id)
            )
        case _:
            return ()


def _of_words(found: Mapping[str, str]) -> tuple[StepChoice, ...]:
    return tuple(StepChoice(value=value, word=word) for value, word in found.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a step did, as complaints decided it."""

    step: Step
    counts: bool
    verdicts: tuple[VerdictMade, ...]
    """Of the clocks that it stopped."""
    reopened: bool
    closed: Closed | None
    taken_back: tuple[ClockView, ...]
    """The clocks that were broken before it was reported, and are not any more."""


def decided_of(case: CaseView, step_id: str, was_broken: Collection[str]) -> Decided | None:
    """What came of this step; None while the case does not have it."""
    step = is_step(case, step_id)
    if step is None:
        return None
    at = max(step.at, case.received_at or step.at)
    here: Sequence[object] = [entry for entry in case.timeline if entry.at == at]
    counts, broken = step.counting == "counts", broken_now(case)
    return Decided(
        step=step,
        counts=counts,
        verdicts=tuple(e for e in here if counts and isinstance(e, VerdictMade)),
        reopened=counts and any(isinstance(entry, Reopened) for entry in here),
        closed=next((e for e in here if counts and isinstance(e, Closed)), None),
        taken_back=tuple(
            clock
            for clock in case.clocks
            if (name := f"{clock.clock}/{clock.generation}") in was_broken and name not in broken
        ),
    )
