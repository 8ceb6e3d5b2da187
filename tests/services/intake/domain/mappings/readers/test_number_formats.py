"""What a numeral of a spreadsheet shows."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import from_excel, to_excel

from services.intake.domain.mappings.readers.number_formats import (
    PLAIN,
    Shows,
    formats_of,
    shown_by,
    value_of,
)
from services.intake.domain.mappings.records import Cell, FaultyCell

moment = datetime.fromisoformat


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", "number"),
        ("0.00", "number"),
        ("#,##0.00", "number"),
        ('#,##0 "days"', "number"),
        ('0.0"h"', "number"),
        ("[Red]0.00;[Blue]-0.00", "number"),
        ("¥#,##0.00_);(¥#,##0.00)", "number"),
        ("0.00E+00", "number"),
        ("0%", "number"),
        ("@", "number"),
        ("yyyy-mm-dd", "day"),
        ("m/d/yy h:mm", "day"),
        ('yyyy"年"m"月"d"日"', "day"),
        ("yyyy年m月d日", "day"),
        ("[$-804]yyyy/m/d;@", "day"),
        ("mmm-yy", "day"),
        ("YYYY\\-MM\\-DD", "day"),
        ("h:mm", "clock"),
        ("mm:ss.0", "clock"),
        ("h:mm AM/PM", "clock"),
        ("上午/下午h时mm分", "clock"),
        ("[h]:mm", "elapsed"),
        ("[mm]:ss", "elapsed"),
    ],
)
def test_a_format_says_what_it_shows(code: str, kind: str) -> None:
    assert shown_by(code).kind == kind


def test_formats_are_those_of_the_cells() -> None:
    styles = [
        ("numFmts", {}),
        ("numFmt", {"numFmtId": "170", "formatCode": "yyyy"}),
        ("/numFmts", {}),
        ("cellStyleXfs", {}),
        ("xf", {"numFmtId": "22"}),
        ("/cellStyleXfs", {}),
        ("cellXfs", {}),
        *(("xf", {"numFmtId": number}) for number in ("0", "14", "170", "31", "999", "x")),
        ("/cellXfs", {}),
    ]
    kinds = [shows.kind for shows in formats_of(styles)]
    assert kinds == ["number", "day", "day", "day", "number", "number"]


DAY, CLOCK, LONG = Shows("day"), Shows("clock"), Shows("elapsed")


@pytest.mark.parametrize(
    ("written", "shows", "value"),
    [
        ("1234.56", PLAIN, 1234.56),
        ("1234.5599999999999", PLAIN, 1234.56),
        ("0.30000000000000004", PLAIN, 0.3),
        ("1.38E+10", PLAIN, 13_800_000_000),
        ("13800000000", PLAIN, 13_800_000_000),
        ("123456789012345678", PLAIN, 123_456_789_012_345_678),
        ("5.0", PLAIN, 5),
        ("-1", PLAIN, -1),
        ("7", Shows(digits=6), "000007"),
        ("45000", DAY, date(2023, 3, 15)),
        ("45000.375", DAY, moment("2023-03-15T09:00")),
        ("45000.39583333333", DAY, moment("2023-03-15T09:30")),
        ("45000.999999999", DAY, moment("2023-03-16T00:00")),
        ("45000.375", CLOCK, moment("2023-03-15T09:00")),
        ("1", DAY, date(1900, 1, 1)),
        ("59", DAY, date(1900, 2, 28)),
        ("61", DAY, date(1900, 3, 1)),
        ("2958465", DAY, date(9999, 12, 31)),
        ("0.375", CLOCK, time(9)),
        ("0", CLOCK, time(0)),
        ("1.0625", LONG, "25:30"),
        ("0.0625115741", LONG, "1:30:01"),
    ],
)
def test_a_numeral_is_what_it_shows(written: str, shows: Shows, value: Cell) -> None:
    found = value_of(written, shows, from_1904=False)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("written", "shows"),
    [
        ("x", PLAIN),
        ("", PLAIN),
        ("nan", PLAIN),
        ("inf", PLAIN),
        ("1e999", PLAIN),
        ("1_000", PLAIN),
        ("60", DAY),
        ("0", DAY),
        ("-1", DAY),
        ("2958466", DAY),
        ("1e300", DAY),
        ("9" * 40, DAY),
        ("-1", LONG),
    ],
)
def test_what_shows_nothing_is_said(written: str, shows: Shows) -> None:
    assert isinstance(value_of(written, shows, from_1904=False), FaultyCell)


@given(st.datetimes(moment("1900-03-01T00:00"), moment("9999-12-30T00:00")), st.booleans())
def test_days_and_instants_are_those_of_openpyxl(when: datetime, from_1904: bool) -> None:
    epoch = moment("1904-01-01T00:00") if from_1904 else moment("1899-12-30T00:00")
    serial = to_excel(when.replace(microsecond=0), epoch)
    if serial < 1:
        return
    found = value_of(repr(serial), DAY, from_1904=from_1904)
    wanted = from_excel(serial, epoch)
    assert isinstance(found, date)
    assert found == (wanted.date() if type(found) is date else wanted)


@given(st.text(), st.sampled_from([PLAIN, DAY, CLOCK, LONG]), st.booleans())
def test_any_text_is_a_value_or_said(written: str, shows: Shows, from_1904: bool) -> None:
    value_of(written, shows, from_1904=from_1904)


@given(st.text())
def test_any_format_is_taken(code: str) -> None:
    assert shown_by(code).kind in {"number", "day", "clock", "elapsed"}
