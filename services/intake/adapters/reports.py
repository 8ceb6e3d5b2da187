"""The door for reports that come over Kafka: taken exactly as those that come over HTTP.

    poll -> read -> receive, which publishes and registers -> dead letters -> commit

Offsets are committed last, so whatever was cut off comes again; that is a repeat, which the
register knows by document and version. What can never be taken becomes a dead letter. While the
broker or the database is away the batch in hand waits, and is tried again: nobody has to send it
a second time.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from pydantic import ValidationError

from services.intake.adapters.each_taken import NAME, each_taken, reason_against
from shared.contracts.envelope import from_headers
from shared.contracts.followup import ReportMade, ReportWithdrawn
from shared.contracts.http.intake import Item
from shared.contracts.topics import REPORTS
from shared.platform import metrics
from shared.platform.errors import PoisonRecord
from shared.platform.kafka import RawRecord, group_of
from shared.platform.kafka_door import DoorConsumer, KafkaDoor
from shared.platform.publisher import Publisher
from shared.time.clock import TimeSource

GROUP = group_of(NAME)
TOPICS = (REPORTS.name,)

_OF_THE_MESSAGE = ("specversion", "id", "source", "time", "dealerid", "traceparent")
"""What the event has of the message that reports it: its time tells versions apart."""
_CONTRACTS: Mapping[str, type[ReportMade] | type[ReportWithdrawn]] = {
    contract.TYPE: contract for contract in (ReportMade, ReportWithdrawn)
}


class ReceiveReports(Protocol):
    """What the door over HTTP does with its events, too."""

    async def __call__(self, events: Sequence[object], /) -> Sequence[Item]:
        """As `Intake.receive` promises."""
        ...


class ReportsDoor(KafkaDoor):
    """Takes reports from `TOPICS`, in the order of each customer."""

    def __init__(
        self,
        receive: ReceiveReports,
        publisher: Publisher,
        *,
        make_consumer: Callable[[], DoorConsumer],
        check: Callable[[], Awaitable[None]],
        clock: TimeSource | None = None,
    ) -> None:
        super().__init__(
            NAME, TOPICS, publisher, make_consumer=make_consumer, check=check, clock=clock
        )
        self._receive = receive

    async def sort_out(self, records: Sequence[RawRecord]) -> Sequence[tuple[RawRecord, str]]:
        found: list[tuple[RawRecord, object]] = []
        poison: list[tuple[RawRecord, str]] = []
        for record in records:
            try:
                event = event_in(record)
            except PoisonRecord as wrong:
                poison.append((record, wrong.reason))
                continue
            if event is None:
                metrics.records_skipped.labels(NAME).inc()
            else:
                found.append((record, event))
        taken = await each_taken(self._receive, [event for _, event in found])
        for (record, _), item in zip(found, taken, strict=True):
            if (reason := reason_against(item)) is not None:
                poison.append((record, reason))
        return poison


def event_in(record: RawRecord) -> object | None:
    """The event that a record reports, as JSON values; None for a type that is not read here.

    Raises `PoisonRecord` with a reason that holds nothing from the content.
    """
    attributes = from_headers(record.headers)
    if "type" not in attributes:
        raise PoisonRecord("header ce_type is missing or unreadable")
    contract = _CONTRACTS.get(attributes["type"])
    if contract is None:
        return None
    try:
        report = contract.model_validate_json(record.value or b"")
    except ValidationError as error:
        fields = {str(found["loc"][0]) if found["loc"] else "value" for found in error.errors()}
        known = sorted(fields & {"value", *contract.model_fields})
        raise PoisonRecord(f"not valid: {', '.join(known)}") from None
    if record.key != report.customer_key.encode():
        raise PoisonRecord("the key is not that of the content's customer")
    if report.data.get("dealer_id") != report.dealer_id:
        raise PoisonRecord("the report is of another dealer than the record")
    envelope = {name: attributes[name] for name in _OF_THE_MESSAGE if name in attributes}
    return {**envelope, "type": report.reports, "data": report.data}
