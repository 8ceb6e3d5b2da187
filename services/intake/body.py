"""Reading a request's body: with a limit, by media type, into JSON values."""

from collections.abc import AsyncIterator

from pydantic_core import from_json

from services.intake import problems
from services.intake.problems import Refusal
from services.intake.receive import Unreadable

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
NDJSON = "application/x-ndjson"
MEDIA_TYPES = (SINGLE, BATCH, NDJSON)

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def media_type_of(content_type: str | None, content_encoding: str | None) -> str:
    """The media type, one of `MEDIA_TYPES`; raises `Refusal` (415) for any other."""
    media_type, *parameters = (part.strip().lower() for part in (content_type or "").split(";"))
    if media_type not in MEDIA_TYPES:
        raise Refusal(problems.wrong_media_type(f"send one of {', '.join(MEDIA_TYPES)}"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in {"utf-8", "utf8"}:
            raise Refusal(problems.wrong_media_type("send UTF-8"))
    if content_encoding not in {None, "", "identity"}:
        raise Refusal(problems.wrong_media_type("send the body as it is, not compressed"))
    return media_type


async def read_capped(chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
    """The whole body; raises `Refusal` (413) as soon as it is larger than `max_bytes`."""
    body = bytearray()
    async for chunk in chunks:
        if len(body) + len(chunk) > max_bytes:
            raise Refusal(problems.too_large(f"a body has at most {max_bytes} bytes"))
        body += chunk
    return bytes(body)


def events_in(body: bytes, media_type: str, max_items: int) -> list[object]:
    """The events of a body, as JSON values; of NDJSON, an unreadable line is `Unreadable`.

    Raises `Refusal`: 400 for a body that is no JSON, 413 for more than `max_items`.
    """
    body = body.removeprefix(_BYTE_ORDER_MARK)
    events: list[object]
    match media_type:
        case "application/x-ndjson":
            lines = [line for line in body.split(b"\n") if line.strip()]
            _at_most(max_items, len(lines))
            return [_line(line) for line in lines]
        case "application/cloudevents-batch+json":
            values = _json(body)
            if not isinstance(values, list):
                raise Refusal(problems.unreadable("a batch is a JSON array"))
            events = values
        case _:
            events = [_json(body)]
    _at_most(max_items, len(events))
    return events


def _at_most(max_items: int, count: int) -> None:
    if count > max_items:
        raise Refusal(problems.too_large(f"a batch has at most {max_items} events"))


def _json(body: bytes) -> object:
    try:
        return _strict(body)
    except ValueError as error:
        detail = "not JSON in UTF-8, or cut off, or nested too deeply"
        raise Refusal(problems.unreadable(detail)) from error


def _line(line: bytes) -> object:
    try:
        return _strict(line)
    except ValueError:
        return Unreadable("this line is not JSON in UTF-8, or nested too deeply")


def _strict(text: bytes) -> object:
    """JSON as RFC 8259 has it: no NaN, no lone surrogates, at most some 200 levels deep."""
    value: object = from_json(text, allow_inf_nan=False)
    return value
