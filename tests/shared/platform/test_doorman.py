"""Who is let in by what they show, and for how long they are taken for who they were."""

import asyncio
import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from shared.auth.keys import ApiKey, ShownKey, digest_of
from shared.auth.principal import Grant, Principal
from shared.platform import doorman as door
from shared.platform.doorman import Doorman, Unauthenticated
from shared.platform.errors import TransientFailure
from shared.testing.clock import ManualClock
from shared.testing.keys import MemoryKeys

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SECOND, MOMENT = timedelta(seconds=1), timedelta(milliseconds=1)
SHOWN = ShownKey("abcde01234", "s" * 43)
KEY = ApiKey(
    id=SHOWN.id,
    name="dms",
    digest=digest_of(SHOWN.secret),
    grant=Grant(scopes=frozenset({"scores:read"}), dealers=frozenset({"a/b"})),
    created_at=NOW - timedelta(days=1),
)
BEARER = f"Bearer {SHOWN.text()}"


class World:
    """One key, and a doorman who knows it."""

    def __init__(self, **more: datetime) -> None:
        self.clock = ManualClock(NOW)
        self.keys = MemoryKeys(replace(KEY, **more))  # type: ignore[arg-type]
        self.doorman = Doorman(self.keys, self.clock)

    async def knows(self, shown: str | None = BEARER, *, reads: bool = True) -> bool:
        try:
            found = await self.doorman.principal(shown, reads=reads)
        except Unauthenticated as nobody:
            assert SHOWN.secret not in str(nobody)
            return False
        assert found == KEY.principal()
        return True

    def change(self, **more: datetime) -> None:
        self.keys.by_id[KEY.id] = replace(KEY, **more)  # type: ignore[arg-type]


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("shown", "known"),
    [
        (BEARER, True),
        (BEARER.replace("Bearer", "bearer"), True),
        (f"  Bearer   {SHOWN.text()}  ", True),
        (basic(f"anybody:{SHOWN.text()}"), True),
        (basic(f":{SHOWN.text()}"), True),
        (None, False),
        ("", False),
        ("Bearer", False),
        ("Bearer ", False),
        (SHOWN.text(), False),
        (f"Token {SHOWN.text()}", False),
        (f"Bearer {SHOWN.text()[:-1]}x", False),
        (f"Bearer {SHOWN.text()} {SHOWN.text()}", False),
        (f"Bearer\t{SHOWN.text()}", False),
        (f"Bearer {SHOWN.text()}\0", False),
        (f"Bearer ac_{'z' * 10}_{SHOWN.secret}", False),
        ("Basic ", False),
        ("Basic !", False),
        ("Basic /w==", False),
        (basic(SHOWN.text()), False),
        (basic(f"{SHOWN.text()}:"), False),
        (basic(f"a:b:{SHOWN.text()}"), False),
        (basic(f"a:{SHOWN.text()} "), False),
    ],
)
async def test_who_is_known_by_what_they_show(shown: str | None, known: bool) -> None:
    assert await World().knows(shown) == known


async def test_a_password_is_taken_for_reading_alone() -> None:
    world = World()
    assert not await world.knows(basic(f"me:{SHOWN.text()}"), reads=False)
    assert await world.knows(BEARER, reads=False)


@pytest.mark.parametrize("ended", ["revoked_at", "expires_at"])
async def test_a_key_that_ended_opens_nothing(ended: str) -> None:
    world = World(**{ended: NOW})
    assert not await world.knows()
    assert not await World(**{ended: NOW - SECOND}).knows()
    world.keys.by_id[KEY.id] = replace(KEY, **{ended: NOW + MOMENT})  # type: ignore[arg-type]
    world.clock.advance(SECOND)
    assert not await world.knows()


async def test_a_key_is_looked_at_once_a_second() -> None:
    world = World()
    for _ in range(5):
        assert await world.knows()
    assert world.keys.asked == [KEY.id]
    world.clock.advance(SECOND - MOMENT)
    assert await world.knows()
    assert world.keys.asked == [KEY.id]
    world.clock.advance(MOMENT)
    assert await world.knows()
    assert world.keys.asked == [KEY.id] * 2


async def test_who_was_revoked_is_let_in_for_less_than_a_second_more() -> None:
    world = World()
    assert await world.knows()
    world.change(revoked_at=NOW)
    world.clock.advance(SECOND - MOMENT)
    assert await world.knows()
    world.clock.advance(MOMENT)
    assert not await world.knows()


async def test_an_end_that_was_known_before_is_kept_to_the_moment() -> None:
    world = World(expires_at=NOW + SECOND / 2)
    assert await world.knows()
    world.clock.advance(SECOND / 2)
    assert not await world.knows()
    assert world.keys.asked == [KEY.id]


async def test_a_clock_that_goes_back_makes_nobody_be_taken_for_who_they_were() -> None:
    world = World()
    world.clock.advance(timedelta(hours=1))
    assert await world.knows()
    world.change(revoked_at=NOW - SECOND)
    world.clock.advance(timedelta(hours=-1))
    assert not await world.knows()


async def test_a_key_that_is_made_is_known_within_a_second() -> None:
    world = World()
    del world.keys.by_id[KEY.id]
    assert not await world.knows()
    world.change()
    world.clock.advance(SECOND)
    assert await world.knows()


async def test_a_wrong_secret_does_not_shut_out_the_right_one() -> None:
    world = World()
    for _ in range(10):
        assert not await world.knows(f"Bearer {ShownKey(KEY.id, 'x' * 43).text()}")
        assert await world.knows()


async def test_while_keys_are_away_who_was_looked_at_is_known_and_nobody_else() -> None:
    world = World()
    assert await world.knows()
    world.keys.fail_next = [TransientFailure("away")]
    assert await world.knows()
    world.clock.advance(SECOND)
    with pytest.raises(TransientFailure):
        await world.doorman.principal(BEARER, reads=True)
    assert await world.knows()


async def test_what_was_looked_at_is_kept_of_so_many_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door, "MOST_KEPT", 3)
    world = World()
    for number in range(50):
        assert not await world.knows(f"Bearer {ShownKey(f'{number:010d}', 'x' * 43).text()}")
    assert len(world.doorman._seen) <= 3
    assert await world.knows()


async def _noted(world: World) -> datetime | None:
    await asyncio.gather(*world.doorman._noting)
    return world.keys.by_id[KEY.id].last_used_at


async def test_that_a_key_was_used_is_noted_once_a_minute() -> None:
    world = World()
    await world.knows()
    assert await _noted(world) == NOW
    world.clock.advance(59 * SECOND)
    await world.knows()
    assert await _noted(world) == NOW
    world.clock.advance(SECOND)
    await world.knows()
    assert await _noted(world) == NOW + 60 * SECOND


async def test_what_is_not_let_in_is_not_noted() -> None:
    world = World(expires_at=NOW)
    assert not await world.knows()
    assert not await world.knows(f"Bearer {ShownKey(KEY.id, 'x' * 43).text()}")
    assert await _noted(world) is None


async def test_where_the_use_cannot_be_noted_who_asks_is_let_in_and_it_is_tried_again() -> None:
    world = World()
    assert await world.knows()
    world.keys.fail_next = [TransientFailure("away")]
    with capture_logs() as logged:
        assert await _noted(world) is None
    assert [entry["event"] for entry in logged] == ["the use of a key was not noted"]
    assert SHOWN.secret not in str(logged)
    assert await world.knows()
    assert await _noted(world) == NOW


class OneToken:
    async def principal(self, token: str) -> Principal:
        if token != "one":
            raise Unauthenticated("no such token")
        return Principal(id="token/1", grants=())


async def test_what_is_no_key_is_a_token_and_what_is_a_key_never_is() -> None:
    doorman = Doorman(MemoryKeys(), ManualClock(NOW), tokens=OneToken())
    assert (await doorman.principal("Bearer one", reads=False)).id == "token/1"
    for shown, why in (("Bearer two", "no such token"), ("Bearer ac_one", "no key of ours")):
        with pytest.raises(Unauthenticated, match=why):
            await doorman.principal(shown, reads=False)
