"""The records that all measurements take: visits, and steps of complaints, of 900 bytes each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeAlias

from shared.contracts.envelope import to_headers
from shared.contracts.identifiers import customer_key, document_id, document_version
from shared.contracts.intake import ComplaintFiled, ComplaintStepTaken, Recorded, VisitRecorded
from shared.contracts.values import instant_text
from shared.platform.kafka import make_producer
from shared.platform.publisher import KafkaPublisher, Record
from shared.settings import KafkaSettings

BYTES = 900
DEALER = "sunrise/berlin"
CUSTOMERS_PER_EVENT = 1900 / 6000
EVENTS_OF_A_CASE = 3
BLOCK = 6000
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PUBLISH_AT_ONCE = 2000

Make: TypeAlias = Callable[[int], Record]
"""The event of a number."""


def visits(events: int) -> Make:
    """Visits of which each customer has about three, far apart."""
    return partial(visit_of, customers=max(1, round(events * CUSTOMERS_PER_EVENT)))


def visits_for_ever(number: int) -> Record:
    """A third are of new customers, the rest of those who came 6,000 and 12,000 visits before.

    So a batch holds few customers twice, and most of its writes replace a document.
    """
    block, place = divmod(number, BLOCK)
    newcomer, earlier = divmod(place, 3)
    return _visit(number, customer=(block - earlier) * BLOCK + newcomer)


def one_visit_each(customers: int, *, earlier: int = 0) -> Make:
    """One more visit of each of so many customers, who had so many earlier."""
    return lambda number: visit_of(number + earlier * customers, customers=customers)


def visits_of(customer: int) -> Make:
    """Visits of one customer, a minute apart."""
    return partial(_visit, customer=customer)


def complaints(events: int) -> Make:
    """Complaints, and two steps of each, far apart."""
    return partial(complaint_of, cases=-(-events // EVENTS_OF_A_CASE))


def visit_of(number: int, *, customers: int) -> Record:
    """A visit of one of so many customers."""
    return _visit(number, customer=number * 7919 % customers)


def _visit(number: int, *, customer: int) -> Record:
    """A closed visit that the customer paid."""
    opened_at = START + timedelta(minutes=number % 200_000)
    return record(
        VisitRecorded.model_validate(
            {
                **_document("visit", number, customer=customer),
                "timezone": "Europe/Berlin",
                "status": "closed",
                "opened_at": opened_at,
                "closed_at": opened_at + timedelta(hours=6),
                "vin": "WVWZZZ1KZAW000001",
                "currency": "EUR",
                "lines": [{"line_no": "1", "pay_type": "customer", "amount": "249.90"}],
            }
        )
    )


def complaint_of(number: int, *, cases: int) -> Record:
    """One of so many complaints of this week as it is filed, or a step taken on it."""
    round_, case = number // cases, number * 7919 % cases
    received_at = datetime.now(UTC) - timedelta(days=4)
    if round_ == 0:
        return record(filed(str(case), received_at))
    name, hours = {1: ("contacted", 1), 2: ("resolved", 20)}.get(round_, ("reassigned", round_))
    return record(
        ComplaintStepTaken.model_validate(
            {
                **_document("complaint-step", number, customer=case),
                "case_id": document_id(DEALER, "dms", "complaint", str(case)),
                "case_no": str(case),
                "step_id": str(number),
                "step": name,
                "at": received_at + timedelta(hours=hours),
                "by": "service.desk",
            }
        )
    )


def filed(case: str, received_at: datetime) -> ComplaintFiled:
    """A complaint about noise, of a customer of its own."""
    return ComplaintFiled.model_validate(
        {
            **_document("complaint", case, customer=case),
            "case_no": case,
            "timezone": "Europe/Berlin",
            "status": "open",
            "received_at": received_at,
            "channel": "phone",
            "category": "noise",
            "severity": "normal",
        }
    )


def record(data: Recorded) -> Record:
    """The record of an event, padded to its 900 bytes with a field that nobody knows."""
    value = data.model_dump_json(exclude_none=True).encode()
    padded = value[:-1] + b',"note":"' + b"x" * (BYTES - len(value) - 10) + b'"}'
    attributes = {
        "id": data.document_id,
        "source": "bench",
        "specversion": "1.0",
        "type": data.TYPE,
        "recordedtime": instant_text(datetime.now(UTC)),
    }
    headers = tuple(to_headers(attributes))
    return Record(data.TOPIC.name, data.customer_key.encode(), padded, headers)


async def publish(settings: KafkaSettings, make: Make, events: int, *, first: int = 0) -> None:
    """Put that many events on their topic, from the number `first` on."""
    async with make_producer(settings) as producer:
        publisher = KafkaPublisher(producer)
        for start in range(first, first + events, PUBLISH_AT_ONCE):
            numbers = range(start, min(start + PUBLISH_AT_ONCE, first + events))
            await publisher.publish([make(number) for number in numbers])


def _document(kind: str, number: int | str, *, customer: int | str) -> dict[str, str]:
    return {
        "document_id": document_id(DEALER, "dms", kind, str(number)),
        "version": document_version(1, "0" * 12),
        "customer_key": customer_key(DEALER, "dms", str(customer)),
        "dealer_id": DEALER,
    }
