"""The audit of what is open: each planted fault is found, put right and counted; else, nothing.

An aggregate whose listing lost its deadline cannot be found by it: a test says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.contracts.identifiers import customer_key, dealer_of
from shared.platform.errors import TransientFailure
from shared.runtime import audit
from shared.runtime.aggregate import Aggregate
from shared.runtime.audit import AUDIT_PAGE, GRACE, QUERIES_A_TURN
from shared.runtime.plan import park
from shared.testing.store import MemoryStore
from shared.time.clock import SystemClock
from tests.metrics import Metrics
from tests.shared.runtime.instance import Instance
from tests.shared.runtime.toy import DAY, DEALER, LISTED, START, visit

CUSTOMER = customer_key(DEALER, "dms", "1")
SECOND = timedelta(seconds=1)
LATE = GRACE + SECOND


class Store(MemoryStore):
    """A store that tells how much was read of it, may be away, and loses what was planted."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[int] = []
        self.away = False
        self.hides_what_is_due = False
        self.before_it_reads: Callable[[], None] = lambda: None

    async def open_by_deadline(
        self,
        dealer_id: str,
        *,
        after: tuple[datetime, str] | None,
        limit: int,
        before: datetime | None = None,
    ) -> Sequence[Aggregate]:
        if self.away:
            raise TransientFailure("database: no reply")
        self.before_it_reads()
        found = await super().open_by_deadline(dealer_id, after=after, limit=limit, before=before)
        self.read.append(len(found))
        return found

    async def due(self, until: Mapping[int, datetime], *, limit: int) -> Sequence[Aggregate]:
        return [] if self.hides_what_is_due else await super().due(until, limit=limit)


class Audited(Instance):
    """An instance of a service with a name of its own, and what that has counted so far."""

    def __init__(
        self, store: Store, name: str, dealers: Sequence[str] = (DEALER,), **decider: object
    ) -> None:
        renamed = replace(LISTED, name=name, **decider)  # type: ignore[arg-type] # any field
        super().__init__(store, renamed, dealers=dealers)
        self.counted = Metrics(name).value

    async def page(self) -> None:
        """The next turn that has a page of the audit."""
        self.monotonic += audit.SECONDS_A_PAGE
        await self.wake()

    async def look(self) -> None:
        """Pages until a pass is over, with no time passing for the service."""
        passes = self.counted("audit_passes_total")
        for _ in range(100):
            await self.page()
            if self.counted("audit_passes_total") > passes:
                return
        raise AssertionError("a pass does not end")

    def repairs(self) -> dict[str, float]:
        faults = ("overdue", "unannounced", "deadline", "listing")
        counts = {fault: self.counted("audit_repairs_total", fault=fault) for fault in faults}
        return {fault: count for fault, count in counts.items() if count}


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def audited(store: Store, request: pytest.FixtureRequest) -> Audited:
    """Partition 0, with one open visit of customer 1; its alarm is due a day after the start."""
    made = Audited(store, request.node.name)
    await made.ownership.gained([0])
    await made.take(0, visit(status="open"))
    made.clock.advance(SECOND)
    return made


async def stored(store: Store, id_: str = CUSTOMER) -> Aggregate:
    return (await store.load([id_]))[id_]


async def plant(store: Store, change: Callable[[Aggregate], Aggregate]) -> None:
    """Change what is stored behind everybody's back."""
    known = await stored(store)
    await store.save([replace(change(known), version=known.version + 1)])


async def is_as_it_was(store: Store, before: Aggregate) -> bool:
    known = await stored(store)
    return replace(known, version=0, updated_at=START) == replace(
        before, version=0, updated_at=START
    )


async def test_where_nothing_is_wrong_nothing_is_changed(store: Store, audited: Audited) -> None:
    before, said = await stored(store), len(audited.publisher.records)
    for _ in range(3):
        await audited.look()
    assert await stored(store) == before
    assert len(audited.publisher.records) == said
    assert audited.repairs() == {}
    assert audited.counted("audit_checked_total") == 3
    assert audited.counted("audit_passes_total") == 3


@pytest.mark.parametrize("due_at", [None, START + 9 * DAY, START + timedelta(hours=1)])
async def test_a_deadline_lost_put_off_or_early_is_set_right(
    store: Store, audited: Audited, due_at: datetime | None
) -> None:
    before = await stored(store)
    await plant(store, lambda known: replace(known, due_at=due_at))
    await audited.look()
    assert audited.repairs() == {"deadline": 1}
    assert await is_as_it_was(store, before)
    await audited.look()
    assert audited.repairs() == {"deadline": 1}


async def test_what_was_lost_until_after_its_deadline_is_announced(
    store: Store, audited: Audited
) -> None:
    await plant(store, lambda known: replace(known, due_at=None))
    audited.clock.set(START + DAY)
    await audited.look()
    assert audited.repairs() == {"unannounced": 1}
    assert len(audited.alarms()) == 1


async def test_an_announcement_that_was_never_made_is_made(store: Store, audited: Audited) -> None:
    audited.clock.set(START + DAY)
    await audited.wake()
    assert len(audited.alarms()) == 1
    await plant(
        store,
        lambda known: replace(
            known, emitted={a: e for a, e in known.emitted.items() if a == "score"}
        ),
    )
    await audited.look()
    assert audited.repairs() == {"unannounced": 1}
    assert len(audited.alarms()) == 2


async def test_a_listing_that_is_wrong_is_set_right(store: Store, audited: Audited) -> None:
    before = await stored(store)
    assert before.listing is not None
    wrong = replace(before.listing, tally={}, deadline=START)
    await plant(store, lambda known: replace(known, listing=wrong))
    await audited.look()
    assert audited.repairs() == {"listing": 1}
    assert await is_as_it_was(store, before)


async def test_what_the_timers_do_not_find_is_found_after_a_minute(
    store: Store, audited: Audited
) -> None:
    store.hides_what_is_due = True
    audited.clock.set(START + DAY + GRACE - SECOND)
    await audited.look()
    assert (audited.repairs(), audited.alarms()) == ({}, [])
    audited.clock.advance(SECOND)
    await audited.look()
    assert audited.repairs() == {"overdue": 1}
    assert len(audited.alarms()) == 1


async def test_a_clock_that_jumps_after_the_sweep_looked_makes_nothing_overdue(
    store: Store, audited: Audited
) -> None:
    store.before_it_reads = lambda: audited.clock.set(START + 2 * DAY)
    await audited.page()
    assert (audited.repairs(), audited.alarms()) == ({}, [])


async def test_what_was_said_by_a_clock_ahead_is_not_taken_back(
    store: Store, audited: Audited
) -> None:
    audited.clock.set(START + DAY)
    await audited.wake()
    audited.clock.advance(-SECOND)
    await audited.look()
    assert audited.repairs() == {}
    assert audited.counted("audit_checked_total") == 0


async def test_another_policy_is_the_scan_s_work(store: Store, audited: Audited) -> None:
    await plant(store, lambda known: replace(known, policy_version="another", due_at=None))
    await audited.look()
    assert audited.repairs() == {}


async def test_what_is_parked_is_left_to_its_retry(store: Store, audited: Audited) -> None:
    await plant(store, lambda known: park(known, "decide raised", audited.clock.now()))
    await audited.look()
    assert audited.counted("audit_checked_total") == 0


async def test_what_cannot_be_decided_now_is_left_to_its_deadline(
    store: Store, request: pytest.FixtureRequest
) -> None:
    def decide(*_: object) -> None:
        raise ValueError

    maker = Audited(store, request.node.name)
    await maker.ownership.gained([0])
    await maker.take(0, visit(status="open"))
    before = await stored(store)
    broken = Audited(store, request.node.name, decide=decide)
    await broken.ownership.gained([0])
    await broken.look()
    assert (await stored(store), broken.repairs()) == (before, {})


async def test_another_instance_s_partitions_are_left_alone(
    store: Store, audited: Audited, request: pytest.FixtureRequest
) -> None:
    await plant(store, lambda known: replace(known, due_at=None))
    other = Audited(store, f"{request.node.name} elsewhere")
    await other.ownership.gained([1])
    other.clock.advance(SECOND)
    await other.look()
    assert (other.repairs(), other.counted("audit_checked_total")) == ({}, 0)
    assert (await stored(store)).due_at is None
    await audited.look()
    assert audited.repairs() == {"deadline": 1}


async def test_turns_are_bounded_and_go_on_where_the_last_one_ended(
    store: Store, audited: Audited
) -> None:
    count = 2 * AUDIT_PAGE + 50
    await audited.take(0, *(visit(customer=str(n), status="open") for n in range(2, count + 1)))
    store.read.clear()
    for passes in (1, 2):
        while audited.counted("audit_passes_total") < passes:
            queries = len(store.read)
            await audited.page()
            read = store.read[queries:]
            assert len(read) <= QUERIES_A_TURN
            assert sum(read) < 1.5 * AUDIT_PAGE
        assert audited.counted("audit_checked_total") == passes * count


async def test_all_dealers_that_it_is_given_are_looked_at(store: Store, audited: Audited) -> None:
    pattern = await stored(store)
    dealers = [f"sunrise/dealer-{n:02d}" for n in range(3)]
    ids = [f"{dealer}/dms/1" for dealer in dealers]
    await store.save([replace(pattern, id=id_, dealer_id=dealer_of(id_), version=1) for id_ in ids])
    for given_, checked in ((dealers, 3), ([], 0), ([DEALER, dealers[1]], 2)):
        instance = Audited(store, f"audited {given_}", dealers=given_)
        await instance.ownership.gained([0])
        instance.clock.advance(SECOND)
        for _ in range(100):
            await instance.page()
            if not given_ or instance.counted("audit_passes_total"):
                break
        assert instance.counted("audit_checked_total") == checked


async def test_at_most_a_page_a_second_and_none_beside_a_deadline(
    store: Store, audited: Audited
) -> None:
    await audited.page()
    queries = len(store.read)
    assert queries == QUERIES_A_TURN
    await audited.wake()
    assert len(store.read) == queries
    audited.clock.set(START + DAY)
    await audited.page()
    assert (len(store.read), len(audited.alarms())) == (queries, 1)
    await audited.wake()
    assert len(store.read) > queries


async def test_a_turn_ends_when_it_takes_long(store: Store, audited: Audited) -> None:
    def slow() -> None:
        audited.monotonic += 0.06

    store.before_it_reads = slow
    await audited.page()
    assert len(store.read) == 2


async def test_after_a_failure_the_same_window_comes_again_and_no_deadline_waits(
    store: Store, audited: Audited
) -> None:
    await plant(store, lambda known: replace(known, due_at=None))
    store.away = True
    await audited.page()
    assert audited.repairs() == {}
    store.away = False
    await audited.take(0, visit(customer="2", status="open"))
    audited.clock.set(START + DAY)
    await audited.page()
    assert audited.alarms() == [customer_key(DEALER, "dms", "2").encode()]
    audited.monotonic += audit.SECONDS_AFTER_FAILURE
    await audited.look()
    assert audited.repairs() == {"unannounced": 1}


async def test_a_repair_that_was_cut_off_is_finished(store: Store, audited: Audited) -> None:
    await plant(store, lambda known: replace(known, due_at=None))
    audited.clock.set(START + DAY)
    audited.publisher.fail_next = [TransientFailure("broker: away")]
    while audited.publisher.fail_next:
        await audited.page()
    assert audited.alarms() == []
    await audited.wake()
    assert len(audited.alarms()) == 1
    assert await store.intents([0]) == []


async def test_after_a_slow_page_it_rests_longer(store: Store, audited: Audited) -> None:
    def slow() -> None:
        audited.monotonic += 0.5

    store.before_it_reads = slow
    await audited.page()
    await audited.page()
    assert len(store.read) == 1
    audited.monotonic += 100
    await audited.page()
    assert len(store.read) == 2


async def test_it_tells_when_it_last_ran(store: Store, audited: Audited) -> None:
    began = SystemClock().now().timestamp()
    await audited.page()
    assert audited.counted("audit_last_run_timestamp_seconds") >= began
    store.away = True
    last = audited.counted("audit_last_run_timestamp_seconds")
    await audited.page()
    assert audited.counted("audit_last_run_timestamp_seconds") == last


async def test_a_decider_that_is_not_listed_is_not_audited(store: Store) -> None:
    plain = Audited(store, "not audited", listed=False)
    await plain.ownership.gained([0])
    await plain.take(0, visit(status="open"))
    await plain.page()
    assert store.read == []


async def test_what_lost_its_deadline_in_the_listing_is_not_found_but_its_timer_mends_it(
    store: Store, audited: Audited
) -> None:
    """The limit of the audit: it walks the listing. Both lost at once, it stays silent."""
    before = await stored(store)
    assert before.listing is not None
    lost = replace(before.listing, deadline=None)
    await plant(store, lambda known: replace(known, listing=lost))
    await audited.look()
    assert audited.repairs() == {}
    audited.clock.set(START + DAY)
    await audited.wake()
    assert len(audited.alarms()) == 1
    mended = (await stored(store)).listing
    assert mended is not None
    assert mended.deadline is not None


async def test_what_is_closed_is_not_looked_at(audited: Audited) -> None:
    await audited.take(0, visit(revision=2, status="closed"))
    audited.clock.advance(SECOND)
    await audited.look()
    assert audited.counted("audit_checked_total") == 0


async def test_a_pass_ends_though_the_clock_runs_as_fast_as_its_windows(
    store: Store, audited: Audited
) -> None:
    """As with long rests after slow pages, or by a scaled clock."""
    store.before_it_reads = lambda: audited.clock.advance(timedelta(minutes=2))
    await audited.look()
    assert audited.counted("audit_checked_total") == 1
