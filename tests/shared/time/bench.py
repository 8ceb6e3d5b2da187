"""How long a deadline takes to find, in microseconds: `python -m tests.shared.time.bench`."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from shared.time.calendar import BusinessCalendar
from shared.time.deadlines import Span, due

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
SPANS = ("2h", "8 business hours", "5 business days", "4200 business hours", "520 business days")
"""The last two are due two years ahead."""
ROUNDS = 2000


def fresh() -> BusinessCalendar:
    """A calendar whose tables are empty."""
    week = {day: ["08:30-12:00", "13:00-17:30"] for day in ("mon", "tue", "wed", "thu", "fri")}
    return BusinessCalendar.model_validate(
        {"name": "bench", "timezone": "Asia/Shanghai", "week": week}
    )


def microseconds(work: Callable[[], object], rounds: int) -> float:
    began = time.perf_counter()
    for _ in range(rounds):
        work()
    return (time.perf_counter() - began) / rounds * 1e6


def main() -> None:
    warm = fresh()
    due(START, Span.parse("2000 business days"), warm)
    print(f"{'span':22} {'due':>17} {'warm':>9} {'cold':>9}   microseconds")
    for text in SPANS:
        span, cold = Span.parse(text), fresh()
        first = microseconds(lambda span=span, cold=cold: due(START, span, cold), 1)  # type: ignore[misc] # lambdas
        again = microseconds(lambda span=span: due(START, span, warm), ROUNDS)  # type: ignore[misc] # lambdas
        found = due(START, span, warm)
        print(f"{text:22} {found:%Y-%m-%d %H:%M} {again:9.1f} {first:9.0f}")


if __name__ == "__main__":
    main()
