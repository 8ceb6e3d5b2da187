"""One suite for keys: in memory, and in MongoDB with either driver."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.auth.keys import ApiKey, ShownKey, digest_of
from shared.auth.principal import Grant
from shared.platform.doorman import Doorman, Unauthenticated
from shared.platform.errors import Conflict
from shared.platform.keys import DATABASE, Keys, MongoKeys
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from shared.testing.clock import ManualClock
from shared.testing.keys import MemoryKeys
from tests.servers import ON_A_DATABASE

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SHOWN = ShownKey("abcde01234", "s" * 43)
KEY = ApiKey(
    id=SHOWN.id,
    name="dms",
    digest=digest_of(SHOWN.secret),
    grant=Grant(
        scopes=frozenset({"events:write", "documents:read"}),
        dealers=frozenset({"sunrise/pudong", "moonrise/*"}),
        source="cdk",
    ),
    created_at=NOW,
    expires_at=NOW + timedelta(days=1),
)
PLAIN = replace(KEY, id="plain01234", grant=replace(KEY.grant, source=None), expires_at=None)


@pytest.fixture(params=ON_A_DATABASE)
async def stored(
    request: pytest.FixtureRequest, mongo_settings: MongoSettings
) -> AsyncIterator[MongoKeys]:
    mongo = Mongo(mongo_settings.model_copy(update={"driver": request.param}), "scoring")
    yield MongoKeys(lambda: mongo.beside(DATABASE))
    await mongo.close()


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def keys(request: pytest.FixtureRequest) -> AsyncIterator[Keys]:
    """With both keys."""
    if request.param == "memory":
        yield MemoryKeys(KEY, PLAIN)
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    mongo = Mongo(settings.model_copy(update={"driver": request.param}), "scoring")
    found = MongoKeys(lambda: mongo.beside(DATABASE))
    for each in (KEY, PLAIN):
        await found.add(each)
    yield found
    await mongo.close()


async def test_a_key_is_found_as_it_was_made(keys: Keys) -> None:
    assert await keys.find(KEY.id) == KEY
    assert await keys.find(PLAIN.id) == PLAIN


@pytest.mark.parametrize("key_id", ["none012345", "", "abcde0123", "ABCDE01234", "$ne", "\0"])
async def test_no_other_id_finds_it(keys: Keys, key_id: str) -> None:
    assert await keys.find(key_id) is None


async def test_its_use_is_noted_and_nothing_else_changes(keys: Keys) -> None:
    await keys.used(KEY.id, NOW)
    assert await keys.find(KEY.id) == replace(KEY, last_used_at=NOW)
    await keys.used(KEY.id, NOW + timedelta(minutes=1))
    await keys.used(KEY.id, NOW)
    found = await keys.find(KEY.id)
    assert found is not None
    assert found.last_used_at == NOW + timedelta(minutes=1)
    assert await keys.find(PLAIN.id) == PLAIN


async def test_the_use_of_what_is_not_there_makes_nothing(keys: Keys) -> None:
    await keys.used("none012345", NOW)
    assert await keys.find("none012345") is None


async def test_an_id_is_taken_once(stored: MongoKeys) -> None:
    await stored.add(KEY)
    with pytest.raises(Conflict):
        await stored.add(replace(PLAIN, id=KEY.id))
    assert await stored.all() == [KEY]


async def test_what_was_ended_stays_ended_and_is_never_put_off(stored: MongoKeys) -> None:
    await stored.add(KEY)
    assert await stored.end(KEY.id, revoked_at=NOW)
    assert await stored.end(KEY.id, revoked_at=NOW + timedelta(days=1))
    [found] = await stored.all()
    assert found == replace(KEY, revoked_at=NOW)
    assert not await stored.end("none012345", revoked_at=NOW)


async def test_a_service_that_asks_knows_of_an_end_within_a_second(stored: MongoKeys) -> None:
    await stored.add(KEY)
    clock = ManualClock(NOW)
    doorman = Doorman(stored, clock)
    shown = f"Bearer {SHOWN.text()}"
    assert (await doorman.principal(shown, reads=True)).grants == (KEY.grant,)
    await stored.end(KEY.id, revoked_at=NOW)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(Unauthenticated, match="revoked"):
        await doorman.principal(shown, reads=True)
