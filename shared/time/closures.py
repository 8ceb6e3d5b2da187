"""The days of the events in an iCalendar file. What cannot be meant is refused, not guessed.

Only events of whole days are taken. One without an end is of one day, and so is one that ends
on the day it begins: some programs write one day like that, though the standard does not.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import icalendar
import recurring_ical_events

LONGEST_DAYS = 3660
ONE_DAY = timedelta(days=1)
NO_EVENTS = "is no iCalendar file that can be read"
_EVERY = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")


class WrongEvent(Exception):
    """An event that cannot be meant as it stands, or a file that has none; says what to do."""


def event_days(path: Path, years: range) -> set[date]:
    """The days of all events, repeated ones in these years. Raises WrongEvent and OSError."""
    content = path.read_bytes()
    try:
        calendar = icalendar.Calendar.from_ical(content)
    except ValueError:
        raise WrongEvent(NO_EVENTS) from None
    events = [event for event in calendar.walk("VEVENT") if not _is_cancelled(event)]
    lines = _lines(content)
    for position, event in enumerate(calendar.walk("VEVENT")):
        if not _is_cancelled(event):
            _check(event, _Named(event, lines[position] if position < len(lines) else 1))
    try:
        return set(_days(calendar, years)) if events else set()
    except (ValueError, KeyError, AttributeError, TypeError, OverflowError):
        raise WrongEvent(f"{NO_EVENTS}: the days of its events cannot be told") from None


class _Named:
    """Names an event to whoever is to mend it."""

    def __init__(self, event: icalendar.Component, line: int) -> None:
        self._uid = str(event.get("UID", ""))[:80]
        self._line = line

    def __str__(self) -> str:
        uid = f", UID {self._uid}" if self._uid else ""
        return f"(line {self._line}{uid})"


def _lines(content: bytes) -> list[int]:
    """The line of each event's beginning."""
    lines = content.decode("utf-8", errors="replace").splitlines()
    return [
        number for number, line in enumerate(lines, 1) if line.upper().strip() == "BEGIN:VEVENT"
    ]


def _is_cancelled(event: icalendar.Component) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _check(event: icalendar.Component, named: _Named) -> None:
    if event.errors:
        names = ", ".join(sorted({str(name) for name, _ in event.errors}))
        raise WrongEvent(f"the event {named} has a {names} that cannot be read; correct it")
    for name in ("DTSTART", "DTEND", "DURATION", "RRULE"):
        if isinstance(event.get(name), list):
            raise WrongEvent(f"the event {named} has {name} more than once; leave one")
    if "DTSTART" not in event:
        raise WrongEvent(f"{NO_EVENTS}: the event {named} has no DTSTART; say when it begins")
    start = event.decoded("DTSTART")
    if isinstance(start, datetime):
        raise _not_whole_days(start.isoformat(timespec="minutes"), named)
    if "DTEND" in event and "DURATION" in event:
        raise WrongEvent(f"the event {named} has both DTEND and DURATION; leave one")
    length = _length(event, start, named)
    if length < timedelta(0):
        what = "DTEND is before DTSTART" if "DTEND" in event else "DURATION is below zero"
        raise WrongEvent(f"the event of {start} {named} ends before it begins; {what}: correct it")
    if length > LONGEST_DAYS * ONE_DAY:
        raise WrongEvent(f"the event of {start} {named} lasts longer than ten years; correct it")
    if isinstance(rule := event.get("RRULE"), icalendar.vRecur):
        _check_repeats(rule, start, named)


def _length(event: icalendar.Component, start: date, named: _Named) -> timedelta:
    if "DTEND" in event:
        end = event.decoded("DTEND")
        if isinstance(end, datetime):
            raise _not_whole_days(str(start), named)
        return end - start if end != start else ONE_DAY
    if "DURATION" in event:
        length = event.decoded("DURATION")
        if not isinstance(length, timedelta) or length % ONE_DAY:
            raise _not_whole_days(str(start), named)
        return length or ONE_DAY
    return ONE_DAY


def _check_repeats(rule: icalendar.vRecur, start: date, named: _Named) -> None:
    """A rule that never ends within a day, or never moves on, would be followed for ever."""

    def refuse(why: str) -> WrongEvent:
        return WrongEvent(f"the event of {start} {named} repeats {why}; correct its RRULE")

    if {str(each).upper() for each in rule.get("FREQ", ())} - _EVERY or "FREQ" not in rule:
        raise refuse("otherwise than by the day, week, month or year")
    if any(name in rule for name in _WITHIN_A_DAY):
        raise refuse("within a day")
    if any(number < 1 for name in ("INTERVAL", "COUNT") for number in rule.get(name, ())):
        raise refuse("zero times, or after no time")
    for until in rule.get("UNTIL", ()):
        last = until.date() if isinstance(until, datetime) else until
        if last < start:
            raise refuse("until a day before it begins")


def _not_whole_days(moment: str, named: _Named) -> WrongEvent:
    return WrongEvent(
        f"the event of {moment} is not of whole days {named}; write other hours under 'open'"
    )


def _days(calendar: icalendar.Component, years: range) -> Iterator[date]:
    first, after = date(years.start, 1, 1), date(years.stop, 1, 1)
    for event in recurring_ical_events.of(calendar).between(first, after):
        if _is_cancelled(event):
            continue
        start, end = event.start, event.end
        if isinstance(start, datetime) or isinstance(end, datetime):
            raise WrongEvent("an event is moved to an hour of a day; write such under 'open'")
        for number in range(max(1, (end - start).days)):
            yield start + number * ONE_DAY
