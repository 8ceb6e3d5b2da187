"""What is sent to the one path once more: as it came, corrected, or by another mapping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services.intake.domain.decode.body import UnreadableEvent, event_in
from services.intake.domain.decode.strict_json import DoubledName
from services.intake.domain.mappings.convert import converted
from services.intake.domain.mappings.converted import Converted, Refused
from services.intake.domain.mappings.feed_mapping import FeedMapping
from services.intake.domain.mappings.records import Fields, SourceRecord
from services.intake.domain.rejected.content import (
    Came,
    EventCame,
    NothingCame,
    RecordsCame,
    TextCame,
    fields_of,
)
from services.intake.domain.rejected.row import RejectedRow
from shared.dealers.dealer import Dealer

MOST_EVENT_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class EventsAgain:
    """These events are sent. None: the mapping says that it is no record."""

    events: Sequence[object]
    made_of: Sequence[Converted] = ()
    """Where a mapping made them."""


@dataclass(frozen=True, slots=True)
class NotAgain:
    """It cannot be, and what to do."""

    detail: str


Again: TypeAlias = EventsAgain | Refused | NotAgain


def corrected(body: object, row: RejectedRow, *, mapping: str) -> Came | NotAgain:
    """What somebody wrote in the place of what came: an event, or a record, or the rows of one.

    `mapping`: what it is to be read by, if another is named than the one it came by.
    """
    is_event = isinstance(body, Mapping) and "specversion" in body
    if is_event or not (mapping or row.way.mapping):
        return EventCame(body)
    written = body if isinstance(body, list) else [body]
    rows = [fields_of(each) for each in written if isinstance(each, Mapping)]
    if not rows or len(rows) < len(written):
        return NotAgain("write an event, or the record as an object, or its rows as objects")
    return RecordsCame(rows)


def mapping_for(came: Came, row: RejectedRow, *, asked: str) -> str:
    """The name of the mapping that it is read by; empty: none."""
    return asked or (row.way.mapping if isinstance(came, RecordsCame) else "")


def again(
    came: Came, row: RejectedRow, *, mapping: FeedMapping | None, dealer: Dealer | None
) -> Again:
    """`mapping`: what it is read by; `dealer`: whose it is."""
    match came:
        case NothingCame():
            return NotAgain("nothing of it is kept: send the corrected one as the body")
        case TextCame():
            read = event_in(came.text, max_event_bytes=MOST_EVENT_BYTES)
            is_none = isinstance(read, UnreadableEvent | DoubledName)
            if mapping is None or is_none:
                return EventsAgain([read])
            return again(EventCame(read), row, mapping=mapping, dealer=dealer)
        case EventCame():
            if mapping is None:
                return EventsAgain([came.value])
            if not isinstance(came.value, Mapping):
                return NotAgain("a mapping reads records, and this is none")
            return _by(mapping, [came.value], row, dealer)
        case RecordsCame():
            if mapping is None:
                return NotAgain("the mapping that read it is not there: name another one")
            return _by(mapping, came.rows, row, dealer)


def _by(
    mapping: FeedMapping, rows: Sequence[Fields], row: RejectedRow, dealer: Dealer | None
) -> Again:
    source = row.source or mapping.source
    if dealer is None or source is None:
        return NotAgain("it is not known whose it is: correct it as an event that says so")
    first = row.number or 1
    records = [SourceRecord(first + at, row.place, fields) for at, fields in enumerate(rows)]
    made = list[Converted]()
    for outcome in converted(records, mapping, source=source, dealer=dealer):
        match outcome:
            case Refused():
                return outcome
            case Converted():
                made.append(outcome)
            case _:
                pass
    return EventsAgain([each.event for each in made], made)
