"""The same deadlines by walking time: minute after minute, looking at the wall clock each time.

Slow, and so simple that it can be believed; it knows nothing of tables, bisection or offsets.
`python -m tests.shared.time.oracle --count 20000` compares as many random deadlines, and
prints how many there were of each zone and how many differed.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.time.calendar import WEEKDAYS, BusinessCalendar
from shared.time.deadlines import Hold, Span, due, elapsed

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WHOLE_DAY = 24 * 60

Minutes = tuple[int, int]
"""A window: it opens and closes so many minutes after midnight."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a dealer is open, as the oracle knows it."""

    zone: str
    week: Mapping[str, Sequence[Minutes]]
    closed: frozenset[date] = frozenset()
    special: Mapping[date, Sequence[Minutes]] | None = None

    def windows(self, day: date) -> Sequence[Minutes]:
        if self.special is not None and day in self.special:
            return self.special[day]
        if day in self.closed:
            return ()
        return self.week.get(WEEKDAYS[day.weekday()], ())

    def opened_on(self, at: datetime) -> list[date]:
        """The days whose windows the wall clock is inside of."""
        local = at.astimezone(ZoneInfo(self.zone))
        shown = local.hour * 60 + local.minute
        today, yesterday = local.date(), local.date() - DAY
        found = [today] if any(a <= shown < b for a, b in self.windows(today)) else []
        late = shown + WHOLE_DAY
        return found + (
            [yesterday] if any(a <= late < b for a, b in self.windows(yesterday)) else []
        )

    def calendar(self) -> BusinessCalendar:
        """The same for the engine."""
        return BusinessCalendar.model_validate(
            {
                "name": "random",
                "timezone": self.zone,
                "week": {
                    day: [_text(each) for each in windows] for day, windows in self.week.items()
                },
                "closed": sorted(self.closed),
                "special": {
                    day: [_text(each) for each in windows]
                    for day, windows in (self.special or {}).items()
                },
            }
        )


def _texts(windows: Sequence[Minutes]) -> list[str]:
    return [_text(window) for window in windows]


def _text(window: Minutes) -> str:
    opens, closes = window
    closes = closes if closes <= WHOLE_DAY else closes - WHOLE_DAY
    return f"{opens // 60:02d}:{opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}"


def is_held(at: datetime, holds: Sequence[Hold]) -> bool:
    """Whether no time passes from this instant on."""
    return any(hold.start <= at and (hold.end is None or at < hold.end) for hold in holds)


def pieces(start: datetime, holds: Sequence[Hold]) -> Iterator[tuple[datetime, datetime]]:
    """Time from `start` on in pieces of a minute at most; no hold begins or ends within one."""
    edges = sorted({edge for hold in holds for edge in (hold.start, hold.end) if edge is not None})
    at = start
    while True:
        until = at.replace(second=0, microsecond=0) + MINUTE
        until = min([until, *(edge for edge in edges if at < edge < until)])
        yield at, until
        at = until


def walk_due(
    hours: Hours, start: datetime, span: Span, holds: Sequence[Hold], last: datetime
) -> datetime | None:
    """When the span is used up, if by `last`."""
    if span.days is not None:
        return _due_in_days(hours, start, span.days, holds, last)
    left = span.length or timedelta(0)
    for at, until in pieces(start, holds):
        if at > last:
            return None
        counts = span.unit == "elapsed" or bool(hours.opened_on(at))
        if counts and not is_held(at, holds):
            if until - at >= left:
                return at + left
            left -= until - at
    raise AssertionError


def walk_elapsed(
    hours: Hours, start: datetime, end: datetime, business: bool, holds: Sequence[Hold]
) -> timedelta:
    """How much is used up between two instants."""
    used = timedelta(0)
    for at, until in pieces(start, holds):
        if at >= end:
            return used
        if (not business or hours.opened_on(at)) and not is_held(at, holds):
            used += min(until, end) - at
    raise AssertionError


def closings(hours: Hours, first: date, last: date) -> list[tuple[date, datetime]]:
    """When each day closes that opens at all, in order; one that closes no later than a day
    before is part of that one."""
    zone = ZoneInfo(hours.zone)
    begins = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC) - DAY
    closes: dict[date, datetime] = {}
    for at, until in pieces(begins, ()):
        if at.astimezone(zone).date() > last + 2 * DAY:
            break
        for day in hours.opened_on(at):
            closes[day] = until
    found: list[tuple[date, datetime]] = []
    for day in sorted(closes):
        if first <= day <= last and (not found or closes[day] > found[-1][1]):
            found.append((day, closes[day]))
    return found


def _due_in_days(
    hours: Hours, start: datetime, days: int, holds: Sequence[Hold], last: datetime
) -> datetime | None:
    started_on = start.astimezone(ZoneInfo(hours.zone)).date()
    all_closings = closings(hours, started_on - 3 * DAY, last.date() + DAY)
    begins = max([start, *(closes for day, closes in all_closings if day <= started_on)])
    for _, closes in all_closings:
        held = any(
            hold.start < closes and (hold.end is None or closes < hold.end) for hold in holds
        )
        if closes > begins and not held:
            days -= 1
            if days == 0:
                return closes if closes <= last else None
    return None


POOL: tuple[tuple[Minutes, ...], ...] = (
    ((510, 720), (780, 1050)),
    ((540, 1440),),
    ((1320, 1800),),
    ((0, 1440),),
    ((60, 150),),
    ((120, 180), (210, 300)),
    ((0, 90), (1380, 1440)),
    (),
)
"""What a day may be like: two windows, up to 24:00, overnight, all day, around clock changes."""
MOMENTS: Mapping[str, Sequence[date]] = {
    "Europe/Berlin": (date(2025, 10, 25), date(2026, 3, 28), date(2025, 12, 30)),
    "America/New_York": (date(2025, 11, 1), date(2026, 3, 7), date(2026, 12, 30)),
    "Australia/Lord_Howe": (date(2026, 4, 4), date(2026, 10, 3), date(2025, 12, 30)),
    "Asia/Shanghai": (date(2025, 1, 24), date(2025, 9, 26), date(2026, 2, 12), date(2026, 10, 8)),
}
"""Days around which deadlines are drawn: clock changes both ways, make-up days, year ends."""


@dataclass(frozen=True, slots=True)
class Question:
    """A deadline to find."""

    hours: Hours
    start: datetime
    span: Span
    holds: tuple[Hold, ...]
    last: datetime
    """How far the oracle walks."""


def draw(chance: random.Random, zone: str) -> Question:
    """A random deadline in this zone."""
    around = chance.choice(MOMENTS[zone])
    days = [around + number * DAY for number in range(-1, 5)]
    week: dict[str, Sequence[Minutes]] = {day: chance.choice(POOL) for day in WEEKDAYS}
    if not any(week.values()):
        week["mon"] = POOL[0]
    special = {day: chance.choice(POOL) for day in chance.sample(days, chance.randint(0, 2))}
    hours = Hours(zone, week, frozenset(chance.sample(days, chance.randint(0, 2))), special)
    noon = datetime(around.year, around.month, around.day, 12, tzinfo=UTC)
    start = noon + timedelta(seconds=chance.randint(-40_000, 100_000))
    if chance.random() < 0.5:
        start = start.replace(second=0)
    holds = []
    for _ in range(chance.choice((0, 0, 0, 1, 2, 3))):
        begins = start + timedelta(minutes=chance.randint(-600, 2400))
        length = timedelta(minutes=chance.randint(1, 1500))
        holds.append(Hold(begins, None if chance.random() < 0.1 else begins + length))
    span = chance.choice(
        (
            Span("elapsed", length=MINUTE * chance.randint(1, 4000)),
            Span("business_time", length=MINUTE * chance.randint(1, 1400)),
            Span("business_time", length=timedelta(seconds=chance.randint(1, 40_000))),
            Span("business_days", days=chance.randint(1, 4)),
        )
    )
    return Question(hours, start, span, tuple(holds), start + 11 * DAY)


def agrees(question: Question) -> bool:
    """Whether engine and oracle find the same, the deadline and what is used up by then."""
    calendar = question.hours.calendar()
    try:
        found = due(question.start, question.span, calendar, question.holds)
    except ValueError:
        found = None
    walked = walk_due(question.hours, question.start, question.span, question.holds, question.last)
    if found is not None and found > question.last:
        found = None
    if found != walked:
        return False
    if question.span.days is not None or found is None:
        return True
    until = found + timedelta(minutes=7)
    business = question.span.unit == "business_time"
    used = elapsed(question.start, until, question.span.unit, calendar, question.holds)
    return used == walk_elapsed(question.hours, question.start, until, business, question.holds)


def main() -> int:
    """Compare, and print a line per zone."""
    parser = argparse.ArgumentParser(prog="python -m tests.shared.time.oracle", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="how many deadlines")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance, began = random.Random(chosen.seed), time.perf_counter()
    compared: Counter[str] = Counter()
    differing: Counter[str] = Counter()
    for number in range(chosen.count):
        zone = sorted(MOMENTS)[number % len(MOMENTS)]
        question = draw(chance, zone)
        compared[zone] += 1
        if not agrees(question):
            differing[zone] += 1
            print(f"differs: {question}")
    for zone, count in compared.items():
        print(f"{zone:20} {count:6} compared, {differing[zone]} differ")
    print(f"{sum(compared.values())} in {time.perf_counter() - began:.0f} s")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
