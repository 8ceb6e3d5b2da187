"""In which documents summaries are stored that have entries: they say what was said last."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.decider.summary import Entry, Summary, keyed
from shared.runtime.summaries import Line, Summarized, SummaryStep
from shared.runtime.summary_slots import aggregate_of, next_versions, slot_id
from shared.testing.summaries import MemorySummaries, lines_of

ID = "g/d/s/1"
LISTS = ["all", "due", *(keyed("by", key) for key in ("a", "b", "|", "客户"))]
RANKS = some.dictionaries(some.sampled_from(LISTS), some.integers(0, 2))
ENTRIES = some.dictionaries(
    some.sampled_from(["1", "2", "3", "#", "|"]),
    some.builds(Entry, RANKS, some.fixed_dictionaries({"of": some.integers(0, 1)})),
)
SUMMARIES = some.none() | some.builds(
    Summary,
    ranks=RANKS,
    line=some.just({"of": "all"}),
    counts=some.just({"2026-11": {"a": 1}}),
    entries=ENTRIES,
)


class Stored:
    """One aggregate's summary, as a store has it."""

    def __init__(self) -> None:
        self.memory = MemorySummaries()
        self.held: dict[str, Summarized] = {}

    async def say(self, summary: Summary | None) -> list[Summarized]:
        """Write what follows from it; returns that."""
        changed = next_versions(ID, "g/d", 3, summary, self.held)
        for each in changed:
            before = self.held.get(each.id)
            assert each.version == (before.version if before else 0) + 1
            self.held[each.id] = each
        await self.memory.carry_out(SummaryStep(partition=3, number=1, summaries=tuple(changed)))
        return changed

    @property
    def lines(self) -> Mapping[str, list[Line]]:
        return {called: list(lines) for called, lines in self.memory.lines("g/d").items()}


def entry(**ranks: int) -> Entry:
    return Entry({name.replace("_", ":"): rank for name, rank in ranks.items()}, {"of": 1})


def summary(**entries: Entry) -> Summary:
    return Summary({"all": 1}, {"of": "all"}, {"2026-11": {"a": 1}}, entries=entries)


def ids(changed: list[Summarized]) -> list[str]:
    return [each.id for each in changed]


@given(some.lists(SUMMARIES, max_size=6))
async def test_after_any_history_the_documents_say_what_was_said_last(
    history: list[Summary | None],
) -> None:
    stored = Stored()
    most = 0
    for said in history:
        changed = await stored.say(said)
        assert stored.lines == lines_of({ID: said} if said is not None else {})
        most = max(most, sum(each.summary is not None for each in stored.held.values()))
        assert len(stored.held) <= most + 1
        assert all(aggregate_of(each.id) == ID for each in changed)
        assert await stored.say(said) == []
        for id_, each in stored.held.items():
            assert await stored.memory.summaries([id_]) == {id_: each}


@given(SUMMARIES, SUMMARIES)
async def test_what_is_said_in_another_order_is_the_same(
    said: Summary | None, before: Summary | None
) -> None:
    stored = Stored()
    await stored.say(before)
    await stored.say(said)
    if said is not None:
        turned = {
            id_: replace(each, ranks=dict(reversed(each.ranks.items())))
            for id_, each in reversed(said.entries.items())
        }
        assert await stored.say(replace(said, entries=turned)) == []


async def test_only_what_changes_is_written() -> None:
    stored = Stored()
    first = summary(a=entry(all=1), b=entry(all=2), c=entry(all=3))
    assert ids(await stored.say(first)) == [ID, slot_id(ID, 1), slot_id(ID, 2), slot_id(ID, 3)]
    moved = replace(first, entries={**first.entries, "b": entry(all=7)})
    assert ids(await stored.say(moved)) == [slot_id(ID, 2)]
    assert ids(await stored.say(replace(moved, line={"of": 2}))) == [ID]


async def test_slots_are_used_again() -> None:
    """However many entries there ever were, there are as many slots as at one time."""
    stored = Stored()
    await stored.say(summary(a=entry(all=1), b=entry(all=2)))
    for number in range(20):
        changed = await stored.say(summary(**{f"n{number}": entry(all=1), "b": entry(all=2)}))
        assert ids(changed) == [slot_id(ID, 1)]
    assert ids(await stored.say(summary(b=entry(all=2)))) == [slot_id(ID, 1)]
    assert ids(await stored.say(None)) == [ID, slot_id(ID, 2)]
    assert ids(await stored.say(summary(x=entry(all=1), y=entry(all=2)))) == [
        ID,
        slot_id(ID, 1),
        slot_id(ID, 2),
    ]
    assert len(stored.held) == 3


async def test_under_several_keys_of_a_list_it_takes_a_slot_for_each() -> None:
    stored = Stored()
    shown = entry(all=1, by_a=1, by_b=2, by_c=3)
    assert len(await stored.say(summary(t=shown))) == 4
    rest = replace(shown, ranks={**shown.ranks, "by:c": 9})
    assert len(await stored.say(summary(t=rest))) == 1
    left = await stored.say(summary(t=entry(by_c=9)))
    assert [(each.id, each.summary) for each in left] == [
        (slot_id(ID, 1), None),
        (slot_id(ID, 2), None),
    ]


async def test_an_aggregate_s_own_line_may_stand_under_several_keys() -> None:
    stored = Stored()
    said = replace(summary(), ranks={"by:a": 1, "by:b": 2, "all": 3})
    assert ids(await stored.say(said)) == [ID, slot_id(ID, 1)]
    assert stored.lines == lines_of({ID: said})


async def test_its_own_document_comes_first() -> None:
    """The slots are found by it: where a step ends behind it, they are written anew."""
    stored = Stored()
    said = summary(a=entry(all=1), b=entry(all=2))
    for changed in next_versions(ID, "g/d", 3, said, {})[:2]:
        stored.held[changed.id] = changed
    assert ids(await stored.say(said)) == [slot_id(ID, 2)]


@pytest.mark.parametrize("said", [None, summary()])
async def test_without_entries_there_are_no_slots(said: Summary | None) -> None:
    stored = Stored()
    assert ids(await stored.say(said)) == ([] if said is None else [ID])
