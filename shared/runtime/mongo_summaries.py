"""Lists and totals on MongoDB, in the service's own database."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as Some
from dataclasses import dataclass
from datetime import datetime
from operator import gt, lt
from typing import Any

from shared.decider.summary import Place, first_number
from shared.platform.errors import Conflict
from shared.platform.mongo import (
    ASCENDING,
    DESCENDING,
    DUPLICATE_KEY,
    BulkWriteError,
    Collection,
    Database,
    IndexModel,
    InsertOne,
    ReplaceOne,
    portions,
    transient,
)
from shared.runtime.spread import ListSpread, Piece
from shared.runtime.summaries import Line, Mark, Summarized, SummaryStep, Total, TotalKey
from shared.runtime.summary_documents import (
    SAMPLE,
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

FRESH_SECONDS = 300.0
"""How long it is believed at most how a dealer's lists are spread."""
SLOW_PAGE_SECONDS = 0.05
SLOW_FRESH_SECONDS = 10.0
"""How long after a page that took longer than `SLOW_PAGE_SECONDS`."""
MORE = 4
"""How many lines more than a page are asked for: those of the number that it begins behind."""


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
        self._spreads = _Spreads(self._summaries, monotonic)

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
        spread = await self._spreads.of(dealer_id)
        began, lines = self._monotonic(), list[Line]()
        for low, high in spread.windows(name, within, descending=descending, lines=limit):
            bounds = {"$gte": place_key(dealer_id, low), "$lt": place_key(dealer_id, high)}
            lines += await self._window(
                name, bounds, descending=descending, after=after, limit=limit - len(lines)
            )
            if len(lines) == limit:
                break
        self._spreads.page_took(dealer_id, self._monotonic() - began)
        return lines

    async def _window(
        self,
        name: str,
        bounds: Mapping[str, str],
        *,
        descending: bool,
        after: Place | None,
        limit: int,
    ) -> Sequence[Line]:
        """The first lines behind `after` of those within the bounds."""
        direction = DESCENDING if descending else ASCENDING
        sort = [(f"ranks.{name}", direction), ("_id", direction)]
        fields, asked = [f"ranks.{name}", "line"], limit + MORE
        query = {f"ranks.{name}": bounds}
        while True:
            async with transient():
                cursor = self._summaries.find(query, projection=fields, limit=asked).sort(sort)
                found = await cursor.to_list(None)
            lines = [to_line(name, each) for each in found]
            if after is not None:
                behind = lt if descending else gt
                lines = [each for each in lines if behind(each[0], after)]
            if len(lines) >= limit or len(found) < asked:
                return lines[:limit]
            asked *= 2


@dataclass(frozen=True, slots=True)
class _Known:
    """A dealer's spread, as it was read at this moment."""

    spread: ListSpread
    read_at: float


class _Spreads:
    """How the lists of each dealer are spread: read once, and again when that may have changed."""

    def __init__(self, summaries: Collection, monotonic: Callable[[], float]) -> None:
        self._summaries = summaries
        self._monotonic = monotonic
        self._known: dict[str, _Known] = {}

    async def of(self, dealer_id: str) -> ListSpread:
        known, now = self._known.get(dealer_id), self._monotonic()
        if known is None or now - known.read_at > FRESH_SECONDS:
            known = self._known[dealer_id] = _Known(await self._read(dealer_id), now)
        return known.spread

    def page_took(self, dealer_id: str, seconds: float) -> None:
        """A slow page is a sign that the spread is another by now."""
        known, now = self._known[dealer_id], self._monotonic()
        if seconds > SLOW_PAGE_SECONDS and now - known.read_at > SLOW_FRESH_SECONDS:
            del self._known[dealer_id]

    async def _read(self, dealer_id: str) -> ListSpread:
        async with transient():
            cursor = self._summaries.find({"sampled": dealer_id}, projection=["ranks"])
            found = await cursor.to_list(None)
        numbers: dict[str, list[int]] = {}
        for document in found:
            for name, key in document["ranks"].items():
                numbers.setdefault(name, []).append(number_of(key))
        return ListSpread({name: sorted(each) for name, each in numbers.items()}, one_of=SAMPLE)


async def _by_id(collection: Collection, ids: Sequence[Any]) -> list[Mapping[str, Any]]:
    async def portion(some: Sequence[Any]) -> list[Mapping[str, Any]]:
        async with transient():
            found: list[Mapping[str, Any]] = await collection.find({"_id": {"$in": some}}).to_list(
                None
            )
            return found

    pages = await asyncio.gather(*map(portion, portions(ids)))
    return [document for page in pages for document in page]


def _over_predecessor(document: Mapping[str, Any]) -> InsertOne[Any] | ReplaceOne[Any]:
    """Writes it where what is there is the version before, and nothing where it is not."""
    if document["version"] == 1:
        return InsertOne(document)
    return ReplaceOne({"_id": document["_id"], "version": document["version"] - 1}, document)


async def _write(collection: Collection, operations: Sequence[Any]) -> None:
    """One unordered bulk; what is there already is left as it is."""
    if not operations:
        return
    async with transient():
        try:
            await collection.bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            failures = error.details.get("writeErrors", ())
            if not failures or any(each.get("code") != DUPLICATE_KEY for each in failures):
                raise
