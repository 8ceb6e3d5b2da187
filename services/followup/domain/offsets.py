"""How long before or after an instant something is to be done, by the dealer's calendar. Pure."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_MORNING = time(9)
_WALL_CLOCK = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)


def _written_as_time(value: object) -> object:
    if isinstance(value, time) or (isinstance(value, str) and _WALL_CLOCK.fullmatch(value)):
        return value
    raise ValueError("a time of day is written like 18:00 or 09:30")


LocalTime = Annotated[time, BeforeValidator(_written_as_time)]
"""On the dealer's wall clock; never a number, which would be read as seconds."""
Days = Annotated[int, Field(gt=0, le=36_525)]


def days_after(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same local time that many days later (negative: earlier), in UTC.

    Where clocks are put forward over that time, it is as much later as they are.
    """
    if days == 0:
        return moment
    local = moment.astimezone(zone)
    later = local + timedelta(days=days)
    return (later.replace(fold=1) if local.fold else later).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The same day of a later month; where it has no such day, its last."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def morning_of(day: date, zone: ZoneInfo) -> datetime:
    """What is counted from a day alone is counted from 09:00 there; in UTC."""
    return datetime.combine(day, _MORNING, zone).astimezone(UTC)


class TaskOffset(BaseModel):
    """How long after (negative: before) what the task is counted from: days of the dealer's
    calendar and elapsed hours; at a local time of that day, where one is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: Annotated[int, Field(ge=-36_525, le=36_525)] = 0
    hours: Annotated[int, Field(ge=-876_600, le=876_600)] = 0
    at: LocalTime | None = None

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The instant, in UTC."""
        if self.at is None:
            return days_after(moment, self.days, zone) + timedelta(hours=self.hours)
        day = moment.astimezone(zone).date() + timedelta(days=self.days)
        return datetime.combine(day, self.at, zone).astimezone(UTC)
