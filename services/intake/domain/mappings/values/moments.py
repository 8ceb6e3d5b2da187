"""Days and instants: of texts, of dates, and of a spreadsheet's serials."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from unicodedata import normalize
from zoneinfo import ZoneInfo

from services.intake.domain.mappings.records import Cell
from services.intake.domain.mappings.values.cells import Unreadable, ValueRead, decimal_of, text_of
from shared.contracts.values import FIRST_YEAR, LAST_YEAR

UNIX, UNIX_MS = "unix", "unix-ms"
"""Formats beside those of `strptime`: seconds and milliseconds since 1970."""
SECONDS_OF_A_DAY = 86_400
_WANTED = "a day and time are wanted, such as 2026-01-05 09:05"
_WHICH_IS_THE_DAY = (
    "day, month and year may stand in several orders: say which in the mapping, such as "
    "`formats: ['%m/%d/%Y']`"
)
_MISSING_DAY = 60
"""The serial of 29 February 1900, a day that there was not: a fault that spreadsheets keep."""
_LARGEST_SERIAL = Decimal(2_958_466)
"""The first day of the year 10000."""
_FILLERS = frozenset(
    {(0, 0, 0), (1, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 0)}
    | {(1900, 1, 1), (9999, 12, 31), (1970, 1, 0)}
)
"""Year, month and day as systems write them where they know none."""
_SERIAL = re.compile(r"0|[0-9]{5,7}(?:\.[0-9]+)?")
"""As text: a serial of less is of before 1928, and hardly one."""
_TIME = (
    r"(?P<half>上午|下午|am|pm|a\.m\.|p\.m\.)?\s*(?P<hour>[0-9]{1,2})"
    r"(?:\s*[:时点]\s*(?P<minute>[0-9]{1,2})"
    r"(?:\s*[:分]\s*(?P<second>[0-9]{1,2})(?:[.,](?P<part>[0-9]{1,9}))?\s*秒?|分)?|[时点]整?)?"
    r"\s*(?P<half_after>am|pm|a\.m\.|p\.m\.)?"
)
_OFFSET = r"(?P<offset>z|utc|gmt|(?:utc|gmt)?[-+][0-9]{1,2}(?::?[0-9]{1,2})?)?"
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[-+][0-9]{2}:[0-9]{2})?"
)
"""What most programs write, and Python reads by itself."""
_MOST_OFFSET = timedelta(hours=15)
_USUAL = re.compile(
    r"(?P<year>[0-9]{4})\s*[-/.年]\s*(?P<month>[0-9]{1,2})\s*[-/.月]\s*(?P<day>[0-9]{1,2})\s*日?号?"
    r"\s*(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
    rf"(?:(?:[t,]\s*|\s+|(?<=[日号\s一二三四五六天)])){_TIME}\s*{_OFFSET})?"
)
_COMPACT = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:[t ]?(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})"
    r"(?::?(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]{1,9}))?)?"
    rf"\s*{_OFFSET})?"
)
_OTHER_ORDERS = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}\b.*", re.DOTALL)
_TIME_ALONE = re.compile(rf"\s*{_TIME}\s*")
_COMPACT_TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?")
_AFTERNOON = frozenset({"下午", "pm", "p.m."})
_MORNING = frozenset({"上午", "am", "a.m."})
_MOST_CHARACTERS = 60


class WallClock(NamedTuple):
    """A day, and what the clock showed, as far as that is said."""

    day: date
    at: timedelta | None = None
    """Since the midnight before; a day or more is of the next day. None: the day alone."""
    offset: timedelta | None = None
    """None: that of the zone."""


def day_of(cell: Cell, *, formats: Sequence[str], zone: ZoneInfo) -> ValueRead[date] | None:
    """The day; of an instant with an offset, the one in `zone`. None: a filler that is no day.

    Raises `Unreadable`.
    """
    found = clock_of(cell, formats=formats)
    if found is None:
        return None
    if found.offset is not None and found.at is not None:
        return ValueRead(_instant(found, zone).value.astimezone(zone).date())
    return ValueRead(_in_years(found.day) + timedelta(days=(found.at or timedelta()).days))


def instant_of(found: WallClock, zone: ZoneInfo) -> ValueRead[datetime]:
    """The instant in UTC; a day alone is its beginning. Raises `Unreadable`."""
    return _instant(found, zone)


def clock_of(cell: Cell, *, formats: Sequence[str]) -> WallClock | None:
    """What the cell says; None: a filler that is no day. Raises `Unreadable`."""
    match cell:
        case datetime():
            return _of_datetime(cell)
        case bool() | time():
            raise Unreadable(_WANTED)
        case date():
            return _unless_filler(WallClock(cell))
        case int() | float() | Decimal():
            return _of_number(cell, formats)
        case _:
            return _of_text(text_of(cell), formats)


def time_of(cell: Cell) -> timedelta:
    """A time of day, since midnight: as text, as a time, as a part of a day. Raises `Unreadable`"""
    wanted = "a time of day is wanted, such as 09:05"
    match cell:
        case datetime():
            return _since_midnight(cell.time())
        case time():
            return _since_midnight(cell)
        case float() | Decimal() if 0 <= cell < 1:
            return _part_of_a_day(decimal_of(cell))
        case int() if not isinstance(cell, bool) and 0 <= cell <= 235_959:
            text = str(cell).zfill(4 if cell < 10_000 else 6)
        case str():
            text = normalize("NFKC", text_of(cell)).casefold()
        case _:
            raise Unreadable(wanted)
    found = _COMPACT_TIME.fullmatch(text) if text.isdecimal() else _TIME_ALONE.fullmatch(text)
    if found is None:
        if re.fullmatch(r"0?\.[0-9]{1,20}", text):
            return _part_of_a_day(Decimal(text))
        raise Unreadable(wanted)
    at = _at(found.groupdict(), wanted)
    assert at is not None
    return at


def with_time(found: WallClock, at: timedelta) -> WallClock:
    """The day with a time of day that stands elsewhere, unless it has one itself."""
    return found if found.at else found._replace(at=at)


def _of_datetime(cell: datetime) -> WallClock | None:
    day = cell.date()
    at = _since_midnight(cell.time())
    return _unless_filler(WallClock(day, at, cell.utcoffset()))


def _since_midnight(at: time) -> timedelta:
    """To the second: a spreadsheet's parts of a day are a little beside it."""
    exact = timedelta(
        hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
    )
    nearest = timedelta(seconds=round(exact.total_seconds()))
    return nearest if abs(exact - nearest) < timedelta(milliseconds=10) else exact


def _of_number(cell: int | float | Decimal, formats: Sequence[str]) -> WallClock | None:
    number = decimal_of(cell)
    whole = number == number.to_integral_value()
    if formats and whole and number >= 0:
        try:
            return _of_text(text_of(cell), formats)
        except Unreadable:
            pass  # formats are of the texts in this column; a numeral in it is a serial
    if whole and 10**7 <= number < 10**14:
        return _of_text(text_of(cell), ())
    return _of_serial(number)


def _of_serial(number: Decimal) -> WallClock | None:
    """Of the days since 1900, as spreadsheets count them."""
    if number == 0:
        return None
    if FIRST_YEAR <= number <= LAST_YEAR and number == number.to_integral_value():
        raise Unreadable(f"{_WANTED}: a year alone is none")
    if not 1 <= number < _LARGEST_SERIAL:
        raise Unreadable(_WANTED)
    day = int(number)
    if day == _MISSING_DAY:
        raise Unreadable("29 February 1900, which spreadsheets count and there was not")
    first = date(1899, 12, 31) if day < _MISSING_DAY else date(1899, 12, 30)
    rest = number - day
    at = _part_of_a_day(rest) if rest else None
    return _unless_filler(WallClock(first + timedelta(days=day), at))


def _part_of_a_day(part: Decimal) -> timedelta:
    seconds = (part * SECONDS_OF_A_DAY).to_integral_value(ROUND_HALF_UP)
    return timedelta(seconds=int(seconds))


def _of_text(text: str, formats: Sequence[str]) -> WallClock | None:
    if len(text) > _MOST_CHARACTERS:
        raise Unreadable(_WANTED)
    if formats:
        return _of_formats(text, formats)
    if _ISO.fullmatch(text):
        try:
            return _of_iso(datetime.fromisoformat(text))
        except ValueError:
            pass  # 24:00, a leap second, and what is wrong are told apart below
    plain = normalize("NFKC", text).casefold()
    found = _USUAL.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if found is not None:
        return _of_parts(found.groupdict())
    if _SERIAL.fullmatch(plain):
        return _of_serial(Decimal(plain))
    if _OTHER_ORDERS.fullmatch(plain):
        raise Unreadable(_WHICH_IS_THE_DAY)
    raise Unreadable(_WANTED)


def _of_iso(found: datetime) -> WallClock | None:
    """Raises `ValueError` where there is no such offset."""
    offset = found.utcoffset()
    if offset is not None and abs(offset) > _MOST_OFFSET:
        raise ValueError
    at = timedelta(hours=found.hour, minutes=found.minute, seconds=found.second)
    return _unless_filler(WallClock(found.date(), at, offset))


def _of_formats(text: str, formats: Sequence[str]) -> WallClock | None:
    for written in formats:
        if written in (UNIX, UNIX_MS):
            if re.fullmatch(r"[0-9]{1,14}", text):
                return _of_unix(int(text), milliseconds=written == UNIX_MS)
            continue
        try:
            found = datetime.strptime(text, written)  # noqa: DTZ007 # %z is minded below
        except ValueError:
            continue
        has_time = re.search(r"%[HIMSTXcRr]", written) is not None
        at = _since_midnight(found.time()) if has_time else None
        return _unless_filler(WallClock(found.date(), at, found.utcoffset()))
    raise Unreadable("none of the mapping's formats of days fits")


def _of_unix(number: int, *, milliseconds: bool) -> WallClock | None:
    if number == 0:
        return None
    moment = timedelta(milliseconds=number if milliseconds else number * 1000)
    if moment > timedelta(days=366 * 300):
        raise Unreadable("beyond every calendar: seconds and milliseconds are two formats")
    found = datetime(1970, 1, 1, tzinfo=UTC) + moment
    return WallClock(found.date(), _exact(found.time()), timedelta())


def _exact(at: time) -> timedelta:
    return timedelta(
        hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
    )


def _of_parts(parts: dict[str, str | None]) -> WallClock | None:
    year, month, day = (int(parts[name] or 0) for name in ("year", "month", "day"))
    if (year, month, day) in _FILLERS:
        return None
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unreadable("there is no such day in the calendar") from None
    return WallClock(found, _at(parts, _WANTED), _offset(parts["offset"]))


def _at(parts: dict[str, str | None], wanted: str) -> timedelta | None:
    if parts["hour"] is None:
        return None
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    half = parts.get("half") or parts.get("half_after")
    if half and not 1 <= hour <= 12 and half not in _AFTERNOON:
        half = None
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    second = 59 if second == 60 else second
    midnight = hour == 24 and not minute and not second
    if not ((0 <= hour <= 23 or midnight) and minute <= 59 and second <= 59):
        raise Unreadable(f"{wanted}; there is no such time of day")
    part = (parts.get("part") or "0").ljust(6, "0")[:6]
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=int(part))


def _offset(written: str | None) -> timedelta | None:
    if written is None:
        return None
    digits = written.removeprefix("utc").removeprefix("gmt")
    if digits in ("", "z"):
        return timedelta()
    hours, colon, minutes = digits[1:].partition(":")
    if not colon and len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    found = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if found > _MOST_OFFSET:
        raise Unreadable("there is no such offset from UTC")
    return -found if digits[0] == "-" else found


def _unless_filler(found: WallClock) -> WallClock | None:
    day = found.day
    return None if (day.year, day.month, day.day) in _FILLERS else found


def _in_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable(f"the year must be within {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _instant(found: WallClock, zone: ZoneInfo) -> ValueRead[datetime]:
    _in_years(found.day)
    wall = datetime.combine(found.day, time()) + (found.at or timedelta())
    if found.offset is not None:
        return ValueRead((wall - found.offset).replace(tzinfo=UTC))
    local = wall.replace(tzinfo=zone)
    moment = local.astimezone(UTC)
    doubt = None
    if moment.astimezone(zone).replace(tzinfo=None) != wall:
        doubt = "the clock never showed this: it was put forward then, and this is so much later"
    elif local.utcoffset() != local.replace(fold=1).utcoffset():
        doubt = "the clock showed this twice: the first time is taken"
    return ValueRead(moment, None if found.at is None else doubt)
