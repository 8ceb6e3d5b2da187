"""How near a customer is to being lost, as given/when/then."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as always
from hypothesis import strategies as some

from services.scoring.domain.course import course
from services.scoring.domain.forecast import interval
from services.scoring.domain.history import CustomerHistory, history
from services.scoring.domain.policy import ScoringPolicy
from services.scoring.domain.risk import risk_course
from services.scoring.domain.risk_rule import RiskRule, RiskThreshold
from shared.contracts.envelope import Event
from shared.contracts.scoring import Risk, RiskChanged, RiskStands
from shared.decider.decision import Decision
from tests.services.scoring.given import (
    POLICY,
    Customer,
    complaint,
    day,
    given,
    moved,
    sale,
    survey,
    visit,
)
from tests.services.scoring.given_identity import not_parted, parted, profile
from tests.services.scoring.stories import START, moments, stories

CAR, OTHER = "LSVAU2180N2183294", "LSVAU2180N2183295"
EVERY_90_DAYS = tuple(
    visit(on, f"R{on}", vin=CAR)
    for on in ("2024-01-10", "2024-04-09", "2024-07-08", "2024-10-06", "2025-01-04")
)


def risk_of(story: Customer) -> RiskStands:
    risk = story.score.risk
    assert risk is not None
    return risk


class TestAgainstTheirOwnRhythm:
    def test_who_came_is_active_and_time_makes_due_then_at_risk_then_lost(self) -> None:
        story = given(*EVERY_90_DAYS)
        interval = 108  # of the usual 180 days once, and of their own 90 four times
        for days, risk in (
            (1, "active"),
            (interval - 1, "active"),
            (interval, "due"),
            (interval * 3 // 2 - 1, "due"),
            (interval * 3 // 2, "at_risk"),
            (interval * 9 // 4 - 1, "at_risk"),
            (interval * 9 // 4, "lost"),
            (3000, "lost"),
        ):
            when = day("2025-01-04") + timedelta(days=days)
            assert risk_of(story.when(when.isoformat())).risk == risk

    def test_each_change_is_told_once_with_its_day_and_why(self) -> None:
        story = given(*EVERY_90_DAYS).when("2025-06-20")
        assert story.risks == ["2025-04-22 active to due", "2025-06-15 due to at_risk"]
        [_, last] = [said for said in story.contents.values() if isinstance(said, RiskChanged)]
        assert last.words.en == (
            "Last here on 4 January 2025, with a visit about every 108 days: at risk from "
            "15 June 2025 on, after having been due"
        )
        assert last.words.zh == (
            "上次到店2025年1月4日，约每108天到店一次：2025年6月15日起由应到店转为有流失风险"
        )
        story.when("2025-06-21").then_anew()

    def test_a_visit_makes_active_at_one_stroke(self) -> None:
        story = given(*EVERY_90_DAYS).when("2025-10-01")
        assert risk_of(story).risk == "lost"
        story.reported(visit("2025-10-02", "R9", vin=CAR)).when("2025-10-03")
        assert story.risks[-1] == "2025-10-02 lost to active"
        [said] = [output for name, output in story.said.items() if name in story.anew]
        assert isinstance(said, RiskChanged)
        assert said.words.en == "Here on 2 October 2025: active, after having been lost"

    def test_who_has_no_rhythm_yet_is_told_by_what_is_usual(self) -> None:
        story = given(sale("2025-01-10", vin=CAR)).when("2025-01-11")
        risk = risk_of(story)
        assert (risk.risk, risk.next_risk, risk.next_at) == ("active", "due", day("2025-07-09"))
        assert risk.words.en == (
            "Last here on 10 January 2025, without a rhythm of their own yet (180 days are usual); "
            "active since 10 January 2025, due from 9 July 2025 on unless they come"
        )

    def test_the_lost_have_nothing_worse_to_become_and_nothing_is_due_of_them(self) -> None:
        story = given(visit("2015-01-10")).when("2025-01-10").next_due(None)
        risk = risk_of(story)
        assert (risk.risk, risk.next_risk, risk.next_at) == ("lost", None, None)

    def test_a_new_car_makes_active_too(self) -> None:
        story = given(*EVERY_90_DAYS, sale("2025-09-10", vin=OTHER)).when("2025-09-11")
        assert risk_of(story).risk == "active"
        assert story.risks[-1] == "2025-09-10 lost to active"

    def test_each_threshold_has_a_floor_and_a_cap(self) -> None:
        rule = RiskThreshold(percent=150, at_least_days=90, at_most_days=540)
        assert [rule.days(interval) for interval in (10, 61, 101, 900)] == [90, 92, 152, 540]

    def test_thresholds_are_data_down_to_a_day(self) -> None:
        soon = RiskRule(
            due=RiskThreshold(percent=1, at_least_days=1, at_most_days=365),
            at_risk=RiskThreshold(percent=2, at_least_days=2, at_most_days=540),
            lost=RiskThreshold(percent=3, at_least_days=3, at_most_days=730),
        )
        story = given(visit("2025-01-10")).by(ScoringPolicy(risk=soon)).when("2025-02-01")
        assert story.risks == [
            "2025-01-12 active to due",
            "2025-01-14 due to at_risk",
            "2025-01-16 at_risk to lost",
        ]


class TestWhoHasNone:
    @pytest.mark.parametrize(
        "event",
        [
            complaint("2025-01-10"),
            survey("2025-01-10", 9),
            visit("2025-01-10", status="open"),
            visit("2025-01-10", pays="internal"),
            sale("2025-01-10", sale_type="demo"),
            sale("2025-01-10", sale_type="wholesale"),
            sale("2025-01-10", status="open"),
        ],
    )
    def test_who_has_no_car_here_as_far_as_is_known(self, event: Event[Any]) -> None:
        score = given(event).when("2025-02-01").score
        assert (score.risk, score.next_visit) == (None, None)

    def test_a_profile_or_a_car_that_is_anothers_alone_is_no_score(self) -> None:
        story = given(profile(), parted("2025-01-10", CAR)).when("2025-02-01")
        assert story.decision == Decision()

    def test_who_parted_with_their_only_car(self) -> None:
        story = given(*EVERY_90_DAYS, parted("2025-02-01", CAR))
        assert risk_of(story.when("2025-01-31")).risk == "active"
        score = story.when("2025-02-01").score
        assert (score.risk, score.next_visit) == (None, None)
        assert story.when("2026-01-31").risks == []


class TestSeveralCars:
    def test_of_one_that_was_parted_with_the_visits_count_no_longer(self) -> None:
        story = given(
            sale("2022-01-10", vin=OTHER), *EVERY_90_DAYS, parted("2025-02-01", CAR)
        ).when("2025-02-02")
        risk = risk_of(story)
        assert (risk.risk, risk.since) == ("lost", day("2025-02-01"))
        assert story.risks[-1] == "2025-02-01 active to lost"
        [*_, said] = [said for said in story.contents.values() if isinstance(said, RiskChanged)]
        assert "of the cars that they still have" in said.words.en

    def test_a_sale_that_was_taken_back_brings_the_car_back(self) -> None:
        facts = (sale("2022-01-10", vin=OTHER), *EVERY_90_DAYS, parted("2025-02-01", CAR))
        story = given(*facts).when("2025-02-02").reported(not_parted(CAR)).when("2025-02-03")
        assert risk_of(story).risk == "active"
        assert "risk/2025-02-01T10:00:00.000Z/active-lost" in story.withdrawn

    def test_a_car_that_was_bought_back_is_theirs_again(self) -> None:
        back = sale("2025-03-01", "D7", vin=CAR)
        again = visit("2025-03-10", "R9", vin=CAR)
        story = given(*EVERY_90_DAYS, parted("2025-02-01", CAR), back, again)
        assert risk_of(story.when("2025-02-10").by(POLICY).when("2025-03-11")).risk == "active"
        assert story.when("2025-02-10").score.risk is None


class TestCorrections:
    def test_a_voided_visit_takes_back_what_it_brought_about(self) -> None:
        came = visit("2025-10-02", "R9", vin=CAR)
        voided = visit("2025-10-02", "R9", status="voided", revision=2)
        story = given(*EVERY_90_DAYS, came).when("2025-10-03")
        assert risk_of(story).risk == "active"
        story.reported(voided).when("2025-10-04")
        assert risk_of(story).risk == "lost"
        assert story.withdrawn == {"risk/2025-10-02T10:00:00.000Z/lost-active"}

    def test_what_was_history_on_arrival_alarms_nobody_and_what_follows_does(self) -> None:
        imported = visit("2024-09-10", received="2025-05-01")
        story = given(imported).when("2025-05-02")
        assert (risk_of(story).risk, story.risks) == ("due", [])
        assert story.when("2025-06-30").risks == ["2025-06-07 due to at_risk"]

    def test_changes_are_remembered_for_400_days(self) -> None:
        story = given(visit("2025-01-10"))
        assert "2025-07-09 active to due" in story.when("2026-08-12").risks
        assert "2025-07-09 active to due" not in story.when("2026-08-13").risks

    def test_a_visit_that_is_anothers_leaves_no_risk(self) -> None:
        given(visit("2025-01-10"), moved("visit", "R1")).when("2026-02-01").then_nothing()


@pytest.mark.parametrize(
    "wrong",
    [
        {"due": {"percent": 150, "at_least_days": 30, "at_most_days": 365}},
        {"at_risk": {"percent": 150, "at_least_days": 20, "at_most_days": 540}},
        {"lost": {"percent": 225, "at_least_days": 180, "at_most_days": 540}},
        {"lost": {"percent": 225, "at_least_days": 800, "at_most_days": 730}},
    ],
)
def test_thresholds_that_do_not_rise_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        RiskRule.model_validate(wrong)


@always(stories(), moments)
def test_where_the_walk_begins_makes_no_difference(story: list[Event[Any]], now: datetime) -> None:
    documents = given(*story).facts.documents
    brief, in_full = (course(documents, POLICY, now, in_full=whole).risk for whole in (False, True))
    assert (brief.stands, brief.following) == (in_full.stands, in_full.following)
    since = now - timedelta(days=POLICY.remember_changes_days)
    assert [change for change in brief.changes if change.at > since] == [
        change for change in in_full.changes if change.at > since
    ]
    for before, after in zip(in_full.changes, in_full.changes[1:], strict=False):
        assert before.at < after.at
    assert all(change.before != change.after for change in in_full.changes)


def reckoned(known: CustomerHistory, until: datetime) -> list[tuple[datetime, Risk]]:
    """The risk from each instant on, of who has all their cars, every instant from scratch."""
    visits = {visit.at: visit.order.day for visit in known.visits}
    contacts = sorted({*visits, *(purchase.at for purchase in known.purchases)})

    def ways(contact: datetime) -> list[tuple[datetime, Risk]]:
        days = sorted({day for at, day in visits.items() if at <= contact and day is not None})
        steps = POLICY.risk.steps(interval(days, POLICY.forecast).days)
        return [(contact, "active"), *((contact + after, risk) for risk, after in steps)]

    found: list[tuple[datetime, Risk]] = []
    for instant in sorted({at for contact in contacts for at, _ in ways(contact)}):
        last = max(contact for contact in contacts if contact <= instant)
        risk = max((at, risk) for at, risk in ways(last) if at <= instant)[1]
        if instant <= until and (not found or found[-1][1] != risk):
            found.append((instant, risk))
    return found


often = some.lists(some.integers(0, 200), max_size=12).map(
    lambda gaps: [
        visit(f"{START + timedelta(sum(gaps[: n + 1])):%Y-%m-%d}", f"R{n}")
        for n in range(len(gaps))
    ]
)
"""Visits on one day, and soon or long after each other."""


@always(stories() | often, moments)
def test_the_walk_finds_the_risks_that_plain_reckoning_finds(
    story: list[Event[Any]], now: datetime
) -> None:
    known = history(given(*story).facts.documents)
    if not known.ends:
        found = risk_course(known, POLICY, now).moments
        assert [(moment.at, moment.risk) for moment in found] == reckoned(known, now)
