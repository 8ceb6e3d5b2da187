"""Poison in the middle of good traffic, the limit that stops a service, and taking up again."""

import asyncio
import json
import os
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from deploy.cli.client_key import shown
from deploy.cli.dead_letters.work import DeadLetter, discard, read_letters
from deploy.cli.readiness import what_keeps
from deploy.sandbox.processes import Child, free_port, running
from deploy.sandbox.stack import start_service
from shared.contracts.envelope import Event
from shared.contracts.identifiers import customer_key, document_id
from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import SALES, VISITS
from shared.platform.dead_letters import REPLAYED, not_ours
from shared.platform.kafka import MAX_REQUEST_BYTES, connection, make_producer
from shared.platform.publisher import KafkaPublisher, Record
from shared.runtime.lifecycle import Runtime
from shared.settings import KafkaSettings, MongoSettings, ServiceSettings
from tests.deploy.cli.command import aftercare as command
from tests.e2e import poison
from tests.e2e.house import House, house, visit
from tests.e2e.poison import JOINED, SECRET, SKIPPED, Poison, corpus
from tests.keys import key_in_hand
from tests.servers import PATIENCE_SECONDS, Broker
from tests.shared.runtime import toy
from tests.shared.runtime.on_servers import publisher_to, record_of, until, visits_held
from tests.shared.runtime.toy import DEALER, TOY, ToyFacts, ToyPolicy

pytestmark = [pytest.mark.broker, pytest.mark.long]

READERS = ("scoring", "followup")
"""Who reads visits: each of them must notice every bad one."""
READERS_OF = {VISITS.name: READERS, SALES.name: (*READERS, "identity")}
"""Topic -> who must notice what is bad there."""
LIMIT = 5
ONE = "1 record replayed, 1 dead letter closed"


class Place(NamedTuple):
    """Where a record is."""

    topic: str
    partition: int
    offset: int


# --- in the middle of good traffic -----------------------------------------------------------


@pytest.fixture(scope="module")
def aftercare(
    tmp_path_factory: pytest.TempPathFactory, own_broker: Broker, own_mongo: MongoSettings
) -> Iterator[House]:
    directory, only = tmp_path_factory.mktemp("poison"), ("intake", "identity", *READERS)
    with house(directory, own_broker, own_mongo, only=only) as running_:
        yield running_


@pytest.fixture(scope="module")
def sent(aftercare: House) -> Mapping[Place, Poison]:
    """The corpus, each record between two good ones of its customer; where each of it went."""
    return asyncio.run(_between_good_ones(aftercare, corpus()))


async def _between_good_ones(running_: House, bad: Sequence[Poison]) -> dict[Place, Poison]:
    places: dict[Place, Poison] = {}
    _send_good(running_, 0)
    async with make_producer(running_.broker.settings()) as producer:
        for number, one in enumerate(bad, start=1):
            record = one.record
            put = await producer.send_and_wait(
                record.topic, record.value, key=record.key, headers=list(record.headers)
            )
            places[Place(put.topic, put.partition, put.offset)] = one
            _send_good(running_, number)
    return places


def _send_good(running_: House, number: int) -> None:
    answer = running_.send(visit(number, poison.CUSTOMER, dealer_id=DEALER))
    assert answer.json()["accepted"] == 1, answer.text


@pytest.mark.parametrize("service", READERS)
def test_every_good_record_arrives_also_right_behind_poison(
    aftercare: House, sent: Mapping[Place, Poison], service: str
) -> None:
    odd = [json.loads(bad.record.value or b"") for bad in sent.values() if bad.becomes == JOINED]
    good = {document_id(DEALER, "dms", "visit", f"RO-{n}") for n in range(len(sent) + 1)}
    expected = good | {content["document_id"] for content in odd}
    aftercare.until(lambda: _visits(aftercare.held(service)) >= expected)
    assert _visits(aftercare.held(service)) == expected
    assert aftercare.get(service, "/health/ready").is_success


def _visits(held: Mapping[str, str]) -> set[str]:
    """The visits that are held, besides who the customer is and what other services say of them."""
    return {document for document in held if document.split("/")[3] == "visit"}


@pytest.fixture(scope="module")
def letters(aftercare: House, sent: Mapping[Place, Poison]) -> Sequence[DeadLetter]:
    """The dead letters, once there are as many as there should be."""
    expected = len(_notices(sent))
    found: list[DeadLetter] = []

    def all_there() -> bool:
        found[:] = asyncio.run(read_letters(aftercare.broker.settings()))
        return len(found) >= expected

    aftercare.until(all_there)
    return found


def test_each_bad_record_is_one_dead_letter_of_each_reader(
    sent: Mapping[Place, Poison], letters: Sequence[DeadLetter]
) -> None:
    found = Counter((letter.headers["service"], _place(letter)) for letter in letters)
    assert found == dict.fromkeys(_notices(sent), 1)


def test_what_is_dead_is_as_it_came_and_the_reason_tells_nothing_of_it(
    sent: Mapping[Place, Poison], letters: Sequence[DeadLetter]
) -> None:
    for letter in letters:
        bad = sent[_place(letter)]
        assert letter.record.key == bad.record.key, bad.name
        assert letter.record.value == bad.record.value, bad.name
        came = letter.record.headers[: len(bad.record.headers)]
        assert tuple(came) == bad.record.headers, bad.name
        assert letter.headers["reason"].startswith(bad.becomes), bad.name
        assert SECRET not in letter.headers["reason"]


def test_what_is_of_another_type_is_counted_and_no_dead_letter(
    aftercare: House, sent: Mapping[Place, Poison], letters: Sequence[DeadLetter]
) -> None:
    skipped = {place for place, bad in sent.items() if bad.becomes == SKIPPED}
    assert skipped
    assert not skipped & {_place(letter) for letter in letters}
    for service in READERS:
        assert _counted(aftercare, service, "aftercare_records_skipped_total") >= len(skipped)


def test_nothing_of_it_is_in_the_logs(aftercare: House, letters: Sequence[DeadLetter]) -> None:
    logs = [child.log.read_bytes() for child in aftercare.stack.children]
    assert b"dead letter" in b"".join(logs)
    assert SECRET.encode() not in b"".join(logs)


def _notices(sent: Mapping[Place, Poison]) -> list[tuple[str, Place]]:
    """Which service must notice which bad record."""
    dead = [place for place, bad in sent.items() if bad.is_dead]
    return [(service, place) for place in dead for service in READERS_OF[place.topic]]


def _place(letter: DeadLetter) -> Place:
    headers = letter.headers
    return Place(headers["topic"], int(headers["partition"]), int(headers["offset"]))


def _counted(running_: House, service: str, metric: str) -> float:
    lines = running_.get(service, "/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(metric))


async def test_a_record_that_is_too_large_for_a_dead_letter_is_told_of(
    fresh_broker: Broker, mongo_settings: MongoSettings
) -> None:
    settings = ServiceSettings(kafka=fresh_broker.settings(), mongo=mongo_settings)
    bad = replace(record_of(toy.visit(2)), value=b" " * 2 * MAX_REQUEST_BYTES)
    async with _compressing(settings.kafka) as publisher:
        await publisher.publish([record_of(toy.visit(1)), bad, record_of(toy.visit(3))])
    async with _running(Runtime(TOY, settings)) as runtime:
        await _until_held(runtime, 2)
        (letter,) = await _letters(settings.kafka, open_=1)
    assert letter.headers["reason"] == "value: json_invalid"
    assert (letter.record.key, letter.record.value) == (bad.key, None)
    assert letter.size_bytes == 2 * MAX_REQUEST_BYTES
    refused = await _run(settings, "replay", letter.id)
    assert refused.returncode == 1
    assert f"the record was too large for a dead letter: it is {letter.position}" in refused.stdout


async def test_a_record_with_neither_key_nor_value_holds_nothing_up(
    fresh_broker: Broker, mongo_settings: MongoSettings
) -> None:
    settings = ServiceSettings(kafka=fresh_broker.settings(), mongo=mongo_settings)
    good = record_of(toy.visit(1))
    async with make_producer(settings.kafka) as producer:
        await _send_nothing(producer, partition=0)
        await KafkaPublisher(producer).publish([replace(good, partition=0)])
    async with _running(Runtime(TOY, settings)) as runtime:
        await _until_held(runtime, 1)
        (letter,) = await _letters(settings.kafka, open_=1)
        assert letter.record.key is None
        assert letter.headers["reason"].startswith("header ce_type is missing")
        await discard(settings.kafka, [letter], note="empty")
        assert await _letters(settings.kafka, open_=0) == []


async def _send_nothing(producer: AIOKafkaProducer, *, partition: int) -> None:
    """A record that aiokafka's own `send` refuses, and other clients do not."""
    batch = producer.create_batch()
    batch.append(timestamp=None, key=None, value=None)
    await (await producer.send_batch(batch, VISITS.name, partition=partition))


@asynccontextmanager
async def _compressing(settings: KafkaSettings) -> AsyncIterator[KafkaPublisher]:
    """Of a producer that packs more into its batches than they weigh."""
    async with AIOKafkaProducer(
        **connection(settings), compression_type="gzip", max_request_size=4 * MAX_REQUEST_BYTES
    ) as producer:
        yield KafkaPublisher(producer)


# --- too much of it --------------------------------------------------------------------------


def _scoring(
    directory: Path, broker: Broker, mongo: MongoSettings, *, limit: int
) -> tuple[Child, str]:
    """Scoring alone, that gives up after so many bad records in a row; and its address."""
    environment = {
        "AFTERCARE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "AFTERCARE_KAFKA__IDEMPOTENT_PRODUCER": str(broker.kind == "apache").lower(),
        "AFTERCARE_MONGO__URI": mongo.uri.get_secret_value(),
        "AFTERCARE_MONGO__DATABASE_PREFIX": mongo.database_prefix,
        "AFTERCARE_RUNTIME__POISON_IN_A_ROW": str(limit),
    }
    port = free_port()
    child = start_service(
        "scoring", port=port, environment={**os.environ, **environment}, logs=directory
    )
    return child, f"http://127.0.0.1:{port}"


def test_too_much_in_a_row_stops_the_service_and_a_mended_one_goes_on(
    tmp_path: Path, fresh_broker: Broker, mongo_settings: MongoSettings
) -> None:
    settings = fresh_broker.settings()
    asyncio.run(_one_batch_of_poison(settings, distinct=LIMIT + 1))
    child, _ = _scoring(tmp_path / "first", fresh_broker, mongo_settings, limit=LIMIT)
    with running(child):
        assert child.process.wait(PATIENCE_SECONDS) == 1
    log = child.log.read_text(encoding="utf-8")
    assert f"aftercare scoring stopped: more than {LIMIT} unreadable records" in log
    assert "Check the producer and this service's version, then start it again" in log
    assert asyncio.run(read_letters(settings)) == []

    child, url = _scoring(tmp_path / "second", fresh_broker, mongo_settings, limit=LIMIT + 1)
    with running(child), key_in_hand(mongo_settings) as key:
        child.wait_until(
            lambda: _holds(url, key, 2) and not what_keeps(url), within_seconds=PATIENCE_SECONDS
        )
        letters = asyncio.run(_letters(settings, open_=LIMIT + 1))
    assert sorted(int(letter.headers["offset"]) for letter in letters) == list(range(1, LIMIT + 2))


async def _one_batch_of_poison(settings: KafkaSettings, *, distinct: int) -> None:
    """A good record, bad ones of so many customers, and a good one: all in one partition."""
    good = [record_of(toy.visit(number)) for number in (1, 2)]
    bad = [
        Record(VISITS.name, customer_key(DEALER, "dms", f"{n}").encode(), b"?", good[0].headers)
        for n in range(distinct)
    ]
    async with publisher_to(settings) as publisher:
        for record in (good[0], *bad, good[1]):
            await publisher.publish([replace(record, partition=0)])


def _holds(url: str, key: str, documents: int) -> bool:
    try:
        page = httpx.get(f"{url}/v1/holdings", headers=shown(key), timeout=30).json()
    except httpx.HTTPError:
        return False
    return sum(len(item["documents"]) for item in page["items"]) == documents


# --- taking it up again ----------------------------------------------------------------------


def fixed_join(facts: ToyFacts, events: Sequence[Event[VisitRecorded]]) -> ToyFacts:
    """The join of a release without the bug."""
    mended = [
        event._replace(data=event.data.model_copy(update={"department": None})) for event in events
    ]
    return toy.join(facts, mended)


async def test_what_a_bug_killed_is_replayed_after_its_fix(
    fresh_broker: Broker, mongo_settings: MongoSettings
) -> None:
    settings = ServiceSettings(kafka=fresh_broker.settings(), mongo=mongo_settings)
    bad = record_of(toy.visit(2, department="raises in join"))
    async with publisher_to(settings.kafka) as publisher:
        await publisher.publish([record_of(toy.visit(1)), bad, record_of(toy.visit(3))])

    async with _running(Runtime(TOY, settings)) as runtime:
        await _until_held(runtime, 2)
        (first,) = await _letters(settings.kafka, open_=1)
        assert await _replayed(settings, first.id[:6]) == ONE
        (second,) = await _letters(settings.kafka, open_=1)
    assert second.id != first.id
    assert second.replay_of == first.id
    assert dict(not_ours(second.record.headers)) == {
        **dict(bad.headers),
        REPLAYED: first.id.encode(),
    }

    async with _running(Runtime(replace(TOY, join=fixed_join), settings)) as runtime:
        assert await _replayed(settings, "--all", "--yes") == ONE
        await _until_held(runtime, 3)
        assert await _letters(settings.kafka, open_=0) == []
    refused = await _run(settings, "replay", second.id)
    assert refused.returncode == 2
    assert "replayed already" in " ".join(refused.stderr.split())
    listed = await _run(settings, "list", "--all", "--json")
    assert [letter["state"] for letter in json.loads(listed.stdout)] == ["replayed", "replayed"]


@asynccontextmanager
async def _running(
    runtime: Runtime[ToyFacts, ToyPolicy],
) -> AsyncIterator[Runtime[ToyFacts, ToyPolicy]]:
    await runtime.start()
    try:
        yield runtime
    finally:
        await runtime.stop()


async def _until_held(runtime: Runtime[ToyFacts, ToyPolicy], count: int) -> None:
    async def held() -> bool:
        return await visits_held(runtime) == count

    await until(held)


async def _letters(settings: KafkaSettings, *, open_: int) -> list[DeadLetter]:
    """The open dead letters, once there are so many."""
    found: list[DeadLetter] = []

    async def there() -> bool:
        found[:] = [letter for letter in await read_letters(settings) if not letter.resolution]
        return len(found) == open_

    await until(there)
    return found


async def _run(settings: ServiceSettings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`aftercare dead-letters …`, as an operator enters it."""
    kafka = settings.kafka
    return await asyncio.to_thread(
        command,
        "dead-letters",
        *arguments,
        AFTERCARE_KAFKA__BOOTSTRAP_SERVERS=kafka.bootstrap_servers,
        AFTERCARE_KAFKA__IDEMPOTENT_PRODUCER=str(kafka.idempotent_producer).lower(),
    )


async def _replayed(settings: ServiceSettings, *arguments: str) -> str:
    done = await _run(settings, "replay", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
