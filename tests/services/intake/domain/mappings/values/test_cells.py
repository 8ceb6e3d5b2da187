"""What a cell says: its text, whether it is nothing, yes and no."""

from datetime import date
from decimal import Decimal

import pytest

from services.intake.domain.mappings.records import Cell, FaultyCell
from services.intake.domain.mappings.values.cells import (
    Unreadable,
    folded,
    says_nothing,
    text_of,
    yes_or_no,
)


@pytest.mark.parametrize(
    "cell",
    [
        *(None, "", "  ", "\u3000", "\ufeff", "-", "--", " — ", "——", "NULL", "null", "(null)"),
        *("N/A", "n/a", "#N/A", "NaN", "\\N", "None", float("nan"), Decimal("NaN"), '=""'),
    ],
)
def test_nothing_is_written_in_many_ways(cell: Cell) -> None:
    assert says_nothing(cell)


@pytest.mark.parametrize(
    "cell", ["0", 0, False, "Null", "Na", "无", "#REF!", "'", "=1", Decimal(0)]
)
def test_these_say_something(cell: Cell) -> None:
    assert not says_nothing(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" Li Lei ", "Li Lei"),
        ("\u3000王小明\u200b", "王小明"),
        ('="0012"', "0012"),
        ("'0012", "0012"),
        ("'t Hart", "'t Hart"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (1e15, "1000000000000000"),
        (Decimal("1.50"), "1.5"),
        (True, "true"),
        (date(2026, 1, 5), "2026-01-05"),
    ],
)
def test_text_is_as_it_stands_there(cell: Cell, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    "cell", ["#REF!", "#DIV/0!", FaultyCell("a formula without a value"), 1e300]
)
def test_a_fault_of_a_spreadsheet_is_no_text(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        text_of(cell)


@pytest.mark.parametrize(
    "cell", [True, "是", "有", "Y", "yes", "TRUE", "1", 1, 1.0, "✓", "√", "Ｙ", " true "]
)
def test_yes(cell: Cell) -> None:
    assert yes_or_no(cell) is True


@pytest.mark.parametrize("cell", [False, "否", "无", "N", "no", "False", "0", 0, "×", "✗", "ｎ"])
def test_no(cell: Cell) -> None:
    assert yes_or_no(cell) is False


@pytest.mark.parametrize("cell", ["maybe", "2", 2, "", None, date(2026, 1, 5)])
def test_neither(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        yes_or_no(cell)


@pytest.mark.parametrize("word", ["In  Process", "IN\tPROCESS", "ｉｎ process ", "in\u3000process"])
def test_words_are_compared_without_case_width_and_spaces(word: str) -> None:
    assert folded(word) == "in process"
