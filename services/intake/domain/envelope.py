"""The CloudEvents attributes of what intake publishes, and the ids that stay the same."""

import re
from uuid import uuid5

from services.intake.domain.hashes import keyed_hash
from services.intake.domain.outgoing import OutgoingMessage
from shared.contracts.envelope import CloudEvent
from shared.contracts.identifiers import NAMESPACE
from shared.contracts.intake import Recorded
from shared.contracts.values import instant_text

SOURCE = "aftercare/intake"

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""W3C Trace Context."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ONLY_DIGITS = re.compile(r"[0-9-]+")


def attributes_of(
    outgoing: OutgoingMessage, *, event: CloudEvent | None, traceparent: str | None, key: bytes
) -> dict[str, str]:
    """The attributes of a message. `event`: what caused it, when that is one event.

    `key`: of the hash that stands for the sender's event id.
    """
    message = outgoing.message
    attributes = {
        "id": record_id(message),
        "source": SOURCE,
        "specversion": "1.0",
        "type": message.TYPE,
        "time": instant_text(outgoing.occurred_at or outgoing.first_received_at),
        "subject": message.document_id,
        "dealerid": message.dealer_id,
        "partitionkey": message.customer_key,
        "recordedtime": instant_text(outgoing.first_received_at),
    }
    if event is not None:
        attributes["causationid"] = causation_id(event.id, key)
    trace = (event.traceparent if event is not None else None) or traceparent
    if trace is not None and _TRACEPARENT.fullmatch(trace):
        attributes["traceparent"] = trace
    return attributes


def causation_id(event_id: str, key: bytes) -> str:
    """A UUID as it is; anything else may hold a person's data, and becomes a keyed hash."""
    if _UUID.fullmatch(event_id) and not _ONLY_DIGITS.fullmatch(event_id[-12:]):
        return event_id
    return keyed_hash(event_id, key)


def record_id(message: Recorded) -> str:
    """The same for every repeat of this version of this document at this customer."""
    about = f"{message.document_id}|{message.version}|{message.customer_key}"
    return str(uuid5(NAMESPACE, about))
