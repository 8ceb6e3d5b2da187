"""What the manager's screens call things whose names the services use as they are."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

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
GRADES: Mapping[str, str] = {
    "quality": N_("Quality"),
    "potential": N_("Potential"),
    "general": N_("General"),
}
RISKS: Mapping[str, str] = {
    "active": N_("Active"),
    "due": N_("Due"),
    "at_risk": N_("At risk"),
    "lost": N_("Lost"),
}
CHANNELS: Mapping[str, str] = {
    "phone": N_("Telephone"),
    "email": N_("E-mail"),
    "sms": N_("Text message"),
    "app": N_("App"),
    "post": N_("Letter"),
}
STATUSES: Mapping[str, str] = {"open": N_("To do"), "overdue": N_("Overdue")}
"""Of tasks; cases have those of `case_words`."""
ROLES: Mapping[str, str] = {
    "sales_consultant": N_("Sales consultant"),
    "sales_manager": N_("Sales manager"),
    "service_advisor": N_("Service advisor"),
    "service_manager": N_("Service manager"),
    "insurance_consultant": N_("Insurance consultant"),
    "customer_relations": N_("Customer relations"),
    "customer_relations_manager": N_("Customer relations manager"),
}
UNITS: Mapping[str, str] = {
    "points": "",
    "percent": "%",
    "hours": N_(" h"),
    "days": N_(" d"),
}


def word(name: str | None, words: Mapping[Any, str], say: Say) -> str:
    """What it is called; a name that is none of ours as it is."""
    if name is None:
        return ""
    return say(words[name]) if name in words else name


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


def week_label(period: str) -> str:
    """`2026-W49` as a chart has it."""
    return period.partition("-")[2] or period
