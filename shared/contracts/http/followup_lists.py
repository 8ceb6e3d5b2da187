"""A dealer's tasks to do in lists, as followup answers."""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from shared.contracts.followup import TaskKind
from shared.contracts.http.described import DescribedResponse
from shared.contracts.scoring import Grade
from shared.contracts.values import Instant

ToDo = Literal["open", "overdue"]


class KindOfTask(DescribedResponse):
    """One thing that a task is for."""

    kind: TaskKind
    title_en: str
    title_zh: str


class TaskLine(DescribedResponse):
    """One line of a dealer's tasks: one conversation with a customer. An outcome is reported by its
    `task_id`."""

    task_id: UUID
    customer_key: str
    kind: TaskKind
    """The first of what it is for."""
    title_en: str
    title_zh: str
    purposes: tuple[KindOfTask, ...]
    """All that it is for, each kind once."""
    status: ToDo
    """`open` before it is due, else `overdue`."""
    opens_at: Instant
    due_at: Instant
    next_attempt_at: Instant | None
    """When it is to be tried next; null: at any time until it is due."""
    attempts: int
    """How often it was tried."""
    priority: int
    """1 is done first."""
    urgent: bool
    owner_role: str
    person: str | None
    """The staff id of who is to do it; null: whoever has the role."""
    channel: str
    grade: Grade | None
    vin: str | None
    why_en: str
    """Why it is there; the customer's plan says all of it."""
    why_zh: str


class DealerTasks(DescribedResponse):
    """One page of a dealer's tasks to do, by due time, and of one minute by priority."""

    tasks: tuple[TaskLine, ...]
    after: str | None
    """Asks for the next page; null: this is the last."""
    as_of: Instant | None
    """What was known then is in it; null: not all of it is yet."""
    behind_seconds: int | None


class CountedTasks(DescribedResponse):
    """How many tasks there are to do."""

    open: int
    """Overdue ones included."""
    overdue: int
    due_today: int
    """By the dealer's calendar; overdue ones of today included."""


class CountedGroup(CountedTasks):
    """And those of one role, person, kind or grade."""

    of: str | None
    """Null: of nobody in particular, or of customers of whom no grade is known."""


class CountedKind(CountedGroup):
    """And those of one kind."""

    title_en: str = ""
    """As the dealer's rules call it; empty of a kind that they have no longer."""
    title_zh: str = ""


class TaskCounts(DescribedResponse):
    """A dealer's tasks to do, counted."""

    dealer_id: str
    today: date
    total: CountedTasks
    by_role: tuple[CountedGroup, ...]
    by_person: tuple[CountedGroup, ...]
    by_kind: tuple[CountedKind, ...]
    """A task that is for several kinds counts in each."""
    by_grade: tuple[CountedGroup, ...]
    done_today: Mapping[str, int] | None = None
    """Staff id -> with how many customers they are done today; null: it is not told."""
    as_of: Instant | None
    behind_seconds: int | None


class LaterTask(DescribedResponse):
    """A task that could be done on the day, and comes later."""

    task: TaskLine
    comes_on: date
    why_en: str
    why_zh: str


class DayOfTasks(DescribedResponse):
    """What a person is to do on one day, or those of a role between them."""

    dealer_id: str
    day: date
    role: str | None
    person: str | None
    people: int
    is_working_day: bool
    """By the hours of the dealer's policy; on other days there are urgent tasks alone."""
    most: int
    """How many tasks there are at most, but for urgent ones; those that are done are among them."""
    done: int
    """With how many customers the person is done today; of a role always 0."""
    tasks: tuple[TaskLine, ...]
    """Urgent ones first, then in the order in which they are to be done."""
    later: tuple[LaterTask, ...]
    """The next ones, of those that did not fit."""
    as_of: Instant | None
    behind_seconds: int | None
