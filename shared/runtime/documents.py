"""Aggregates, intents and policy marks as MongoDB documents.

What comes from outside is in values alone, as JSON text or in lists, and never a field's name:
`.`, `$`, NUL and the empty string mean nothing there.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.contracts.identifiers import name_within
from shared.decider.decision import Listing
from shared.runtime.aggregate import Aggregate, Emitted, Intent, Outgoing, Parked, PolicyMark

_ESCAPED = re.compile(r"%([0-9A-F]{2})")
_EMPTY = "%"
_APPLYING = "applying "
"""What the text of a mark begins with while its policy is being applied."""


def from_aggregate(aggregate: Aggregate) -> dict[str, Any]:
    """The document of an aggregate. `due_at` is absent where nothing is due."""
    parked, listing = aggregate.parked, aggregate.listing
    document: dict[str, Any] = {
        "_id": aggregate.id,
        "dealer_id": aggregate.dealer_id,
        "partition": aggregate.partition,
        "version": aggregate.version,
        "facts": aggregate.facts,
        "emitted": [_from_emitted(about, said) for about, said in aggregate.emitted.items()],
        "policy_version": aggregate.policy_version,
        "updated_at": aggregate.updated_at,
    }
    if name := name_within(aggregate.id):
        document["name"] = name
    if aggregate.due_at is not None:
        document["due_at"] = aggregate.due_at
    if parked is not None:
        document["parked"] = {
            "reason": parked.reason,
            "attempts": parked.attempts,
            "since": parked.since,
        }
    if listing is not None:
        document["listing"] = _from_listing(listing)
    return document


def to_aggregate(document: Mapping[str, Any]) -> Aggregate:
    """The inverse of `from_aggregate`; also reads what version 0.1 wrote."""
    parked, listing = document.get("parked"), document.get("listing")
    facts, emitted = document["facts"], document["emitted"]
    return Aggregate(
        id=document["_id"],
        dealer_id=document["dealer_id"],
        partition=document["partition"],
        version=document["version"],
        facts=facts if isinstance(facts, str) else json.dumps(_unescape(facts)),
        emitted={values[0]: Emitted(*values[1:]) for values in emitted}
        if isinstance(emitted, list)
        else {unescape_key(name): Emitted(**entry) for name, entry in emitted.items()},
        due_at=document.get("due_at"),
        policy_version=document["policy_version"],
        updated_at=document["updated_at"],
        parked=Parked(**parked) if parked else None,
        listing=to_listing(listing) if listing else None,
    )


def _from_emitted(about: str, said: Emitted) -> list[Any]:
    """Up to the last that is there."""
    values: list[Any] = [about, said.sequence, said.hash, said.type]
    if said.key is not None:
        values += (said.forget_at, said.sealed, said.withdrawn, said.key)
    elif said.withdrawn:
        values += (said.forget_at, said.sealed, True)
    elif said.sealed is not None:
        values += (said.forget_at, said.sealed)
    elif said.forget_at is not None:
        values.append(said.forget_at)
    return values


def _from_listing(listing: Listing) -> dict[str, Any]:
    written: dict[str, Any] = {"since": listing.since, "tally": json.dumps(listing.tally)}
    if listing.deadline is not None:
        written["deadline"] = listing.deadline
    return written


def to_listing(found: Mapping[str, Any]) -> Listing:
    """The listing in a document; its deadline is absent where the aggregate is not open."""
    tally = found["tally"]
    return Listing(
        found["since"],
        found.get("deadline"),
        json.loads(tally) if isinstance(tally, str) else _unescape(tally),
    )


def unescape_key(name: str) -> str:
    """What version 0.1 wrote as the name of a field."""
    if name == _EMPTY:
        return ""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)


def _unescape(value: Any) -> Any:
    if isinstance(value, dict):
        return {unescape_key(name): _unescape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_unescape(part) for part in value]
    return value


def from_intent(intent: Intent) -> dict[str, Any]:
    """The document of an intent."""
    document: dict[str, Any] = {
        "_id": intent.id,
        "partition": intent.partition,
        "at": intent.at,
        "messages": [_from_outgoing(message) for message in intent.messages],
    }
    if intent.written:
        document["written"] = [list(each) for each in intent.written]
    return document


def _from_outgoing(message: Outgoing) -> list[Any]:
    """In the order of the fields; the key comes last, and only of a message to another customer."""
    values = [
        message.aggregate_id,
        message.about,
        message.sequence,
        message.hash,
        message.type,
        message.data,
        message.at,
        message.causation_id,
        message.traceparent,
    ]
    return values if message.key is None else [*values, message.key]


def to_intent(document: Mapping[str, Any]) -> Intent:
    """The inverse of `from_intent`."""
    messages: Sequence[Sequence[Any]] = document["messages"]
    return Intent(
        id=document["_id"],
        partition=document["partition"],
        at=document["at"],
        messages=tuple(Outgoing(*values) for values in messages),
        written=tuple((id_, version) for id_, version in document.get("written", ())),
    )


def from_mark(mark: PolicyMark | None) -> str:
    """The text of a mark; empty for none."""
    if mark is None:
        return ""
    return mark.version if mark.complete else f"{_APPLYING}{mark.version}"


def to_mark(text: str) -> PolicyMark | None:
    """The inverse of `from_mark`."""
    if not text:
        return None
    return PolicyMark(text.removeprefix(_APPLYING), complete=not text.startswith(_APPLYING))
