"""Taking batches: what is published and registered, and lost races."""

import asyncio
import re
from collections.abc import Callable, Sequence
from threading import get_ident
from typing import TypeVar

import pytest

from services.intake.adapters.door import at_once
from services.intake.domain.decode.body import UnreadableEvent
from services.intake.domain.entries import BatchEntry, documents_needed
from services.intake.domain.envelope import causation_id
from shared.contracts.envelope import from_headers
from shared.contracts.identifiers import document_id
from shared.contracts.intake import ProfileRecorded, VisitMoved
from shared.platform.errors import RefusedMessage, TransientFailure
from tests.services.intake.given import (
    PUDONG,
    Data,
    at,
    complaint,
    customer,
    event,
    held,
    key,
    outcomes,
    places,
    visit,
)
from tests.services.intake.world import World

T = TypeVar("T")
UUID = "0197c3a1-7a10-7b3c-9f7e-4d2f1c0a9b8e"
VISIT = document_id(PUDONG, "cdk", "visit", "RO 1")


async def test_an_accepted_visit_is_published_with_its_profile_and_registered(
    world: World,
) -> None:
    item = await world.report("visit", visit())
    assert item.outcome == "accepted"
    assert (item.document_id, item.customer_keys) == (VISIT, (key(),))
    assert item.version == world.register.rows[VISIT].version
    assert {type(told).__name__ for told in world.messages()} == {
        "VisitRecorded",
        "ProfileRecorded",
    }
    assert world.register.rows[VISIT].revision == 1


async def test_a_record_carries_its_envelope(world: World) -> None:
    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    await world.report("visit", visit(), time=at(-5), id=UUID, traceparent=trace)
    record = world.publisher.records[0]
    attributes = from_headers(record.headers)
    assert attributes.pop("id")
    assert record.key == key().encode()
    assert dict(record.headers)["content-type"] == b"application/json"
    assert attributes == {
        "source": "aftercare/intake",
        "specversion": "1.0",
        "type": "dev.aftercare.visit.recorded.v1",
        "time": "2026-11-21T09:55:00.000Z",
        "subject": VISIT,
        "dealerid": PUDONG,
        "partitionkey": key(),
        "recordedtime": "2026-11-21T10:00:00.000Z",
        "causationid": UUID,
        "traceparent": trace,
    }


@pytest.mark.parametrize(
    "event_id",
    [
        "张三",
        "a\u2028b",
        "li.wei@example.com",
        "+8613812345678",
        "evt 7",
        UUID + " Li Wei",
        UUID + "\u2028",
        "00000000-0000-4000-8000-013812345678",
    ],
)
async def test_an_event_id_that_may_hold_personal_data_is_told_as_a_hash(
    world: World, event_id: str
) -> None:
    await world.report("visit", visit(), id=event_id, traceparent="nonsense")
    attributes = from_headers(world.publisher.records[0].headers)
    assert "traceparent" not in attributes
    assert re.fullmatch("[0-9a-f]{32}", attributes["causationid"])
    assert attributes["causationid"] != causation_id(event_id, b"another key")
    assert attributes["time"] == "2026-11-21T09:00:00.000Z", "when the source changed it"


async def test_a_repeat_is_a_duplicate_and_publishes_nothing(world: World) -> None:
    await world.report("visit", visit())
    published = len(world.publisher.records)
    item = await world.report("visit", visit(), id="another event")
    assert (item.outcome, item.detail) == ("duplicate", "already known")
    assert len(world.publisher.records) == published


async def test_a_profile_is_published_once_and_when_it_changes(world: World) -> None:
    later = visit(source_modified_at=at(-30), customer=customer(name="Li Lei 李雷"))
    for noun, data in (("visit", visit()), ("complaint", complaint()), ("visit", later)):
        await world.report(noun, data)
    names = [told.name for told in world.messages() if isinstance(told, ProfileRecorded)]
    assert names == ["Li Lei", "Li Lei 李雷"]


async def test_items_of_one_document_are_decided_in_their_order(world: World) -> None:
    untimed = [
        visit(source_modified_at=None, department=name, customer=None) for name in ("a", "b", "a")
    ]
    items = await world.intake().receive([event("visit", data) for data in untimed])
    assert outcomes(items) == ["accepted", "accepted", "duplicate"]
    assert world.register.rows[VISIT].version == items[1].version


async def test_the_rejected_do_not_hold_up_their_neighbours(world: World) -> None:
    raws = [event("visit", visit(ro_no="")), UnreadableEvent("cut"), event("visit", visit()), 7]
    items = await world.intake().receive(raws)
    assert outcomes(items) == ["rejected", "rejected", "accepted", "rejected"]
    assert [item.index for item in items] == [0, 1, 2, 3]


async def test_a_thousand_events_are_a_handful_of_round_trips(world: World) -> None:
    raws = [event("visit", visit(ro_no=str(number))) for number in range(1000)]
    assert outcomes(await world.intake().receive(raws)) == ["accepted"] * 1000
    assert world.register.calls == ["find", "save"]


async def test_internal_documents_are_registered_and_not_published(world: World) -> None:
    internal = {"source_customer_id": "X", "kind": "internal", "name": "Sunrise"}
    item = await world.report("visit", visit(customer=internal))
    assert (item.outcome, item.customer_keys) == ("accepted", ())
    assert world.publisher.records == []
    assert VISIT in world.register.rows


async def test_when_the_broker_fails_nothing_is_registered_and_a_retry_is_accepted(
    world: World,
) -> None:
    world.publisher.fail_next = [TransientFailure("broker")]
    with pytest.raises(TransientFailure):
        await world.report("visit", visit())
    assert world.register.rows == {}
    assert (await world.report("visit", visit())).outcome == "accepted"


async def test_when_the_register_fails_after_the_publish_a_retry_is_accepted(
    world: World,
) -> None:
    def fail() -> None:
        world.register.fail_next = [TransientFailure("database")]

    world.register.before_save = [fail]
    with pytest.raises(TransientFailure):
        await world.report("visit", visit())
    assert (await world.report("visit", visit())).outcome == "accepted"
    sent = [from_headers(record.headers)["id"] for record in world.publisher.records]
    assert len(sent) == 4
    assert len(set(sent)) == 2, "the repeats have the ids of what they repeat"


async def test_a_correction_after_a_cut_off_attempt_leaves_no_stray(world: World) -> None:
    def fail() -> None:
        world.register.fail_next = [TransientFailure("database")]

    world.register.before_save = [fail]
    with pytest.raises(TransientFailure):
        await world.report("visit", visit())
    corrected = visit(source_modified_at=at(-30), customer=customer("C2"))
    await world.report("visit", corrected)
    assert (await world.report("visit", visit())).outcome == "duplicate"
    assert places(world.messages(), "visit") == {key("C2")}


async def test_a_lost_race_takes_back_what_it_published(world: World) -> None:
    newer = visit(source_modified_at=at(-30), customer=customer("C2"))
    items = await world.race([event("visit", visit())], [event("visit", newer)])
    assert outcomes(items) == ["accepted"], "it was published, and then overtaken"
    assert places(world.messages(), "visit") == {key("C2")}
    assert world.register.rows[VISIT].keys == {key("C2")}
    visits = [told for told in world.messages() if told.document_id == VISIT]
    assert isinstance(visits[-1], VisitMoved)


async def test_a_won_second_attempt_moves_the_rival_away(world: World) -> None:
    newer = visit(source_modified_at=at(-30), customer=customer("C2"))
    await world.race([event("visit", newer)], [event("visit", visit())])
    assert places(world.messages(), "visit") == {key("C2")}
    assert world.register.rows[VISIT].keys == {key("C2")}


async def test_the_rest_of_a_batch_stays_accepted_after_a_conflict(world: World) -> None:
    mine = [event("visit", visit(ro_no=number)) for number in ("RO 1", "RO 2")]
    items = await world.race(mine, [event("visit", visit(department="x"))])
    assert items[1].outcome == "accepted"
    assert len(held(world.messages())) == 3, "two visits and a profile"


async def test_endless_conflicts_end_as_a_transient_failure(world: World) -> None:
    version = 0

    def rival() -> None:
        nonlocal version
        version += 1
        world.register.before_save.append(rival)
        row = next(iter(world.register.rows.values()))
        world.register.rows[row.document_id] = row.model_copy(update={"revision": row.revision + 1})

    await world.report("consent", {**CONSENT})
    world.register.before_save = [rival]
    with pytest.raises(TransientFailure):
        await world.report("consent", CONSENT | {"source_modified_at": at(-1), "opt_outs": []})
    assert version == 8


CONSENT: Data = {
    "source": "cdk",
    "dealer_id": PUDONG,
    "consent_no": "N1",
    "source_customer_id": "C1",
    "at": at(-70),
    "source_modified_at": at(-60),
    "opt_outs": ["sms"],
}


async def test_a_message_the_broker_refuses_rejects_its_event_alone(world: World) -> None:
    world.publisher.fail_next = [RefusedMessage([0])]
    raws = [event("visit", visit(ro_no=number, customer=None)) for number in ("RO 1", "RO 2")]
    items = await world.intake().receive(raws)
    assert outcomes(items) == ["rejected", "accepted"]
    assert items[0].problem is not None
    assert items[0].problem.status == 413
    assert VISIT not in world.register.rows


async def test_what_was_prepared_is_taken_as_what_it_was_made_of(world: World) -> None:
    raws: list[Data] = [event("visit", visit()), event("visit", visit(ro_no=""))]
    other = World()
    prepared = await other.intake().prepare(raws, aside=at_once)
    assert await other.intake().receive(prepared) == await world.intake().receive(raws)
    assert other.messages() == world.messages()
    assert other.register.rows == world.register.rows


async def test_what_all_events_need_is_found_out_beside_the_event_loop(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def needed(entries: Sequence[BatchEntry]) -> set[str]:
        asked.append(get_ident())
        return documents_needed(entries)

    monkeypatch.setattr("services.intake.receive.documents_needed", needed)

    async def aside(work: Callable[[], T], /) -> T:
        return await asyncio.to_thread(work)

    items = await world.intake().receive([event("visit", visit())], aside=aside)
    assert outcomes(items) == ["accepted"]
    assert asked
    assert get_ident() not in asked
