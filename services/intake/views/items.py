"""What intake answers: one item for each event."""

from typing import Literal

from pydantic import Field

from shared.contracts.http.problem import PlaceInEvent, Problem
from shared.contracts.values import Contract

Outcome = Literal["accepted", "duplicate", "rejected"]


class Item(Contract):
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


class BatchAnswer(Contract):
    """What became of each event, in the order they were sent."""

    accepted: int
    duplicate: int
    rejected: int
    items: tuple[Item, ...]


class Document(Contract):
    """A registered document: what the register knows, without anything personal."""

    document_id: str
    kind: str
    version: str
    customer_keys: tuple[str, ...] = Field(description="whom it is recorded for")


class DocumentDetail(Document):
    """A registered document and what it belongs to; nothing that its content shows in."""

    dealer_id: str
    roles: dict[str, str] = Field(description="role -> customer key")
    parent: str | None = Field(description="the complaint, for a step on one")
    merged_into: str | None = Field(description="the complaint that a step merges its own into")
    first_received_at: str
    updated_at: str


def batch_answer(items: list[Item]) -> BatchAnswer:
    """The items and how many there are of each outcome."""
    outcomes = [item.outcome for item in items]
    return BatchAnswer(
        accepted=outcomes.count("accepted"),
        duplicate=outcomes.count("duplicate"),
        rejected=outcomes.count("rejected"),
        items=tuple(items),
    )
