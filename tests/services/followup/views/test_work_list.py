"""Whatever is asked of a work list: exactly those tasks, each once, in its order."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.followup.adapters.reading import tasks_listed
from services.followup.views.work_list import NOBODY, AskedTasks
from shared.contracts.followup import TaskChanged
from shared.contracts.http.followup_lists import TaskLine
from shared.contracts.scoring import Grade
from tests.services.followup.given import DEALER, at, local
from tests.services.followup.given_tasks import DealerTasksOf, task

NOW = at("2025-01-12 17:00")
seconds = some.integers(-200, 200) | some.integers(-(10**6), 10**6)
moments = seconds.map(lambda seconds: NOW + timedelta(seconds=seconds))
persons = some.sampled_from([None, "u-1", "u-2", NOBODY, "长" * 120])
roles = some.sampled_from(["advisor", "advisor, nobody in particular", "顾问" * 60])
kinds = some.sampled_from(["csi", "service", "silence"])
GRADES: list[Grade | None] = [None, "quality", "general"]
grades = some.sampled_from(GRADES)


@some.composite
def tasks(draw: some.DrawFn) -> TaskChanged:
    due = draw(moments)
    one = task(
        local(due),
        *draw(some.lists(kinds, min_size=1, max_size=3)),
        role=draw(roles),
        person=draw(persons),
        grade=draw(grades),
        priority=draw(some.integers(1, 9)),
    )
    return one.model_copy(update={"due_at": due})


@some.composite
def asked_tasks(draw: some.DrawFn) -> AskedTasks:
    return AskedTasks(
        dealer_id=DEALER,
        now=NOW,
        role=draw(some.none() | roles),
        person=draw(persons),
        kind=draw(some.none() | kinds),
        grade=draw(grades),
        due_before=draw(some.none() | moments),
        is_overdue=draw(some.sampled_from([None, True, False])),
    )


def is_asked_for(one: TaskChanged, asked: AskedTasks) -> bool:
    person = None if asked.person == NOBODY else asked.person
    return (
        asked.role in (None, one.owner_role)
        and (asked.person is None or one.person == person)
        and (asked.kind is None or asked.kind in [each.kind for each in one.purposes])
        and asked.grade in (None, one.grade)
        and (asked.due_before is None or one.due_at < asked.due_before)
        and asked.is_overdue in (None, one.due_at <= NOW)
    )


async def read(held: DealerTasksOf, asked: AskedTasks, limit: int) -> list[TaskLine]:
    found, after = list[TaskLine](), ""
    while True:
        page = await tasks_listed(held.reader, asked, after, limit)
        assert len(page.tasks) <= limit
        found += page.tasks
        if page.after is None:
            return found
        after = page.after


@given(some.lists(tasks(), max_size=12), asked_tasks(), some.integers(1, 5))
def test_a_list_has_what_is_asked_for_and_nothing_else(
    held: list[TaskChanged], asked: AskedTasks, limit: int
) -> None:
    by_name = {f"C{number % 4}/{number}": each for number, each in enumerate(held)}
    dealer = DealerTasksOf(by_name, local(NOW))
    found = asyncio.run(read(dealer, asked, limit))
    names = [dealer.names[str(line.task_id)] for line in found]
    assert sorted(names) == sorted(
        name for name, each in by_name.items() if is_asked_for(each, asked)
    )
    in_order = [(minute(by_name[name].due_at), by_name[name].priority) for name in names]
    assert in_order == sorted(in_order)


def minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("asked", "is_sifted"),
    [
        ({}, False),
        ({"role": "advisor"}, False),
        ({"role": "advisor", "is_overdue": True}, False),
        ({"kind": "csi", "due_before": NOW, "is_overdue": False}, False),
        ({"person": NOBODY, "role": "advisor"}, False),
        ({"person": NOBODY}, True),
        ({"person": NOBODY, "role": "advisor", "grade": "quality"}, True),
        ({"person": "u-1", "role": "advisor"}, True),
        ({"kind": "csi", "role": "advisor"}, True),
    ],
)
def test_more_is_read_only_where_a_list_has_many_that_are_not_asked_for(
    asked: dict[str, Any], is_sifted: bool
) -> None:
    assert AskedTasks(dealer_id=DEALER, now=NOW, **asked).is_sifted is is_sifted
