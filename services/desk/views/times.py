"""How times are told."""

from collections.abc import Callable
from datetime import timedelta

from services.desk.views.speech import N_

CHINESE = {
    "d MMM, HH:mm": "M月d日 HH:mm",
    "d MMM y, HH:mm": "y年M月d日 HH:mm",
}
"""A form of ours -> the same in Chinese."""


def left(until: timedelta, gettext: Callable[[str], str] = str) -> str:
    """How long it is until something, or, below zero, how long ago that was: `2 h 10 min left`,
    `3 d over`."""
    message = N_("%(time)s over") if until < timedelta() else N_("%(time)s left")
    return gettext(message) % {"time": lasting(until, gettext)}


def lasting(span: timedelta, gettext: Callable[[str], str] = str) -> str:
    """How long that is, `2 h 10 min`: in two units at most, and not longer than it is."""
    whole = int(abs(span).total_seconds() // 60)
    days, rest = divmod(whole, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = {N_("d"): days, N_("h"): hours, N_("min"): minutes}
    first = next((unit for unit, count in parts.items() if count), "min")
    units = list(parts)[list(parts).index(first) :][:2]
    return " ".join(
        f"{parts[unit]} {gettext(unit)}" for unit in units if parts[unit] or unit == first
    )
