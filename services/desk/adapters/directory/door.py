"""Reads profiles, and the numbers of documents, into the directory.

    poll -> read -> keep what is newer -> commit

Whatever was cut off comes again, and changes nothing then.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from services.desk.adapters.directory.directory import MongoDirectory
from services.desk.domain.find.documents import READ, KeptDocument, kept_of
from shared.contracts.envelope import Message
from shared.contracts.identifiers import is_customer_key
from shared.contracts.intake import ProfileRecorded
from shared.platform import metrics
from shared.platform.errors import PoisonRecord
from shared.platform.kafka import RawRecord, group_of
from shared.platform.kafka_door import DoorConsumer, KafkaDoor
from shared.platform.publisher import Publisher
from shared.platform.validate import to_event
from shared.time.clock import TimeSource

SERVICE = "desk"
GROUP = group_of(SERVICE)
_CONTRACTS: tuple[type[Message], ...] = (ProfileRecorded, *READ)
CONTRACTS = {each.TYPE: each for each in _CONTRACTS}
TOPICS = tuple(sorted({each.TOPIC.name for each in _CONTRACTS}))
RECORDS_AT_ONCE = 500


class DirectoryDoor(KafkaDoor):
    """Keeps the directory up to date. Any number of instances may."""

    def __init__(
        self,
        directory: MongoDirectory,
        publisher: Publisher,
        *,
        make_consumer: Callable[[], DoorConsumer],
        check: Callable[[], Awaitable[None]],
        clock: TimeSource | None = None,
    ) -> None:
        super().__init__(
            SERVICE,
            TOPICS,
            publisher,
            make_consumer=make_consumer,
            check=check,
            clock=clock,
            records_at_once=RECORDS_AT_ONCE,
        )
        self._directory = directory

    async def sort_out(self, records: Sequence[RawRecord]) -> Sequence[tuple[RawRecord, str]]:
        profiles: list[ProfileRecorded] = []
        documents: list[KeptDocument] = []
        poison: list[tuple[RawRecord, str]] = []
        for record in records:
            try:
                event: Any = to_event(record, CONTRACTS)
            except PoisonRecord as wrong:
                poison.append((record, wrong.reason))
                continue
            if event is None:
                metrics.records_skipped.labels(SERVICE).inc()
            elif isinstance(event.data, ProfileRecorded):
                profiles.append(event.data)
            elif is_customer_key(event.key) and (kept := kept_of(event)) is not None:
                documents.append(kept)
        await self._directory.take(profiles, documents)
        return poison
