"""Days and instants, as feeds, spreadsheets and people write them."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example
from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.domain.mappings.records import Cell
from services.intake.domain.mappings.values.cells import Unreadable, ValueRead
from services.intake.domain.mappings.values.moments import (
    clock_of,
    day_of,
    instant_of,
    time_of,
    with_time,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def instant(cell: Cell, *formats: str, zone: ZoneInfo = SHANGHAI) -> ValueRead[datetime]:
    found = clock_of(cell, formats=formats)
    assert found is not None
    return instant_of(found, zone)


def shown(cell: Cell, *formats: str, zone: ZoneInfo = SHANGHAI) -> str:
    """What the clock of the zone shows then."""
    return instant(cell, *formats, zone=zone).value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("2026-01-05 09:05", "2026-01-05 09:05:00"),
        ("2026/1/5 9:05", "2026-01-05 09:05:00"),
        ("2026.1.5 9:05:30", "2026-01-05 09:05:30"),
        ("2026-01-05T09:05:00", "2026-01-05 09:05:00"),
        ("2026-01-05t8:47:50", "2026-01-05 08:47:50"),
        ("2026年1月5日", "2026-01-05 00:00:00"),
        ("2026年1月5日 9时5分", "2026-01-05 09:05:00"),
        ("2026年1月5日9点", "2026-01-05 09:00:00"),
        ("2026年1月5日 下午3:20", "2026-01-05 15:20:00"),
        ("2026-01-05 上午12:20", "2026-01-05 00:20:00"),
        ("2026-01-05 星期一 09:05", "2026-01-05 09:05:00"),
        ("2026/1/5（周一）9:05", "2026-01-05 09:05:00"),
        ("2026-1-5 3:20 PM", "2026-01-05 15:20:00"),
        ("2026-1-5 12:20 a.m.", "2026-01-05 00:20:00"),
        ("２０２６/１/５ ９：０５", "2026-01-05 09:05:00"),
        ("20260105", "2026-01-05 00:00:00"),
        ("202601050905", "2026-01-05 09:05:00"),
        ("20260105090530", "2026-01-05 09:05:30"),
        ("20260105 0905", "2026-01-05 09:05:00"),
        ("20260105T090530", "2026-01-05 09:05:30"),
        (20260105, "2026-01-05 00:00:00"),
        (20260105090530, "2026-01-05 09:05:30"),
        ("2026-01-05 24:00", "2026-01-06 00:00:00"),
        ("2026-12-31 24:00:00", "2027-01-01 00:00:00"),
        ("2026-01-05 09:05:60", "2026-01-05 09:05:59"),
        ("2026-01-05T01:05:00Z", "2026-01-05 09:05:00"),
        ("2026-01-05T01:05:00.250Z", "2026-01-05 09:05:00"),
        ("2026-01-05T02:05+01:00", "2026-01-05 09:05:00"),
        ("2026-01-05 02:05 +0100", "2026-01-05 09:05:00"),
        ("2026-01-04T17:05:00-08:0", "2026-01-05 09:05:00"),
        ("2026-01-05 01:05 UTC", "2026-01-05 09:05:00"),
        ("46027", "2026-01-05 00:00:00"),
        (46027, "2026-01-05 00:00:00"),
        (46027.37847222222, "2026-01-05 09:05:00"),
        ("46027.37847", "2026-01-05 09:05:00"),
        (Decimal("46027.99999999"), "2026-01-06 00:00:00"),
        (date(2026, 1, 5), "2026-01-05 00:00:00"),
        (datetime(2026, 1, 5, 9, 5), "2026-01-05 09:05:00"),  # noqa: DTZ001 # as a reader gives it
        (datetime(2026, 1, 5, 9, 4, 59, 999_997), "2026-01-05 09:05:00"),  # noqa: DTZ001
        (datetime(2026, 1, 5, 1, 5, tzinfo=UTC), "2026-01-05 09:05:00"),
        (datetime(2026, 1, 5, 2, 5, tzinfo=timezone(timedelta(hours=1))), "2026-01-05 09:05:00"),
    ],
)
def test_the_usual_ways(cell: Cell, clock: str) -> None:
    assert shown(cell) == clock


@pytest.mark.parametrize(
    ("cell", "formats", "clock"),
    [
        ("01/05/2026", ["%m/%d/%Y"], "2026-01-05 00:00:00"),
        ("1/5/2026", ["%m/%d/%Y"], "2026-01-05 00:00:00"),
        ("05.01.2026 09:05", ["%d.%m.%Y", "%d.%m.%Y %H:%M"], "2026-01-05 09:05:00"),
        ("05-Jan-2026", ["%d-%b-%Y"], "2026-01-05 00:00:00"),
        ("1767575100", ["unix"], "2026-01-05 09:05:00"),
        (1767575100, ["unix"], "2026-01-05 09:05:00"),
        ("1767575100000", ["unix-ms"], "2026-01-05 09:05:00"),
        (46027, ["%m/%d/%Y"], "2026-01-05 00:00:00"),
        (date(2026, 1, 5), ["%m/%d/%Y"], "2026-01-05 00:00:00"),
        ("01/05/2026 02:05 +0100", ["%m/%d/%Y %H:%M %z"], "2026-01-05 09:05:00"),
    ],
)
def test_by_format(cell: Cell, formats: list[str], clock: str) -> None:
    assert shown(cell, *formats) == clock


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "01/05/2026",
            "5.1.2026",
            "05-01-26",
            "26-1-5",
            "2026",
            "1999",
            "tomorrow",
            "2026-13-01",
        ),
        *("2026-02-30", "20260230", "2026-01-05 25:00", "2026-01-05 09:60", "12", True),
        *(time(9, 5), 60, "60", "1900-02-29", "2026-01-05 09:05 CST", "2026-01-05+99:00", -5),
        *(10**20, 2_958_466, 0.5, "x" * 100, "0905", "2026-01-0512:00", "2300-01-01", "1-2-3-4"),
    ],
)
def test_no_instant(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        instant(cell)


def test_what_may_be_two_days_says_how_to_tell() -> None:
    with pytest.raises(Unreadable, match="formats"):
        clock_of("01/05/2026", formats=())


def test_a_format_that_does_not_fit() -> None:
    with pytest.raises(Unreadable, match="formats"):
        clock_of("2026-01-05", formats=["%m/%d/%Y"])


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        (2, date(1900, 1, 2)),
        (59, date(1900, 2, 28)),
        (61, date(1900, 3, 1)),
        (25_569, date(1970, 1, 1)),
        (36_526, date(2000, 1, 1)),
        (45_351, date(2024, 2, 29)),
        (46_027.75, date(2026, 1, 5)),
        ("46027.75", date(2026, 1, 5)),
    ],
)
def test_serials_count_a_day_that_there_was_not(serial: Cell, day: date) -> None:
    assert day_of(serial, formats=(), zone=SHANGHAI) == ValueRead(day)


@pytest.mark.parametrize(
    "cell",
    [
        *("0000-00-00", "0000-00-00 00:00:00", "1900-01-01", "1900/1/0", "0001-01-01T00:00:00"),
        *(
            "9999-12-31",
            "1899-12-30",
            "1753-01-01",
            0,
            "0",
            1,
            "1900-01-01 00:00",
            date(1900, 1, 1),
        ),
    ],
)
def test_a_filler_is_no_day(cell: Cell) -> None:
    assert clock_of(cell, formats=()) is None
    assert day_of(cell, formats=(), zone=SHANGHAI) is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-01-05", "2026-01-05"),
        ("2026-01-05 23:59", "2026-01-05"),
        ("2026-01-05 24:00", "2026-01-06"),
        ("2026-01-05T17:00:00Z", "2026-01-06"),
        (datetime(2026, 1, 5, 17, tzinfo=UTC), "2026-01-06"),
    ],
)
def test_a_day_is_that_of_the_zone(cell: Cell, day: str) -> None:
    found = day_of(cell, formats=(), zone=SHANGHAI)
    assert found is not None
    assert found.value.isoformat() == day


def test_a_clock_that_is_put_forward_never_shows_an_hour() -> None:
    found = instant("2026-03-29 02:30", zone=BERLIN)
    assert found.value == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert found.doubt is not None
    assert "never" in found.doubt


def test_a_clock_that_is_put_back_shows_an_hour_twice() -> None:
    found = instant("2026-10-25 02:30", zone=BERLIN)
    assert found.value == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert found.doubt is not None
    assert "twice" in found.doubt


@pytest.mark.parametrize("cell", ["2026-10-25 02:30+01:00", "2026-10-25", "2026-10-25 03:30"])
def test_elsewhere_there_is_no_doubt(cell: str) -> None:
    assert instant(cell, zone=BERLIN).doubt is None


def test_a_day_whose_clock_begins_later_begins_then() -> None:
    found = instant("2026-04-24", zone=ZoneInfo("Africa/Cairo"))
    assert found == ValueRead(datetime(2026, 4, 23, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("09:30", 9.5),
        ("9:30", 9.5),
        ("0930", 9.5),
        ("930", 9.5),
        (930, 9.5),
        ("093000", 9.5),
        (93000, 9.5),
        ("9:30 PM", 21.5),
        ("下午9:30", 21.5),
        ("9时30分", 9.5),
        (time(9, 30), 9.5),
        (0.395833333, 9.5),
        ("0.395833333", 9.5),
        (datetime(1899, 12, 30, 9, 30), 9.5),  # noqa: DTZ001 # as a reader gives it
        ("24:00", 24),
        ("00:00", 0),
    ],
)
def test_a_time_of_day(cell: Cell, hours: float) -> None:
    assert time_of(cell) == timedelta(hours=hours)


@pytest.mark.parametrize("cell", ["25:00", "9:75", "noon", -1, 999_999, None, True, 1.5])
def test_no_time_of_day(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        time_of(cell)


def test_a_time_elsewhere_counts_where_none_stands_beside_the_day() -> None:
    alone, beside = clock_of("2026-01-05", formats=()), clock_of("2026-01-05 08:00", formats=())
    assert alone is not None
    assert beside is not None
    nine = timedelta(hours=9)
    assert with_time(alone, nine).at == nine
    assert with_time(beside, nine).at == timedelta(hours=8)


def told(text: str) -> object:
    try:
        return clock_of(text, formats=())
    except Unreadable as error:
        return str(error)


NUMBERS = st.integers(0, 99).map("{:02}".format)
YEARS = st.sampled_from(["0000", "0001", "1753", "1900", "2026", "2200", "9999"])
OFFSETS = st.one_of(
    st.sampled_from(["", "Z"]),
    st.tuples(st.sampled_from("+-"), NUMBERS, NUMBERS).map("{0[0]}{0[1]}:{0[2]}".format),
)


@forall(
    YEARS,
    st.lists(NUMBERS, min_size=5, max_size=5),
    st.sampled_from("T "),
    st.booleans(),
    OFFSETS,
)
@example("2026", ["01", "05", "24", "00", "00"], "T", True, "Z")
@example("2026", ["01", "05", "09", "05", "60"], "T", True, "+08:00")
@example("2026", ["01", "05", "09", "05", "00"], " ", False, "+15:30")
@example("1900", ["01", "01", "00", "00", "00"], "T", False, "")
def test_what_python_reads_by_itself_is_read_as_what_people_write(
    year: str, numbers: list[str], between: str, with_seconds: bool, offset: str
) -> None:
    """The same text with one thing in it that no program writes."""
    month, day, hour, minute, second = numbers
    seconds = f":{second}" if with_seconds else ""
    text = f"{year}-{month}-{day}{between}{hour}:{minute}{seconds}{offset}"
    assert told(text) == told(text.replace("T", "t").replace(" ", "  "))
