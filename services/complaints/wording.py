"""Why a clock says what it says: its arithmetic in words, in the dealer's local time."""

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from services.complaints.clocks import Clock, Origin
from shared.contracts.complaints import Why

Tense = Literal["is", "was"]

_ORIGIN: dict[Origin, tuple[str, str]] = {
    "received": ("receipt", "受理"),
    "reopened": ("the reopening", "重新打开"),
    "resolved": ("the resolution", "解决"),
    "raised": ("the raise in severity", "升级"),
}
_UNITS_EN = (" d", " h", " min", " s")
_UNITS_ZH = ("天", "小时", "分钟", "秒")


def why_due(clock: Clock, zone: ZoneInfo, tense: Tense) -> Why:
    """When the clock is due and what that was counted from."""
    english, chinese = _ORIGIN[clock.origin]
    length = clock.due_at - clock.started_at
    start, due = local_time(clock.started_at, zone), local_time(clock.due_at, zone)
    return Why(
        en=f"{clock.rule.title_en} {tense} due {in_english(length)} after {english} ({start}): "
        f"by {due}.",
        zh=f"{clock.rule.title_zh}:须在{chinese}({start})后{in_chinese(length)}内完成,截止{due}。",
    )


def why_stopped(clock: Clock, stopped_at: datetime, zone: ZoneInfo) -> Why:
    """When the clock was due, when it was stopped, and the difference."""
    due = why_due(clock, zone, "was")
    margin = clock.due_at - stopped_at
    late = margin < timedelta(0)
    length, at = abs(margin), local_time(stopped_at, zone)
    return Why(
        en=f"{due.en} Done {at}, {in_english(length)} {'late' if late else 'before that'}.",
        zh=f"{due.zh}于{at}完成,{'超时' if late else '提前'}{in_chinese(length)}。",
    )


def local_time(moment: datetime, zone: ZoneInfo) -> str:
    """To the minute, with the offset from UTC, such as `2026-11-21 10:00 +08:00`."""
    text = moment.astimezone(zone).isoformat(sep=" ", timespec="minutes")
    return f"{text[:16]} {text[16:]}"


def in_english(length: timedelta) -> str:
    """The two largest parts of a length of time, such as `1 h 55 min`."""
    parts = _parts(length)
    return " ".join(f"{count}{_UNITS_EN[unit]}" for count, unit in parts) or "0 s"


def in_chinese(length: timedelta) -> str:
    """The same in Chinese, such as `1小时55分钟`."""
    parts = _parts(length)
    return "".join(f"{count}{_UNITS_ZH[unit]}" for count, unit in parts) or "0秒"


def _parts(length: timedelta) -> list[tuple[int, int]]:
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    counts = (length.days, hours, minutes, seconds)
    return [(count, unit) for unit, count in enumerate(counts) if count][:2]
