"""xlsx: a row of headings on a sheet, then a record a row."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import BinaryIO

from services.intake.domain.decode.file_kinds import binary_kind, text_kind
from services.intake.domain.mappings.readers.headings import fields_below, heading
from services.intake.domain.mappings.readers.number_formats import Shows, formats_of
from services.intake.domain.mappings.readers.safe_xml import elements_of
from services.intake.domain.mappings.readers.sheet import (
    SharedTexts,
    SheetRow,
    Values,
    merged_in,
    rows_of,
)
from services.intake.domain.mappings.readers.text import PIECE, TOO_LARGE
from services.intake.domain.mappings.readers.zip_parts import Parts
from services.intake.domain.mappings.reads import ReadsXlsx
from services.intake.domain.mappings.records import (
    Cell,
    FaultyCell,
    OpenedFile,
    SourceRecord,
    UnreadableFile,
    UnreadableRecord,
)

MOST_BYTES_OF_TEXTS = 67_108_864
"""Of the texts of a workbook, which are held while it is read."""
MOST_BYTES_OF_A_SMALL_PART = 8_388_608
MOST_SHEETS = 200
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "save it as xlsx or CSV"


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    part: str
    is_hidden: bool


def open_xlsx(file: BinaryIO, reads: ReadsXlsx) -> OpenedFile:
    """Reads the headings. Raises `UnreadableFile` where it is another kind of file, or has no such
    sheet, or no headings."""
    _check_kind(file)
    parts = Parts(file)
    book = _path_of_book(parts)
    sheets, from_1904 = _sheets(parts, book)
    folder = book.rpartition("/")[0]
    values = Values(_texts(parts, folder), _formats(parts, folder), from_1904)
    sheet = _chosen(sheets, reads.sheet, parts, values)
    reader = _SheetReader(parts, sheet, values)
    headings = reader.headings(reads.headings_in)
    return OpenedFile(headings, reader.records(headings))


class _SheetReader:
    def __init__(self, parts: Parts, sheet: _Sheet, values: Values) -> None:
        self._name, self._values = sheet.name, values
        self._merged = merged_in(parts.pieces(sheet.part))
        self._rows = rows_of(parts.pieces(sheet.part))

    def headings(self, row_number: int) -> Sequence[str]:
        for row in self._rows:
            cells = self._cells(row)
            if row.number == row_number and any(map(_heading, cells.values())):
                last = max(at for at, cell in cells.items() if _heading(cell))
                return [_heading(cells.get(at)) for at in range(last + 1)]
            if row.number >= row_number:
                break
        raise UnreadableFile(
            f"nothing stands in row {row_number} of sheet {self._name}, in which the headings "
            f"should stand"
        )

    def records(self, headings: Sequence[str]) -> Iterator[SourceRecord | UnreadableRecord]:
        number, fields_of = 0, fields_below(headings)
        for row in self._rows:
            place = f"sheet {self._name}, row {row.number}"
            if self._values.is_too_large(row):
                number += 1
                yield UnreadableRecord(number, place, TOO_LARGE)
                continue
            cells = self._cells(row)
            if not cells:
                continue
            number += 1
            yield SourceRecord(number, place, fields_of(map(cells.get, range(len(headings)))))

    def _cells(self, row: SheetRow) -> dict[int, Cell]:
        """Its values; empty where the row is blank, but for what is merged into it."""
        cells = {at: self._values.of(cell) for at, cell in row.cells.items()}
        is_blank = all(_is_blank(cell) for cell in cells.values())
        self._merged.fill(row.number, cells)
        return {} if is_blank else cells


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _heading(cell: Cell) -> str:
    match cell:
        case None | FaultyCell():
            return ""
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return heading(str(cell))


def _check_kind(file: BinaryIO) -> None:
    file.seek(0)
    beginning = file.read(PIECE)
    if beginning.startswith(_OLE):
        if _is_encrypted(file, beginning):
            raise UnreadableFile(f"the workbook has a password: {_SAVE_AS} without one")
        raise UnreadableFile(f"this is an old Excel workbook (xls): {_SAVE_AS}")
    if not beginning.startswith(_ZIP):
        kind = binary_kind(beginning) or text_kind(beginning) or "no Excel workbook"
        kind = "text" if kind == "no JSON" else kind
        raise UnreadableFile(f"this is {kind}, and the mapping reads xlsx: {_SAVE_AS}")


def _is_encrypted(file: BinaryIO, beginning: bytes) -> bool:
    sought, rest = "EncryptedPackage".encode("utf-16-le"), b""
    piece = beginning
    while piece:
        if sought in rest + piece:
            return True
        rest, piece = piece[-len(sought) :], file.read(PIECE)
    return False


def _path_of_book(parts: Parts) -> str:
    if "mimetype" in parts and "content.xml" in parts:
        raise UnreadableFile(f"this is an OpenDocument file (ods): {_SAVE_AS}")
    path = "xl/workbook.xml"
    if "_rels/.rels" in parts:
        for name, attributes in elements_of(_small(parts, "_rels/.rels")):
            if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
                path = attributes.get("Target", path).lstrip("/")
    if path.endswith(".bin"):
        raise UnreadableFile(f"this is a binary Excel workbook (xlsb): {_SAVE_AS}")
    if path not in parts or path.startswith(("word/", "ppt/")):
        raise UnreadableFile(f"this is a zip file, and no Excel workbook: {_SAVE_AS}")
    return path


def _small(parts: Parts, name: str) -> Iterator[bytes]:
    return parts.pieces(name, most_bytes=MOST_BYTES_OF_A_SMALL_PART)


def _sheets(parts: Parts, book: str) -> tuple[Sequence[_Sheet], bool]:
    """In the order of the workbook; and whether its days count from 1904."""
    folder, _, file_name = book.rpartition("/")
    targets = {}
    for name, attributes in elements_of(_small(parts, f"{folder}/_rels/{file_name}.rels")):
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            targets[attributes.get("Id", "")] = _resolved(folder, attributes.get("Target", ""))
    sheets, from_1904 = [], False
    for name, attributes in elements_of(_small(parts, book)):
        if name == "sheet" and attributes.get("id") in targets:
            hidden = attributes.get("state", "visible") != "visible"
            part = targets[attributes["id"]]
            sheets.append(_Sheet(attributes.get("name", ""), part, hidden))
        elif name == "workbookPr":
            from_1904 = attributes.get("date1904") in {"1", "true"}
    return sheets[:MOST_SHEETS], from_1904


def _resolved(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    path = f"{folder}/{target}".replace("/./", "/")
    return re.sub(r"[^/]+/\.\./", "", path)


def _texts(parts: Parts, folder: str) -> SharedTexts | None:
    name = f"{folder}/sharedStrings.xml"
    if name not in parts:
        return None
    return SharedTexts(parts.pieces(name, most_bytes=MOST_BYTES_OF_TEXTS))


def _formats(parts: Parts, folder: str) -> Sequence[Shows]:
    name = f"{folder}/styles.xml"
    return formats_of(elements_of(_small(parts, name))) if name in parts else ()


def _chosen(sheets: Sequence[_Sheet], wanted: str | None, parts: Parts, values: Values) -> _Sheet:
    if wanted is None:
        for sheet in sheets:
            if not sheet.is_hidden and _has_anything(sheet, parts, values):
                return sheet
        raise UnreadableFile("nothing stands on any sheet that is not hidden")
    by_name = {sheet.name.strip().casefold(): sheet for sheet in reversed(sheets)}
    found = by_name.get(wanted.strip().casefold())
    if found is not None:
        return found
    near = get_close_matches(wanted.strip().casefold(), by_name, n=1, cutoff=0)
    hint = f": do you mean {by_name[near[0]].name}?" if near else ""
    raise UnreadableFile(f"the workbook has no sheet {wanted}{hint}")


def _has_anything(sheet: _Sheet, parts: Parts, values: Values) -> bool:
    return any(
        not _is_blank(values.of(cell))
        for row in rows_of(parts.pieces(sheet.part))
        if not values.is_too_large(row)
        for cell in row.cells.values()
    )
