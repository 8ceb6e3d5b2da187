"""What is on the topics comes into the directory: once, in whichever order, past what is poison."""

import asyncio
import functools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.desk.adapters.directory.directory import MongoDirectory
from services.desk.adapters.directory.door import CONTRACTS, GROUP, TOPICS, DirectoryDoor
from services.desk.adapters.directory.secrets import Secrets
from services.desk.app import RIGHTS
from services.desk.domain.find.asked import asked_of
from services.desk.domain.find.documents import KeptDocument
from shared.contracts.envelope import Message, to_headers
from shared.contracts.identifiers import customer_key
from shared.contracts.intake import ConsentGiven, ProfileRecorded, VisitMoved, VisitRecorded
from shared.contracts.topics import DEAD_LETTERS, PROFILES
from shared.contracts.values import instant_text
from shared.platform.dead_letters import own_headers
from shared.platform.errors import TransientFailure
from shared.platform.kafka import make_consumer, make_producer
from shared.platform.mongo import Mongo
from shared.platform.publisher import KafkaPublisher, Record
from shared.settings import KafkaSettings, MongoSettings
from shared.testing.clock import ManualClock
from shared.testing.publisher import MemoryPublisher
from tests.polled import polled
from tests.servers import PATIENCE_SECONDS
from tests.services.desk.given_customers import DEALER, WANG, profile
from tests.services.intake.adapters.running_doors import KilledBeforeCommit, running

NOW = datetime(2025, 6, 1, tzinfo=UTC)
VISIT = f"{DEALER}/cdk/visit/RO-77"


class TakenDirectory(MongoDirectory):
    """Remembers what it was given; `fail_next` is raised first."""

    def __init__(self) -> None:
        self.profiles: list[ProfileRecorded] = []
        self.kept: list[KeptDocument] = []
        self.fail_next: list[Exception] = []

    async def take(
        self, profiles: Sequence[ProfileRecorded], documents: Sequence[KeptDocument]
    ) -> None:
        if self.fail_next:
            raise self.fail_next.pop(0)
        self.profiles += profiles
        self.kept += documents


def visit(**more: Any) -> VisitRecorded:
    said: dict[str, Any] = {
        "document_id": VISIT,
        "version": "1",
        "customer_key": WANG,
        "dealer_id": DEALER,
        "timezone": "Asia/Shanghai",
        "status": "closed",
        "opened_at": NOW,
        "closed_at": NOW + timedelta(hours=2),
        "currency": "CNY",
        "lines": (
            {"line_no": "1", "pay_type": "customer", "amount": "800.50"},
            {"line_no": "2", "pay_type": "warranty", "amount": "99"},
        ),
        "recommended": ({"code": "BRAKES", "performed": False},),
    }
    return VisitRecorded.model_validate(said | more)


def record(message: Message, *, key: str = WANG) -> Record:
    attributes = {
        "id": str(uuid4()),
        "type": message.TYPE,
        "source": "test",
        "specversion": "1.0",
        "recordedtime": instant_text(NOW),
    }
    value = message.model_dump_json().encode()
    return Record(message.TOPIC.name, key.encode(), value, tuple(to_headers(attributes)))


def door(directory: MongoDirectory, publisher: Any = None, make: Any = None) -> DirectoryDoor:
    async def check() -> None:
        return

    def no_consumer() -> Any:
        raise AssertionError("nothing polls here")

    return DirectoryDoor(
        directory, publisher or MemoryPublisher(), make_consumer=make or no_consumer, check=check
    )


async def test_profiles_and_documents_are_kept_and_other_things_passed_over() -> None:
    directory = TakenDirectory()
    other = Record(PROFILES.name, WANG.encode(), b"{}", (("ce_type", b"dev.aftercare.other.v1"),))
    records = [record(profile()), other, record(visit())]
    await door(directory).take([polled(each) for each in records])
    assert directory.profiles == [profile()]
    [kept] = directory.kept
    assert (kept.kind, kept.number, kept.at) == ("visit", "RO-77", NOW + timedelta(hours=2))
    assert kept.said == {
        "status": "closed",
        "paid": "800.50",
        "currency": "CNY",
        "declined": ["BRAKES"],
    }


async def test_a_consent_and_a_document_that_moved_are_known_as_such() -> None:
    directory = TakenDirectory()
    consent = ConsentGiven(
        document_id=f"{DEALER}/cdk/consent/1",
        version="1",
        customer_key=WANG,
        dealer_id=DEALER,
        at=NOW,
        do_not_contact=False,
        opt_outs=("sms",),
    )
    moved = VisitMoved(document_id=VISIT, version="2", customer_key=WANG, dealer_id=DEALER)
    await door(directory).take([polled(record(each)) for each in (consent, moved)])
    assert [each.kind for each in directory.kept] == ["consent", "gone"]
    assert directory.kept[0].said == {"do_not_contact": False, "opt_outs": ["sms"]}


async def test_who_is_erased_has_a_profile_that_says_nothing() -> None:
    directory = TakenDirectory()
    tombstone = Record(PROFILES.name, WANG.encode(), None, ())
    await door(directory).take([polled(tombstone, timestamp=1_748_736_000_000)])
    [gone] = directory.profiles
    assert (gone.customer_key, gone.name, gone.phones) == (WANG, None, ())


async def test_poison_is_a_dead_letter_without_a_word_of_it_and_stops_nothing() -> None:
    directory, publisher = TakenDirectory(), MemoryPublisher()
    good = record(profile())
    bad = Record(PROFILES.name, WANG.encode(), b'{"name":"Li Lei"', good.headers)
    await door(directory, publisher).take([polled(bad), polled(good, offset=1)])
    assert directory.profiles == [profile()]
    [letter] = publisher.records
    assert letter.topic == DEAD_LETTERS.name
    assert "Li Lei" not in own_headers(letter.headers)["reason"]


async def test_while_the_database_is_away_the_batch_waits() -> None:
    directory = TakenDirectory()
    directory.fail_next = [TransientFailure("away")]
    await door(directory).take([polled(record(profile()))])
    assert directory.profiles == [profile()]


def test_the_desk_may_read_what_comes_in_here() -> None:
    assert {each.TOPIC.name for each in CONTRACTS.values()} == {*TOPICS}
    readable = {each.name for each in RIGHTS if each.operation == "Read"}
    assert {*TOPICS, GROUP} <= readable


@pytest.mark.broker
async def test_on_servers_a_customer_is_found_however_often_an_instance_is_killed(
    kafka_settings: KafkaSettings, mongo_settings: MongoSettings
) -> None:
    number = uuid4().hex[:10]
    key = customer_key(DEALER, "cdk", number)
    mongo = Mongo(mongo_settings, "desk")
    directory = MongoDirectory(mongo.database, Secrets("s" * 40), ManualClock(NOW))
    await directory.prepare()
    producer = make_producer(kafka_settings)
    await producer.start()
    order = visit(document_id=f"{DEALER}/cdk/visit/RO-{number}", customer_key=key)
    sent = [profile(key, "2", name="赵大明"), profile(key, "1"), order]
    await KafkaPublisher(producer).publish([record(each, key=key) for each in sent])
    connect = functools.partial(
        make_consumer, kafka_settings, group=f"test-{uuid4()}", topics=TOPICS
    )
    publisher, killed = KafkaPublisher(producer), asyncio.Event()
    async with running(door(directory, publisher, lambda: KilledBeforeCommit(connect(), killed))):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await killed.wait()
    async with running(door(directory, publisher, connect)):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await found(directory, f"RO-{number}") != ["赵大明"]:  # noqa: ASYNC110 # of a server
                await asyncio.sleep(0.05)
    assert await found(directory, number) == ["赵大明"]
    await producer.stop()
    await mongo.close()


async def found(directory: MongoDirectory, text: str) -> list[str | None]:
    asked = asked_of(text)
    assert asked is not None
    hits = (await directory.find(DEALER, asked)).found
    known = await directory.of([each.customer.customer_key for each in hits])
    return [each.name for each in known.values()]
