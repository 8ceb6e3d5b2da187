"""What a connector writes, and the door that takes it, in memory, for tests."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from services.intake.adapters.connectors.connectors_file import Connector
from services.intake.adapters.connectors.door import ConnectorsDoor
from services.intake.adapters.mappings import Mappings
from services.intake.domain.connectors.envelopes import Envelope
from services.intake.domain.examine.feed import Feed
from shared.contracts.intake import VisitRecorded
from shared.contracts.topics import DEAD_LETTERS
from shared.platform.dead_letters import own_headers
from shared.platform.kafka import RawRecord
from shared.platform.publisher import Record
from tests.polled import polled
from tests.services.intake.given import DEALERS, PUDONG, held, message_of
from tests.services.intake.world import World

TOPIC = "dms.repair_order"
MAPPING = """
title_en: Repair orders of the tests
title_zh: 测试工单
reads: {format: json}
report: visit
fields:
  ro_no: no
  status: state
  opened_at: opened
  closed_at: closed
  customer.source_customer_id: customer
"""


def row(number: int, **more: Any) -> dict[str, Any]:
    """As the database has it: days and times by the dealer's clocks."""
    return {
        "no": f"RO-{number}",
        "state": "closed",
        "opened": "2026-11-01T09:00:00",
        "closed": "2026-11-01T12:00:00",
        "customer": f"C{number}",
    } | more


def connector(
    topic: str = TOPIC,
    *,
    mapping: str | None = "orders",
    envelope: Envelope = "plain",
    deletes: bool = False,
) -> Connector:
    dealer = DEALERS.find(PUDONG)
    assert dealer is not None
    return Connector(
        topic=topic,
        dealer=dealer,
        feed=Feed(dealer_id=PUDONG, source="dms"),
        mapping=mapping,
        envelope=envelope,
        deletes=deletes,
    )


def records(*values: object, topic: str = TOPIC) -> list[RawRecord]:
    """One after another in a partition."""
    return [
        polled(Record(topic, b"k", written_value(value), ()), offset=offset)
        for offset, value in enumerate(values)
    ]


def written_value(value: object) -> bytes | None:
    return value if isinstance(value, bytes) or value is None else json.dumps(value).encode()


def door(world: World, mappings: Mappings, *connectors: Connector, **more: Any) -> ConnectorsDoor:
    """Over the world's register and publisher; nothing polls."""
    intake = world.intake()

    async def there() -> Collection[str]:
        return [each.topic for each in connectors]

    def no_consumer(_: Sequence[str]) -> Any:
        raise AssertionError("nothing polls here")

    given: dict[str, Any] = {"make_consumer": no_consumer, "there": there} | more
    return ConnectorsDoor(
        connectors or [connector()],
        given.pop("receive", intake.receive),
        world.publisher,
        mappings=mappings,
        monitor=intake.monitor,
        clock=world.clock,
        **given,
    )


def visits(world: World) -> dict[str, str]:
    """Number -> its status, as consumers hold it."""
    return {number: status for number, (status, _) in held_visits(world).items()}


def held_visits(world: World) -> dict[str, tuple[str, str]]:
    """Number -> its status, and the number of its customer."""
    sent = (each for each in world.publisher.records if each.topic != DEAD_LETTERS.name)
    found = held(message_of(each) for each in sent).values()
    return {
        each.document_id.rpartition("/")[2]: (each.status, each.customer_key.rpartition("/")[2])
        for each in found
        if isinstance(each, VisitRecorded)
    }


def reasons(world: World) -> list[str]:
    letters = [each for each in world.publisher.records if each.topic == DEAD_LETTERS.name]
    return [own_headers(letter.headers)["reason"] for letter in letters]
