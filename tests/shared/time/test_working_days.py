"""Statutory working days: the one after receipt is the first, the end of the last the deadline."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import shared.time
from shared.time.calendar_file import compile_working_days
from shared.time.deadlines import Span, due, elapsed, years_needed

DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = compile_working_days("CN", range(2024, 2030))
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Chicago", "Pacific/Auckland")
ARRANGED = yaml.load(  # read once more, by other means than the product's
    (Path(shared.time.__path__[0]) / "statutory" / "cn.yaml").read_text(encoding="utf-8"),
    Loader=yaml.BaseLoader,
)["years"]
WORK = {date.fromisoformat(day) for year in ARRANGED.values() for day in year["work"]}
OFF = {
    date.fromisoformat(span["from"]) + number * DAY
    for year in ARRANGED.values()
    for span in year["off"]
    for number in range(
        (date.fromisoformat(span["to"]) - date.fromisoformat(span["from"])).days + 1
    )
}


def is_worked(day: date) -> bool:
    return day in WORK or (day.weekday() < 5 and day not in OFF)


def walked(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Day by day from the one after the start on; the midnight that ends the last."""
    day = start.astimezone(zone).date()
    while days:
        day += DAY
        days -= is_worked(day)
    return datetime.combine(day + DAY, time(0), zone).astimezone(UTC)


STARTS = st.integers(0, 540 * 86_400_000).map(
    lambda ms: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


@given(STARTS, st.integers(1, 60), st.sampled_from(ZONES))
def test_the_engine_finds_what_walking_finds(start: datetime, days: int, zone: str) -> None:
    calendar = CHINA.model_copy(update={"timezone": zone})
    found = due(start, Span("working_days", days=days), calendar)
    assert found == walked(start, days, ZoneInfo(zone))
    assert elapsed(start, found, "working_days", calendar) == days


@given(STARTS, st.integers(1, 30))
def test_the_hour_of_receipt_makes_no_difference(start: datetime, days: int) -> None:
    calendar = CHINA.model_copy(update={"timezone": "Asia/Shanghai"})
    day = start.astimezone(SHANGHAI).date()
    morning = datetime.combine(day, time(0), SHANGHAI)
    night = datetime.combine(day, time(23, 59, 59, 999_000), SHANGHAI)
    span = Span("working_days", days=days)
    assert due(morning, span, calendar) == due(night, span, calendar)


@pytest.mark.parametrize(
    ("start", "days", "ends"),
    [
        ("2026-11-25 10:00", 1, "2026-11-26"),
        ("2026-11-21 10:00", 1, "2026-11-23"),  # received on a Saturday
        ("2026-11-20 23:59", 10, "2026-12-04"),
        ("2026-09-30 10:00", 3, "2026-10-10"),  # the week off, then 8, 9 and the make-up Saturday
        ("2026-09-30 10:00", 10, "2026-10-20"),
        ("2026-10-10 00:00", 1, "2026-10-12"),  # received on a make-up day, which is day 0
        ("2026-02-13 18:00", 2, "2026-02-24"),  # 14 is made up, 15 to 23 are off
    ],
)
def test_make_up_days_count_and_holidays_do_not(start: str, days: int, ends: str) -> None:
    received = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    calendar = CHINA.model_copy(update={"timezone": "Asia/Shanghai"})
    found = due(received, Span.parse(f"{days} working days"), calendar)
    last = datetime.combine(date.fromisoformat(ends) + DAY, time(0), SHANGHAI)
    assert found == last


def test_years_without_an_arrangement_are_told() -> None:
    start = datetime(2026, 12, 20, tzinfo=UTC)
    assert years_needed(start, start + 30 * DAY, CHINA) == (2027,)


def test_other_countries_have_their_own_weekend_and_holidays() -> None:
    germany = compile_working_days("DE", range(2026, 2028))
    assert germany.covered_years == (2026, 2027)
    assert germany.windows_on(date(2026, 12, 25)) == ()
    assert compile_working_days("AE", range(2024, 2027)).windows_on(date(2026, 11, 28)) == ()
    with pytest.raises(ValueError, match="no country whose working days are known"):
        compile_working_days("XX", range(2026, 2028))


def test_working_days_are_written_as_people_write_them() -> None:
    for text in ("10 working days", "10  Working Days", "10 working day"):
        assert str(Span.parse(text)) == "10 working days"
    assert str(Span.parse("1 working day")) == "1 working day"
    for text in ("0 working days", "10 workdays", "working days", "-1 working days"):
        with pytest.raises(ValueError, match="a length is"):
            Span.parse(text)
