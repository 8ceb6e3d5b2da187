"""Consumption on a real broker: batches, poison, retries, rebalances, draining."""

import json
from dataclasses import replace
from datetime import datetime

import pytest

from shared.contracts.envelope import from_headers
from shared.contracts.identifiers import customer_key
from shared.contracts.topics import DEAD_LETTERS, SCORES, VISITS
from shared.platform.dead_letters import own_headers
from shared.platform.publisher import Record
from shared.platform.validate import to_event
from shared.settings import MongoSettings, RuntimeSettings, ServiceSettings
from tests.polled import polled, written
from tests.servers import Broker
from tests.shared.runtime.on_servers import (
    publisher_to,
    read_all,
    record_of,
    running,
    until,
    visits_held,
)
from tests.shared.runtime.toy import DEALER, TOY, ToyPolicy, visit

pytestmark = pytest.mark.broker


@pytest.fixture
def settings(fresh_broker: Broker, mongo_settings: MongoSettings) -> ServiceSettings:
    return ServiceSettings(
        kafka=fresh_broker.settings(),
        mongo=mongo_settings,
        runtime=RuntimeSettings(poison_in_a_row=20),
    )


async def test_a_thousand_events_end_in_documents_and_scores(settings: ServiceSettings) -> None:
    events = [visit(n, customer=str(n % 100)) for n in range(1000)]
    async with publisher_to(settings.kafka) as publisher, running(settings) as runtime:
        await publisher.publish([record_of(found) for found in events])

        async def all_held() -> bool:
            return await visits_held(runtime) == 1000

        async def all_said() -> bool:
            latest: dict[str, tuple[int, int]] = {}
            for record in await written(settings.kafka, SCORES.name):
                said, content = from_headers(record.headers), json.loads(record.value or b"")
                found = (int(said["sequence"]), content["score"])
                latest[said["subject"]] = max(found, latest.get(said["subject"], found))
            return sorted(score for _, score in latest.values()) == [100] * 100

        await until(all_held)
        await until(all_said)
        assert await runtime.troubles() == []


def poison() -> list[Record]:
    good = record_of(visit("p", customer="7"))
    headers = dict(good.headers)
    return [
        Record(VISITS.name, good.key, b"not json", good.headers),
        Record(VISITS.name, good.key, b"\xff\xfe\x00", good.headers),
        Record(VISITS.name, good.key, None, good.headers),
        Record(VISITS.name, good.key, good.value, ()),
        Record(VISITS.name, good.key, good.value, (("ce_type", None),)),
        Record(VISITS.name, good.key, good.value, (("ce_type", b"\xff\xfe"),)),
        Record(VISITS.name, None, good.value, good.headers),
        Record(VISITS.name, b"\xff", good.value, good.headers),
        Record(VISITS.name, b"someone/else/entirely/9", good.value, good.headers),
        Record(VISITS.name, good.key, b"[" * 100_000, good.headers),
        Record(VISITS.name, good.key, b'{"status":"closed"}', good.headers),
        Record(
            VISITS.name,
            good.key,
            good.value,
            tuple((headers | {"ce_recordedtime": b"yesterday"}).items()),
        ),
        record_of(visit("r", customer="7", department="raises in join")),
    ]


async def test_poison_in_good_traffic_becomes_dead_letters(settings: ServiceSettings) -> None:
    async with publisher_to(settings.kafka) as publisher, running(settings) as runtime:
        bad = poison()
        await publisher.publish([record_of(visit(n, customer="7")) for n in range(5)])
        for number, record in enumerate(bad):
            await publisher.publish([record, record_of(visit(f"g{number}", customer="7"))])

        async def all_held() -> bool:
            return await visits_held(runtime) == 5 + len(bad)

        await until(all_held)
        letters = await read_all(settings.kafka, DEAD_LETTERS.name, len(bad))
    sent = sorted((record.key or b"", record.value or b"") for record in bad)
    assert sorted((letter.key or b"", letter.value or b"") for letter in letters) == sent
    for letter in letters:
        headers = own_headers(letter.headers)
        reason = headers["reason"]
        assert headers["topic"] == VISITS.name
        assert reason
        assert "closed" not in reason


async def test_unknown_types_are_skipped(settings: ServiceSettings) -> None:
    other = record_of(visit())
    unknown = tuple((dict(other.headers) | {"ce_type": b"dev.aftercare.other.v9"}).items())
    async with publisher_to(settings.kafka) as publisher, running(settings) as runtime:
        await publisher.publish([Record(VISITS.name, other.key, b"{}", unknown), other])

        async def held() -> bool:
            return await visits_held(runtime) == 1

        await until(held)


async def test_a_policy_that_a_watch_finds_is_followed_by_all_that_is_stored(
    settings: ServiceSettings,
) -> None:
    published: list[ToyPolicy] = []

    async def watch(_: datetime) -> ToyPolicy | None:
        return published[-1] if published else None

    async def held() -> bool:
        return await visits_held(runtime) == 5

    async def followed() -> bool:
        versions = {snapshot.policy_version for snapshot in await runtime.reader.page(DEALER)}
        return versions == {published[-1].version}

    events = [visit(n, customer=str(n)) for n in range(5)]
    async with publisher_to(settings.kafka) as publisher, running(settings, watch) as runtime:
        await publisher.publish([record_of(found) for found in events])
        await until(held)
        published.append(ToyPolicy(points=20))
        await until(followed)
        assert runtime.reader.policy == ToyPolicy(points=20)
    said = [json.loads(found.value) for found in await read_all(settings.kafka, SCORES.name, 10)]
    assert sorted(found["score"] for found in said) == [10] * 5 + [20] * 5


def test_a_message_of_another_service_has_its_sequence() -> None:
    """0 where there is none that can be kept."""
    said = {"17": 17, "": 0, "-1": 0, "1.5": 0, "x": 0, "9" * 19: 0}
    for text, sequence in said.items():
        record = record_of(visit())
        headers = [*record.headers, ("ce_sequence", text.encode())]
        found = to_event(polled(replace(record, headers=tuple(headers))), TOY.reading)
        assert found is not None
        assert found.sequence == sequence


async def test_too_much_poison_in_a_row_stops_the_service(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[int] = []
    monkeypatch.setattr("shared.runtime.lifecycle.os.kill", lambda _, sig: stopped.append(sig))
    async with publisher_to(settings.kafka) as publisher, running(settings) as runtime:
        await publisher.publish(
            [
                Record(
                    VISITS.name, customer_key(DEALER, "dms", str(n)).encode(), b"?", GOOD_HEADERS
                )
                for n in range(25)
            ]
        )

        async def gave_up() -> bool:
            return runtime.gave_up_because is not None

        await until(gave_up)
        (trouble,) = await runtime.troubles()
        assert "more than 20 unreadable records" in trouble
        assert stopped


GOOD_HEADERS = record_of(visit()).headers


async def test_instances_share_the_partitions_and_take_over(settings: ServiceSettings) -> None:
    async with publisher_to(settings.kafka) as publisher, running(settings) as first:

        async def owns_all() -> bool:
            return len(first._ownership.partitions) == 6

        await until(owns_all)
        async with running(settings) as second:
            sent = 0

            async def shared() -> bool:
                nonlocal sent
                await publisher.publish(
                    [record_of(visit(sent + n, customer=str(n))) for n in range(50)]
                )
                sent += 50
                return len(first._ownership.partitions) == 3 == len(second._ownership.partitions)

            await until(shared)
            owned = first._ownership.partitions | second._ownership.partitions
            assert owned == frozenset(range(6))
        await until(owns_all)

        async def all_held() -> bool:
            return await visits_held(first) == sent

        await until(all_held)
        assert first._ownership.partitions == frozenset(range(6))
