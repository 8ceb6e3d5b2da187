"""What intake knows of a reported document: the register's row."""

from collections.abc import Collection, Mapping

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.intake.domain.statements import Statement
from shared.contracts.values import Instant

EVENTS_KEPT = 16
"""How many events about a document are remembered, the last ones: a repeat of one is none."""
LEFT_KEPT = 16
"""How many customers are remembered whom a document was taken away from, the last ones."""


class Row(BaseModel):
    """The register's entry for one document, or for one customer's profile."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    document_id: str
    kind: str
    dealer_id: str
    customer_keys: Mapping[str, str] = Field(default_factory=dict)
    """Role -> customer key: whom the document was published to. Empty: to nobody."""
    version: str
    content_hash: str
    first_received_at: Instant
    events: Mapping[str, str] = Field(default_factory=dict)
    """Digest of an event and what it said -> the version that got, for the last events."""
    receipts: Mapping[str, str] = Field(default_factory=dict)
    """Content hash -> the version it got. Only of rows registered before events were kept."""
    revision: int = 0
    """The guard of the compare-and-set; 0: not in the register yet."""
    parent: str | None = None
    """The document id of the complaint, for a step on one."""
    part: str | None = None
    """The document that is told within it, in this version; see `decide_parts`."""
    recorded: Mapping[str, JsonValue] | None = None
    """What was published of a step, so that it can follow its complaints."""
    said: Mapping[str, Statement] | None = None
    """For a profile, and for the opt-outs of a document: the newest word on each field. None for
    a profile: registered before each had its own."""
    words: Mapping[str, Statement] | None = None
    """What was written in free words, such as a complaint's narrative. Never published."""
    narrative: str | None = None
    """The same, of a complaint that was registered before each text had its own word."""
    content: Mapping[str, str] | None = None
    """Role -> what was published to the customer in that role, as JSON without the fields that the
    row has itself. None: registered before intake kept it."""
    occurred_at: Instant | None = None
    """When the source says that it happened or was changed."""
    left: Mapping[str, str] = Field(default_factory=dict)
    """Customer key -> the version with which the document was taken away from there."""
    updated_at: Instant

    @property
    def keys(self) -> frozenset[str]:
        """Every customer the document was published to."""
        return frozenset(self.customer_keys.values())

    @property
    def customer_key(self) -> str | None:
        """The customer of a complaint; None when it concerns none."""
        return next(iter(self.customer_keys.values()), None)

    @property
    def merged_into(self) -> str | None:
        """The document id of the complaint that a step merges its own into."""
        return merged_into(self.recorded)


def merged_into(recorded: Mapping[str, JsonValue] | None) -> str | None:
    """The document id of the complaint that a recorded step merges its own into."""
    into = None if recorded is None else recorded.get("merged_into")
    return into if isinstance(into, str) else None


def with_event(events: Mapping[str, str], event: str, version: str) -> dict[str, str]:
    """`events` with one more and the version of what it said; the last ones only."""
    kept = {known: got for known, got in events.items() if known != event}
    kept[event] = ".".join(version.split(".")[:2])
    return dict(list(kept.items())[-EVENTS_KEPT:])


def with_left(
    left: Mapping[str, str], gone: Mapping[str, str], *, keys: Collection[str]
) -> dict[str, str]:
    """`left` with the customers that a document at `keys` is `gone` from, each with the version
    it left with; the last ones only."""
    away = {**left, **dict(sorted(gone.items()))}
    kept = {key: since for key, since in away.items() if key not in keys}
    return dict(list(kept.items())[-LEFT_KEPT:])
