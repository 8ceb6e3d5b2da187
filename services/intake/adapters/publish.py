"""Onto Kafka: keyed by the customer, CloudEvents binary mode, in an order that is kept.

What is to be published goes out in portions that bound what is in flight.
"""

from collections.abc import Iterable, Iterator

from services.intake.domain.envelope import attributes_of
from services.intake.domain.outgoing import OutgoingMessage
from shared.contracts.envelope import CloudEvent, to_headers
from shared.platform.errors import RefusedMessage
from shared.platform.publisher import Publisher, Record

RECORDS_AT_ONCE = 2_000
BYTES_AT_ONCE = 4_000_000


def record_of(
    outgoing: OutgoingMessage, *, event: CloudEvent | None, traceparent: str | None, key: bytes
) -> Record:
    """The record of a message. `event`: what caused it, when that is one event.

    `key`: of the hash that stands for the sender's event id.
    """
    message = outgoing.message
    attributes = attributes_of(outgoing, event=event, traceparent=traceparent, key=key)
    return Record(
        topic=message.TOPIC.name,
        key=message.customer_key.encode(),
        value=message.model_dump_json(exclude_none=True).encode(),
        headers=tuple(to_headers(attributes)),
    )


async def publish(publisher: Publisher, records: Iterable[Record]) -> list[int]:
    """The positions of the records that the broker will never take; it has acknowledged all else.

    Records of one key arrive in this order. Raises `TransientFailure` when some may not have
    arrived: send all of them again.
    """
    refused: list[int] = []
    done = 0
    for portion in portions(records):
        try:
            await publisher.publish(portion)
        except RefusedMessage as error:
            refused += [done + position for position in error.refused]
        done += len(portion)
    return refused


def portions(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The records in their order, within the limits of a portion; a larger one goes alone."""
    portion: list[Record] = []
    size = 0
    for record in records:
        length = len(record.value or b"") + sum(
            len(name) + len(v or b"") for name, v in record.headers
        )
        if portion and (len(portion) == RECORDS_AT_ONCE or size + length > BYTES_AT_ONCE):
            yield portion
            portion, size = [], 0
        portion.append(record)
        size += length
    if portion:
        yield portion
