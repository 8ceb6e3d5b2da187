"""`aftercare tail`, and the tail of topics that it and others follow."""

import asyncio
from pathlib import Path

import pytest

from deploy.cli.failures import CannotRun
from deploy.cli.topic_tail import Tail, following
from deploy.sandbox.processes import free_port
from shared.contracts.topics import VISITS
from shared.platform.kafka import make_producer
from tests.deploy.cli.command import aftercare
from tests.servers import PATIENCE_SECONDS, Broker


def test_nothing_to_tail_says_what_to_do(tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    done = aftercare("tail", "scores", AFTERCARE_KAFKA__BOOTSTRAP_SERVERS=nowhere)
    assert done.returncode == 1
    assert "no Kafka broker answers" in done.stderr and "Traceback" not in done.stderr


async def test_a_tail_begins_where_it_is_told(fresh_broker: Broker) -> None:
    settings = fresh_broker.settings()
    async with make_producer(settings) as producer:
        for value in (b"1", b"2", b"3"):
            await producer.send_and_wait(VISITS.name, value, key=b"k")
        async with following(settings, [VISITS.name], from_start=False) as tail:
            await producer.send_and_wait(VISITS.name, b"4", key=b"k")
            assert await _next(tail, 1) == [b"4"]
        async with following(settings, [VISITS.name], from_start=True) as tail:
            assert await _next(tail, 4) == [b"1", b"2", b"3", b"4"]


async def _next(tail: Tail, count: int) -> list[bytes | None]:
    """What comes next, so many or more."""
    found: list[bytes | None] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(found) < count:
            found += [record.value for record in await tail.next()]
    return found


async def test_a_tail_of_no_topic_says_so(broker: Broker) -> None:
    with pytest.raises(CannotRun, match=r"no topic aftercare\.sails"):
        async with following(broker.settings(), ["aftercare.sails"], from_start=True):
            pass
