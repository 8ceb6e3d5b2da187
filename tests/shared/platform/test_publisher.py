"""The publisher that connects in the background."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

from shared.contracts.topics import VISITS
from shared.platform.errors import TransientFailure
from shared.platform.kafka import make_producer
from shared.platform.kafka_words import in_words
from shared.platform.publisher import ConnectingPublisher, Record
from shared.settings import KafkaSettings
from shared.yaml_file import WrongFile
from tests.polled import written
from tests.servers import PATIENCE_SECONDS

pytestmark = pytest.mark.broker


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 # the publisher connects in a task of its own
            await asyncio.sleep(0.01)


def record(value: bytes) -> Record:
    return Record(topic=VISITS.name, key=b"g/d/s/1", value=value, headers=(("ce_id", b"1"),))


async def test_before_it_is_connected_nothing_is_taken(kafka_settings: KafkaSettings) -> None:
    publisher = ConnectingPublisher(lambda: make_producer(kafka_settings))
    assert not publisher.connected
    with pytest.raises(TransientFailure):
        await publisher.publish([record(b"x")])
    await publisher.stop()


async def test_it_connects_when_the_broker_comes_and_publishes(
    kafka_settings: KafkaSettings,
) -> None:
    nobody = KafkaSettings(bootstrap_servers="127.0.0.1:1", idempotent_producer=False)
    tried: list[KafkaSettings] = []

    def produce() -> AIOKafkaProducer:
        tried.append(nobody if len(tried) < 2 else kafka_settings)
        return make_producer(tried[-1])

    publisher = ConnectingPublisher(produce)
    publisher.start()
    await until(lambda: publisher.connected)
    assert len(tried) == 3
    await publisher.publish([record(b"from the background")])
    found = await written(kafka_settings, VISITS.name)
    assert b"from the background" in {each.value for each in found}
    await publisher.stop()
    assert not publisher.connected


async def test_it_tells_what_keeps_it_and_waits_for_a_file_that_is_not_there_yet(
    kafka_settings: KafkaSettings,
) -> None:
    nobody = KafkaSettings(bootstrap_servers="127.0.0.1:1", idempotent_producer=False)
    tried: list[str | None] = []

    def produce() -> AIOKafkaProducer:
        tried.append(publisher.trouble)
        if len(tried) == 2:
            raise WrongFile(["AFTERCARE_KAFKA__SSL_CA_FILE: ca.pem: it is damaged"])
        return make_producer(nobody if len(tried) == 1 else kafka_settings)

    publisher = ConnectingPublisher(produce, explain=partial(in_words, nobody))
    publisher.start()
    await until(lambda: publisher.connected)
    assert publisher.trouble is None
    first, second, third = tried
    assert first == "broker: not connected"
    assert second is not None
    assert second.startswith("broker: not connected (127.0.0.1:1: nothing listens there")
    assert third == ("broker: not connected (AFTERCARE_KAFKA__SSL_CA_FILE: ca.pem: it is damaged)")
    await publisher.stop()


class FailingProducer:
    """Starts, and takes nothing."""

    stopped = 0

    async def start(self) -> None:
        return None

    async def send(self, *_: object, **__: object) -> None:
        raise KafkaConnectionError()

    async def stop(self) -> None:
        type(self).stopped += 1


async def test_a_producer_that_failed_is_replaced(kafka_settings: KafkaSettings) -> None:
    made: list[object] = []

    def produce() -> object:
        made.append(FailingProducer() if not made else make_producer(kafka_settings))
        return made[-1]

    publisher = ConnectingPublisher(produce)
    publisher.start()
    await until(lambda: publisher.connected)
    with pytest.raises(TransientFailure):
        await publisher.publish([record(b"x")])
    await until(lambda: publisher.connected and len(made) == 2)
    assert FailingProducer.stopped == 1
    await publisher.publish([record(b"again")])
    await publisher.stop()
