"""The columns of a file, and what stands in its first records."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.intake.domain.mappings.reads import Reads
from services.intake.domain.mappings.records import Cell, FaultyCell, Fields, Node
from services.intake.domain.mappings.values.cells import Unreadable, says_nothing, text_of

MOST_DEPTH = 6


class SeenColumn(NamedTuple):
    """A column of a table, or a path of what is nested."""

    path: str
    """The heading; or the path, from the record or from the entry of the list that it is in."""
    each: str
    """The path of that list; empty: it is in none."""
    cells: Sequence[Cell]
    """What stands there, where something does."""

    @property
    def full_path(self) -> str:
        """From the record."""
        return f"{self.each}/{self.path}" if self.each else self.path

    def texts(self) -> list[str]:
        """As they stand there."""
        found: list[str] = []
        for cell in self.cells:
            try:
                found.append(text_of(cell))
            except Unreadable:
                continue
        return found


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file."""

    reads: Reads
    columns: Sequence[SeenColumn]
    records: int

    @property
    def is_table(self) -> bool:
        return self.reads.format in ("csv", "xlsx")


@dataclass(slots=True)
class _Column:
    path: str
    each: str
    cells: list[Cell] = field(default_factory=list)


def sample_of(reads: Reads, headings: Sequence[str] | None, records: Sequence[Fields]) -> Sample:
    """`headings`: of a table; None: what the records have."""
    found: dict[tuple[str, str], _Column] = {
        ("", heading): _Column(heading, "") for heading in headings or () if heading.strip()
    }
    for record in records:
        for each, path, cell in _leaves(record, "", "", 0):
            column = found.setdefault((each, path), _Column(path, each))
            if not says_nothing(cell) and not isinstance(cell, FaultyCell):
                column.cells.append(cell)
    columns = [SeenColumn(one.path, one.each, one.cells) for one in found.values()]
    return Sample(reads, columns, len(records))


def _leaves(node: Node, each: str, path: str, depth: int) -> Iterator[tuple[str, str, Cell]]:
    if depth > MOST_DEPTH:
        return
    if isinstance(node, Mapping):
        for name, inner in node.items():
            yield from _leaves(inner, each, f"{path}/{name}" if path else name, depth + 1)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        is_of_parts = any(isinstance(one, Mapping) for one in node)
        for one in node:
            if is_of_parts and not each:
                yield from _leaves(one, path, "", depth + 1)
            else:
                yield from _leaves(one, each, path, depth + 1)
    elif path:
        yield each, path, node
