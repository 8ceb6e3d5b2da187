"""What came and was rejected, as bytes that make the same again. All of it is personal data.

Values that JSON does not have are objects of one name: `{"$date": "2026-11-20"}`. A name of the
sender's own that begins with `$` has another one before it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeAlias

from services.intake.domain.decode.body import UnreadableEvent
from services.intake.domain.decode.strict_json import DoubledName
from services.intake.domain.mappings.records import FaultyCell, Fields, Node

ContentKind = Literal["event", "records", "text", "nothing"]
MOST_BYTES = 4_000_000
"""Of one content; of more nothing is kept but that it was there."""


@dataclass(frozen=True, slots=True)
class EventCame:
    """An event, as JSON values."""

    value: object


@dataclass(frozen=True, slots=True)
class RecordsCame:
    """The record of a file that was to be a document, or the rows."""

    rows: Sequence[Fields]


@dataclass(frozen=True, slots=True)
class TextCame:
    """What is no JSON as it is taken here."""

    text: str


@dataclass(frozen=True, slots=True)
class NothingCame:
    """It could not be read at all, or was too large."""


Came: TypeAlias = EventCame | RecordsCame | TextCame | NothingCame
NOTHING = NothingCame()


def event_came(raw: object) -> Came:
    """What the path of events was given."""
    match raw:
        case UnreadableEvent(text=text) | DoubledName(text=text):
            return TextCame(text) if text else NOTHING
        case _:
            return EventCame(raw)


def records_came(rows: Sequence[Fields]) -> Came:
    """What a mapping was given for one document."""
    return RecordsCame(rows) if rows else NOTHING


def kind_of(came: Came) -> ContentKind:
    """In a word."""
    match came:
        case EventCame():
            return "event"
        case RecordsCame():
            return "records"
        case TextCame():
            return "text"
        case NothingCame():
            return "nothing"


def shown(came: Came) -> Any:
    """As JSON values: what `again` can be given, changed or not."""
    match came:
        case EventCame():
            return came.value
        case RecordsCame():
            return [_plain(row) for row in came.rows]
        case TextCame():
            return came.text
        case NothingCame():
            return None


def packed(came: Came) -> tuple[ContentKind, bytes]:
    """The same for the same content. `nothing` where it is too large."""
    kind = kind_of(came)
    try:
        text = json.dumps([kind, shown(came)], ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return packed(NOTHING)
    content = text.encode(errors="backslashreplace")  # so JSON writes half of a surrogate pair
    return (kind, content) if len(content) <= MOST_BYTES else packed(NOTHING)


def unpacked(content: bytes) -> Came:
    """What was packed."""
    kind, value = json.loads(content)
    match kind:
        case "event":
            return EventCame(value)
        case "records":
            return RecordsCame([fields_of(row) for row in value])
        case "text":
            return TextCame(value)
        case _:
            return NOTHING


def fields_of(row: Mapping[str, Any]) -> Fields:
    """The record that is shown so, or that somebody wrote."""
    return {_own_name(name): _node(value) for name, value in row.items()}


def _plain(node: Node) -> Any:
    match node:
        case Mapping():
            return {_written_name(name): _plain(inner) for name, inner in node.items()}
        case None | bool() | int() | str():
            return node
        case float():
            return node if node - node == 0 else {"$float": str(node)}
        case Decimal():
            return {"$decimal": str(node)}
        case datetime():
            return {"$datetime": node.isoformat()}
        case date():
            return {"$date": node.isoformat()}
        case time():
            return {"$time": node.isoformat()}
        case FaultyCell():
            return {"$faulty": node.because}
        case _:
            return [_plain(inner) for inner in node]


def _node(value: Any) -> Node:
    match value:
        case dict():
            typed = _typed(value) if len(value) == 1 else None
            return fields_of(value) if typed is None else typed
        case list():
            return [_node(inner) for inner in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _typed(value: Mapping[str, Any]) -> Node:
    """None: it is an object that only has one name, or is not written as such a value is."""
    ((name, text),) = value.items()
    if not isinstance(text, str):
        return None
    try:
        match name:
            case "$decimal":
                return Decimal(text)
            case "$float":
                return float(text)
            case "$datetime":
                return datetime.fromisoformat(text)
            case "$date":
                return date.fromisoformat(text)
            case "$time":
                return time.fromisoformat(text)
            case "$faulty":
                return FaultyCell(text)
            case _:
                return None
    except (ValueError, InvalidOperation):
        return None


def _written_name(name: str) -> str:
    return f"${name}" if name.startswith("$") else name


def _own_name(name: str) -> str:
    return name[1:] if name.startswith("$$") else name
