"""Records that were taken and wait in memory for what else their partitions hold."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from shared.platform.kafka import RawRecord

MAX_BYTES = 8_000_000


@dataclass(slots=True)
class _Part:
    """What waits of one partition, in the order in which it was taken."""

    records: list[RawRecord] = field(default_factory=list)
    size: int = 0
    """Bytes of their values."""


class Backlog:
    """What waits, by partition. To add costs what is added, however much is waiting."""

    def __init__(self, most_records: int) -> None:
        self._most_records = most_records
        self._parts: dict[int, _Part] = {}

    @property
    def partitions(self) -> Collection[int]:
        """Those of which something waits."""
        return self._parts.keys()

    def add(self, records: Iterable[RawRecord]) -> None:
        """What was taken last."""
        for record in records:
            part = self._parts.get(record.partition)
            if part is None:
                part = self._parts[record.partition] = _Part()
            part.records.append(record)
            part.size += len(record.value or b"")

    def is_full_with(self, partitions: Collection[int]) -> bool:
        """Whether of these alone more waits than may."""
        parts = [self._parts[partition] for partition in partitions if partition in self._parts]
        records = sum(len(part.records) for part in parts)
        return records > self._most_records or sum(part.size for part in parts) > MAX_BYTES

    def take(self, partitions: Iterable[int]) -> list[RawRecord]:
        """What waits of these, which waits no longer."""
        parts = [self._parts.pop(partition, None) for partition in partitions]
        return [record for part in parts if part is not None for record in part.records]

    def take_all(self) -> list[RawRecord]:
        """All that waits, which waits no longer."""
        return self.take(list(self._parts))
