"""What a dealer's cases come to by week and month, and as a table."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.complaints.domain.listing import CaseTally, ClockState, ClockTally
from services.complaints.views.csv import MOST_CATEGORIES, to_csv
from services.complaints.views.statistics import periods, statistics_of
from shared.contracts.http.complaints_statistics import By, PeriodStatistics, Statistics
from tests.services.complaints.given import DEALER

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
Counted = tuple[CaseTally, bool]


def clock(
    state: ClockState, seconds: int | None = None, name: str = "contact", generation: int = 1
) -> ClockTally:
    return ClockTally(clock=name, generation=generation, state=state, seconds=seconds)


def case(
    received_on: str,
    *clocks: ClockTally,
    customer: str = "C-1",
    category: str = "repair quality",
    severity: str = "normal",
    channel: str = "phone",
    reopened: int = 0,
    is_open: bool = False,
    merged: bool = False,
) -> Counted:
    """What a case counts for, and whether it is open."""
    tally = CaseTally(
        customer_key=f"{DEALER}/cdk/{customer}",
        received_on=received_on,
        category=category,
        severity=severity,
        channel=channel,
        reopened=reopened,
        merged_away=merged,
        clocks=clocks,
    )
    return tally, is_open


def of(*cases: Counted, by: By = "month", first: date = FIRST, last: date = LAST) -> Statistics:
    return statistics_of(cases, dealer_id=DEALER, by=by, first=first, last=last)


def per_period(found: Statistics, measure: str) -> dict[str, object]:
    """Of the periods that have any."""
    values = ((each.period, getattr(each, measure)) for each in found.periods)
    return {period: value for period, value in values if value}


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        ("2026-01-01", "2026-01-04", ["2026-W01"]),
        ("2026-01-01", "2026-01-05", ["2026-W01", "2026-W02"]),
        ("2025-12-28", "2025-12-29", ["2025-W52", "2026-W01"]),
        ("2026-12-31", "2027-01-04", ["2026-W53", "2027-W01"]),
        ("2026-01-05", "2026-01-05", ["2026-W02"]),
    ],
)
def test_weeks_are_those_of_iso(first: str, last: str, names: list[str]) -> None:
    found = periods("week", date.fromisoformat(first), date.fromisoformat(last))
    assert [period.name for period in found] == names


def test_months_are_cut_at_both_ends() -> None:
    found = periods("month", date(2025, 12, 31), date(2026, 2, 15))
    assert [(period.name, period.first.day, period.last.day) for period in found] == [
        ("2025-12", 31, 31),
        ("2026-01", 1, 31),
        ("2026-02", 1, 15),
    ]


def test_a_case_counts_where_it_was_received() -> None:
    found = of(
        case("2026-01-01", severity="major"),
        case("2026-01-31", channel="app", is_open=True, customer="C-2"),
        case("2026-02-01", category="price", customer="C-3", reopened=2),
        case("2025-12-31", customer="C-4"),
        case("2026-04-01", customer="C-5"),
    )
    assert per_period(found, "received") == {"2026-01": 2, "2026-02": 1}
    assert per_period(found, "open") == {"2026-01": 1}
    assert per_period(found, "closed") == {"2026-01": 1, "2026-02": 1}
    assert per_period(found, "reopened") == {"2026-02": 1}
    assert found.periods[0].by_severity == {"major": 1, "normal": 1}
    assert found.periods[0].by_channel == {"app": 1, "phone": 1}
    assert found.total.by_category == {"price": 1, "repair quality": 2}
    assert (found.total.received, found.total.first, found.total.last) == (3, FIRST, LAST)
    assert [period.period for period in found.periods] == ["2026-01", "2026-02", "2026-03"]
    assert found.periods[2].received == 0


def test_a_duplicate_that_was_merged_counts_as_that_alone() -> None:
    found = of(
        case("2026-01-05", clock("ended"), merged=True), case("2026-01-06", clock("kept", 60))
    ).periods[0]
    assert (found.received, found.merged, found.repeat_complainers) == (1, 1, 0)
    assert (found.clocks["contact"].kept, found.clocks["contact"].ended) == (1, 0)
    assert found.by_severity == {"normal": 1}


@pytest.mark.parametrize(
    ("seconds", "median", "p90"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 2], 1, 2),
        ([10, 20], 15, 20),
        ([3, 1, 2], 2, 3),
        (list(range(1, 11)), 5, 9),
        (list(range(1, 12)), 6, 10),
        ([5] * 9 + [500], 5, 5),
    ],
)
def test_the_middle_and_the_slow_end_of_what_was_stopped(
    seconds: list[int], median: int | None, p90: int | None
) -> None:
    cases = [case("2026-01-02", clock("kept", each)) for each in seconds]
    found = of(*cases, case("2026-01-03", clock("running"))).periods[0].clocks["contact"]
    assert (found.median_seconds, found.p90_seconds) == (median, p90)


def test_clocks_count_by_what_became_of_them_in_all_generations() -> None:
    found = of(
        case("2026-01-02", clock("kept", 60), clock("broken", 9000, generation=2)),
        case("2026-01-03", clock("broken"), clock("running", name="answer")),
        case("2026-01-04", clock("ended")),
    ).periods[0]
    contact, answer = found.clocks["contact"], found.clocks["answer"]
    assert (contact.kept, contact.broken, contact.running, contact.ended) == (1, 2, 0, 1)
    assert (answer.kept, answer.broken, answer.running, answer.ended) == (0, 0, 1, 0)
    assert contact.median_seconds == 4530


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ([case("2026-01-05")], {}),
        ([case("2026-01-05"), case("2026-01-05")], {"2026-01": 1}),
        ([case("2026-01-05"), case("2026-02-05")], {"2026-02": 1}),
        ([case("2026-01-05"), case("2026-02-05", customer="C-2")], {}),
        ([case("2025-01-05"), case("2026-01-05")], {"2026-01": 1}),
        ([case("2025-01-04"), case("2026-01-05")], {}),
        ([case("2025-06-01"), case("2025-07-01")], {}),
        ([case("2026-01-05"), case("2026-01-06"), case("2026-01-07")], {"2026-01": 1}),
        ([case("2026-03-05"), case("2026-04-07")], {}),
    ],
)
def test_who_complains_again_within_a_year(
    cases: list[Counted], expected: dict[str, object]
) -> None:
    assert per_period(of(*cases), "repeat_complainers") == expected


def test_who_complains_again_and_again_is_one_of_the_total() -> None:
    found = of(case("2026-01-05"), case("2026-02-05"), case("2026-03-05"))
    assert per_period(found, "repeat_complainers") == {"2026-02": 1, "2026-03": 1}
    assert found.total.repeat_complainers == 1


STATES: tuple[ClockState, ...] = ("running", "kept", "broken", "ended")
CASES = st.lists(
    st.builds(
        case,
        st.dates(FIRST - timedelta(days=400), LAST + timedelta(days=30)).map(str),
        st.builds(
            clock,
            st.sampled_from(STATES),
            st.none() | st.integers(0, 10_000),
            st.sampled_from(["contact", "answer"]),
        ),
        customer=st.sampled_from(["C-1", "C-2", "C-3"]),
        category=st.sampled_from(["price", "repair", "=1+1"]),
        severity=st.sampled_from(["normal", "major"]),
        reopened=st.integers(0, 2),
        is_open=st.booleans(),
    ),
    max_size=25,
)
CUTS = st.lists(st.dates(FIRST + timedelta(days=1), LAST), max_size=6, unique=True).map(sorted)


@for_all(CASES, st.randoms(use_true_random=False), st.sampled_from(["week", "month"]))
def test_the_order_of_the_cases_makes_no_difference(
    cases: list[Counted], random: Random, by: By
) -> None:
    shuffled = cases.copy()
    random.shuffle(shuffled)
    assert of(*shuffled, by=by) == of(*cases, by=by)


@for_all(CASES, CUTS)
def test_the_weeks_sum_to_the_same_as_any_other_parts(
    cases: list[Counted], cuts: Sequence[date]
) -> None:
    whole = of(*cases, by="week")
    bounds = [FIRST, *cuts, LAST + timedelta(days=1)]
    parts = [
        of(*cases, by="month", first=first, last=past - timedelta(days=1)).total
        for first, past in pairwise(bounds)
    ]
    assert _summed(whole.periods) == _summed(parts) == _summed([whole.total])


@for_all(CASES)
def test_the_weeks_count_what_a_naive_count_does(cases: list[Counted]) -> None:
    within = [tally for tally, _ in cases if FIRST <= date.fromisoformat(tally.received_on) <= LAST]
    by_week = Counter(
        "{}-W{:02d}".format(*date.fromisoformat(tally.received_on).isocalendar()[:2])
        for tally in within
    )
    assert per_period(of(*cases, by="week"), "received") == by_week


def _summed(parts: Sequence[PeriodStatistics]) -> Counter[str]:
    """All measures that add up."""
    found: Counter[str] = Counter()
    for part in parts:
        found.update(received=part.received, open=part.open, closed=part.closed)
        found.update(reopened=part.reopened)
        for name in ("by_category", "by_severity", "by_channel"):
            found.update({f"{name} {key}": n for key, n in getattr(part, name).items()})
        for name, each in part.clocks.items():
            found.update({f"{name} kept": each.kept, f"{name} broken": each.broken})
            found.update({f"{name} running": each.running, f"{name} ended": each.ended})
    return +found


def rows(found: Statistics) -> list[dict[str, str]]:
    text = to_csv(found)
    assert text.startswith("\ufeffperiod 期间,from 起,to 止,received 受理,")
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_table_has_a_row_per_period_and_the_total() -> None:
    table = rows(of(case("2026-01-02", clock("kept", 60)), case("2026-03-02", clock("broken"))))
    assert [row["period 期间"] for row in table] == ["2026-01", "2026-02", "2026-03", "total"]
    assert [row["received 受理"] for row in table] == ["1", "0", "1", "2"]
    assert [row["category 类别: repair quality"] for row in table] == ["1", "0", "1", "2"]
    assert [row["contact: kept 按时"] for row in table] == ["1", "0", "0", "1"]
    assert [row["contact: median s 中位秒数"] for row in table] == ["60", "", "", "60"]


def test_a_table_of_nothing_has_its_headings() -> None:
    assert [row["received 受理"] for row in rows(of())] == ["0"] * 4


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "=1", " =1", "|cmd", "a"])
def test_no_text_of_a_source_begins_a_formula(text: str) -> None:
    [*_, heading] = to_csv(of(case("2026-01-02", category=text))).splitlines()[0].split(",")
    assert heading == f"category 类别: {text}"


def test_a_text_that_begins_a_formula_is_defused() -> None:
    """A clock's name cannot be one, so it is one here that no policy allows."""
    table = to_csv(of(case("2026-01-02", clock("kept", 1, name="=cmd"))))
    assert ",'=cmd: kept 按时," in table.splitlines()[0]


def test_quotes_commas_and_lines_in_a_category_stay_in_their_cell() -> None:
    category = 'a "b", c\nd'
    assert rows(of(case("2026-01-02", category=category)))[0][f"category 类别: {category}"] == "1"


def test_rare_categories_share_a_column() -> None:
    cases = [case("2026-01-02", category=f"c{number}") for number in range(MOST_CATEGORIES + 5)]
    table = rows(of(*cases, *cases[:MOST_CATEGORIES]))
    assert table[0]["other categories 其他类别"] == "5"
    assert sum(key.startswith("category") for key in table[0]) == MOST_CATEGORIES
