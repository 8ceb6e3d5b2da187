"""What the manager's screens call things whose names the services use as they are."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from services.desk.views.speech import N_

Say: TypeAlias = Callable[[str], str]
"""A message -> what it is in the language of the reader."""


CLOCKS: Mapping[str, str] = {
    "contact": N_("First contact"),
    "answer": N_("Answer"),
    "executive_answer": N_("Answer of the management"),
    "call_back": N_("Call-back"),
}
"""Those that ship, in the order in which they run; a dealer's own are told by their names."""
UNITS: Mapping[str, str] = {
    "points": "",
    "percent": "%",
    "hours": N_(" h"),
    "days": N_(" d"),
}


def figure(value: float | None, unit: str, say: Say) -> str:
    """A number with its unit; `–` where it is not known."""
    if value is None:
        return "–"
    sign = UNITS.get(unit, unit)
    return f"{value:.1f}".removesuffix(".0") + (say(sign) if sign.strip() else sign)


def month_label(period: str, language: str) -> str:
    """`2026-11` as a chart has it: the month, and of January the year."""
    year, _, month = period.partition("-")
    if not month.isdecimal():
        return period
    if language == "zh":
        return f"{year[2:]}年1月" if month == "01" else f"{int(month)}月"
    return f"{_MONTHS[int(month) - 1]} {year[2:]}" if month == "01" else _MONTHS[int(month) - 1]


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def week_label(period: str, say: Say) -> str:
    """`2026-W49` as a chart has it."""
    week = period.partition("-W")[2]
    return say("W%(week)s") % {"week": int(week)} if week.isdecimal() else period


def period_name(period: str, language: str) -> str:
    """A month, `2026-11`, or a week, `2026-W49`, as a table has it."""
    year, _, part = period.partition("-")
    if part.removeprefix("W").isdecimal():
        number = int(part.removeprefix("W"))
        if part.startswith("W"):
            return f"{year}年第{number}周" if language == "zh" else f"week {number}, {year}"
        return f"{year}年{number}月" if language == "zh" else f"{_MONTHS[number - 1]} {year}"
    return period
