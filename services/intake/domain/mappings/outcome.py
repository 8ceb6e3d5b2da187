"""What reading a field of a record comes to, and the account of all that was found on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import JsonValue

from services.intake.domain.mappings.converted import MappingNote
from services.intake.domain.mappings.records import Fields, Node

MOST_NOTES = 100
"""The most notes, and the most errors, that one record has."""


class Value(NamedTuple):
    """A canonical value."""

    value: JsonValue
    said: bool
    """Whether the record says it; else the mapping does."""


class Gap(NamedTuple):
    """Nothing."""

    because: MappingNote | None = None
    """None: nothing stands there."""


@dataclass(slots=True)
class Scope:
    """What a field is read from: a record, or a part of it."""

    part: Node
    record: Fields
    rows: Sequence[Fields] = ()
    """All records of the document, where it has several."""
    position: int = 1
    """Which entry of its list this is."""
    entry: str = ""
    """What tells it from the others, such as `lines[2].`."""
    siblings: Mapping[str, JsonValue] = field(default_factory=dict)
    """What was read of the same group before."""

    def named(self, name: str) -> str:
        return f"{self.entry}{name}"

    def within(self, siblings: Mapping[str, JsonValue]) -> "Scope":
        return Scope(self.part, self.record, self.rows, self.position, self.entry, siblings)


@dataclass(slots=True)
class RecordFindings:
    """What was found in one record."""

    errors: list[MappingNote] = field(default_factory=list)
    notes: list[MappingNote] = field(default_factory=list)

    def error(self, note: MappingNote) -> None:
        _add(self.errors, note)

    def note(self, note: MappingNote) -> None:
        _add(self.notes, note)


def _add(notes: list[MappingNote], note: MappingNote) -> None:
    if len(notes) < MOST_NOTES and note not in notes:
        notes.append(note)
