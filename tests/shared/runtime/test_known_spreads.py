"""What is known of spreads: who waits for it, and when it is read again."""

import asyncio

import pytest

from shared.platform.errors import TransientFailure
from shared.runtime.known_spreads import (
    FRESH_SECONDS,
    SLOW_FRESH_SECONDS,
    SLOW_PAGE_SECONDS,
    KnownSpreads,
)
from shared.runtime.spread import ListSpread

DEALER = "g/d"
SLOW = 2 * SLOW_PAGE_SECONDS


class Reading:
    """Reads spreads that tell how often they were read, when it is let; and the time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.count = 0
        self.fails = False
        self.let = asyncio.Event()
        self.let.set()
        self.known = KnownSpreads(self.read, lambda: self.seconds)

    async def read(self, dealer_id: str) -> ListSpread:
        await self.let.wait()
        if self.fails:
            raise TransientFailure("away")
        self.count += 1
        return ListSpread({"points": [self.count]})

    async def told(self, dealer_id: str = DEALER) -> int:
        """Which reading a page is served by."""
        spread = await self.known.of(dealer_id)
        return spread.sample["points"][0]

    async def told_in_a_moment(self) -> int:
        """The same, after all that is under way."""
        for _ in range(5):
            await asyncio.sleep(0)
        return await self.told()


@pytest.fixture
async def reading() -> Reading:
    return Reading()


async def test_it_is_read_once_for_each_dealer(reading: Reading) -> None:
    assert [await reading.told(), await reading.told("g/e"), await reading.told()] == [1, 2, 1]


async def test_an_old_one_serves_until_it_is_read_again(reading: Reading) -> None:
    assert await reading.told() == 1
    reading.seconds += FRESH_SECONDS
    assert await reading.told_in_a_moment() == 1
    reading.seconds += 1
    reading.let.clear()
    assert [await reading.told(), await reading.told_in_a_moment()] == [1, 1]
    reading.let.set()
    assert await reading.told_in_a_moment() == 2
    assert reading.count == 2


@pytest.mark.parametrize(
    ("age", "seconds", "expected"),
    [
        (SLOW_FRESH_SECONDS + 1, SLOW, 2),
        (SLOW_FRESH_SECONDS + 1, SLOW_PAGE_SECONDS, 1),
        (SLOW_FRESH_SECONDS, SLOW, 1),
    ],
)
async def test_a_slow_page_has_it_read_again_unless_that_was_just_done(
    reading: Reading, age: float, seconds: float, expected: int
) -> None:
    await reading.told()
    reading.seconds += age
    reading.known.page_took(DEALER, seconds)
    assert await reading.told_in_a_moment() == expected


async def test_while_the_database_is_away_the_old_one_serves(reading: Reading) -> None:
    await reading.told()
    reading.seconds += FRESH_SECONDS + 1
    reading.fails = True
    assert [await reading.told(), await reading.told_in_a_moment()] == [1, 1]
    reading.fails = False
    await reading.told()
    assert await reading.told_in_a_moment() == 2


async def test_a_first_page_tells_that_the_database_is_away(reading: Reading) -> None:
    reading.fails = True
    with pytest.raises(TransientFailure):
        await reading.told()
    reading.fails = False
    assert await reading.told() == 1
