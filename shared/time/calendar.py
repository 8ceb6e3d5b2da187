"""When a dealer is open, as data: windows on the wall clock, holidays and make-up days. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    field_validator,
    model_validator,
)

from shared.contracts.values import Day, ShortText
from shared.decider.policy import content_version
from shared.time.opening import OpenTimes
from shared.time.written import Written
from shared.time.zones import known_zone, milliseconds_of

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)

DAY_MINUTES = 24 * 60
WINDOW = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Window(Written):
    """Open from `opens` up to `closes`, in minutes since midnight on the wall clock.

    `closes` is beyond 1440 where the window ends on the next day; it belongs to the day it opens
    on. In text `08:30-12:00`, overnight `22:00-06:00`, the whole day `00:00-24:00`.
    """

    HINT: ClassVar[str] = "a window is written like '08:30-12:00', in quotes"

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (
            0 <= self.opens < DAY_MINUTES and self.opens < self.closes < self.opens + DAY_MINUTES
        ) and (self.opens, self.closes) != (0, DAY_MINUTES):
            raise ValueError(
                "a window opens before it closes, within a day; all day is '00:00-24:00'"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for what is no such text."""
        written = WINDOW.fullmatch(text.strip())
        if written is None:
            raise ValueError("a window is written like '08:30-12:00' or '22:00-06:00'")
        from_hour, from_minute, to_hour, to_minute = map(int, written.groups())
        opens, closes = from_hour * 60 + from_minute, to_hour * 60 + to_minute
        if max(from_minute, to_minute) > 59 or opens >= DAY_MINUTES or closes > DAY_MINUTES:
            raise ValueError("a window has times from 00:00 to 23:59, and may close at 24:00")
        if opens == closes:
            raise ValueError("a window closes at another time than it opens")
        return cls(opens, closes if closes > opens else closes + DAY_MINUTES)

    def __str__(self) -> str:
        closes = self.closes if self.closes <= DAY_MINUTES else self.closes - DAY_MINUTES
        return f"{self.opens // 60:02d}:{self.opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}"


def _written_as_day(value: object) -> object:
    if type(value) is date or (isinstance(value, str) and ISO_DAY.fullmatch(value)):
        return value
    raise ValueError("a date is written like 2026-12-31")


CalendarDay = Annotated[Day, BeforeValidator(_written_as_day)]
"""A date, or its text; never a number, which would be read as seconds since 1970."""


def in_order(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    """Sorted, each once."""
    return tuple(sorted(set(windows)))


Windows = Annotated[tuple[Window, ...], AfterValidator(in_order)]
"""The windows of one day; where they overlap they count once."""


class BusinessCalendar(BaseModel):
    """When a dealer is open.

    An instant is open if the local wall clock shows a time inside a window of that date then;
    durations are elapsed time. So a window is an hour shorter where the clock skips one, and what
    lies in a repeated hour is open twice. What means the same is written the same, and so has
    the same version.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText
    timezone: Annotated[str, AfterValidator(known_zone)]
    week: Mapping[Weekday, Windows] = {}
    """A weekday that is missing is closed."""
    closed: tuple[CalendarDay, ...] = ()
    """Holidays and one-off closures, whole days: windows that open on them do not count."""
    special: Mapping[CalendarDay, Windows] = {}
    """Make-up working days and other hours on one date; wins over `week` and `closed`."""
    covered_years: tuple[int, ...] | None = None
    """The years whose holidays are known; None where that is every year."""

    @field_validator("week")
    @classmethod
    def _monday_first(cls, week: Mapping[Weekday, Windows]) -> Mapping[Weekday, Windows]:
        return {weekday: week[weekday] for weekday in WEEKDAYS if week.get(weekday)}

    @field_validator("closed")
    @classmethod
    def _each_date_once(cls, closed: tuple[date, ...]) -> tuple[date, ...]:
        return tuple(sorted(set(closed)))

    @field_validator("special")
    @classmethod
    def _by_date(cls, special: Mapping[date, Windows]) -> Mapping[date, Windows]:
        return dict(sorted(special.items()))

    @field_validator("covered_years")
    @classmethod
    def _each_year_once(cls, years: tuple[int, ...] | None) -> tuple[int, ...] | None:
        return None if years is None else tuple(sorted(set(years)))

    @model_validator(mode="after")
    def _opens_sometimes(self) -> Self:
        if not any(chain(self.week.values(), self.special.values())):
            raise ValueError("the calendar never opens")
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A calendar of its own, validated; what this one has computed is not taken along."""
        content = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**content, **(update or {})})

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows that open on that date."""
        if day in self.special:
            return self.special[day]
        if day in self._closed_days:
            return ()
        return self.week.get(WEEKDAYS[day.weekday()], ())

    def is_open(self, at: datetime) -> bool:
        """A window is open at its first instant and closed at its last."""
        return self.open_times.is_open(milliseconds_of(at))

    def opened(self, start: datetime, end: datetime) -> timedelta:
        """How long it is open from `start` up to `end`."""
        opened = self.open_times.opened(milliseconds_of(start), milliseconds_of(end))
        return timedelta(milliseconds=opened)

    @cached_property
    def version(self) -> str:
        """Changes when, and only when, the content does."""
        return content_version(self)

    @cached_property
    def open_times(self) -> OpenTimes:
        """The tables behind it, which fill as they are asked."""
        return OpenTimes(self.timezone, self.windows_on)

    @cached_property
    def _closed_days(self) -> frozenset[date]:
        return frozenset(self.closed)
