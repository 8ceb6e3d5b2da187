"""CSV and its like: a line of headings, then a record a line, or several within quotes."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.intake.domain.decode.file_kinds import MARKUP, text_kind
from services.intake.domain.mappings.readers.gunzip import Readable
from services.intake.domain.mappings.readers.headings import MOST_HEADINGS, fields_below, heading
from services.intake.domain.mappings.readers.text import TOO_LARGE, Line, lines_of, text_of
from services.intake.domain.mappings.reads import MOST_BYTES_OF_A_RECORD, ReadsCsv
from services.intake.domain.mappings.records import (
    OpenedFile,
    SourceRecord,
    UnreadableFile,
    UnreadableRecord,
)

DELIMITERS = (",", ";", "\t", "|")
FEWEST_TO_TELL_A_ROW = 5
"""From this many headings on, lines that have exactly as many cells are hardly prose."""
NOT_CLOSED = "has a quote that is opened and not closed"


class _Row(NamedTuple):
    line: int
    cells: Sequence[str]
    fault: str = ""
    """Why it is unreadable; empty: it is not."""
    ended: bool = True
    """A line end follows it."""


@dataclass(slots=True)
class _Rows:
    """Rows of text, one after another. One that is damaged is the fault of no other."""

    encoding: str
    encoding_name: str
    lines: Iterator[Line]
    delimiter: str = ","
    width: int = 0
    """How many cells a row has; 0: not known yet."""
    given_back: deque[Line] = field(default_factory=deque)

    def take(self) -> Line | None:
        return self.given_back.popleft() if self.given_back else next(self.lines, None)

    def give_back(self, lines: Sequence[Line]) -> None:
        self.given_back.extendleft(reversed(lines))

    def next(self) -> _Row | None:
        """The next row; None at the end."""
        line = self.take()
        if line is None:
            return None
        if line.content is None:
            return _Row(line.number, (), TOO_LARGE)
        try:
            text = line.content.decode(self.encoding)
        except UnicodeDecodeError:
            row = self._row(line, line.content.decode(self.encoding, "replace"))
            return row._replace(cells=(), fault=self._not_valid())
        return self._row(line, text)

    def _row(self, line: Line, text: str) -> _Row:
        if '"' in text:
            return self._quoted(line, text)
        row = _Row(line.number, text.rstrip("\r\n").split(self.delimiter), ended=_ended(line))
        return _without_nul(row) if "\0" in text else row

    def _quoted(self, first: Line, text: str) -> _Row:
        """A row with quotes: it goes on in the next lines where one of them is still open."""
        taken: list[Line] = []
        try:
            texts = self._texts(text, taken)
            cells = next(csv.reader(texts, delimiter=self.delimiter, strict=True))
        except csv.Error:
            self.give_back(taken)
            return self._as_it_stands(first, text)
        if not taken:
            return _without_nul(_Row(first.number, cells, ended=_ended(first)))
        if self._holds_rows(cells, taken):
            self.give_back(taken)
            return _Row(first.number, (), NOT_CLOSED)
        if not all(self._is_valid(line) for line in taken):
            return _Row(first.number, (), self._not_valid())
        return _without_nul(_Row(first.number, cells, ended=_ended(taken[-1])))

    def _texts(self, text: str, taken: list[Line]) -> Iterator[str]:
        """The text of a line and, as they are asked for, of those that follow it."""
        size = len(text)
        yield text
        while (line := self.take()) is not None:
            taken.append(line)
            size += len(line.content or b"")
            if line.content is None or size > MOST_BYTES_OF_A_RECORD:
                return
            yield line.content.decode(self.encoding, "replace")

    def _holds_rows(self, cells: Sequence[str], taken: Sequence[Line]) -> bool:
        """Whether lines were taken for a part of a cell that are rows by themselves."""
        if len(cells) > self.width > 0:
            return True
        inner = [(line.content or b"").decode(self.encoding, "replace") for line in taken[:-1]]
        return (
            self.width >= FEWEST_TO_TELL_A_ROW
            and bool(inner)
            and all(text.count(self.delimiter) == self.width - 1 for text in inner)
        )

    def _is_valid(self, line: Line) -> bool:
        try:
            (line.content or b"").decode(self.encoding)
        except UnicodeDecodeError:
            return False
        return True

    def _not_valid(self) -> str:
        return f"is not valid in {self.encoding_name}"

    def _as_it_stands(self, line: Line, text: str) -> _Row:
        """A row whose quotes are not as they should be: taken where it is a row nevertheless."""
        asked: list[str] = []

        def only() -> Iterator[str]:
            yield text
            asked.append("")

        try:
            cells = next(csv.reader(only(), delimiter=self.delimiter))
        except csv.Error:
            return _Row(line.number, (), "has a value that is too large")
        if asked:
            return _Row(line.number, (), NOT_CLOSED)
        return _without_nul(_Row(line.number, cells))


def _ended(line: Line) -> bool:
    return line.content is None or line.content.endswith((b"\n", b"\r"))


def _without_nul(row: _Row) -> _Row:
    """NUL bytes that fill a cell up are nothing; within one they are damage."""
    if not any("\0" in cell for cell in row.cells):
        return row
    cells = [cell.strip("\0") for cell in row.cells]
    if any("\0" in cell for cell in cells):
        return row._replace(cells=(), fault="has NUL bytes in it")
    return row._replace(cells=cells)


def open_csv(file: Readable, reads: ReadsCsv) -> OpenedFile:
    """Reads the headings. Raises `UnreadableFile` where there are none."""
    text = text_of(file, reads.encodings)
    rows = _Rows(text.encoding, text.name, lines_of(text.stream))
    above = reads.headings_in - 1
    declared = _declared_delimiter(rows)
    for _ in range(above):
        rows.take()
    first = rows.take()
    if first is None:
        raise UnreadableFile(_no_headings(reads, "the file ends before"))
    if text_kind(first.content or b"") == MARKUP:
        raise UnreadableFile(f"this is {MARKUP}, and the mapping reads CSV")
    rows.delimiter = reads.delimiter or declared or _delimiter(first, text.encoding)
    rows.give_back([first])
    row = rows.next()
    assert row is not None
    if row.fault:
        raise UnreadableFile(f"line {row.line}, of the headings, {row.fault}")
    headings = [heading(cell) for cell in row.cells]
    if not any(headings):
        raise UnreadableFile(_no_headings(reads, "nothing stands in"))
    if len(headings) > MOST_HEADINGS:
        raise UnreadableFile(f"line {row.line} has more than {MOST_HEADINGS} headings")
    rows.width = len(headings)
    return OpenedFile(headings, _records(rows, headings))


def _no_headings(reads: ReadsCsv, what: str) -> str:
    return f"{what} line {reads.headings_in}, in which the headings should stand"


def _declared_delimiter(rows: _Rows) -> str | None:
    """Of a first line `sep=;`, which is none of the file's own."""
    line = rows.take()
    if line is None:
        return None
    said = (line.content or b"").rstrip(b"\r\n").decode("ascii", "replace").lower()
    if said.startswith("sep=") and said[4:] in DELIMITERS:
        return said[4:]
    rows.give_back([line])
    return None


def _delimiter(line: Line, encoding: str) -> str:
    """The one that parts most cells."""
    text = (line.content or b"").decode(encoding, "replace")
    try:
        cells = {mark: len(next(csv.reader([text], delimiter=mark), ())) for mark in DELIMITERS}
    except csv.Error:
        raise UnreadableFile(f"line {line.number}, of the headings, is too large") from None
    return max(DELIMITERS, key=lambda mark: cells[mark])


def _records(rows: _Rows, headings: Sequence[str]) -> Iterator[SourceRecord | UnreadableRecord]:
    number, fields_of = 0, fields_below(headings)
    while (row := rows.next()) is not None:
        if not row.fault and not any(map(str.strip, row.cells)):
            continue
        number += 1
        place = f"line {row.line}"
        if fault := row.fault or _misshapen(row, len(headings)):
            yield UnreadableRecord(number, place, fault)
        else:
            yield SourceRecord(number, place, fields_of(row.cells))


def _misshapen(row: _Row, width: int) -> str:
    cells = len(row.cells)
    if cells < width and not row.ended:
        return "is cut off: the file ends in the middle of it"
    if cells > width and any(map(str.strip, row.cells[width:])):
        return (
            f"has {cells} cells, and there are {width} headings: a value in which the delimiter "
            f"stands needs quotes"
        )
    return ""
