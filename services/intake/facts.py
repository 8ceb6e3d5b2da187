"""What intake keeps of a reported document, and the one rule that gives it a version."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.contracts.identifiers import document_version
from shared.contracts.values import Instant

RECEIPTS_KEPT = 16
"""So many contents of a document are remembered by when they were first received."""


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
    receipts: Mapping[str, str] = Field(default_factory=dict)
    """Content hash -> the version it got, for the last contents of this document."""
    revision: int = 0
    """The guard of the compare-and-set; 0: not in the register yet."""
    parent: str | None = None
    """The document id of the complaint, for a step on one."""
    recorded: Mapping[str, JsonValue] | None = None
    """What was published of a step, so that it can follow its complaint."""
    narrative: str | None = None
    """What the customer complained of, in words. Never published."""
    updated_at: Instant

    @property
    def keys(self) -> frozenset[str]:
        """Every customer the document was published to."""
        return frozenset(self.customer_keys.values())


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.astimezone(UTC).timestamp() * 1000)


def version_for(
    row: Row | None, *, content_hash: str, stated_at: datetime | None, received_at: datetime
) -> str:
    """The version of a reported content: when the source changed it, then its hash.

    A source that states no time gets the first receipt of this very content, so that a repeat
    repeats the version; content never seen before is then newer than all that is known.
    """
    if stated_at is not None:
        return document_version(milliseconds(stated_at), content_hash)
    if row is None:
        return document_version(milliseconds(received_at), content_hash)
    if content_hash in row.receipts:
        return row.receipts[content_hash]
    known_ms = int(row.version.partition(".")[0])
    return document_version(max(milliseconds(received_at), known_ms + 1), content_hash)


def placed_again(version: str) -> str:
    """A version of the same content, newer than `version` and older than any later content.

    For a step that follows its complaint to another customer without a change of its own.
    """
    modified_ms, content, *placed = version.split(".")
    return f"{modified_ms}.{content}.{int(placed[0]) + 1 if placed else 1:04d}"


def with_receipt(receipts: Mapping[str, str], content_hash: str, version: str) -> dict[str, str]:
    """`receipts` with one more, the last ones only."""
    kept = {known: seen for known, seen in receipts.items() if known != content_hash}
    kept[content_hash] = version
    return dict(list(kept.items())[-RECEIPTS_KEPT:])
