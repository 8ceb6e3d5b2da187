"""Brings lists and totals up to date with what was written: beside all else, and without a turn.

Each partition has one line of steps, guarded by their numbers. Two instances that both believe to
own it for a moment cannot both write the next step, so nothing counts twice; what is marked is
there already, so nothing that batches and timers do at the same time is lost.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Generic, TypeVar

import structlog

from shared.contracts.identifiers import dealer_of
from shared.decider.decider import Decider, Facts
from shared.decider.policy import Policy
from shared.decider.summary import GROUPED, Summaries, Summary
from shared.platform import metrics
from shared.platform.backoff import Backoff
from shared.platform.errors import TransientFailure
from shared.platform.mongo import portions
from shared.platform.tracebacks import where_raised
from shared.runtime.aggregate import Aggregate
from shared.runtime.plan import is_undecided
from shared.runtime.ports import Ports
from shared.runtime.progress import Knowledge
from shared.runtime.summaries import (
    Summarized,
    SummaryStep,
    SummaryStore,
    Total,
    TotalKey,
    without_zeros,
)
from shared.runtime.summary_limits import check
from shared.runtime.summary_slots import next_versions, slot_ids

F = TypeVar("F", bound=Facts)
P = TypeVar("P", bound=Policy)

STEP_AGGREGATES = 100
"""How many aggregates one step looks at, at most."""
MARKS = 100
"""How many marks are taken at once."""
FILL_PAGE = 2000
"""Of how many stored aggregates the ids are read at once where all are summarized once more."""
STEP_DOCUMENTS = 500
"""How many documents of summaries one step writes, at most."""
STEP_COUNTERS = 200_000
"""How many counters the totals of a step have together, unless it is for one aggregate alone: they
take 5 to 13 bytes each, and MongoDB has 16 MB for the step."""
MOST_GROUPS = 1000
"""How many groups of a dealer are counted by themselves in a partition: what a source says can be
anything, and a total is one document."""
LOOK_SECONDS = 1.0
"""How often it is looked for marks."""
REST_PER_SECOND = 3.0
"""How long it rests for each second that a step took: the database is for events and deadlines."""
BEHIND = timedelta(seconds=10)
REST_BEHIND_SECONDS = 5.0
"""How long it rests after a step while a partition is `BEHIND` what its topics hold."""

log = structlog.get_logger()


class Summarizer(Generic[F, P]):
    """Summarizes what is marked in the partitions of this instance, and once what is not."""

    def __init__(
        self, decider: Decider[F, P], summaries: Summaries[F, P], ports: Ports, progress: Knowledge
    ) -> None:
        assert ports.summaries is not None
        self._decider = decider
        self._summaries = summaries
        self._aggregates = ports.store
        self._store: SummaryStore = ports.summaries
        self._ownership = ports.ownership
        self._clock = ports.clock
        self._monotonic = ports.monotonic
        self._progress = progress
        self._assignment = 0
        self._last: dict[int, SummaryStep] = {}
        """Partition -> its last step, without what it wrote: that is carried out."""
        self._marked: deque[tuple[int, Sequence[str]]] = deque()
        """Partitions and ids of what is marked, a step's each; and of which marks:"""
        self._taken: Sequence[str] = ()
        self._unfilled: deque[Sequence[str]] = deque()
        """The ids of a page of what is stored, a step's each."""
        self._is_to_fill = False
        """Whether it is their turn: marks may come without end."""

    async def run(self) -> None:
        """Summarize until cancelled; trouble with the database is waited out."""
        backoff = Backoff()
        while True:
            began = self._monotonic()
            try:
                more = await self.turn()
            except TransientFailure as failure:
                metrics.transient_failures.labels(self._decider.name, "summaries").inc()
                log.warning("lists are waiting", because=str(failure))
                await backoff.wait()
            except Exception as error:
                metrics.transient_failures.labels(self._decider.name, "unexpected").inc()
                log.exception("lists are waiting", because=type(error).__name__)
                await backoff.wait()
            else:
                backoff.reset()
                rest = REST_PER_SECOND * (self._monotonic() - began) if more else LOOK_SECONDS
                await asyncio.sleep(max(rest, REST_BEHIND_SECONDS) if self._is_behind() else rest)

    async def turn(self) -> bool:
        """One step for what the oldest marks name, or for the next of what was stored before there
        were these summaries: each has its turn. Returns whether more may be waiting. Raises
        `TransientFailure`."""
        if self._assignment != self._ownership.assignments:
            self._forget()
            self._assignment = self._ownership.assignments
        try:
            if not self._marked:
                if self._is_to_fill and await self._fill():
                    self._is_to_fill = False
                    return True
                await self._take_marks()
            if not self._marked:
                return await self._fill()
            await self._take_up_marked()
        except BaseException:
            self._forget()
            raise
        return True

    async def _take_up_marked(self) -> None:
        partition, ids = self._marked.popleft()
        last = await self._begun(partition)
        await self._step(last, ids, await self._aggregates.load(ids), after=last.after)
        if not self._marked:
            await self._store.remove_marks(self._taken)
            self._is_to_fill = True

    def _forget(self) -> None:
        """What was read may be another by now: begin again with what is stored."""
        self._last.clear()
        self._marked.clear()
        self._unfilled.clear()

    async def _take_marks(self) -> None:
        partitions = self._ownership.partitions
        marks = await self._store.marks(partitions, limit=MARKS) if partitions else ()
        lag = (self._clock.now() - marks[0].at).total_seconds() if marks else 0
        metrics.summary_lag_seconds.labels(self._decider.name).set(max(lag, 0))
        self._taken = [mark.id for mark in marks]
        ids: dict[int, dict[str, None]] = {}
        for mark in marks:
            ids.setdefault(mark.partition, {}).update(dict.fromkeys(mark.aggregates))
        self._marked.extend(
            (partition, portion)
            for partition, found in ids.items()
            for portion in portions(list(found), STEP_AGGREGATES)
        )

    async def _fill(self) -> bool:
        """Look at some more of what is stored, of the partitions that were not brought to these
        summaries yet."""
        steps = [await self._begun(partition) for partition in self._ownership.partitions]
        left = {step.partition: step.after for step in steps if step.after is not None}
        metrics.summary_partitions_left.labels(self._decider.name).set(len(left))
        if not left:
            return False
        if not self._unfilled:
            page = await self._aggregates.policy_versions(
                left, after=min(left.values()), limit=FILL_PAGE
            )
            self._unfilled.extend(portions([id_ for id_, _ in page], STEP_AGGREGATES))
        ids = self._unfilled.popleft() if self._unfilled else ()
        found = await self._aggregates.load(ids)
        for partition, after in left.items():
            mine = {id_: one for id_, one in found.items() if one.partition == partition}
            until = max(after, ids[-1]) if ids else None
            await self._step(await self._begun(partition), list(mine), mine, after=until)
        return True

    async def _step(
        self,
        last: SummaryStep,
        ids: Sequence[str],
        aggregates: Mapping[str, Aggregate],
        *,
        after: str | None,
    ) -> None:
        """Write what has changed of these aggregates, which were read after the last step was.

        Where nothing has, a step is written all the same, for marks are removed after it: so
        whoever else believes to own the partition cannot write what it has read before. Only a
        page of what is stored needs none, but the last page.
        """
        held = await self._held(ids)
        groups = await self._groups(last.partition, ids)
        changed = [
            each
            for id_ in ids
            for each in self._changed(id_, last.partition, aggregates.get(id_), held, groups)
        ]
        if changed or after in (last.after, None):
            await self._write(last, changed, held, after=after)
        else:
            self._last[last.partition] = replace(last, after=after)

    async def _held(self, ids: Sequence[str]) -> Mapping[str, Summarized]:
        """What is stored of these aggregates' summaries, slots included."""
        held = await self._store.summaries(ids)
        slots = [slot for each in held.values() for slot in slot_ids(each)]
        return {**held, **await self._store.summaries(slots)} if slots else held

    async def _write(
        self,
        last: SummaryStep,
        changed: Sequence[Summarized],
        held: Mapping[str, Summarized],
        *,
        after: str | None,
    ) -> SummaryStep:
        """The next step, with the totals that follow from what has changed; several steps where one
        would be too large, in the order of what has changed. Returns the last of them, without what
        it wrote."""
        totals = await self._totals(last.partition, changed, held)
        counters = sum(len(total.counts) for total in totals)
        too_large = counters > STEP_COUNTERS or len(changed) > STEP_DOCUMENTS
        if len(changed) > 1 and too_large:
            half = len(changed) // 2
            last = await self._write(last, changed[:half], held, after=last.after)
            return await self._write(last, changed[half:], held, after=after)
        step = replace(last, number=last.number + 1, after=after)
        whole = replace(step, summaries=tuple(changed), totals=tuple(totals))
        await self._store.begin_step(whole)
        await self._store.carry_out(whole)
        self._last[last.partition] = step
        return step

    async def _begun(self, partition: int) -> SummaryStep:
        """The last step of a partition, carried out, without what it wrote."""
        last = self._last.get(partition)
        if last is None:
            found = (await self._store.steps([partition])).get(partition)
            if found is not None:
                await self._store.carry_out(found)
                last = replace(found, summaries=(), totals=())
            else:
                last = SummaryStep(partition=partition, number=0)
            version = self._summaries.version
            if last.version != version:
                last = replace(last, version=version, after="")
            self._last[partition] = last
        return last

    def _changed(
        self,
        id_: str,
        partition: int,
        aggregate: Aggregate | None,
        held: Mapping[str, Summarized],
        groups: Mapping[str, set[str]],
    ) -> Sequence[Summarized]:
        """The next versions of those documents of an aggregate's summary that change; none where
        nobody can tell at present."""
        dealer_id = dealer_of(id_)
        summary: Summary | None = None
        if aggregate is not None:
            if aggregate.parked is not None or is_undecided(aggregate):
                return ()
            try:
                facts = self._decider.facts.model_validate_json(aggregate.facts)
                summary = self._summaries.summarize(facts, self._decider.policy, self._clock.now())
                if summary is not None:
                    check(summary, id_, self._summaries.lists)
                    summary = within(groups[dealer_id], summary, self._summaries.rest)
            except Exception as error:  # one aggregate's trouble must not hold up the others
                metrics.summaries_failed.labels(self._decider.name).inc()
                log.error("not summarized", because=where_raised(error), partition=partition)
                return ()
        return next_versions(id_, dealer_id, partition, summary, held)

    async def _totals(
        self, partition: int, changed: Iterable[Summarized], held: Mapping[str, Summarized]
    ) -> list[Total]:
        """The next versions of the totals that these changes touch."""
        differences: dict[TotalKey, Counter[str]] = {}
        for found in changed:
            for version, sign in ((found, 1), (held.get(found.id), -1)):
                summary = version.summary if version is not None else None
                for period, counter, count in summary.counted() if summary is not None else ():
                    key = found.dealer_id, partition, period
                    differences.setdefault(key, Counter())[counter] += sign * count
        more = {key: without_zeros(total) for key, total in differences.items()}
        touched = [key for key, counts in more.items() if counts]
        known = await self._store.totals(touched)
        return [_total(key, known.get(key), more[key]) for key in touched]

    async def _groups(self, partition: int, ids: Iterable[str]) -> Mapping[str, set[str]]:
        """The groups that are counted by themselves, of the dealer of each of these ids."""
        dealers = {dealer_of(id_) for id_ in ids}
        known = await self._store.totals([(each, partition, GROUPED) for each in dealers])
        found: dict[str, set[str]] = {dealer_id: set() for dealer_id in dealers}
        for total in known.values():
            found[total.dealer_id].update(total.counts)
        return found

    def _is_behind(self) -> bool:
        """Whether events are waiting that are older than a moment."""
        since = self._clock.now() - BEHIND
        read = (self._progress.read_until(part) for part in self._ownership.partitions)
        return any(moment is None or moment < since for moment in read)


def _total(key: TotalKey, before: Total | None, more: Mapping[str, int]) -> Total:
    counts = Counter(before.counts if before is not None else {})
    counts.update(more)
    dealer_id, partition, period = key
    return Total(
        dealer_id=dealer_id,
        partition=partition,
        period=period,
        version=before.version + 1 if before is not None else 1,
        counts=without_zeros(counts),
    )


def within(groups: set[str], summary: Summary, rest: Callable[[str], str]) -> Summary:
    """The summary as it is counted: in groups of which there are not too many; those that are new
    are added to them.

    What it says that it is counted in is what it leaves when it changes: so sums stay exact.
    """
    counted = dict.fromkeys(
        group if group in groups or len(groups) < MOST_GROUPS else rest(group)
        for group in summary.groups
    )
    groups.update(counted)
    return replace(summary, groups=tuple(counted))
