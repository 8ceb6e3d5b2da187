"""Lists and totals over summaries in memory, written down as they are defined."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from shared.contracts.identifiers import dealer_of
from shared.decider.summary import GROUPED, Listed, ListedPage, Place, Summary
from shared.platform.errors import Conflict
from shared.runtime.summaries import (
    Line,
    Mark,
    Summarized,
    SummaryStep,
    Total,
    TotalKey,
    without_zeros,
)
from shared.runtime.summary_documents import (
    from_mark_to_summarize,
    from_step,
    from_summarized,
    from_total,
    to_mark_to_summarize,
    to_step,
    to_summarized,
    to_total,
    total_id,
)


def page_of(
    summaries: Mapping[str, Summary],
    name: str,
    *,
    ranks: range,
    descending: bool,
    after: Place | None,
    limit: int,
) -> ListedPage:
    """A page of the list `name` of one dealer's summaries, by id."""
    places = sorted(
        (
            Place.of(summary.ranks[name], id_)
            for id_, summary in summaries.items()
            if name in summary.ranks and summary.ranks[name] in ranks
        ),
        reverse=descending,
    )
    if after is not None:
        places = [each for each in places if (each < after if descending else each > after)]
    page = places[:limit]
    return ListedPage(
        lines=[Listed(each.id, each.rank, summaries[each.id].line) for each in page],
        next=str(page[-1]) if page and len(places) > limit else None,
    )


def totals_of(summaries: Iterable[Summary]) -> Mapping[str, Mapping[str, int]]:
    """The totals of one dealer's summaries."""
    totals: dict[str, Counter[str]] = {}
    for summary in summaries:
        for period, counter, count in summary.counted():
            if period != GROUPED:
                totals.setdefault(period, Counter())[counter] += count
    return {period: found for period, counts in totals.items() if (found := without_zeros(counts))}


class MemorySummaries:
    """Lists and totals in memory; passes the same contract suite as those in MongoDB."""

    def __init__(self) -> None:
        self._marks: dict[str, dict[str, object]] = {}
        self._summaries: dict[str, dict[str, object]] = {}
        self._totals: dict[str, dict[str, object]] = {}
        self._steps: dict[int, dict[str, object]] = {}

    async def prepare(self) -> None:
        return None

    async def add_marks(self, marks: Sequence[Mark]) -> None:
        for mark in marks:
            self._marks[mark.id] = from_mark_to_summarize(mark)

    async def marks(self, partitions: Collection[int], *, limit: int) -> Sequence[Mark]:
        found = [to_mark_to_summarize(self._marks[id_]) for id_ in sorted(self._marks)]
        return [mark for mark in found if mark.partition in partitions][:limit]

    async def remove_marks(self, ids: Collection[str]) -> None:
        for id_ in ids:
            self._marks.pop(id_, None)

    async def oldest_mark(self) -> datetime | None:
        marks = [to_mark_to_summarize(each) for each in self._marks.values()]
        return min((mark.at for mark in marks), default=None)

    async def is_filled(self, version: int, *, partitions: int) -> bool:
        steps = [to_step(each) for each in self._steps.values()]
        return sum((each.version, each.after) == (version, None) for each in steps) >= partitions

    async def summaries(self, ids: Collection[str]) -> Mapping[str, Summarized]:
        return {id_: to_summarized(self._summaries[id_]) for id_ in ids if id_ in self._summaries}

    async def totals(self, keys: Collection[TotalKey]) -> Mapping[TotalKey, Total]:
        found = (self._totals.get(total_id(key)) for key in keys)
        totals = (to_total(each) for each in found if each is not None)
        return {total.key: total for total in totals}

    async def steps(self, partitions: Collection[int]) -> Mapping[int, SummaryStep]:
        return {part: to_step(self._steps[part]) for part in partitions if part in self._steps}

    async def begin_step(self, step: SummaryStep) -> None:
        known = self._steps.get(step.partition)
        if (known["number"] if known else 0) != step.number - 1:
            raise Conflict("another step was first")
        self._steps[step.partition] = from_step(step)

    async def carry_out(self, step: SummaryStep) -> None:
        for each in step.summaries:
            self._write(self._summaries, from_summarized(each))
        for total in step.totals:
            self._write(self._totals, from_total(total))

    @staticmethod
    def _write(stored: dict[str, dict[str, object]], document: dict[str, object]) -> None:
        known = stored.get(str(document["_id"]))
        if (known["version"] if known else 0) == int(str(document["version"])) - 1:
            stored[str(document["_id"])] = document

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
        held = {
            each.id: each.summary
            for each in map(to_summarized, self._summaries.values())
            if each.summary is not None and dealer_of(each.id) == dealer_id
        }
        page = page_of(held, name, ranks=ranks, descending=descending, after=after, limit=limit)
        return [(Place.of(each.rank, each.id), each.line) for each in page.lines]

    async def dealer_totals(self, dealer_id: str) -> Sequence[Total]:
        totals = (to_total(each) for each in self._totals.values())
        return [total for total in totals if total.dealer_id == dealer_id]
