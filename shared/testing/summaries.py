"""Lists and totals over summaries in memory, written down as they are defined."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from shared.decider.summary import GROUPED, Entry, Listed, ListedPage, Place, Summary, name_and_key
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
    to_line,
    to_mark_to_summarize,
    to_step,
    to_summarized,
    to_total,
    total_id,
)


def lines_of(summaries: Mapping[str, Summary]) -> Mapping[str, Sequence[Line]]:
    """All that stands in the lists of these summaries, which are by id; each list in order."""
    lines = []
    for id_, summary in summaries.items():
        shown = {"": Entry(summary.ranks, summary.line), **summary.entries}
        for entry_id, entry in shown.items():
            lines += [
                (called, (Place.of(rank, id_, entry_id), entry.line))
                for called, rank in entry.ranks.items()
            ]
    return _by_list(lines)


def _by_list(lines: Iterable[tuple[str, Line]]) -> Mapping[str, Sequence[Line]]:
    found: dict[str, list[Line]] = {}
    for called, line in sorted(lines, key=lambda each: each[1][0]):
        found.setdefault(called, []).append(line)
    return found


def some_of(
    lines: Sequence[Line], *, ranks: range, descending: bool, after: Place | None, limit: int
) -> Sequence[Line]:
    """Those lines of a list, in order, that are asked for."""
    found = [line for line in lines if line[0].rank in ranks]
    if after is not None:
        found = [line for line in found if (line[0] < after if descending else line[0] > after)]
    return (found[::-1] if descending else found)[:limit]


def page_of(
    summaries: Mapping[str, Summary],
    called: str,
    *,
    ranks: range,
    descending: bool,
    after: Place | None,
    limit: int,
) -> ListedPage:
    """A page of a list of one dealer's summaries, by id."""
    lines = lines_of(summaries).get(called, ())
    found = some_of(lines, ranks=ranks, descending=descending, after=after, limit=limit + 1)
    page = [Listed(place.id, place.rank, line, place.entry) for place, line in found[:limit]]
    return ListedPage(lines=page, next=str(page[-1].place) if page and len(found) > limit else None)


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
        lines = self.lines(dealer_id).get(name, ())
        return some_of(lines, ranks=ranks, descending=descending, after=after, limit=limit)

    def lines(self, dealer_id: str) -> Mapping[str, Sequence[Line]]:
        """All that stands in a dealer's lists, each in order."""
        lines = []
        for document in self._summaries.values():
            summary = to_summarized(document).summary
            if summary is not None and document["dealer_id"] == dealer_id:
                lines += [
                    (called, to_line(name_and_key(called)[0], document)) for called in summary.ranks
                ]
        return _by_list(lines)

    async def dealer_totals(self, dealer_id: str) -> Sequence[Total]:
        totals = (to_total(each) for each in self._totals.values())
        return [total for total in totals if total.dealer_id == dealer_id]
