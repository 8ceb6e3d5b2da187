"""The rows of a sheet, from its XML, as it is read."""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.intake.domain.mappings.readers.headings import MOST_HEADINGS
from services.intake.domain.mappings.readers.number_formats import PLAIN, Shows, value_of
from services.intake.domain.mappings.readers.safe_xml import Attributes, SafeXml
from services.intake.domain.mappings.reads import MOST_BYTES_OF_A_RECORD
from services.intake.domain.mappings.records import Cell, FaultyCell, UnreadableFile

NO_VALUE = "a formula without a value: open the workbook in a spreadsheet program and save it"
_ERRORS = "NULL! DIV/0! VALUE! REF! NAME? NUM! N/A GETTING_DATA SPILL! CALC!"
ERRORS = frozenset(f"#{error}" for error in _ERRORS.split())
MOST_MERGED = 300_000
MOST_LETTERS_KEPT = 20_000
_ESCAPED = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")
_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^<>]{0,40}?ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"'
)


class WrittenCell(NamedTuple):
    """A cell as it is written in the sheet."""

    kind: str
    style: int
    text: str | None
    is_formula: bool


class SheetRow(NamedTuple):
    """A row as it is written in the sheet."""

    number: int
    cells: dict[int, WrittenCell]
    """By the number of their column, from 0."""
    is_too_large: bool


class SharedTexts:
    """The texts that cells name by number, close together."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._all = bytearray()
        self._ends = array("L", [0])
        self._depth_of_sounds = 0
        self._is_text = False
        xml = SafeXml(start=self._start, end=self._end, text=self._add)
        for piece in pieces:
            xml.feed(piece)
        xml.feed(b"", last=True)

    def size(self, number: int) -> int:
        """In bytes; 0 of one that is not there."""
        return self._ends[number + 1] - self._ends[number] if self._has(number) else 0

    def get(self, number: int) -> str | None:
        if not self._has(number):
            return None
        return self._all[self._ends[number] : self._ends[number + 1]].decode()

    def _has(self, number: int) -> bool:
        return 0 <= number < len(self._ends) - 1

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "rPh":
            self._depth_of_sounds += 1
        self._is_text = name == "t" and not self._depth_of_sounds

    def _end(self, name: str) -> None:
        self._is_text = False
        if name == "rPh":
            self._depth_of_sounds -= 1
        elif name == "si":
            self._ends.append(len(self._all))

    def _add(self, text: str) -> None:
        if self._is_text:
            self._all += text.encode()


class RowsWritten:
    """Tells a sheet's XML into rows; blank ones are left out."""

    def __init__(self) -> None:
        self.is_done = False
        self._found: list[SheetRow] = []
        self._row = 0
        self._column = -1
        self._cells: dict[int, WrittenCell] = {}
        self._size = 0
        self._attributes: Attributes = {}
        self._is_formula = False
        self._text: list[str] | None = None
        self._is_text = False
        self._is_sound = False
        self._xml = SafeXml(start=self._start, end=self._end, text=self._add)
        self._columns: dict[str, int] = {}

    def feed(self, piece: bytes) -> Sequence[SheetRow]:
        """The rows that end in it."""
        self._xml.feed(piece)
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "c":
                self._attributes, self._text, self._is_formula = attributes, None, False
                self._column = self._column_of(attributes.get("r", ""))
            case "v" | "t":
                self._is_text = not self._is_sound
                if self._is_text and self._text is None:
                    self._text = []
            case "f":
                self._is_formula = True
            case "rPh":
                self._is_sound = True
            case "row":
                self._cells, self._size, self._column = {}, 0, -1
                self._row = _positive(attributes.get("r", "")) or self._row + 1

    def _end(self, name: str) -> None:
        match name:
            case "v" | "t":
                self._is_text = False
            case "rPh":
                self._is_sound = False
            case "c":
                self._cell()
            case "row":
                if self._cells:
                    too_large = self._size > MOST_BYTES_OF_A_RECORD
                    self._found.append(SheetRow(self._row, self._cells, too_large))
                self._cells = {}
            case "sheetData":
                self.is_done = True

    def _cell(self) -> None:
        if not (self._text or self._is_formula) or self._column >= MOST_HEADINGS:
            return
        kind, style = self._attributes.get("t", "n"), self._attributes.get("s", "0")
        text = None if self._text is None else "".join(self._text)
        self._cells[self._column] = WrittenCell(kind, _positive(style), text, self._is_formula)

    def _add(self, text: str) -> None:
        if self._is_text and self._text is not None:
            self._size += len(text)
            if self._size <= MOST_BYTES_OF_A_RECORD:
                self._text.append(text)

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = column_number(letters)
            if len(self._columns) < MOST_LETTERS_KEPT:
                self._columns[letters] = column
        return column if column >= 0 else self._column + 1


def column_number(letters: str) -> int:
    """From 0; -1 where these are not the letters of a column."""
    if not 1 <= len(letters) <= 3 or not letters.isascii() or not letters.isalpha():
        return -1
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _positive(digits: str) -> int:
    """0 where it is no number of a row or a style."""
    return int(digits) if len(digits) <= 7 and digits.isascii() and digits.isdecimal() else 0


def _index(digits: str) -> int:
    """-1 where it is no number of a text."""
    digits = digits.strip()
    return _positive(digits) if digits.strip("0") == "" or _positive(digits) else -1


@dataclass(frozen=True, slots=True)
class Values:
    """From what is written in cells to their values."""

    texts: SharedTexts | None
    formats: Sequence[Shows]
    from_1904: bool

    def is_too_large(self, row: SheetRow) -> bool:
        """With the texts that its cells name."""
        if row.is_too_large:
            return True
        named = sum(
            self.texts.size(_index(cell.text))
            for cell in row.cells.values()
            if self.texts and cell.kind == "s" and cell.text
        )
        return named > MOST_BYTES_OF_A_RECORD

    def of(self, cell: WrittenCell) -> Cell:
        text = cell.text
        if text is None:
            return FaultyCell(NO_VALUE) if cell.is_formula else None
        match cell.kind:
            case "s":
                found = self.texts.get(_index(text)) if self.texts else None
                return FaultyCell("a text that is not there") if found is None else _plain(found)
            case "str" | "inlineStr":
                return _plain(text)
            case "b":
                return text.strip() in {"1", "true"}
            case "e":
                known = text.strip() in ERRORS
                return FaultyCell(f"an error ({text.strip()})" if known else "an error")
            case "d":
                return text.strip()
            case _ if not text.strip():
                return FaultyCell(NO_VALUE) if cell.is_formula else None
            case _:
                shows = self.formats[cell.style] if cell.style < len(self.formats) else PLAIN
                return value_of(text, shows, from_1904=self.from_1904)


def _plain(text: str) -> str:
    """Characters that XML cannot hold are written as `_x000D_`."""
    return _ESCAPED.sub(_unescaped, text) if "_x" in text else text


def _unescaped(found: re.Match[str]) -> str:
    codes = (found[0][at : at + 4] for at in range(2, len(found[0]), 7))
    units = b"".join(int(code, 16).to_bytes(2, "little") for code in codes)
    return units.decode("utf-16-le", "replace").replace("\0", "")


@dataclass(slots=True)
class Merged:
    """Cells that are merged downwards: what stands in the first is in each of them."""

    by_top: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """Row -> column and last row of those that begin there."""
    _open: dict[int, tuple[int, Cell]] = field(default_factory=dict)

    def fill(self, row: int, cells: dict[int, Cell]) -> None:
        """Add what belongs into this row. To be called row by row, downwards."""
        for column, (last, value) in list(self._open.items()):
            if row > last:
                del self._open[column]
            elif cells.get(column) is None:
                cells[column] = value
        for column, last in self.by_top.get(row, ()):
            self._open[column] = (last, cells.get(column))


def merged_in(pieces: Iterable[bytes]) -> Merged:
    """Reads a sheet's XML through for them: they stand after its rows."""
    merged, rest, count = Merged(), b"", 0
    for piece in pieces:
        text = rest + piece
        end = 0
        for found in _MERGED.finditer(text):
            end = found.end()
            top, last = int(found[2]), int(found[3])
            count += last > top
            if count > MOST_MERGED:
                raise UnreadableFile(f"more than {MOST_MERGED} cells are merged: save it as CSV")
            if last > top:
                column = column_number(found[1].decode())
            if last > top and column < MOST_HEADINGS:
                merged.by_top.setdefault(top, []).append((column, last))
        rest = text[max(end, len(text) - 120) :]
    return merged


def rows_of(pieces: Iterator[bytes]) -> Iterator[SheetRow]:
    """The rows of a sheet, one after another, without blank ones."""
    written = RowsWritten()
    for piece in pieces:
        yield from written.feed(piece)
        if written.is_done:
            return
    raise UnreadableFile("the sheet ends in the middle: save the workbook again")
