"""Several lines of one aggregate follow what is written, and no more is written than changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from bson import encode

from shared.contracts.identifiers import customer_key
from shared.decider.summary import (
    MOST_ENTRIES,
    MOST_ENTRY_CHARACTERS,
    MOST_KEY_CHARACTERS,
    MOST_KEYS,
    Entry,
    Summaries,
    Summary,
    keyed,
)
from shared.platform.mongo import MAX_DOCUMENT_BYTES
from shared.runtime import summarize as summarizing
from shared.runtime.summaries import SummaryStep
from shared.runtime.summary_documents import from_step
from shared.runtime.summary_limits import MOST_CHARACTERS, check
from shared.runtime.summary_slots import next_versions
from tests.metrics import Metrics
from tests.shared.runtime.summarizing import Crash, House
from tests.shared.runtime.toy import (
    DAY,
    DEALER,
    START,
    SUMMARIZED,
    ToyFacts,
    ToyPolicy,
    summarize,
    visit,
)

ONE = customer_key(DEALER, "dms", "1")
LISTS = ("visits", "late", "open", "by")


@pytest.fixture
async def house() -> House:
    made = House()
    await made.own()
    await made.settle()
    return made


async def listed(house: House, name: str = "open") -> list[tuple[str, str]]:
    """The lines of a list: aggregate and entry."""
    page = await house.reader.listed(DEALER, name)
    return [(line.id, line.entry) for line in page.lines]


async def written(house: House) -> list[str]:
    """Which documents the last step wrote."""
    step = (await house.summaries.steps([3]))[3]
    return [each.id.removeprefix(ONE) for each in step.summaries]


async def test_each_entry_is_a_line_of_its_own(house: House) -> None:
    before = START - DAY
    await house.take(
        visit(1, status="open"), visit(2, status="open", opened_at=before), visit(3, customer="2")
    )
    await house.settle()
    assert await house.is_exact()
    assert await listed(house) == [(ONE, "2"), (ONE, "1")]
    assert await listed(house, keyed("by", "late")) == [(ONE, "2")]
    assert sorted(await listed(house, keyed("by", "2026-11"))) == [(ONE, "1"), (ONE, "2")]
    await house.take(visit(2, revision=2))
    await house.settle()
    assert await house.is_exact()
    assert await listed(house) == [(ONE, "1")]


async def test_a_list_is_paged_within_the_entries_of_one_aggregate(house: House) -> None:
    for number in range(7):
        await house.take(visit(number, status="open"))
    await house.settle()
    found, after = [], ""
    while True:
        page = await house.reader.listed(DEALER, "open", after=after, limit=2)
        found += [line.entry for line in page.lines]
        assert page.next == (str(page.lines[-1].place) if page.next else None)
        if page.next is None:
            break
        after = page.next
    assert sorted(found) == [str(number) for number in range(7)]


async def test_a_deadline_moves_an_entry_without_an_event(house: House) -> None:
    await house.take(visit(1, status="open"), visit(2, status="open", opened_at=START + DAY))
    await house.settle()
    assert await listed(house, keyed("by", "late")) == []
    house.instance.clock.advance(DAY)
    await house.settle()
    assert await listed(house, keyed("by", "late")) == [(ONE, "1")]
    assert await written(house) == ["", "#1", "#3"]
    assert await house.is_exact()


async def test_what_does_not_change_is_not_written(house: House) -> None:
    await house.take(*(visit(number, status="open") for number in range(4)))
    await house.settle()
    await house.take(visit(2, status="open", revision=2, opened_at=START - DAY * 0.5))
    await house.settle()
    assert await written(house) == ["#3"]
    await house.take(visit(2, status="open", revision=3, opened_at=START - DAY * 0.5))
    await house.settle()
    assert await written(house) == []


async def test_slots_do_not_grow_with_what_there_was() -> None:
    house = House()
    await house.own()
    for number in range(9):
        await house.take(visit(number, status="open"))
        await house.settle()
        await house.take(visit(number, revision=2))
        await house.settle()
    assert (await house.summaries.summaries([ONE]))[ONE].slots == 1
    assert await house.is_exact()


async def test_with_the_aggregate_its_entries_go(house: House) -> None:
    told: list[Summary | None] = [Summary({}, {}, {}, entries={"a": Entry({"open": 1}, {})})]
    said = Summaries(lists=LISTS, summarize=lambda facts, policy, now: told[0])
    house = House(replace(SUMMARIZED, summaries=said))
    await house.own()
    for number, expected in enumerate((told[0], None, told[0])):
        told[0] = expected
        await house.take(visit(number))
        await house.settle()
        assert await listed(house) == ([(ONE, "a")] if expected else [])


def with_entry(ranks: Mapping[str, int], line: object = "", id_: str = "a") -> Summary:
    return Summary({}, {}, {}, entries={id_: Entry(ranks, {"of": line})})  # type: ignore[dict-item] # wrong


def keys(count: int, length: int = MOST_KEY_CHARACTERS, letter: str = "k") -> dict[str, int]:
    return {keyed("by", f"{number:0{length}}".replace("0", letter)): 1 for number in range(count)}


LARGE = MOST_ENTRY_CHARACTERS - 200
WRONG: Mapping[str, Summary] = {
    "too many entries": Summary(
        {}, {}, {}, entries={str(number): Entry({}, {}) for number in range(MOST_ENTRIES + 1)}
    ),
    "an entry without an id": with_entry({"open": 1}, id_=""),
    "an id that is too long": with_entry({"open": 1}, id_="a" * (MOST_KEY_CHARACTERS + 1)),
    "a rank below all": with_entry({"open": -1}),
    "a list that is none": with_entry({"$set": 1}),
    "a list that is none, with a key": with_entry({"$set:a": 1}),
    "a key that is empty": with_entry({"by:": 1}),
    "a key that is too long": with_entry(keys(1, MOST_KEY_CHARACTERS + 1)),
    "too many keys": with_entry(keys(MOST_KEYS + 1, 2)),
    "too much": with_entry({}, "x" * MOST_ENTRY_CHARACTERS),
    "too much with its keys": with_entry(keys(MOST_KEYS, letter="客"), "x" * LARGE),
    "a line that is no JSON": with_entry({}, START),
    "a number that is none": with_entry({}, float("nan")),
    "its own under a key that is empty": Summary({"by:": 1}, {}, {}),
    "its own under too many keys": Summary(keys(MOST_KEYS + 1, 2), {}, {}),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_one_that_cannot_be_listed_hides_no_other(wrong: str) -> None:
    def told(facts: ToyFacts, policy: ToyPolicy, now: datetime) -> Summary | None:
        found = summarize(facts, policy, now)
        return WRONG[wrong] if found and len(facts.visits) == 2 else found

    house = House(replace(SUMMARIZED, summaries=Summaries(lists=LISTS, summarize=told)))
    await house.own()
    metrics = Metrics("toy")
    await house.take(visit(1, status="open"), visit(2, customer="2", status="open"))
    await house.settle()
    await house.take(visit(3, status="open"), visit(5, customer="3", status="open"))
    await house.settle()
    assert sorted(entry for _, entry in await listed(house)) == ["1", "2", "5"]
    assert metrics.value("summaries_failed_total") == 1


def test_the_largest_step_is_one_document() -> None:
    """As many summaries and entries as one step has, each as large as it may be."""
    own = Summary({"open": 1}, {"of": "x" * (MOST_CHARACTERS - 100)}, {})
    line = {"of": "x" * (MOST_ENTRY_CHARACTERS - 2 * 120 * 9 - 100)}
    ranks = {keyed("by", "客" * 119 + str(number)): 1 for number in range(2)}
    entries = {f"{number:0120}".replace("0", "客"): Entry(ranks, line) for number in range(2)}
    said = replace(own, entries=entries)
    check(said, ONE, LISTS)
    customer = customer_key(DEALER, "dms", "c" * 1900)
    found = [
        each
        for number in range(summarizing.STEP_AGGREGATES)
        for each in next_versions(f"{customer}{number}", DEALER, 3, said, {})
    ]
    assert len(found) == summarizing.STEP_DOCUMENTS
    step = SummaryStep(partition=3, number=1, summaries=tuple(found))
    for_totals = 13 * summarizing.STEP_COUNTERS
    assert len(encode(from_step(step))) + for_totals < MAX_DOCUMENT_BYTES


@pytest.mark.parametrize("ends_in_part", range(1, 6))
async def test_a_step_of_many_documents_is_made_in_parts_that_may_be_cut_off(
    house: House, monkeypatch: pytest.MonkeyPatch, ends_in_part: int
) -> None:
    monkeypatch.setattr(summarizing, "STEP_DOCUMENTS", 1)
    began = (await house.summaries.steps([3]))[3].number
    await house.take(visit(1, status="open"), visit(2, status="open"), visit(3, customer="2"))
    begin: Callable[[SummaryStep], object] = house.summaries.begin_step
    parts: list[Sequence[str]] = []

    async def begun(step: SummaryStep) -> None:
        parts.append([each.id.rpartition("/")[2] for each in step.summaries])
        if len(parts) == ends_in_part:
            raise Crash
        await begin(step)  # type: ignore[misc] # a coroutine

    monkeypatch.setattr(house.summaries, "begin_step", begun)
    if ends_in_part < 5:
        with pytest.raises(Crash):
            await house.settle()
        house.instance = house.start()
        await house.own()
    await house.settle()
    assert await house.is_exact()
    assert all(len(part) <= 1 for part in parts)
    assert (await house.summaries.steps([3]))[3].number >= began + 4
