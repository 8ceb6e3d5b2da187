"""Where the records of a JSON value are."""

from collections.abc import Sequence

from services.intake.domain.mappings.records import SourceRecord, UnreadableRecord


def parts_of(pointer: str) -> Sequence[str]:
    """The names of a JSON pointer (RFC 6901)."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def records_at(value: object, parts: Sequence[str]) -> Sequence[object] | None:
    """The array that stands there, or the one value that does; None where nothing does."""
    for part in parts:
        match value:
            case dict() if part in value:
                value = value[part]
            case list() if part.isascii() and part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            case _:
                return None
    return value if isinstance(value, list) else [value]


def record_of(number: int, place: str, value: object) -> SourceRecord | UnreadableRecord:
    """The value as a record, where it is a JSON object."""
    if isinstance(value, dict):
        return SourceRecord(number, place, value)
    return UnreadableRecord(number, place, "is no JSON object")
