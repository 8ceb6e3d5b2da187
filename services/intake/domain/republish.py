"""What was published of some rows, in the order in which it is published again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.intake.domain.facts import Row
from services.intake.domain.outgoing import OutgoingMessage, in_order
from services.intake.domain.published import departures_of, snapshots_of
from shared.contracts.intake import Recorded


@dataclass(frozen=True, slots=True)
class RepublishedRows:
    """What is to be published of some rows, in its order."""

    outgoing: Sequence[OutgoingMessage]
    documents: int
    not_kept: int


def republished(rows: Sequence[Row], cases: Mapping[str, Row]) -> RepublishedRows:
    """What was published of these rows. `cases`: complaints that must leave before their steps."""
    outgoing: list[OutgoingMessage] = []
    not_kept = 0
    for row in rows:
        try:
            outgoing += _of(row, snapshots_of(row))
        except ValueError:
            not_kept += 1
        outgoing += _of(row, departures_of(row))
    for case in cases.values():
        outgoing += _of(case, departures_of(case))
    return RepublishedRows(in_order(outgoing), documents=len(rows) - not_kept, not_kept=not_kept)


def _of(row: Row, messages: Iterable[Recorded]) -> list[OutgoingMessage]:
    return [
        OutgoingMessage(
            message=message,
            first_received_at=row.first_received_at,
            occurred_at=row.occurred_at,
        )
        for message in messages
    ]
