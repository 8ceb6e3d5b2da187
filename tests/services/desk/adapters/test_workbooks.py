"""Files for spreadsheets are read again: as they were, and never as formulas."""

import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.desk.adapters.workbooks import file_of
from services.desk.views.exports import Row, SheetOfRows, cut_off

ZONE = ZoneInfo("Asia/Shanghai")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', " =1", "=1")


def sheet(*rows: Row, title: str = "Tasks") -> SheetOfRows:
    return SheetOfRows(title=title, headings=("Name", "Due"), rows=rows)


async def opened(found: SheetOfRows) -> Worksheet:
    return load_workbook(io.BytesIO(await file_of(found, "xlsx", ZONE))).active


async def test_a_workbook_has_what_was_put_into_it() -> None:
    due = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    page = await opened(sheet(("王芳", due), (7, date(2026, 11, 21)), (1.5, None)))
    assert [[str(cell.value) for cell in row] for row in page.iter_rows()] == [
        ["Name", "Due"],
        ["王芳", "2026-11-21 07:30:00"],
        ["7", "2026-11-21 00:00:00"],
        ["1.5", "None"],
    ]
    assert page["B2"].is_date and page["B3"].is_date
    assert page.freeze_panes == "A2"
    assert page["A1"].font.b


@pytest.mark.parametrize("text", FORMULAS)
async def test_text_of_a_workbook_is_never_a_formula(text: str) -> None:
    page = await opened(sheet((text, text)))
    assert page["A2"].value == text
    assert page["A2"].data_type == "s"


@pytest.mark.parametrize("text", FORMULAS)
async def test_text_of_a_csv_is_never_a_formula(text: str) -> None:
    found = (await file_of(sheet((text, 1)), "csv", ZONE)).decode("utf-8-sig")
    assert found.splitlines()[1].lstrip('"').startswith("'")


async def test_a_csv_has_a_mark_and_local_times() -> None:
    found = await file_of(sheet(("王芳", datetime(2026, 11, 20, 23, 30, tzinfo=UTC))), "csv", ZONE)
    assert found.startswith(b"\xef\xbb\xbf")
    assert found.decode("utf-8-sig").splitlines() == ["Name,Due", "王芳,2026-11-21 07:30"]


async def test_what_no_workbook_may_have_is_left_out() -> None:
    page = await opened(sheet(("a\x00b\x1f", "x" * 40_000), title="Tasks: [all] / *" * 4))
    assert page["A2"].value == "ab"
    assert len(page["B2"].value) == 32_767
    assert len(page.title) <= 31


def test_a_table_that_is_too_long_says_so() -> None:
    found = cut_off(sheet(*((number, None) for number in range(5))), 3, str)
    assert [row[0] for row in found.rows] == [
        0,
        1,
        2,
        "There are more: only the first 3 are here.",
    ]
    assert len(cut_off(sheet((1, None)), 1, str).rows) == 1
