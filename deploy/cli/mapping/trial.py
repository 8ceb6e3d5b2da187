"""What each record of a file would become, and what intake would say of it. Nothing is sent."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Literal, NamedTuple, TypeAlias

from pydantic import JsonValue

from services.intake.domain.examine.event import InvalidEvent, examine
from services.intake.domain.findings import Finding
from services.intake.domain.mappings.columns import column_of, unused_headings
from services.intake.domain.mappings.convert import converted, missing_and_doubled
from services.intake.domain.mappings.converted import Converted, MappingNote, Refused, Skipped
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.readers import open_file
from services.intake.domain.mappings.records import (
    SourceRecord,
    UnreadableFile,
    UnreadableRecord,
)
from shared.dealers.dealer import Dealer, Dealers

Becomes: TypeAlias = Literal["event", "again", "refused", "skipped"]
"""An event; one that came before in the file; nothing, for a reason; nothing, as is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRecord:
    """What one record would become, or several that make one document."""

    number: int
    place: str
    becomes: Becomes
    event: Mapping[str, JsonValue] | None = None
    errors: Sequence[MappingNote] = ()
    """Why it is refused: by the mapping, or by intake. Nothing of what stands there."""
    warnings: Sequence[MappingNote] = ()
    records: int = 1


class Situation(NamedTuple):
    """For whom a file is tried, and when."""

    dealer: Dealer
    dealers: Dealers
    source: str
    now: datetime


@dataclass(slots=True)
class FileTrial:
    """A file that was opened by a mapping. `records` may be asked for once."""

    file: BinaryIO
    mapping: FeedMapping
    situation: Situation
    faults: Sequence[MappingNote] = ()
    """What is wrong with it as a whole; with any of these no record of it is sent."""
    headings: Sequence[str] | None = None
    """Of a table."""
    unused: Sequence[str] = ()
    """The headings that the mapping does not look at."""
    broken: str | None = None
    """Why it could not be read, or not to its end, once its records were asked for."""
    counts: Counter[str] = field(default_factory=Counter)
    """How many records became what, so far; `events` of how many documents, `warned` how many of
    these with warnings."""

    def column_of(self, pointer: str) -> str:
        """The heading or path in this file that a place in an event came from."""
        return column_of(pointer, self.mapping, self.headings)

    def records(self) -> Iterator[TriedRecord]:
        """What each record would become, in the order of the file, as it is read."""
        try:
            opened = open_file(self.file, self.mapping.reads)
            self.faults = missing_and_doubled(opened.headings, self.mapping)
            self.headings = opened.headings
            self.unused = unused_headings(opened.headings, self.mapping)
            if not self.faults:
                yield from self._tried(opened.records)
        except UnreadableFile as error:
            self.broken = str(error)

    def _tried(self, records: Iterator[SourceRecord | UnreadableRecord]) -> Iterator[TriedRecord]:
        who = self.situation
        seen = set[str]()
        for outcome in converted(records, self.mapping, source=who.source, dealer=who.dealer):
            tried = self._one(outcome, seen)
            self.counts[tried.becomes] += tried.records
            self.counts["events"] += tried.becomes == "event"
            self.counts["warned"] += bool(tried.warnings)
            yield tried

    def _one(self, outcome: Converted | Refused | Skipped, seen: set[str]) -> TriedRecord:
        number, place = outcome.number, outcome.place
        match outcome:
            case Skipped():
                return TriedRecord(number=number, place=place, becomes="skipped")
            case Refused(errors=errors, records=records):
                return TriedRecord(
                    number=number, place=place, becomes="refused", errors=errors, records=records
                )
            case Converted():
                return self._examined(outcome, seen)

    def _examined(self, outcome: Converted, seen: set[str]) -> TriedRecord:
        who = self.situation
        answer = examine(dict(outcome.event), dealers=who.dealers, now=who.now)
        becomes: Becomes = "event"
        errors: Sequence[MappingNote] = ()
        warnings = list(outcome.notes)
        if isinstance(answer, InvalidEvent):
            becomes, errors = "refused", self._notes(answer.errors)
        else:
            warnings += self._notes(answer.warnings)
            if (event_id := str(outcome.event["id"])) in seen:
                becomes = "again"
            seen.add(event_id)
        return TriedRecord(
            number=outcome.number,
            place=outcome.place,
            becomes=becomes,
            event=outcome.event,
            errors=errors,
            warnings=tuple(dict.fromkeys(warnings)),
            records=outcome.records,
        )

    def _notes(self, findings: Sequence[Finding]) -> Sequence[MappingNote]:
        return [
            MappingNote(field_of(found.pointer), self.column_of(found.pointer), found.detail)
            for found in findings
        ]


def field_of(pointer: str) -> str:
    """`/data/lines/0/pay_type` as mappings tell it: `lines[1].pay_type`."""
    parts = pointer.split("/")[1:]
    told = ""
    for part in parts[1:] if parts[:1] == ["data"] else parts:
        if part.isdecimal():
            told += f"[{int(part) + 1}]"
        else:
            told += f".{part}" if told else part
    return told
