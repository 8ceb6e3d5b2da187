"""What the cells of a column look like: days in which order, telephones, VINs, amounts."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from services.intake.domain.mappings.guess.sample import SeenColumn
from services.intake.domain.mappings.records import Cell
from services.intake.domain.mappings.values.cells import Unreadable
from services.intake.domain.mappings.values.moments import clock_of, time_of

MOST = 0.8
"""The share of cells that must look alike."""
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M", "T%H:%M:%S")
_SEPARATORS = "/.-"
_VIN = re.compile(r"(?=.*[0-9])(?=.*[A-Z])[A-HJ-NPR-Z0-9]{17}", re.IGNORECASE)
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][·\s]?[A-Z0-9]{5,6}[\u4e00-\u9fff]?", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+[0-9 ()-]{8,20}|1[3-9][0-9]{9}|0[0-9]{2,4}[ /-][0-9 /-]{5,12})")
_COMMA = re.compile(r"[^0-9]*-?[0-9]{1,3}(?:[. ][0-9]{3})*,[0-9]{1,2}[^0-9]*")
_POINT = re.compile(r"[^0-9]*-?[0-9]{1,3}(?:[, ][0-9]{3})*\.[0-9]{1,2}[^0-9]*")
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "vehicle.vin": _VIN,
    "customer.email": _EMAIL,
    "vehicle.plate": _PLATE,
    "customer.phones": _PHONE,
}


class DaysRead(NamedTuple):
    """How the days and instants of a column are read."""

    formats: Sequence[str]
    """None at all: the usual ones."""
    doubt: str = ""


def shaped_like(column: SeenColumn) -> str | None:
    """The field whose values look so; None: nothing can be told from them."""
    texts = column.texts()
    if len(texts) < 2:
        return None
    for field, pattern in _SHAPES.items():
        fitting = sum(pattern.fullmatch(text.strip()) is not None for text in texts)
        if fitting >= MOST * len(texts):
            return field
    return None


def days_read(column: SeenColumn, *, month_first: bool) -> DaysRead:
    """`month_first`: what counts where the cells fit both orders."""
    cells = column.cells
    if not cells or _share(cells, lambda cell: _is_read(cell, ())) >= MOST:
        return DaysRead(())
    orders = ("%m{0}%d{0}%Y", "%d{0}%m{0}%Y") if month_first else ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y")
    fitting = [formats for order in orders if (formats := _formats(cells, order))]
    if not fitting:
        return DaysRead((), "these are no days that can be read: say their `formats`")
    doubt = "day or month first: nothing in these records tells" if len(fitting) > 1 else ""
    return DaysRead(fitting[0], doubt)


def are_times(column: SeenColumn) -> bool:
    """Whether these are times of a day, without the day."""
    cells = column.cells
    return (
        bool(cells) and _share(cells, lambda one: _is_time(one) and not _is_read(one, ())) >= MOST
    )


def decimal_comma(columns: Sequence[SeenColumn]) -> bool:
    """Whether amounts have a comma before their decimals."""
    texts = [text for column in columns for text in column.texts()]
    commas = sum(_COMMA.fullmatch(text) is not None for text in texts)
    return commas > sum(_POINT.fullmatch(text) is not None for text in texts)


def _formats(cells: Sequence[Cell], order: str) -> Sequence[str]:
    """The formats in this order by which the cells can be read, each of them by some."""
    for candidates in _candidates(order):
        if _share(cells, partial(_is_read, formats=candidates)) >= MOST:
            return [each for each in candidates if any(_is_read(cell, (each,)) for cell in cells)]
    return ()


def _candidates(order: str) -> Iterator[Sequence[str]]:
    for year in ("%Y", "%y"):
        for separator in _SEPARATORS:
            day = order.format(separator).replace("%Y", year)
            yield [day + time for time in _TIMES]


def _share(cells: Sequence[Cell], so: Callable[[Cell], bool]) -> float:
    return sum(map(so, cells)) / len(cells)


def _is_read(cell: Cell, formats: Sequence[str]) -> bool:
    try:
        clock_of(cell, formats=formats)
    except Unreadable:
        return False
    return True


def _is_time(cell: Cell) -> bool:
    try:
        time_of(cell)
    except Unreadable:
        return False
    return True
