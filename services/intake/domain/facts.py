"""What intake keeps of a reported document, and the one rule that gives it a version."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.intake.domain.statements import Said
from shared.contracts.identifiers import document_version, succeeding_version
from shared.contracts.values import Instant

EVENTS_KEPT = 16
"""So many events about a document are remembered, the last ones: a repeat of one is none."""
LEFT_KEPT = 16
"""So many customers are remembered that a document was taken away from, the last ones."""
NOT_KNOWN = "0"
"""Stands for the version of a complaint that is not known yet; sorts before every version."""


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
    recorded: Mapping[str, JsonValue] | None = None
    """What was published of a step, so that it can follow its complaints."""
    said: Mapping[str, Said] | None = None
    """For a profile, and for the opt-outs of a document: the newest word on each field. None for
    a profile: registered before each had its own."""
    words: Mapping[str, Said] | None = None
    """What was written in free words, such as a complaint's narrative. Never published."""
    narrative: str | None = None
    """The same, of a complaint that was registered before each text had its own word."""
    content: Mapping[str, str] | None = None
    """Role -> what was published to the customer in that role, as JSON without what the row
    itself tells. None: registered before intake kept it."""
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


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.astimezone(UTC).timestamp() * 1000)


def version_for(
    row: Row | None,
    *,
    content_hash: str,
    event: str,
    stated_at: datetime | None,
    received_at: datetime,
) -> str:
    """The version of a reported content: when the source changed it, then its hash.

    Of contents that a source dates the same, or not at all, the one received last is the newest,
    also one that was there before: the source has gone back to it. A repeat of an `event` (a
    digest of it and what it said) repeats the version.
    """
    if row is None or (stated_at is not None and milliseconds(stated_at) != _changed_ms(row)):
        return document_version(milliseconds(stated_at or received_at), content_hash)
    if content_hash == row.content_hash:
        return row.version
    repeated = row.events.get(event) or row.receipts.get(content_hash)
    if repeated is not None:
        return repeated
    if stated_at is None:
        later_ms = max(milliseconds(received_at), _changed_ms(row) + 1)
        return document_version(later_ms, content_hash)
    return succeeding_version(row.version, content_hash, milliseconds(received_at))


def _changed_ms(row: Row) -> int:
    return int(row.version.partition(".")[0])


def placed(version: str, *cases: Row | None) -> str:
    """The version of a step's content, followed by the versions of the complaints it follows.

    `cases`: the complaint that it is a step on, then the one that it merges that into; None
    for one that is not known. They alone decide where a step is published and with which
    customer it merges, so that a version never stands for two contents, whoever publishes it
    and however often; and a newer complaint makes it newer, but older than any later content.
    """
    content = version.split(".")[:2]
    after = [NOT_KNOWN if case is None else case.version for case in cases]
    while after and after[-1] == NOT_KNOWN:
        after.pop()
    return ".".join([*content, *after])


def with_event(events: Mapping[str, str], event: str, version: str) -> dict[str, str]:
    """`events` with one more and the version of what it said; the last ones only."""
    kept = {known: said for known, said in events.items() if known != event}
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
