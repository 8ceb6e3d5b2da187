"""Users, sessions and attempts: one suite for what tests use and for the database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from services.desk.adapters.attempts import MongoAttempts, SignInAttempts
from services.desk.adapters.sessions import MongoSessions, Sessions
from services.desk.adapters.users import MongoUsers, StoredUser, Users
from services.desk.domain.attempts import OF_ADDRESS, OF_USER, OF_USER_AND_ADDRESS, SPAN
from services.desk.domain.derived import key_for
from services.desk.domain.sessions import Session, digest_of
from services.desk.domain.users import User
from shared.platform.mongo import Database, Mongo
from shared.settings import MongoSettings
from tests.servers import ON_A_DATABASE
from tests.services.desk.memory import MemoryAttempts, MemorySessions, MemoryUsers

NOW = datetime(2126, 11, 21, 10, tzinfo=UTC)
"""To come: by the database's clock it has forgotten nothing of it."""
LIN = User(username="lin", name="Lin Wei 林伟", staff_id="s1", grants=("agent@sunrise/*",))
ANNA = replace(LIN, username="anna", language="zh")


@dataclass(frozen=True, slots=True)
class Stores:
    """All of them."""

    users: Users
    sessions: Sessions
    attempts: SignInAttempts
    database: Database = None


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def stores(request: pytest.FixtureRequest) -> AsyncIterator[Stores]:
    if request.param == "memory":
        yield Stores(MemoryUsers(), MemorySessions(), MemoryAttempts())
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    mongo = Mongo(settings.model_copy(update={"driver": request.param}), "desk")
    database = mongo.database
    sessions, attempts = MongoSessions(database), MongoAttempts(database, key_for("x", "attempts"))
    await sessions.prepare()
    await attempts.prepare()
    yield Stores(MongoUsers(database), sessions, attempts, database)
    await mongo.close()


async def test_users_are_kept_as_they_are(stores: Stores) -> None:
    lin = StoredUser(user=LIN, password="$argon2id$…", disabled_at=NOW)
    await stores.users.save(lin)
    await stores.users.save(StoredUser(user=ANNA))
    assert await stores.users.find("lin") == lin
    assert await stores.users.find("nobody") is None
    assert [each.user.username for each in await stores.users.all()] == ["anna", "lin"]


async def test_a_language_and_a_password_are_changed_alone(stores: Stores) -> None:
    """Who is disabled at the same moment stays so."""
    await stores.users.save(StoredUser(user=LIN, password="old", disabled_at=NOW))
    await stores.users.speak("lin", "zh")
    await stores.users.keep_password("lin", "new")
    await stores.users.speak("nobody", "zh")
    await stores.users.keep_password("nobody", "new")
    expected = StoredUser(user=replace(LIN, language="zh"), password="new", disabled_at=NOW)
    assert await stores.users.all() == [expected]


async def test_what_an_issuer_says_lets_nobody_in_again(stores: Stores) -> None:
    await stores.users.save(StoredUser(user=LIN, password="kept", disabled_at=NOW))
    said = replace(LIN, name="Lin W.", staff_id="s2", grants=("head@sunrise/*",), language="zh")
    await stores.users.learn(said)
    await stores.users.learn(ANNA)
    same = replace(said, language="en")
    assert await stores.users.all() == [
        StoredUser(user=ANNA),
        StoredUser(user=same, password="kept", disabled_at=NOW),
    ]


async def test_sessions_are_found_used_and_ended(stores: Stores) -> None:
    first, second, other = (
        Session(digest=digest_of(name), user=user, began_at=NOW, used_at=NOW)
        for name, user in (("first", LIN), ("second", LIN), ("other", ANNA))
    )
    for each in (first, second, other):
        await stores.sessions.begin(each)
    assert await stores.sessions.find(first.digest) == first
    assert await stores.sessions.find(digest_of("none")) is None
    later = NOW + timedelta(minutes=5)
    await stores.sessions.used(second.digest, later)
    await stores.sessions.speak(second.digest, "zh")
    found = await stores.sessions.all_of("lin")
    assert found == [replace(second, used_at=later, user=replace(LIN, language="zh")), first]
    assert await stores.sessions.end_all_of("lin", but=first.digest) == 1
    assert await stores.sessions.all_of("lin") == [first]
    assert await stores.sessions.end_all_of("lin") == 1
    await stores.sessions.end(other.digest)
    assert await stores.sessions.find(other.digest) is None


async def test_attempts_are_counted_by_user_and_address(stores: Stores) -> None:
    for _ in range(OF_USER_AND_ADDRESS.most):
        assert await stores.attempts.allow("lin", "10.0.0.1", NOW) is None
    later = NOW + timedelta(minutes=5)
    assert await stores.attempts.allow("lin", "10.0.0.1", later) == SPAN - timedelta(minutes=5)
    assert await stores.attempts.allow("lin", "10.0.0.2", later) is None
    assert await stores.attempts.allow("anna", "10.0.0.1", later) is None
    assert await stores.attempts.allow("lin", "10.0.0.1", NOW + SPAN) is None


async def test_who_was_let_in_is_counted_anew(stores: Stores) -> None:
    for _ in range(OF_USER_AND_ADDRESS.most + 1):
        await stores.attempts.allow("lin", "10.0.0.1", NOW)
    await stores.attempts.succeeded("lin", "10.0.0.1")
    assert await stores.attempts.allow("lin", "10.0.0.1", NOW) is None


async def test_from_many_addresses_there_is_a_limit_for_a_user(stores: Stores) -> None:
    for number in range(OF_USER.most):
        assert await stores.attempts.allow("lin", f"10.0.{number}.1", NOW) is None
    assert await stores.attempts.allow("lin", "10.1.0.1", NOW) == SPAN


async def test_nobody_locks_somebody_out_from_one_address(stores: Stores) -> None:
    """Nor does who has no more attempts from there use up those of others."""
    for number in range(200):
        await stores.attempts.allow("lin", "10.0.0.1", NOW)
        await stores.attempts.allow(f"user{number}", "10.0.0.1", NOW)
    assert await stores.attempts.allow("lin", "10.0.0.2", NOW) is None


async def test_for_many_users_there_is_a_limit_for_an_address(stores: Stores) -> None:
    """That of IPv6 is a network of one person's."""
    for number in range(OF_ADDRESS.most):
        address = f"2001:db8:1:2::{number:x}"
        assert await stores.attempts.allow(f"user{number}", address, NOW) is None
    assert await stores.attempts.allow("another", "2001:db8:1:2:9::1", NOW) == SPAN
    assert await stores.attempts.allow("another", "2001:db8:1:3::1", NOW) is None


@pytest.mark.parametrize("stores", ON_A_DATABASE, indirect=True)
async def test_of_many_at_once_no_more_are_let_through(stores: Stores) -> None:
    tried = (stores.attempts.allow("lin", "10.0.0.1", NOW) for _ in range(30))
    allowed = [wait is None for wait in await asyncio.gather(*tried)]
    assert allowed.count(True) == OF_USER_AND_ADDRESS.most


@pytest.mark.parametrize("stores", ON_A_DATABASE, indirect=True)
async def test_neither_names_nor_addresses_are_kept(stores: Stores) -> None:
    await stores.attempts.allow("lin", "10.0.0.1", NOW)
    kept = str(await stores.database["attempts"].find({}).to_list(None))
    assert "lin" not in kept and "10.0.0.1" not in kept


def test_nothing_tells_names_or_passwords_by_itself() -> None:
    stored = StoredUser(user=LIN, password="$argon2id$…")
    assert "Wei" not in repr(stored) and "argon2" not in repr(stored)
    session = Session(digest="d1gest", user=LIN, began_at=NOW, used_at=NOW)
    assert "d1gest" not in repr(session) and "Wei" not in repr(session)
