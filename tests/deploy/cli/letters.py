"""Dead letters of a visit, and what operators did about them."""

from aiokafka import ConsumerRecord

from deploy.cli.dead_letters.work import (
    DeadLetter,
    fold,
)
from deploy.cli.topic_tail import Record as Written
from shared.platform.dead_letters import (
    Resolved,
    dead_letter,
    resolution,
)
from shared.platform.publisher import Record
from tests.shared.runtime.on_servers import record_of
from tests.shared.runtime.toy import visit

GOOD = record_of(visit(1, customer="7"))


def written(record: Record, *, offset: int = 0, at_ms: int = 1_795_000_000_000) -> Written:
    """A record as it is read from its topic."""
    return ConsumerRecord(
        topic=record.topic,
        partition=record.partition or 0,
        offset=offset,
        timestamp=at_ms + offset,
        timestamp_type=0,
        key=record.key,
        value=record.value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=record.headers,
    )


def died(
    record: Record = GOOD,
    *,
    service: str = "scoring",
    reason: str = "value: json_invalid",
    offset: int = 0,
) -> Written:
    """The dead letter of a record that was at this offset."""
    return written(dead_letter(service, written(record, offset=offset), reason), offset=offset)


def done(letter: Written, what: Resolved = "discarded", note: str = "") -> Written:
    """The resolution of a dead letter, later than all of them."""
    return written(resolution(letter, what, note), offset=1_000)


def only(*records: Written) -> DeadLetter:
    """The one dead letter that these records come to."""
    (letter,) = fold(records)
    return letter
