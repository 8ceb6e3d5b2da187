"""When a dealer calls its customers, as data. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from shared.time.calendar import WEEKDAYS, BusinessCalendar, CalendarDay, Weekday, Window, Windows
from shared.time.zones import MILLISECOND, milliseconds_of, moment_of

_DAYTIME: Windows = (Window.parse("09:00-18:00"),)
_LONGEST_CLOSED = timedelta(days=60)


class WorkingHours(BaseModel):
    """Windows on the dealer's wall clock by weekday, and the days that are otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    week: Mapping[Weekday, Windows] = dict.fromkeys(WEEKDAYS, _DAYTIME)
    """A weekday that is missing is closed."""
    closed: tuple[CalendarDay, ...] = ()
    """Holidays and one-off closures, whole days."""
    special: Mapping[CalendarDay, Windows] = {}
    """Other hours on one date; wins over `week` and `closed`."""

    def next_open(self, moment: datetime, timezone: str) -> datetime:
        """The moment itself where it is within the hours in that zone, else when they begin next;
        the moment itself, too, where they do not begin for 60 days."""
        calendar = self._in(timezone)
        if calendar.is_open(moment):
            return moment
        start, until = milliseconds_of(moment), milliseconds_of(moment + _LONGEST_CLOSED)
        reached = calendar.open_times.reach(start, 1, until)
        return moment if reached is None else moment_of(reached) - MILLISECOND

    def opens_on(self, day: date) -> bool:
        """Whether the dealer calls anybody on a day."""
        if day in self.special:
            return bool(self.special[day])
        return day not in self.closed and bool(self.week.get(WEEKDAYS[day.weekday()]))

    @cached_property
    def longest_closed_days(self) -> int:
        """The hours begin again within so many days at the latest, or are not waited for."""
        week = sum(1 for windows in self.week.values() if windows)
        if not week:
            return _LONGEST_CLOSED.days
        otherwise = len(self.closed) + len(self.special)
        return min(_LONGEST_CLOSED.days, len(WEEKDAYS) * (otherwise // week + 1) + 1)

    def _in(self, timezone: str) -> BusinessCalendar:
        if timezone not in self._by_zone:
            self._by_zone[timezone] = BusinessCalendar(
                name="working hours",
                timezone=timezone,
                week=self.week,
                closed=self.closed,
                special=self.special,
            )
        return self._by_zone[timezone]

    @cached_property
    def _by_zone(self) -> dict[str, BusinessCalendar]:
        """Zone -> the hours there, which keep what they have tabled."""
        return {}
