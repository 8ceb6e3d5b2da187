"""The round of work: what it writes and sends, and what a crash at each step leaves behind."""

from datetime import timedelta

import pytest

from shared.contracts.identifiers import customer_key
from shared.platform.errors import Conflict, OwnershipLost, RefusedMessage, TransientFailure
from shared.runtime.plan import Work
from shared.runtime.reconcile import UNSAID
from shared.runtime.store import Store
from tests.shared.runtime.house import CUSTOMER, PARTITION, Crash, House, attributes
from tests.shared.runtime.toy import DEALER, START, ToyFacts, event, visit


@pytest.fixture
def house(store: Store) -> House:
    return House(store)


async def test_a_first_event_writes_one_document_and_sends_its_score(house: House) -> None:
    await house.take(visit())
    stored = await house.aggregate()
    assert (stored.version, stored.partition, stored.dealer_id) == (1, PARTITION, DEALER)
    (record,) = house.publisher.records
    sent = attributes(record)
    assert record.key == CUSTOMER.encode()
    assert record.topic == "aftercare.scores"
    assert sent["type"] == "dev.aftercare.score.changed.v1"
    assert sent["dealerid"] == DEALER
    assert sent["causationid"] == event(visit()).id
    assert int(sent["sequence"]) == stored.emitted["score"].sequence
    assert await house.store.intents(range(6)) == []


async def test_a_duplicate_changes_nothing(house: House) -> None:
    await house.take(visit())
    await house.take(visit(), visit())
    assert (await house.aggregate()).version == 1
    assert house.sent() == ["score"]


async def test_an_older_version_changes_nothing(house: House) -> None:
    await house.take(visit(revision=2))
    await house.take(visit(revision=1))
    assert (await house.aggregate()).version == 1


async def test_many_customers_take_one_bulk_and_one_publish(house: House) -> None:
    await house.take(*(visit(customer=str(n)) for n in range(50)))
    assert len(house.publisher.records) == 50
    assert len({attributes(record)["id"] for record in house.publisher.records}) == 50


async def test_sequences_of_a_subject_rise_within_one_millisecond(house: House) -> None:
    for number in range(3):
        await house.take(visit(number))
    sequences = [int(attributes(record)["sequence"]) for record in house.publisher.records]
    assert sequences == sorted(set(sequences))
    assert len({attributes(record)["subject"] for record in house.publisher.records}) == 1


async def test_an_announcement_comes_at_its_time_and_is_sealed(house: House) -> None:
    await house.take(visit(status="open"))
    house.clock.set(START + timedelta(days=1))
    await house.wake()
    assert house.sent() == ["score", "grade"]
    house.clock.advance(timedelta(days=3))
    await house.take(visit(2))
    assert house.sent() == ["score", "grade", "score"]


async def test_an_announcement_that_later_facts_disprove_is_withdrawn(house: House) -> None:
    await house.take(visit(status="open"))
    house.clock.set(START + timedelta(days=1))
    await house.wake()
    await house.take(visit(revision=2, status="closed"))
    assert house.sent() == ["score", "grade", "grade-change"]
    announced, withdrawn = (attributes(record) for record in house.publisher.records[1:])
    assert announced["subject"] == withdrawn["subject"]
    assert int(announced["sequence"]) < int(withdrawn["sequence"])
    assert b'"withdrawn":{' in (house.publisher.records[-1].value or b"")


async def test_what_was_withdrawn_can_be_announced_anew(house: House) -> None:
    await house.take(visit(status="open"))
    house.clock.set(START + timedelta(days=1))
    await house.wake()
    await house.take(visit(revision=2, status="closed"))
    await house.take(visit(revision=3, status="open"))
    assert house.sent() == ["score", "grade", "grade-change", "grade"]


async def test_an_event_that_cannot_be_joined_harms_no_other(house: House) -> None:
    poison = await house.take(
        visit(1), visit(2, department="raises in join"), visit(3), visit(1, customer="2")
    )
    (reason,) = poison
    assert reason.startswith("join raised ValueError at toy.py:")
    facts = ToyFacts.model_validate_json((await house.aggregate()).facts)
    assert len(facts.visits) == 2
    assert len(house.publisher.records) == 2


async def test_a_decide_that_raises_parks_the_aggregate_with_its_facts_saved(
    house: House,
) -> None:
    await house.take(*(visit(n) for n in range(12)))
    await house.take(visit(12))
    stored = await house.aggregate()
    assert stored.parked is not None
    assert stored.parked.reason.startswith("decide raised ValueError at toy.py:")
    assert len(ToyFacts.model_validate_json(stored.facts).visits) == 13
    assert house.sent() == ["score"]
    assert stored.due_at is not None
    house.clock.set(stored.due_at)
    await house.wake()
    again = await house.aggregate()
    assert again.parked is not None
    assert again.parked.attempts == 2
    await house.take(visit(13))
    assert (await house.aggregate()).parked is None
    assert house.sent() == ["score", "score"]


async def test_an_output_the_broker_refuses_parks_its_aggregate_alone(house: House) -> None:
    house.publisher.fail_next.append(RefusedMessage([0]))
    await house.take(visit(customer="1"), visit(customer="2"))
    refused = await house.aggregate()
    assert refused.parked is not None
    assert refused.emitted["score"].hash == UNSAID
    other = await house.aggregate(customer_key(DEALER, "dms", "2"))
    assert other.parked is None
    assert refused.due_at is not None
    house.clock.set(refused.due_at)
    await house.wake()
    assert (await house.aggregate()).parked is None
    assert house.sent() == ["score"]


async def test_after_a_refusal_sequences_rise_though_another_clock_is_behind(house: House) -> None:
    await house.take(visit(1))
    house.publisher.fail_next.append(RefusedMessage([0]))
    await house.take(visit(2))
    house.clock.advance(-timedelta(minutes=1))
    await house.take(visit(3))
    before, after = (int(attributes(record)["sequence"]) for record in house.publisher.records)
    assert before < after


STEPS = [
    ("intent", "before"),
    ("intent", "after"),
    ("save", "before"),
    ("save", "after"),
    ("save", "later"),
    ("remove", "before"),
    ("remove", "after"),
]


@pytest.mark.parametrize(("step", "moment"), STEPS)
@pytest.mark.parametrize("fault", [Crash(), TransientFailure("reply lost")])
async def test_a_crash_or_lost_reply_at_any_step_loses_and_doubles_nothing(
    house: House, step: str, moment: str, fault: BaseException
) -> None:
    house.store.faults[step] = (moment, fault)
    with pytest.raises((Crash, TransientFailure)):
        await house.take(visit(1), visit(1, customer="2"))
    if isinstance(fault, Crash):
        house.start()
    await house.take(visit(1), visit(1, customer="2"))
    await _land_late(house)
    ids = {attributes(record)["id"] for record in house.publisher.records}
    assert len(ids) == 2
    for customer in ("1", "2"):
        stored = await house.aggregate(customer_key(DEALER, "dms", customer))
        sent = {
            int(attributes(r)["sequence"])
            for r in house.publisher.records
            if r.key == stored.id.encode()
        }
        assert stored.emitted["score"].sequence in sent
    assert await house.store.intents(range(6)) == []


async def _land_late(house: House) -> None:
    """The write whose reply was lost reaches the database after all; it must lose."""
    for aggregates in house.store.landing_late:
        with pytest.raises(Conflict):
            await house.store.save(aggregates)


async def test_what_was_never_written_is_never_sent(house: House) -> None:
    house.store.faults["intent"] = ("after", Crash())
    with pytest.raises(Crash):
        await house.take(visit())
    house.start()
    await house.take()
    assert house.publisher.records == []
    assert await house.store.intents(range(6)) == []
    await house.take(visit())
    assert house.sent() == ["score"]


@pytest.mark.parametrize("known", [False, True])
async def test_a_write_still_under_way_when_its_intent_is_settled_cannot_land(
    house: House, known: bool
) -> None:
    """Else its facts would be there, its message would be lost, and its record bring nothing."""
    if known:
        await house.take(visit(0))
    house.store.faults["save"] = ("later", Crash())
    with pytest.raises(Crash):
        await house.take(visit(1))
    house.start()
    await house.take()
    await _land_late(house)
    sent = len(house.publisher.records)
    await house.take(visit(1))
    assert len(house.publisher.records) == sent + 1


async def test_a_crash_before_the_publish_is_made_good_by_the_next_owner(house: House) -> None:
    house.publisher.fail_next.append(TransientFailure("broker away"))
    with pytest.raises(TransientFailure):
        await house.take(visit())
    assert house.publisher.records == []
    house.start()
    await house.take()
    assert house.sent() == ["score"]
    assert await house.store.intents(range(6)) == []


async def test_a_conflict_inside_a_bulk_is_decided_again(house: House) -> None:
    await house.take(visit(1))
    rival = House(house.store)
    rival.publisher, rival.clock = house.publisher, house.clock
    rival.start()
    stale = await house.store.load([CUSTOMER])
    await rival.take(visit(2))
    async with house.ownership.turn() as turn:
        work = {CUSTOMER: Work(PARTITION, (event(visit(3)),))}
        await house.reconciler.reconcile(work, turn, stale)
    facts = ToyFacts.model_validate_json((await house.aggregate()).facts)
    assert len(facts.visits) == 3
    assert b'"score":30' in (house.publisher.records[-1].value or b"")
    contents = {(attributes(record)["id"], record.value) for record in house.publisher.records}
    assert len(contents) == len({id_ for id_, _ in contents}) == 3


async def test_an_instance_that_was_paused_sends_nothing(house: House) -> None:
    await house.take()

    def pause() -> None:
        house.monotonic += 60

    house.store.after_save = pause
    with pytest.raises(OwnershipLost):
        await house.take(visit())
    assert house.publisher.records == []
    assert len(await house.store.intents([PARTITION])) == 1
    house.store.after_save = lambda: None
    await house.take()
    assert house.sent() == ["score"]
