"""Aggregates and intents as MongoDB documents.

Keys come from the outside, so they are escaped here and nowhere else: `.`, `$`, NUL and the
empty string have a meaning to MongoDB, `%` to the escape itself.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.contracts.decision import Listing
from shared.runtime.aggregate import Aggregate, Emitted, Intent, Outgoing, Parked

_SPECIAL = re.compile(r"[%.$\x00]")
_ESCAPED = re.compile(r"%([0-9A-F]{2})")
_EMPTY = "%"


def escape_key(key: str) -> str:
    """`key` as a field name that MongoDB takes as it is."""
    if not key:
        return _EMPTY
    return _SPECIAL.sub(lambda found: f"%{ord(found[0]):02X}", key)


def unescape_key(name: str) -> str:
    """The inverse of `escape_key`."""
    if name == _EMPTY:
        return ""
    if "%" not in name:
        return name
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)


def _escape(value: Any) -> Any:
    if isinstance(value, dict):
        return {escape_key(key): _escape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_escape(part) for part in value]
    return value


def _unescape(value: Any) -> Any:
    if isinstance(value, dict):
        return {unescape_key(name): _unescape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_unescape(part) for part in value]
    return value


def _without_none(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}


def from_aggregate(aggregate: Aggregate) -> dict[str, Any]:
    """The document of an aggregate. `due_at` is absent where nothing is due."""
    parked = aggregate.parked
    return _without_none(
        {
            "_id": aggregate.id,
            "dealer_id": aggregate.dealer_id,
            "partition": aggregate.partition,
            "version": aggregate.version,
            "facts": _escape(aggregate.facts),
            "emitted": {
                escape_key(about): _from_emitted(emitted)
                for about, emitted in aggregate.emitted.items()
            },
            "due_at": aggregate.due_at,
            "policy_version": aggregate.policy_version,
            "updated_at": aggregate.updated_at,
            "parked": parked
            and {"reason": parked.reason, "attempts": parked.attempts, "since": parked.since},
            "listing": aggregate.listing and _from_listing(aggregate.listing),
        }
    )


def to_aggregate(document: Mapping[str, Any]) -> Aggregate:
    """The inverse of `from_aggregate`."""
    parked, listing = document.get("parked"), document.get("listing")
    return Aggregate(
        id=document["_id"],
        dealer_id=document["dealer_id"],
        partition=document["partition"],
        version=document["version"],
        facts=_unescape(document["facts"]),
        emitted={
            unescape_key(name): _to_emitted(entry) for name, entry in document["emitted"].items()
        },
        due_at=document.get("due_at"),
        policy_version=document["policy_version"],
        updated_at=document["updated_at"],
        parked=Parked(**parked) if parked else None,
        listing=to_listing(listing) if listing else None,
    )


def _from_listing(listing: Listing) -> dict[str, Any]:
    return _without_none(
        {
            "since": listing.since,
            "deadline": listing.deadline,
            "tally": _escape(listing.tally),
        }
    )


def to_listing(found: Mapping[str, Any]) -> Listing:
    """The listing in a document; its deadline is absent where the aggregate is not open."""
    return Listing(found["since"], found.get("deadline"), _unescape(found["tally"]))


def _from_emitted(emitted: Emitted) -> dict[str, Any]:
    return _without_none(
        {
            "sequence": emitted.sequence,
            "hash": emitted.hash,
            "type": emitted.type,
            "forget_at": emitted.forget_at,
            "sealed": emitted.sealed,
            "withdrawn": emitted.withdrawn or None,
            "key": emitted.key,
        }
    )


def _to_emitted(entry: Mapping[str, Any]) -> Emitted:
    forget_at: datetime | None = entry.get("forget_at")
    return Emitted(
        sequence=entry["sequence"],
        hash=entry["hash"],
        type=entry["type"],
        forget_at=forget_at,
        sealed=entry.get("sealed"),
        withdrawn=entry.get("withdrawn", False),
        key=entry.get("key"),
    )


_OUTGOING = (
    "aggregate_id",
    "about",
    "sequence",
    "hash",
    "type",
    "data",
    "at",
    "causation_id",
    "traceparent",
)
"""In this order; the key comes last, and only of a message to another customer."""


def from_intent(intent: Intent) -> dict[str, Any]:
    """The document of an intent."""
    return {
        "_id": intent.id,
        "partition": intent.partition,
        "at": intent.at,
        "messages": [_from_outgoing(message) for message in intent.messages],
    }


def _from_outgoing(message: Outgoing) -> list[Any]:
    values = [getattr(message, name) for name in _OUTGOING]
    return values if message.key is None else [*values, message.key]


def to_intent(document: Mapping[str, Any]) -> Intent:
    """The inverse of `from_intent`."""
    return Intent(
        id=document["_id"],
        partition=document["partition"],
        at=document["at"],
        messages=tuple(
            Outgoing(**dict(zip((*_OUTGOING, "key"), values, strict=False)))
            for values in document["messages"]
        ),
    )
