"""One suite for whoever knows who has what open: in memory, and in MongoDB with either driver."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.desk.adapters.presence import THERE_FOR, MongoPresence, Presence
from services.desk.domain.users import User
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from tests.servers import ON_A_DATABASE
from tests.services.desk.memory import MemoryPresence

NOW = datetime(2126, 11, 21, 10, 0, tzinfo=UTC)
"""So late that the database does not think it over."""
ABOUT = "customer:sunrise/pudong/cdk/C1"
LIN = User(username="lin", name="Lin Mei", staff_id="s1", grants=("agent@sunrise/pudong",))
CHEN = User(username="chen", name="Chen Hao", staff_id="s2", grants=("agent@sunrise/pudong",))
BAO = User(username="bao", name="Bao Yi", staff_id="s3", grants=("agent@sunrise/pudong",))


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def presence(request: pytest.FixtureRequest) -> AsyncIterator[Presence]:
    if request.param == "memory":
        yield MemoryPresence()
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    mongo = Mongo(settings.model_copy(update={"driver": request.param}), "desk")
    found = MongoPresence(mongo.database)
    await found.prepare()
    await found.prepare()
    yield found
    await mongo.close()


async def names(presence: Presence, user: User, *, now: datetime = NOW) -> list[str]:
    return [each.name for each in await presence.others(ABOUT, user, now)]


async def test_others_are_there_by_name_and_own_tabs_do_not_count(presence: Presence) -> None:
    await presence.here(ABOUT, "1", LIN, NOW)
    await presence.here(ABOUT, "2", LIN, NOW)
    await presence.here(ABOUT, "3", CHEN, NOW)
    await presence.here(ABOUT, "4", CHEN, NOW)
    await presence.here(ABOUT, "5", BAO, NOW)
    assert await names(presence, LIN) == ["Bao Yi", "Chen Hao"]
    assert await names(presence, BAO) == ["Chen Hao", "Lin Mei"]


async def test_who_looks_at_another_thing_is_not_there(presence: Presence) -> None:
    await presence.here("case:sunrise/pudong/cdk/complaint/K1", "1", CHEN, NOW)
    assert await names(presence, LIN) == []


async def test_who_goes_is_not_there_but_another_tab_of_theirs_is(presence: Presence) -> None:
    await presence.here(ABOUT, "1", CHEN, NOW)
    await presence.here(ABOUT, "2", CHEN, NOW)
    await presence.gone("1")
    assert await names(presence, LIN) == ["Chen Hao"]
    await presence.gone("2")
    assert await names(presence, LIN) == []


async def test_who_does_not_say_so_again_is_there_no_more(presence: Presence) -> None:
    await presence.here(ABOUT, "1", CHEN, NOW)
    almost = NOW + THERE_FOR - timedelta(seconds=1)
    assert await names(presence, LIN, now=almost) == ["Chen Hao"]
    await presence.here(ABOUT, "1", CHEN, almost)
    assert await names(presence, LIN, now=NOW + THERE_FOR) == ["Chen Hao"]
    assert await names(presence, LIN, now=almost + THERE_FOR) == []


async def test_of_several_things_each_says_who_is_there(presence: Presence) -> None:
    other = "customer:sunrise/pudong/cdk/C2"
    await presence.here(ABOUT, "1", CHEN, NOW)
    await presence.here(ABOUT, "2", LIN, NOW)
    await presence.here(other, "3", LIN, NOW)
    await presence.here("customer:sunrise/pudong/cdk/C3", "4", BAO, NOW)
    for user, expected in (
        (LIN, {ABOUT: ["Chen Hao"]}),
        (BAO, {ABOUT: ["Chen Hao", "Lin Mei"], other: ["Lin Mei"]}),
    ):
        found = await presence.others_at([ABOUT, other], user, NOW)
        assert {about: [each.name for each in there] for about, there in found.items()} == expected
    assert await presence.others_at([ABOUT, other], BAO, NOW + THERE_FOR) == {}
