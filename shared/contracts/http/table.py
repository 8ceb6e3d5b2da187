"""A table as a spreadsheet reads it.

UTF-8 with a byte order mark: without one, Excel on a Chinese Windows takes a file that it is
asked to open for GBK, and what is not ASCII for nonsense. Commas, CRLF and quotes as in RFC 4180.
What a spreadsheet could take for a formula begins with an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Literal, NamedTuple, TypeAlias

Cell: TypeAlias = str | int | float | None
Lang = Literal["en", "zh"]

BYTE_ORDER_MARK = "\ufeff"
_BEGINS_A_FORMULA = frozenset("=+-@|%\t\r\n\uff1d\uff0b\uff0d\uff20")
"""Some in full width, too, which a Chinese Excel reads alike."""


class Heading(NamedTuple):
    """Of a column, or another word of ours."""

    en: str
    zh: str
    is_time: bool = False
    """Whether the column has `local_text`."""

    def of(self, lang: Lang | None, zone: tzinfo | None = None) -> str:
        """In that language, or in both; of times in a zone, with its name."""
        match lang:
            case "en":
                words = self.en
            case "zh":
                words = self.zh
            case _:
                words = self.en if self.en == self.zh else f"{self.en} {self.zh}".strip()
        return f"{words} ({zone})" if self.is_time and zone is not None else words


def local_text(moment: datetime, zone: tzinfo) -> str:
    """A moment as the clocks there show it, which a spreadsheet takes for one: its minute."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """One row of headings, then the rows; None is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(heading) for heading in headings])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return BYTE_ORDER_MARK + text.getvalue()


def _cell(value: Cell) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" \u3000")[:1] in _BEGINS_A_FORMULA:
        return f"'{value}"
    return value
