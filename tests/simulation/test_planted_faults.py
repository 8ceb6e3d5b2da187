"""The simulation itself is tested: each fault planted in the runtime must be caught, and how."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from services.complaints.domain import notices
from services.intake import receive as receiving
from services.intake.adapters import publish as publishing
from services.intake.domain.entries import documents_needed
from services.intake.receive import Intake
from shared.contracts.complaints import CaseMerged, CaseMergeWithdrawn
from shared.platform.errors import Conflict
from shared.runtime import emit, progress
from shared.runtime import reconcile as reconciling
from shared.runtime.aggregate import Aggregate, Outgoing
from shared.runtime.consume import Consumer
from shared.runtime.documents import from_aggregate
from shared.runtime.ownership import Ownership, Turn
from shared.runtime.plan import Change
from shared.runtime.progress import Progress
from shared.runtime.reconcile import Reconciler
from shared.runtime.sweep import Sweep
from shared.testing.store import MemoryStore
from tests.shared.runtime.toy import ToyFacts, ToyPolicy
from tests.simulation.story import simulate
from tests.simulation.witness import PARTITIONS, Invariant

Toy: TypeAlias = Reconciler[ToyFacts, ToyPolicy]
Records: TypeAlias = Sequence["ConsumerRecord[bytes, bytes]"]
Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]

WITHIN_SEEDS = 800
WITHIN_SEEDS_WITH_CASES = 200


def publish_before_the_write(patch: pytest.MonkeyPatch) -> None:
    async def carry_out(self: Toy, changes: Sequence[Change], turn: Turn) -> Sequence[str]:
        intents = self._intents_of(changes)
        if intents:
            await self.store.add_intents(intents)
            turn.ensure_current()
            await self._publish([sent for change in changes for sent in change.messages])
        await self.store.save([change.after for change in changes])
        if intents:
            await self.store.remove_intents([intent.id for intent in intents])
        return ()

    patch.setattr(Reconciler, "_carry_out", carry_out)


def intent_removed_before_the_publish(patch: pytest.MonkeyPatch) -> None:
    async def carry_out(self: Toy, changes: Sequence[Change], turn: Turn) -> Sequence[str]:
        intents = self._intents_of(changes)
        if intents:
            await self.store.add_intents(intents)
        await self.store.save([change.after for change in changes])
        if intents:
            await self.store.remove_intents([intent.id for intent in intents])
            turn.ensure_current()
            await self._publish([sent for change in changes for sent in change.messages])
        return ()

    patch.setattr(Reconciler, "_carry_out", carry_out)


def no_intent_at_all(patch: pytest.MonkeyPatch) -> None:
    async def carry_out(self: Toy, changes: Sequence[Change], turn: Turn) -> Sequence[str]:
        await self.store.save([change.after for change in changes])
        turn.ensure_current()
        await self._publish([sent for change in changes for sent in change.messages])
        return ()

    patch.setattr(Reconciler, "_carry_out", carry_out)


def a_conflict_overlooked(patch: pytest.MonkeyPatch) -> None:
    async def save(self: MemoryStore, aggregates: Sequence[Aggregate]) -> None:
        try:
            await guarded(self, aggregates)
        except Conflict:
            return

    guarded = MemoryStore.save
    patch.setattr(MemoryStore, "save", save)


def no_version_guard(patch: pytest.MonkeyPatch) -> None:
    async def save(self: MemoryStore, aggregates: Sequence[Aggregate]) -> None:
        for aggregate in aggregates:
            self._aggregates[aggregate.id] = from_aggregate(aggregate)

    patch.setattr(MemoryStore, "save", save)


def offsets_committed_early(patch: pytest.MonkeyPatch) -> None:
    async def take(self: Consumer[Any, Any], records: Records) -> None:
        await self._commit(records)
        await in_order(self, records)

    in_order = Consumer.take
    patch.setattr(Consumer, "take", take)


def a_failed_batch_not_rewound(patch: pytest.MonkeyPatch) -> None:
    async def skip(self: Consumer[Any, Any]) -> None:
        return

    patch.setattr(Consumer, "_rewind", skip)


def poison_dropped(patch: pytest.MonkeyPatch) -> None:
    async def drop(self: Consumer[Any, Any], poison: Sequence[Any], turn: Turn) -> None:
        return

    patch.setattr(Consumer, "_bury", drop)


def intents_not_settled_on_a_gained_partition(patch: pytest.MonkeyPatch) -> None:
    async def gained(self: Ownership, partitions: Sequence[int]) -> None:
        await properly(self, partitions)
        self._unsettled = False

    properly = Ownership.gained
    patch.setattr(Ownership, "gained", gained)


def intents_never_settled(patch: pytest.MonkeyPatch) -> None:
    async def settle(self: Toy, partitions: Sequence[int], turn: Turn) -> int:
        return 0

    patch.setattr(Reconciler, "settle", settle)


def a_failed_turn_leaves_nothing_unsettled(patch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def turn(self: Ownership) -> AsyncIterator[Turn]:
        async with self._turn:
            turn = Turn(self._partitions, self._unsettled, self._pulse.gaps(), self._pulse)
            yield turn
            self._unsettled = turn.unsettled

    patch.setattr(Ownership, "turn", turn)


def unwritten_messages_published(patch: pytest.MonkeyPatch) -> None:
    def is_written(message: Outgoing, known: Mapping[str, Aggregate]) -> bool:
        return True

    patch.setattr(reconciling, "_is_written", is_written)


def settled_without_a_fence(patch: pytest.MonkeyPatch) -> None:
    def may_yet_land(message: Outgoing, known: Mapping[str, Aggregate]) -> bool:
        return False

    patch.setattr(reconciling, "_may_yet_land", may_yet_land)


def sweep_without_ownership(patch: pytest.MonkeyPatch) -> None:
    def everywhere(self: Sweep[Any, Any], turn: Turn) -> Mapping[int, datetime]:
        return dict.fromkeys(range(PARTITIONS), self._clock.now())

    patch.setattr(Sweep, "_read_until", everywhere)


def timers_not_swept(patch: pytest.MonkeyPatch) -> None:
    async def nothing(
        self: Toy, found: Any, turn: Turn, read_until: Mapping[int, datetime]
    ) -> None:
        return

    patch.setattr(Reconciler, "decide_anew", nothing)


def deadlines_put_off(patch: pytest.MonkeyPatch) -> None:
    """By whoever takes records: only a second look, without any, finds it."""

    def put_off(self: Toy, work: Any, known: Any) -> Any:
        changes, poison = properly(self, work, known)
        return [
            replace(one, after=replace(one.after, due_at=None))
            if work[one.after.id].events
            else one
            for one in changes
        ], poison

    properly = Reconciler._plan
    patch.setattr(Reconciler, "_plan", put_off)


def partitions_given_up_in_mid_turn(patch: pytest.MonkeyPatch) -> None:
    async def revoke(self: Ownership) -> None:
        self._partitions = frozenset()

    patch.setattr(Ownership, "revoke", revoke)


def a_paused_owner_publishes(patch: pytest.MonkeyPatch) -> None:
    def ensure_current(self: Turn) -> None:
        return

    patch.setattr(Turn, "ensure_current", ensure_current)


def sequences_by_the_clock_alone(patch: pytest.MonkeyPatch) -> None:
    def next_sequence(self: Any, about: str) -> int:
        return int(self.now.timestamp() * 1000)

    patch.setattr(emit.Revision, "next_sequence", next_sequence)


def announcements_not_sealed(patch: pytest.MonkeyPatch) -> None:
    class Unsealed:
        """No output is one."""

    patch.setattr(emit, "Announcement", Unsealed)


def the_waiting_disregarded(patch: pytest.MonkeyPatch) -> None:
    """Decided by now, whatever else waits unread."""

    def everything_is_read(self: Progress, *_: Any) -> datetime:
        return self._clock.now()

    patch.setattr(Progress, "read_until", everything_is_read)
    patch.setattr(Progress, "read_with", everything_is_read)


def timers_by_the_present(patch: pytest.MonkeyPatch) -> None:
    """Of what has been read once, a deadline does not wait for what was there at its instant."""

    def present(self: Progress, partition: int) -> datetime | None:
        return None if properly(self, partition) is None else self._clock.now()

    properly = Progress.read_until
    patch.setattr(Progress, "read_until", present)


def one_topic_looked_at(patch: pytest.MonkeyPatch) -> None:
    """A partition is taken for read when that of any of its topics is."""

    def by_partition(handed_out: Mapping[TopicPartition, datetime | None]) -> Any:
        found: dict[int, datetime | None] = {}
        for (_, partition), moment in handed_out.items():
            found[partition] = found.get(partition) or moment
        return found

    patch.setattr(progress, "_by_partition", by_partition)


def filed_before_its_steps(patch: pytest.MonkeyPatch) -> None:
    """Steps that intake knows are brought to their complaint once that is out."""

    async def take(self: Intake, attempts: Any, known: Mapping[str, Any]) -> None:
        ids = documents_needed(attempts.entries)
        await properly(self, attempts, {id_: row for id_, row in known.items() if id_ in ids})

    properly = Intake._take
    patch.setattr(Intake, "_take", take)


def moved_after_its_steps(patch: pytest.MonkeyPatch) -> None:
    """What is published together goes out in the reverse order."""

    async def publish(publisher: Any, records: Any) -> list[int]:
        return await properly(publisher, reversed(list(records)))

    properly = publishing.publish
    patch.setattr(receiving, "publish", publish)


def merges_without_their_speaker(patch: pytest.MonkeyPatch) -> None:
    """What one aggregate of a merged case takes back, the other has told."""

    def document_id(self: CaseMerged | CaseMergeWithdrawn) -> str:
        return f"{self.merged_case_id}/{self.about}"

    for contract in (CaseMerged, CaseMergeWithdrawn):
        patch.setattr(contract, "document_id", property(document_id))


def notices_without_their_instants(patch: pytest.MonkeyPatch) -> None:
    """What is announced keeps the instant that was corrected since."""

    def no_digest(*instants: datetime) -> str:
        return ""

    patch.setattr(notices, "digest_of", no_digest)


LOST = {Invariant.SETTLED_FIRST, Invariant.OUTPUTS, Invariant.LATEST, Invariant.TIMERS}

FAULTS: Mapping[Plant, set[Invariant]] = {
    publish_before_the_write: {Invariant.WRITTEN_FIRST},
    offsets_committed_early: {Invariant.COMMITTED_LAST},
    no_version_guard: {Invariant.VERSIONS_RISE, Invariant.SEQUENCES_RISE},
    intent_removed_before_the_publish: LOST,
    intents_not_settled_on_a_gained_partition: {Invariant.SETTLED_FIRST},
    unwritten_messages_published: {Invariant.WRITTEN_FIRST},
    sweep_without_ownership: {Invariant.OWNED},
    no_intent_at_all: LOST,
    a_conflict_overlooked: {Invariant.WRITTEN_FIRST, Invariant.COMMITTED_LAST},
    a_failed_batch_not_rewound: {Invariant.COMMITTED_LAST, Invariant.FACTS},
    poison_dropped: {Invariant.COMMITTED_LAST},
    intents_never_settled: {Invariant.COMES_TO_REST, Invariant.SETTLED_FIRST},
    a_failed_turn_leaves_nothing_unsettled: {Invariant.SETTLED_FIRST},
    settled_without_a_fence: LOST,
    timers_not_swept: {Invariant.COMES_TO_REST, Invariant.NO_UNEXPECTED},
    deadlines_put_off: {Invariant.NO_UNEXPECTED, Invariant.COMES_TO_REST},
    partitions_given_up_in_mid_turn: {Invariant.OWNED},
    a_paused_owner_publishes: {Invariant.PAUSED},
    sequences_by_the_clock_alone: {Invariant.SEQUENCES_RISE},
    announcements_not_sealed: {Invariant.SEALED},
    the_waiting_disregarded: {Invariant.HINDSIGHT},
}

FAULTS_WITH_CASES: Mapping[Plant, set[Invariant]] = {
    the_waiting_disregarded: {Invariant.HINDSIGHT},
    timers_by_the_present: {Invariant.HINDSIGHT},
    one_topic_looked_at: {Invariant.HINDSIGHT},
    filed_before_its_steps: {Invariant.REPORTED},
    moved_after_its_steps: {Invariant.REPORTED},
    merges_without_their_speaker: {Invariant.MERGES},
    notices_without_their_instants: {Invariant.TIMERS},
}


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_caught(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    for seed in range(WITHIN_SEEDS):
        if violations := simulate(seed, audited=plant is deadlines_put_off).violations:
            assert violations[0].invariant in FAULTS[plant], f"seed {seed}: {violations[0]}"
            return
    pytest.fail(f"not caught within {WITHIN_SEEDS} seeds: the simulation is too weak")


@pytest.mark.parametrize("plant", FAULTS_WITH_CASES, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_caught_with_cases(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    for seed in range(WITHIN_SEEDS_WITH_CASES):
        if violations := simulate(seed, world="complaints").violations:
            expected = FAULTS_WITH_CASES[plant]
            assert violations[0].invariant in expected, f"seed {seed}: {violations[0]}"
            return
    pytest.fail(f"not caught within {WITHIN_SEEDS_WITH_CASES} seeds: the simulation is too weak")
