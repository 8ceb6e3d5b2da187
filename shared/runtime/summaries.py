"""What is stored of lists and totals, and what the runtime asks of a database about it.

Marks say which aggregates were written and are still to be summarized. What follows is written in
steps, one after another of each partition: a step says all that it changes before any of it is
changed, so that whoever comes after a crash carries it out to the end, and nothing counts twice.
One contract suite checks every implementation. All of it raises `TransientFailure`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from pydantic import JsonValue

from shared.decider.summary import GROUPED, Place, Summary


@dataclass(frozen=True, slots=True)
class Mark:
    """Aggregates of one partition that were written and are to be summarized. Ids sort by time."""

    id: str
    partition: int
    at: datetime
    aggregates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summarized:
    """A document of an aggregate's summary, its own or a slot (`summary_slots`), as its `version`th
    step wrote it; None: it says nothing any more."""

    id: str
    dealer_id: str
    partition: int
    version: int
    summary: Summary | None
    """Without entries; with one place at most in a list under whatever keys."""
    entry: str = ""
    """Which entry is shown in a slot; empty: the aggregate itself."""
    slots: int = 0
    """How many slots the aggregate has, free ones included, as its own document tells."""


TotalKey: TypeAlias = tuple[str, int, str]
"""Dealer, partition, period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The counters of a dealer's period over the aggregates of one partition."""

    dealer_id: str
    partition: int
    period: str
    version: int
    counts: Mapping[str, int]
    """Without zeros."""

    @property
    def key(self) -> TotalKey:
        return self.dealer_id, self.partition, self.period


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryStep:
    """What is written of one partition's lists and totals at once: each in full, as the next
    version of what is there. Carried out before the next step begins."""

    partition: int
    number: int
    """One more than the number of the step before; the first is 1."""
    version: int = 0
    """Of the summaries that all of the partition has, or is being brought to; 0: of none."""
    after: str | None = ""
    """Up to this id all aggregates were brought to it, by this step or before; None: all are."""
    summaries: tuple[Summarized, ...] = ()
    totals: tuple[Total, ...] = ()


def summed(totals: Iterable[Total]) -> Mapping[str, Mapping[str, int]]:
    """Period -> counter -> the sum over the partitions, without zeros."""
    sums: dict[str, Counter[str]] = {}
    for total in totals:
        if total.period != GROUPED:
            sums.setdefault(total.period, Counter()).update(total.counts)
    return {period: found for period, counts in sums.items() if (found := without_zeros(counts))}


def without_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    """The counters that are not 0."""
    return {counter: count for counter, count in counts.items() if count}


Line: TypeAlias = tuple[Place, Mapping[str, JsonValue]]
"""Where an aggregate, or an entry, stands in a list, and what its line shows."""


class SummaryReads(Protocol):
    """What read endpoints ask."""

    async def listed(
        self,
        dealer_id: str,
        name: str,
        *,
        ranks: range,
        descending: bool,
        after: Place | None,
        limit: int,
    ) -> Sequence[Line]:
        """The lines of a dealer's list, or of a list under a key, of these ranks, in the order of
        their places or against it; those behind `after` in that direction."""
        ...

    async def dealer_totals(self, dealer_id: str) -> Sequence[Total]:
        """Of all periods and partitions."""
        ...

    async def oldest_mark(self) -> datetime | None:
        """When what is marked was written, the first of it; None: nothing is marked."""
        ...

    async def is_filled(self, version: int, *, partitions: int) -> bool:
        """Whether as many partitions, which are all, were brought to this version of summaries."""
        ...


class SummaryStore(SummaryReads, Protocol):
    """What the worker asks besides."""

    async def add_marks(self, marks: Sequence[Mark]) -> None: ...

    async def marks(self, partitions: Collection[int], *, limit: int) -> Sequence[Mark]:
        """The marks of these partitions, oldest first."""
        ...

    async def remove_marks(self, ids: Collection[str]) -> None: ...

    async def summaries(self, ids: Collection[str]) -> Mapping[str, Summarized]:
        """What is stored of these aggregates and slots, by id."""
        ...

    async def totals(self, keys: Collection[TotalKey]) -> Mapping[TotalKey, Total]:
        """What is stored of these totals."""
        ...

    async def steps(self, partitions: Collection[int]) -> Mapping[int, SummaryStep]:
        """The last step of those of these partitions that have one."""
        ...

    async def begin_step(self, step: SummaryStep) -> None:
        """Write the step over the one before, carrying out nothing of it.

        Raises `Conflict` where that is not the last one.
        """
        ...

    async def carry_out(self, step: SummaryStep) -> None:
        """Write what the last step says, but for what is written already."""
        ...
