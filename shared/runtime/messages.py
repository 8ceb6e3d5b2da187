"""Outgoing messages as CloudEvents on Kafka: ids, headers, keys."""

from collections.abc import Mapping

from shared.contracts.envelope import to_headers
from shared.contracts.identifiers import customer_of, dealer_of, message_id, subject_id
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.values import instant_text
from shared.platform.publisher import Record
from shared.runtime.aggregate import Outgoing


def to_record(
    service: str, message: Outgoing, contracts: Mapping[str, type[Output] | type[Withdrawal]]
) -> Record:
    """The record of a message: its id follows from subject and sequence, its key is the
    customer it goes to. The same message gives the same record whenever it is sent.

    Where a topic keeps the last record of each case, its key is the case."""
    subject = subject_id(service, message.aggregate_id, message.about)
    key = message.key or customer_of(message.aggregate_id)
    at = instant_text(message.at)
    attributes = {
        "id": str(message_id(subject, message.sequence)),
        "source": f"aftercare/{service}",
        "specversion": "1.0",
        "type": message.type,
        "time": at,
        "subject": str(subject),
        "dealerid": dealer_of(key),
        "partitionkey": key,
        "sequence": str(message.sequence),
        "recordedtime": at,
    }
    if message.causation_id is not None:
        attributes["causationid"] = message.causation_id
    if message.traceparent is not None:
        attributes["traceparent"] = message.traceparent
    topic = contracts[message.type].TOPIC
    return Record(
        topic=topic.name,
        key=(message.aggregate_id if topic.per_case else key).encode(),
        value=message.data.encode(),
        headers=tuple(to_headers(attributes)),
    )
