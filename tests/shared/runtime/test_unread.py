"""Nothing is announced that the log already disproves: what is unread may do so."""

from datetime import timedelta

import pytest

from shared.contracts.identifiers import customer_key
from shared.contracts.topics import GRADES, SCORES
from shared.platform import metrics
from shared.platform.errors import TransientFailure
from tests.shared.runtime.taking import Taking, partition, polled
from tests.shared.runtime.toy import DAY, DEALER, START, TOY, visit

CUSTOMER = customer_key(DEALER, "dms", "1")
SECOND = timedelta(seconds=1)
OPEN = polled(1, data=visit(1, status="open"))
CLOSED = polled(2, data=visit(1, status="closed", revision=2))


@pytest.fixture
async def taking() -> Taking:
    made = Taking()
    await made.ownership.gained(range(6))
    return made


def read_until(taking: Taking, seconds_ago: float | None) -> None:
    """What the topics held so long ago was handed out; None: more is waiting."""
    moment = None if seconds_ago is None else taking.clock.now() - seconds_ago * SECOND
    taking.log.read_until = moment


async def sweep(taking: Taking) -> None:
    await taking.worker.look()
    await taking.worker.sweep.turn()


async def test_what_is_behind_takes_in_facts_and_says_nothing_until_it_has_caught_up(
    taking: Taking,
) -> None:
    read_until(taking, None)
    await taking.take([polled(1), polled(2), polled(3, customer="2")])
    await sweep(taking)
    assert taking.publisher.records == []
    assert taking.log.committed == {partition(0): 4}
    read_until(taking, 0)
    await sweep(taking)
    assert taking.sent_to(SCORES.name) == 2
    await sweep(taking)
    assert taking.sent_to(SCORES.name) == 2


async def test_a_deadline_that_was_kept_during_an_outage_alarms_nobody(taking: Taking) -> None:
    """The visit was opened and closed in time; the two come in different polls, days later."""
    taking.clock.set(START + 3 * DAY)
    read_until(taking, None)
    await taking.take([OPEN])
    await sweep(taking)
    read_until(taking, 0)
    await taking.take([CLOSED])
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 0
    assert taking.sent_to(SCORES.name) == 1


async def test_a_deadline_waits_until_all_is_read_that_was_there_at_its_instant(
    taking: Taking,
) -> None:
    await taking.take([OPEN])
    taking.clock.set(START + DAY + SECOND)
    read_until(taking, 1.001)
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 0
    read_until(taking, 1)
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 1


async def test_a_batch_says_at_once_what_is_so_and_announces_what_is_certain(
    taking: Taking,
) -> None:
    """The deadline is just over; what the other topics held then is not read yet."""
    taking.clock.set(START + DAY + SECOND)
    read_until(taking, 2)
    await taking.take([OPEN])
    assert (taking.sent_to(SCORES.name), taking.sent_to(GRADES.name)) == (1, 0)
    read_until(taking, 0.5)
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 0, "the case was taken in later than that"
    read_until(taking, 0)
    await sweep(taking)
    assert (taking.sent_to(SCORES.name), taking.sent_to(GRADES.name)) == (1, 1)


async def test_what_would_be_taken_back_waits_too(taking: Taking) -> None:
    await taking.take([OPEN])
    taking.clock.set(START + DAY)
    read_until(taking, 0)
    await sweep(taking)
    taking.clock.advance(SECOND)
    read_until(taking, None)
    await taking.take([CLOSED])
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 1
    read_until(taking, 0)
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 2


async def test_a_batch_that_failed_is_not_read(taking: Taking) -> None:
    await taking.take([OPEN])
    taking.clock.set(START + DAY)
    read_until(taking, 0)
    taking.publisher.fail_next.append(TransientFailure("broker: away"))
    await taking.take([polled(2, customer="2")])
    read_until(taking, None)
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 0


async def test_another_assignment_begins_anew(taking: Taking) -> None:
    await taking.take([OPEN])
    taking.clock.set(START + DAY)
    read_until(taking, 0)
    await taking.worker.look()
    await taking.ownership.gained(range(6))
    read_until(taking, None)
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 0


async def test_who_is_behind_for_too_long_speaks_all_the_same_and_a_metric_says_so(
    taking: Taking,
) -> None:
    unread = metrics.partitions_speaking_unread.labels(TOY.name)
    await taking.take([OPEN])
    taking.clock.set(START + DAY)
    read_until(taking, None)
    await sweep(taking)
    assert (taking.sent_to(GRADES.name), unread._value.get()) == (0, 0)
    taking.seconds = 301
    await sweep(taking)
    assert (taking.sent_to(GRADES.name), unread._value.get()) == (1, 6)
    await taking.take([polled(2, customer="2")])
    assert taking.sent_to(SCORES.name) == 2
    read_until(taking, 0)
    await sweep(taking)
    assert unread._value.get() == 0


async def test_a_clock_that_is_a_little_behind_takes_nothing_back(taking: Taking) -> None:
    """As when a partition moves to another instance."""
    await taking.take([OPEN])
    taking.clock.set(START + DAY)
    read_until(taking, 0)
    await sweep(taking)
    taking.clock.set(START + DAY - SECOND)
    read_until(taking, 0)
    await taking.take([polled(2)])
    assert taking.sent_to(GRADES.name) == 1


async def test_a_clock_that_is_put_back_knows_anew_up_to_when_all_was_read(
    taking: Taking,
) -> None:
    """What was read by the clock before may be less than what the topics hold at that instant."""
    await taking.take([OPEN])
    taking.clock.set(START + DAY + 45 * SECOND)
    read_until(taking, 44)
    await taking.worker.look()
    taking.clock.set(START + DAY)
    read_until(taking, None)
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 0
    taking.clock.advance(30 * SECOND)
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 0
    read_until(taking, 0)
    await sweep(taking)
    assert taking.sent_to(GRADES.name) == 1


@pytest.fixture
async def patient() -> Taking:
    made = Taking(backlog_records=3)
    await made.ownership.gained(range(6))
    return made


async def test_a_backlog_waits_for_its_end_and_is_written_and_decided_once(patient: Taking) -> None:
    read_until(patient, None)
    await patient.take([polled(1)])
    await patient.take([polled(2)])
    assert (patient.log.committed, await patient.store.load([CUSTOMER])) == ({}, {})
    read_until(patient, 0)
    await patient.take([polled(3)])
    assert patient.log.committed == {partition(0): 4}
    assert (await patient.store.load([CUSTOMER]))[CUSTOMER].version == 1
    assert patient.sent_to(SCORES.name) == 1


async def test_a_longer_backlog_is_taken_in_and_decided_at_its_end(patient: Taking) -> None:
    read_until(patient, None)
    await patient.take([polled(offset) for offset in range(1, 5)])
    assert patient.log.committed == {partition(0): 5}
    assert patient.sent_to(SCORES.name) == 0


async def test_what_waits_holds_up_no_other_partition(patient: Taking) -> None:
    patient.log.behind = {0}
    await patient.take([polled(1), polled(1, partition=3, customer="2")])
    assert patient.log.committed == {partition(3): 2}
    assert patient.sent_to(SCORES.name) == 1


async def test_what_waits_comes_again_when_its_batch_fails(patient: Taking) -> None:
    read_until(patient, None)
    await patient.take([polled(1)])
    read_until(patient, 0)
    patient.publisher.fail_next.append(TransientFailure("broker: away"))
    await patient.take([polled(2)])
    assert patient.log.sought == {partition(0): 1}
    await patient.take([polled(1), polled(2)])
    assert patient.log.committed == {partition(0): 3}


async def test_where_nothing_more_comes_what_waits_is_done_without_it(patient: Taking) -> None:
    """As behind the mark of a transaction, which is no record."""
    read_until(patient, None)
    await patient.take([polled(1)])
    await patient.worker.look()
    assert patient.log.sought == {}
    patient.seconds = 2
    await patient.worker.look()
    assert patient.log.sought == {partition(0): 1}
    await patient.take([polled(1)])
    assert patient.log.committed == {partition(0): 2}


async def test_what_waited_is_done_at_once_after_another_assignment(patient: Taking) -> None:
    """Its records come again, and must not be told from those that have waited."""
    read_until(patient, None)
    await patient.take([polled(1)])
    await patient.ownership.gained([0])
    await patient.take([polled(1), polled(2)])
    assert patient.log.committed == {partition(0): 3}


async def test_what_failed_and_waits_again_has_not_gone_through(patient: Taking) -> None:
    patient.publisher.fail_next.append(TransientFailure("broker: away"))
    await patient.take([polled(1), polled(2)])
    assert patient.worker.consumer.failures_in_a_row == 1
    read_until(patient, None)
    await patient.take([polled(1)])
    assert patient.worker.consumer.failures_in_a_row == 1
    read_until(patient, 0)
    await patient.take([polled(2)])
    assert patient.worker.consumer.failures_in_a_row == 0
