"""Amounts of time and days in both languages, with nothing left out. Pure."""

from datetime import date, timedelta

from shared.time.deadlines import Unit

_WEEKDAYS = (
    ("Mon", "周一"),
    ("Tue", "周二"),
    ("Wed", "周三"),
    ("Thu", "周四"),
    ("Fri", "周五"),
    ("Sat", "周六"),
    ("Sun", "周日"),
)


def exactly(length: timedelta) -> tuple[str, str]:
    """A length of time in both languages with nothing left out, such as `1 d 30 min`."""
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    second = f"{seconds + length.microseconds / 1_000_000:g}"
    parts = (
        (str(length.days), " d", "天"),
        (str(hours), " h", "小时"),
        (str(minutes), " min", "分钟"),
        (second, " s", "秒"),
    )
    known = [part for part in parts if part[0] != "0"] or [("0", " s", "秒")]
    english = " ".join(f"{number}{unit}" for number, unit, _ in known)
    return english, "".join(f"{number}{unit}" for number, _, unit in known)


def amount_in_words(amount: timedelta | int | None, unit: Unit) -> tuple[str, str]:
    if isinstance(amount, timedelta):
        return exactly(amount)
    days = amount or 0
    if unit == "working_days":
        return f"{days} statutory working day{'' if days == 1 else 's'}", f"{days}个法定工作日"
    return f"{days} business day{'' if days == 1 else 's'}", f"{days}个工作日"


def day_in_words(day: date) -> tuple[str, str]:
    english, chinese = _WEEKDAYS[day.weekday()]
    return f"{day} {english}", f"{day} {chinese}"
