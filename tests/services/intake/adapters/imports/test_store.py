"""One suite for every store of imports: in memory, and in MongoDB with either driver."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.intake.adapters.imports.store import ImportStore, MongoImports, changed
from services.intake.domain.imports.account import RecordTrouble
from services.intake.domain.imports.job import FileFault, ImportJob, RecordCounts, State
from shared.platform.errors import Conflict
from shared.platform.mongo import Mongo
from shared.settings import MongoSettings
from tests.servers import ON_A_DATABASE
from tests.services.intake.given import BERLIN, NOW, PUDONG
from tests.services.intake.memory_imports import MemoryImports


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[ImportStore]:
    if request.param == "memory":
        yield MemoryImports()
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    mongo = Mongo(settings.model_copy(update={"driver": request.param}), "intake")
    store = MongoImports(lambda: mongo)
    await store.prepare()
    await store.prepare()
    yield store
    await mongo.close()


def job(import_id: str, state: State = "waiting", **more: object) -> ImportJob:
    fields = {
        "import_id": import_id,
        "dealer_id": PUDONG,
        "source": "cdk",
        "mapping": "visits",
        "mapping_digest": "d",
        "state": state,
        "created_at": NOW,
        "updated_at": NOW,
        "arrived_at": NOW,
    }
    return ImportJob.model_validate(fields | more)


def trouble(number: int, **more: object) -> RecordTrouble:
    fault = FileFault(field="vehicle.vin", column="车架号", detail="not valid")
    fields = {"number": number, "place": f"line {number}", "kind": "refused", "faults": (fault,)}
    return RecordTrouble.model_validate(fields | more)


async def test_what_is_saved_is_found_as_it_was(store: ImportStore) -> None:
    wanted = job(
        "a1",
        state="running",
        owner="me",
        held_until=NOW,
        begun_at=NOW,
        faults=(FileFault(field="ro_no", column="工单号.$", detail="missing"),),
        counts=RecordCounts(accepted=3, warned=1),
        kept={"warned": 1},
        seconds=1.5,
        same="s",
    )
    saved = await store.save(wanted)
    assert saved == wanted.model_copy(update={"revision": 1})
    assert await store.find("a1") == saved
    assert await store.same_as("s") == saved
    assert await store.find("a2") is None
    assert await store.same_as("t") is None


async def test_of_two_writers_the_second_is_told(store: ImportStore) -> None:
    first = await store.save(job("a1"))
    await store.save(first.model_copy(update={"records": 1}))
    with pytest.raises(Conflict):
        await store.save(first.model_copy(update={"records": 2}))
    with pytest.raises(Conflict):
        await store.save(job("a1"))
    found = await store.find("a1")
    assert found is not None and found.records == 1


async def test_one_import_of_a_dealer_runs_at_a_time(store: ImportStore) -> None:
    await store.save(job("a1", state="running"))
    waiting = await store.save(job("a2"))
    with pytest.raises(Conflict):
        await store.save(waiting.model_copy(update={"state": "running"}))
    await store.save(job("b1", state="running", dealer_id=BERLIN))


async def test_the_same_file_is_one_import_and_none_where_that_may_be_sent_again(
    store: ImportStore,
) -> None:
    await store.save(job("a1", same="s"))
    with pytest.raises(Conflict):
        await store.save(job("a2", same="s"))
    await store.save(job("a3"))
    await store.save(job("a4"))


async def test_a_change_is_decided_anew_where_another_writer_was_first(store: ImportStore) -> None:
    saved = await store.save(job("a1"))
    await store.save(saved.model_copy(update={"records": 1}))
    seen: list[int] = []

    def more(found: ImportJob) -> ImportJob:
        seen.append(found.records)
        return found.model_copy(update={"records": found.records + 1})

    found = await changed(store, "a1", more)
    assert found is not None and found.records == 2 and seen == [1]
    assert await changed(store, "a1", lambda _: None) is None
    assert await changed(store, "none", more) is None
    assert await changed(store, "a1", lambda same: same) == found


async def test_a_page_has_a_dealers_imports_the_newest_first(store: ImportStore) -> None:
    for number in range(1, 6):
        await store.save(job(f"a{number}"))
    await store.save(job("a6", state="arriving"))
    await store.save(job("a7", dealer_id=BERLIN))
    page = await store.page(PUDONG, after="", limit=3)
    assert [found.import_id for found in page] == ["a5", "a4", "a3"]
    page = await store.page(PUDONG, after="a3", limit=3)
    assert [found.import_id for found in page] == ["a2", "a1"]


async def test_of_each_dealer_the_one_that_runs_is_next_else_the_first_to_have_arrived(
    store: ImportStore,
) -> None:
    later = NOW + timedelta(seconds=1)
    await store.save(job("a1", arrived_at=later))
    await store.save(job("a4", arrived_at=later))
    await store.save(job("a2", state="done"))
    await store.save(job("a3", state="paused"))
    await store.save(job("b1", dealer_id=BERLIN, state="running", arrived_at=later))
    await store.save(job("b0", dealer_id=BERLIN, state="arriving"))
    await store.save(job("b2", dealer_id=BERLIN, state="waiting"))
    assert [found.import_id for found in await store.heads()] == ["a1", "b1"]
    assert await store.to_come(PUDONG) == 3
    assert await store.to_come(BERLIN) == 2
    tally = await store.tally()
    assert tally.waiting_since == NOW
    assert {state: number for state, number in tally.by_state.items() if number} == {
        "arriving": 1,
        "waiting": 3,
        "running": 1,
        "paused": 1,
        "done": 1,
    }


async def test_nobody_waits(store: ImportStore) -> None:
    assert await store.heads() == []
    assert (await store.tally()).waiting_since is None


async def test_what_is_to_be_cleared(store: ImportStore) -> None:
    before, after = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    wanted: dict[str, dict[str, object]] = {
        "clean": {"state": "done", "file_until": before, "ended_at": before},
        "to be mended": {"state": "failed", "file_until": after, "ended_at": before},
        "cut off": {"state": "arriving", "held_until": before},
        "arriving": {"state": "arriving", "held_until": after},
        "old": {"state": "done", "ended_at": NOW - timedelta(days=91)},
        "waiting": {"state": "waiting"},
    }
    for id_, more in wanted.items():
        await store.save(job(id_).model_copy(update=more))
    found = await store.to_clear(NOW, NOW - timedelta(days=90))
    assert {one.import_id for one in found} == {"clean", "cut off", "old"}


async def test_a_file_is_kept_in_pieces_of_its_own(store: ImportStore) -> None:
    await store.put_piece("a1", 0, b"\x00\xff")
    await store.put_piece("a1", 0, b"\x00\xfe")
    await store.put_piece("a1", 1, b"")
    await store.put_piece("a10", 0, b"other")
    assert await store.piece("a1", 0) == b"\x00\xfe"
    assert await store.piece("a1", 1) == b""
    assert await store.piece("a1", 2) is None
    await store.drop_file("a1")
    assert await store.piece("a1", 0) is None
    assert await store.piece("a10", 0) == b"other"


async def test_an_account_is_read_in_the_order_of_the_file(store: ImportStore) -> None:
    wanted = [trouble(number, kind="warned" if number % 2 else "refused") for number in (9, 10, 2)]
    await store.put_troubles("a1", wanted)
    await store.put_troubles("a1", wanted[:1])
    await store.put_troubles("a1", [])
    await store.put_troubles("a10", [trouble(1)])
    found = await store.troubles("a1", kind=None, after=0, limit=2)
    assert found == [wanted[2], wanted[0]]
    assert await store.troubles("a1", kind=None, after=9, limit=2) == [wanted[1]]
    assert await store.troubles("a1", kind="warned", after=0, limit=9) == [wanted[0]]
    await store.drop_troubles("a1")
    assert await store.troubles("a1", kind=None, after=0, limit=2) == []
    assert await store.troubles("a10", kind=None, after=0, limit=2) == [trouble(1)]


async def test_what_is_removed_leaves_nothing(store: ImportStore) -> None:
    await store.save(job("a1"))
    await store.put_piece("a1", 0, b"x")
    await store.put_troubles("a1", [trouble(1)])
    await store.remove("a1")
    await store.remove("a1")
    assert await store.find("a1") is None
    assert await store.piece("a1", 0) is None
    assert await store.troubles("a1", kind=None, after=0, limit=1) == []
