"""A table as a spreadsheet reads it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from shared.contracts.http.table import Heading, csv_text, local_text

FULL_WIDTH = ["\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "|a", "%a", "\t=1", " =1", *FULL_WIDTH])
def test_no_cell_begins_a_formula(text: str) -> None:
    head, row = csv_text([text], [[text]]).removeprefix("\ufeff").split("\r\n")[:2]
    assert head == row == f"'{text}"


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert csv_text(["a", "b", "c"], [[-1, None, "x, y"]]) == '\ufeffa,b,c\r\n-1,,"x, y"\r\n'


def test_a_time_is_that_of_the_clocks_there_which_the_heading_names() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert local_text(datetime(2025, 1, 31, 16, 0, 59, tzinfo=UTC), shanghai) == "2025-02-01 00:00"
    due = Heading("due", "截止时间", is_time=True)
    assert due.of("zh", shanghai) == "截止时间 (Asia/Shanghai)"
    assert due.of(None, UTC) == "due 截止时间 (UTC)"
    assert Heading("car", "车辆").of("en", shanghai) == "car"


def test_what_is_the_same_in_both_languages_is_said_once() -> None:
    assert Heading("CSI", "CSI").of(None) == "CSI"
    assert Heading("thanks", "").of(None) == "thanks"
