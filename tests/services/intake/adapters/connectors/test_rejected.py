"""What was rejected of a connector's records is kept, and no dead letter then."""

from typing import Any

import pytest

from services.intake.adapters.connectors.rejected import KeptOfConnectors
from services.intake.adapters.mappings import Mappings
from services.intake.adapters.rejected.store import Which
from services.intake.domain.rejected.content import Came, EventCame, RecordsCame
from services.intake.domain.rejected.row import RejectedRow
from tests.services.intake.given import BERLIN, PUDONG, event, visit
from tests.services.intake.given_connectors import TOPIC, connector, door, reasons, records, row
from tests.services.intake.world import World


async def kept(world: World, mappings: Mappings, *sent: object, **more: Any) -> list[Came | None]:
    """What is kept of what a connector sends."""
    intake = world.intake()
    keep = KeptOfConnectors(intake.keep, is_kept=lambda: intake.keeps, mappings=mappings)
    await door(world, mappings, connector(**more), keep=keep).take(records(*sent))
    found: list[RejectedRow] = []
    for dealer_id in (PUDONG, BERLIN):
        which = Which(dealer_id=dealer_id)
        found += await world.quarantine().page(which, before="", limit=99)
    assert {(each.way.door, each.way.name) for each in found} <= {("connector", TOPIC)}
    assert {each.dealer_id for each in found} <= {connector(**more).feed.dealer_id}
    opened = await world.quarantine().opened([each.rejected_id for each in found])
    return [opened[each.rejected_id][1] for each in found]


async def test_of_rows_what_the_mapping_or_intake_refuses(world: World, mappings: Mappings) -> None:
    refused, rejected = row(1, state="Li Lei"), row(2, closed="2026-10-01T12:00:00")
    found = await kept(world, mappings, refused, rejected, row(3))
    assert sorted(map(str, found)) == sorted(
        [str(RecordsCame([refused])), str(RecordsCame([rejected]))]
    )
    assert not reasons(world)


async def test_of_a_deleted_row_the_event_that_says_so(world: World, mappings: Mappings) -> None:
    deleted = {"op": "d", "before": row(2, closed="2026-10-01T12:00:00"), "after": None}
    (found,) = await kept(world, mappings, deleted, envelope="debezium", deletes=True)
    assert isinstance(found, EventCame)
    assert "voided" in str(found.value), "taken up again, it does not bring the row back"


async def test_of_events_those_that_are_rejected_once(world: World, mappings: Mappings) -> None:
    theirs = event("visit", visit(source="dms", dealer_id=BERLIN))
    assert await kept(world, mappings, theirs, mapping=None) == [EventCame(theirs)]
    assert not reasons(world)


@pytest.mark.parametrize("mapping", ["gone", None])
async def test_without_a_key_they_are_dead_letters(
    world: World, mappings: Mappings, mapping: str | None
) -> None:
    intake = world.intake(world.quarantine(seal=None))
    keep = KeptOfConnectors(intake.keep, is_kept=lambda: intake.keeps, mappings=mappings)
    connected = connector(mapping=mapping) if mapping is None else connector()
    sent = row(1, state="Li Lei") if mapping else event("visit", visit(source="other"))
    reading = door(world, mappings, connected, keep=keep, receive=intake.receive)
    await reading.take(records(sent))
    assert len(reasons(world)) == 1
    assert not world.rejected.rows
