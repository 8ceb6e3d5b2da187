"""What a task is counted from: the occasion that a trigger finds in a customer's history. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from shared.contracts.scoring import Grade

EVER = datetime(1950, 1, 1, tzinfo=UTC)
"""Before any document."""

Closer = Literal[
    "visit",
    "service",
    "contact",
    "purchase",
    "survey",
    "performed",
    "renewal",
    "called_back",
    "reached",
    "corrected",
]
"""What closes a task besides its outcome."""
OF_A_CAR: tuple[Closer, ...] = ("visit", "service")
"""What may close any task that follows up a car handed over or brought in."""
CLOSERS: Mapping[Closer, str] = {
    "visit": "the car comes in again, or is handed over",
    "service": "the car comes in for work that is not all internal, or is handed over",
    "contact": "the customer is contacted, comes in, or is handed a car",
    "purchase": "the customer is handed another car",
    "survey": "the customer answers such a survey",
    "performed": "the work is done, or declined anew",
    "renewal": "a later day becomes known",
    "called_back": "complaints says that the customer was called back",
    "reached": "the customer is reached by that number after all",
    "corrected": "another number, or address, of the customer's is reported",
}
"""Closer -> when it closes a task."""
NOT_SAID = "–"
"""Stands for a placeholder where there is nothing to say."""
NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


class TaskClosing(NamedTuple):
    """Something that closes a task, if its rule lets it."""

    by: Closer | None
    """Where the rule must name it; None: it closes the task in any case."""
    at: datetime
    status: Literal["done", "cancelled"]
    because: str


class Occasion(NamedTuple):
    """An instant that a task is counted from, and what it follows up. Instants are in UTC."""

    document_id: str
    """What it follows up; with the rule's kind it names the task, so a trigger yields each once."""
    at: datetime
    """What `opens` and `due` are counted from; may lie before or after `known_at`."""
    known_at: datetime
    """When what it follows from happened: nobody could know of it before."""
    zone: ZoneInfo
    """Where days and hours are counted."""
    vin: str | None = None
    """The car that it is about: when that goes, the task ends."""
    late: datetime | None = None
    """When its document was first received, where that was not promptly."""
    endings: tuple[TaskClosing, ...] = ()
    """What closes it, besides what closes any task of such a customer or car."""
    said: Mapping[str, str] = NOTHING_SAID
    """What stands for the placeholders that the trigger has of its own, in any language."""
    due_at: datetime | None = None
    """By when others want it done; None: the rule says."""
    grade: Grade | None = None
    """The grade that counts instead of the customer's, as that of a lead."""
    person: str | None = None
    """Who is to do it until it is assigned, by their staff id."""
