"""Times of forms are those of the dealer's clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.desk.domain.local_times import NotATime, as_written, day_of, instant_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-07-01T10:05", 8), ("2026-12-01T10:05", 9), (" 2026-12-01 10:05 ", 9)],
)
def test_summer_and_winter(text: str, hour: int) -> None:
    found = instant_of(text, BERLIN)
    assert (found.hour, found.minute, found.tzinfo) == (hour, 5, UTC)


def test_an_hour_that_comes_twice_is_the_first() -> None:
    assert instant_of("2026-10-25T02:30", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "10:05", "2026-13-01T10:05", "21.11.2026 10:05"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(NotATime):
        instant_of(text, BERLIN)


def test_it_is_written_as_it_is_read() -> None:
    moment = datetime(2026, 7, 1, 8, 5, tzinfo=UTC)
    assert as_written(moment, BERLIN) == "2026-07-01T10:05"
    assert instant_of(as_written(moment, BERLIN), BERLIN) == moment


def test_a_day_is_as_long_as_it_is_there() -> None:
    began, ended = day_of(datetime(2026, 10, 24, 22, 30, tzinfo=UTC), BERLIN)
    assert began == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert ended - began == timedelta(hours=25)
