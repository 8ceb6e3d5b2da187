"""Lists and totals on MongoDB, in the service's own database."""

import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as Some
from datetime import datetime
from operator import gt, lt
from typing import Any

from shared.decider.summary import Place, first_number, name_and_key
from shared.platform.errors import Conflict
from shared.platform.mongo import (
    ASCENDING,
    DESCENDING,
    DUPLICATE_KEY,
    WRITES_A_COMMAND,
    BulkWriteError,
    Collection,
    Database,
    IndexModel,
    InsertOne,
    ReplaceOne,
    by_portions,
    portions,
    transient,
)
from shared.runtime.known_spreads import KnownSpreads
from shared.runtime.spread import ListSpread, Piece
from shared.runtime.summaries import Line, Mark, Summarized, SummaryStep, Total, TotalKey
from shared.runtime.summary_documents import (
    SAMPLE,
    called_in,
    from_mark_to_summarize,
    from_step,
    from_summarized,
    from_total,
    number_of,
    place_key,
    to_line,
    to_mark_to_summarize,
    to_step,
    to_summarized,
    to_total,
    total_id,
)

MORE = 4
"""How many lines more than a page are asked for: those of the numbers where it begins and ends."""


class MongoSummaries:
    """Each list has an index of its own on the summaries, and the aggregates none."""

    def __init__(
        self,
        database: Database,
        lists: Sequence[str],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lists = lists
        self._summaries = database["summaries"]
        self._totals = database["totals"]
        self._marks = database["summary_marks"]
        self._steps = database["summary_steps"]
        self._monotonic = monotonic
        self._spreads = KnownSpreads(self._read_spread, monotonic)

    async def prepare(self) -> None:
        """Create the indexes that are missing. Raises `TransientFailure`."""
        lists = [
            IndexModel([(f"ranks.{name}", ASCENDING)], name=f"list_{name}", sparse=True)
            for name in self._lists
        ]
        sample = IndexModel([("sampled", ASCENDING)], name="sampled", sparse=True)
        async with transient():
            await self._summaries.create_indexes([*lists, sample])
            await self._totals.create_indexes([IndexModel([("dealer_id", ASCENDING)])])

    async def add_marks(self, marks: Sequence[Mark]) -> None:
        await _write(self._marks, [InsertOne(from_mark_to_summarize(mark)) for mark in marks])

    async def marks(self, partitions: Some[int], *, limit: int) -> Sequence[Mark]:
        query = {"partition": {"$in": list(partitions)}}
        async with transient():
            found = await self._marks.find(query, limit=limit).sort("_id", ASCENDING).to_list(None)
        return [to_mark_to_summarize(each) for each in found]

    async def remove_marks(self, ids: Some[str]) -> None:
        async with transient():
            for portion in portions(list(ids)):
                await self._marks.delete_many({"_id": {"$in": portion}})

    async def oldest_mark(self) -> datetime | None:
        async with transient():
            oldest = self._marks.find({}, projection=["at"], limit=1).sort("_id", ASCENDING)
            found: list[Mapping[str, datetime]] = await oldest.to_list(None)
        return found[0]["at"] if found else None

    async def is_filled(self, version: int, *, partitions: int) -> bool:
        async with transient():
            steps = await self._steps.find({}, projection=["version", "after"]).to_list(None)
        filled = [each for each in steps if (each["version"], each["after"]) == (version, None)]
        return len(filled) >= partitions

    async def summaries(self, ids: Some[str]) -> Mapping[str, Summarized]:
        found = await _by_id(self._summaries, list(ids))
        return {each["_id"]: to_summarized(each) for each in found}

    async def totals(self, keys: Some[TotalKey]) -> Mapping[TotalKey, Total]:
        found = map(to_total, await _by_id(self._totals, [total_id(key) for key in keys]))
        return {total.key: total for total in found}

    async def steps(self, partitions: Some[int]) -> Mapping[int, SummaryStep]:
        return {each["_id"]: to_step(each) for each in await _by_id(self._steps, list(partitions))}

    async def begin_step(self, step: SummaryStep) -> None:
        document = from_step(step)
        async with transient():
            if step.number == 1:
                await self._steps.insert_one(document)
                return
            before = {"_id": step.partition, "number": step.number - 1}
            result = await self._steps.replace_one(before, document)
        if not result.matched_count:
            raise Conflict("another step was first")

    async def carry_out(self, step: SummaryStep) -> None:
        summaries = [from_summarized(each) for each in step.summaries]
        totals = [from_total(each) for each in step.totals]
        await _write(self._summaries, [_over_predecessor(each) for each in summaries])
        await _write(self._totals, [_over_predecessor(each) for each in totals])

    async def dealer_totals(self, dealer_id: str) -> Sequence[Total]:
        async with transient():
            found = await self._totals.find({"dealer_id": dealer_id}).to_list(None)
        return [to_total(each) for each in found]

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
        within = Piece(first_number(ranks.start), first_number(ranks.stop))
        if after is not None and descending:
            within = within._replace(high=min(within.high, after.number + 1))
        elif after is not None:
            within = within._replace(low=max(within.low, after.number))
        base, key = name_and_key(name)
        spread = await self._spreads.of(dealer_id)
        began, lines = self._monotonic(), list[Line]()
        while len(lines) < limit and within.low < within.high:
            left = limit - len(lines)
            window = spread.window(name, within, descending=descending, lines=left)
            low, high = (place_key(dealer_id, number, key) for number in window)
            bounds = {"$gte": low, "$lt": high}
            lines += await self._window(
                base, bounds, descending=descending, after=after, limit=left
            )
            within = within.behind(window, descending=descending)
        self._spreads.page_took(dealer_id, self._monotonic() - began)
        return lines

    async def _read_spread(self, dealer_id: str) -> ListSpread:
        async with transient():
            cursor = self._summaries.find({"sampled": dealer_id}, projection=["ranks"])
            found = await cursor.to_list(None)
        numbers: dict[str, list[int]] = {}
        for document in found:
            for name, key in document["ranks"].items():
                numbers.setdefault(called_in(name, key), []).append(number_of(key))
        return ListSpread({name: sorted(each) for name, each in numbers.items()}, one_of=SAMPLE)

    async def _window(
        self,
        name: str,
        bounds: Mapping[str, str],
        *,
        descending: bool,
        after: Place | None,
        limit: int,
    ) -> Sequence[Line]:
        """The first lines behind `after` of those within the bounds.

        Sorted by the one field of the index, which need not be sorted: so those of the last number
        may not all be among what comes, and wait for more.
        """
        field, direction = f"ranks.{name}", DESCENDING if descending else ASCENDING
        asked = limit + MORE
        while True:
            async with transient():
                cursor = self._summaries.find(
                    {field: bounds},
                    projection=[field, "line", "entry"],
                    limit=asked,
                    batch_size=asked,
                )
                found = await cursor.sort(field, direction).to_list(None)
            lines = sorted((to_line(name, each) for each in found), key=_place, reverse=descending)
            if len(found) == asked:
                last = lines[-1][0].number
                lines = [each for each in lines if each[0].number != last]
            if after is not None:
                behind = lt if descending else gt
                lines = [each for each in lines if behind(each[0], after)]
            if len(lines) >= limit or len(found) < asked:
                return lines[:limit]
            asked *= 2


def _place(line: Line) -> Place:
    return line[0]


async def _by_id(collection: Collection, ids: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    async def read(some: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
        async with transient():
            found: Sequence[Mapping[str, Any]] = await collection.find(
                {"_id": {"$in": some}}
            ).to_list(None)
            return found

    return await by_portions(ids, read)


def _over_predecessor(document: Mapping[str, Any]) -> InsertOne[Any] | ReplaceOne[Any]:
    """Writes it where what is there is the version before, and nothing where it is not."""
    if document["version"] == 1:
        return InsertOne(document)
    return ReplaceOne({"_id": document["_id"], "version": document["version"] - 1}, document)


async def _write(collection: Collection, operations: Sequence[Any]) -> None:
    """In no order; what is there already is left as it is."""
    for some in portions(operations, WRITES_A_COMMAND):
        async with transient():
            try:
                await collection.bulk_write(some, ordered=False)
            except BulkWriteError as error:
                failures = error.details.get("writeErrors", ())
                if not failures or any(each.get("code") != DUPLICATE_KEY for each in failures):
                    raise
