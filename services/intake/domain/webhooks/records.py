"""Plain JSON that a webhook sends: records through a mapping, and what became of each. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import TypeAlias

from pydantic import JsonValue

from services.intake.domain.decode.strict_json import TooLarge
from services.intake.domain.mappings.convert import converted, missing_and_doubled
from services.intake.domain.mappings.converted import Converted, MappingNote, Refused, Skipped
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.readers import open_file
from shared.dealers.dealer import Dealer

FORMATS = frozenset({"json", "ndjson"})
"""What a mapping reads, of which the files may come as webhooks."""

Outcome: TypeAlias = Converted | Refused | Skipped


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one body, in order."""

    outcomes: Sequence[Outcome]

    def events(self) -> Iterator[Mapping[str, JsonValue]]:
        """What `Intake.receive` takes."""
        return (each.event for each in self.outcomes if isinstance(each, Converted))

    def refused(self) -> Sequence[Refused]:
        """Those of which no event can be made."""
        return [each for each in self.outcomes if isinstance(each, Refused)]


def records_in(
    body: bytes, mapping: FeedMapping, *, source: str, dealer: Dealer, max_records: int
) -> Records:
    """What the records of a body become. Raises `UnreadableFile`; `TooLarge` for too many."""
    opened = open_file(BytesIO(body), mapping.reads)
    faults = missing_and_doubled(opened.headings, mapping)
    if faults:
        return Records([Refused(1, "", tuple(faults))])
    found = converted(opened.records, mapping, source=source, dealer=dealer)
    outcomes = list(islice(found, max_records + 1))
    if len(outcomes) > max_records:
        raise TooLarge(f"a webhook has at most {max_records} records")
    return Records(outcomes)


def as_pointer(note: MappingNote) -> str:
    """Where an event would have it."""
    return f"/data/{note.field.replace('.', '/')}" if note.field else "/data"
