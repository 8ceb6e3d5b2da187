"""The door for topics that connectors write: each record is taken as one of a file would be.

    poll -> unwrap -> convert by the mapping -> receive -> keep what was rejected -> commit

It is told from which dealer and source a topic is, so that nothing in a record can say otherwise.
What is no JSON becomes a dead letter as it came; so does what was rejected, where that is not
kept otherwise. Records of a key are taken in their order. A topic that is not there yet keeps no
other waiting, and is read from its beginning once it is there.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import Protocol, TypeAlias

from pydantic import JsonValue

from services.intake.adapters.connectors.connectors_file import VOIDED, Connector
from services.intake.adapters.each_taken import NAME, each_taken, reason_against
from services.intake.adapters.mappings import Mappings
from services.intake.adapters.monitor import Monitor, Sender
from services.intake.domain.connectors.envelopes import WrongEnvelope, change_in
from services.intake.domain.examine.feed import Feed
from services.intake.domain.mappings.convert import converting
from services.intake.domain.mappings.converted import Converted, Refused, Skipped
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.readers.json_pointer import parts_of, record_of, records_at
from services.intake.domain.mappings.readers.json_values import Faulty, JsonValues
from services.intake.domain.mappings.reads import ReadsJson, ReadsNdjson
from services.intake.domain.mappings.records import SourceRecord, UnreadableRecord
from services.intake.domain.mappings.shape import type_of
from services.intake.domain.rejected.row import WayIn
from services.intake.domain.webhooks.records import FORMATS
from services.intake.views.records import refused_item
from shared.contracts.envelope import from_headers
from shared.contracts.http.intake import Item
from shared.platform import metrics
from shared.platform.errors import PoisonRecord, TransientFailure
from shared.platform.kafka import RawRecord, group_of
from shared.platform.kafka_door import DoorConsumer, KafkaDoor
from shared.platform.publisher import Publisher
from shared.time.clock import SystemClock, TimeSource
from shared.yaml_file import WrongFile

READS = f"{NAME}.connectors"
GROUP = group_of(READS)
RECORDS_AT_ONCE = 500
EVENTS_AT_ONCE = 500
LOOK_EVERY = timedelta(seconds=30)
"""How soon a topic is read that was not there before."""
SPECVERSION = "specversion"

Became: TypeAlias = Converted | Refused | Skipped


class UnusableMapping(Exception):
    """A mapping that was there when intake started cannot be used any more."""


class ReceiveOfFeed(Protocol):
    """What the door over HTTP does with its events, too."""

    async def __call__(
        self, events: Sequence[object], /, *, only: Feed, way: WayIn | None
    ) -> Sequence[Item]:
        """As `Intake.receive` promises."""
        ...


class KeepRejectedRecords(Protocol):
    """Keeps what was rejected, so that it can be corrected and taken up again."""

    async def __call__(
        self, connector: Connector, outcomes: Sequence[Became], items: Sequence[Item], /
    ) -> bool:
        """`items`: what became of the converted ones, in order. Whether it is kept."""
        ...


async def kept_nowhere(*_: object) -> bool:
    """For where nothing is kept of what was rejected."""
    return False


@dataclass(frozen=True, slots=True)
class _Found:
    """What one record is about: its events, or what became of its rows."""

    record: RawRecord
    outcomes: Sequence[Became] = ()
    events: Sequence[object] = field(default=())


class ConnectorsDoor(KafkaDoor):
    """Takes what connectors write. Any number of instances may.

    `there`: which of the topics there are, raises while we may not read them. `trouble`: which
    are missing, or what else is wrong.
    """

    def __init__(
        self,
        connectors: Sequence[Connector],
        receive: ReceiveOfFeed,
        publisher: Publisher,
        *,
        mappings: Mappings,
        monitor: Monitor,
        make_consumer: Callable[[Sequence[str]], DoorConsumer],
        there: Callable[[], Awaitable[Collection[str]]],
        keep: KeepRejectedRecords = kept_nowhere,
        clock: TimeSource | None = None,
    ) -> None:
        self._by_topic = {each.topic: each for each in connectors}
        super().__init__(
            NAME,
            [*self._by_topic],
            publisher,
            make_consumer=lambda: make_consumer(self._topics),
            check=self._look,
            clock=clock,
            records_at_once=RECORDS_AT_ONCE,
            reads=READS,
        )
        self._receive = receive
        self._mappings = mappings
        self._monitor = monitor
        self._there = there
        self._keep = keep
        self._time = clock or SystemClock()
        self._topics: Sequence[str] = ()
        self._troubles: list[str] = []
        self._looked_at = self._time.now()

    async def run(self) -> None:
        if self._by_topic:
            await super().run()

    async def _look(self) -> None:
        """Which topics can be read now."""
        self._looked_at = self._time.now()
        found = {*await self._there()}
        unusable = {
            each.topic: each.mapping
            for each in self._by_topic.values()
            if each.mapping is not None and self._usable(each) is None
        }
        missing = sorted(self._by_topic.keys() - found)
        self._troubles = [f"topic {topic} is missing" for topic in missing]
        self._troubles += [
            f"topic {topic} waits: the mapping {mapping} cannot be used"
            for topic, mapping in sorted(unusable.items())
        ]
        self._topics = sorted((self._by_topic.keys() & found) - unusable.keys())
        if not self._topics:
            raise TransientFailure("there is no topic that can be read")

    @property
    def troubles(self) -> list[str]:
        """What an operator has to look at."""
        told = self._troubles or ([] if self.trouble is None else [self.trouble])
        return [f"connectors: {each}" for each in told]

    async def is_outdated(self) -> bool:
        """Whether another topic is there, or one is not any more."""
        if self._time.now() - self._looked_at < LOOK_EVERY:
            return False
        before = self._topics
        await self._checked()
        return self._topics != before

    async def sort_out(self, records: Sequence[RawRecord]) -> Sequence[tuple[RawRecord, str]]:
        poison: list[tuple[RawRecord, str]] = []
        for topic, some in groupby(records, key=lambda record: record.topic):
            connector = self._by_topic[topic]
            found: list[_Found] = []
            reading = self._reading(connector)
            for record in some:
                try:
                    found.append(reading(record))
                except PoisonRecord as wrong:
                    poison.append((record, wrong.reason))
            poison += await self._taken(connector, found)
        return poison

    def _reading(self, connector: Connector) -> Callable[[RawRecord], _Found]:
        values = JsonValues()
        if connector.mapping is None:
            return partial(_cloud_event, values=values)
        mapping = self._mapping(connector)
        convert = converting(mapping, source=connector.feed.source, dealer=connector.dealer)
        return partial(_rows, connector=connector, mapping=mapping, convert=convert, values=values)

    def _mapping(self, connector: Connector) -> FeedMapping:
        """Raises `UnusableMapping`: its topic waits until it can be used, and no other does."""
        found = self._usable(connector)
        if found is None:
            raise UnusableMapping
        return found

    def _usable(self, connector: Connector) -> FeedMapping | None:
        """It may have been changed since intake started."""
        try:
            found = self._mappings.find(connector.mapping or "")
        except WrongFile:
            return None
        if found is None or found.reads.format not in FORMATS:
            return None
        return None if connector.deletes and found.report not in VOIDED else found

    async def _taken(
        self, connector: Connector, found: Sequence[_Found]
    ) -> list[tuple[RawRecord, str]]:
        """Those that are dead letters."""
        events = [event for each in found for event in each.events]
        receive = partial(self._receive, only=connector.feed, way=_way_of(connector))
        items: list[Item | Exception] = []
        for start in range(0, len(events), EVENTS_AT_ONCE):
            items += await each_taken(receive, events[start : start + EVENTS_AT_ONCE])
        self._count(connector, found)
        is_kept = await self._keep_rejected(connector, found, items)
        answers = iter(items)
        poison: list[tuple[RawRecord, str]] = []
        for each in found:
            mine = [next(answers) for _ in each.events]
            if (reason := _reason(each, mine, is_kept=is_kept)) is not None:
                poison.append((each.record, reason))
        return poison

    async def _keep_rejected(
        self, connector: Connector, found: Sequence[_Found], items: Sequence[Item | Exception]
    ) -> bool:
        outcomes = [outcome for each in found for outcome in each.outcomes]
        answered = [item for item in items if isinstance(item, Item)]
        if len(answered) < len(items):  # a defect of ours is no content to be corrected
            return False
        return await self._keep(connector, outcomes, answered)

    def _count(self, connector: Connector, found: Sequence[_Found]) -> None:
        outcomes = [outcome for each in found for outcome in each.outcomes]
        refused = [
            refused_item(each, index)
            for index, each in enumerate(outcomes)
            if isinstance(each, Refused)
        ]
        nothing = sum(not each.events and not each.outcomes for each in found)
        metrics.records_skipped.labels(NAME).inc(nothing)
        if refused and connector.mapping is not None:
            kind = type_of(self._mapping(connector).report)
            sender = Sender(connector.feed.dealer_id, connector.feed.source, kind)
            self._monitor.events([sender] * len(refused), refused)


def _reason(found: _Found, items: Sequence[Item | Exception], *, is_kept: bool) -> str | None:
    """Why a record is a dead letter; None: it is none."""
    failed = (item for item in items if isinstance(item, Exception) or not is_kept)
    reasons = [reason for item in failed if (reason := reason_against(item)) is not None]
    if not is_kept:
        refused = [each for each in found.outcomes if isinstance(each, Refused)]
        reasons += [f"no event can be made of it: {_fields(each)}" for each in refused]
    return reasons[0] if reasons else None


def _fields(refused: Refused) -> str:
    """Names of ours alone."""
    names = dict.fromkeys(note.field or "the record" for note in refused.errors)
    return ", ".join([*names][:10])


def _cloud_event(record: RawRecord, *, values: JsonValues) -> _Found:
    """Structured, or with its attributes in headers. Raises `PoisonRecord`."""
    if record.value is None:
        return _Found(record)
    value = _value(record, values)
    attributes = from_headers(record.headers)
    if SPECVERSION in attributes:
        return _Found(record, events=[{**attributes, "data": value}])
    return _Found(record, events=[value])


def _rows(
    record: RawRecord,
    *,
    connector: Connector,
    mapping: FeedMapping,
    convert: Callable[[Iterable[SourceRecord | UnreadableRecord]], Iterator[Became]],
    values: JsonValues,
) -> _Found:
    """Raises `PoisonRecord`."""
    value = None if record.value is None else _value(record, values)
    try:
        change = change_in(value, connector.envelope, deletes=connector.deletes)
    except WrongEnvelope as wrong:
        raise PoisonRecord(f"the value {wrong}") from None
    if change is None:
        return _Found(record)
    assert isinstance(mapping.reads, ReadsJson | ReadsNdjson)
    inner = records_at(change.row, parts_of(mapping.reads.records))
    if inner is None:
        raise PoisonRecord("the value has no records where the mapping has them")
    place = f"partition {record.partition}, offset {record.offset}"
    rows = (record_of(number, place, each) for number, each in enumerate(inner, start=1))
    outcomes = list(convert(rows))
    if change.is_deleted:
        outcomes = [_voided(each, VOIDED[mapping.report]) for each in outcomes]
    return _Found(record, outcomes, list(_events(outcomes)))


def _events(outcomes: Sequence[Became]) -> Iterator[Mapping[str, JsonValue]]:
    return (each.event for each in outcomes if isinstance(each, Converted))


def _voided(outcome: Became, status: str) -> Became:
    if isinstance(outcome, Refused):  # taken up by itself, its row would say that it is there
        return replace(outcome, rows=())
    if not isinstance(outcome, Converted):
        return outcome
    data = outcome.event["data"]
    assert isinstance(data, dict)
    event = {
        **outcome.event,
        "id": f"{outcome.event['id']}:deleted",
        "data": {**data, "status": status},
    }
    return Converted(outcome.number, outcome.place, event, outcome.notes, outcome.records)


def _way_of(connector: Connector) -> WayIn | None:
    """None: what is rejected is kept as the records that it was made of."""
    return WayIn(door="connector", name=connector.topic) if connector.mapping is None else None


def _value(record: RawRecord, values: JsonValues) -> object:
    found = values.read(record.value or b"")
    if isinstance(found, Faulty):
        raise PoisonRecord(f"the value {found.because}")
    return found
