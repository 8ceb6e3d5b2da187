"""Lengths of time as people write them: `2h`, `8 business hours`, `10 working days`. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal, Self

from shared.time.written import Written

Unit = Literal["elapsed", "business_time", "business_days", "working_days"]
"""Business time and days are those on which a dealer is open; working days the statutory ones."""

LONGEST_DAYS = 3660
"""No length is longer: ten years."""
PLAIN = re.compile(
    r"(?:(\d+) ?d(?:ays?)?)? ?(?:(\d+) ?h(?:ours?)?)? ?"
    r"(?:(\d+) ?m(?:in|inutes?)?)? ?(?:(\d+) ?s(?:econds?)?)?",
    re.ASCII,
)
BUSINESS = re.compile(r"(\d+) business (day|hour|minute|second)s?", re.ASCII)
WORKING = re.compile(r"(\d+) working days?", re.ASCII)
SECONDS = {"hour": 3600, "minute": 60, "second": 1}


@dataclass(frozen=True, slots=True)
class Span(Written):
    """A length with its unit: `2h`, `8 business hours`, `5 business days`, `10 working days`.

    Above zero. `length` is in whole seconds, and None for days of business and working days;
    `days` is None for the others.
    """

    HINT: ClassVar[str] = "a length is written like '2h' or '5 business days', or '10 working days'"

    unit: Unit
    length: timedelta | None = None
    days: int | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for what is no length."""
        counts_days = self.unit in {"business_days", "working_days"}
        if (self.days is not None) != counts_days or (self.length is None) != counts_days:
            raise ValueError("days of business or work have a number, other lengths a duration")
        if self.days is not None and not 0 < self.days <= LONGEST_DAYS:
            raise ValueError(f"a length is from 1 to {LONGEST_DAYS} days")
        if self.length is not None:
            if self.length % timedelta(seconds=1):
                raise ValueError("a length is in whole seconds")
            if not timedelta(0) < self.length <= timedelta(days=LONGEST_DAYS):
                raise ValueError(f"a length is above zero and at most {LONGEST_DAYS} days")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for what is no such text."""
        words = " ".join(text.lower().split())
        if len(words) <= 60:
            if business := BUSINESS.fullmatch(words):
                return cls._in_business(int(business[1]), business[2])
            if working := WORKING.fullmatch(words):
                return cls("working_days", days=int(working[1]))
            if words and (plain := PLAIN.fullmatch(words)):
                days, hours, minutes, seconds = (int(part or 0) for part in plain.groups())
                return cls.of_seconds(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
        raise ValueError(cls.HINT)

    @classmethod
    def _in_business(cls, number: int, unit: str) -> Self:
        if unit == "day":
            return cls("business_days", days=number)
        return cls.of_seconds(number * SECONDS[unit], "business_time")

    @classmethod
    def of_seconds(cls, seconds: int, unit: Unit = "elapsed") -> Self:
        """Raises ValueError for what is too long, or not above zero."""
        longest = LONGEST_DAYS * 24 * 3600
        return cls(unit, length=timedelta(seconds=min(seconds, longest + 1)))

    @classmethod
    def of(cls, length: timedelta) -> Self:
        """Elapsed time; raises ValueError unless it is of whole seconds, above zero."""
        return cls("elapsed", length=length)

    def __str__(self) -> str:
        """The one text for this length; `parse` reads it."""
        if self.length is None:
            kind = "working" if self.unit == "working_days" else "business"
            return _counted(self.days or 0, f"{kind} day")
        seconds = self.length // timedelta(seconds=1)
        if self.unit == "elapsed":
            parts = zip("dhms", _split(seconds), strict=True)
            return " ".join(f"{number}{letter}" for letter, number in parts if number)
        unit = next(unit for unit in SECONDS if seconds % SECONDS[unit] == 0)
        return _counted(seconds // SECONDS[unit], f"business {unit}")

    @classmethod
    def read(cls, value: object) -> Self:
        """Elapsed time may be a `timedelta`, too."""
        return cls.of(value) if isinstance(value, timedelta) else super(Span, cls).read(value)


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _split(seconds: int) -> tuple[int, int, int, int]:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return hours // 24, hours % 24, minutes, seconds
