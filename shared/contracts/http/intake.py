"""What intake's endpoints answer (producer: intake; read by the command and by desks)."""

from typing import Literal

from pydantic import Field

from shared.contracts.http.problem import PlaceInEvent, Problem
from shared.contracts.http.response import Response

Outcome = Literal["accepted", "duplicate", "rejected"]


class Item(Response):
    """What became of one event."""

    index: int = Field(description="its place in the batch, from 0")
    id: str | None = Field(default=None, description="the CloudEvents id, when it is readable")
    outcome: Outcome
    document_id: str | None = None
    version: str | None = Field(
        default=None, description="the version of the document that Aftercare now holds"
    )
    customer_keys: tuple[str, ...] = Field(
        default=(), description="whom it was recorded for; empty for the dealership's own"
    )
    detail: str | None = None
    warnings: tuple[PlaceInEvent, ...] = Field(
        default=(), description="what was left out or looks wrong, without being a reason to reject"
    )
    problem: Problem | None = None


class BatchAnswer(Response):
    """What became of each event, in the order they were sent."""

    accepted: int
    duplicate: int
    rejected: int
    items: tuple[Item, ...]


class RegisteredDocument(Response):
    """A registered document: what the register knows, without anything personal."""

    document_id: str
    kind: str
    version: str
    customer_keys: tuple[str, ...] = Field(description="whom it is recorded for")


class DocumentDetail(RegisteredDocument):
    """A registered document and what it belongs to; nothing that its content shows in."""

    dealer_id: str
    roles: dict[str, str] = Field(description="role -> customer key")
    parent: str | None = Field(description="the complaint, for a step on one")
    merged_into: str | None = Field(description="the complaint that a step merges its own into")
    first_received_at: str
    updated_at: str


class Narrative(Response):
    """What was written of a document. It is on no topic and in no log."""

    document_id: str
    narrative: str | None = Field(default=None, description="what the customer complained of")
    desired_outcome: str | None = Field(default=None, description="what the customer asks for")
    note: str | None = Field(default=None, description="what was noted of an attempt at a task")


class TaskNote(Response):
    """What staff noted of an attempt at a task. It is on no topic and in no log."""

    document_id: str
    note: str


class TaskNotes(Response):
    """Those of the attempts that were asked for, of which anything was noted."""

    notes: tuple[TaskNote, ...]


class RepublishedPage(Response):
    """What one page put on the topics again."""

    documents: int = Field(description="documents that are on the topics again")
    records: int = Field(description="records published: one for each customer concerned")
    not_kept: int = Field(
        description="documents registered before intake kept their content: report them again"
    )
    next: str | None = Field(description="`after` of the next page; null: this was the last")
