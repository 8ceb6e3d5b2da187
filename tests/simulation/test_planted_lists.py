"""Faults planted in what keeps lists and totals must be caught, and how."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import pytest

from shared.runtime.aggregate import Intent
from shared.runtime.ownership import Turn
from shared.runtime.reconcile import Reconciler
from shared.runtime.summaries import Summarized, SummaryStep
from shared.runtime.summarize import Summarizer
from shared.runtime.summary_slots import next_versions
from tests.simulation.story import simulate
from tests.simulation.witness import Invariant

Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]
WITHIN_SEEDS = 400


def what_was_cut_off_is_not_marked(patch: pytest.MonkeyPatch) -> None:
    async def remove(self: Any, intents: Sequence[Intent]) -> None:
        await self.store.remove_intents([intent.id for intent in intents])

    async def settle(self: Any, partitions: Iterable[int], turn: Turn) -> int:
        patch.setattr(Reconciler, "_end", remove)
        try:
            return await properly(self, partitions, turn)
        finally:
            patch.setattr(Reconciler, "_end", end)

    properly, end = Reconciler.settle, Reconciler._end
    patch.setattr(Reconciler, "settle", settle)


def a_step_left_behind_is_not_carried_out(patch: pytest.MonkeyPatch) -> None:
    async def begun(self: Any, partition: int) -> SummaryStep:
        if partition not in self._last:
            steps = await self._store.steps([partition])
            if partition in steps:
                self._last[partition] = steps[partition]
        return await properly(self, partition)

    properly = Summarizer._begun
    patch.setattr(Summarizer, "_begun", begun)


def marks_removed_at_first(patch: pytest.MonkeyPatch) -> None:
    async def take(self: Any) -> None:
        await properly(self)
        if self._taken:
            await self._store.remove_marks(self._taken)

    properly = Summarizer._take_marks
    patch.setattr(Summarizer, "_take_marks", take)


def slots_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    async def held(self: Any, ids: Sequence[str]) -> Mapping[str, Summarized]:
        found: Mapping[str, Summarized] = await self._store.summaries(ids)
        return found

    patch.setattr(Summarizer, "_held", held)


def an_entry_that_is_gone_keeps_its_slot(patch: pytest.MonkeyPatch) -> None:
    def written(*given: Any) -> list[Summarized]:
        found = next_versions(*given)
        return [each for each in found if each.summary is not None or "#" not in each.id]

    patch.setattr("shared.runtime.summarize.next_versions", written)


def slots_before_what_they_are_found_by(patch: pytest.MonkeyPatch) -> None:
    def written(*given: Any) -> list[Summarized]:
        return next_versions(*given)[::-1]

    in_parts(patch)
    patch.setattr("shared.runtime.summarize.next_versions", written)


def in_parts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("shared.runtime.summarize.STEP_DOCUMENTS", 1)


FAULTS = (
    slots_are_not_looked_at,
    an_entry_that_is_gone_keeps_its_slot,
    slots_before_what_they_are_found_by,
    what_was_cut_off_is_not_marked,
    a_step_left_behind_is_not_carried_out,
    marks_removed_at_first,
)


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_fault_planted_in_lists_is_caught(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    for seed in range(WITHIN_SEEDS):
        if violations := simulate(seed, world="lists").violations:
            assert violations[0].invariant is Invariant.LISTED, f"seed {seed}: {violations[0]}"
            return
    pytest.fail(f"not caught within {WITHIN_SEEDS} seeds: the simulation is too weak")


def test_steps_in_parts_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    in_parts(monkeypatch)
    for seed in range(30):
        assert not simulate(seed, world="lists").violations, f"seed {seed}"
