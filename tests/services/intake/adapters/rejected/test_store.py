"""One suite for every store of what was rejected: in memory, and in MongoDB with either driver."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.adapters.rejected.store import (
    MongoRejected,
    RejectedStore,
    SealedRow,
    Which,
)
from services.intake.domain.rejected.row import RejectedFault, RejectedRow, Rejection, WayIn
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from tests.servers import ON_A_DATABASE
from tests.services.intake.given import BERLIN, PUDONG
from tests.services.intake.memory_rejected import MemoryRejected

NOW = datetime(2126, 11, 21, 10, 0, tzinfo=UTC)
"""So late that the database does not think it over."""
ALL = Which(dealer_id=PUDONG)


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[RejectedStore]:
    if request.param == "memory":
        yield MemoryRejected()
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    mongo = Mongo(settings.model_copy(update={"driver": request.param}), "intake")
    store = MongoRejected(lambda: mongo)
    await store.prepare()
    await store.prepare()
    yield store
    await mongo.close()


def sealed(
    name: str, *, at: datetime = NOW, reason: str = "invalid-event/vehicle", **more: object
) -> SealedRow:
    why = Rejection.of(reason, [RejectedFault.of("/data/vehicle/vin", "not a VIN", "车架号")])
    fields = {
        "rejected_id": name * 32,
        "dealer_id": PUDONG,
        "source": "cdk",
        "way": WayIn(door="import", name="1", mapping="m", strict=True),
        "type": "visit.reported",
        "kind": "records",
        "size": 10,
        "why": why,
        "number": 3,
        "place": "line 4",
        "first_at": at,
        "last_at": at,
        "expires_at": at + timedelta(days=30),
    }
    return SealedRow(RejectedRow.model_validate(fields | more), b"sealed " + name.encode())


async def names(store: RejectedStore, which: Which = ALL, *, now: datetime = NOW) -> str:
    rows = await store.page(which, now=now, before="", limit=100)
    return "".join(row.rejected_id[0] for row in rows)


async def test_what_is_kept_is_found_as_it_was(store: RejectedStore) -> None:
    assert await store.keep([sealed("a")]) == 1
    assert await store.page(ALL, now=NOW, before="", limit=9) == [sealed("a").row]
    assert list(await store.find(["a" * 32, "b" * 32], now=NOW)) == [sealed("a")]
    assert await store.count_by_dealer() == {PUDONG: 1}


async def test_the_same_again_is_one_row_that_counts(store: RejectedStore) -> None:
    later = NOW + timedelta(hours=1)
    await store.keep([sealed("a", times=2)])
    assert await store.keep([sealed("a", at=later, reason="too-large"), sealed("b")]) == 1
    (found,) = (await store.find(["a" * 32], now=NOW))[0:1]
    assert (found.row.times, found.row.first_at, found.row.last_at) == (3, NOW, later)
    assert found.row.why.reason == "too-large"
    assert found.row.expires_at == later + timedelta(days=30)


async def test_two_instances_may_keep_the_same_at_once(store: RejectedStore) -> None:
    rows = [sealed(name) for name in "abcdef"]
    new = await asyncio.gather(*(store.keep(rows) for _ in range(4)))
    assert sum(new) == len(rows)
    found = await store.find([each.row.rejected_id for each in rows], now=NOW)
    assert {each.row.times for each in found} == {4}


async def test_a_page_has_the_newest_first_and_goes_on(store: RejectedStore) -> None:
    moments = {"a": 3, "b": 1, "c": 2, "d": 3}
    await store.keep([sealed(n, at=NOW + timedelta(seconds=s)) for n, s in moments.items()])
    assert await names(store) == "dacb"
    first = await store.page(ALL, now=NOW, before="", limit=2)
    rest = await store.page(ALL, now=NOW, before=first[-1].order, limit=9)
    assert "".join(row.rejected_id[0] for row in rest) == "cb"


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (ALL, "ba"),
        (Which(dealer_id=PUDONG, source="crm"), "b"),
        (Which(dealer_id=PUDONG, reason="invalid-event"), "a"),
        (Which(dealer_id=PUDONG, reason="invalid-event/vehicle"), "a"),
        (Which(dealer_id=PUDONG, reason="invalid"), ""),
        (Which(dealer_id=BERLIN), "c"),
        (Which(dealer_id=""), "d"),
    ],
)
async def test_of_each_dealer_source_and_reason(
    store: RejectedStore, which: Which, expected: str
) -> None:
    await store.keep(
        [
            sealed("a"),
            sealed("b", source="crm", reason="mapping"),
            sealed("c", dealer_id=BERLIN),
            sealed("d", dealer_id="", source=""),
        ]
    )
    assert await names(store, which) == expected
    assert await store.drop_all(which) == len(expected)
    assert sum((await store.count_by_dealer()).values()) == 4 - len(expected)


async def test_what_is_over_is_not_found_and_deleted(store: RejectedStore) -> None:
    await store.keep([sealed("a"), sealed("b", at=NOW + timedelta(days=1))])
    over = NOW + timedelta(days=30)
    assert await names(store, now=over) == "b"
    assert list(await store.find(["a" * 32], now=over)) == []
    assert await store.expire(over) == 1
    assert await store.expire(over) == 0
    assert await names(store) == "b"


async def test_the_oldest_make_room_of_their_own_source(store: RejectedStore) -> None:
    old = [sealed(n, at=NOW + timedelta(seconds=int(n)), size=10) for n in "1234"]
    await store.keep([*old, sealed("a", source="crm", at=NOW - timedelta(days=1))])
    assert await store.make_room(PUDONG, "cdk", most_rows=9, most_bytes=99) == 0
    assert await store.make_room(PUDONG, "cdk", most_rows=3, most_bytes=99) == 1
    assert await store.make_room(PUDONG, "cdk", most_rows=9, most_bytes=29) == 1
    assert await names(store) == "43a"


async def test_the_oldest_make_room_of_all_that_is_a_dealers(store: RejectedStore) -> None:
    rows = [sealed(n, at=NOW + timedelta(seconds=int(n)), source=f"s{n}") for n in "1234"]
    await store.keep([*rows, sealed("a", dealer_id=BERLIN, at=NOW - timedelta(days=1))])
    assert await store.count_by_dealer() == {PUDONG: 4, BERLIN: 1}
    assert await store.make_room(PUDONG, None, most_rows=4, most_bytes=40) == 0
    assert await store.make_room(PUDONG, None, most_rows=3, most_bytes=99) == 1
    assert await store.make_room(PUDONG, None, most_rows=9, most_bytes=29) == 1
    assert await names(store) == "43"
    assert await store.count_by_dealer() == {PUDONG: 2, BERLIN: 1}


async def test_what_was_tried_says_so_and_why(store: RejectedStore) -> None:
    await store.keep([sealed("a"), sealed("b")])
    why = Rejection.of("too-large", [])
    await store.tried({"a" * 32: why, "b" * 32: None, "c" * 32: why}, NOW)
    rows = {
        each.row.rejected_id[0]: each.row
        for each in await store.find(["a" * 32, "b" * 32], now=NOW)
    }
    assert (rows["a"].why, rows["a"].tried_at) == (why, NOW)
    assert (rows["b"].why, rows["b"].tried_at) == (sealed("b").row.why, NOW)
    assert await names(store, Which(dealer_id=PUDONG, reason="too-large")) == "a"
    await store.keep([sealed("a")])
    assert (await store.find(["a" * 32], now=NOW))[0].row.tried_at == NOW


async def test_what_is_dropped_is_not_there(store: RejectedStore) -> None:
    await store.keep([sealed("a"), sealed("b")])
    assert await store.drop(["a" * 32, "c" * 32]) == 1
    assert await names(store) == "b"
