"""The trail in the database: by several instances, and after somebody has changed it there."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.desk.adapters.trail import COLLECTION as ENTRIES
from services.desk.adapters.trail import HEAD, HEADS, MongoTrail
from services.desk.adapters.trail_record import MongoTrailRecord
from services.desk.domain.derived import key_for
from services.desk.domain.trail import TrailAsked
from services.desk.domain.users import User
from shared.platform.mongo import Database, Mongo
from shared.settings import MongoSettings
from shared.testing.clock import ManualClock
from tests.servers import ON_A_DATABASE

NOW = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)
KEY = key_for("a secret of the tests", "trail")
LIN = User(username="lin", name="Lin Wei", staff_id="s1", grants=("manager@sunrise/*",))
ANNA = User(username="anna", name="Anna", staff_id="s2", grants=("admin@*",))
PUDONG, BERLIN = "sunrise/pudong", "sunrise/berlin"


@pytest.fixture(params=ON_A_DATABASE)
async def database(
    request: pytest.FixtureRequest, mongo_settings: MongoSettings
) -> AsyncIterator[Database]:
    mongo = Mongo(mongo_settings.model_copy(update={"driver": request.param}), "desk")
    yield mongo.database
    await mongo.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def trail(database: Database, clock: ManualClock) -> MongoTrail:
    return MongoTrail(database, clock, KEY)


@pytest.fixture
def record(database: Database) -> MongoTrailRecord:
    return MongoTrailRecord(database, KEY)


async def _faults(record: MongoTrailRecord, known: str | None = None) -> list[tuple[str, int]]:
    return [(each.kind, each.sequence) for each in (await record.verified(known)).faults]


async def test_what_was_noted_is_found_the_newest_first(
    trail: MongoTrail, record: MongoTrailRecord, clock: ManualClock
) -> None:
    await trail.prepare()
    await trail.note(LIN, PUDONG, "saw_customer", f"{PUDONG}/cdk/C1")
    clock.advance(timedelta(days=1))
    await trail.note(ANNA, BERLIN, "exported", "tasks")
    await trail.note(LIN, None, "signed_out", "", customer=f"{PUDONG}/cdk/C2", how="name, phones")
    found = await record.find(TrailAsked(), limit=10)
    assert [each.sequence for each in found] == [3, 2, 1]
    assert [each.noted.how for each in found] == ["name, phones", "", ""]
    assert found[2].noted.at == NOW.replace(microsecond=123000)
    assert [each.sequence for each in await record.find(TrailAsked(), limit=1, before=3)] == [2]
    for asked, expected in (
        (TrailAsked(username="lin"), [3, 1]),
        (TrailAsked(about=f"{PUDONG}/cdk/C1"), [1]),
        (TrailAsked(about=f"{PUDONG}/cdk/C2"), [3]),
        (TrailAsked(about=f"{PUDONG}/cdk/C2", username="anna"), []),
        (TrailAsked(what="exported"), [2]),
        (TrailAsked(dealer_ids=frozenset({BERLIN})), [2]),
        (TrailAsked(dealer_ids=frozenset()), []),
        (TrailAsked(until=NOW + timedelta(hours=1)), [1]),
        (TrailAsked(since=NOW + timedelta(hours=1), username="anna"), [2]),
    ):
        assert [each.sequence for each in await record.find(asked, limit=10)] == expected
    assert await _faults(record) == []


async def test_many_at_once_in_several_instances_are_one_chain(
    trail: MongoTrail, record: MongoTrailRecord, database: Database, clock: ManualClock
) -> None:
    other = MongoTrail(database, clock, KEY)
    async with asyncio.TaskGroup() as group:
        for number in range(60):
            writer = (trail, other)[number % 2]
            group.create_task(writer.note(LIN, PUDONG, "saw_customer", str(number)))
    found = await record.find(TrailAsked(), limit=100)
    assert [each.sequence for each in found] == list(range(60, 0, -1))
    assert {each.noted.about for each in found} == {str(number) for number in range(60)}
    verification = await record.verified()
    assert verification.faults == [] and verification.end.sequence == 60
    assert (await database[HEADS].find_one({"_id": HEAD}))["sequence"] == 60


async def test_a_later_instance_goes_on_where_it_stands(
    trail: MongoTrail, record: MongoTrailRecord, database: Database, clock: ManualClock
) -> None:
    await trail.note(LIN, PUDONG, "printed", "1")
    await MongoTrail(database, clock, KEY).note(LIN, PUDONG, "printed", "2")
    await trail.note(LIN, PUDONG, "printed", "3")  # and the first one learns of it
    assert await _faults(record) == []
    assert (await record.verified()).end.sequence == 3


async def test_changes_in_the_database_are_found(
    trail: MongoTrail, record: MongoTrailRecord, database: Database, clock: ManualClock
) -> None:
    for number in range(1, 7):
        await trail.note(LIN, PUDONG, "saw_customer", str(number))
    known = (await record.verified()).end.in_words()
    entries = database[ENTRIES]
    first, third = await entries.find_one({"_id": 1}), await entries.find_one({"_id": 3})

    await entries.update_one({"_id": 3}, {"$set": {"username": "somebody"}})
    assert await _faults(record) == [("changed", 3)]
    await entries.update_one({"_id": 3}, {"$unset": {"at": ""}})
    assert await _faults(record) == [("changed", 3)]
    await entries.replace_one({"_id": 3}, {**third, "customer": f"{PUDONG}/cdk/C1"})
    assert await _faults(record) == [("changed", 3)]
    await entries.replace_one({"_id": 3}, {**first, "_id": 3})
    assert ("changed", 3) in await _faults(record)
    await entries.replace_one({"_id": 3}, third)
    assert await _faults(record, known) == []

    await entries.delete_one({"_id": 6})
    assert await _faults(record) == [("cut", 5)]
    # who goes on after that leaves the gap, though nothing is left in memory
    await MongoTrail(database, clock, KEY).note(LIN, PUDONG, "saw_customer", "7")
    assert await _faults(record) == [("missing", 6)]
    assert ("other", 6) in await _faults(record, known)


async def test_what_has_no_number_is_no_entry(
    trail: MongoTrail, record: MongoTrailRecord, database: Database
) -> None:
    await database[ENTRIES].insert_one({"what": "of somebody else"})
    await database[ENTRIES].insert_one({"_id": "zzz", "what": "of somebody else"})
    await trail.note(LIN, PUDONG, "printed", "1")
    assert [each.sequence for each in await record.find(TrailAsked(), limit=9)] == [1]
    assert await _faults(record) == []


async def test_who_gives_up_amid_it_holds_up_nobody(
    trail: MongoTrail, record: MongoTrailRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    await trail.note(LIN, PUDONG, "printed", "1")
    failing = asyncio.CancelledError()

    async def cancelled(*_: object) -> int:
        raise failing

    monkeypatch.setattr(trail, "_insert", cancelled)
    with pytest.raises(asyncio.CancelledError):
        await trail.note(LIN, PUDONG, "printed", "2")
    monkeypatch.undo()
    await trail.note(LIN, PUDONG, "printed", "3")
    assert [each.noted.about for each in await record.find(TrailAsked(), limit=9)] == ["3", "1"]
    assert await _faults(record) == []
