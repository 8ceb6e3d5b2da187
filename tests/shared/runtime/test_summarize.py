"""Lists and totals follow what is written: soon, exactly, whatever is cut off and by whom."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from shared.contracts.identifiers import customer_key
from shared.decider.summary import MOST_RANK, Summaries, Summary
from shared.platform.errors import TransientFailure
from shared.runtime import summarize as summarizing
from tests.metrics import Metrics
from tests.shared.runtime.summarizing import BY_POINTS, Crash, House
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


@pytest.fixture
async def house() -> House:
    made = House()
    await made.own()
    return made


async def test_what_is_written_is_listed_and_counted(house: House) -> None:
    await house.take(visit(1), visit(2), visit(3, customer="2"))
    assert (await house.reader.listed(DEALER, "visits")).lines == []
    await house.settle()
    assert await house.is_exact()
    assert await house.reader.totals(DEALER) == {"2026-11": {"customers": 2, "visits": 3}}


async def test_what_changes_moves_and_is_counted_anew(house: House) -> None:
    await house.take(visit(1), visit(2, customer="2"))
    await house.settle()
    await house.take(visit(1, revision=2, opened_at=START - 40 * DAY), visit(4))
    await house.settle()
    assert await house.is_exact()
    assert await house.reader.totals(DEALER) == {
        "2026-10": {"customers": 1, "visits": 1},
        "2026-11": {"customers": 2, "visits": 2},
    }


async def test_it_says_until_when_lists_tell(house: House) -> None:
    assert await house.reader.summarized_until() is None
    await house.settle()
    assert await house.reader.summarized_until() == START
    await house.take(visit())
    house.instance.clock.advance(timedelta(minutes=1))
    assert await house.reader.summarized_until() == START
    assert await house.instance.worker.summarize()
    assert Metrics("toy").value("summary_lag_seconds") == 60
    await house.settle()
    assert await house.reader.summarized_until() == START + timedelta(minutes=1)
    assert Metrics("toy").value("summary_lag_seconds") == 0


async def test_a_deadline_moves_it_without_an_event(house: House) -> None:
    await house.take(visit(status="open"))
    await house.settle()
    assert (await house.reader.listed(DEALER, "late")).lines == []
    house.instance.clock.advance(DAY)
    await house.settle()
    assert [line.id for line in (await house.reader.listed(DEALER, "late")).lines] == [ONE]


async def test_another_policy_brings_all_to_its_summaries() -> None:
    house = House(BY_POINTS)
    await house.own()
    await house.take(visit(1), visit(2, customer="2"))
    await house.settle()
    assert await house.reader.totals(DEALER) == {"all": {"points": 20}}
    house.instance.worker.reconciler.decider.policy = ToyPolicy(points=30)
    for _ in range(5):
        await house.settle()
    assert await house.reader.totals(DEALER) == {"all": {"points": 60}}
    assert [line.rank for line in (await house.reader.listed(DEALER, "visits")).lines] == [30, 30]


async def test_what_was_stored_before_there_were_lists_is_added_once() -> None:
    house = House(replace(SUMMARIZED, summaries=None))
    await house.own()
    for number in range(250):
        await house.instance.take(number % 6, visit(number, customer=f"{number:03}"))
    house.decider = SUMMARIZED
    house.instance = house.start()
    await house.own(0, 1, 2)
    assert await house.instance.worker.summarize()
    assert Metrics("toy").value("summary_partitions_left") == 3
    assert await house.reader.summarized_until() is None
    await house.settle()
    assert Metrics("toy").value("summary_partitions_left") == 0
    assert await house.reader.summarized_until() is None
    other = house.start()
    await house.own(3, 4, 5, instance=other)
    await house.settle(other)
    assert await house.is_exact()
    assert await house.reader.summarized_until() == START


async def test_a_fill_that_was_cut_off_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.runtime.summarize.FILL_PAGE", 10)
    monkeypatch.setattr("shared.runtime.summarize.STEP_AGGREGATES", 5)
    house = House(replace(SUMMARIZED, summaries=None))
    await house.own()
    for number in range(40):
        await house.take(visit(number, customer=f"{number:03}"))
    house.decider = SUMMARIZED
    house.instance = house.start()
    await house.own(3)
    for _ in range(4):
        await house.instance.worker.summarize()
    later = house.start()
    await house.own(3, instance=later)
    turns = 1
    while await later.worker.summarize():
        turns += 1
    assert turns < 8
    assert await house.is_exact()


async def test_a_fill_goes_on_while_events_come_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.runtime.summarize.STEP_AGGREGATES", 5)
    house = House(replace(SUMMARIZED, summaries=None))
    await house.own()
    await house.take(*(visit(number, customer=f"{number:03}") for number in range(40)))
    house.decider = SUMMARIZED
    house.instance = house.start()
    await house.own()
    for number in range(40):
        await house.take(visit(number + 40, customer="new"))
        await house.instance.worker.summarize()
    assert await house.reader.summarized_until() is not None
    await house.settle()
    assert await house.is_exact()


async def test_another_version_of_the_summaries_goes_through_all_once_more(house: House) -> None:
    await house.take(visit(1), visit(2, customer="2"))
    await house.settle()

    def reversed_ranks(facts: ToyFacts, policy: ToyPolicy, now: datetime) -> Summary | None:
        found = summarize(facts, policy, now)
        return found and replace(found, ranks={"visits": 1000 - len(facts.visits)})

    house.decider = replace(
        SUMMARIZED, summaries=Summaries(lists=("visits",), summarize=reversed_ranks, version=2)
    )
    house.instance = house.start()
    await house.own()
    assert await house.reader.summarized_until() is None
    await house.settle()
    page = await house.reader.listed(DEALER, "visits")
    assert [line.rank for line in page.lines] == [999, 999]


async def test_what_is_parked_keeps_what_it_had(house: House) -> None:
    await house.take(visit(0))
    await house.settle()
    await house.take(*(visit(number) for number in range(13)))
    await house.take(visit(20, customer="2"))
    await house.settle()
    page = await house.reader.listed(DEALER, "visits")
    assert [line.rank for line in page.lines] == [1, 1]


WRONG: Mapping[str, Callable[[Summary], Summary]] = {
    "a rank below all": lambda told: replace(told, ranks={"visits": -1}),
    "a rank above all": lambda told: replace(told, ranks={"visits": MOST_RANK + 1}),
    "a line that is no JSON": lambda told: replace(told, line={"at": START}),  # type: ignore[dict-item] # wrong
    "too much": lambda told: replace(told, line={"all": "x" * 60_000}),
    "a period that is none": lambda told: replace(told, counts={"\x00": {"a": 1}}),
    "a list that is none": lambda told: replace(told, ranks={**told.ranks, "$set": 1}),
    "a count that is none": lambda told: replace(told, counts={"2026-11": {"a": None}}),  # type: ignore[dict-item] # wrong
    "a part of a count": lambda told: replace(told, apart={"2026-11": {"a": 0.5}}),  # type: ignore[dict-item] # wrong
    "a number that is none": lambda told: replace(told, line={"of": float("nan")}),
    "what raises": lambda told: replace(told, ranks={"visits": 1 // 0}),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_one_that_cannot_be_summarized_hides_no_other(wrong: str) -> None:
    def told(facts: ToyFacts, policy: ToyPolicy, now: datetime) -> Summary | None:
        found = summarize(facts, policy, now)
        return WRONG[wrong](found) if found and len(facts.visits) == 2 else found

    house = House(replace(SUMMARIZED, summaries=Summaries(lists=("visits",), summarize=told)))
    await house.own()
    metrics = Metrics("toy")
    await house.take(visit(1), visit(2, customer="2"))
    await house.settle()
    await house.take(visit(3), visit(4, customer="2"), visit(5, customer="2"))
    await house.settle()
    page = await house.reader.listed(DEALER, "visits")
    assert [line.rank for line in page.lines] == [1, 3]
    assert await house.reader.totals(DEALER) == {"2026-11": {"customers": 2, "visits": 4}}
    assert metrics.value("summaries_failed_total") == 1


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_is_cut_off_nothing_is_lost_and_nothing_counts_twice(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call may fail before or after it took effect, and the process may end there."""
    random, house = Random(seed), House()
    monkeypatch.setattr(summarizing, "STEP_DOCUMENTS", random.choice([1, 2, 500]))
    await house.own()
    for number in range(30):
        if random.random() < 0.5:
            error = random.choice([Crash(), TransientFailure("database: no reply")])
            house.summaries.faults[house.summaries.calls + random.randint(1, 6)] = (
                random.random() < 0.5,
                error,
            )
        try:
            customer = random.randint(1, 5)
            told = visit(
                f"{customer}-{number % 7}",
                customer=str(customer),
                revision=random.randint(1, 5),
                opened_at=START - DAY * random.randint(0, 60),
                status=random.choice(["open", "closed"]),
            )
            await house.instance.take(customer % 3, told)
            for _ in range(random.randint(0, 3)):
                await house.instance.worker.summarize()
        except TransientFailure:
            continue
        except Crash:
            house.instance = house.start()
            await house.own()
    house.summaries.faults.clear()
    await house.settle()
    assert await house.is_exact()
    assert await house.reader.summarized_until() == START


async def test_a_step_that_would_be_too_large_is_made_in_parts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step is one document, and each total that it changes is in it as a whole."""
    monkeypatch.setattr(summarizing, "STEP_COUNTERS", 5)

    def everywhere(facts: ToyFacts, policy: ToyPolicy, now: datetime) -> Summary | None:
        mine = min(facts.visits).rpartition("/")[2]
        counts = {"2026-10": {mine: 1}, "2026-11": {mine: 1, "n": 1}}
        return Summary(ranks={}, line={}, counts=counts)

    house = House(replace(SUMMARIZED, summaries=Summaries(lists=(), summarize=everywhere)))
    await house.own()
    await house.settle()
    began = (await house.summaries.steps([3]))[3].number
    await house.take(*(visit(number, customer=str(number)) for number in range(8)))
    await house.settle()
    names = {str(number): 1 for number in range(8)}
    assert await house.reader.totals(DEALER) == {"2026-10": names, "2026-11": names | {"n": 8}}
    assert (await house.summaries.steps([3]))[3].number == began + 7  # the first two fit
    assert await house.summaries.marks([3], limit=1) == []


async def test_a_fill_in_parts_goes_on_behind_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summarizing, "STEP_COUNTERS", 1)
    house = House(replace(SUMMARIZED, summaries=None))
    await house.own()
    await house.take(*(visit(number, customer=str(number)) for number in range(5)))
    house.decider = SUMMARIZED
    house.instance = house.start()
    await house.own()
    seen = []
    for _ in range(2):
        await house.instance.worker.summarize()
        seen.append((await house.summaries.steps([3]))[3].after)
    assert seen == [customer_key(DEALER, "dms", "4"), None]
    assert await house.is_exact()


async def test_groups_are_counted_and_not_told(house: House) -> None:
    def grouped(facts: ToyFacts, policy: ToyPolicy, now: datetime) -> Summary | None:
        return Summary(ranks={}, line={}, counts={"all": {"n": 1}}, groups=("a b", "c"))

    house = House(replace(SUMMARIZED, summaries=Summaries(lists=(), summarize=grouped)))
    await house.own()
    await house.take(visit(1), visit(2, customer="2"))
    await house.settle()
    assert await house.reader.totals(DEALER) == {"all": {"n": 2, "a b n": 2, "c n": 2}}


async def test_too_many_groups_are_counted_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was counted so is taken from there again: sums stay exact."""
    said = ["a", "b", "c"]

    def grouped(facts: ToyFacts, policy: ToyPolicy, now: datetime) -> Summary | None:
        customer = int(min(facts.visits).rpartition("/")[2]) % 10
        return Summary(ranks={}, line={}, counts={"all": {"n": 1}}, groups=(said[customer],))

    monkeypatch.setattr(summarizing, "MOST_GROUPS", 2)
    house = House(replace(SUMMARIZED, summaries=Summaries(lists=(), summarize=grouped)))
    await house.own()
    for number in range(3):
        await house.take(visit(number, customer=str(number)))
        await house.settle()
    assert await house.reader.totals(DEALER) == {"all": {"n": 3, "a n": 1, "b n": 1, "rest n": 1}}
    said[:] = ["b", "b", "b"]
    for number in range(3):
        await house.take(visit(number + 10, customer=str(number)))
        await house.settle()
    assert await house.reader.totals(DEALER) == {"all": {"n": 3, "b n": 3}}
