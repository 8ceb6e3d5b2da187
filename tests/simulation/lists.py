"""The toy service with lists and totals: behind the network, and what must hold at the end."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, TypeAlias, TypeVar

from shared.contracts.identifiers import dealer_of
from shared.runtime.summaries import (
    Line,
    Mark,
    Summarized,
    SummaryStep,
    Total,
    TotalKey,
    summed,
)
from shared.runtime.summary_slots import own_and_rows
from shared.testing.summaries import MemorySummaries, lines_of, totals_of
from tests.shared.runtime.toy import SUMMARIZED
from tests.simulation.database import Client, away
from tests.simulation.network import Effect, Network, Request
from tests.simulation.toy_world import ToyWorld
from tests.simulation.witness import PARTITIONS, Invariant, Witness
from tests.simulation.world import AnyDecider

T = TypeVar("T")
Lines: TypeAlias = Mapping[str, Sequence[Line]]


class ListsWorld(ToyWorld):
    """As the toy world, of a decider that has lists and totals."""

    name = "lists"
    decider = SUMMARIZED


class NetworkSummaries:
    """A process's connection to the lists and totals of a run."""

    def __init__(
        self, summaries: MemorySummaries, network: Network, client: Client, random: Random
    ) -> None:
        self._summaries = summaries
        self._network = network
        self._client = client
        self._random = random

    async def add_marks(self, marks: Sequence[Mark]) -> None:
        part = marks[: self._random.randint(0, len(marks))]
        add = self._summaries.add_marks
        await self._call("add marks", partial(add, marks), torn=partial(add, part))

    async def marks(self, partitions: Collection[int], *, limit: int) -> Sequence[Mark]:
        return await self._call("marks", partial(self._summaries.marks, partitions, limit=limit))

    async def remove_marks(self, ids: Collection[str]) -> None:
        removed = sorted(ids)
        part = removed[: self._random.randint(0, len(removed))]
        remove = self._summaries.remove_marks
        await self._call("remove marks", partial(remove, removed), torn=partial(remove, part))

    async def summaries(self, ids: Collection[str]) -> Mapping[str, Summarized]:
        return await self._call("summaries", partial(self._summaries.summaries, ids))

    async def totals(self, keys: Collection[TotalKey]) -> Mapping[TotalKey, Total]:
        return await self._call("totals", partial(self._summaries.totals, keys))

    async def steps(self, partitions: Collection[int]) -> Mapping[int, SummaryStep]:
        return await self._call("steps", partial(self._summaries.steps, partitions))

    async def begin_step(self, step: SummaryStep) -> None:
        what = f"begin step {step.number} of {step.partition}"
        await self._call(what, partial(self._summaries.begin_step, step))

    async def carry_out(self, step: SummaryStep) -> None:
        """It writes two bulks: any part of either may be missing."""
        part = replace(
            step,
            summaries=tuple(each for each in step.summaries if self._random.random() < 0.5),
            totals=tuple(each for each in step.totals if self._random.random() < 0.5),
        )
        carry_out = self._summaries.carry_out
        what = f"carry out step {step.number} of {step.partition}"
        await self._call(what, partial(carry_out, step), torn=partial(carry_out, part))

    async def listed(self, *_: Any, **__: Any) -> Sequence[Line]:
        raise AssertionError("no process reads its lists")

    async def dealer_totals(self, dealer_id: str) -> Sequence[Total]:
        raise AssertionError("no process reads its totals")

    async def oldest_mark(self) -> datetime | None:
        raise AssertionError("no process reads its lists")

    async def is_filled(self, version: int, *, partitions: int) -> bool:
        raise AssertionError("no process reads its lists")

    async def _call(self, what: str, effect: Effect[T], torn: Effect[object] | None = None) -> T:
        request = Request(what, effect, away, "database", torn=torn)
        return await self._network.call(self._client, request)


async def not_summarized(summaries: MemorySummaries, decider: AnyDecider) -> str | None:
    """What lists and totals still wait for, or None."""
    if decider.summaries is None:
        return None
    if await summaries.marks(range(PARTITIONS), limit=1):
        return "something is to be summarized"
    steps = await summaries.steps(range(PARTITIONS))
    filled = [step for step in steps.values() if step.after is None]
    return None if len(filled) == PARTITIONS else "not all was gone through for lists"


async def judge_lists(
    summaries: MemorySummaries, decider: AnyDecider, witness: Witness, now: datetime
) -> None:
    """Tell the witness where lists or totals are not what the aggregates say of themselves."""
    if decider.summaries is None:
        return
    stored = witness.stored
    told = {
        id_: decider.summaries.summarize(
            decider.facts.model_validate_json(one.facts), decider.policy, now
        )
        for id_, one in stored.items()
    }
    expected = {id_: each for id_, each in told.items() if each is not None}
    held = await summaries.summaries(list(stored))
    found = {id_: each.summary for id_, each in held.items() if each.summary is not None}
    own = {id_: own_and_rows(each)[0] for id_, each in expected.items()}
    if found != own:
        wrong = [id_ for id_ in stored if found.get(id_) != own.get(id_)]
        witness.violated(Invariant.LISTED, f"{wrong[0]}: {found.get(wrong[0])}")
    dealers = {one.dealer_id for one in stored.values() if one.dealer_id}
    for dealer in sorted(dealers):
        theirs = {id_: each for id_, each in expected.items() if dealer_of(id_) == dealer}
        _judge_lines(summaries.lines(dealer), lines_of(theirs), witness)
    totals = [each for dealer in dealers for each in await summaries.dealer_totals(dealer)]
    if summed(totals) != totals_of(expected.values()):
        witness.violated(Invariant.LISTED, f"{summed(totals)}, {totals_of(expected.values())}")


def _judge_lines(found: Lines, expected: Lines, witness: Witness) -> None:
    for called in sorted({*found, *expected}):
        if found.get(called) != expected.get(called):
            told = f"{called}: {found.get(called)}, {expected.get(called)}"
            witness.violated(Invariant.LISTED, told)
