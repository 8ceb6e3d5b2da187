"""When a span is used up: tables, and what must hold of any span, calendar and hold."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.time.calendar import BusinessCalendar
from shared.time.calendar_file import STATUTORY, Arrangements
from shared.time.deadlines import Hold, Span, due, elapsed, joined, part_of, years_needed
from shared.yaml_file import read_yaml
from tests.examples import thorough
from tests.shared.time.oracle import MOMENTS, draw

MILLISECOND = timedelta(milliseconds=1)


def calendar(zone: str, *windows: str, **more: object) -> BusinessCalendar:
    """Open on every day from Monday to Friday at these hours."""
    week = {day: list(windows) for day in ("mon", "tue", "wed", "thu", "fri")}
    return BusinessCalendar.model_validate({"name": "c", "timezone": zone, "week": week} | more)


def china() -> BusinessCalendar:
    """Open at 9 to 18 by the arrangements of 2025 and 2026."""
    years = read_yaml(STATUTORY / "cn.yaml", Arrangements).years.values()
    return calendar(
        "Asia/Shanghai",
        "09:00-18:00",
        closed=[day for year in years for span in year.off for day in span.days()],
        special={day: ["09:00-18:00"] for year in years for day in year.work},
    )


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


BERLIN = calendar("Europe/Berlin", "08:00-12:00", "13:00-17:00")
ROUND_THE_CLOCK = {
    day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
}
ALWAYS = {
    zone: BusinessCalendar.model_validate({"name": "a", "timezone": zone, "week": ROUND_THE_CLOCK})
    for zone in MOMENTS
}


@pytest.mark.parametrize(
    ("start", "span", "expected"),
    [
        ("2026-11-23 09:00", "2 business hours", "2026-11-23 11:00"),
        ("2026-11-23 11:00", "2 business hours", "2026-11-23 14:00"),
        ("2026-11-23 11:00", "1 business hour", "2026-11-23 12:00"),
        ("2026-11-23 16:00", "1 business hour", "2026-11-23 17:00"),
        ("2026-11-27 16:30", "1 business hour", "2026-11-30 08:30"),
        ("2026-11-28 10:00", "8 business hours", "2026-11-30 17:00"),
        ("2026-11-23 09:00", "1 business day", "2026-11-24 17:00"),
        ("2026-11-23 23:00", "1 business day", "2026-11-24 17:00"),
        ("2026-11-27 09:00", "1 business day", "2026-11-30 17:00"),
        ("2026-11-28 09:00", "5 business days", "2026-12-04 17:00"),
        ("2026-11-23 09:00", "1d 12h", "2026-11-24 21:00"),
        ("2026-12-31 16:00", "2 business hours", "2027-01-01 09:00"),
    ],
)
def test_a_week_in_berlin(start: str, span: str, expected: str) -> None:
    """Closing time counts as closing, not as the next opening."""
    found = due(local(start, "Europe/Berlin"), Span.parse(span), BERLIN)
    assert found == local(expected, "Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2025-10-26", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2025-11-02", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Asia/Shanghai", "2026-03-29", 24),
    ],
)
def test_a_day_that_is_open_all_day_is_as_long_as_it_is(zone: str, day: str, hours: float) -> None:
    start = local(f"{day} 00:00", zone)
    end = local(f"{date.fromisoformat(day) + timedelta(days=1)} 00:00", zone)
    assert elapsed(start, end, "business_time", ALWAYS[zone]) == timedelta(hours=hours)
    span = Span.of_seconds(int(hours * 3600), "business_time")
    assert due(start, span, ALWAYS[zone]) == end


def test_a_window_in_a_skipped_hour_is_never_open_and_in_a_repeated_one_twice() -> None:
    night = BusinessCalendar.model_validate(
        {"name": "n", "timezone": "Europe/Berlin", "week": {"sun": ["02:00-03:00"]}}
    )
    for day, length in (("2026-03-29", 0), ("2025-10-26", 2), ("2026-05-03", 1)):
        start = local(f"{day} 00:00", "Europe/Berlin")
        used = elapsed(start, start + timedelta(hours=12), "business_time", night)
        assert used == timedelta(hours=length)


def test_overnight_windows_belong_to_the_day_they_open_on() -> None:
    night = calendar("Europe/Berlin", "22:00-06:00")
    friday = local("2026-11-27 23:00", "Europe/Berlin")
    assert due(friday, Span.parse("8 business hours"), night) == local(
        "2026-11-30 23:00", "Europe/Berlin"
    )
    assert due(friday, Span.parse("1 business day"), night) == local(
        "2026-12-01 06:00", "Europe/Berlin"
    )


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-09-18 10:00", 1, "2026-09-20 18:00"),
        ("2026-09-24 10:00", 1, "2026-09-28 18:00"),
        ("2026-09-30 10:00", 3, "2026-10-10 18:00"),
        ("2026-02-13 10:00", 2, "2026-02-24 18:00"),
        ("2026-02-27 10:00", 1, "2026-02-28 18:00"),
        ("2025-01-24 10:00", 3, "2025-02-05 18:00"),
        ("2025-09-27 10:00", 4, "2025-10-09 18:00"),
        ("2025-12-31 10:00", 1, "2026-01-04 18:00"),
    ],
)
def test_chinese_holidays_and_make_up_days(start: str, days: int, expected: str) -> None:
    found = due(local(start, "Asia/Shanghai"), Span("business_days", days=days), china())
    assert found == local(expected, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ([(1, 3)], "6h"),
        ([(1, 3), (2, 5)], "8h"),
        ([(1, 2), (2, 3)], "6h"),
        ([(-5, -1)], "4h"),
        ([(-5, 2)], "6h"),
        ([(4, 9)], "4h"),
        ([(3, 3), (2, 1)], "4h"),
        ([(5, None)], "4h"),
    ],
)
def test_holds_are_given_back(holds: list[tuple[int, int | None]], expected: str) -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    found = [
        Hold(
            start + timedelta(hours=begins),
            None if ends is None else start + timedelta(hours=ends),
        )
        for begins, ends in holds
    ]
    length = Span.parse(expected).length
    assert length is not None
    assert due(start, Span.parse("4h"), None, found) == start + length


def test_an_open_hold_leaves_no_deadline_and_none_is_inside_a_hold() -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    assert due(start, Span.parse("4h"), None, [Hold(start + timedelta(hours=1))]) is None


def test_a_business_day_whose_closing_is_held_does_not_count() -> None:
    start = local("2026-11-23 09:00", "Europe/Berlin")
    held = Hold(
        local("2026-11-24 16:00", "Europe/Berlin"), local("2026-11-24 18:00", "Europe/Berlin")
    )
    assert due(start, Span.parse("1 business day"), BERLIN, [held]) == local(
        "2026-11-25 17:00", "Europe/Berlin"
    )


@pytest.mark.parametrize(
    ("span", "fraction", "expected"),
    [
        ("8h", 0.75, "2026-11-23 15:00"),
        ("8 business hours", 0.75, "2026-11-23 16:00"),
        ("8 business hours", 1.5, "2026-11-24 14:00"),
        ("1 business day", 0.5, "2026-11-24 08:30"),
        ("2 business days", 1.5, "2026-11-26 17:00"),
    ],
)
def test_a_part_of_a_span(span: str, fraction: float, expected: str) -> None:
    """From nine o'clock: 7 hours are open on that day, 8 on the next."""
    start = local("2026-11-23 09:00", "Europe/Berlin")
    found = part_of(start, Span.parse(span), fraction, BERLIN)
    assert found == local(expected, "Europe/Berlin")


def test_what_cannot_be_counted_is_an_error() -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    with pytest.raises(ValueError, match="needs a calendar"):
        due(start, Span.parse("1 business hour"), None)
    once = BusinessCalendar.model_validate(
        {"name": "o", "timezone": "UTC", "special": {"2026-11-24": ["09:00-10:00"]}}
    )
    with pytest.raises(ValueError, match="ten years"):
        due(start, Span.parse("2 business hours"), once)


def test_years_that_are_needed_and_not_known() -> None:
    known = calendar("Asia/Shanghai", "09:00-18:00", covered_years=[2025, 2026])
    start = local("2026-12-30 10:00", "Asia/Shanghai")
    assert years_needed(start, start + timedelta(days=30), known) == (2027,)
    assert years_needed(start, start, known) == ()
    assert years_needed(start, start + timedelta(days=30), BERLIN) == ()


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("2h", "2h"),
        ("90m", "1h 30m"),
        ("1 day 12 hours", "1d 12h"),
        ("8 business hours", "8 business hours"),
        ("1 BUSINESS day", "1 business day"),
        ("90 business minutes", "90 business minutes"),
    ],
)
def test_spans_are_written_as_people_write_them(text: str, again: str) -> None:
    assert str(Span.parse(text)) == again
    assert Span.parse(again) == Span.parse(text)


@pytest.mark.parametrize("text", ["", "0h", "-1h", "2", "h", "2 weeks", "1 business week", "1.5h"])
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="a length"):
        Span.parse(text)


SEEDS = st.integers(0, 10**9)
ZONES = st.sampled_from(sorted(MOMENTS))


@thorough
@given(SEEDS, ZONES)
def test_so_much_is_used_up_when_it_is_due_and_less_before(seed: int, zone: str) -> None:
    question = draw(random.Random(seed), zone)
    business = question.hours.calendar()
    span, holds = question.span, question.holds
    found = due(question.start, span, business, holds)
    if found is None:
        return
    wanted = span.days if span.days is not None else span.length
    assert elapsed(question.start, found, span.unit, business, holds) == wanted
    before = elapsed(question.start, found - MILLISECOND, span.unit, business, holds)
    assert before < wanted  # type: ignore[operator] # both are of one kind
    assert not any(
        hold.start < found and (hold.end is None or found < hold.end) for hold in joined(holds)
    )


@thorough
@given(SEEDS, ZONES, st.integers(0, 100_000))
def test_later_starts_longer_spans_and_more_holds_are_due_later(
    seed: int, zone: str, later: int
) -> None:
    question = draw(random.Random(seed), zone)
    business, span = question.hours.calendar(), question.span
    found = due(question.start, span, business, question.holds)
    if found is None:
        return
    after = due(question.start + timedelta(seconds=later), span, business, question.holds)
    assert after is None or found <= after
    longer = (
        Span("business_days", days=span.days + 1)
        if span.days is not None
        else Span(span.unit, length=(span.length or timedelta(0)) + timedelta(seconds=1))
    )
    more = due(question.start, longer, business, question.holds)
    assert more is None or found <= more
    without = due(question.start, span, business)
    assert without is not None
    assert without <= found


@thorough
@given(SEEDS, ZONES, st.floats(0.01, 0.99))
def test_a_part_is_not_later_than_the_whole(seed: int, zone: str, fraction: float) -> None:
    question = draw(random.Random(seed), zone)
    business, span, holds = question.hours.calendar(), question.span, question.holds
    whole = due(question.start, span, business, holds)
    part = part_of(question.start, span, fraction, business, holds)
    if whole is not None:
        assert part is not None
        assert part <= whole
