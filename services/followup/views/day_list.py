"""What somebody is to do on a day: no more than can be done, and nothing waits for ever. Pure.

Urgent tasks come at once. Of all others so many come a day as there is room beside the urgent
ones, by whose turn it is; what does not fit comes on the next working day, before all whose turn
comes later. Turns are such that each day of waiting is worth one priority: so nothing waits behind
what opens long after it, and where a task comes follows from the open tasks alone, in any order.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from heapq import heappop, heappush
from typing import Any, NamedTuple, cast

from pydantic import JsonValue

from services.followup.domain import ranks
from services.followup.domain.working_hours import WorkingHours
from services.followup.views.work_list import shown
from shared.contracts.http.followup_lists import DayOfTasks, LaterTask, TaskLine
from shared.contracts.http.wrongly_asked import WronglyAsked
from shared.decider.asked_lines import RankRange, behind
from shared.decider.summary import Listed, Place, keyed

DAYS_BEYOND = 7
"""How many days behind the one asked for are looked at, to tell when comes what did not fit."""
LONGEST_AHEAD = 31
"""How many days ahead may be asked for."""
MOST_IN_TURN = 5_000
"""How many tasks are looked through for a day."""
NEVER_CLOSED_SO_LONG = 60
"""Hours without a working day in so many days are none at all: then every day is one."""


class TaskInTurn(NamedTuple):
    """A task, as far as it bears on the day on which it comes."""

    turn: Place
    """No two tasks have the same."""
    is_urgent: bool
    ready_on: date
    """It can be done then at the earliest."""


class Allotted(NamedTuple):
    """The day on which a task comes."""

    task: TaskInTurn
    day: date


def allot(
    tasks: Iterable[TaskInTurn], days: Sequence[date], room: Callable[[date], int]
) -> Iterator[Allotted]:
    """The days, in order, on which the tasks come, each once: those of a day urgent ones first,
    then by turn. What does not fit on any of the days is not among them.

    `room`: how many there may be on a day, urgent ones included, which come in any case.
    """
    coming = sorted(tasks, key=lambda task: (task.ready_on, task.turn), reverse=True)
    waiting: list[tuple[bool, Place, TaskInTurn]] = []
    for day in days:
        while coming and coming[-1].ready_on <= day:
            task = coming.pop()
            heappush(waiting, (not task.is_urgent, task.turn, task))
        left = room(day)
        while waiting and (left > 0 or waiting[0][2].is_urgent):
            left -= 1
            yield Allotted(heappop(waiting)[2], day)


def room_of(hours: WorkingHours, most: int, today: date) -> Callable[[date], int]:
    """How many tasks there may be on a day: on days without working hours none."""
    soon = (today + timedelta(days=number) for number in range(NEVER_CLOSED_SO_LONG))
    is_never_closed = not any(hours.opens_on(day) for day in soon)
    return lambda day: most if is_never_closed or hours.opens_on(day) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDay:
    """A day of whoever is to do tasks: a person, or `people` of a role between them."""

    dealer_id: str
    day: date
    today: date
    role: str | None
    person: str | None
    people: int
    most: int
    """How many tasks each of them has on a day."""
    hours: WorkingHours
    zone: tzinfo
    done: int = 0
    """With how many customers they are done today."""

    @property
    def room(self) -> Callable[[date], int]:
        """How many tasks there may be on a day, what is done already not among them."""
        whole = self._whole_room
        return lambda day: max(whole(day) - (self.done if day == self.today else 0), 0)

    @property
    def _whole_room(self) -> Callable[[date], int]:
        return room_of(self.hours, self.most * self.people, self.today)

    @property
    def done_today(self) -> "TasksOfAWorker | None":
        """The customers with whom a person is done today; None of a role: nobody knows."""
        if self.person is None:
            return None
        began = datetime.combine(self.today, time(), self.zone)
        name = keyed(ranks.DONE, ranks.key_of(self.person))
        return TasksOfAWorker(self.dealer_id, name, RankRange(ranks.minute_rank(began)))

    @property
    def days(self) -> Sequence[date]:
        """From today to some days behind the one that is asked for."""
        count = (self.day - self.today).days + DAYS_BEYOND + 1
        return [self.today + timedelta(days=number) for number in range(count)]

    @property
    def of_their_own_day(self) -> "TasksOfAWorker":
        """Those to be done at a time of their own, urgent ones among them."""
        after = datetime.combine(self.days[-1] + timedelta(days=1), time(), self.zone)
        return self._tasks(RankRange(0, ranks.day_rank(after)))

    @property
    def in_turn(self) -> "TasksOfAWorker":
        """All others, whose turn comes first the first."""
        return self._tasks(RankRange(at_least=ranks.FIRST_IN_TURN))

    @property
    def most_in_turn(self) -> int:
        """How many of those may come by that day, and be told of as the next ones. Raises
        `WronglyAsked` for too many."""
        room, by_then = self.room, (day for day in self.days if day <= self.day)
        count = sum(room(day) for day in by_then) + self.most
        if count > MOST_IN_TURN:
            parameter = "people" if self.people > 1 else "date"
            raise WronglyAsked(
                parameter, f"more than {MOST_IN_TURN} tasks would come by then; ask for fewer"
            )
        return count

    def day_of(self, lines: Sequence[Listed], now: datetime, until: datetime | None) -> DayOfTasks:
        """What is answered, given the lines of both."""
        lines_by_turn = {(task := self._in_turn(line)).turn: (task, line) for line in lines}
        tasks = (task for task, _ in lines_by_turn.values())
        on_it, later = list[TaskLine](), list[LaterTask]()
        before = 0
        for task, day in allot(tasks, self.days, self.room):
            if day < self.day:
                continue
            line = shown(lines_by_turn[task.turn][1], now)
            if day == self.day:
                on_it.append(line)
            elif task.ready_on <= self.day and len(later) < self.most:
                later.append(_later(line, day, before))
            before += 1
        return DayOfTasks(
            dealer_id=self.dealer_id,
            day=self.day,
            role=self.role,
            person=self.person,
            people=self.people,
            is_working_day=self._whole_room(self.day) > 0,
            most=self._whole_room(self.day),
            done=self.done if self.day == self.today else 0,
            tasks=tuple(on_it),
            later=tuple(later),
            as_of=until,
            behind_seconds=behind(now, until),
        )

    def _tasks(self, part: RankRange) -> "TasksOfAWorker":
        name = keyed(ranks.TURN, ranks.worker(self.person, self.role or ""))
        return TasksOfAWorker(self.dealer_id, name, part)

    def _in_turn(self, listed: Listed) -> TaskInTurn:
        line = cast("Mapping[str, Any]", listed.line)
        opened_on, due_on = self._day(line["opens_at"]), self._day(line["due_at"])
        rank = ranks.turn_rank(ranks.turn(opened_on, line["priority"], due_on))
        ready_on = self.today
        if line["next_attempt_at"] is not None:
            ready_on = max(self.today, self._day(line["next_attempt_at"]))
        return TaskInTurn(Place.of(rank, listed.id, listed.entry), line["urgent"], ready_on)

    def _day(self, moment: str) -> date:
        return datetime.fromisoformat(moment).astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class TasksOfAWorker:
    """Some tasks of whoever is to do them, by turn."""

    dealer_id: str
    name: str
    part: RankRange
    descending: bool = False
    is_sifted: bool = False

    @property
    def text(self) -> str:
        """Says all that is asked for."""
        return repr((self.dealer_id, self.name, *self.part))

    def asks_for(self, line: Mapping[str, JsonValue]) -> bool:
        """All of them."""
        return True


def _later(line: TaskLine, day: date, before: int) -> LaterTask:
    return LaterTask(
        task=line,
        comes_on=day,
        why_en=f"comes on {day.isoformat()}: {before} before it",
        why_zh=f"安排在 {day.isoformat()}:前面还有 {before} 项",
    )
