"""When a customer is expected next: given which visits, then which day, from which to which."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given as always
from hypothesis import strategies as some
from pydantic import ValidationError

from services.scoring.domain.forecast import (
    Forecast,
    Reading,
    Rhythm,
    forecast,
    next_visit,
    words,
)
from services.scoring.domain.forecast_rule import ForecastRule, Spread
from shared.contracts.scoring import NextVisit

RULE = ForecastRule(
    usual_days=180,
    first_days=150,
    usual_counts_as=1,
    gaps_needed=2,
    gaps_looked_at=3,
    own_spread=Spread(earliest_percent=50, latest_percent=150),
    usual_spread=Spread(earliest_percent=25, latest_percent=200),
)
DELIVERED_ON = date(2024, 1, 1)


def after(*gaps: int) -> list[date]:
    """The first visit, 100 days after the delivery, and those after these gaps."""
    days = [DELIVERED_ON + timedelta(100)]
    for gap in gaps:
        days.append(days[-1] + timedelta(gap))
    return days


def told(days: Sequence[date], rule: ForecastRule = RULE) -> Forecast:
    return forecast(Rhythm(days, (), DELIVERED_ON, 1), rule)


def test_who_never_came_is_expected_the_days_of_a_first_visit_after_the_delivery() -> None:
    found = told([])
    assert (found.basis, found.interval_days) == ("default", 150)
    assert (found.earliest_on, found.expected_on, found.latest_on) == (
        DELIVERED_ON + timedelta(37),
        DELIVERED_ON + timedelta(150),
        DELIVERED_ON + timedelta(300),
    )


def test_with_too_few_gaps_there_is_no_rhythm_yet() -> None:
    days = after(100)
    found = told(days)
    assert (found.basis, found.expected_on) == ("default", days[-1] + timedelta(180))


def test_the_median_of_the_own_gaps_is_drawn_towards_what_is_usual() -> None:
    days = after(100, 100)
    found = told(days)
    assert (found.basis, found.gaps, found.interval_days) == ("own_rhythm", 2, 127)
    assert (found.earliest_on, found.latest_on) == (
        days[-1] + timedelta(63),
        days[-1] + timedelta(191),
    )


def test_only_the_last_gaps_are_looked_at() -> None:
    assert told(after(900, 900, 100, 100, 100)) == told(after(100, 100, 100))._replace(
        since=DELIVERED_ON + timedelta(2200),
        expected_on=DELIVERED_ON + timedelta(2320),
        earliest_on=DELIVERED_ON + timedelta(2260),
        latest_on=DELIVERED_ON + timedelta(2380),
    )


@pytest.mark.parametrize(("early", "late"), [(1, 1), (6, 6), (1, 6)])
def test_visits_close_together_are_one(early: int, late: int) -> None:
    apart = after(100, 100)
    close = [apart[0], apart[0] + timedelta(early), apart[1], apart[1] + timedelta(late), apart[2]]
    assert told(close).gaps == 2


def test_who_comes_every_week_comes_every_week() -> None:
    rule = ForecastRule(usual_counts_as=0, shortest_days=1)
    assert told(after(*[7] * 20), rule).interval_days == 7


def test_one_long_absence_does_not_change_the_rhythm() -> None:
    rule = ForecastRule(usual_counts_as=0, gaps_looked_at=5)
    assert told(after(100, 100, 700, 100, 100), rule).interval_days == 100


@pytest.mark.parametrize(("gap", "expected"), [(10, 30), (900, 400)])
def test_it_stays_within_the_limits(gap: int, expected: int) -> None:
    rule = ForecastRule(usual_counts_as=0, shortest_days=30, longest_days=400)
    assert told(after(gap, gap, gap), rule).interval_days == expected


CAR, OTHER = "LSVAU2180N2183294", "LSVAU2180N2183295"


@pytest.mark.parametrize(
    ("vins", "cars", "expected"),
    [((), 1, None), ((CAR,), 1, CAR), ((CAR, CAR), 1, CAR), ((CAR,), 2, None)],
)
def test_the_car_is_named_where_they_have_but_one(
    vins: tuple[str, ...], cars: int, expected: str | None
) -> None:
    days = after(100, 100)
    readings = [Reading(day, vin, 1000) for day, vin in zip(days, vins, strict=False)]
    for known in ((), days):
        found = forecast(Rhythm(known, readings, DELIVERED_ON, cars), RULE)
        assert found.vin == expected


@always(some.lists(some.dates(date(1900, 1, 1), date(2199, 12, 31)), unique=True, max_size=30))
def test_whatever_the_days_the_published_days_are_in_order_and_in_the_calendar(
    days: list[date],
) -> None:
    days.sort()
    found = forecast(Rhythm(days, (), min(days, default=date(2199, 12, 31)), 1), ForecastRule())
    published = next_visit(found)
    assert published == NextVisit.model_validate_json(published.model_dump_json())
    assert found.earliest_on <= found.expected_on <= found.latest_on
    assert published.since == found.since <= found.expected_on


def test_the_words_say_why() -> None:
    assert words(told([])).en == (
        "Too few visits for a rhythm of their own, so the usual 150 days: expected about 30 May "
        "2024, after 1 January 2024; of those who come, eight of ten do between 7 February 2024 "
        "and 27 October 2024"
    )
    found = words(told(after(100, 100)))
    assert found.en.startswith("About every 127 days, by their last 3 visits and what is usual: ")
    assert found.zh.startswith("按最近3次到店及通常间隔，约每127天一次：自2024年10月27日起，")


@pytest.mark.parametrize(
    "wrong",
    [
        {"usual_days": 10},
        {"usual_days": 800},
        {"first_days": 800},
        {"gaps_needed": 9},
        {"own_spread": {"earliest_percent": 110, "latest_percent": 150}},
        {"own_spread": {"earliest_percent": 50, "latest_percent": 90}},
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ForecastRule.model_validate(wrong)
