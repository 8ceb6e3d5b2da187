"""Customers, visits and value by month, against figures that are reckoned anew from the facts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as always
from hypothesis import strategies as some

from services.scoring.domain.counters import counter_from
from services.scoring.domain.facts import ScoringFacts
from services.scoring.domain.summary import summarize
from services.scoring.views.analysis import MOST_GROUPS, TRAITS, analysed, band_of
from services.scoring.views.grades import grades_of
from services.scoring.views.totals import CountedMonths
from shared.contracts.envelope import Event
from shared.contracts.http.scoring_months import (
    AnalysisBy,
    AnalysisMonth,
    FiguresOfMonth,
)
from shared.testing.summaries import totals_of
from shared.time.months import month_at, month_from, month_text
from tests.services.scoring.given import DEALER, POLICY, day, sale, visit
from tests.services.scoring.several import profile, told_of
from tests.services.scoring.stories import moments, stories
from tests.services.scoring.views.reckoning import Reckoned, reckoned

SHANGHAI = ZoneInfo("Asia/Shanghai")
BY = get_args(AnalysisBy)

words = some.sampled_from([None, "teacher", "Pudong"])
profiles = some.builds(
    profile,
    birth_year=some.sampled_from([None, 1950, 1985, 1996, 1997]),
    occupation=words,
    area=words,
)
customers = some.lists(some.tuples(stories(), some.lists(profiles, max_size=1)), max_size=4)


def totals(known: Mapping[str, ScoringFacts], now: datetime) -> Mapping[str, Mapping[str, int]]:
    found = (summarize(facts, POLICY, now, zone=SHANGHAI) for facts in known.values())
    return totals_of(summary for summary in found if summary is not None)


def known_customers(*told: list[Event[Any]]) -> dict[str, ScoringFacts]:
    keys = [f"{DEALER}/{source}/C{number}" for number, source in enumerate(["cdk", "crm"] * 60)]
    return {key: told_of(key, *events) for key, events in zip(keys, told, strict=False) if events}


def plain(figures: FiguresOfMonth) -> Reckoned:
    assert sum(figures.by_grade.values()) == figures.customers
    return Reckoned(
        customers=figures.customers,
        visits=figures.visits,
        paid=sum(figures.paid.values()),
        value=figures.value,
        active=figures.by_risk["active"],
        due=figures.by_risk["due"],
        at_risk=figures.by_risk["at_risk"],
        lost=figures.by_risk["lost"],
    )


def counted(
    known: Mapping[str, ScoringFacts],
    now: datetime,
    asked: Sequence[int],
    by: AnalysisBy = "grade",
) -> CountedMonths:
    return CountedMonths.of(totals(known, now), asked, now, TRAITS.get(by))


def analysis(*told: list[Event[Any]], by: AnalysisBy, months: list[str]) -> list[AnalysisMonth]:
    now = day("2026-11-20")
    found = counted(known_customers(*told), now, [month_from(each) for each in months], by)
    return list(analysed(found.months, by))


@always(customers, moments, some.sampled_from(BY), some.integers(0, 36))
def test_figures_are_what_is_reckoned_from_the_facts(
    told: list[tuple[list[Event[Any]], list[Event[Any]]]],
    now: datetime,
    by: AnalysisBy,
    ago: int,
) -> None:
    known = known_customers(*([*story, *who] if story else [] for story, who in told))
    asked = month_at(now, SHANGHAI) - ago
    [month] = analysed(counted(known, now, [asked], by).months, by)
    year, number = map(int, month_text(asked).split("-"))
    expected = reckoned(known, POLICY, by, year=year, month=number, zone=SHANGHAI, now=now)
    shown = {group.group: plain(group.figures) for group in month.groups}
    shown["total"] = plain(month.total)
    assert {name: figures for name, figures in shown.items() if any(figures)} == expected


def test_every_month_has_the_same_groups_and_a_level_stays() -> None:
    told = [sale("2025-02-10"), profile(occupation="teacher")]
    found = analysis(told, by="occupation", months=["2025-01", "2025-02", "2025-03"])
    assert [month.month for month in found] == ["2025-01", "2025-02", "2025-03"]
    assert [[group.group for group in month.groups] for month in found] == [["teacher"]] * 3
    assert [month.groups[0].figures.customers for month in found] == [0, 1, 1]


def test_what_the_feed_does_not_tell_is_unknown_and_comes_last() -> None:
    teacher = [sale("2025-02-10"), profile(occupation="teacher")]
    others = [[sale("2025-02-10")], [sale("2025-02-10")]]
    [month] = analysis(*others, teacher, by="occupation", months=["2025-02"])
    assert [(group.group, group.figures.customers) for group in month.groups] == [
        ("teacher", 1),
        ("unknown", 2),
    ]


def test_ages_go_by_the_year_of_the_month() -> None:
    told = [sale("2025-02-10"), profile(birth_year=1996)]
    found = analysis(told, by="age", months=["2025-12", "2026-01"])
    shown = [[group.group for group in month.groups if group.figures.customers] for month in found]
    assert shown == [["under 30"], ["30-39"]]


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("2026", "under 30"),
        ("1997", "under 30"),
        ("1996", "30-39"),
        ("1966", "60 and over"),
        ("1906", "60 and over"),
        ("1905", "unknown"),
        ("2027", "unknown"),
        ("unknown", "unknown"),
    ],
)
def test_who_is_not_born_or_too_old_has_no_age(born: str, band: str) -> None:
    assert band_of(born, 2026) == band


def test_many_groups_are_shown_as_one() -> None:
    told = [
        [sale("2025-02-10"), profile(occupation=f"job {number}")]
        for number in range(MOST_GROUPS + 3)
    ]
    [month] = analysis(*told, by="occupation", months=["2025-02"])
    assert len(month.groups) == MOST_GROUPS + 1
    assert (month.groups[-1].group, month.groups[-1].figures.customers) == ("other", 3)
    assert month.total.customers == MOST_GROUPS + 3


def test_money_given_back_is_counted_where_it_was() -> None:
    told = [visit("2025-02-10", "R1", paid="300"), visit("2025-02-20", "R2", paid="-100")]
    [month] = analysis(told, by="source", months=["2025-02"])
    assert month.total.paid == {"CNY": 200}
    assert month.total.visits == 1


def test_a_car_is_told_by_make_and_model() -> None:
    told = [
        sale("2025-02-10", vin="V1"),
        profile(cars={"V1": ("BYD", "Han"), "V2": ("VW", "ID.3")}),
    ]
    [month] = analysis(told, by="car", months=["2025-02"])
    assert [group.group for group in month.groups] == ["BYD Han"]


def grades(*told: list[Event[Any]], months: list[str]) -> list[FiguresOfMonth]:
    now = day("2026-11-20")
    found = counted(known_customers(*told), now, [month_from(each) for each in months])
    return [grades_of(month).figures for month in found.months]


def test_movement_between_grades_is_told_by_month() -> None:
    risen = [sale("2025-01-10"), visit("2025-02-20", paid="1000")]
    found = grades(risen, [sale("2025-02-10")], months=["2025-01", "2025-02", "2025-03"])
    assert [(month.customers, month.new) for month in found] == [(1, 1), (2, 1), (2, 0)]
    assert [month.by_grade["potential"] for month in found] == [0, 1, 1]
    moves = [[(move.before, move.after, move.customers) for move in m.grade_moves] for m in found]
    assert moves == [[], [("general", "potential", 1)], []]


def test_what_is_counted_otherwise_is_no_figure_of_a_group() -> None:
    for counter in ("new", "N", "Nx", "xq", "", " ", "oteacher", "oteacher shadow"):
        assert counter_from(counter) is None


def test_the_total_is_all_customers() -> None:
    [month] = analysis([sale("2025-02-10")], [visit("2025-02-10")], by="age", months=["2025-02"])
    assert (month.total.customers, month.total.new) == (2, 2)


@always(stories(), moments)
def test_a_new_month_changes_nobody(story: list[Event[Any]], now: datetime) -> None:
    """What was counted when points changed last says the same of each month that can be asked for
    a long time after."""
    known = known_customers(story)
    later = now + timedelta(days=100)
    if story and summarize(known[next(iter(known))], POLICY, later, zone=SHANGHAI) is not None:
        asked = range(month_at(now, SHANGHAI) - 33, month_at(now, SHANGHAI) + 1)
        before = [grades_of(month) for month in counted(known, now, asked).months]
        after = [grades_of(month) for month in counted(known, later, asked).months]
        assert after[:-1] == before[:-1]
