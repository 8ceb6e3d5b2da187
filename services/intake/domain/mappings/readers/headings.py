"""Headings of tables, and the cells below them."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from services.intake.domain.mappings.records import Cell

MOST_HEADINGS = 2_000
"""Columns of a table that are read; exports of real systems have up to some hundred."""


def heading(cell: str) -> str:
    """As it stands there, in one line: its ends trimmed, white space in it one blank."""
    return " ".join(cell.replace("\N{ZERO WIDTH NO-BREAK SPACE}", "").split())


def fields_below(headings: Sequence[str]) -> Callable[[Iterable[Cell]], Mapping[str, Cell]]:
    """From the cells of a row to heading -> cell: of headings that stand there twice, the first
    counts; blank ones have no field."""
    first: dict[str, int] = {}
    for at, name in enumerate(headings):
        if name:
            first.setdefault(name, at)
    if len(first) == len(headings):
        return lambda cells: dict(zip(headings, cells, strict=False))

    def fields_of(cells: Iterable[Cell]) -> Mapping[str, Cell]:
        row = list(cells)
        return {name: row[at] for name, at in first.items() if at < len(row)}

    return fields_of
