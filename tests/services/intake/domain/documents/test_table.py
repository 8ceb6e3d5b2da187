"""Every kind of document is in the table, in a file and a test of its own, and forgets no field.

mypy compares each file with `DocumentKind`; here each is compared with the fields of its report.
"""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest

from services.intake.domain import documents
from services.intake.domain.decide import decide
from services.intake.domain.documents import BY_NOUN, DOCUMENTS, document_id_of, kind_of
from services.intake.domain.documents.customer import WHOLE
from services.intake.domain.documents.naming import noun_of
from services.intake.domain.published import snapshots_of
from shared.contracts import intake
from shared.contracts.corrections import CustomerReported
from shared.contracts.feed_parts import Customer, Text
from shared.contracts.feeds import REPORTS, AnyReport
from shared.contracts.values import (
    CaseId,
    CustomerKey,
    Instant,
    Odometer,
    RecordKey,
)
from tests.services.intake.given import DEALERS, EVERY_KIND, NOW, PUDONG, key, reported, submitted

SHARED_BY_KINDS = {
    *("answers", "car_days", "kind", "naming", "odometers"),
    *("one_customer", "one_customer_or_car", "two_customers"),
}
CORRECTION = noun_of(CustomerReported)
"""A report that is itself what is said of its customer."""
MAY_LIE_AHEAD = {
    "visit": {"promised_at"},
    "complaint": {"occurred_at", "regulator_due_at"},  # the contract has it before received_at
    "complaint-step": {"until"},
}
"""Kind -> moments that may be planned ones; of all others a fast clock is refused."""


def fields_of(noun: str, *types: object) -> Iterator[str]:
    """The fields of a kind's report that hold one of these types, perhaps or always."""
    for name, field in type(report_of(noun)).model_fields.items():
        held = field.rebuild_annotation()
        if any(held in (each, each | None) for each in types):  # type: ignore[operator] # types
            yield name


def report_of(noun: str) -> AnyReport:
    return reported(noun, EVERY_KIND[noun]()).report


def test_every_report_is_in_the_table() -> None:
    assert set(DOCUMENTS) == set(get_args(AnyReport)) == set(REPORTS.values())
    assert BY_NOUN.keys() == EVERY_KIND.keys()


def test_every_kind_has_a_file_and_a_test_of_its_own() -> None:
    files = {}
    for noun, kind in BY_NOUN.items():
        assert isinstance(kind, ModuleType)
        files[noun] = kind.__name__.rpartition(".")[2]
    assert files == {noun: noun.replace("-", "_") for noun in BY_NOUN}
    there = {file.stem for file in Path(documents.__path__[0]).glob("[a-z]*.py")}
    assert there == set(files.values()) | SHARED_BY_KINDS
    tests = {file.stem for file in Path(__file__).parent.glob("test_*.py")}
    assert {f"test_{file}" for file in files.values()} <= tests


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_a_document_is_published_as_its_kind_says_and_as_that_once_more(noun: str) -> None:
    report = report_of(noun)
    decision = decide(None, submitted(noun, EVERY_KIND[noun]()), received_at=NOW)
    assert {type(message) for message in decision.messages} == {kind_of(report).RECORDED}
    assert snapshots_of(decision.row) == decision.messages
    assert kind_of(report).RECORDED in intake.ALL
    moved = kind_of(report).moved(
        {
            "document_id": document_id_of(report),
            "version": decision.row.version,
            "customer_key": key(),
            "dealer_id": PUDONG,
        },
        kind_of(report).parent(report),
    )
    assert type(moved) in intake.ALL
    assert moved.TOPIC == kind_of(report).RECORDED.TOPIC


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_every_number_of_a_document_is_a_field_of_its_report_or_answers_for_one(noun: str) -> None:
    report = report_of(noun)
    numbers = kind_of(report).numbers(report)
    assert numbers.keys() <= type(report).model_fields.keys()
    assert noun_of(type(report)) == noun


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_every_key_and_id_that_a_report_may_name_is_looked_at(noun: str) -> None:
    kind = kind_of(report_of(noun))
    for field in fields_of(noun, CustomerKey, RecordKey, CaseId):
        report = report_of(noun).model_copy(update={field: key("C77")})
        assert (f"/{field}", key("C77")) in list(kind.named_by_id(report)), field


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_every_customer_that_a_report_describes_is_found(noun: str) -> None:
    described = kind_of(report_of(noun)).described(report_of(noun))
    customers = [f"/{field}" for field in fields_of(noun, Customer)]
    if noun == CORRECTION:
        customers = [WHOLE]
    assert [*(described.customers if described is not None else ())] == customers


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_every_free_text_stays_in_the_register(noun: str) -> None:
    kind = kind_of(report_of(noun))
    assert set(kind.FREE_WORDS) == set(fields_of(noun, Text))
    assert not set(kind.FREE_WORDS) & kind.RECORDED.model_fields.keys()


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_every_odometer_is_looked_at(noun: str) -> None:
    kind, dealer = kind_of(report_of(noun)), DEALERS.find(PUDONG)
    assert dealer is not None
    for field in fields_of(noun, Odometer):
        report = report_of(noun).model_copy(update={field: Odometer(value=3_000_000)})
        found = [finding.pointer for finding in kind.impossible_readings(report, dealer)]
        assert f"/{field}" in found


@pytest.mark.parametrize("noun", EVERY_KIND)
def test_every_moment_has_happened_or_may_lie_ahead(noun: str) -> None:
    report: Any = report_of(noun)
    happened = {field for field, _ in kind_of(report).happened(report)}
    moments = set(fields_of(noun, Instant)) - {"source_modified_at"}
    assert moments - happened == MAY_LIE_AHEAD.get(noun, set())
