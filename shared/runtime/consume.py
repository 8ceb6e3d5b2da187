"""A polled batch: validate, group by aggregate, reconcile, dead letters, commit.

No exception leaves `take`: under manual acknowledgement that would skip the batch in silence.
A batch that did not go through is rewound and comes again; offsets are committed last.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.contracts.envelope import Event
from shared.decider.decider import Facts
from shared.decider.policy import Policy
from shared.platform import metrics
from shared.platform.backoff import Backoff
from shared.platform.dead_letters import dead_letter, without_record
from shared.platform.errors import PoisonRecord, RefusedMessage, TransientFailure
from shared.platform.kafka import RawRecord
from shared.platform.validate import to_event
from shared.runtime.backlog import Backlog
from shared.runtime.ownership import Turn
from shared.runtime.plan import Work
from shared.runtime.ports import Ports
from shared.runtime.progress import Progress, Sight
from shared.runtime.reconcile import Reconciler
from shared.settings import RuntimeSettings
from shared.time.clock import SystemClock

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

log = structlog.get_logger()


DO_AT_ONCE = -1
LONGEST_WAIT_SECONDS = 1.0
"""Where nothing more comes for so long, what waits for more is done without it."""


class Consumer(Generic[F, P]):
    """Takes batches of one service's topics.

    `give_up`: called with the reason where going on would do harm.
    """

    def __init__(
        self,
        reconciler: Reconciler[F, P],
        ports: Ports,
        settings: RuntimeSettings,
        *,
        progress: Progress,
        give_up: Callable[[str], None],
    ) -> None:
        self._decider = reconciler.decider
        self._contracts = reconciler.decider.reading
        self._reconciler = reconciler
        self._publisher = ports.publisher
        self._subscription = ports.subscription
        self._ownership = ports.ownership
        self._monotonic = ports.monotonic
        self._progress = progress
        self._waiting = Backlog(settings.backlog_records)
        """Taken of partitions of which more is waiting: done with what comes next."""
        self._in_hand: Sequence[RawRecord] = ()
        self._waiting_since = 0.0
        self._gains = 0
        self._poison_limit = settings.poison_in_a_row
        self._poison_keys: list[bytes | None] = []
        self._give_up = give_up
        self._backoff = Backoff()
        self.batch_began_at: datetime | None = None
        """When the batch in hand was taken, by the computer's clock; None between batches."""
        self.failures_in_a_row = 0
        """How often a batch has failed since one went through."""
        self.failed_because = ""
        """Why it did so last; nothing where it was a defect."""

    @property
    def waiting_partitions(self) -> Collection[int]:
        """Of which something was taken in this assignment that is not done."""
        if self._gains != self._ownership.gains:
            return ()
        return self._waiting.partitions

    async def take(self, records: Sequence[RawRecord]) -> None:
        """Process one batch to the end, or rewind it. Never raises but to be cancelled.

        Where more of a partition is waiting its records wait for it, up to `backlog_records`: a
        backlog is then written and decided in fewer and larger steps.
        """
        self.batch_began_at = SystemClock().now()
        waited = bool(self._waiting.partitions)
        self._waiting.add(records)
        try:
            with metrics.batch_seconds.labels(self._decider.name).time():
                async with self._ownership.turn() as turn:
                    done = await self._take(turn, waited=waited)
        except TransientFailure as failure:
            metrics.transient_failures.labels(self._decider.name, _cause(failure)).inc()
            log.warning("batch will be taken again", because=str(failure))
            self.failed_because = str(failure)
            self._count_failures(self.failures_in_a_row + 1)
            await self._rewind()
        except Exception as error:
            metrics.transient_failures.labels(self._decider.name, "unexpected").inc()
            log.exception("batch will be taken again", because=type(error).__name__)
            self.failed_because = ""
            self._count_failures(self.failures_in_a_row + 1)
            await self._rewind()
        else:
            if done:  # what merely waits may be what has failed
                self._backoff.reset()
                self._count_failures(0)
        finally:
            self.batch_began_at, self._in_hand = None, ()

    def _count_failures(self, in_a_row: int) -> None:
        self.failures_in_a_row = in_a_row
        metrics.batch_failures_in_a_row.labels(self._decider.name).set(in_a_row)

    async def _take(self, turn: Turn, *, waited: bool) -> bool:
        """Whether anything was done, and did not only wait. `waited`: something did before."""
        await self._reconciler.begin(turn)
        sight = await self._progress.look(
            self._subscription, turn.partitions, self._ownership.assignments
        )
        ours = self._in_hand = self._ready(sight, waited=waited)
        events, poison = self._validate(ours)
        unjoined = await self._reconciler.reconcile(self._group(events, sight), turn)
        source = {id(event): record for record, event in events}
        poison.extend((source[id(event)], reason) for event, reason in unjoined)
        if self._too_much_poison(ours, {id(record) for record, _ in poison}):
            raise TransientFailure("too many unreadable records in a row")
        if poison:
            await self._bury(poison, turn)
        self._progress.note(sight)
        await self._commit(ours)
        return bool(ours)

    def give_back(self) -> None:
        """Have what waits come again where nothing more comes; call it with no batch in hand."""
        stale = self._monotonic() - self._waiting_since > LONGEST_WAIT_SECONDS
        same = self._gains == self._ownership.gains  # else it comes again by itself
        if self._waiting.partitions and stale and same and self.batch_began_at is None:
            self._seek_to(self._waiting.take_all())
            self._gains = DO_AT_ONCE

    def _ready(self, sight: Sight, *, waited: bool) -> list[RawRecord]:
        """What is done now; the rest waits: for more of its partition, or for the assignment that
        is under way where it is nobody's. `sight` is of what is ours."""
        gains, self._gains = self._gains, self._ownership.gains
        if not waited:
            self._waiting_since = self._monotonic()
        if waited and gains != self._gains:  # what waits comes again, if it is ours
            ours = self._waiting.take(sight)
            self._waiting.take_all()
            return ours
        behind = {part for part in sight if self._progress.read_with(sight, part) is None}
        if gains == DO_AT_ONCE or self._waiting.is_full_with(behind):
            return self._waiting.take(sight)
        return self._waiting.take(sight.keys() - behind)

    def _validate(
        self, records: Sequence[RawRecord]
    ) -> tuple[list[tuple[RawRecord, Event[Any]]], list[tuple[RawRecord, str]]]:
        events: list[tuple[RawRecord, Event[Any]]] = []
        poison: list[tuple[RawRecord, str]] = []
        for record in records:
            try:
                event = to_event(record, self._contracts)
            except PoisonRecord as error:
                poison.append((record, error.reason))
                continue
            if event is not None:
                events.append((record, event))
        for topic, count in Counter(record.topic for record in records).items():
            metrics.records_consumed.labels(self._decider.name, topic).inc(count)
        skipped = len(records) - len(events) - len(poison)
        metrics.records_skipped.labels(self._decider.name).inc(skipped)
        return events, poison

    def _group(
        self, events: Sequence[tuple[RawRecord, Event[Any]]], sight: Sight
    ) -> Mapping[str, Work]:
        groups: dict[str, tuple[int, list[Event[Any]]]] = {}
        for record, event in events:
            aggregate_id = self._decider.aggregate_id(event)
            groups.setdefault(aggregate_id, (record.partition, []))[1].append(event)
        read_until = {part: self._progress.read_with(sight, part) for part in sight}
        return {
            aggregate_id: Work(partition, found, read_until=read_until[partition])
            for aggregate_id, (partition, found) in groups.items()
        }

    def _too_much_poison(self, records: Sequence[RawRecord], poison: set[int]) -> bool:
        """Whether a bad deploy or feed is draining the topics into the dead letters."""
        for record in records:
            if id(record) not in poison:
                self._poison_keys.clear()
                continue
            if record.key not in self._poison_keys:
                self._poison_keys.append(record.key)
            if len(self._poison_keys) > self._poison_limit:
                self._give_up(
                    f"more than {self._poison_limit} unreadable records of different "
                    "customers in a row; nothing of this batch went to the dead letters. "
                    "Check the producer and this service's version, then start it again"
                )
                return True
        return False

    async def _bury(self, poison: Sequence[tuple[RawRecord, str]], turn: Turn) -> None:
        turn.ensure_current()
        letters = [dead_letter(self._decider.name, record, reason) for record, reason in poison]
        try:
            await self._publisher.publish(letters)
        except RefusedMessage as refusal:
            await self._publisher.publish([without_record(letters[at]) for at in refusal.refused])
        for record, reason in poison:
            metrics.dead_letters.labels(self._decider.name, record.topic).inc()
            log.warning(
                "dead letter",
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                reason=reason,
            )

    async def _commit(self, records: Sequence[RawRecord]) -> None:
        offsets: dict[TopicPartition, int] = {}
        for record in records:
            partition = TopicPartition(record.topic, record.partition)
            offsets[partition] = max(offsets.get(partition, 0), record.offset + 1)
        if not offsets:
            return
        try:
            await self._subscription.commit(offsets)
        except KafkaError as error:  # all is saved and sent; a repeat changes nothing
            log.warning("offsets not committed", because=type(error).__name__)

    async def _rewind(self) -> None:
        await self._backoff.wait()
        self._seek_to([*self._in_hand, *self._waiting.take_all()])

    def _seek_to(self, records: Sequence[RawRecord]) -> None:
        """Have these records come again."""
        first: dict[TopicPartition, int] = {}
        for record in records:
            partition = TopicPartition(record.topic, record.partition)
            first[partition] = min(first.get(partition, record.offset), record.offset)
        for partition in first.keys() & self._subscription.assignment():
            self._subscription.seek(partition, first[partition])


def _cause(failure: TransientFailure) -> str:
    return str(failure).partition(":")[0].partition(";")[0]
