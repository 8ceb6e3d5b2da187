"""A table as a spreadsheet reads it."""

import pytest

from shared.contracts.http.table import csv_text

FULL_WIDTH = ["\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "|a", "%a", "\t=1", " =1", *FULL_WIDTH])
def test_no_cell_begins_a_formula(text: str) -> None:
    head, row = csv_text([text], [[text]]).removeprefix("\ufeff").split("\r\n")[:2]
    assert head == row == f"'{text}"


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert csv_text(["a", "b", "c"], [[-1, None, "x, y"]]) == '\ufeffa,b,c\r\n-1,,"x, y"\r\n'
