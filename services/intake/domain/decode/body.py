"""From a body to its events, by media type, one after another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.intake.domain.decode.strict_json import (
    Decoded,
    DoubledName,
    NotJson,
    NotTaken,
    StrictJson,
    TooLarge,
    after_space,
)

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
NDJSON = "application/x-ndjson"
MEDIA_TYPES = (SINGLE, BATCH, NDJSON)
PLAIN_JSON = (
    "; an event whose data is application/json has its attributes in ce- headers beside it; JSON "
    "of another form is sent to /v1/webhooks/NAME, or as a file, with a mapping"
)

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE = re.compile(rb"[^\s][^\n]*")


@dataclass(frozen=True, slots=True)
class UnreadableEvent:
    """A line, or an element of a batch, that is no JSON, or too large a one."""

    detail: str
    too_large: bool = False
    text: str = field(default="", repr=False, compare=False)
    """As it was written; what is no UTF-8 of it as escapes."""


class WrongMediaType(ValueError):
    """A body of another kind than those that are read; says what to send."""


class UnreadableBody(ValueError):
    """A body that is no JSON as a whole; says why, without a word of it."""


def media_type_of(content_type: str | None, content_encoding: str | None) -> str:
    """The media type, one of `MEDIA_TYPES`; raises `WrongMediaType` for any other."""
    media_type, *parameters = (part.strip().lower() for part in (content_type or "").split(";"))
    if media_type not in MEDIA_TYPES:
        beside = PLAIN_JSON if media_type == "application/json" else ""
        raise WrongMediaType(f"send one of {', '.join(MEDIA_TYPES)}{beside}")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in {"utf-8", "utf8"}:
            raise WrongMediaType("send UTF-8")
    if (content_encoding or "identity").strip().lower() != "identity":
        raise WrongMediaType("send the body as it is, not compressed")
    return media_type


def events_in(
    body: bytes, media_type: str, *, max_items: int, max_event_bytes: int
) -> Iterator[object]:
    """The events of a body, each decoded when it is asked for, so that few are held at once.

    A JSON value; `UnreadableEvent` for a line that is none; `DoubledName` where a name stands
    twice. Raises, at any event, `UnreadableBody` for a body that is no JSON, and `TooLarge` for
    more than `max_items` events or `max_event_bytes` of one.
    """
    body = without_mark(body)
    reader = StrictJson(most_bytes=max_event_bytes)
    events: Iterator[object]
    match media_type:
        case "application/x-ndjson":
            events = (_line(found.group(), reader) for found in _LINE.finditer(body))
        case "application/cloudevents-batch+json":
            events = _as_one_text(_batch(body, reader))
        case _:
            events = _as_one_text(_single(body, reader))
    for position, event in enumerate(events):
        if position == max_items:
            raise TooLarge(f"a batch has at most {max_items} events")
        yield event


def event_in(text: str, *, max_event_bytes: int) -> object:
    """The event that a text of its own is; `UnreadableEvent` where it is none."""
    try:
        return next(events_in(text.encode(), SINGLE, max_items=1, max_event_bytes=max_event_bytes))
    except UnreadableBody as error:
        return UnreadableEvent(str(error), text=text)
    except TooLarge as error:
        return UnreadableEvent(str(error), too_large=True, text=text)


def without_mark(body: bytes) -> bytes:
    """Without the byte order mark that some editors begin UTF-8 with."""
    return body.removeprefix(_BYTE_ORDER_MARK)


def _single(body: bytes, reader: StrictJson) -> Iterator[object]:
    text = _text(body)
    yield _event(reader.whole(text), text)


def _batch(body: bytes, reader: StrictJson) -> Iterator[object]:
    text = _text(body)
    position = after_space(text, 0)
    if text[position : position + 1] != "[":
        raise NotJson("a batch is a JSON array")
    position = after_space(text, position + 1)
    if text[position : position + 1] != "]":
        while True:
            event, end = _element(text, position, reader)
            yield event
            position = after_space(text, end)
            if text[position : position + 1] != ",":
                break
            position = after_space(text, position + 1)
    if text[position : position + 1] != "]" or after_space(text, position + 1) != len(text):
        raise NotJson("the array does not end as it should")


def _element(text: str, position: int, reader: StrictJson) -> tuple[object, int]:
    """An event and where it ends. One that is not taken is the fault of no other."""
    try:
        decoded = reader.next(text, position)
    except NotTaken as error:
        detail = f"this event is not JSON as it is taken here: {error}"
        return UnreadableEvent(detail, text=text[position : error.end]), error.end
    return _event(decoded, text, position), decoded.end


def _line(line: bytes, reader: StrictJson) -> object:
    try:
        text = _text(line)
        return _event(reader.whole(text), text)
    except NotJson as error:
        detail = f"this line is not JSON in UTF-8 as it is taken here: {error}"
        return UnreadableEvent(detail, text=line.decode(errors="backslashreplace"))
    except TooLarge as error:
        text = line.decode(errors="backslashreplace")
        return UnreadableEvent(str(error), too_large=True, text=text)


def _as_one_text(events: Iterator[object]) -> Iterator[object]:
    """Of a body that is one JSON text, one fault is the fault of all."""
    try:
        yield from events
    except NotJson as error:
        detail = f"not JSON in UTF-8, or cut off, or nested too deeply: {error}"
        raise UnreadableBody(detail) from error


def _event(decoded: Decoded, text: str, start: int = 0) -> object:
    if not decoded.doubled:
        return decoded.value
    return DoubledName(decoded.value, text[start : decoded.end])


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise NotJson("not UTF-8") from None
