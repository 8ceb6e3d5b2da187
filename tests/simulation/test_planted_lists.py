"""Faults planted in what keeps lists and totals must be caught, and how."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import pytest

from shared.runtime.aggregate import Intent
from shared.runtime.ownership import Turn
from shared.runtime.reconcile import Reconciler
from shared.runtime.summaries import SummaryStep
from shared.runtime.summarize import Summarizer
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


FAULTS = (
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
