"""What intake answers of what it rejected and keeps (producer: intake; read by the command and by
desks)."""

from typing import Literal

from pydantic import JsonValue

from shared.contracts.http.described import DescribedResponse

RejectedDoor = Literal["events", "webhook", "import", "drop", "connector"]
RejectedKind = Literal["event", "records", "text", "nothing"]
ReplayOutcome = Literal["accepted", "duplicate", "rejected", "skipped"]


class RejectedPlace(DescribedResponse):
    """Something that is wrong: places and words, never what stands there."""

    pointer: str
    """JSON pointer into the event; empty: all of it."""
    column: str
    """The heading, or the path, that it comes from; empty: none."""
    detail: str


class KeptEvent(DescribedResponse):
    """Something that was rejected, without its content."""

    rejected_id: str
    dealer_id: str
    """Of who sent it; empty: it is not known."""
    source: str
    """Empty: it is not known."""
    door: RejectedDoor
    """Where it came in."""
    name: str
    """Of the webhook; the id of the import."""
    mapping: str
    """What made events of records; empty: events came."""
    record: int
    """Its number in the file, from 1; 0: it came otherwise."""
    place: str
    """Where it stands in the file, such as `line 12`."""
    type: str
    """Of the event, if it is a known one."""
    kind: RejectedKind
    """`event`: JSON; `records`: what a mapping was given; `text`: no JSON as it is taken;
    `nothing`: it could not be read, or was too large to be kept."""
    size: int
    """Bytes."""
    reason: str
    """Such as `invalid-event/customer`; `mapping`: no event could be made of it."""
    places: tuple[RejectedPlace, ...]
    more_places: int
    """How many more there are."""
    times: int
    """How often the same came, at least."""
    first_at: str
    last_at: str
    expires_at: str
    """When it is deleted."""
    tried_at: str | None
    """When it was last replayed in vain."""


class RejectedContent(KeptEvent):
    """Something that was rejected, and what it was. It is personal data."""

    content: JsonValue
    """The event; the records, each an object; the text; or null."""


class RejectedPage(DescribedResponse):
    """What was rejected, the newest first."""

    rejected: tuple[KeptEvent, ...]
    after: str | None
    """`after` of the next page; null: this was the last."""
    is_kept: bool
    """Whether what is rejected is kept at all: whether `AFTERCARE_REJECTED_KEY` is set."""


class ReplayedEvent(DescribedResponse):
    """What became of something that was replayed."""

    rejected_id: str
    outcome: ReplayOutcome
    """`accepted`, `duplicate` (known already), `skipped` (the mapping says that it is no record):
    it is not kept any more. `rejected`: it is."""
    document_ids: tuple[str, ...]
    reason: str
    """Why it is rejected; empty: it is not."""
    places: tuple[RejectedPlace, ...]
    more_places: int
    warnings: tuple[RejectedPlace, ...]


class ReplayedPage(DescribedResponse):
    """What became of a page of what was rejected."""

    accepted: int
    duplicate: int
    skipped: int
    rejected: int
    """They are kept as before."""
    items: tuple[ReplayedEvent, ...]
    after: str | None
    """`after` of the next page; null: this was the last."""


class DiscardedRejected(DescribedResponse):
    """What is not kept any more."""

    discarded: int
