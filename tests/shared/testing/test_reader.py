"""The reader in memory shows lists and totals as they are defined."""

from dataclasses import replace

import pytest

from shared.contracts.identifiers import customer_key
from shared.platform.problems import Refusal
from shared.testing.reader import MemoryReader
from tests.dealers import DEALERS
from tests.shared.runtime.toy import DEALER, START, SUMMARIZED, ToyFacts, ToyPolicy, event, visit

COUNTS = {"a": 3, "b": 1, "c": 3, "d": 2, "e": 3}
KEYS = {customer_key(DEALER, "dms", name): name for name in COUNTS}


@pytest.fixture
def reader() -> MemoryReader[ToyFacts, ToyPolicy]:
    """Customers of so many visits."""
    facts = {
        customer_key(DEALER, "dms", name): SUMMARIZED.join(
            ToyFacts(), [event(visit(number, customer=name)) for number in range(count)]
        )
        for name, count in COUNTS.items()
    }
    return MemoryReader.deciding(SUMMARIZED, facts, START, dealers=DEALERS)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 10])
async def test_a_list_is_paged_in_either_direction(
    reader: MemoryReader[ToyFacts, ToyPolicy], *, descending: bool, limit: int
) -> None:
    found, after = [], ""
    while True:
        page = await reader.listed(
            DEALER, "visits", descending=descending, after=after, limit=limit
        )
        found += [(line.rank, KEYS[line.id]) for line in page.lines]
        assert len(page.lines) <= limit
        if page.next is None:
            break
        after = page.next
    assert [rank for rank, _ in found] == sorted(COUNTS.values(), reverse=descending)
    assert sorted(name for _, name in found) == sorted(COUNTS)


async def test_a_list_is_bounded_by_ranks(reader: MemoryReader[ToyFacts, ToyPolicy]) -> None:
    page = await reader.listed(DEALER, "visits", at_least=2, below=3)
    [line] = page.lines
    assert (KEYS[line.id], line.rank, line.line) == ("d", 2, {"visits": 2})
    assert page.next is None
    assert not (await reader.listed(DEALER, "visits", at_least=4)).lines
    assert not (await reader.listed("sunrise/other", "visits")).lines


async def test_another_text_than_the_next_of_a_page_is_refused(
    reader: MemoryReader[ToyFacts, ToyPolicy],
) -> None:
    with pytest.raises(Refusal):
        await reader.listed(DEALER, "visits", after="no place")


async def test_totals_are_sums_without_zeros(reader: MemoryReader[ToyFacts, ToyPolicy]) -> None:
    assert await reader.totals(DEALER) == {"2026-11": {"customers": 5, "visits": 12}}
    assert await reader.totals("sunrise/other") == {}
    assert await reader.summarized_until() == START


async def test_who_has_no_summary_is_in_no_list() -> None:
    facts = {key: ToyFacts() for key in KEYS}
    empty = MemoryReader.deciding(SUMMARIZED, facts, START, dealers=DEALERS)
    without = MemoryReader.deciding(
        replace(SUMMARIZED, summaries=None), facts, START, dealers=DEALERS
    )
    for reader in (empty, without):
        assert not (await reader.listed(DEALER, "visits")).lines
        assert await reader.totals(DEALER) == {}
