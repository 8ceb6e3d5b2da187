"""What must hold of a complaint case whatever is reported, in whatever order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given as for_all
from hypothesis import strategies as st

from services.complaints.domain.case import case_at
from services.complaints.domain.decide import decide
from services.complaints.domain.facts import CaseEvent, CaseFacts, Filed, join
from services.complaints.domain.rulebook import CaseRulebook
from shared.contracts.complaints import CaseStandingChanged
from shared.contracts.subjects import ABOUT_THE_STANDING
from shared.decider.decider import Decider
from shared.decider.decision import Decision
from tests.invariants import DeciderInvariants, visible
from tests.invariants.telling import an_outage_leads_where_none_leads
from tests.services.complaints.given import abouts, at, known, place
from tests.services.complaints.stories import (
    DECIDER,
    DECIDERS,
    FORGETFUL,
    LATEST,
    MOMENTS,
    OTHER_RULES,
    stories,
)

Complaints = Decider[CaseFacts, CaseRulebook]


def _decide(facts: CaseFacts, now: datetime) -> Decision:
    return decide(facts, {}, DECIDER.policy, now)


class TestInvariants(DeciderInvariants[CaseFacts, CaseRulebook]):
    decider = DECIDER
    deciders = DECIDERS
    stories = stories()
    moments = MOMENTS
    start, end = at("-1d"), LATEST
    other_policy = OTHER_RULES


@for_all(stories(), st.data())
def test_what_is_forgotten_is_not_taken_back(events: list[CaseEvent], data: st.DataObject) -> None:
    an_outage_leads_where_none_leads(FORGETFUL, events, LATEST, data)


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
    found = visible(_decide(facts, now), now)
    said = {place(about): content for about, content in found.items()}
    for about, content in said.items():
        kind, _, clock = about.partition("/")
        if kind == "verdict" and content["verdict"] == "kept":
            assert f"breach/{clock}" not in said
            assert content["margin_seconds"] >= 0
        if kind == "breach":
            assert f"warning/{clock}" in said
            assert content["due_at"] <= now


@for_all(DECIDERS, stories(), MOMENTS)
def test_a_held_clock_cannot_break(by: Complaints, events: list[CaseEvent], now: datetime) -> None:
    facts = known(events)
    if isinstance(facts.complaint, Filed):
        standing = case_at(facts, facts.complaint, by.policy, now)
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
        last = case_at(facts, facts.complaint, by.policy, now).generations[-1].number
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
        assert told.open_periods is not None
        ends = [end for period in told.open_periods for end in (period.since, period.until)]
        opened = [moment for moment in ends if moment is not None]
        assert opened == sorted(set(opened)), "one after the other, none empty"
        assert None not in ends[:-1]
        assert (ends[-1:] == [None]) == (told.status == "open")
        assert told.called_back_at is None or told.resolved_at is not None
        assert told.call_back_due_at is None or told.resolved_at is not None
        merged = decision.listing.tally["merged_away"]
        assert merged == (told.turns[-1].stands == "merged")
