"""What followup's endpoints answer of a customer."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.contracts.feed_parts import Channel
from shared.contracts.followup import TaskKind, TaskStatus
from shared.contracts.http.described import DescribedResponse
from shared.contracts.http.response import Response
from shared.contracts.scoring import Grade
from shared.contracts.values import Instant

WhyNot = Literal[
    "do_not_contact",
    "opted_out",
    "complaint_open",
    "recent_contact",
    "other_conversation",
    "not_for_grade",
    "superseded",
    "window_passed",
]


class TaskReason(Response):
    """What the task follows from."""

    document_id: str
    en: str
    zh: str


class Attempt(DescribedResponse):
    """What came of one attempt at a task."""

    at: Instant
    outcome: str
    by: str | None
    channel: str | None
    next_contact_on: date | None
    documents: tuple[str, ...] = ()
    """The ids of its reports, of which there is one for each survey that was answered; intake's
    notes are told by them."""


class ReasonWords(Response):
    """A sentence for staff, in both languages."""

    en: str
    zh: str


class PurposeOfTask(DescribedResponse):
    """One thing that a conversation is for."""

    task_id: UUID
    """An outcome may be reported by it as by that of the task."""
    kind: TaskKind
    document_id: str
    vin: str | None
    due_at: Instant
    title_en: str
    title_zh: str
    hint_en: str
    """What to say, or ask."""
    hint_zh: str
    why: ReasonWords
    ended: str | None
    """Why it is a purpose no longer."""


class TaskAssignment(DescribedResponse):
    """What was said of whose a task is."""

    at: Instant
    by: str
    """Who said so; who claims it, says it of themselves."""
    person: str | None
    """Whose it is from then on; null: it is given back."""
    counts: bool
    """False: somebody else had claimed it before, or it was closed, or what is given back was
    theirs no longer."""


class FollowUpTask(DescribedResponse):
    """One task as it stands now: a conversation with the customer. An outcome is reported by its
    `task_id`."""

    task_id: UUID
    customer_key: str
    kind: TaskKind
    status: TaskStatus
    title_en: str
    title_zh: str
    owner_role: str
    channel: str
    vin: str | None
    opens_at: Instant
    due_at: Instant
    closed_at: Instant | None
    closed_because: str | None
    attempts: tuple[Attempt, ...]
    """In the order of time, of what is looked at; those after it was closed are here, too."""
    next_attempt_at: Instant | None
    """Not to be tried before; null: at any time."""
    person: str | None
    """Who is to do it; null: whoever has the role."""
    assignments: tuple[TaskAssignment, ...]
    """Claims, assignments and givings back, in the order of time."""
    why: TaskReason
    purposes: tuple[PurposeOfTask, ...] = ()
    """All that it is for; the first gives it its kind, title and car."""
    why_now: tuple[ReasonWords, ...] = ()
    """Why it was opened then, and in this way."""
    urgent: bool = False
    priority: int = 5
    """1 is done first."""
    depth: str = "usual"
    """How much of a conversation it is worth: `brief`, `usual` or `thorough`."""
    grade: Grade | None = None


class ComingTask(DescribedResponse):
    """What opens later if nothing happens; it may become a conversation with others."""

    kind: TaskKind
    title_en: str
    title_zh: str
    document_id: str
    vin: str | None
    opens_at: Instant
    due_at: Instant
    why: ReasonWords


class SuppressedTask(DescribedResponse):
    """What could be said to the customer, and is not."""

    kind: TaskKind
    title_en: str
    title_zh: str
    document_id: str
    vin: str | None
    due_at: Instant
    why: ReasonWords
    """What it follows from."""
    because: WhyNot
    why_not: ReasonWords
    since: Instant
    until: Instant | None
    """When it opens if nothing happens; null: not before something happens, or never."""


class AllowedContact(DescribedResponse):
    """What the customer allows now, by the newest word on it."""

    do_not_contact: bool = False
    """They want no contact at all."""
    opt_outs: tuple[Channel, ...] = ()
    """The channels that they refuse."""
    said_at: Instant | None = None
    """When they said so; null: they never said anything, and all is allowed."""


class CustomerTasks(DescribedResponse):
    """One customer's plan: what is to be said and was said, what comes later, and what is not said,
    and why."""

    customer_key: str
    tasks: tuple[FollowUpTask, ...]
    """Past and present, of what is remembered, by the time they are due."""
    coming: tuple[ComingTask, ...] = ()
    """By the time they open."""
    suppressed: tuple[SuppressedTask, ...] = ()
    """What waits for something first, then what never opens; each by the time it is due."""
    allowed: AllowedContact = AllowedContact()
    next_change_at: Instant | None
    """When any of this changes if nothing happens."""
    as_of: Instant
