"""How days, points and numbers of things are written in sentences for staff. Pure."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from shared.contracts.values import Bilingual

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@lru_cache(maxsize=4096)
def day_en(day: date) -> str:
    """Such as `3 May 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=4096)
def day_zh(day: date) -> str:
    """Such as `2026年5月3日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def things(one: str, more: str, zh: str) -> Callable[[int], Bilingual]:
    """How many of something, by their number; `zh` has `{}` where that is."""

    def counted(count: int) -> Bilingual:
        return Bilingual(en=f"{count} {one if count == 1 else more}", zh=zh.format(count))

    return counted


def points_en(points: int) -> str:
    """Such as `−15 points`."""
    sign = "−" if points < 0 else ""
    return f"{sign}{abs(points)} {'point' if abs(points) == 1 else 'points'}"


def points_zh(points: int) -> str:
    """Such as `−15分`."""
    sign = "−" if points < 0 else ""
    return f"{sign}{abs(points)}分"
