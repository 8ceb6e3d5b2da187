"""A repair order: whose it is, and what is recorded of it."""

from decimal import Decimal
from typing import Any

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
    submitted,
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


def job(category: str | None = None, **amounts: str) -> Data:
    return {"line_no": "1", "pay_type": "customer", "category": category} | amounts


def told_of(**more: Any) -> VisitRecorded:
    told = only_of("visit", visit(**more))
    assert isinstance(told, VisitRecorded)
    return told


def test_a_job_has_the_category_that_is_said_and_no_other() -> None:
    told = told_of(lines=[job("maintenance"), job()])
    assert [line.category for line in told.lines] == ["maintenance", None]


@pytest.mark.parametrize(
    ("labour", "parts", "expected"),
    [("100", "-20.50", "79.50"), ("-100", "-20.50", "-120.50"), ("-0.00", "0", "0")],
)
def test_money_given_back_is_negative(labour: str, parts: str, expected: str) -> None:
    told = told_of(lines=[job(labour_amount=labour, parts_amount=parts)])
    assert told.lines[0].amount == Decimal(expected)
    assert not told.lines[0].amount.is_signed() or told.lines[0].amount < 0


def test_a_negative_zero_is_no_other_content() -> None:
    zero, negative = (visit(lines=[job(labour_amount=text)]) for text in ("0.00", "-0.0"))
    assert submitted("visit", zero).content_hash == submitted("visit", negative).content_hash


def test_what_is_given_back_on_a_line_is_bounded_too() -> None:
    half = {"line_no": "1", "pay_type": "customer", "labour_amount": "-5000000000"}
    with pytest.raises(AssertionError, match="labour and parts are too large"):
        reported("visit", visit(lines=[half | {"parts_amount": "-5000000000"}]))
    assert told_of(lines=[half | {"parts_amount": "5000000000"}]).lines[0].amount == 0


@pytest.mark.parametrize(
    ("data", "places"),
    [
        (visit(lines=[job(labour_amount="10"), job(labour_amount="-10")]), []),
        (visit(lines=[job(labour_amount="10"), job(labour_amount="-11")]), ["/data/lines"]),
        (visit(total={"amount": "-1", "currency": "CNY"}), ["/data/total/amount"]),
        (visit(total={"amount": "0", "currency": "CNY"}), []),
    ],
)
def test_an_order_that_gives_back_more_than_it_charges_is_taken_and_warned_about(
    data: Data, places: list[str]
) -> None:
    assert [warning.pointer for warning in reported("visit", data).warnings] == places


def test_a_comeback_names_the_order_whose_work_had_to_be_done_again() -> None:
    assert told_of().comeback_of is None
    told = told_of(comeback_of="RO  0")
    assert told.comeback_of == f"{PUDONG}/cdk/visit/RO%200"
    assert told_of(ro_no="RO 0").document_id == told.comeback_of
    assert told_of(comeback_of="RO 0", source="ydms").comeback_of != told.comeback_of


@pytest.mark.parametrize("number", ["RO 1", " RO  1", "\uff32\uff2f 1"])
def test_no_order_is_a_comeback_of_itself_however_it_is_written(number: str) -> None:
    with pytest.raises(AssertionError, match="/data/comeback_of"):
        reported("visit", visit(comeback_of=number))


def test_a_fault_is_told_by_its_code_and_whether_it_endangers_people() -> None:
    faults: list[Data] = [{"fault": "B-12"}, {"fault": " 制动失效 ", "severe": True}, {}]
    told = told_of(lines=[job() | fault for fault in faults])
    found = [(line.fault, line.severe) for line in told.lines]
    assert found == [("B-12", False), ("制动失效", True), (None, False)]


def test_what_is_severe_without_a_fault_says_nothing_and_is_warned_about() -> None:
    data = visit(lines=[job() | {"fault": "B-12", "severe": True}, job() | {"severe": True}])
    [warning] = reported("visit", data).warnings
    assert warning.pointer == "/data/lines/1/severe"
    told = only_of("visit", data)
    assert isinstance(told, VisitRecorded)
    assert [line.severe for line in told.lines] == [True, False]


@pytest.mark.parametrize("code", ["", " ", "a@b.example", "x" * 121, 7, "a\u200bb"])
def test_a_fault_is_a_code_and_nothing_personal(code: object) -> None:
    with pytest.raises(AssertionError, match="/data/lines/0/fault"):
        reported("visit", visit(lines=[job() | {"fault": code}]))
