"""What must hold of a complaint case whatever is reported, in whatever order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from typing import get_args

from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.complaints.app import machine
from services.complaints.decide import decide
from services.complaints.facts import CaseEvent, CaseFacts, join
from services.complaints.policy import POLICY_2123, ComplaintPolicy
from services.complaints.settings import ComplaintSettings
from shared.contracts.decision import Decision
from shared.contracts.feeds import Severity, StepName
from tests import invariants
from tests.complaints.scenario import RECEIVED, abouts, at, filed, known, moved, step

on_a_busy_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

MINUTES = st.one_of(
    st.sampled_from([0, 90, 120, 240, 1080, 1440, 2160, 2880, 3000, 4320, 5760, 7200]),
    st.integers(min_value=-30, max_value=20_000),
)
RECORDED = st.sampled_from(["0s", "1d", "6d", "8d", "30d"])
SEVERITY: st.SearchStrategy[Severity] = st.sampled_from(get_args(Severity))
STEPS: st.SearchStrategy[StepName] = st.sampled_from(get_args(StepName))
LIVELY: st.SearchStrategy[StepName] = st.sampled_from(
    ["contacted", "resolved", "called_back", "reopened", "regraded"]
)
"""The steps that make long stories; drawn as often as all steps together."""


@st.composite
def one_event(draw: st.DrawFn, version: int, busy_minutes: Sequence[int]) -> CaseEvent:
    """A complaint, a correction, a step, or a move: one version of one of a few documents."""
    kind = draw(st.sampled_from(["filed", "moved", *["step"] * 8]))
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
    )
    if kind == "moved":
        return moved(draw(st.sampled_from([taken, None])), version=version)
    return taken


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
MACHINE = machine(ComplaintSettings())
FORGETFUL = replace(
    MACHINE,
    policy=ComplaintPolicy(
        name="short memory", clocks=POLICY_2123.clocks, memory=timedelta(days=4)
    ),
)
OTHER_POLICY = ComplaintPolicy(name="no hurry", clocks=POLICY_2123.clocks[1:3])


def _decide(facts: CaseFacts, now: datetime) -> Decision:
    return decide(facts, {}, POLICY_2123, now)


@on_a_busy_machine
@for_all(stories(), st.data())
def test_order_and_repetition_make_no_difference(
    events: list[CaseEvent], data: st.DataObject
) -> None:
    invariants.order_and_repetition_make_no_difference(MACHINE, events, data)


@on_a_busy_machine
@for_all(stories())
def test_facts_survive_being_stored(events: list[CaseEvent]) -> None:
    invariants.facts_survive_being_stored(MACHINE, events)


@on_a_busy_machine
@for_all(stories(), MOMENTS, st.floats(0, 1))
def test_nothing_changes_before_it_is_due(
    events: list[CaseEvent], now: datetime, part: float
) -> None:
    invariants.nothing_changes_before_it_is_due(MACHINE, known(events), now, part)


@on_a_busy_machine
@for_all(stories())
def test_being_woken_when_due_leads_where_sleeping_through_leads(events: list[CaseEvent]) -> None:
    facts = known(events)
    invariants.being_woken_when_due_leads_where_sleeping_through_leads(
        MACHINE, facts, at("-1d"), LATEST
    )


@on_a_busy_machine
@for_all(stories(), st.data())
def test_however_it_is_told_the_same_is_said(events: list[CaseEvent], data: st.DataObject) -> None:
    invariants.however_it_is_told_the_same_is_said(MACHINE, events, data)


@on_a_busy_machine
@for_all(stories(), st.data())
def test_an_outage_leads_where_none_leads(events: list[CaseEvent], data: st.DataObject) -> None:
    invariants.an_outage_leads_where_none_leads(MACHINE, events, LATEST, data)


@on_a_busy_machine
@for_all(stories(), st.data())
def test_what_is_forgotten_is_not_taken_back(events: list[CaseEvent], data: st.DataObject) -> None:
    invariants.an_outage_leads_where_none_leads(FORGETFUL, events, LATEST, data)


@on_a_busy_machine
@for_all(stories(), st.data())
def test_a_story_told_again_changes_nothing(events: list[CaseEvent], data: st.DataObject) -> None:
    invariants.a_story_told_again_changes_nothing(MACHINE, events, LATEST, data)


@on_a_busy_machine
@for_all(stories(), st.data())
def test_a_policy_tried_for_a_while_leaves_no_trace(
    events: list[CaseEvent], data: st.DataObject
) -> None:
    invariants.a_policy_tried_for_a_while_leaves_no_trace(MACHINE, OTHER_POLICY, events, data)


@on_a_busy_machine
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


@on_a_busy_machine
@for_all(stories(), MOMENTS)
def test_a_verdict_agrees_with_its_breach(events: list[CaseEvent], now: datetime) -> None:
    facts = reduce(join, events, CaseFacts())
    said = invariants.visible(_decide(facts, now), now)
    for about, content in said.items():
        saying, clock = about.split("/", 1)
        if saying == "verdict" and content["verdict"] == "kept":
            assert f"breach/{clock}" not in said
            assert content["margin_seconds"] >= 0
        if saying == "breach":
            assert f"warning/{clock}" in said
            assert content["due_at"] <= now
