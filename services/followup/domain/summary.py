"""How a customer's tasks stand in their dealer's lists, and what they count for in totals. Pure.

All follows from what is decided: a list says what the topic of tasks does.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from pydantic import JsonValue

from services.followup.domain import ranks
from services.followup.domain.behind_figures import entries_behind
from services.followup.domain.decide import condense, still_to_do
from services.followup.domain.documents import Outcome
from services.followup.domain.facts import FollowUpFacts
from services.followup.domain.follow_ups import customer_history
from services.followup.domain.leads.counts import lead_counts
from services.followup.domain.plan import walked
from services.followup.domain.policy import FollowUpPolicy
from services.followup.domain.satisfaction import satisfaction_counts
from shared.contracts.followup import TaskChanged, task_id
from shared.contracts.identifiers import dealer_of
from shared.contracts.values import instant_text
from shared.decider.summary import (
    MOST_ENTRIES,
    MOST_ENTRY_CHARACTERS,
    MOST_KEYS,
    Entry,
    Summaries,
    Summary,
    keyed,
)

ZoneOf = Callable[[str], tzinfo]
"""The time zone of a dealer: days are those of its shop."""

AT_PRESENT = "tasks"
"""The period of what is to do now."""
OPEN, OVERDUE = "open", "overdue"
PERSON = "person"
BY = ("all", "role", PERSON, "kind", "grade")
"""What tasks are counted by; a task of several purposes counts once in each of their kinds."""
NONE = ""
"""Of a task of nobody in particular, or of a customer without a grade."""

NOBODY_WAS: Mapping[str, datetime] = MappingProxyType({})
_DONE_WITH = frozenset({"done", "declined", "renewed_elsewhere"})
_MOST_OF_COUNTS = 20_000
"""How many characters the counts of a customer's tasks take at most, as JSON: there are those of
leads and satisfaction besides."""
_WORDS_KEPT = (240, 60, 0)
"""How many characters of titles and reasons a line has: all that it may, or as few as it must."""


class TaskCounter(NamedTuple):
    """What is counted under a period of tasks."""

    what: str
    """`open`, `overdue`, or the day of the month on which it is due, or was done, such as `07`."""
    by: str
    of: str

    def __str__(self) -> str:
        return " ".join(self)

    @classmethod
    def read(cls, text: str) -> "TaskCounter":
        """The inverse of `str`."""
        what, by, of = text.split(" ", 2)
        return cls(what, by, of)


def month_of_tasks(month: str) -> str:
    """The period of what is due in a month such as `2026-11`."""
    return f"{AT_PRESENT}-{month}"


def month_of_done(month: str) -> str:
    """The period of customers with whom somebody was done last in a month such as `2026-11`."""
    return f"done-{month}"


def summaries(zone_of: ZoneOf) -> Summaries[FollowUpFacts, FollowUpPolicy]:
    """The lists and totals of all dealers."""
    return Summaries(lists=ranks.LISTS, summarize=partial(_summarize_in, zone_of), version=2)


def _summarize_in(
    zone_of: ZoneOf, facts: FollowUpFacts, policy: FollowUpPolicy, now: datetime
) -> Summary | None:
    if not facts.customer_key:
        return None
    return summarize(facts, policy, now, zone=zone_of(dealer_of(facts.customer_key)))


def summarize(
    facts: FollowUpFacts, policy: FollowUpPolicy, now: datetime, *, zone: tzinfo
) -> Summary | None:
    """Where the customer's tasks to do stand now in each list, what they, the leads and all that
    happened count for, line by line, too, and who was done with one last. None without any. It
    stays the same until anything changes next."""
    facts = condense(facts, policy)
    history = customer_history(facts, policy)
    walk = walked(facts, history, policy, now)
    tasks = still_to_do(facts.customer_key, walk, policy, now)
    done = last_done(tried.outcome for tried in history.attempts)
    others = {
        **lead_counts(history, policy, zone),
        **satisfaction_counts(history, walk.circumstances, policy, zone=zone),
    }
    if not (tasks or done or others):
        return None
    found = summary_of(facts.customer_key, tasks, zone, done=done)
    behind = entries_behind(history, policy, zone, most=MOST_ENTRIES - len(found.entries))
    return replace(found, counts={**found.counts, **others}, entries={**found.entries, **behind})


def last_done(outcomes: Iterable[Outcome]) -> Mapping[str, datetime]:
    """Staff id -> when they were done with a task last; of very many those who were so lately."""
    done: dict[str, datetime] = {}
    for said in outcomes:
        if said.outcome in _DONE_WITH and said.by is not None:
            done[said.by] = max(said.at, done.get(said.by, said.at))
    lately = sorted(done, key=lambda by: (done[by], by), reverse=True)[:MOST_KEYS]
    return {by: done[by] for by in lately}


def summary_of(
    customer_key: str,
    tasks: Mapping[str, TaskChanged],
    zone: tzinfo,
    *,
    done: Mapping[str, datetime] = NOBODY_WAS,
) -> Summary:
    """What these tasks to do, by what names them within the customer, stand and count for. `done`:
    when somebody was done with a task of the customer's last, by staff id.

    Of more than `MOST_ENTRIES` those that are most pressing are in lists; all of them count.
    """
    pressing = sorted(tasks, key=lambda about: _pressing(about, tasks[about]))
    return Summary(
        ranks={
            keyed(ranks.DONE, ranks.key_of(by)): ranks.minute_rank(at) for by, at in done.items()
        },
        line={},
        counts={**_counts(list(tasks.values()), zone), **_done_counts(done, zone)},
        entries={
            str(task_id(customer_key, about)): entry_of(tasks[about], zone)
            for about in pressing[:MOST_ENTRIES]
        },
    )


def _pressing(about: str, task: TaskChanged) -> tuple[bool, datetime, int, str]:
    return not task.urgent, task.due_at, task.priority, about


def entry_of(task: TaskChanged, zone: tzinfo) -> Entry:
    """The line of a task, and where it stands; words that are too long for it are cut."""
    due, turn = ranks.due_rank(task.due_at, task.priority), _rank_in_turn(task, zone)
    worker, kinds = ranks.worker(task.person, task.owner_role), kinds_of(task)[:MOST_KEYS]
    places = {
        ranks.BY_DUE: due,
        keyed(ranks.OF_PERSON, worker): due,
        keyed(ranks.OF_ROLE, ranks.key_of(task.owner_role)): due,
        **{keyed(ranks.OF_KIND, kind): due for kind in kinds},
        keyed(ranks.TURN, worker): turn,
    }
    if task.grade is not None:
        places[keyed(ranks.OF_GRADE, task.grade)] = due
    for words in _WORDS_KEPT:
        entry = Entry(places, _line(task, kinds, words))
        if entry.characters <= MOST_ENTRY_CHARACTERS:
            break
    return entry


def kinds_of(task: TaskChanged) -> list[str]:
    """The kinds of what the conversation is still for, each once."""
    left = [purpose.kind for purpose in task.purposes if purpose.ended is None]
    return list(dict.fromkeys(left)) or [task.kind]


def _line(task: TaskChanged, kinds: Sequence[str], words: int) -> Mapping[str, JsonValue]:
    titles = {task.kind: (task.title_en, task.title_zh)}
    titles |= {each.kind: (each.title.en, each.title.zh) for each in task.purposes}
    next_at = task.next_attempt_at
    why = task.why_now or [purpose.why for purpose in task.purposes[:1]]
    return {
        "kinds": [*kinds],
        "titles": [[_cut(text, words) for text in titles[kind]] for kind in kinds],
        "opens_at": instant_text(task.opens_at),
        "due_at": instant_text(task.due_at),
        "next_attempt_at": None if next_at is None else instant_text(next_at),
        "priority": task.priority,
        "urgent": task.urgent,
        "role": task.owner_role,
        "person": task.person,
        "channel": task.channel,
        "grade": task.grade,
        "vin": task.vin,
        "attempts": task.attempts,
        "why": [_cut(text, words) for text in (why[0].en, why[0].zh)] if why else ["", ""],
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…" if most else ""


def _rank_in_turn(task: TaskChanged, zone: tzinfo) -> int:
    if task.next_attempt_at is not None:
        return ranks.day_rank(task.next_attempt_at)
    if task.urgent:
        return ranks.day_rank(task.opens_at)
    opened_on, due_on = (moment.astimezone(zone).date() for moment in (task.opens_at, task.due_at))
    return ranks.turn_rank(ranks.turn(opened_on, task.priority, due_on))


def _counts(tasks: Sequence[TaskChanged], zone: tzinfo) -> Mapping[str, Mapping[str, int]]:
    """By all that tasks are counted by, or, of very many, by as much as there is room for."""
    for by in (BY, ("all", "role", "grade"), ("all",)):
        counts = _counted(tasks, by, zone)
        if len(json.dumps(counts)) <= _MOST_OF_COUNTS:
            break
    return counts


def _counted(
    tasks: Sequence[TaskChanged], counted_by: Sequence[str], zone: tzinfo
) -> Mapping[str, Mapping[str, int]]:
    periods: dict[str, Counter[str]] = {}
    for task in tasks:
        due_on = task.due_at.astimezone(zone).date()
        month = month_of_tasks(f"{due_on:%Y-%m}")
        for by, of in _traits(task):
            if by not in counted_by:
                continue
            periods.setdefault(AT_PRESENT, Counter())[str(TaskCounter(OPEN, by, of))] += 1
            if task.status == OVERDUE:
                periods[AT_PRESENT][str(TaskCounter(OVERDUE, by, of))] += 1
            periods.setdefault(month, Counter())[str(TaskCounter(f"{due_on:%d}", by, of))] += 1
    return periods


def _done_counts(done: Mapping[str, datetime], zone: tzinfo) -> Mapping[str, Mapping[str, int]]:
    """On the day of each of them on which they were done with the customer last: so of the present
    day it is all of them."""
    periods: dict[str, dict[str, int]] = {}
    for by, at in done.items():
        day = at.astimezone(zone)
        counter = TaskCounter(f"{day:%d}", PERSON, by)
        periods.setdefault(month_of_done(f"{day:%Y-%m}"), {})[str(counter)] = 1
    return periods


def _traits(task: TaskChanged) -> Iterator[tuple[str, str]]:
    yield "all", NONE
    yield "role", task.owner_role
    yield PERSON, task.person or NONE
    yield "grade", task.grade or NONE
    for kind in kinds_of(task):
        yield "kind", kind
