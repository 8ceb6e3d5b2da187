"""The contract of every store of lists and totals: the fake, and the real one with both drivers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from pydantic import JsonValue

from shared.decider.summary import MOST_RANK, Place, Summary, keyed
from shared.platform.errors import Conflict
from shared.platform.mongo import MAX_DOCUMENT_BYTES
from shared.runtime.summaries import Mark, Summarized, SummaryStep, SummaryStore, Total
from shared.runtime.summary_documents import from_summarized, from_total, is_sampled, to_total
from shared.runtime.summary_slots import aggregate_of, slot_id

NOW = datetime(2026, 11, 21, 10, 5, 0, 123000, tzinfo=UTC)
ALL = range(MOST_RANK + 1)
HOSTILE = ["", ".", "$", "$set", "a.b", "\x00", "%", "客户", "a" * 500, "__proto__", "\ud800"]


def summarized(id_: str, version: int = 1, **ranks: int) -> Summarized:
    """A summary with these ranks."""
    return Summarized(
        id=id_,
        dealer_id="/".join(id_.split("/")[:2]),
        partition=3,
        version=version,
        summary=Summary(ranks=ranks, line={"of": id_}, counts={"2026-11": {"a": 1}}),
    )


def in_slot(id_: str, slot: int, entry: str = "t", **ranks: int) -> Summarized:
    """An entry of an aggregate, in one of its slots."""
    shown = Summary(ranks=ranks, line={"of": id_}, counts={})
    return replace(summarized(id_), id=slot_id(id_, slot), entry=entry, summary=shown)


def step(number: int = 1, *summaries: Summarized, **changes: object) -> SummaryStep:
    plain = SummaryStep(partition=3, number=number, version=1, after=None, summaries=summaries)
    return replace(plain, **changes)  # type: ignore[arg-type] # fields of a step


async def written(store: SummaryStore, *summaries: Summarized) -> None:
    """These summaries, whatever wrote them."""
    await store.carry_out(step(1, *summaries))


async def listed(
    store: SummaryStore,
    name: str = "points",
    *,
    ranks: range = ALL,
    descending: bool = False,
    limit: int = 3,
    dealer_id: str = "g/d",
) -> list[Place]:
    """All of a list, read page by page."""
    found: list[Place] = []
    after = None
    while True:
        page = await store.listed(
            dealer_id, name, ranks=ranks, descending=descending, after=after, limit=limit
        )
        assert all(line == {"of": place.id} for place, line in page)
        found += [place for place, _ in page]
        if len(page) < limit:
            return found
        after = page[-1][0]


def places(summaries: Sequence[Summarized], name: str = "points") -> list[Place]:
    """Where these stand, in order."""
    return sorted(
        Place.of(each.summary.ranks[name], aggregate_of(each.id), each.entry)
        for each in summaries
        if each.summary is not None and name in each.summary.ranks
    )


async def test_marks_come_back_oldest_first_for_their_partitions(
    summary_store: SummaryStore,
) -> None:
    marks = [
        Mark("2-b", 1, NOW + timedelta(hours=1), ("g/d/s/1", "g/d/s/2")),
        Mark("1-a", 2, NOW, ("g/d/s/3",)),
        Mark("3-c", 5, NOW, ()),
    ]
    assert await summary_store.oldest_mark() is None
    await summary_store.add_marks(marks)
    await summary_store.add_marks(marks[:2])
    assert await summary_store.marks([1, 2], limit=9) == [marks[1], marks[0]]
    assert await summary_store.marks([1, 2], limit=1) == [marks[1]]
    assert await summary_store.oldest_mark() == NOW
    await summary_store.remove_marks(["1-a", "3-c", "no such"])
    assert await summary_store.marks([1, 2, 5], limit=9) == [marks[0]]
    assert await summary_store.oldest_mark() == marks[0].at


async def test_a_step_is_found_until_the_next_and_only_the_next_is_taken(
    summary_store: SummaryStore,
) -> None:
    total = Total(dealer_id="g/d", partition=3, period="2026-11", version=1, counts={"a": -2})
    gone = replace(summarized("g/d/s/2"), summary=None)
    first = step(1, summarized("g/d/s/1", points=3), gone, totals=(total,), after="g/d/s/1")
    with pytest.raises(Conflict):
        await summary_store.begin_step(step(2))
    await summary_store.begin_step(first)
    with pytest.raises(Conflict):
        await summary_store.begin_step(step(1))
    assert await summary_store.steps([3, 4]) == {3: first}
    assert await summary_store.summaries(["g/d/s/1"]) == {}
    second = step(2)
    await summary_store.begin_step(second)
    for late in (first, second, step(4)):
        with pytest.raises(Conflict):
            await summary_store.begin_step(late)
    assert await summary_store.steps([3]) == {3: second}


async def test_a_step_is_carried_out_once_however_often_it_is_tried(
    summary_store: SummaryStore,
) -> None:
    total = Total(dealer_id="g/d", partition=3, period="2026-11", version=1, counts={"a": 1})
    first = step(1, summarized("g/d/s/1", points=3), summarized("g/d/s/2"), totals=(total,))
    other = summarized("g/d/s/1", 2, points=9)
    grown = replace(total, version=2, counts={"a": 5})
    await summary_store.carry_out(first)
    await summary_store.carry_out(step(2, other, totals=(grown,)))
    await summary_store.carry_out(first)
    assert await summary_store.summaries(["g/d/s/1", "g/d/s/2", "g/d/s/9"]) == {
        "g/d/s/1": other,
        "g/d/s/2": first.summaries[1],
    }
    assert await summary_store.totals([total.key, ("g/d", 4, "2026-11")]) == {total.key: grown}
    assert await listed(summary_store) == places([other])


async def test_a_summary_that_is_gone_stands_nowhere_and_does_not_come_back(
    summary_store: SummaryStore,
) -> None:
    first = summarized("g/d/s/1", points=3)
    gone = replace(first, version=2, summary=None)
    await written(summary_store, first)
    await written(summary_store, gone)
    await written(summary_store, first)
    assert await summary_store.summaries(["g/d/s/1"]) == {"g/d/s/1": gone}
    assert await listed(summary_store) == []
    again = summarized("g/d/s/1", 3, points=4)
    await written(summary_store, again)
    assert await listed(summary_store) == places([again])


async def test_hostile_names_come_back_as_they_were(summary_store: SummaryStore) -> None:
    counts = {"2026-11": dict.fromkeys(HOSTILE, -7)}
    line: dict[str, JsonValue] = {name: [name, {name: 1}] for name in HOSTILE}
    summary = Summary(ranks={}, line=line, counts=counts, groups=tuple(HOSTILE), apart=counts)
    hostile = replace(summarized("g/d/s/1"), summary=summary, slots=len(HOSTILE))
    slots = [in_slot("g/d/s/1", at, name) for at, name in enumerate(HOSTILE, start=1)]
    total = Total(
        dealer_id="g/d", partition=3, period="2026-11", version=1, counts=counts["2026-11"]
    )
    whole = step(1, hostile, *slots, totals=(total,))
    await summary_store.begin_step(whole)
    await summary_store.carry_out(whole)
    assert await summary_store.steps([3]) == {3: whole}
    wanted = {each.id: each for each in (hostile, *slots)}
    assert await summary_store.summaries(list(wanted)) == wanted
    assert await summary_store.dealer_totals("g/d") == [total]


async def test_totals_are_those_of_one_dealer(summary_store: SummaryStore) -> None:
    totals = [
        Total(dealer_id=dealer, partition=part, period=period, version=1, counts={"a": part})
        for dealer in ("g/d", "g/d-2")
        for part in (1, 2)
        for period in ("2026-10", "2026-11")
    ]
    await summary_store.carry_out(step(1, totals=tuple(totals)))
    found = await summary_store.dealer_totals("g/d")
    assert sorted(found, key=lambda each: each.key) == totals[:4]
    assert await summary_store.dealer_totals("g/none") == []


@pytest.mark.parametrize("descending", [False, True])
async def test_a_list_is_one_dealer_s_and_of_the_ranks_that_are_asked_for(
    summary_store: SummaryStore, *, descending: bool
) -> None:
    mine = [summarized(f"g/d/s/{rank}", points=rank) for rank in (0, 1, 5, 5 * 32, MOST_RANK)]
    others = [summarized("g/d-2/s/1", points=5), summarized("g/c/s/1", points=5)]
    elsewhere = [summarized("g/d/s/unlisted"), summarized("g/d/s/late", late=5)]
    await written(summary_store, *mine, *others, *elsewhere)
    for ranks in (
        ALL,
        range(1, 6),
        range(5, 5),
        range(6, 2**40),
        range(-3, 1),
        range(5, MOST_RANK),
    ):
        expected = [place for place in places(mine) if place.rank in ranks]
        found = await listed(summary_store, ranks=ranks, descending=descending)
        assert found == (expected[::-1] if descending else expected)
    assert await listed(summary_store, "late") == places(elsewhere, "late")


@pytest.mark.parametrize("descending", [False, True])
async def test_no_line_is_left_out_or_shown_twice_wherever_windows_end(
    summary_store: SummaryStore, *, descending: bool
) -> None:
    """Equal ranks, crowds and gaps; more than the sample was known to have."""
    random = Random(3)
    ranks = [
        *(7 for _ in range(150)),
        *(random.randint(0, 9) for _ in range(100)),
        *(random.randint(0, MOST_RANK) for _ in range(100)),
        *(random.randint(5000, 5050) for _ in range(150)),
    ]
    summaries = [summarized(f"g/d/s/{at:03}", points=rank) for at, rank in enumerate(ranks)]
    assert any(is_sampled(each.id) for each in summaries[:200])
    await written(summary_store, *summaries[:200])
    assert await listed(summary_store, descending=descending, limit=50) == sorted(
        places(summaries[:200]), reverse=descending
    )
    await written(summary_store, *summaries)
    expected = sorted(places(summaries), reverse=descending)
    for limit in (7, 100, 499, 500, 501):
        found = await listed(summary_store, descending=descending, limit=limit)
        assert found == expected


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 10])
async def test_those_of_one_number_are_told_apart_by_their_ids(
    summary_store: SummaryStore,
    monkeypatch: pytest.MonkeyPatch,
    limit: int,
    *,
    descending: bool,
) -> None:
    monkeypatch.setattr("shared.decider.summary._hash", lambda id_: 5)
    summaries = [summarized(f"g/d/s/{at}", points=1 + at // 7) for at in range(14)]
    await written(summary_store, *summaries)
    found = await listed(summary_store, descending=descending, limit=limit)
    assert found == sorted(places(summaries), reverse=descending)


@pytest.mark.parametrize("descending", [False, True])
async def test_a_list_under_a_key_has_what_stands_under_that_key_alone(
    summary_store: SummaryStore, *, descending: bool
) -> None:
    """Whatever the others are, of this dealer and of another, and without a key."""
    keys = [*HOSTILE, "4", "a", "ab", "a|", "a:b", "0" * 16, "u-17", "无人", "客"]
    ranks = (0, 5, MOST_RANK)
    mine = {
        key: [
            summarized(f"g/d/s/{at}-{rank}", **{keyed("by", key): rank, "points": 1})
            for rank in ranks
        ]
        for at, key in enumerate(keys)
    }
    plain = [summarized(f"g/d/s/{rank}", by=rank) for rank in ranks]
    others = [summarized(f"g/d-2/s/{at}", **{keyed("by", key): 5}) for at, key in enumerate(keys)]
    await written(summary_store, *(each for some in mine.values() for each in some))
    await written(summary_store, *plain, *others)
    for key, some in mine.items():
        called = keyed("by", key)
        found = await listed(summary_store, called, descending=descending, limit=2)
        assert found == sorted(places(some, called), reverse=descending)
        assert len(await listed(summary_store, called, ranks=range(5, MOST_RANK))) == 1
    assert await listed(summary_store, "by", descending=descending) == sorted(
        places(plain, "by"), reverse=descending
    )
    assert await listed(summary_store, keyed("by", "nobody")) == []
    wanted = {each.id: each for each in mine["a|"]}
    assert await summary_store.summaries(list(wanted)) == wanted


@pytest.mark.parametrize("descending", [False, True])
async def test_entries_are_lines_of_their_own(
    summary_store: SummaryStore, *, descending: bool
) -> None:
    own = replace(summarized("g/d/s/1", points=2), slots=60)
    entries = [in_slot("g/d/s/1", at, f"t|{at}", points=at % 4) for at in range(1, 60)]
    gone = replace(in_slot("g/d/s/1", 60), summary=None, entry="")
    all_of_them = [own, *entries, gone, summarized("g/d/s/2", points=2)]
    await written(summary_store, *all_of_them)
    for limit in (1, 7, 100):
        found = await listed(summary_store, descending=descending, limit=limit)
        assert found == sorted(places(all_of_them), reverse=descending)


async def test_a_slot_s_entry_moves_and_goes_and_old_steps_change_nothing(
    summary_store: SummaryStore,
) -> None:
    first = in_slot("g/d/s/1", 1, "one", points=3)
    moved = replace(in_slot("g/d/s/1", 1, "other", points=4), version=2)
    gone = replace(first, version=3, summary=None, entry="")
    for each in (first, moved, first):
        await written(summary_store, each)
    assert await listed(summary_store) == places([moved])
    for each in (gone, moved, first):
        await written(summary_store, each)
    assert await listed(summary_store) == []
    assert await summary_store.summaries([first.id]) == {first.id: gone}


@pytest.mark.parametrize("descending", [False, True])
async def test_no_line_of_a_list_under_a_key_is_left_out_wherever_windows_end(
    summary_store: SummaryStore, *, descending: bool
) -> None:
    """A large one beside a small one of the same list; entries and aggregates."""
    random = Random(5)
    large = [
        in_slot(
            f"g/d/s/{at % 90:03}",
            at,
            f"t{at}",
            **{"by:all": random.choice([7, random.randint(0, 99)])},
        )
        for at in range(500)
    ]
    small = [in_slot(f"g/d/s/{at:03}", 900, **{"by:few": at % 2}) for at in range(9)]
    await written(summary_store, *large[:300], *small)
    await listed(summary_store, "by:all", limit=100)
    await written(summary_store, *large)
    for name, some in (("by:all", large), ("by:few", small)):
        expected = sorted(places(some, name), reverse=descending)
        for limit in (7, 100, 501):
            found = await listed(summary_store, name, descending=descending, limit=limit)
            assert found == expected


async def test_it_is_filled_once_every_partition_was_brought_to_the_version(
    summary_store: SummaryStore,
) -> None:
    assert not await summary_store.is_filled(1, partitions=1)
    await summary_store.begin_step(step(1))
    assert await summary_store.is_filled(1, partitions=1)
    assert not await summary_store.is_filled(1, partitions=2)
    assert not await summary_store.is_filled(2, partitions=1)
    await summary_store.begin_step(step(1, partition=4, after=""))
    assert not await summary_store.is_filled(1, partitions=2)


def test_the_sample_is_one_of_32_whatever_the_ids_and_their_places() -> None:
    ids = [f"g/d/dms/{number:06}" for number in range(32_000)]
    sampled = [id_ for id_ in ids if is_sampled(id_)]
    assert 850 < len(sampled) < 1150
    low = sum(Place.of(0, id_).number < 2**31 for id_ in sampled)
    assert 0.4 < low / len(sampled) < 0.6
    assert "sampled" in from_summarized(summarized(sampled[0]))


def test_a_total_of_whatever_names_is_a_small_part_of_a_document() -> None:
    """A tenth of the groups that are counted by themselves, of words as long as they may be, each
    with all of a service's counters, in whatever order: a step of one has 38 such totals."""
    random = Random(3)
    words = ["".join(chr(random.randint(0x4E00, 0x9FA5)) for _ in range(40)) for _ in range(100)]
    names = [f"o{word} {counter}" for counter in range(10, 37) for word in words]
    random.shuffle(names)
    total = Total(
        dealer_id="g/d",
        partition=3,
        period="2026-11",
        version=1,
        counts={name: random.randint(1, 999) for name in names},
    )
    document = from_total(total)
    assert 10 * 38 * len(document["counts"]) < MAX_DOCUMENT_BYTES
    assert to_total(document) == total
