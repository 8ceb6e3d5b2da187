"""Leads, people who may buy: as feeds report them, and as intake records them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from shared.contracts.feed_document import Document
from shared.contracts.feed_parts import Channel, Customer, Text
from shared.contracts.recorded import Recorded
from shared.contracts.topics import CUSTOMERS, Topic
from shared.contracts.values import Contract, Instant, Number, ShortText, StaffId, Term, at_most

MOST_TURNS = 50
MOST_CONTACTS = 200

LeadChannel = Literal["web", "call", "walk_in"]
"""How they came: a form, a call, or by themselves."""
LeadStatus = Literal["open", "contacted", "quasi_lost", "lost", "bought"]
"""`quasi_lost` 准战败: put off, or undecided. `lost` 战败: bought elsewhere, cannot be reached."""
LeadReason = Literal[
    "product_knowledge",
    "process",
    "trust",
    "brand",
    "price",
    "model",
    "delivery_time",
    "bought_elsewhere",
    "unreachable",
    "put_off",
    "undecided",
    "other",
]
"""Why they were lost, or nearly: the first three are of people, the next four of the car."""
Extent = Literal["high", "some", "none", "unknown"]
_LOST = ("quasi_lost", "lost")


class LeadTurn(Contract):
    """A status that a lead had before the one that it has now."""

    status: LeadStatus
    at: Instant
    by: StaffId | None = None
    reason: LeadReason | None = None
    approved_by: StaffId | None = None
    approved_at: Instant | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> "LeadTurn":
        _check_loss(self.status, self.reason)
        _check_approval(self.status, self.at, self.approved_by, self.approved_at)
        return self


class LeadContact(Contract):
    """One attempt at talking to them, made by the dealer's staff."""

    at: Instant
    by: StaffId | None = None
    channel: Channel | None = None
    reached: bool = True
    """Whether they were spoken to."""


LeadTurns = Annotated[tuple[LeadTurn, ...], Field(max_length=MOST_TURNS), at_most(MOST_TURNS)]
LeadContacts = Annotated[
    tuple[LeadContact, ...], Field(max_length=MOST_CONTACTS), at_most(MOST_CONTACTS)
]
BuysWithin = Annotated[int, Field(ge=0, le=3_660)]
ContactsMade = Annotated[int, Field(ge=0, le=10_000)]


class LeadReported(Document):
    """Somebody who may buy a car, as the source has them now. The note never leaves intake.

    Without a customer it is kept under a key of its own, until a newer version names one.
    """

    TYPE: ClassVar[str] = "dev.aftercare.lead.reported.v1"

    lead_no: Number
    status: LeadStatus | Literal["voided"]
    at: Instant
    """When they came, called or wrote."""
    channel: LeadChannel
    status_at: Instant | None = None
    """Since when the status is what it is."""
    status_by: StaffId | None = None
    """The staff id of who said so, such as who reported the lead as lost."""
    reason: LeadReason | None = None
    approved_by: StaffId | None = None
    """The staff id of the manager who agreed that it is lost."""
    approved_at: Instant | None = None
    earlier: LeadTurns = ()
    """The statuses that it had before, where the source keeps them."""
    contacts: LeadContacts = ()
    contacts_made: ContactsMade | None = None
    """How many contacts there were, where the source counts more than it names."""
    ability_to_pay: Extent = "unknown"
    brand_loyalty: Extent = "unknown"
    buys_within_days: BuysWithin | None = None
    """In how many days they mean to buy, as they said last."""
    competitor: Term | None = None
    """The other brand that they look at, or drive."""
    model: Term | None = None
    """The model that they are interested in."""
    owner: StaffId | None = None
    """The staff id of who is responsible for them."""
    customer: Customer | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _has_what_its_status_needs(self) -> "LeadReported":
        since = self.status_at
        if since is None and self.status in (*_LOST, "bought"):
            raise ValueError(f"a lead '{self.status}' needs status_at")
        if since is not None and since < self.at:
            raise ValueError("status_at is before at")
        _check_loss(self.status, self.reason)
        _check_approval(self.status, since, self.approved_by, self.approved_at)
        return self

    @model_validator(mode="after")
    def _had_the_others_before(self) -> "LeadReported":
        if self.status_at is not None:
            since = self.status_at
            if any(turn.at > since for turn in self.earlier):
                raise ValueError("an earlier status is later than status_at")
        if self.earlier and self.status_at is None and self.status != "voided":
            raise ValueError("with earlier statuses, status_at is needed")
        return self


class LeadRecorded(Recorded):
    """Somebody who may buy a car: a lead, as the source has it now."""

    TYPE: ClassVar[str] = "dev.aftercare.lead.recorded.v1"
    TOPIC: ClassVar[Topic] = CUSTOMERS

    timezone: ShortText
    status: LeadStatus | Literal["voided"]
    at: Instant
    channel: LeadChannel
    status_at: Instant | None = None
    status_by: ShortText | None = None
    reason: LeadReason | None = None
    approved_by: ShortText | None = None
    approved_at: Instant | None = None
    earlier: tuple[LeadTurn, ...] = Field(default=(), max_length=MOST_TURNS)
    contacts: tuple[LeadContact, ...] = Field(default=(), max_length=MOST_CONTACTS)
    contacts_made: ContactsMade | None = None
    ability_to_pay: Extent = "unknown"
    brand_loyalty: Extent = "unknown"
    buys_within_days: BuysWithin | None = None
    competitor: ShortText | None = None
    model: ShortText | None = None
    owner: ShortText | None = None


def _check_loss(status: str, reason: str | None) -> None:
    if status in _LOST and reason is None:
        raise ValueError(f"a lead '{status}' needs reason")


def _check_approval(
    status: str, since: datetime | None, by: str | None, at: datetime | None
) -> None:
    if (by is None) != (at is None):
        raise ValueError("approved_by and approved_at are said together")
    if at is None:
        return
    if status != "lost":
        raise ValueError("only a lead 'lost' has an approval")
    if since is not None and at < since:
        raise ValueError("approved_at is before the lead was lost")
