"""Streams of pages: each hears of its dealer, and no more than one place for each tab."""

import asyncio
import math
from dataclasses import dataclass

import pytest

from services.desk.adapters import live
from services.desk.adapters.live import (
    REMEMBERED_SECONDS,
    STREAMS_OF_A_USER,
    Hub,
    TooManyStreams,
)
from tests.access.dealers import MINE, SISTER
from tests.servers import PATIENCE_SECONDS


@dataclass
class Seconds:
    """Stand still until they are moved."""

    now: float = 0

    def __call__(self) -> float:
        return self.now


async def test_a_stream_hears_of_its_own_dealer_alone() -> None:
    hub = Hub(most=9)
    mine, sisters = hub.open("a", MINE, ["tasks"]), hub.open("b", SISTER, ["tasks"])
    hub.change(MINE, ["tasks"])
    assert await mine.next(PATIENCE_SECONDS) == ("tasks",)
    assert await sisters.next(0) == ()


async def test_who_waits_is_woken() -> None:
    hub = Hub(most=9)
    stream = hub.open("a", MINE, ["tasks"])
    waiting = asyncio.create_task(stream.next(PATIENCE_SECONDS))
    await asyncio.sleep(0)
    hub.change(MINE, ["cases"])
    hub.change(MINE, ["tasks"])
    assert await waiting == ("tasks",)


async def test_what_was_not_known_for_a_while_may_all_have_changed() -> None:
    hub = Hub(most=9)
    stream = hub.open("a", MINE, ["tasks", "cases"])
    hub.everything()
    assert await stream.next(PATIENCE_SECONDS) == ("cases", "tasks")


async def test_nothing_is_told_twice_within_a_second() -> None:
    seconds = Seconds()
    hub = Hub(most=9, now=seconds)
    stream = hub.open("a", MINE, ["tasks"])
    hub.change(MINE, ["tasks"])
    assert await stream.next(0.01) == ("tasks",)
    hub.change(MINE, ["tasks"])
    waiting = asyncio.create_task(stream.next(3))
    await asyncio.sleep(0)
    assert not waiting.done()
    seconds.now = 1.0
    hub.change(MINE, ["tasks"])
    assert await waiting == ("tasks",)


async def test_what_changes_while_a_page_is_loaded_is_told_when_it_listens() -> None:
    seconds = Seconds()
    hub = Hub(most=9, now=seconds)
    hub.change(MINE, ["cases"])
    seconds.now = 5.0
    hub.change(MINE, ["tasks"])
    hub.change(SISTER, ["customers"])
    seconds.now = 5.5
    shows = ["tasks", "cases", "customers"]
    assert hub.open("a", MINE, shows)._pending.due_at() == math.inf
    assert await hub.open("a", MINE, shows, since=1.0).next(0.01) == ("tasks",)
    assert await hub.open("a", MINE, shows, since=6.0).next(0.01) == ("cases", "tasks")
    seconds.now = 5.0 + REMEMBERED_SECONDS
    assert hub.open("a", MINE, shows, since=3600.0)._pending.due_at() == math.inf


async def test_a_dealer_is_minded_until_the_next_page_should_be_there() -> None:
    seconds = Seconds()
    hub = Hub(most=9, now=seconds)
    assert not hub.minds(MINE)
    hub.left(hub.open("a", MINE, ["tasks"]))
    assert hub.minds(MINE) and not hub.minds(SISTER)
    seconds.now = REMEMBERED_SECONDS
    assert not hub.minds(MINE)


async def test_no_more_is_remembered_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "MOST_REMEMBERED", 2)
    hub = Hub(most=9)
    hub.change(MINE, ["tasks"])
    hub.change(MINE, ["cases"])
    hub.change(MINE, ["customers"])
    stream = hub.open("a", MINE, ["tasks", "cases", "customers"], since=9.0)
    assert await stream.next(PATIENCE_SECONDS) == ("cases", "customers")


async def test_a_user_has_so_many_streams_and_no_more() -> None:
    hub = Hub(most=100)
    first = hub.open("a", MINE, ["tasks"])
    for _ in range(STREAMS_OF_A_USER - 1):
        hub.open("a", MINE, ["tasks"])
    with pytest.raises(TooManyStreams):
        hub.open("a", MINE, ["tasks"])
    hub.open("b", MINE, ["tasks"])
    hub.left(first)
    hub.open("a", MINE, ["tasks"])


async def test_all_together_leave_places_for_what_is_asked() -> None:
    hub = Hub(most=1)
    hub.open("a", MINE, ["tasks"])
    with pytest.raises(TooManyStreams):
        hub.open("b", MINE, ["tasks"])


async def test_it_is_known_whether_anybody_listens() -> None:
    hub = Hub(most=9)
    stream = hub.open("a", MINE, ["tasks"])
    assert hub.hears_of(MINE)
    assert not hub.hears_of(SISTER)
    hub.left(stream)
    assert not hub.hears_of(MINE)


async def test_at_the_end_all_streams_end() -> None:
    hub = Hub(most=9)
    stream = hub.open("a", MINE, ["tasks"])
    waiting = asyncio.create_task(stream.next(PATIENCE_SECONDS))
    await asyncio.sleep(0)
    hub.close()
    assert await waiting == ()
    assert stream.is_over
    assert hub.open("a", MINE, ["tasks"]).is_over
