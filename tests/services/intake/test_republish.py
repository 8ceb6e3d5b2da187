"""What is kept goes on the topics again, and a new consumer ends with the same facts."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from services.intake.adapters.register import MongoRegister
from services.intake.adapters.republish import Republishing, UnknownCursor
from services.intake.domain.profiles.profile import PROFILE
from services.intake.receive import Intake
from shared.contracts.envelope import from_headers
from shared.contracts.http.intake import RepublishedPage
from shared.contracts.identifiers import document_id
from shared.contracts.intake import ComplaintMoved, ProfileRecorded, Recorded
from shared.platform.errors import RefusedMessage, TransientFailure
from shared.platform.mongo import Mongo
from shared.platform.publisher import Record
from shared.settings import MongoSettings
from shared.testing.clock import ManualClock
from shared.testing.publisher import MemoryPublisher
from tests.services.intake.batches import EVENTS, after, batches, failures
from tests.services.intake.given import (
    BERLIN,
    DEALERS,
    EVERY_KIND,
    NOW,
    PUDONG,
    at,
    complaint,
    consent,
    customer,
    event,
    held,
    key,
    merge,
    message_of,
    outcomes,
    referral,
    sale,
    step,
    target,
    visit,
)
from tests.services.intake.readers import misled
from tests.services.intake.world import World

VISIT = document_id(PUDONG, "cdk", "visit", "RO 1")


async def put_back(
    world: World,
    *,
    dealer_id: str | None = None,
    since: datetime | None = None,
    limit: int = 2,
) -> tuple[list[Record], RepublishedPage]:
    """All pages onto a broker that is new: its records, and the sums of the pages."""
    broker = MemoryPublisher()
    republishing = Republishing(register=world.register, publisher=broker)
    sums, onward = RepublishedPage(documents=0, records=0, not_kept=0, next=""), ""
    while sums.next is not None:
        page = await republishing.page(dealer_id=dealer_id, since=since, after=onward, limit=limit)
        sums = RepublishedPage(
            documents=sums.documents + page.documents,
            records=sums.records + page.records,
            not_kept=sums.not_kept + page.not_kept,
            next=page.next,
        )
        onward = page.next or ""
    assert sums.records == len(broker.records)
    return broker.records, sums


def by_id(records: list[Record]) -> dict[str, Record]:
    """Record id -> the last record with it, without what tells the report that caused it."""
    found = {}
    for record in records:
        headers = {name: value for name, value in record.headers if name != "ce_causationid"}
        found[from_headers(record.headers)["id"]] = Record(
            record.topic, record.key, record.value, tuple(sorted(headers.items()))
        )
    return found


async def test_ids_keys_contents_and_headers_are_the_same(world: World) -> None:
    parties = [{"role": "driver", "customer": customer("C2", name="Wei")}]
    raws = [event(noun, make(), time=at(-3)) for noun, make in EVERY_KIND.items()]
    raws += [event("sale", sale(deal_no="D2", parties=parties)), event("complaint", target())]
    raws += [event("complaint-step", merge()), event("visit", visit(ro_no="RO 2", customer=None))]
    await world.intake().receive(raws)
    world.clock.advance(timedelta(hours=3))
    again, sums = await put_back(world)
    assert by_id(again) == by_id(world.publisher.records)
    assert (sums.documents, sums.not_kept) == (len(world.register.rows), 0)


async def test_a_step_that_followed_its_complaint_has_the_headers_it_went_out_with(
    world: World,
) -> None:
    await world.report("complaint-step", step(), time=at(-3))
    world.clock.advance(timedelta(hours=1))
    await world.report("complaint", complaint())
    published = by_id(world.publisher.records)
    again = by_id((await put_back(world))[0])
    assert again.items() <= published.items()
    assert len(published) == len(again) + 1, "but for where it waited, before it was moved"


async def test_a_fresh_consumer_that_reads_a_part_is_never_misled(world: World) -> None:
    await world.intake().receive([event("complaint-step", step(step_id=f"S{n}")) for n in "abc"])
    await world.intake().receive([event("complaint", complaint()), event("consent", consent())])
    records, _ = await put_back(world)
    assert misled([], [message_of(record) for record in records]) == []


async def test_who_still_holds_a_document_where_it_was_is_told_and_not_misled(
    world: World,
) -> None:
    """The broker was lost before the consumer read that the complaint had moved."""
    await world.intake().receive([event("complaint", complaint()), event("complaint-step", step())])
    read = world.messages()
    elsewhere = complaint(source_modified_at=at(-30), customer=customer("C2"))
    await world.intake().receive([event("complaint", elsewhere)])
    records, _ = await put_back(world)
    again = [message_of(record) for record in records]
    assert {where for where, _ in held([*read, *again])} >= {key("C2")}
    kinds = {document.split("/")[3] for where, document in held([*read, *again]) if where == key()}
    assert kinds == {PROFILE}
    assert misled(read, again) == []


def contents(told: Mapping[tuple[str, str], Recorded]) -> dict[tuple[str, str], Recorded]:
    """Facts without versions where a repeat of the same content makes one that nobody is told."""
    return {
        where: fact.model_copy(update={"version": ""})
        if isinstance(fact, ProfileRecorded)
        else fact
        for where, fact in told.items()
    }


@settings(max_examples=150, deadline=None)
@forall(batches, failures, st.integers(1, 5))
def test_a_fresh_consumer_has_the_same_facts(
    course: list[list[int]], trouble: list[str], limit: int
) -> None:
    world = after(course, trouble)
    records, sums = asyncio.run(put_back(world, limit=limit))
    again = [message_of(record) for record in records]
    assert contents(held(again)) == contents(held(world.messages()))
    assert sums.not_kept == 0
    assert contents(held([*world.messages(), *again])) == contents(held(world.messages()))
    assert contents(held([*again, *world.messages()])) == contents(held(world.messages()))


async def test_a_dealer_is_republished_alone(world: World) -> None:
    await world.intake().receive(
        [event("visit", visit()), event("visit", visit(dealer_id=BERLIN, ro_no="B"))]
    )
    records, sums = await put_back(world, dealer_id=BERLIN)
    assert {message_of(record).dealer_id for record in records} == {BERLIN}
    assert sums.documents == 2


async def test_since_leaves_out_what_did_not_change_since(world: World) -> None:
    await world.report("visit", visit(customer=None))
    world.clock.advance(timedelta(minutes=10))
    await world.report("visit", visit(ro_no="RO 2", customer=None))
    records, _ = await put_back(world, since=NOW + timedelta(minutes=10))
    assert [message_of(record).document_id for record in records] == [f"{VISIT[:-6]}RO%202"]
    assert (await put_back(world, since=NOW + timedelta(minutes=11)))[0] == []


async def test_documents_of_nobody_are_there_and_publish_nothing(world: World) -> None:
    await world.report("visit", visit(customer={"source_customer_id": "X", "kind": "internal"}))
    records, sums = await put_back(world)
    assert (records, sums.documents, sums.not_kept) == ([], 1, 0)


def forget_contents(world: World) -> None:
    """As if all had been registered before intake kept contents."""
    legacy: dict[str, object] = {"content": None, "occurred_at": None, "left": {}, "said": None}
    for document, row in world.register.rows.items():
        world.register.rows[document] = row.model_copy(update=legacy)


async def test_what_was_registered_before_is_counted_until_it_is_reported_again(
    world: World,
) -> None:
    raws = [event(noun, make()) for noun, make in EVERY_KIND.items()]
    await world.intake().receive(raws)
    published, rows = by_id(world.publisher.records), dict(world.register.rows)
    forget_contents(world)
    records, sums = await put_back(world)
    assert (records, sums.documents, sums.not_kept) == ([], 0, len(rows))

    sent = len(world.publisher.records)
    assert set(outcomes(await world.intake().receive(raws))) == {"duplicate"}
    assert len(world.publisher.records) == sent, "nobody is told anything"
    records, sums = await put_back(world)
    assert by_id(records) == published
    assert sums.not_kept == 0


async def test_a_register_from_before_is_filled_in_by_what_is_reported_again(
    mongo_settings: MongoSettings,
) -> None:
    """Profiles were beside the documents, and nothing had its content."""
    mongo = Mongo(mongo_settings, "intake")
    register, publisher = MongoRegister(lambda: mongo), MemoryPublisher()
    intake = Intake(register=register, publisher=publisher, clock=ManualClock(NOW), dealers=DEALERS)
    republishing = Republishing(register=register, publisher=publisher)
    raws = [event("visit", visit()), event("complaint", complaint())]
    await intake.receive(raws)
    profiles = await mongo.database.profiles.find({}).to_list(None)
    await mongo.database.documents.insert_many(profiles)
    await mongo.database.profiles.delete_many({})
    lacking = {"content": "", "occurred_at": "", "said": ""}
    await mongo.database.documents.update_many({}, {"$unset": lacking})

    async def not_kept() -> int:
        page = await republishing.page(dealer_id=None, since=None, after="", limit=100)
        assert page.next == "profiles:"
        rest = await republishing.page(dealer_id=None, since=None, after=page.next, limit=100)
        return page.not_kept + rest.not_kept

    assert await not_kept() == 3
    again = await intake.receive(raws)
    assert outcomes(again) == ["accepted", "duplicate"], "the profile has no row of its own yet"
    assert await not_kept() == 0
    listed = await register.page(PUDONG, after="", limit=9, kind=None)
    assert [row.kind for row in listed] == ["complaint", "visit"]
    await mongo.close()


async def test_a_newer_profile_that_is_reported_meanwhile_stays_the_last_on_its_topic(
    world: World,
) -> None:
    """It is published before ours, and registered after: the topic keeps the last record."""
    await world.report("visit", visit())
    newer = visit(source_modified_at=at(-30), customer=customer(name="Li Lei 李雷"))

    def republish() -> None:
        republishing = Republishing(register=world.register, publisher=world.publisher)
        working = republishing.page(dealer_id=None, since=None, after="profiles:", limit=10)
        with pytest.raises(StopIteration):  # nothing in memory ever waits
            working.send(None)

    world.register.before_save = [republish]
    await world.report("visit", newer)
    profiles = [told for told in world.messages() if isinstance(told, ProfileRecorded)]
    assert profiles[-1].name == "Li Lei 李雷"


async def test_a_profile_registered_while_it_is_republished_is_republished_as_it_is_now(
    world: World,
) -> None:
    await world.report("visit", visit())
    newer = visit(source_modified_at=at(-30), customer=customer(name="Li Lei 李雷"))

    def report_newer() -> None:
        receiving = world.intake().receive([event("visit", newer)])
        with pytest.raises(StopIteration):
            receiving.send(None)

    republishing = Republishing(register=world.register, publisher=world.publisher)
    world.register.before_save = [report_newer]
    await republishing.page(dealer_id=None, since=None, after="profiles:", limit=10)
    profiles = [told for told in world.messages() if isinstance(told, ProfileRecorded)]
    assert profiles[-1].name == "Li Lei 李雷"


@pytest.mark.parametrize("failure", [TransientFailure("away"), RefusedMessage([0])])
async def test_what_the_broker_does_not_take_is_to_be_asked_for_again(
    world: World, failure: Exception
) -> None:
    await world.report("referral", referral())
    world.publisher.fail_next = [failure]
    republishing = Republishing(register=world.register, publisher=world.publisher)
    with pytest.raises(TransientFailure):
        await republishing.page(dealer_id=None, since=None, after="", limit=9)


async def test_a_place_that_no_page_told_is_refused(world: World) -> None:
    republishing = Republishing(register=world.register, publisher=world.publisher)
    with pytest.raises(UnknownCursor):
        await republishing.page(dealer_id=None, since=None, after="nowhere:x", limit=9)


def test_the_courses_move_complaints() -> None:
    """Else the properties above would hold of nothing."""
    world = after([[number] for number in range(len(EVENTS))], [])
    assert any(isinstance(told, ComplaintMoved) for told in world.messages())
