"""Numbers of documents, amounts and readings, as spreadsheets and people write them."""

from datetime import date
from decimal import Decimal
from typing import Literal

import pytest

from services.intake.domain.mappings.records import Cell
from services.intake.domain.mappings.values.cells import Unreadable
from services.intake.domain.mappings.values.numbers import (
    AmountRead,
    ReadingRead,
    amount_of,
    in_kilometres,
    number_of,
    reading_of,
    whole_of,
    written,
)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("RO-2026/001", "RO-2026/001"),
        (" 0012 ", "0012"),
        ("'0012", "0012"),
        ('="0012"', "0012"),
        (13800138000, "13800138000"),
        (13800138000.0, "13800138000"),
        ("13800138000.0", "13800138000"),
        ("13800138000.00", "13800138000"),
        ("1.3800138000E+10", "13800138000"),
        ("1.3800138E+07", "13800138"),
        ("1E+00", "1"),
        ("１２３.０", "123"),
        ("12E3", "12E3"),
        ("1E5", "1E5"),
        ("12,000", "12,000"),
        (12.5, "12.5"),
        (999_999_999_999_999, "999999999999999"),
        ("1234567890123456789", "1234567890123456789"),
        ("+86 138 0013 8000", "+86 138 0013 8000"),
        (None, ""),
    ],
)
def test_a_number_of_something(cell: Cell, number: str) -> None:
    assert number_of(cell, in_spreadsheet=True) == number


@pytest.mark.parametrize(
    "cell",
    [
        *("1.38E+10", "1.38001E+10", "1,38E+10", "1.234567E+04", 1.2345678901234568e17, True),
        *(1234567890123456, date(2026, 1, 5)),
    ],
)
def test_what_lost_digits_is_no_number(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        number_of(cell, in_spreadsheet=True)


def test_only_a_spreadsheet_cuts_whole_numbers() -> None:
    assert number_of(1234567890123456) == "1234567890123456"


@pytest.mark.parametrize(
    ("cell", "number"), [(12, "00012"), ("12", "00012"), ("A12", "A12"), ("123456", "123456")]
)
def test_zeros_that_were_dropped_come_back(cell: Cell, number: str) -> None:
    assert number_of(cell, digits=5) == number


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("860", "860", None),
        ("1,234.50", "1234.5", None),
        ("1 234.50", "1234.5", None),
        ("1\u202f234.50", "1234.5", None),
        ("12'345.60", "12345.6", None),
        ("¥860", "860", None),
        ("￥８６０．５０", "860.5", None),
        ("860元", "860", "CNY"),
        ("860 元整", "860", "CNY"),
        ("人民币860", "860", "CNY"),
        ("RMB 1,860.00", "1860", "CNY"),
        ("RMB￥860", "860", "CNY"),
        ("￥860.00元", "860", "CNY"),
        ("1.2万", "12000", None),
        ("1.2万元", "12000", "CNY"),
        ("3亿", "300000000", None),
        ("2千元", "2000", "CNY"),
        ("$1,234.50", "1234.5", None),
        ("US$12", "12", "USD"),
        ("129.90 EUR", "129.9", "EUR"),
        ("€ 129.90", "129.9", "EUR"),
        ("-5", "-5", None),
        ("(5.00)", "-5", None),
        ("5-", "-5", None),
        ("\u22125.5", "-5.5", None),
        ("¥-5", "-5", None),
        ("+5", "5", None),
        (".5", "0.5", None),
        ("860.", "860", None),
        ("8.6E+02", "860", None),
        (860, "860", None),
        (129.9, "129.9", None),
        (0.1 + 0.2, "0.3", None),
        (Decimal("129.90"), "129.9", None),
        ("-0", "0", None),
    ],
)
def test_an_amount(cell: Cell, amount: str, currency: str | None) -> None:
    found = amount_of(cell)
    assert (written(found.value.amount), found.value.currency) == (amount, currency)
    assert found.doubt is None


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("1.234,50", "1234.5"), ("1 234,50", "1234.5"), ("1234,5 EUR", "1234.5"), ("1.234", "1234")],
)
def test_a_comma_before_the_decimals_is_said_by_the_mapping(cell: Cell, amount: str) -> None:
    assert written(amount_of(cell, decimal=",").value.amount) == amount


@pytest.mark.parametrize(
    ("cell", "decimal"), [("1.234,50", "."), ("1,23", "."), ("12.50", ","), ("1,234.50", ",")]
)
def test_a_mark_that_may_be_either_is_not_guessed_at(
    cell: Cell, decimal: Literal[".", ","]
) -> None:
    with pytest.raises(Unreadable, match="decimal: '"):
        amount_of(cell, decimal=decimal)


@pytest.mark.parametrize(
    "cell",
    [
        *("abc", "12 apples", "1-2", "2026-01-05", "12.3.4", "EUR 5 USD", True, date(2026, 1, 5)),
        *("9" * 19, "9" * 70, float("inf"), Decimal("1e400"), 10**1000, "", "元", "1,,2", "5 5 5"),
    ],
)
def test_no_amount(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        amount_of(cell)


def test_more_than_four_decimals_are_rounded_and_said() -> None:
    assert amount_of("1.23456") == (AmountRead(Decimal("1.2346"), None), "rounded to four decimals")


@pytest.mark.parametrize(
    ("cell", "value", "unit"),
    [
        ("61200", 61200, None),
        ("61200公里", 61200, "km"),
        ("61,200 km", 61200, "km"),
        ("61 200KM", 61200, "km"),
        ("６１２００公里", 61200, "km"),
        ("6.12万公里", 61200, "km"),
        ("38000 mi", 38000, "mi"),
        ("38千米", 38, "km"),
        ("38,000 miles", 38000, "mi"),
        (61200.7, 61200, None),
        ("0", 0, None),
    ],
)
def test_a_reading(cell: Cell, value: int, unit: Literal["km", "mi"] | None) -> None:
    assert reading_of(cell).value == ReadingRead(value, unit)


@pytest.mark.parametrize("cell", ["-1", "12 l", "km", "12 km mi", "", True, "2026-01-05"])
def test_no_reading(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        reading_of(cell)


def test_miles_become_kilometres() -> None:
    assert in_kilometres(ReadingRead(100, None), otherwise="mi") == 161
    assert in_kilometres(ReadingRead(100, "mi"), otherwise="km") == 161
    assert in_kilometres(ReadingRead(100, None), otherwise="km") == 100


@pytest.mark.parametrize(("cell", "number"), [("12", 12), ("12.0", 12), ("1,200", 1200), (5.0, 5)])
def test_a_whole_number(cell: Cell, number: int) -> None:
    assert whole_of(cell).value == number


@pytest.mark.parametrize("cell", ["1.5", 1.5, "12 km", "x", None])
def test_no_whole_number(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        whole_of(cell)
