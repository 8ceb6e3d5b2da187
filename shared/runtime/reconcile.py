"""One round of work: load, plan, intent, write, publish, remove the intent.

However many aggregates a round holds, it takes one read, one intent per partition, one bulk
write, one pipelined publish and one removal. A round can be cut off anywhere: what was
written and not published is found by its intent.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar

import structlog

from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.platform import metrics
from shared.platform.errors import Conflict, RefusedDocuments, RefusedMessage, TransientFailure
from shared.platform.tracebacks import where_raised
from shared.runtime.aggregate import Aggregate, Intent, Outgoing
from shared.runtime.messages import to_record
from shared.runtime.ownership import Turn
from shared.runtime.plan import Change, PoisonedEvent, Work, fence, park, plan
from shared.runtime.policy_marks import disclaim_others
from shared.runtime.ports import Ports
from shared.runtime.summaries import Mark

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

MAX_ROUNDS = 10
"""After this many lost compare-and-sets in a row the work waits for another turn."""
MAX_INTENT_CHARACTERS = 4_000_000
"""The characters of the messages of one intent: well below the 16 MB of a document."""

REFUSED = "refused by the broker"
UNWRITABLE = "refused by the database"
"""Why an aggregate is set aside: its message, or its document, can never be taken."""
Messages: TypeAlias = tuple[Outgoing, ...]
Written: TypeAlias = tuple[tuple[str, int], ...]

UNSAID = ""
"""The hash of no message."""

log = structlog.get_logger()


class Reconciler(Generic[F, P]):
    """Brings aggregates to what follows from their facts now, and says what changed."""

    def __init__(self, decider: Decider[F, P], ports: Ports) -> None:
        self.decider = decider
        self.store = ports.store
        self._publisher = ports.publisher
        self._clock = ports.clock
        self._intent_id = ports.intent_id
        self._summaries = ports.summaries if decider.summaries is not None else None

    async def reconcile(
        self,
        work: Mapping[str, Work],
        turn: Turn,
        loaded: Mapping[str, Aggregate] | None = None,
    ) -> list[PoisonedEvent]:
        """Do `work` and return the events that cannot be joined; the rest is saved and sent.

        `loaded` are the aggregates where the caller has just read them. Raises
        `TransientFailure`; then the work must be done again, and intents settled first.
        """
        if not work:
            return []
        changes: list[Change] = []
        for _ in range(MAX_ROUNDS):
            known = loaded if loaded is not None else await self.store.load(work.keys())
            loaded = None
            self._observe(
                change for change in changes if known.get(change.after.id) == change.after
            )
            changes, poison = self._plan(work, known)
            if not changes:
                return poison
            try:
                refused = await self._carry_out(changes, turn)
            except Conflict:
                metrics.conflicts.labels(self.decider.name).inc()
                await self.settle({change.after.partition for change in changes}, turn)
            else:
                return [*poison, *await self._set_aside(refused, work, known)]
        raise TransientFailure("other writers were first, again and again")

    async def decide_anew(
        self, found: Sequence[Aggregate], turn: Turn, read_until: Mapping[int, datetime]
    ) -> None:
        """Do the same for aggregates that were just read, without new events; each for the moment
        up to which its partition has been read."""
        work = {one.id: Work(one.partition, read_until=read_until[one.partition]) for one in found}
        await self.reconcile(work, turn, {one.id: one for one in found})

    async def mark(self, ids: Sequence[str], *, written_by: datetime) -> None:
        """Let those of these aggregates that were written by then be summarized once more."""
        if self._summaries is None or not ids:
            return
        at, found = self._clock.now(), dict[int, list[str]]()
        for one in (await self.store.load(ids)).values():
            if one.updated_at <= written_by:
                found.setdefault(one.partition, []).append(one.id)
        await self._summaries.add_marks(
            [Mark(self._intent_id(at), part, at, tuple(some)) for part, some in found.items()]
        )

    async def begin(self, turn: Turn) -> None:
        """What every turn begins with: settle what earlier ones may have left behind."""
        if turn.unsettled:
            await self.settle(turn.partitions, turn)
            await disclaim_others(self.store, turn.partitions, self.decider.policy.version)
            turn.unsettled = False

    async def settle(self, partitions: Iterable[int], turn: Turn) -> int:
        """Finish what a crash or a lost reply left behind in these partitions.

        A message is published if its aggregate's `emitted` holds exactly it. One that is not
        there was not written: its aggregate's version is raised, so that a write still under
        way cannot land after all, and its record will come again. Returns how many intents.
        """
        intents = await self.store.intents(list(partitions))
        if not intents:
            return 0
        known = await self._fenced(intents)
        messages = [message for intent in intents for message in intent.messages]
        turn.ensure_current()
        await self._publish([message for message in messages if _is_written(message, known)])
        await self._end(intents)
        metrics.intents_settled.labels(self.decider.name).inc(len(intents))
        return len(intents)

    def _plan(
        self, work: Mapping[str, Work], known: Mapping[str, Aggregate]
    ) -> tuple[list[Change], list[PoisonedEvent]]:
        now = self._clock.now()
        changes: list[Change] = []
        poison: list[PoisonedEvent] = []
        for aggregate_id, task in work.items():
            planned = plan(self.decider, aggregate_id, known.get(aggregate_id), task, now)
            poison.extend(planned.poison)
            if planned.change is not None:
                changes.append(planned.change)
                if planned.change.after.parked is not None:
                    self._tell_parked(planned.change.after.parked.reason, task.partition)
        return changes, poison

    async def _carry_out(self, changes: Sequence[Change], turn: Turn) -> Collection[str]:
        """Write and publish; the ids of the aggregates that the database refuses for good."""
        intents = self._intents_of(changes)
        if intents:
            await self.store.add_intents(intents)
        refused: Collection[str] = ()
        try:
            await self.store.save([change.after for change in changes])
        except RefusedDocuments as refusal:
            refused = refusal.ids
            changes = [change for change in changes if change.after.id not in refused]
        metrics.aggregates_written.labels(self.decider.name).inc(len(changes))
        self._observe(changes)
        if intents:
            turn.ensure_current()
            await self._publish([sent for change in changes for sent in change.messages])
            await self._end(intents)
        return refused

    async def _end(self, intents: Sequence[Intent]) -> None:
        """What they were for is done: their aggregates are marked, and they are removed.

        Not before: a mark may be taken at once, and then all that it stands for must be there.
        """
        if self._summaries is not None:
            await self._summaries.add_marks(
                [
                    Mark(intent.id, intent.partition, intent.at, tuple(id_ for id_, _ in written))
                    for intent in intents
                    if (written := intent.written)
                ]
            )
        await self.store.remove_intents([intent.id for intent in intents])

    async def _set_aside(
        self, refused: Collection[str], work: Mapping[str, Work], known: Mapping[str, Aggregate]
    ) -> list[PoisonedEvent]:
        """Park aggregates that cannot be written as they should be; their events become poison."""
        now = self._clock.now()
        before = [known[aggregate_id] for aggregate_id in refused if aggregate_id in known]
        if before:
            await self._save_parked([park(aggregate, UNWRITABLE, now) for aggregate in before])
        for aggregate_id in refused:
            self._tell_parked(UNWRITABLE, work[aggregate_id].partition)
        return [(event, UNWRITABLE) for id_ in refused for event in work[id_].events]

    def _observe(self, written: Iterable[Change]) -> None:
        """Tell the service what was written; that it cannot count it must not stop anything."""
        for change in written:
            try:
                self.decider.observe(change.listing_before, change.after.listing, change.said)
            except Exception as error:
                metrics.observations_failed.labels(self.decider.name).inc()
                log.error("a change was not observed", because=where_raised(error))

    def _intents_of(self, changes: Sequence[Change]) -> list[Intent]:
        at = self._clock.now()
        by_partition: dict[int, list[Change]] = {}
        for change in changes:
            by_partition.setdefault(change.after.partition, []).append(change)
        return [
            Intent(self._intent_id(at), partition, at, messages, written)
            for partition, found in by_partition.items()
            for messages, written in _parts(found, marked=self._summaries is not None)
        ]

    async def _publish(self, messages: Sequence[Outgoing]) -> None:
        contracts = self.decider.writing
        records = [to_record(self.decider.name, message, contracts) for message in messages]
        refused: set[int] = set()
        try:
            await self._publisher.publish(records)
        except RefusedMessage as refusal:
            refused = set(refusal.refused)
            await self._park_refused([messages[position] for position in refusal.refused])
        sent = (sent.type for at, sent in enumerate(messages) if at not in refused)
        for type_, count in Counter(sent).items():
            metrics.messages_published.labels(self.decider.name, type_).inc(count)

    async def _park_refused(self, refused: Sequence[Outgoing]) -> None:
        """Note that these were not said, and try their aggregates again later.

        Their sequences stay taken: what is said next must be above all that readers have seen.
        """
        now = self._clock.now()
        known = await self.store.load({message.aggregate_id for message in refused})
        parked = []
        for aggregate_id, aggregate in known.items():
            unsaid = {m.about: m.sequence for m in refused if m.aggregate_id == aggregate_id}
            emitted = {
                about: replace(entry, hash=UNSAID, sealed=None)
                if unsaid.get(about) == entry.sequence
                else entry
                for about, entry in aggregate.emitted.items()
            }
            self._tell_parked(REFUSED, aggregate.partition)
            parked.append(replace(park(aggregate, REFUSED, now), emitted=emitted))
        await self._save_parked(parked)

    async def _save_parked(self, parked: Sequence[Aggregate]) -> None:
        try:
            await self.store.save([replace(one, version=one.version + 1) for one in parked])
        except Conflict as error:  # not of the write before, which went through
            raise TransientFailure("another writer was first; it will be sent again") from error

    def _tell_parked(self, reason: str, partition: int) -> None:
        kind = reason.partition(" at ")[0]
        metrics.aggregates_parked.labels(self.decider.name, kind).inc()
        log.error("aggregate parked", because=reason, partition=partition)

    async def _fenced(self, intents: Sequence[Intent]) -> Mapping[str, Aggregate]:
        """The aggregates of the intents, none of which a pending write can still change."""
        partition_of = {
            id_: intent.partition
            for intent in intents
            for id_ in (*(each.aggregate_id for each in intent.messages), *dict(intent.written))
        }
        for _ in range(MAX_ROUNDS):
            known = await self.store.load(partition_of)
            open_ids = {
                id_ for intent in intents for id_ in _which_may_yet_be_written(intent, known)
            }
            if not open_ids:
                return known
            now = self._clock.now()
            try:
                await self.store.save(
                    [fence(id_, known.get(id_), partition_of[id_], now) for id_ in open_ids]
                )
            except Conflict:
                continue
            return known
        raise TransientFailure("intents could not be settled: other writers are at work")


def _is_written(message: Outgoing, known: Mapping[str, Aggregate]) -> bool:
    """Whether its aggregate, among those `known`, holds exactly this message as the last said."""
    aggregate = known.get(message.aggregate_id)
    entry = aggregate.emitted.get(message.about) if aggregate else None
    return entry is not None and (entry.sequence, entry.hash) == (message.sequence, message.hash)


def _may_yet_land(message: Outgoing, known: Mapping[str, Aggregate]) -> bool:
    """Whether the write that this message belongs to was not seen, and may be under way."""
    aggregate = known.get(message.aggregate_id)
    entry = aggregate.emitted.get(message.about) if aggregate else None
    return entry is None or entry.sequence < message.sequence


def _which_may_yet_be_written(intent: Intent, known: Mapping[str, Aggregate]) -> Iterator[str]:
    """The aggregates of which a write that the intent says was not seen, and may be under way."""
    yield from (each.aggregate_id for each in intent.messages if _may_yet_land(each, known))
    for id_, version in intent.written:
        if id_ not in known or known[id_].version < version:
            yield id_


def _parts(changes: Sequence[Change], *, marked: bool) -> Iterator[tuple[Messages, Written]]:
    """What the intents of these changes say: the messages in portions that a document holds; and
    with the first of them the aggregates, where they are `marked` when all is done."""
    written = tuple((each.after.id, each.after.version) for each in changes) if marked else ()
    part: list[Outgoing] = []
    size = 0
    for message in (message for change in changes for message in change.messages):
        if part and size + len(message.data) > MAX_INTENT_CHARACTERS:
            yield tuple(part), written
            part, size, written = [], 0, ()
        part.append(message)
        size += len(message.data)
    if part or written:
        yield tuple(part), written
