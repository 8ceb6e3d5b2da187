"""Tables as files for spreadsheets: CSV and workbooks of Excel. Nothing in them is a formula."""

import asyncio
import io
import re
from datetime import datetime, tzinfo
from typing import Literal, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from services.desk.views.exports import CellOfSheet, SheetOfRows
from shared.contracts.http.table import csv_text, local_text

Form: TypeAlias = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_INSTANT, _DAY = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_NOT_IN_CELLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_TITLE, _LONGEST_TEXT = 31, 32_767
_WIDEST, _NARROWEST = 48, 9


async def file_of(sheet: SheetOfRows, form: Form, zone: tzinfo) -> bytes:
    """The file; instants by the clocks of the zone. Made in a thread: it may take a second."""
    make = _workbook if form == "xlsx" else _csv
    return await asyncio.to_thread(make, sheet, zone)


def _csv(sheet: SheetOfRows, zone: tzinfo) -> bytes:
    rows = ([_text(value, zone) for value in row] for row in sheet.rows)
    return csv_text(sheet.headings, rows).encode()


def _text(value: CellOfSheet, zone: tzinfo) -> str | int | float | None:
    match value:
        case datetime():
            return local_text(value, zone)
        case str() | int() | float() | None:
            return value
        case _:
            return value.isoformat()


def _workbook(sheet: SheetOfRows, zone: tzinfo) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(_NOT_IN_TITLES.sub(" ", sheet.title)[:_LONGEST_TITLE])
    page.freeze_panes = "A2"
    for at, heading in enumerate(sheet.headings):
        widest = max(
            (_width(row[at]) for row in sheet.rows[:200] if at < len(row)), default=_NARROWEST
        )
        width = min(_WIDEST, max(_NARROWEST, _width(heading), widest) + 2)
        page.column_dimensions[get_column_letter(at + 1)].width = width
    page.append([_cell(page, heading, zone, is_bold=True) for heading in sheet.headings])
    for row in sheet.rows:
        page.append([_cell(page, value, zone) for value in row])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _cell(page: object, value: CellOfSheet, zone: tzinfo, *, is_bold: bool = False) -> object:
    """Text is text, whatever it begins with."""
    if value is None:
        return None
    if isinstance(value, str):
        cell = WriteOnlyCell(page, value=_NOT_IN_CELLS.sub("", value)[:_LONGEST_TEXT])
        cell.data_type = "s"
    elif isinstance(value, datetime):
        cell = WriteOnlyCell(page, value=value.astimezone(zone).replace(tzinfo=None))
        cell.number_format = _INSTANT
    else:
        cell = WriteOnlyCell(page, value=value)
        if not isinstance(value, int | float):
            cell.number_format = _DAY
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def _width(value: CellOfSheet) -> int:
    """In letters; those of Chinese are two."""
    if isinstance(value, datetime):
        return len(_INSTANT)
    return sum(2 if ord(letter) >= 0x2E80 else 1 for letter in str(value or ""))
