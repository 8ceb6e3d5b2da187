"""What connectors write is taken as any feed is: nothing is lost, doubled, or in the way."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.intake.adapters.connectors.connectors_file import Connector
from services.intake.adapters.connectors.door import LOOK_EVERY, ConnectorsDoor, UnusableMapping
from services.intake.adapters.mappings import Mappings
from services.intake.domain.connectors.envelopes import Envelope
from services.intake.domain.examine.feed import Feed
from services.intake.domain.mappings.converted import Refused
from services.intake.domain.rejected.row import WayIn
from shared.contracts.http.intake import Item
from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import DEAD_LETTERS
from shared.platform.errors import TransientFailure
from shared.platform.publisher import Record
from tests.polled import polled
from tests.services.intake.given import BERLIN, event, message_of, visit
from tests.services.intake.given_connectors import (
    MAPPING,
    TOPIC,
    connector,
    door,
    reasons,
    records,
    row,
    visits,
)
from tests.services.intake.world import World


async def test_rows_are_taken_by_the_mapping_and_their_moments_in_its_zone(
    world: World, mappings: Mappings
) -> None:
    await door(world, mappings).take(records(row(1), [row(2), row(3)], None))
    assert visits(world) == {"RO-1": "closed", "RO-2": "closed", "RO-3": "closed"}
    first = message_of(world.publisher.records[0])
    assert isinstance(first, VisitRecorded)
    assert first.opened_at == datetime(2026, 11, 1, 1, tzinfo=UTC)
    assert not reasons(world)


@pytest.mark.parametrize("wrapped", [False, True])
async def test_changes_of_rows_and_deleted_ones(
    world: World, mappings: Mappings, wrapped: bool
) -> None:
    changes: list[Any] = [
        {"op": "r", "before": None, "after": row(1, state="open")},
        {"op": "u", "before": None, "after": row(1)},
        {"op": "c", "before": None, "after": row(2)},
        {"op": "d", "before": row(2), "after": None},
        {"op": "t"},
    ]
    sent = [{"schema": None, "payload": each} for each in changes] if wrapped else changes
    reading = door(world, mappings, connector(envelope="debezium", deletes=True))
    await reading.take(records(*sent, None))
    assert visits(world) == {"RO-1": "closed", "RO-2": "voided"}
    before = len(world.publisher.records)
    await reading.take(records(*sent[2:], None))
    assert visits(world)["RO-2"] == "voided", "what is read once more does not bring it back"
    assert len(world.publisher.records) == before
    assert not reasons(world)


async def test_what_is_deleted_is_ignored_unless_it_is_to_be_voided(
    world: World, mappings: Mappings
) -> None:
    deleted = {"op": "d", "before": row(1), "after": None}
    kept = door(world, mappings, connector(envelope="debezium"))
    await kept.take(records({"op": "c", "after": row(1)}, deleted))
    assert visits(world) == {"RO-1": "closed"}


async def test_events_come_as_they_are_or_with_their_attributes_in_headers(
    world: World, mappings: Mappings
) -> None:
    whole = event("visit", visit(source="dms"))
    parted = event("visit", visit(source="dms", ro_no="RO-2"))
    headers = tuple(
        (f"ce_{name}", str(value).encode()) for name, value in parted.items() if name != "data"
    )
    binary = polled(Record(TOPIC, b"k", json.dumps(parted["data"]).encode(), headers), offset=1)
    reading = door(world, mappings, connector(mapping=None))
    await reading.take([*records(whole), binary, *records(None)])
    assert len(visits(world)) == 2
    assert not reasons(world)


async def test_a_topic_says_nothing_of_another_dealer_or_source(
    world: World, mappings: Mappings
) -> None:
    theirs = event("visit", visit(source="dms", dealer_id=BERLIN))
    other = event("visit", visit(source="cdk"))
    await door(world, mappings, connector(mapping=None)).take(records(theirs, other))
    assert not visits(world)
    assert [reason.partition(" ")[0] for reason in reasons(world)] == [
        "invalid-event/dealer"
    ] * 1 + ["invalid-event/data"]


@pytest.mark.parametrize(
    ("value", "envelope", "reason"),
    [
        (b"{", "plain", "is not JSON"),
        (b"\xff\xfe", "plain", "is not valid in UTF-8"),
        (b"", "plain", "is not JSON"),
        (b'{"no": 1, "no": 2}', "plain", "a name twice"),
        (b"[" * 5_000, "plain", "is not JSON"),
        (b"7", "plain", "no event can be made of it: the record"),
        ({"Li Lei": 7}, "plain", "no event can be made of it: ro_no"),
        (row(1, state="Li Lei"), "plain", "no event can be made of it: status"),
        (row(1, closed="2026-10-01T12:00:00"), "plain", "invalid-event/data"),
        (row(1), "debezium", "it has no op"),
        (row(1), "connect", "has no schema and payload"),
    ],
)
async def test_what_cannot_be_taken_is_a_dead_letter_as_it_came_and_in_nobodys_way(
    world: World, mappings: Mappings, value: object, envelope: Envelope, reason: str
) -> None:
    def wrapped(each: object) -> object:
        match envelope:
            case "plain":
                return each
            case "connect":
                return {"schema": None, "payload": each}
            case _:
                return {"op": "c", "after": each}

    batch = records(wrapped(row(8)), value, wrapped(row(9)))
    await door(world, mappings, connector(envelope=envelope)).take(batch)
    assert visits(world).keys() == {"RO-8", "RO-9"}
    (told,) = reasons(world)
    assert reason in told
    assert "Li Lei" not in told
    (letter,) = (each for each in world.publisher.records if each.topic == DEAD_LETTERS.name)
    assert letter.value == batch[1].value


async def test_what_is_rejected_is_no_dead_letter_where_it_is_kept(
    world: World, mappings: Mappings
) -> None:
    told: list[tuple[Sequence[Any], Sequence[Item]]] = []

    async def keep(_: Connector, outcomes: Sequence[Any], items: Sequence[Item]) -> bool:
        told.append((outcomes, items))
        return True

    batch = records(row(1), row(2, state="?"), row(3, closed="2026-10-01T12:00:00"), b"{")
    await door(world, mappings, keep=keep).take(batch)
    ((outcomes, items),) = told
    assert [isinstance(each, Refused) for each in outcomes] == [False, True, False]
    assert [each.outcome for each in items] == ["accepted", "rejected"]
    assert outcomes[1].place == "partition 0, offset 1"
    (reason,) = reasons(world)
    assert "is not JSON" in reason


@pytest.mark.parametrize("trouble", ["publish", "find"])
async def test_while_the_broker_or_the_database_is_away_the_batch_waits(
    world: World, mappings: Mappings, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.platform.backoff.FIRST_WAIT_SECONDS", 0.0)
    away: list[Exception] = [TransientFailure("away"), TransientFailure("away")]
    if trouble == "publish":
        world.publisher.fail_next = away
    else:
        world.register.fail_next = away
    await door(world, mappings).take(records(row(1)))
    assert visits(world) == {"RO-1": "closed"}
    assert not reasons(world)


async def test_one_event_that_intake_fails_at_does_not_keep_the_others_out(
    world: World, mappings: Mappings
) -> None:
    async def receive(events: Sequence[object], *, only: Feed, way: WayIn | None) -> Sequence[Item]:
        if any("RO-2" in repr(each) for each in events):
            raise KeyError("Li Lei")
        return await world.intake().receive(events, only=only, way=way)

    await door(world, mappings, receive=receive).take(records(row(1), row(2), row(3)))
    assert visits(world).keys() == {"RO-1", "RO-3"}
    assert reasons(world) == ["intake failed: KeyError"]


@pytest.mark.parametrize(
    "now", ["", "title_en: [", MAPPING.replace("json", "csv"), MAPPING.replace("visit", "survey")]
)
async def test_a_mapping_that_is_gone_holds_its_topic_and_no_other(
    world: World, mappings: Mappings, tmp_path: Path, now: str
) -> None:
    (tmp_path / "others.yaml").write_text(MAPPING)
    reading = door(world, mappings, connector(deletes=True), connector("other", mapping="others"))
    (tmp_path / "orders.yaml").write_text(now) if now else (tmp_path / "orders.yaml").unlink()
    with pytest.raises(UnusableMapping):
        await reading.take(records(row(1)))
    world.clock.advance(LOOK_EVERY)
    assert await reading.is_outdated()
    assert reading.troubles == [
        "connectors: topic dms.repair_order waits: the mapping orders cannot be used"
    ]
    await reading.take(records(row(2), topic="other"))
    assert visits(world).keys() == {"RO-2"}
    (tmp_path / "orders.yaml").write_text(MAPPING)
    world.clock.advance(LOOK_EVERY)
    assert await reading.is_outdated()
    assert not reading.troubles


async def test_a_topic_that_is_missing_is_told_and_taken_up_once_it_is_there(
    world: World, mappings: Mappings
) -> None:
    topics = {"other"}

    async def there() -> Collection[str]:
        return topics

    reading = door(world, mappings, connector(), connector("other"), there=there)
    world.clock.advance(LOOK_EVERY)
    assert await reading.is_outdated()
    assert reading.troubles == ["connectors: topic dms.repair_order is missing"]
    assert not await reading.is_outdated()
    topics.add(TOPIC)
    assert not await reading.is_outdated(), "nobody asks all the time"
    world.clock.advance(LOOK_EVERY)
    assert await reading.is_outdated()
    assert not reading.troubles


async def test_without_connectors_nothing_is_read(world: World, mappings: Mappings) -> None:
    intake = world.intake()

    async def never() -> Collection[str]:
        raise AssertionError("nobody asks")

    none = ConnectorsDoor(
        [],
        intake.receive,
        world.publisher,
        mappings=mappings,
        monitor=intake.monitor,
        make_consumer=lambda _: pytest.fail("nothing polls"),
        there=never,
    )
    await none.run()
    assert not none.troubles
