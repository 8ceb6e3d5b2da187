"""A file that an import has open, and the portions that are read of it. For a thread beside the
event loop."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from typing import Any

from services.intake.adapters.imports.stored_file import BUFFER_BYTES, StoredFile
from services.intake.domain.imports.account import Became
from services.intake.domain.mappings.convert import converted, missing_and_doubled
from services.intake.domain.mappings.converted import Converted, MappingNote, Refused
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.readers import open_file
from services.intake.domain.mappings.records import UnreadableFile
from shared.dealers.dealer import Dealer

EVENTS_AT_ONCE = 500
EVENTS_BESIDE_OTHERS = 10
"""While others are at the door: who comes when a portion is in hand waits for that, in the database
at least, and shares the interpreter with what is converted and examined of it: about 5 ms."""
LOOKED_AT_AT_ONCE = 4_000
"""Records that are skipped, or were done before, make a portion, too: others have their turn."""
LETTERS_AT_ONCE = 4_000_000
"""A portion ends with the event with which it has so many."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What was read."""

    outcomes: Sequence[Became]
    is_last: bool = False
    broken: str = ""
    """Why there is no more; empty: there is, or it is the last."""

    @property
    def events(self) -> list[object]:
        """What intake is given of it."""
        return [found.event for found in self.outcomes if isinstance(found, Converted)]


@dataclass(slots=True)
class OpenImport:
    """A file whose beginning was read."""

    file: StoredFile
    mapping: FeedMapping
    outcomes: Iterator[Became]
    faults: Sequence[MappingNote]
    """What is wrong with it as a whole; nothing of it is to be taken then."""

    def portion(self, after: int, *, beside_others: bool = False) -> Portion:
        """The next records, those after number `after`; few `beside_others`."""
        found: list[Became] = []
        reading = _Reading(EVENTS_BESIDE_OTHERS if beside_others else EVENTS_AT_ONCE)
        try:
            for outcome in self.outcomes:
                if outcome.number > after:
                    found.append(outcome)
                if reading.is_enough_with(outcome, is_new=outcome.number > after):
                    return Portion(found)
        except UnreadableFile as fault:
            return Portion(found, broken=str(fault))
        return Portion(found, is_last=True)


@dataclass(slots=True)
class _Reading:
    """How much of a portion there is."""

    most: int
    looked_at: int = 0
    events: int = 0
    letters: int = 0

    def is_enough_with(self, outcome: Became, *, is_new: bool) -> bool:
        self.looked_at += 1
        if is_new and isinstance(outcome, Converted):
            self.events += 1
            self.letters += outcome.letters
        if is_new and isinstance(outcome, Refused):  # its records are kept, too
            self.letters += sum(map(_letters, outcome.rows))
        return (
            self.events >= self.most
            or self.letters >= LETTERS_AT_ONCE
            or self.looked_at >= LOOKED_AT_AT_ONCE
        )


def opened(file: StoredFile, mapping: FeedMapping, *, source: str, dealer: Dealer) -> OpenImport:
    """Raises `UnreadableFile` where it cannot be read as the mapping says."""
    found = open_file(BufferedReader(file, BUFFER_BYTES), mapping.reads)
    return OpenImport(
        file=file,
        mapping=mapping,
        outcomes=converted(found.records, mapping, source=source, dealer=dealer),
        faults=missing_and_doubled(found.headings, mapping),
    )


def _letters(value: Any) -> int:
    """About how long it is."""
    match value:
        case str():
            return len(value)
        case dict():
            return sum(map(_letters, value.values()))
        case list():
            return sum(map(_letters, value))
        case _:
            return 4
