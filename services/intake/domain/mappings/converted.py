"""What a record becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import JsonValue

from services.intake.domain.mappings.records import Fields


class MappingNote(NamedTuple):
    """Something about one field of a record: names, and words, never what stands there."""

    field: str
    """The canonical field, such as `vehicle.vin`; empty: the record."""
    column: str
    """The heading or path that it comes from; empty: none."""
    detail: str


@dataclass(frozen=True, slots=True)
class Converted:
    """A record as an event: what `POST /v1/events` takes, and a sender could have sent."""

    number: int
    place: str
    """Of its first record."""
    event: Mapping[str, JsonValue]
    notes: Sequence[MappingNote] = ()
    """What was doubtful, and is taken."""
    records: int = 1
    """Of how many records it was made."""
    letters: int = 0
    """About how long the event is, as JSON."""
    rows: Sequence[Fields] = field(default=(), repr=False, compare=False)
    """These records."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record of which no event can be made."""

    number: int
    place: str
    errors: Sequence[MappingNote]
    records: int = 1
    """How many records would have made it."""
    rows: Sequence[Fields] = field(default=(), repr=False, compare=False)
    """These records, as far as they could be read."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that is none, as the mapping says: totals, a blank line."""

    number: int
    place: str
