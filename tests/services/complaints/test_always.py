"""What must hold of a complaint case whatever is reported, in whatever order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

from hypothesis import given as for_all
from hypothesis import strategies as st

from services.complaints.app import decider
from services.complaints.domain.case import stand
from services.complaints.domain.decide import decide
from services.complaints.domain.facts import CaseEvent, CaseFacts, Filed, join
from services.complaints.domain.policy import POLICY_2123, ComplaintPolicy
from services.complaints.domain.rulebook import Edition, Rulebook, rulebook_of
from services.complaints.domain.turns import ABOUT_THE_STANDING
from services.complaints.settings import ComplaintSettings
from shared.contracts.complaints import CaseStandingChanged
from shared.contracts.feed_parts import Severity, StepName
from shared.decider.decider import Decider
from shared.decider.decision import Decision
from tests import invariants
from tests.services.complaints.given import (
    CASE,
    DEALER,
    OTHER_CASE,
    RECEIVED,
    abouts,
    absorbed,
    at,
    filed,
    known,
    moved,
    not_absorbed_any_more,
    place,
    step,
)
from tests.services.complaints.rules import BUSINESS, CALENDAR

MINUTES = st.one_of(
    st.sampled_from([0, 90, 120, 240, 1080, 1440, 2160, 2880, 3000, 4320, 5760, 7200]),
    st.integers(min_value=-30, max_value=20_000),
)
RECORDED = st.sampled_from(["0s", "1d", "6d", "8d", "30d"])
SEVERITY: st.SearchStrategy[Severity] = st.sampled_from(get_args(Severity))
STEPS: st.SearchStrategy[StepName] = st.sampled_from(get_args(StepName))
LIVELY: st.SearchStrategy[StepName] = st.sampled_from(
    ["contacted", "resolved", "called_back", "reopened", "regraded", "held", "merged"]
)
"""The steps that make long stories; drawn as often as all steps together."""


@st.composite
def one_event(draw: st.DrawFn, version: int, busy_minutes: Sequence[int]) -> CaseEvent:
    """A complaint, a correction, a step, or a move: one version of one of a few documents."""
    kind = draw(st.sampled_from(["filed", "moved", "absorbed", *["step"] * 8]))
    if kind == "absorbed":
        return draw(one_merge(version))
    if kind == "filed":
        return filed(
            severity=draw(SEVERITY),
            voided=draw(st.integers(0, 5)) == 0,
            received=f"{draw(st.integers(0, 300))}m",
            recorded=draw(RECORDED),
            version=version,
        )
    name = draw(LIVELY | STEPS)
    minutes = draw(MINUTES | st.sampled_from(busy_minutes))
    taken = step(
        name,
        f"-{-minutes}m" if minutes < 0 else f"{minutes}m",
        id=f"S-{draw(st.integers(1, 12))}",
        version=version,
        recorded=draw(RECORDED),
        satisfied=draw(st.booleans()) if name == "called_back" else None,
        severity=draw(SEVERITY) if name == "regraded" else None,
        to=draw(st.sampled_from([OTHER_CASE, CASE, "advisor-8"])),
        until=draw(st.sampled_from([None, f"{abs(minutes) + 600}m"])) if name == "held" else None,
        known=draw(st.integers(0, 3)) > 0,
    )
    if kind == "moved":
        return moved(draw(st.sampled_from([taken, None])), version=version)
    return taken


@st.composite
def one_merge(draw: st.DrawFn, sequence: int) -> CaseEvent:
    """One of two other cases is merged into this one, or is not any more."""
    other = f"{OTHER_CASE}{draw(st.integers(1, 2))}"
    if draw(st.integers(0, 2)) == 0:
        return not_absorbed_any_more(sequence=sequence, case=other)
    start = f"{draw(st.integers(0, 1000))}m"
    clock = draw(st.sampled_from(["contact", "answer", "executive_answer", "unknown"]))
    minutes = draw(st.integers(0, 3000))
    return absorbed({clock: f"-{start}"}, f"{minutes}m", sequence=sequence, case=other)


@st.composite
def stories(draw: st.DrawFn) -> list[CaseEvent]:
    """Mostly a complaint and steps on it; sometimes moved, voided or never filed."""
    count = draw(st.integers(0, 12))
    busy_minutes = draw(st.lists(MINUTES, min_size=1, max_size=2))
    events = [draw(one_event(version, busy_minutes)) for version in range(2, count + 2)]
    if draw(st.integers(0, 9)) > 0:
        events.append(filed(severity=draw(SEVERITY), recorded=draw(RECORDED)))
    return events


MOMENTS = MINUTES.map(lambda minutes: RECEIVED + timedelta(minutes=minutes))
LATEST = at("60d")
DECIDER = decider(ComplaintSettings())
FORGETFUL = replace(
    DECIDER,
    policy=rulebook_of(
        ComplaintPolicy(name="short memory", clocks=POLICY_2123.clocks, memory=timedelta(days=4))
    ),
)
OTHER_RULES = rulebook_of(ComplaintPolicy(name="no hurry", clocks=POLICY_2123.clocks[1:3]))
IN_BUSINESS_TIME = replace(DECIDER, policy=rulebook_of(BUSINESS, CALENDAR))
REBASED = replace(
    DECIDER,
    policy=Rulebook(
        editions={
            DEALER: (
                Edition(applied_at=at("30m"), policy=POLICY_2123),
                Edition(
                    applied_at=at("20h"), open_cases="rebase", policy=BUSINESS, calendar=CALENDAR
                ),
                Edition(applied_at=at("3d"), open_cases="rebase", policy=POLICY_2123),
            )
        }
    ),
)
DECIDERS = st.sampled_from([DECIDER, IN_BUSINESS_TIME, REBASED])
"""By the shipped rules, by others in business time, and from the ones to the others and back."""


Complaints = Decider[CaseFacts, Rulebook]


def _decide(facts: CaseFacts, now: datetime) -> Decision:
    return decide(facts, {}, DECIDER.policy, now)


@for_all(stories(), st.data())
def test_order_and_repetition_make_no_difference(
    events: list[CaseEvent], data: st.DataObject
) -> None:
    invariants.order_and_repetition_make_no_difference(DECIDER, events, data)


@for_all(stories())
def test_facts_survive_being_stored(events: list[CaseEvent]) -> None:
    invariants.facts_survive_being_stored(DECIDER, events)


@for_all(DECIDERS, stories(), MOMENTS, st.floats(0, 1))
def test_nothing_changes_before_it_is_due(
    by: Complaints, events: list[CaseEvent], now: datetime, part: float
) -> None:
    invariants.nothing_changes_before_it_is_due(by, known(events), now, part)


@for_all(DECIDERS, stories())
def test_being_woken_when_due_leads_where_sleeping_through_leads(
    by: Complaints, events: list[CaseEvent]
) -> None:
    facts = known(events)
    invariants.being_woken_when_due_leads_where_sleeping_through_leads(by, facts, at("-1d"), LATEST)


@for_all(DECIDERS, stories(), st.data())
def test_however_it_is_told_the_same_is_said(
    by: Complaints, events: list[CaseEvent], data: st.DataObject
) -> None:
    invariants.however_it_is_told_the_same_is_said(by, events, data)


@for_all(DECIDERS, stories(), st.data())
def test_an_outage_leads_where_none_leads(
    by: Complaints, events: list[CaseEvent], data: st.DataObject
) -> None:
    invariants.an_outage_leads_where_none_leads(by, events, LATEST, data)


@for_all(stories(), st.data())
def test_what_is_forgotten_is_not_taken_back(events: list[CaseEvent], data: st.DataObject) -> None:
    invariants.an_outage_leads_where_none_leads(FORGETFUL, events, LATEST, data)


@for_all(DECIDERS, stories(), st.data())
def test_a_story_told_again_changes_nothing(
    by: Complaints, events: list[CaseEvent], data: st.DataObject
) -> None:
    invariants.a_story_told_again_changes_nothing(by, events, LATEST, data)


@for_all(stories(), st.data())
def test_a_policy_tried_for_a_while_leaves_no_trace(
    events: list[CaseEvent], data: st.DataObject
) -> None:
    invariants.a_policy_tried_for_a_while_leaves_no_trace(DECIDER, OTHER_RULES, events, data)


@for_all(stories(), MOMENTS, st.integers(0, 20_000))
def test_time_alone_takes_nothing_back(
    events: list[CaseEvent], now: datetime, minutes: int
) -> None:
    facts = known(_reported_by(events, now))
    later = now + timedelta(minutes=minutes)
    assert abouts(_decide(facts, now)) <= abouts(_decide(facts, later))


def _reported_by(events: Sequence[CaseEvent], now: datetime) -> list[CaseEvent]:
    """Without steps that have not been taken yet."""
    return [event for event in events if getattr(event.data, "at", now) <= now]


@for_all(stories(), MOMENTS)
def test_a_verdict_agrees_with_its_breach(events: list[CaseEvent], now: datetime) -> None:
    facts = join(CaseFacts(), events)
    found = invariants.visible(_decide(facts, now), now)
    said = {place(about): content for about, content in found.items()}
    for about, content in said.items():
        saying, _, clock = about.partition("/")
        if saying == "verdict" and content["verdict"] == "kept":
            assert f"breach/{clock}" not in said
            assert content["margin_seconds"] >= 0
        if saying == "breach":
            assert f"warning/{clock}" in said
            assert content["due_at"] <= now


@for_all(DECIDERS, stories(), MOMENTS)
def test_a_held_clock_cannot_break(by: Complaints, events: list[CaseEvent], now: datetime) -> None:
    facts = known(events)
    if isinstance(facts.complaint, Filed):
        standing = stand(facts, facts.complaint, by.policy, now)
        for clock in standing.clocks:
            due_at = clock.due_at
            if due_at is None or not clock.rule.pausable or not clock.broken(now):
                continue
            for hold in standing.course.holds:
                assert not (hold.start < due_at and (hold.end is None or due_at < hold.end))


@for_all(DECIDERS, stories(), MOMENTS)
def test_what_is_closed_owes_nothing(
    by: Complaints, events: list[CaseEvent], now: datetime
) -> None:
    facts = known(_reported_by(events, now))
    decision = by.decide(facts, {}, by.policy, now)
    if decision.listing is not None and decision.listing.deadline is None:
        assert isinstance(facts.complaint, Filed)
        last = stand(facts, facts.complaint, by.policy, now).generations[-1].number
        assert f"closed/{last}" in abouts(decision)


@for_all(DECIDERS, stories(), MOMENTS)
def test_how_a_case_stands_agrees_with_its_listing(
    by: Complaints, events: list[CaseEvent], now: datetime
) -> None:
    facts = known(events)
    decision = by.decide(facts, {}, by.policy, now)
    found = [output.content for output in decision.outputs if output.about == ABOUT_THE_STANDING]
    assert len(found) == (decision.listing is not None)
    for told in found:
        assert isinstance(told, CaseStandingChanged)
        assert decision.listing is not None
        assert (told.status == "open") == (decision.listing.deadline is not None)
        assert told.status == "closed" or told.turns[-1].stands in {"open", "satisfied"}
        assert [turn.at for turn in told.turns] == sorted(turn.at for turn in told.turns)
        assert told.severity == decision.listing.tally["severity"]
        merged = decision.listing.tally["merged_away"]
        assert merged == (told.turns[-1].stands == "merged")
