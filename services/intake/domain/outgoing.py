"""What is to be published: in which order, and where it went before the register knew.

Whoever reads a complaint must have read what is known of it before: so steps arrive at a customer
ahead of their complaint, and leave it behind theirs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.intake.domain.documents import DOCUMENTS
from shared.contracts.intake import ComplaintMoved, Moved, Recorded

_EXPLAINING = frozenset(kind.RECORDED for kind in DOCUMENTS.values() if kind.EXPLAINS)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message to be sent, and the event that caused it, by its index in the batch."""

    message: Recorded
    first_received_at: datetime
    occurred_at: datetime | None = None
    """When the source says that it happened or was changed."""
    index: int | None = None


@dataclass(slots=True)
class Unregistered:
    """Where documents were published while the register may not know of it."""

    _published: dict[str, set[str]] = field(default_factory=dict)
    """Document id -> customer keys."""

    def note(self, outgoing: Sequence[OutgoingMessage]) -> None:
        """These were published, in this order; what is moved away is nowhere any more."""
        for message in (sent.message for sent in outgoing):
            keys = self._published.setdefault(message.document_id, set())
            if isinstance(message, Moved):
                keys.discard(message.customer_key)
            else:
                keys.add(message.customer_key)

    def of(self, document_id: str) -> Collection[str]:
        """The customers that the document was published to."""
        return self._published.get(document_id, ())


def in_order(outgoing: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
    """What should be published of it, the explaining messages first.

    Of several about one document and customer only the newest: whoever read the older one alone
    would act on what is known to be wrong.
    """
    newest: dict[tuple[str, str], int] = {}
    for position, message in enumerate(sent.message for sent in outgoing):
        about = (message.document_id, message.customer_key)
        other = newest.get(about)
        if other is None or outgoing[other].message.version <= message.version:
            newest[about] = position
    kept = sorted(newest.values())
    return sorted((outgoing[at] for at in kept), key=lambda sent: turn_of(sent.message))


def turn_of(message: Recorded) -> int:
    """When its turn is among messages that belong together: 0 first.

    What explains others goes ahead of them. A step leaves a customer last, when the complaint that
    it explains has left.
    """
    if type(message) in _EXPLAINING:
        return 0
    is_step_leaving = isinstance(message, ComplaintMoved) and message.document_id != message.case_id
    return 2 if is_step_leaving else 1
