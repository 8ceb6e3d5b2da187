"""What came onto the source topics and when, as a naive reader takes it in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aiokafka import TopicPartition

from shared.contracts.envelope import Event
from shared.decider.decider import Decider
from shared.platform.kafka import RawRecord
from shared.platform.validate import to_event


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A record of a source topic."""

    record: RawRecord
    at: float
    """When it came there, in seconds of the loop."""
    reported_at: float
    """When what it tells was handed to whoever published it."""
    poison: bool
    event: Event[Any] | None
    """None: it is poison, or nothing that the service reads."""


class Log:
    """All source topics of a run."""

    def __init__(self, decider: Decider[Any, Any]) -> None:
        self._decider = decider
        self._partitions: dict[TopicPartition, list[LogEntry]] = {}
        self._aggregates: dict[str, list[LogEntry]] = {}
        self.facts = lru_cache(maxsize=256)(decider.facts.model_validate_json)
        """What a stored text says is known."""

    def expects(self, partitions: Sequence[TopicPartition]) -> None:
        """These are all that there are."""
        self._partitions = {partition: [] for partition in partitions}

    def add(self, record: RawRecord, *, at: float, reported_at: float, poison: bool) -> None:
        """A record comes onto its topic."""
        event = None if poison else to_event(record, self._decider.reading)
        entry = LogEntry(record, at, reported_at, poison, event)
        self._partitions[TopicPartition(record.topic, record.partition)].append(entry)
        if event is not None:
            self._aggregates.setdefault(self._decider.aggregate_id(event), []).append(entry)

    def entries(self, partition: TopicPartition) -> Sequence[LogEntry]:
        """What a partition of a topic holds, in order."""
        return self._partitions[partition]

    def events(self, records: Sequence[RawRecord]) -> list[Event[Any]]:
        """What these records of the topics say to whoever can read them."""
        found = (
            self._partitions[TopicPartition(record.topic, record.partition)][record.offset].event
            for record in records
        )
        return [event for event in found if event is not None]

    def of(self, aggregate_id: str, until: float) -> Iterator[LogEntry]:
        """What the topics held at that moment and concerns this aggregate, in no order."""
        return (entry for entry in self._aggregates.get(aggregate_id, ()) if entry.at <= until)

    def all(self) -> Iterator[LogEntry]:
        """Everything."""
        return (entry for entries in self._partitions.values() for entry in entries)

    def adds_nothing(self, facts: str, event: Event[Any]) -> bool:
        """Whether whoever knows these facts knows the event, too."""
        known = self.facts(facts)
        return self._decider.join(known, [event]) is known

    def joined(self, facts: str, aggregate_id: str, until: float) -> Any:
        """The facts of whoever knows these, and all that the log held at that moment."""
        known = self.facts(facts)
        found = (entry.event for entry in self.of(aggregate_id, until))
        events = [event for event in found if event is not None]
        return self._decider.join(known, events) if events else known
