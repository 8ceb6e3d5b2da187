"""One batch, from polled records to committed offsets, on fakes: nothing escapes or is skipped."""

import pytest

from shared.contracts.identifiers import customer_key
from shared.contracts.topics import DEAD_LETTERS, SCORES
from shared.platform.dead_letters import own_headers
from shared.platform.errors import RefusedMessage, TransientFailure
from shared.runtime import plan as planning
from tests.shared.runtime.taking import Taking, partition, polled
from tests.shared.runtime.toy import DEALER, ToyFacts, visit


@pytest.fixture
async def taking() -> Taking:
    made = Taking()
    await made.ownership.gained(range(6))
    return made


async def test_offsets_are_committed_explicitly_after_the_work(taking: Taking) -> None:
    await taking.take([polled(7), polled(8), polled(3, partition=2, customer="2")])
    assert taking.log.committed == {partition(0): 9, partition(2): 4}
    assert taking.sent_to(SCORES.name) == 2


async def test_records_of_partitions_that_are_not_ours_are_left_to_their_owner(
    taking: Taking,
) -> None:
    await taking.ownership.gained([0])
    await taking.take([polled(1), polled(1, partition=5, customer="2")])
    assert taking.log.committed == {partition(0): 2}
    assert set(await taking.store.load([customer_key(DEALER, "dms", "2")])) == set()


async def test_transient_trouble_rewinds_every_partition_of_the_batch(taking: Taking) -> None:
    taking.publisher.fail_next.append(TransientFailure("broker: away"))
    batch = [polled(4), polled(5), polled(9, partition=3, customer="2")]
    await taking.take(batch)
    assert taking.log.committed == {}
    assert taking.log.sought == {partition(0): 4, partition(3): 9}
    await taking.take(batch)
    assert taking.log.committed == {partition(0): 6, partition(3): 10}
    assert taking.sent_to(SCORES.name) == 2


async def test_an_unexpected_error_is_no_silent_skip(taking: Taking) -> None:
    taking.publisher.fail_next.append(ZeroDivisionError())
    await taking.take([polled(4)])
    assert taking.log.committed == {}
    assert taking.log.sought == {partition(0): 4}


async def test_a_commit_that_fails_does_not_undo_the_work(taking: Taking) -> None:
    taking.log.commit_fails = True
    await taking.take([polled(1)])
    assert taking.log.sought == {}
    assert taking.sent_to(SCORES.name) == 1


async def test_poison_is_buried_before_its_offset_is_committed(taking: Taking) -> None:
    bad = polled(2, value=b"?")
    taking.publisher.fail_next = [TransientFailure("broker: away")]
    await taking.take([bad])
    assert taking.log.committed == {}
    await taking.take([bad])
    assert taking.log.committed == {partition(0): 3}
    assert taking.sent_to(DEAD_LETTERS.name) == 1


async def test_poison_of_one_customer_never_stops_the_service(taking: Taking) -> None:
    await taking.take([polled(n, value=b"?") for n in range(10)])
    assert taking.gave_up == []
    assert taking.sent_to(DEAD_LETTERS.name) == 10


async def test_poison_between_good_records_never_stops_the_service(taking: Taking) -> None:
    for n in range(10):
        await taking.take([polled(2 * n, customer=str(n), value=b"?"), polled(2 * n + 1)])
    assert taking.gave_up == []


async def test_poison_of_many_customers_in_a_row_stops_before_it_drains_the_topic(
    taking: Taking,
) -> None:
    await taking.take([polled(n, customer=str(n), value=b"?") for n in range(4)])
    assert len(taking.gave_up) == 1
    assert taking.sent_to(DEAD_LETTERS.name) == 0
    assert taking.log.committed == {}


async def test_a_batch_that_stopped_the_service_is_not_buried_when_it_comes_again(
    taking: Taking,
) -> None:
    batch = [polled(n, customer=str(n), value=b"?") for n in range(4)]
    await taking.take(batch)
    await taking.take(batch)
    assert taking.sent_to(DEAD_LETTERS.name) == 0
    assert taking.log.committed == {}


async def test_a_record_too_large_for_a_dead_letter_does_not_hold_up_its_partition(
    taking: Taking,
) -> None:
    taking.publisher.fail_next.append(RefusedMessage([1]))
    await taking.take([polled(1, value=b"?"), polled(2, value=b"??"), polled(3, value=b"???")])
    (headers,) = (own_headers(record.headers) for record in taking.publisher.records)
    assert (headers["offset"], headers["omitted"]) == ("2", "2")
    assert taking.log.committed == {partition(0): 4}


async def test_a_document_that_can_never_be_written_is_set_aside_and_its_neighbours_go_on(
    taking: Taking,
) -> None:
    """As one that has grown beyond what the database takes."""
    await taking.take([polled(1), polled(2, customer="2")])
    full, other = (customer_key(DEALER, "dms", number) for number in ("1", "2"))
    taking.store.refuses.add(full)
    await taking.take([polled(3), polled(4, customer="2"), polled(5, customer="3")])
    known = await taking.store.load([full, other])
    assert known[other].version == 2
    parked = known[full].parked
    assert parked is not None
    assert parked.reason == "refused by the database"
    assert len(ToyFacts.model_validate_json(known[full].facts).visits) == 1
    (headers,) = (
        own_headers(record.headers)
        for record in taking.publisher.records
        if record.topic == DEAD_LETTERS.name
    )
    assert (headers["offset"], headers["reason"]) == ("3", "refused by the database")
    assert taking.log.committed == {partition(0): 6}
    assert await taking.store.intents(range(6)) == []
    assert taking.sent_to(SCORES.name) == 4, "of the three others, and of the first visit"


async def test_what_would_make_an_aggregate_too_large_is_buried_and_corrections_go_on(
    taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(polled(1).value or b"")
    monkeypatch.setattr(planning, "MAX_BYTES", 3 * size)
    monkeypatch.setattr(planning, "MAX_CORRECTED_BYTES", 5 * size)
    await taking.take([polled(1), polled(2)])
    corrected = polled(12, data=visit(1, revision=2, status="open"))
    await taking.take([*(polled(offset) for offset in range(3, 12)), corrected])
    (known,) = (await taking.store.load([customer_key(DEALER, "dms", "1")])).values()
    visits = ToyFacts.model_validate_json(known.facts).visits
    assert 2 < len(visits) < 11
    assert not visits[visit(1).document_id].closed
    buried = taking.sent_to(DEAD_LETTERS.name)
    assert len(visits) + buried == 11
    assert known.parked is None


async def test_a_batch_that_fails_again_and_again_is_counted(taking: Taking) -> None:
    taking.publisher.fail_next = [TransientFailure("broker: away")] * 2
    for expected in (1, 2, 0):
        await taking.take([polled(1)])
        assert taking.worker.consumer.failures_in_a_row == expected
