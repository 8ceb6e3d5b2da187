"""A case has a key of its own on a compacted topic, on the partition of its customer."""

from datetime import UTC, datetime

import pytest
from aiokafka.partitioner import DefaultPartitioner

from shared.contracts import complaints, scoring, topics
from shared.contracts.complaints import CaseStandingWithdrawn
from shared.contracts.envelope import Message
from shared.contracts.identifiers import aggregate_within, customer_key, dealer_of
from shared.contracts.outputs import Output, Withdrawal
from shared.contracts.scoring import ScoreWithdrawn
from shared.platform.errors import PoisonRecord
from shared.platform.kafka import by_customer
from shared.platform.publisher import Record
from shared.platform.validate import to_event
from shared.runtime.aggregate import Outgoing
from shared.runtime.messages import to_record
from tests.polled import polled

AT = datetime(2026, 11, 25, 7, tzinfo=UTC)
CUSTOMER = "sunrise/pudong/cdk/C-1"
CASE = "sunrise/pudong/cdk/complaint/K-1"
CONTRACTS: dict[str, type[Output] | type[Withdrawal]] = {
    contract.TYPE: contract for contract in (*complaints.ALL, *scoring.ALL)
}
PARTITIONS = list(range(24))


def record_of(content: Withdrawal, aggregate_id: str) -> Record:
    """As a service publishes it."""
    message = Outgoing(
        aggregate_id=aggregate_id,
        about=content.about,
        sequence=7,
        hash="",
        type=content.TYPE,
        data=content.model_dump_json(),
        at=AT,
    )
    return to_record("complaints", message, CONTRACTS)


def no_standing(customer: str = CUSTOMER) -> CaseStandingWithdrawn:
    return CaseStandingWithdrawn(
        customer_key=customer,
        dealer_id=dealer_of(customer),
        about="standing",
        withdrawn_at=AT,
        case_id=CASE,
    )


def test_the_key_of_a_case_is_its_customer_and_itself() -> None:
    record = record_of(no_standing(), aggregate_within(CUSTOMER, CASE))
    assert record.key == f"{CUSTOMER}|{CASE}".encode()
    assert dict(record.headers)["ce_partitionkey"] == CUSTOMER.encode()
    reading: dict[str, type[Message]] = {CaseStandingWithdrawn.TYPE: CaseStandingWithdrawn}
    event = to_event(polled(record), reading)
    assert event is not None
    assert (event.key, event.dealer_id, event.sequence) == (CUSTOMER, "sunrise/pudong", 7)


def test_a_case_under_the_key_of_another_customer_is_refused() -> None:
    record = record_of(no_standing("sunrise/pudong/cdk/C-2"), aggregate_within(CUSTOMER, CASE))
    with pytest.raises(PoisonRecord, match="not that of the content's customer"):
        to_event(polled(record), {CaseStandingWithdrawn.TYPE: CaseStandingWithdrawn})


def test_of_all_else_the_key_is_the_customer() -> None:
    content = ScoreWithdrawn(
        customer_key=CUSTOMER, dealer_id="sunrise/pudong", about="score", withdrawn_at=AT
    )
    assert record_of(content, CUSTOMER).key == CUSTOMER.encode()


def test_a_case_is_on_the_partition_of_its_customer_as_kafka_would_choose_it() -> None:
    usual = DefaultPartitioner()
    used = set()
    for number in range(200):
        customer = customer_key("sunrise/pudong", "cdk", f"1|{number} ä").encode()
        partition = usual(customer, PARTITIONS, PARTITIONS)
        assert by_customer(customer, PARTITIONS, PARTITIONS) == partition
        for case in (b"K-1", b"K-2|3"):
            assert by_customer(customer + b"|" + case, PARTITIONS, PARTITIONS) == partition
        used.add(partition)
    assert len(used) > len(PARTITIONS) // 2
    assert by_customer(None, PARTITIONS, [3]) == 3


def test_a_compacted_topic_keeps_one_record_of_whatever_has_a_state_there() -> None:
    """A customer has one profile and one score, but as many cases as complaints."""
    compacted = {topic.name: topic.per_case for topic in topics.ALL if topic.compacted}
    assert compacted == {
        "aftercare.profiles": False,
        "aftercare.scores": False,
        "aftercare.cases": True,
        "aftercare.persons": False,
    }
