"""What is stored is counted by one instance for all, and is right after any restart."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from prometheus_client import REGISTRY, Counter, Gauge

from shared.dealers.dealer import Dealer
from shared.decider.decision import NOTHING_DUE, Listing
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from shared.runtime.aggregate import Aggregate
from shared.runtime.census import Census, Counting, GaugeValue
from shared.runtime.counted import begin_service
from shared.runtime.ownership import Ownership, Pulse
from shared.testing.clock import ManualClock
from shared.testing.store import MemoryStore
from tests.dealers import DEALERS
from tests.shared.runtime.toy import START, TOY

SHOWN = Gauge("aftercare_test_census", "Of this test alone.", ["dealer", "what"])
DAY = timedelta(days=1)


def count(
    dealer: Dealer, opened: Sequence[Listing], begun: Sequence[Listing], now: datetime
) -> Iterator[GaugeValue]:
    yield GaugeValue(SHOWN, (dealer.id, "open"), len(opened))
    yield GaugeValue(SHOWN, (dealer.id, "begun"), len(begun))
    if begun:
        yield GaugeValue(SHOWN, (dealer.id, "some"), 1)


def count_totals(
    dealer: Dealer, totals: Mapping[str, Mapping[str, int]], now: datetime
) -> Iterator[GaugeValue]:
    for name, number in totals.get(f"{now:%Y-%m}", {}).items():
        yield GaugeValue(SHOWN, (dealer.id, name), number)


def aggregate(number: int, listing: Listing | None) -> Aggregate:
    return Aggregate(
        id=f"sunrise/berlin/dms/{number}",
        dealer_id="sunrise/berlin",
        partition=3,
        version=1,
        facts="{}",
        emitted={},
        due_at=None,
        policy_version="",
        updated_at=START,
        parked=None,
        listing=listing,
    )


class Away(MemoryStore):
    away = False

    async def open_listings(self, dealer_id: str) -> Sequence[Listing]:
        if self.away:
            raise TransientFailure("database: no reply")
        return await super().open_listings(dealer_id)


class Instance:
    def __init__(self, store: MemoryStore, *, within: timedelta = DAY) -> None:
        self.ownership = Ownership(Pulse(limit_seconds=5, monotonic=lambda: 0.0))
        self.counting = Counting(
            Census(count=count, began_within=within, count_totals=count_totals),
            service="toy",
            store=store,
            dealers=DEALERS.all(),
            ownership=self.ownership,
            clock=ManualClock(START),
            totals=self.totals,
        )

    async def totals(self, dealer_id: str) -> Mapping[str, Mapping[str, int]]:
        return {f"{START:%Y-%m}": {"total": 7}} if dealer_id == "sunrise/berlin" else {}


def shown(what: str, dealer: str = "sunrise/berlin") -> float | None:
    return REGISTRY.get_sample_value("aftercare_test_census", {"dealer": dealer, "what": what})


@pytest.fixture
async def store() -> Away:
    SHOWN.clear()
    made = Away()
    await made.save(
        [
            aggregate(1, Listing(START - DAY / 2, NOTHING_DUE, {})),
            aggregate(2, Listing(START - 3 * DAY, START, {})),
            aggregate(3, Listing(START - DAY / 3, None, {})),
            aggregate(4, None),
        ]
    )
    return made


async def test_the_owner_of_the_first_partition_counts_what_is_stored(store: Away) -> None:
    counts, other = Instance(store), Instance(store)
    await counts.ownership.gained([0, 1])
    await other.ownership.gained([2, 3])
    await other.counting.turn()
    assert shown("open") is None
    await counts.counting.turn()
    assert (shown("open"), shown("begun"), shown("total")) == (2, 2, 7)
    assert shown("total", "sunrise/pudong") is None
    assert (shown("open", "sunrise/pudong"), shown("begun", "sunrise/pudong")) == (0, 0)
    await other.counting.turn()
    assert shown("open") == 2


async def test_who_counts_no_more_shows_nothing(store: Away) -> None:
    counts = Instance(store)
    await counts.ownership.gained([0])
    await counts.counting.turn()
    await counts.ownership.gained([1])
    await counts.counting.turn()
    assert shown("open") is shown("begun") is None


async def test_what_is_gone_is_not_shown_any_more(store: Away) -> None:
    counts = Instance(store, within=DAY)
    await counts.ownership.gained([0])
    await counts.counting.turn()
    assert shown("some") == 1
    few = Instance(MemoryStore())
    few.counting._shown = counts.counting._shown
    await few.ownership.gained([0])
    await few.counting.turn()
    assert (shown("some"), shown("open")) == (None, 0)


async def test_while_the_database_is_away_all_stays_as_it_was(store: Away) -> None:
    counts = Instance(store)
    await counts.ownership.gained([0])
    await counts.counting.turn()
    store.away = True
    with pytest.raises(TransientFailure):
        await counts.counting.turn()
    assert shown("open") == 2


def test_counters_are_there_at_zero_before_their_first_event() -> None:
    counter = Counter("aftercare_test_begun", "Of this test alone.", ["dealer", "kind"])
    metrics.begin(counter, ["a/b", "c/d"], ["x", "y"])
    found = {
        tuple(sample.labels.values()): sample.value
        for sample in next(iter(counter.collect())).samples
        if sample.name.endswith("_total")
    }
    assert found == {(dealer, kind): 0 for dealer in ("a/b", "c/d") for kind in ("x", "y")}


def test_a_service_counts_from_zero_what_it_reads_and_writes() -> None:
    begin_service("toy-begun", topics=["t"], types=list(TOY.writing))
    for name, labels in (
        ("dead_letters", {"topic": "t"}),
        ("records_consumed", {"topic": "t"}),
        ("policy_refused", {}),
        *(("messages_published", {"type": type_}) for type_ in TOY.writing),
    ):
        value = REGISTRY.get_sample_value(
            f"aftercare_{name}_total", {"service": "toy-begun", **labels}
        )
        assert value == 0, name
