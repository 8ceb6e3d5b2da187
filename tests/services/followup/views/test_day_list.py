"""On which day each task comes: never too many a day, none left out, none waiting for ever."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from services.followup.domain import ranks
from services.followup.domain.working_hours import WorkingHours
from services.followup.views.day_list import Allotted, TaskInTurn, allot, room_of
from shared.decider.summary import Place
from tests.services.followup.given import CUSTOMER

TODAY = date(2025, 1, 10)  # a Friday
EVERY_DAY = WorkingHours()
HOURS = WorkingHours.model_validate(
    {
        "week": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        "closed": ["2025-01-14"],
        "special": {"2025-01-12": ["10:00-12:00"], "2025-01-15": []},
    }
)


def days(count: int) -> list[date]:
    return [TODAY + timedelta(days=number) for number in range(count)]


def in_turn(
    number: int, opened: int = 0, priority: int = 5, *, urgent: bool = False, ready: int = 0
) -> TaskInTurn:
    """Opened, and ready, so many days from today."""
    turn = ranks.turn(TODAY + timedelta(days=opened), priority, TODAY + timedelta(days=opened + 9))
    place = Place.of(ranks.turn_rank(turn), CUSTOMER, f"T{number}")
    return TaskInTurn(place, urgent, TODAY + timedelta(days=ready))


@some.composite
def tasks_in_turn(draw: some.DrawFn) -> list[TaskInTurn]:
    return [
        in_turn(
            number,
            draw(some.integers(-40, 0)),
            draw(some.integers(1, 9)),
            urgent=draw(some.integers(0, 9)) == 0,
            ready=draw(some.integers(0, 6)),
        )
        for number in range(draw(some.integers(0, 40)))
    ]


def planned(tasks: Sequence[TaskInTurn], most: int, count: int = 60) -> list[Allotted]:
    return list(allot(tasks, days(count), room_of(HOURS, most, TODAY)))


@given(tasks_in_turn(), some.integers(1, 5))
def test_no_day_has_more_than_its_room_but_for_urgent_ones(
    tasks: list[TaskInTurn], most: int
) -> None:
    room = room_of(HOURS, most, TODAY)
    by_day = Counter(each.day for each in planned(tasks, most))
    urgent = Counter(each.day for each in planned(tasks, most) if each.task.is_urgent)
    assert all(count <= max(room(day), urgent[day]) for day, count in by_day.items())


@given(tasks_in_turn(), some.integers(1, 5))
def test_every_task_comes_on_one_day_and_not_before_it_may(
    tasks: list[TaskInTurn], most: int
) -> None:
    found = planned(tasks, most)
    assert sorted(each.task for each in found) == sorted(tasks)
    assert all(each.day >= each.task.ready_on for each in found)
    assert all(each.day == each.task.ready_on for each in found if each.task.is_urgent)


@given(some.data(), tasks_in_turn(), some.integers(1, 5))
def test_the_order_in_which_tasks_are_read_makes_no_difference(
    data: some.DataObject, tasks: list[TaskInTurn], most: int
) -> None:
    mixed = data.draw(some.permutations(tasks))
    assert planned(mixed, most) == planned(tasks, most)


@given(tasks_in_turn(), some.integers(1, 5))
def test_nobody_is_passed_by_whose_turn_comes_later(tasks: list[TaskInTurn], most: int) -> None:
    usual = [each for each in planned(tasks, most) if not each.task.is_urgent]
    for before, after in pairwise(usual):
        if before.task.turn > after.task.turn:
            assert after.task.ready_on > before.day, "it was not ready before"


@given(tasks_in_turn(), some.integers(1, 5))
def test_a_day_is_full_before_the_next_has_any_that_were_ready(
    tasks: list[TaskInTurn], most: int
) -> None:
    room, found = room_of(HOURS, most, TODAY), planned(tasks, most)
    by_day = Counter(each.day for each in found)
    for each in found:
        waited = (each.task.ready_on + timedelta(days=number) for number in range(60))
        for day in (day for day in waited if day < each.day):
            assert by_day[day] >= room(day)


@given(tasks_in_turn(), some.integers(1, 5), some.integers(0, 8))
def test_what_is_later_in_turn_changes_nothing_for_what_is_before(
    tasks: list[TaskInTurn], most: int, read: int
) -> None:
    """So a day follows from the first tasks of the list alone."""
    in_order = sorted(tasks, key=lambda task: task.turn)
    days_of = {each.task: each.day for each in planned(tasks, most) if not each.task.is_urgent}
    known = [task for task in in_order if task.is_urgent] + in_order[: read * most]
    for each in planned(list(dict.fromkeys(known)), most):
        if not each.task.is_urgent:
            assert days_of[each.task] == each.day


def test_the_lowest_priority_is_done_however_many_of_the_highest_come() -> None:
    """Every day as many of the highest priority open as can be done."""
    most, lowest = 3, in_turn(0, 0, 9)
    room = room_of(EVERY_DAY, most, TODAY)
    waiting, done = [lowest], list[TaskInTurn]()
    for number, day in enumerate(days(12)):
        waiting += [in_turn(100 * number + each, number, 1) for each in range(1, most + 1)]
        done += [each.task for each in allot(waiting, [day], room)]
        waiting = [task for task in waiting if task not in done]
        if lowest in done:
            assert number == 8, "what opens eight days later has as good a turn"
            return
    raise AssertionError("it waits for ever")


def test_of_those_opened_on_a_day_the_first_priority_comes_first_then_what_is_due_first() -> None:
    turn = ranks.turn(TODAY, 1, date(2025, 3, 1))
    assert turn < ranks.turn(TODAY, 2, date(2025, 1, 11))
    assert turn > ranks.turn(TODAY, 1, date(2025, 2, 28))
    assert ranks.turn(TODAY, 2, TODAY) == ranks.turn(TODAY + timedelta(days=1), 1, TODAY)


def test_a_day_without_hours_has_urgent_ones_alone() -> None:
    tasks = [in_turn(number) for number in range(4)] + [in_turn(9, urgent=True, ready=1)]
    found = planned(tasks, 1)
    assert [(each.day.day, each.task.is_urgent) for each in found] == [
        (10, False),
        (11, True),
        (12, False),  # a special Sunday
        (13, False),
        (16, False),  # a holiday and a closure between
    ]


def test_hours_that_never_are_close_nothing() -> None:
    never = WorkingHours.model_validate({"week": {}})
    assert room_of(never, 7, TODAY)(TODAY) == 7
