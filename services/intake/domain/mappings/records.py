"""What the readers of all formats give: records, each with its place in the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple, TypeAlias


@dataclass(frozen=True, slots=True)
class FaultyCell:
    """A cell of a spreadsheet that has no value, and why; the rest of its row is as it is."""

    because: str
    """Such as `an error (#REF!)`, `a formula without a value`."""


Cell: TypeAlias = str | bool | int | float | Decimal | datetime | date | time | FaultyCell | None
"""A value as the format has it: text of CSV and XML, any of them of a spreadsheet or JSON."""
Node: TypeAlias = "Cell | Mapping[str, Node] | Sequence[Node]"
Fields: TypeAlias = Mapping[str, Node]
"""Of a table: heading -> cell. Of XML: `@attribute` or child -> what is in it, a list where a
child stands several times; the text of an element that has more than text is `#text`. Names are
without their namespaces."""


class SourceRecord(NamedTuple):
    """One record of a file."""

    number: int
    """From 1, in the order of the file; unreadable ones count."""
    place: str
    """Where it stands, for people: `line 12`, `sheet 工单, row 12`, `RoRecord 3, line 120`."""
    fields: Fields


class UnreadableRecord(NamedTuple):
    """A record that is none; it is the fault of no other."""

    number: int
    place: str
    because: str
    """Says nothing of its content."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file whose beginning was read, and that can be read."""

    headings: Sequence[str] | None
    """Of a table, as they stand there, repeated ones too; None of other formats."""
    records: Iterator[SourceRecord | UnreadableRecord]
    """Read as they are asked for, so that few are in memory at once. Raises `UnreadableFile` where
    the rest cannot be read at all."""


class UnreadableFile(ValueError):
    """A file that cannot be read as the mapping says, or not further; says why and what to do,
    without a word of it."""
