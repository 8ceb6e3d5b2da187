"""Records as a consumer polls them."""

from aiokafka import ConsumerRecord

from deploy.cli.topic_tail import following
from shared.platform.kafka import RawRecord
from shared.platform.publisher import Record
from shared.settings import KafkaSettings


async def written(settings: KafkaSettings, *topics: str) -> list[RawRecord]:
    """All records of these topics up to their present ends, each partition in its order.

    However busy the machine is: nothing that was acknowledged before is left out.
    """
    async with following(settings, topics, from_start=True) as tail:
        return await tail.rest()


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
