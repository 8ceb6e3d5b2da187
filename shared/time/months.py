"""Calendar months, counted through: a month is the number of months since year 0. Pure."""

import re
from datetime import date, datetime, tzinfo

from shared.contracts.values import FIRST_YEAR, LAST_YEAR

_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def month_of_day(day: date) -> int:
    """The month of a date."""
    return day.year * 12 + day.month - 1


def month_at(moment: datetime, zone: tzinfo) -> int:
    """The month that it is there at that instant."""
    return month_of_day(moment.astimezone(zone))


def month_begins(month: int, zone: tzinfo) -> datetime:
    """The midnight there with which a month begins."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=zone)


def year_of(month: int) -> int:
    """The year that a month is in."""
    return month // 12


def month_text(month: int) -> str:
    """Such as `2026-11`."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def month_from(text: str) -> int:
    """The month that is written so; raises ValueError for what is none."""
    written = _WRITTEN.fullmatch(text)
    if written is None or not FIRST_YEAR <= int(written[1]) <= LAST_YEAR:
        raise ValueError("write the month as year and month, such as 2026-11")
    return int(written[1]) * 12 + int(written[2]) - 1
