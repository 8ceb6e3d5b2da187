"""What Today shows of a dealer's tasks: rows, drawn from the list and from newer plans."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias
from urllib.parse import urlencode

from services.desk.domain.people import CustomerCard, car_of, name_of
from services.desk.views.places import place_of
from services.desk.views.speech import N_
from services.desk.views.terms import ending_word
from shared.contracts.complaints import Role
from shared.contracts.http.complaints import CaseLine
from shared.contracts.http.followup import CustomerTasks, FollowUpTask
from shared.contracts.http.followup_lists import KindOfTask, LastAttempt, TaskLine
from shared.contracts.scoring import Grade
from shared.contracts.values import Bilingual

Whose: TypeAlias = Literal["mine", "role", "nobody", "all"]
TO_DO = ("open", "overdue")
MOST_CASES = 5
"""How many complaints stand on top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAsked:
    """Which tasks a page shows."""

    whose: Whose
    role: str | None = None
    """Of `role`: which."""
    grade: Grade | None = None
    kind: str | None = None
    overdue: bool = False
    due: tuple[datetime, datetime] | None = None
    """Those alone that are due from the first on and before the second: the day that it is."""
    after: str | None = None
    """Where the page before has ended."""

    def query(self, **other: object) -> str:
        """As the query of an address, with something otherwise; empty, false and None are left
        out."""
        said = {
            "whose": self.whose,
            "role": self.role,
            "grade": self.grade,
            "kind": self.kind,
            "overdue": self.overdue,
            "today": self.due is not None,
            **other,
        }
        return urlencode({k: _text(said[k]) for k in said if said[k] not in (None, "", False)})

    def shows(self, task: FollowUpTask, staff_id: str) -> bool:
        """Whether a task is among them, by what its plan says of it."""
        kinds = {each.kind for each in task.purposes if each.ended is None} or {task.kind}
        return (
            task.status in TO_DO
            and self._is_of_them(task, staff_id)
            and self.grade in (None, task.grade)
            and (self.kind is None or self.kind in kinds)
            and (not self.overdue or task.status == "overdue")
            and self.is_due(task.due_at)
        )

    def is_due(self, at: datetime) -> bool:
        """Whether what is due then is among them."""
        return self.due is None or self.due[0] <= at < self.due[1]

    def _is_of_them(self, task: FollowUpTask, staff_id: str) -> bool:
        match self.whose:
            case "mine":
                return task.person == staff_id
            case "role":
                return task.owner_role == self.role
            case "nobody":
                return task.person is None
            case "all":
                return True


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task."""

    task_id: str
    key: str = field(repr=False)
    place: str
    """Of its customer, in addresses."""
    name: str = field(repr=False)
    car: str = field(repr=False)
    titles: tuple[Bilingual, ...]
    why: Bilingual
    is_over: bool
    urgent: bool
    due_at: datetime
    next_attempt_at: datetime | None
    attempts: int
    last: LastAttempt | None
    grade: str | None
    channel: str
    owner_role: str
    person: str | None
    is_mine: bool
    closed_because: str = ""
    """Why it is done with, where it is."""
    later_on: date | None = None
    """When it comes, where it does not fit today."""
    later_why: Bilingual | None = None

    @property
    def is_closed(self) -> bool:
        return self.closed_because != ""

    def waits(self, now: datetime) -> bool:
        """Whether it is not to be tried yet."""
        return self.next_attempt_at is not None and self.next_attempt_at > now


def line_of(task: FollowUpTask) -> TaskLine:
    """A task of a plan, as a line of the list has it."""
    purposes = [each for each in task.purposes if each.ended is None] or list(task.purposes)
    kinds = {
        each.kind: KindOfTask(kind=each.kind, title_en=each.title_en, title_zh=each.title_zh)
        for each in purposes
    }
    why = task.why_now[-1] if task.why_now else task.why
    last = task.attempts[-1] if task.attempts else None
    return TaskLine(
        task_id=task.task_id,
        customer_key=task.customer_key,
        kind=task.kind,
        title_en=task.title_en,
        title_zh=task.title_zh,
        purposes=tuple(kinds.values()),
        status="overdue" if task.status == "overdue" else "open",
        opens_at=task.opens_at,
        due_at=task.due_at,
        next_attempt_at=task.next_attempt_at,
        attempts=len(task.attempts),
        last_attempt=last and LastAttempt(at=last.at, outcome=last.outcome, by=last.by),
        priority=task.priority,
        urgent=task.urgent,
        owner_role=task.owner_role,
        person=task.person,
        channel=task.channel,
        grade=task.grade,
        vin=task.vin,
        why_en=why.en,
        why_zh=why.zh,
    )


def with_newer(
    lines: Sequence[TaskLine],
    plans: Mapping[str, CustomerTasks],
    asked: ListAsked,
    staff_id: str,
) -> list[TaskLine]:
    """The lines; of customers whose plan was read since, as that has their tasks. Those that are
    done with, or not asked for any more, are gone; on the first page those that have come are
    there. By due time."""
    newer = {
        task.task_id: line_of(task)
        for plan in plans.values()
        for task in plan.tasks
        if asked.shows(task, staff_id)
    }
    kept = [line for line in lines if line.customer_key not in plans or line.task_id in newer]
    drawn = [newer.pop(line.task_id, line) for line in kept]
    if asked.after is None and newer:
        return sorted([*drawn, *newer.values()], key=lambda line: (line.due_at, line.priority))
    return drawn


def row_of(line: TaskLine, who: CustomerCard | None, staff_id: str) -> TaskRow:
    """A line, with whom it is about."""
    return TaskRow(
        task_id=str(line.task_id),
        key=line.customer_key,
        place=place_of(line.customer_key),
        name=name_of(line.customer_key, who),
        car=car_of(who, line.vin),
        titles=tuple(_titles(line.purposes)),
        why=Bilingual(en=line.why_en, zh=line.why_zh),
        is_over=line.status == "overdue",
        urgent=line.urgent,
        due_at=line.due_at,
        next_attempt_at=line.next_attempt_at,
        attempts=line.attempts,
        last=line.last_attempt,
        grade=line.grade,
        channel=line.channel,
        owner_role=line.owner_role,
        person=line.person,
        is_mine=line.person == staff_id,
    )


def closed_word(task: FollowUpTask) -> str:
    """Why a task is done with; empty: it is not."""
    return "" if task.status in TO_DO else ending_word(task.closed_because or task.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededCase:
    """An open complaint that needs somebody."""

    line: CaseLine
    why: str
    """A message."""


def cases_for(
    cases: Iterable[CaseLine], staff_id: str, told_as: Set[Role]
) -> tuple[Sequence[NeededCase], int]:
    """The open complaints that need somebody, by deadline, the first `MOST_CASES`; and how many
    there are. `told_as`: as whom of those who lead."""
    found = ((each, _why_needed(each, staff_id, told_as)) for each in cases)
    theirs = [NeededCase(line=each, why=why) for each, why in found if why]
    return theirs[:MOST_CASES], len(theirs)


def _why_needed(line: CaseLine, staff_id: str, told_as: Set[Role]) -> str:
    """Empty: it goes its way without them."""
    is_told = line.rung is not None and not told_as.isdisjoint(line.rung.to)
    if line.assigned_to == staff_id:
        return N_("yours")
    if is_told and line.rung is not None and line.rung.kind == "step":
        return N_("passed on to you")
    if told_as and line.status == "escalated":
        return N_("not done in time")
    if is_told:
        return N_("you have been warned")
    return "" if line.assigned_to else N_("nobody is responsible")


def next_row(rows: Sequence[TaskRow], now: datetime, *, but: str = "") -> TaskRow | None:
    """The one to do next: the first that nobody else has, and that is to be tried by now. `but`:
    not this customer; those behind them in the list come first, then those before."""
    at = max((place for place, row in enumerate(rows, 1) if row.key == but), default=0)
    return next(
        (
            row
            for row in (*rows[at:], *rows[:at])
            if row.key != but and (row.is_mine or row.person is None) and not row.waits(now)
        ),
        None,
    )


def _titles(purposes: Iterable[KindOfTask]) -> Iterator[Bilingual]:
    for each in purposes:
        yield Bilingual(en=each.title_en, zh=each.title_zh)


def _text(value: object) -> str:
    return "true" if value is True else str(value)
