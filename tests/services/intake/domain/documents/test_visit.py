"""A repair order: whose it is, and what is recorded of it."""

import pytest

from shared.contracts.intake import VisitRecorded
from tests.services.intake.given import (
    BERLIN,
    GOOD_VIN,
    PUDONG,
    Data,
    at,
    key,
    line,
    only_of,
    reported,
    visit,
)


def test_a_visit_adds_labour_and_parts_and_counts_in_kilometres() -> None:
    told = only_of("visit", visit())
    assert isinstance(told, VisitRecorded)
    assert str(told.lines[0].amount) == "120.15"
    assert told.currency == "CNY"
    assert told.odometer_km == 1609
    assert told.vin == GOOD_VIN
    assert told.timezone == "Asia/Shanghai"


def test_a_total_names_the_currency() -> None:
    told = only_of("visit", visit(total={"amount": "9", "currency": "USD"}))
    assert isinstance(told, VisitRecorded)
    assert told.currency == "USD"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (visit(), key()),
        (visit(customer=None), f"{PUDONG}/cdk/vin/{GOOD_VIN}"),
        (visit(customer=None, vehicle=None), f"{PUDONG}/cdk/doc/RO%201"),
        (visit(dealer_id=BERLIN), key(dealer_id=BERLIN)),
    ],
)
def test_a_visit_is_the_customers_else_the_cars_else_its_own(data: Data, expected: str) -> None:
    assert only_of("visit", data).customer_key == expected


def test_internal_work_for_a_customer_is_the_customers() -> None:
    assert only_of("visit", visit(lines=[line("internal")])).customer_key == key()
    two = [line("internal"), line("warranty")]
    assert only_of("visit", visit(customer=None, lines=two)).customer_key.endswith(GOOD_VIN)


def test_labour_and_parts_of_a_line_are_bounded_together() -> None:
    half = {"line_no": "1", "pay_type": "customer", "labour_amount": "5000000000"}
    with pytest.raises(AssertionError, match="labour and parts are too large"):
        reported("visit", visit(lines=[half | {"parts_amount": "5000000000"}]))
    assert reported("visit", visit(lines=[half | {"parts_amount": "4999999999"}]))


def test_a_repair_order_cannot_be_voided_tomorrow() -> None:
    for field in ("opened_at", "closed_at", "voided_at"):
        data = visit(opened_at=at(-600), closed_at=None, status="open") | {field: at(6)}
        with pytest.raises(AssertionError, match=f"/data/{field}"):
            reported("visit", data)
