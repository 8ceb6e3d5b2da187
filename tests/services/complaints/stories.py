"""Stories of a complaint case, drawn by Hypothesis, and the rules that they are decided by."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import get_args

from hypothesis import strategies as st

from services.complaints.app import decider
from services.complaints.domain.facts import CaseEvent
from services.complaints.domain.policy import POLICY_2123, ComplaintPolicy
from services.complaints.domain.rulebook import CaseEdition, CaseRulebook, rulebook_of
from services.complaints.settings import ComplaintSettings
from shared.contracts.feed_parts import Severity, StepName
from tests.services.complaints.given import (
    CASE,
    DEALER,
    OTHER_CASE,
    RECEIVED,
    absorbed,
    at,
    filed,
    moved,
    not_absorbed_any_more,
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
    policy=CaseRulebook(
        editions={
            DEALER: (
                CaseEdition(applied_at=at("30m"), policy=POLICY_2123),
                CaseEdition(
                    applied_at=at("20h"), open_cases="rebase", policy=BUSINESS, calendar=CALENDAR
                ),
                CaseEdition(applied_at=at("3d"), open_cases="rebase", policy=POLICY_2123),
            )
        }
    ),
)
DECIDERS = st.sampled_from([DECIDER, IN_BUSINESS_TIME, REBASED])
"""By the shipped rules, by others in business time, and from the ones to the others and back."""
