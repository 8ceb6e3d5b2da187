"""Records as a consumer polls them."""

from aiokafka import ConsumerRecord

from shared.platform.publisher import Record


def polled(
    record: Record, *, partition: int = 0, offset: int = 0, timestamp: int = 0
) -> "ConsumerRecord[bytes, bytes]":
    """What was sent, at a place of its topic; `timestamp` in milliseconds."""
    return ConsumerRecord(
        topic=record.topic,
        partition=partition,
        offset=offset,
        timestamp=timestamp,
        timestamp_type=0,
        key=record.key,
        value=record.value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=record.headers,
    )
