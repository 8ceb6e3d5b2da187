"""What must hold of a complaint case whatever is reported, in whatever order."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import get_args

from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.complaints.decide import decide
from services.complaints.facts import CaseEvent, CaseFacts, join
from services.complaints.policy import POLICY_2123
from shared.contracts.decision import Decision
from shared.contracts.feeds import Severity, StepName
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
def one_event(draw: st.DrawFn, version: int) -> CaseEvent:
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
    minutes = draw(MINUTES)
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
    events = [draw(one_event(version)) for version in range(2, count + 2)]
    if draw(st.integers(0, 9)) > 0:
        events.append(filed(severity=draw(SEVERITY), recorded=draw(RECORDED)))
    return events


MOMENTS = MINUTES.map(lambda minutes: RECEIVED + timedelta(minutes=minutes))
LATEST = at("60d")


def _decide(facts: CaseFacts, now: datetime) -> Decision:
    return decide(facts, {}, POLICY_2123, now)


def _visible(decision: Decision, now: datetime) -> dict[str, object]:
    """What is said, but for the moment of noticing it."""
    return {
        output.about: output.content.model_dump(exclude={"noticed_at", "notified"})
        for output in decision.outputs
    }


@on_a_busy_machine
@for_all(stories(), st.data())
def test_order_repetition_and_batches_make_no_difference(
    events: list[CaseEvent], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(events + events[: data.draw(st.integers(0, 5))]))
    assert known(shuffled) == known(events)


@on_a_busy_machine
@for_all(stories())
def test_a_repeated_event_changes_nothing(events: list[CaseEvent]) -> None:
    facts = known(events)
    for event in events:
        assert join(facts, event) is facts


@on_a_busy_machine
@for_all(stories())
def test_facts_survive_storage(events: list[CaseEvent]) -> None:
    facts = known(events)
    stored = facts.model_dump(mode="json", exclude_defaults=True)
    assert CaseFacts.model_validate(stored) == facts
    assert set(facts.versions()) == {event.data.document_id for event in events}


@on_a_busy_machine
@for_all(stories(), MOMENTS)
def test_next_due_is_always_later_and_nothing_changes_before_it(
    events: list[CaseEvent], now: datetime
) -> None:
    facts = known(events)
    decision = _decide(facts, now)
    assert decision.next_due is None or decision.next_due > now
    before = (decision.next_due or LATEST) - timedelta(milliseconds=1)
    for moment in (now + (before - now) / 2, before):
        assert _visible(_decide(facts, max(now, moment)), moment) == _visible(decision, now)


@on_a_busy_machine
@for_all(stories(), MOMENTS)
def test_waking_at_every_next_due_comes_to_the_same_as_one_look_at_the_end(
    events: list[CaseEvent], now: datetime
) -> None:
    facts = known(events)
    wakes = _wakes(facts, now)
    at_the_end = _visible(_decide(facts, LATEST), LATEST)
    assert _visible(_decide(facts, wakes[-1]), wakes[-1]) == at_the_end


def _wakes(facts: CaseFacts, now: datetime) -> list[datetime]:
    wakes = [now]
    while (due := _decide(facts, wakes[-1]).next_due) is not None:
        wakes.append(due)
        assert len(wakes) < 200, "the case never comes to rest"
    return wakes


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
    said = _visible(_decide(facts, now), now)
    for about, content in said.items():
        saying, clock = about.split("/", 1)
        assert isinstance(content, dict)
        if saying == "verdict" and content["verdict"] == "kept":
            assert f"breach/{clock}" not in said
            assert content["margin_seconds"] >= 0
        if saying == "breach":
            assert f"warning/{clock}" in said
            assert content["due_at"] <= now
