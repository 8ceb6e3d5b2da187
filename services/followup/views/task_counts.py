"""A dealer's tasks to do, counted, from the totals that are kept. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from services.followup.domain.summary import (
    AT_PRESENT,
    BY,
    NONE,
    OPEN,
    OVERDUE,
    TaskCounter,
    month_of_done,
    month_of_tasks,
)
from shared.contracts.http.followup_lists import CountedGroup, CountedKind, CountedTasks, TaskCounts
from shared.contracts.http.table import Heading
from shared.decider.asked_lines import behind

MOST_GROUPS = 500
"""How many persons, roles or kinds are told, those with the most tasks."""


class AskedCounts(NamedTuple):
    """Of which dealer, on which of its days."""

    dealer_id: str
    today: date


def counted_tasks(
    asked: AskedCounts,
    totals: Mapping[str, Mapping[str, int]],
    now: datetime,
    until: datetime | None,
    titles: Mapping[str, Heading],
) -> TaskCounts:
    """What a dealer's totals come to on its day. `titles`: what its rules call their kinds."""
    found: dict[str, dict[str, dict[str, int]]] = {by: {} for by in BY}
    for counter, count in _of_today(asked.today, totals):
        if counter.by in found:
            found[counter.by].setdefault(counter.of, {})[counter.what] = count
    done = totals.get(month_of_done(f"{asked.today:%Y-%m}"), {})
    total = found["all"].get(NONE, {})
    return TaskCounts(
        dealer_id=asked.dealer_id,
        today=asked.today,
        total=CountedTasks(**_counted(total, asked.today)),
        by_role=_groups(found["role"], asked.today),
        by_person=_groups(found["person"], asked.today),
        by_kind=tuple(_titled(each, titles) for each in _groups(found["kind"], asked.today)),
        by_grade=_groups(found["grade"], asked.today),
        done_today=_done_on(asked.today, done),
        as_of=until,
        behind_seconds=behind(now, until),
    )


def _of_today(
    today: date, totals: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[TaskCounter, int]]:
    for text, count in totals.get(AT_PRESENT, {}).items():
        yield TaskCounter.read(text), count
    for text, count in totals.get(month_of_tasks(f"{today:%Y-%m}"), {}).items():
        counter = TaskCounter.read(text)
        if counter.what == f"{today:%d}":
            yield counter, count


def _done_on(today: date, counts: Mapping[str, int]) -> Mapping[str, int]:
    counters = ((TaskCounter.read(text), count) for text, count in sorted(counts.items()))
    return {counter.of: count for counter, count in counters if counter.what == f"{today:%d}"}


def _groups(groups: Mapping[str, Mapping[str, int]], today: date) -> tuple[CountedGroup, ...]:
    shown = [
        CountedGroup(of=None if of == NONE else of, **_counted(counts, today))
        for of, counts in sorted(groups.items())
    ]
    return tuple(sorted(shown, key=lambda group: -group.open)[:MOST_GROUPS])


def _titled(group: CountedGroup, titles: Mapping[str, Heading]) -> CountedKind:
    title = titles.get(group.of or "", Heading("", ""))
    return CountedKind(**dict(group), title_en=title.en, title_zh=title.zh)


def _counted(counts: Mapping[str, int], today: date) -> dict[str, int]:
    return {
        "open": counts.get(OPEN, 0),
        "overdue": counts.get(OVERDUE, 0),
        "due_today": counts.get(f"{today:%d}", 0),
    }
