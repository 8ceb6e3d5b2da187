"""One suite for every register: in memory, and in MongoDB with either driver."""

import asyncio
import functools
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from services.intake.adapters.register import MongoRegister, Register, Shelf
from services.intake.domain.batch import plan_batch
from services.intake.domain.entries import BatchEntry
from services.intake.domain.facts import Row
from services.intake.domain.outgoing import Unregistered
from services.intake.domain.profiles.profile import PROFILE
from services.intake.domain.submissions import submissions
from shared.platform.errors import Conflict, TransientFailure
from shared.platform.mongo import IDS_A_QUERY, JOURNALED_EACH, Mongo
from shared.settings import MongoSettings
from tests.servers import ON_A_DATABASE
from tests.services.intake.given import (
    BERLIN,
    GOOD_VIN,
    NOW,
    PUDONG,
    Data,
    complaint,
    customer,
    merge,
    reported,
    sale,
    step,
    visit,
)
from tests.services.intake.memory_register import HASH_KEY, MemoryRegister


@pytest.fixture(params=["memory", *ON_A_DATABASE])
async def register(request: pytest.FixtureRequest) -> AsyncIterator[Register]:
    if request.param == "memory":
        yield MemoryRegister()
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    mongo = Mongo(settings.model_copy(update={"driver": request.param}), "intake")
    register = MongoRegister(lambda: mongo)
    await register.prepare()
    await register.prepare()
    yield register
    await mongo.close()


def row(document_id: str, **more: object) -> Row:
    fields = {
        "document_id": document_id,
        "kind": "visit",
        "dealer_id": "/".join(document_id.split("/")[:2]),
        "version": "0000000000001.abc",
        "content_hash": "abc",
        "first_received_at": NOW,
        "updated_at": NOW,
    }
    return Row.model_validate(fields | more)


def registered(noun: str, data: Data) -> list[Row]:
    """The rows that a first report leads to."""
    found = reported(noun, data)
    asked = tuple(submissions(found, key=HASH_KEY))
    entry = BatchEntry(index=0, reported=found, submissions=asked)
    planned = plan_batch([entry], {}, now=NOW, unregistered=Unregistered())
    return list(planned.changed.values())


async def test_what_is_saved_is_found_as_it_was(register: Register) -> None:
    told = customer("C.$1", opt_outs=["sms"], email=None, language="zh")
    parties = [{"role": "driver", "customer": customer("C.$2", opt_outs=[])}]
    rows = registered("sale", sale(customer=told, parties=parties))
    rows += registered("complaint", complaint(customer=None, desired_outcome="号.$"))
    rows += registered("complaint-step", step(step="held", reason="号.$"))
    rows += registered("complaint-step", merge())
    assert {row.kind for row in rows} > {"profile", "opt-outs"}
    await register.save(rows)
    found = await register.find([row.document_id for row in rows] + ["unknown"])
    assert found == {row.document_id: row.model_copy(update={"revision": 1}) for row in rows}


async def test_a_row_is_replaced_at_the_revision_it_was_read_with(register: Register) -> None:
    await register.save([row("g/d/s/visit/1")])
    read = (await register.find(["g/d/s/visit/1"]))["g/d/s/visit/1"]
    await register.save([read.model_copy(update={"version": "2", "parent": None})])
    again = (await register.find(["g/d/s/visit/1"]))["g/d/s/visit/1"]
    assert (again.version, again.revision) == ("2", 2)


async def test_many_rows_are_replaced_and_the_others_where_another_was_first(
    register: Register,
) -> None:
    ids = [f"g/d/s/visit/{number}" for number in range(3 * JOURNALED_EACH)]
    await register.save([row(id_) for id_ in ids])
    read = await register.find(ids)
    await register.save([read[ids[-1]].model_copy(update={"version": "theirs"})])
    with pytest.raises(Conflict):
        await register.save([read[id_].model_copy(update={"version": "ours"}) for id_ in ids])
    found = await register.find(ids)
    assert [found[id_].version for id_ in ids] == ["ours"] * (len(ids) - 1) + ["theirs"]
    await register.save([found[id_].model_copy(update={"version": "again"}) for id_ in ids])
    last = await register.find(ids)
    assert {(each.version, each.revision) for each in last.values()} == {("again", 3)}


async def test_the_second_writer_of_a_revision_is_told(register: Register) -> None:
    await register.save([row("g/d/s/visit/1")])
    read = (await register.find(["g/d/s/visit/1"]))["g/d/s/visit/1"]
    await register.save([read])
    with pytest.raises(Conflict):
        await register.save([read.model_copy(update={"version": "mine"}), row("g/d/s/visit/2")])
    found = await register.find(["g/d/s/visit/1", "g/d/s/visit/2"])
    assert found["g/d/s/visit/1"].version == read.version
    assert "g/d/s/visit/2" in found, "the others are written"


async def test_the_second_who_inserts_is_told(register: Register) -> None:
    await register.save([row("g/d/s/visit/1")])
    with pytest.raises(Conflict):
        await register.save([row("g/d/s/visit/1"), row("g/d/s/visit/2")])
    assert "g/d/s/visit/2" in await register.find(["g/d/s/visit/2"])


async def test_of_two_racing_writers_one_wins(register: Register) -> None:
    await register.save([row("g/d/s/visit/1")])
    read = (await register.find(["g/d/s/visit/1"]))["g/d/s/visit/1"]
    results = await asyncio.gather(
        *(register.save([read.model_copy(update={"version": f"{n}"})]) for n in range(5)),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 4 + ["NoneType"]


async def test_nothing_to_save_is_saved(register: Register) -> None:
    await register.save([])


async def test_steps_are_found_by_their_complaint(register: Register) -> None:
    steps = [row(f"g/d/s/complaint-step/K/{n}", parent="g/d/s/complaint/K") for n in "ab"]
    other = row("g/d/s/complaint-step/L/a", parent="g/d/s/complaint/L")
    await register.save([*steps, other, row("g/d/s/visit/1")])
    found = await register.find([], following=["g/d/s/complaint/K", "g/d/s/complaint/none"])
    assert sorted(found) == [one.document_id for one in steps]
    found = await register.find(["g/d/s/visit/1"], following=["g/d/s/complaint/L"])
    assert sorted(found) == [other.document_id, "g/d/s/visit/1"], "in one reading"


async def test_of_very_many_steps_some_more_than_the_limit_are_found(register: Register) -> None:
    steps = [row(f"g/d/s/complaint-step/K/{n}", parent="g/d/s/complaint/K") for n in range(9)]
    await register.save([*steps, row("g/d/s/complaint/K", kind="complaint")])
    asked = ["g/d/s/complaint/K"]
    found = await register.find(asked, following=asked, limit=3)
    assert len(found) > 3 + 1
    assert "g/d/s/complaint/K" in found, "what was asked for by id is there in any case"
    assert len(await register.find(asked, following=asked, limit=9)) == 10


async def test_steps_are_found_by_the_complaint_that_they_merge_into(register: Register) -> None:
    def merge(number: str, into: str) -> Row:
        document_id = f"g/d/s/complaint-step/{number}/m"
        recorded = {"step": "merged", "merged_into": f"g/d/s/complaint/{into}"}
        return row(document_id, parent=f"g/d/s/complaint/{number}", recorded=recorded)

    merges = [merge("K", "L"), merge("L", "M"), merge("X", "Y")]
    plain = row("g/d/s/complaint-step/K/a", parent="g/d/s/complaint/K", recorded={"step": "held"})
    await register.save([*merges, plain, row("g/d/s/visit/1")])

    async def found(*numbers: str) -> list[str]:
        following = [f"g/d/s/complaint/{number}" for number in numbers]
        rows = await register.find([], following=following)
        return sorted(one.removeprefix("g/d/s/complaint-step/") for one in rows)

    assert await found("M") == ["L/m"]
    assert await found("L") == ["K/m", "L/m"], "those on it, and those into it"
    assert await found("K", "L") == ["K/a", "K/m", "L/m"], "each once"
    assert await found("none") == await found() == []


async def test_a_dealers_documents_are_paged_by_id(register: Register) -> None:
    ids = [f"{PUDONG}/cdk/visit/{number}" for number in range(5)]
    strangers = [f"{BERLIN}/cdk/visit/1", f"{PUDONG}-two/cdk/visit/1"]
    profile = row(f"{PUDONG}/cdk/profile/C1", kind="profile")
    words = {"words": {"narrative": {"stamp": "1", "value": "words"}}, "narrative": "before"}
    said = {"said": {"main": {"stamp": "1", "value": ["sms"]}}}
    await register.save([*(row(id_, **words, **said) for id_ in ids + strangers), profile])
    paged: list[str] = []
    while page := await register.page(PUDONG, after=paged[-1] if paged else "", limit=2, kind=None):
        assert not any(found.narrative or found.words or found.said for found in page)
        paged += [found.document_id for found in page]
    assert paged == ids
    profiles = await register.page(PUDONG, after="", limit=9, kind="profile")
    assert [found.document_id for found in profiles] == [profile.document_id]


async def test_all_that_is_kept_is_paged_by_shelf(register: Register) -> None:
    told = visit(customer=customer(opt_outs=["sms"], email=None))
    rows = registered("visit", told) + registered("complaint", complaint(desired_outcome="a car"))
    rows = [row for row in rows if row.kind != PROFILE or (row.said and "email" in row.said)]
    rows += registered("visit", visit(dealer_id=BERLIN, customer=None))
    await register.save(rows)
    documents = sorted(row.document_id for row in rows if row.kind != PROFILE)

    async def kept(shelf: Shelf, dealer_id: str | None) -> list[Row]:
        found: list[Row] = []
        while page := await register.kept(
            shelf, dealer_id=dealer_id, after=found[-1].document_id if found else "", limit=2
        ):
            found += page
        return found

    found = await kept("documents", None)
    assert [row.document_id for row in found] == documents
    assert all(row.content and row.words is None for row in found)
    of_berlin = [row.document_id for row in await kept("documents", BERLIN)]
    assert of_berlin == [id_ for id_ in documents if id_.startswith(BERLIN)]
    (profile,) = await kept("profiles", None)
    assert profile.kind == PROFILE
    (saved,) = (row for row in rows if row.kind == PROFILE)
    assert profile == saved.model_copy(update={"revision": 1})


async def test_what_is_personal_has_a_collection_of_its_own(mongo_settings: MongoSettings) -> None:
    mongo = Mongo(mongo_settings, "intake")
    register = MongoRegister(lambda: mongo)
    await register.save(registered("visit", visit(vehicle={"vin": GOOD_VIN, "plate": "B-AC 1"})))
    documents = await mongo.database.documents.find({}).to_list(None)
    profiles = await mongo.database.profiles.find({}).to_list(None)
    await mongo.close()
    for personal in ("Li Lei", "+8613812345678", "B-AC 1"):
        assert personal in repr(profiles)
        assert personal not in repr(documents)
    assert len(documents) == len(profiles) == 1


async def test_more_ids_than_fit_one_command_are_found(register: Register) -> None:
    rows = [row(f"g/d/s/visit/{number}") for number in range(IDS_A_QUERY + 5)]
    await register.save(rows)
    assert len(await register.find([one.document_id for one in rows])) == len(rows)


async def test_the_key_of_hashes_is_the_same_for_ever(register: Register) -> None:
    key, again = await asyncio.gather(register.hash_key(), register.hash_key())
    assert key == again
    assert len(key) >= 16


async def test_all_instances_share_a_key_unless_one_is_given(mongo_settings: MongoSettings) -> None:
    mongo = Mongo(mongo_settings, "intake")
    instances = [MongoRegister(lambda: mongo) for _ in range(8)]
    keys = await asyncio.gather(*(each.hash_key() for each in instances))
    assert len(set(keys)) == 1
    assert await MongoRegister(lambda: mongo).hash_key() == keys[0]
    given = MongoRegister(lambda: mongo, hash_key="of the operator")
    assert await given.hash_key() != keys[0]
    await mongo.close()


async def test_instants_keep_their_milliseconds(register: Register) -> None:
    moment = NOW + timedelta(milliseconds=123)
    await register.save([row("g/d/s/visit/1", updated_at=moment)])
    assert (await register.find(["g/d/s/visit/1"]))["g/d/s/visit/1"].updated_at == moment


async def test_a_database_that_is_away_is_a_transient_failure(
    mongo_settings: MongoSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.platform.mongo.SELECTION_TIMEOUT_MS", 200)
    away = mongo_settings.model_copy(update={"uri": SecretStr("mongodb://127.0.0.1:1")})
    mongo = functools.cache(functools.partial(Mongo, away, "intake"))
    register = MongoRegister(mongo)
    for call in (
        register.ping,
        register.prepare,
        functools.partial(register.find, ["a"]),
        functools.partial(register.save, [row("g/d/s/visit/1")]),
    ):
        with pytest.raises(TransientFailure):
            await call()
    await mongo().close()
