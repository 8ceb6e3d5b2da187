"""What the manager sees first: broken and nearly broken promises, who has what, what was kept."""

from datetime import timedelta

import pytest

from services.desk.domain.people import CustomerCard
from services.desk.views.manager import (
    cases_now,
    done_in_all,
    kept_clocks,
    open_of,
    people_rows,
)
from services.desk.views.manager_words import figure as written
from services.desk.views.manager_words import month_label, period_name
from shared.contracts.http.complaints import RungReached
from tests.access.dealers import MINE
from tests.services.desk.given_manager import NOW, case, clock, counts, weeks


def test_cases_stand_where_their_worst_clock_does() -> None:
    found = cases_now(
        [
            case("1", clock("contact", "running")),
            case("2", clock("contact", "running"), rung="warning"),
            case("3", clock("contact", "kept"), clock("answer", "broken"), rung="breach"),
            case("4", clock("answer", "paused", None), due=None),
        ],
        {},
        {},
    )
    assert [each.line.case_no for each in found.broken] == ["3"]
    assert [each.line.case_no for each in found.warned] == ["2"]
    assert (found.held, found.open) == (1, 4)
    assert found.broken[0].clock is not None
    assert found.broken[0].clock.clock == "answer", "the clock that is broken is named"


def test_broken_cases_come_by_deadline() -> None:
    broken = clock("contact", "broken")
    found = cases_now(
        [
            case("late", broken, due=NOW + timedelta(hours=1)),
            case("none", broken, due=None),
            case("soon", broken, due=NOW),
        ],
        {},
        {},
    )
    assert [each.line.case_no for each in found.broken] == ["soon", "late", "none"]


def test_customers_and_staff_have_names_where_they_are_known() -> None:
    key = f"{MINE}/cdk/C1"
    found = cases_now(
        [case("1", clock("c", "broken"), owner="s1"), case("2", clock("c", "broken"), owner="s2")],
        {key: CustomerCard(customer_key=key, name="王芳")},
        {"s1": "Lin Mei"},
    )
    assert [(each.customer, each.owner) for each in found.broken] == [
        ("王芳", "Lin Mei"),
        ("C2", "s2"),
    ]


def test_who_has_most_overdue_comes_first_and_nobody_last() -> None:
    rows = people_rows(
        counts({"bao": 4, "may": 1}, chen=(9, 1), nobody=(50, 40), bao=(3, 2)),
        {"s1": "Lin", "bao": "Bao"},
    )
    assert [(row.name, row.open, row.overdue, row.done) for row in rows] == [
        ("Bao", 3, 2, 4),
        ("chen", 9, 1, 0),
        ("Lin", 0, 0, 0),
        ("may", 0, 0, 1),
        ("", 50, 40, None),
    ]
    assert [row.asked for row in rows] == ["bao", "chen", "s1", "may", "nobody"]


def test_what_a_team_of_any_size_has_done_is_the_sum_of_its_rows() -> None:
    many = counts({f"s-{number}": 2 for number in range(45)})
    assert done_in_all(many) == sum(row.done or 0 for row in people_rows(many, {})) == 90
    assert done_in_all(counts(chen=(1, 0))) is None, "not told"
    assert [row.done for row in people_rows(counts(chen=(1, 0)), {})] == [None]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"overdue": False, "today": False}, 9),
        ({"overdue": True, "today": False}, 1),
        ({"overdue": False, "today": True}, 0),
        ({"overdue": True, "today": True}, None),
    ],
)
def test_how_many_tasks_a_list_has_in_all(asked: dict[str, bool], count: int | None) -> None:
    assert open_of(counts(chen=(9, 1), nobody=(50, 40)), "chen", **asked) == count
    assert open_of(counts(nobody=(50, 40)), "chen", **asked) is None


def test_the_clock_that_presses_most_is_named() -> None:
    told = RungReached.model_validate(
        {"clock": "answer", "name": "w", "kind": "warning", "to": [], "at": NOW}
    )
    running = clock("contact", "running"), clock("answer", "running", NOW + timedelta(hours=1))
    line = case("1", *running).model_copy(update={"rung": told})
    [warned] = cases_now([line], {}, {}).warned
    assert warned.clock == running[1] and warned.due_at == running[1].due_at


def test_nobody_has_no_row_where_nothing_is_nobodys() -> None:
    assert [row.name for row in people_rows(counts(chen=(1, 0)), {})] == ["chen"]


def test_kept_and_broken_by_week_and_clock() -> None:
    found = kept_clocks(
        weeks({"own": (1, 0), "contact": (2, 1)}, {"contact": (1, 0), "answer": (0, 0)}), str
    )
    assert found.titles == ("First contact", "own"), "shipped ones first, in their order"
    first, second = found.weeks
    assert [each and (each.kept, each.of, each.percent) for each in first.clocks] == [
        (2, 3, 67),
        (1, 1, 100),
    ]
    assert [each and each.of for each in second.clocks] == [1, None]
    assert found.total.clocks[0] is not None
    assert (found.total.clocks[0].of, found.total.clocks[0].median_hours) == (4, 1.5)
    contact = found.charts[0]
    assert list(contact.labels) == ["W40", "W41"]
    assert [list(series.values) for series in contact.series] == [[2, 1], [1, 0]]
    assert [list(series.values) for series in found.charts[1].series] == [[1, None], [0, None]]


@pytest.mark.parametrize(
    ("period", "en", "zh"),
    [("2026-11", "Nov", "11月"), ("2026-01", "Jan 26", "26年1月"), ("total", "total", "total")],
)
def test_months_are_short(period: str, en: str, zh: str) -> None:
    assert (month_label(period, "en"), month_label(period, "zh")) == (en, zh)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (8.25, "points", "8.2"),
        (8.0, "points", "8"),
        (None, "hours", "–"),
        (51.6, "percent", "51.6%"),
    ],
)
def test_figures_have_their_units(value: float | None, unit: str, shown: str) -> None:
    assert written(value, unit, str) == shown


@pytest.mark.parametrize(
    ("period", "en", "zh"),
    [
        ("2026-11", "Nov 2026", "2026年11月"),
        ("2026-W09", "week 9, 2026", "2026年第9周"),
        ("total", "total", "total"),
    ],
)
def test_a_table_tells_months_and_weeks_as_people_do(period: str, en: str, zh: str) -> None:
    assert (period_name(period, "en"), period_name(period, "zh")) == (en, zh)
