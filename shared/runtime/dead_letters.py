"""Records that cannot be processed, as they came, with the reason beside them.

Key, value and headers stay byte for byte; what is ours is in `aftercare_*` headers. The
reason never holds anything from the record's content.
"""

import uuid
from collections.abc import Iterable

from aiokafka import ConsumerRecord

from shared.contracts.identifiers import NAMESPACE
from shared.contracts.topics import DEAD_LETTERS
from shared.runtime.relay import Record

PREFIX = "aftercare_dead_letter_"


def told_by(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """What a dead letter's headers tell: service, topic, partition, offset, reason, id."""
    return {
        name.removeprefix(PREFIX): (value or b"").decode("utf-8", errors="replace")
        for name, value in headers
        if name.startswith(PREFIX)
    }


def dead_letter(service: str, record: "ConsumerRecord[bytes, bytes]", reason: str) -> Record:
    """The dead letter of a record. Sent again, it has the same id."""
    origin = f"{service}/{record.topic}/{record.partition}/{record.offset}/{record.timestamp}"
    ours = {
        "id": str(uuid.uuid5(NAMESPACE, origin)),
        "service": service,
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "reason": reason,
    }
    return Record(
        topic=DEAD_LETTERS.name,
        key=record.key,
        value=record.value,
        headers=(
            *((name, value) for name, value in record.headers),
            *((f"{PREFIX}{name}", text.encode()) for name, text in ours.items()),
        ),
    )
