"""Publishing in portions."""

import pytest

from services.intake.adapters.publish import BYTES_AT_ONCE, RECORDS_AT_ONCE, portions, publish
from shared.platform.errors import RefusedMessage, TransientFailure
from shared.platform.publisher import Record
from shared.testing.publisher import MemoryPublisher


def record(size: int = 10) -> Record:
    return Record(topic="t", key=b"k", value=b"x" * size, headers=(("h", None), ("i", b"j")))


def test_portions_keep_the_order_and_are_bounded() -> None:
    records = [record(number % 100) for number in range(2 * RECORDS_AT_ONCE + 1)]
    found = list(portions(records))
    assert [one for portion in found for one in portion] == records
    assert [len(portion) for portion in found] == [RECORDS_AT_ONCE, RECORDS_AT_ONCE, 1]


def test_portions_are_bounded_by_bytes_and_a_larger_record_goes_alone() -> None:
    large, part = record(BYTES_AT_ONCE + 1), record(BYTES_AT_ONCE // 2 - 100)
    found = list(portions([part, large, part, part, part]))
    assert found == [[part], [large], [part, part], [part]]
    assert list(portions([])) == []


async def test_what_is_refused_is_told_by_its_place_among_all() -> None:
    publisher = MemoryPublisher()
    publisher.fail_next = [RefusedMessage([1]), RefusedMessage([0])]
    records = [record() for _ in range(RECORDS_AT_ONCE + 5)]
    assert await publish(publisher, records) == [1, RECORDS_AT_ONCE]


async def test_a_failure_ends_it() -> None:
    publisher = MemoryPublisher()
    publisher.fail_next = [TransientFailure("away")]
    with pytest.raises(TransientFailure):
        await publish(publisher, [record()])
    assert publisher.records == []
