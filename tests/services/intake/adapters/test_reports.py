"""Reports over Kafka are taken as those over HTTP: nothing is lost, doubled or in the way."""

import asyncio
import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import TopicPartition

from services.intake.adapters.reports import TOPICS, ReportsDoor, event_in
from services.intake.domain.examine.event import InvalidEvent, examine
from shared.contracts.envelope import Message, to_headers
from shared.contracts.feeds import ComplaintReported
from shared.contracts.followup import ReportMade
from shared.contracts.http.intake import Item
from shared.contracts.intake import ComplaintFiled
from shared.contracts.topics import DEAD_LETTERS, REPORTS
from shared.platform.dead_letters import own_headers
from shared.platform.errors import PoisonRecord, RefusedMessage, TransientFailure
from shared.platform.kafka import RawRecord, make_consumer, make_producer
from shared.platform.kafka_door import SILENCE
from shared.platform.publisher import KafkaPublisher, Record
from shared.settings import KafkaSettings
from shared.testing.clock import ManualClock
from tests.polled import polled
from tests.servers import PATIENCE_SECONDS
from tests.services.intake.adapters.running_doors import KilledBeforeCommit, running
from tests.services.intake.given import DEALERS, NOW, PUDONG, at, event, held, key, message_of
from tests.services.intake.world import World

CASE = f"{PUDONG}/followup/complaint/survey-1"


def made(case_no: str = "survey-1", *, customer: str = key(), **data: Any) -> ReportMade:
    """A complaint that followup files."""
    content = {
        "source": "followup",
        "dealer_id": PUDONG,
        "case_no": case_no,
        "received_at": at(-10),
        "channel": "phone",
        "category": "survey",
        "customer": {"customer_key": customer},
    }
    return ReportMade(
        customer_key=customer,
        dealer_id=PUDONG,
        reports=ComplaintReported.TYPE,
        data=content | data,
    )


def taken_back(report: ReportMade) -> Message:
    """The same case, voided."""
    sealed = report.model_dump(mode="json")
    return ReportMade.withdrawal(aggregate_id=key(), about="filed/x", at=NOW, sealed=sealed)


def sent(message: Message, time: str = at(-5), **more: Any) -> Record:
    content = json.loads(message.model_dump_json())
    attributes = {
        "id": str(uuid4()),
        "type": message.TYPE,
        "specversion": "1.0",
        "source": "aftercare/followup",
        "time": time,
    }
    return Record(
        topic=REPORTS.name,
        key=content["customer_key"].encode(),
        value=json.dumps(content | more).encode(),
        headers=tuple(to_headers(attributes)),
    )


def records(*messages: Message | Record) -> list[RawRecord]:
    put = [each if isinstance(each, Record) else sent(each) for each in messages]
    return [polled(record, offset=offset) for offset, record in enumerate(put)]


def door(world: World, **more: Any) -> ReportsDoor:
    """Over the world's register and publisher; nothing polls."""

    async def receive(events: Sequence[object]) -> list[Item]:
        return await world.intake().receive(events, ours=True)

    async def check() -> None:
        return

    def no_consumer() -> Any:
        raise AssertionError("nothing polls here")

    given = {"make_consumer": no_consumer, "check": check, "receive": receive} | more
    return ReportsDoor(given.pop("receive"), world.publisher, **given)


def complaints(world: World) -> dict[str, ComplaintFiled]:
    """Document id -> the complaint as consumers hold it."""
    sent_out = [each for each in world.publisher.records if each.topic != DEAD_LETTERS.name]
    found = held(message_of(each) for each in sent_out).values()
    return {each.document_id: each for each in found if isinstance(each, ComplaintFiled)}


def reasons(world: World) -> list[str]:
    letters = [each for each in world.publisher.records if each.topic == DEAD_LETTERS.name]
    return [own_headers(letter.headers)["reason"] for letter in letters]


async def test_a_report_is_filed_as_one_over_http_would_be(world: World) -> None:
    await door(world).take(records(made(narrative="overall 2 of 10", related_ro_no="RO 1")))
    filed = complaints(world)[CASE]
    assert (filed.customer_key, filed.category, filed.status) == (key(), "survey", "open")
    assert (filed.case_no, filed.related_ro_no) == ("survey-1", "RO 1")
    assert world.register.rows[CASE].words is not None
    assert not reasons(world)


async def test_what_is_taken_back_is_voided_and_a_repeat_of_before_does_not_bring_it_back(
    world: World,
) -> None:
    first = sent(made())
    await door(world).take(records(first, sent(taken_back(made()), at(-1)), first))
    assert complaints(world)[CASE].status == "voided"


async def test_filed_anew_it_is_open_again(world: World) -> None:
    again = sent(made(), at(-3))
    await door(world).take(records(sent(made()), sent(taken_back(made()), at(-4)), again))
    assert complaints(world)[CASE].status == "open"


async def test_a_repeat_changes_nothing(world: World) -> None:
    batch = records(made())
    await door(world).take(batch)
    before = len(world.publisher.records)
    await door(world).take(batch)
    assert len(world.publisher.records) == before


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (sent(made(), data=None), "not valid: data"),
        (sent(made(), data={"Li Lei": 7}), "not valid: data"),
        (Record(REPORTS.name, key().encode(), b"{", sent(made()).headers), "not valid: value"),
        (Record(REPORTS.name, key().encode(), None, sent(made()).headers), "not valid: value"),
        (Record(REPORTS.name, key().encode(), b"{}", ()), "header ce_type is missing"),
        (Record(REPORTS.name, None, sent(made()).value, sent(made()).headers), "the key is not"),
        (sent(made(), dealer_id="sunrise/berlin"), "the report is of another dealer"),
        (sent(made(channel="Li Lei")), "invalid-event/data"),
        (sent(made(source="followup", received_at=at(60))), "invalid-event/data"),
        (sent(made(dealer_id="sunrise/nowhere")), "the report is of another dealer"),
    ],
)
async def test_what_can_never_be_taken_is_a_dead_letter_and_its_neighbours_go_through(
    world: World, record: Record, reason: str
) -> None:
    await door(world).take(records(made("survey-2"), record, made("survey-3")))
    assert len(complaints(world)) == 2
    (told,) = reasons(world)
    assert reason in told
    assert "Li Lei" not in told


async def test_types_that_are_not_read_here_are_skipped(world: World) -> None:
    later = Record(REPORTS.name, b"k", b"{}", (("ce_type", b"dev.aftercare.other.made.v1"),))
    assert event_in(polled(later)) is None
    await door(world).take(records(later))
    assert not world.publisher.records


def test_a_null_or_unreadable_header_is_no_crash() -> None:
    for header in ((("ce_type", None),), (("ce_type", b"\xff"),)):
        with pytest.raises(PoisonRecord):
            event_in(polled(Record(REPORTS.name, b"k", b"{}", header)))


@pytest.mark.parametrize("trouble", ["publish", "find", "save"])
async def test_while_the_broker_or_the_database_is_away_the_batch_waits(
    world: World, trouble: str
) -> None:
    away = [TransientFailure("away"), TransientFailure("away")]
    match trouble:
        case "publish":
            world.publisher.fail_next = [*away]
        case "find":
            world.register.fail_next = [*away]
        case _:
            fail_later = functools.partial(world.register.fail_next.append, away[0])
            world.register.before_save = [fail_later]
    await door(world).take(records(made()))
    assert complaints(world).keys() == {CASE}
    assert not reasons(world)


async def test_one_event_that_intake_fails_at_does_not_keep_the_others_out(world: World) -> None:
    async def receive(events: Sequence[object]) -> list[Item]:
        if any("survey-2" in repr(each) for each in events):
            raise KeyError("Li Lei")
        return await world.intake().receive(events, ours=True)

    await door(world, receive=receive).take(records(made("survey-2"), made("survey-3")))
    assert [id_.rpartition("/")[2] for id_ in complaints(world)] == ["survey-3"]
    assert reasons(world) == ["intake failed: KeyError"]


async def test_a_dead_letter_that_the_broker_refuses_goes_without_its_record(world: World) -> None:
    world.publisher.fail_next = [RefusedMessage([0])]
    await door(world).take(records(sent(made(), data=None)))
    (letter,) = (each for each in world.publisher.records if each.topic == DEAD_LETTERS.name)
    assert letter.value is None
    assert "omitted" in own_headers(letter.headers)


def test_nobody_reports_over_http_under_the_name_of_our_own() -> None:
    raw = event("complaint", made().data)
    found = examine(raw, dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert [error.pointer for error in found.errors] == ["/data/source"]


MOST_POLLS = 20
SOME = {TopicPartition(REPORTS.name, number) for number in (0, 1)}


@dataclass
class Hanging:
    """A consumer that gets no records, and each of its polls takes a while by the clock."""

    clock: ManualClock
    partitions: set[TopicPartition]
    answers: bool
    enough: asyncio.Event
    """Set when it was polled very often."""
    polls: int = 0
    is_stopped: bool = False

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        self.is_stopped = True

    async def getmany(self, **_: object) -> dict[TopicPartition, list[RawRecord]]:
        self.polls += 1
        if self.polls > MOST_POLLS:
            self.enough.set()
            await asyncio.Event().wait()
        self.clock.advance(SILENCE / 2)
        return {}

    def assignment(self) -> set[TopicPartition]:
        return self.partitions

    def last_poll_timestamp(self, _: TopicPartition) -> int | None:
        return int(self.clock.now().timestamp() * 1000) if self.answers else None

    def highwater(self, _: TopicPartition) -> None:
        return


async def consumers(world: World, of: set[TopicPartition], *, answers: bool) -> list[Hanging]:
    """Those that were made until one was polled very often, or two were given up."""
    made: list[Hanging] = []
    enough = asyncio.Event()

    def make() -> Any:
        made.append(Hanging(world.clock, of, answers, enough))
        return made[-1]

    async def check() -> None:
        if len(made) == 2:
            enough.set()
            await asyncio.Event().wait()

    async with running(door(world, make_consumer=make, check=check, clock=world.clock)):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await enough.wait()
    return made


async def test_a_consumer_that_had_no_answer_for_long_is_replaced(world: World) -> None:
    first, second = await consumers(world, SOME, answers=False)
    assert (first.polls, second.polls) == (3, 3)
    assert first.is_stopped
    assert second.is_stopped


@pytest.mark.parametrize(("of", "answers"), [(SOME, True), (set(), False)])
async def test_one_that_has_answers_or_nothing_to_fetch_goes_on(
    world: World, of: set[TopicPartition], answers: bool
) -> None:
    (only,) = await consumers(world, of, answers=answers)
    assert only.polls > MOST_POLLS


@pytest.mark.broker
async def test_killed_before_it_commits_another_instance_takes_all_again_and_nothing_doubles(
    world: World, kafka_settings: KafkaSettings
) -> None:
    group, killed = f"test-{uuid4()}", asyncio.Event()
    connect = functools.partial(make_consumer, kafka_settings, group=group, topics=TOPICS)
    producer = make_producer(kafka_settings)
    await producer.start()
    cases = [f"survey-{uuid4()}" for _ in range(5)]
    await KafkaPublisher(producer).publish(
        [sent(made(case, customer=key(f"C{number}"))) for number, case in enumerate(cases)]
    )
    await producer.stop()
    first = door(world, make_consumer=lambda: KilledBeforeCommit(connect(), killed))
    async with running(first):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await killed.wait()
    again, all_again = set[str](), asyncio.Event()

    async def receive(events: Sequence[object]) -> list[Item]:
        items = await world.intake().receive(events, ours=True)
        again.update(case for case in cases for each in events if case in repr(each))
        if len(again) == len(cases):
            all_again.set()
        return items

    async with running(door(world, make_consumer=connect, receive=receive)):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await all_again.wait()
    assert {*cases} <= {each.case_no for each in complaints(world).values()}
    ids = [dict(each.headers)["ce_id"] for each in world.publisher.records]
    assert len(ids) == len(set(ids))
    assert not reasons(world)
