"""A record without a content takes its key off a compacted topic: that is no dead letter."""

from datetime import UTC, datetime

import pytest

from shared.contracts.complaints import CaseStandingChanged
from shared.contracts.envelope import Message
from shared.contracts.intake import ProfileRecorded, VisitRecorded
from shared.contracts.topics import CASES, PROFILES, VISITS, Topic
from shared.platform.errors import PoisonRecord
from shared.platform.publisher import Record
from shared.platform.validate import to_event
from tests.polled import polled

CUSTOMER = "sunrise/pudong/cdk/C-1"
AT = datetime(2026, 11, 25, 7, tzinfo=UTC)
READING: dict[str, type[Message]] = {
    contract.TYPE: contract for contract in (ProfileRecorded, VisitRecorded, CaseStandingChanged)
}


def tombstone(topic: Topic, key: bytes | None = CUSTOMER.encode()) -> Record:
    return Record(topic=topic.name, key=key, value=None, headers=())


def test_of_a_profile_it_says_that_nothing_is_known() -> None:
    record = polled(tombstone(PROFILES), offset=7, timestamp=int(AT.timestamp() * 1000))
    event = to_event(record, READING)
    assert event is not None
    assert (event.key, event.dealer_id, event.recorded_at) == (CUSTOMER, "sunrise/pudong", AT)
    assert event.data == ProfileRecorded.of_tombstone(CUSTOMER, AT)
    assert event.id == "aftercare.profiles/0/7"


def test_of_what_says_nothing_by_it_it_is_passed_over() -> None:
    assert to_event(polled(tombstone(CASES)), READING) is None


@pytest.mark.parametrize("record", [tombstone(VISITS), tombstone(PROFILES, None)])
def test_on_other_topics_or_of_nobody_it_cannot_be_read(record: Record) -> None:
    with pytest.raises(PoisonRecord):
        to_event(polled(record), READING)
