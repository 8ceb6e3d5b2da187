"""Nothing is refused in silence: each refusal is logged and counted, and none of it is content."""

from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.intake.adapters.monitor import (
    MOST_LOGGED,
    SOURCES_REFUSED,
    SOURCES_TAKEN,
    FeedMonitor,
    Sender,
)
from services.intake.domain.decode.body import UnreadableEvent
from services.intake.domain.findings import Finding
from services.intake.views.problems import invalid_event, reason_of, too_large, unreadable
from shared.contracts.http.intake import Item
from shared.contracts.http.problem import Problem
from tests.services.intake.given import DEALERS, PUDONG, event, visit
from tests.services.intake.world import World

SECRET = "Erika-Mustermann"
TYPE = "dev.aftercare.visit.reported.v1"


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with capture_logs() as found:
        yield found


def refusals(dealer: str, source: str, reason: str) -> float:
    labels = {"dealer": dealer, "source": source, "reason": reason}
    return REGISTRY.get_sample_value("aftercare_intake_refused_total", labels) or 0.0


def feed(dealer: str, source: str, outcome: str) -> float | None:
    labels = {"dealer": dealer, "source": source, "outcome": outcome}
    return REGISTRY.get_sample_value("aftercare_intake_feed_events_total", labels)


def wrong(vin: str = SECRET, **changes: object) -> dict[str, Any]:
    return event("visit", visit(**{"vehicle": {"vin": vin}, "source": "seen", **changes}))


async def test_a_refusal_is_logged_by_place_and_reason_and_counted_by_feed(
    world: World, logged: list[Any]
) -> None:
    reason = "invalid-event/vehicle"
    before = refusals(PUDONG, "seen", reason)
    await world.intake().receive([wrong(), wrong(), event("visit", visit(source="seen"))])
    assert logged == [
        {
            "event": "refused",
            "log_level": "warning",
            "reason": reason,
            "places": {"/data/vehicle/vin": 2},
            "dealer": PUDONG,
            "source": "seen",
            "type": TYPE,
            "events": 2,
        }
    ]
    assert refusals(PUDONG, "seen", reason) == before + 2
    assert (feed(PUDONG, "seen", "rejected") or 0) >= 2
    assert (feed(PUDONG, "seen", "accepted") or 0) >= 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (UnreadableEvent("no JSON"), "unreadable"),
        (UnreadableEvent("too many bytes", too_large=True), "too-large"),
        ([SECRET], "invalid-event/envelope"),
        ({SECRET: 1}, "invalid-event/envelope"),
        ({"id": SECRET, "type": SECRET, "source": SECRET, "data": {SECRET: SECRET}}, None),
        (wrong(dealer_id=f"{SECRET}/x".lower()), "invalid-event/dealer"),
        (wrong(ro_no={SECRET: [SECRET]}), "invalid-event/data"),
        (wrong(customer={"name": SECRET, SECRET: 1}), "invalid-event/customer"),
        (wrong(source=SECRET), "invalid-event/data"),
        (wrong(lines=[{SECRET: 1}]), "invalid-event/lines"),
    ],
)
async def test_nothing_that_was_sent_is_logged_or_a_label(
    world: World, logged: list[Any], raw: object, reason: str | None
) -> None:
    [item] = await world.intake().receive([raw])
    assert item.outcome == "rejected"
    assert item.problem is not None
    assert [entry["event"] for entry in logged] == ["refused"]
    assert reason in (None, logged[0]["reason"])
    told = f"{logged} {[sample for family in REGISTRY.collect() for sample in family.samples]}"
    assert SECRET.lower() not in told.lower()


def test_a_place_is_told_as_far_as_its_names_are_known(logged: list[Any]) -> None:
    found = invalid_event([Finding(f"/data/vehicle/{SECRET}/0", "not known")])
    FeedMonitor(DEALERS).events(
        [Sender(PUDONG)], [Item(index=0, outcome="rejected", problem=found)]
    )
    assert logged[0]["places"] == {"/data/vehicle": 1}


def test_strangers_cannot_make_it_name_more_than_a_few_things() -> None:
    seen, dealer = FeedMonitor(DEALERS), "sunrise/chicago"

    def told(prefix: str) -> set[str]:
        return {
            sample.labels["source"]
            for family in REGISTRY.collect()
            for sample in family.samples
            if sample.name == "aftercare_intake_feed_events_total"
            and sample.labels["dealer"] == dealer
            and sample.labels["source"].startswith(prefix)
        }

    def report(source: str, problem: Problem | None) -> None:
        outcome = "accepted" if problem is None else "rejected"
        item = Item.model_validate({"index": 0, "outcome": outcome, "problem": problem})
        seen.events([Sender(dealer, source, TYPE)], [item])

    for number in range(100):
        report(f"junk-{number}", unreadable("x"))
    assert len(told("junk-")) == SOURCES_REFUSED
    assert feed(dealer, "other", "rejected") == 100 - SOURCES_REFUSED
    for number in range(100):
        report(f"real-{number}", None)
    assert len(told("real-")) == SOURCES_TAKEN
    report("real-0", unreadable("x"))
    assert feed(dealer, "real-0", "rejected") == 1


def test_much_that_is_refused_at_once_is_not_logged_line_by_line(logged: list[Any]) -> None:
    senders = [Sender(PUDONG, "seen", kind) for kind in map(str, range(50))]
    items = [
        Item(index=index, outcome="rejected", problem=too_large("x"))
        for index in range(len(senders))
    ]
    FeedMonitor(DEALERS).events(senders, items)
    assert len(logged) == MOST_LOGGED + 1
    assert logged[-1]["more_reasons"] == 30


async def test_a_request_that_is_refused_as_a_whole_is_seen_too(logged: list[Any]) -> None:
    seen = FeedMonitor(DEALERS)
    before = refusals("unknown", "unknown", "unreadable")
    seen.request(unreadable("not JSON"))
    assert refusals("unknown", "unknown", "unreadable") == before + 1
    assert [(entry["event"], entry["reason"]) for entry in logged] == [("refused", "unreadable")]


def test_every_dealer_is_counted_from_the_start() -> None:
    FeedMonitor(DEALERS)
    for dealer in DEALERS.all():
        for outcome in ("accepted", "duplicate", "rejected"):
            assert feed(dealer.id, "unknown", outcome) is not None
            labels = {"outcome": outcome, "type": TYPE, "dealer": dealer.id}
            assert REGISTRY.get_sample_value("aftercare_intake_events_total", labels) is not None


def test_a_reason_is_one_of_a_few_words() -> None:
    places = ["", "/id", "/data/dealer_id", "/data/parties/0/customer", "/data/ro_no", "/type"]
    assert [reason_of(invalid_event([Finding(place, "")])) for place in places] == [
        f"invalid-event/{name}"
        for name in ("envelope", "envelope", "dealer", "customer", "data", "type")
    ]
