"""One event in CloudEvents' binary mode: its attributes in headers, its data as the body.

HTTP protocol binding 1.0.2, section 3.1.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from services.intake.domain.decode.body import UnreadableBody, WrongMediaType, without_mark
from services.intake.domain.decode.strict_json import DoubledName, NotJson, StrictJson
from services.intake.domain.findings import Finding

PREFIX = "ce-"
MOST_ATTRIBUTES = 100

Headers = Sequence[tuple[str, str]]
"""Names in lower case, and values, each byte a character (ISO 8859-1), repeated ones too."""

_NAME = re.compile(r"[a-z0-9]+", flags=re.ASCII)
_PRINTABLE = re.compile(r"[\x20-\x7e\t]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_TYPE_OF_DATA = "datacontenttype"


class WrongHeaders(ValueError):
    """Headers of which no event can be made; says which, never what they hold."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        super().__init__("wrong headers")
        self.findings = tuple(findings)


def is_binary(content_type: str | None, headers: Headers) -> bool:
    """Whether this is an event in binary mode: its content type is that of no event format."""
    media_type = _media_type(content_type)
    is_format = media_type.startswith("application/cloudevents") or "ndjson" in media_type
    return not is_format and any(name.startswith(PREFIX) for name, _ in headers)


def check_type_of_data(content_type: str | None) -> None:
    """Raises `WrongMediaType` for data that is not JSON in UTF-8. Without a type it is JSON."""
    media_type, *parameters = (part.strip().lower() for part in (content_type or "").split(";"))
    if media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise WrongMediaType(
            "the data of an event is JSON here: send content-type: application/json beside the "
            "ce- headers"
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in {"utf-8", "utf8", "us-ascii"}:
            raise WrongMediaType("send UTF-8")


def binary_event(
    headers: Headers, body: bytes, *, content_type: str | None, max_event_bytes: int
) -> object:
    """The event as it would be in structured mode; `DoubledName` where a name of its data is.

    Raises `WrongHeaders`; `UnreadableBody` for data that is no JSON; `TooLarge`.
    """
    attributes = _attributes(headers)
    event: dict[str, object] = dict(attributes)
    if content_type:
        event[_TYPE_OF_DATA] = content_type
    try:
        text = without_mark(body).decode()
        if not text.strip():
            return event
        decoded = StrictJson(most_bytes=max_event_bytes).whole(text)
    except UnicodeDecodeError:
        raise UnreadableBody("the data is not JSON in UTF-8") from None
    except NotJson as error:
        detail = f"the data is not JSON, or cut off, or nested too deeply: {error}"
        raise UnreadableBody(detail) from error
    if decoded.doubled:
        written = f'{json.dumps(event)[:-1]}, "data": {text}}}'
        return DoubledName({**event, "data": decoded.value}, written)
    event["data"] = decoded.value
    return event


def _attributes(headers: Headers) -> dict[str, str]:
    found = [(name[len(PREFIX) :], value) for name, value in headers if name.startswith(PREFIX)]
    if len(found) > MOST_ATTRIBUTES:
        raise WrongHeaders([Finding("", f"an event has at most {MOST_ATTRIBUTES} attributes")])
    counts = Counter(name for name, _ in found)
    attributes: dict[str, str] = {}
    faults: dict[str, Finding] = {}
    for name, value in found:
        decoded = _decoded(value)
        fault = _fault_of_name(name, counts[name])
        if fault is not None:
            faults[name] = fault
        elif decoded is None:
            detail = (
                f"the header {PREFIX}{name}: percent-encode what is not printable ASCII, as the "
                "bytes of UTF-8"
            )
            faults[name] = Finding(f"/{name}" if len(name) <= 20 else "", detail)
        else:
            attributes[name] = decoded
    if faults:
        raise WrongHeaders(faults.values())
    return attributes


def _fault_of_name(name: str, times: int) -> Finding | None:
    if _NAME.fullmatch(name) is None or len(name) > 100:
        return Finding("", "after ce- a header is named by the letters a to z and digits")
    if name in ("data", _TYPE_OF_DATA):
        instead = "the body" if name == "data" else "content-type"
        return Finding(f"/{name}", f"not as the header {PREFIX}{name}: it is {instead}")
    if times > 1:
        return Finding(f"/{name}" if len(name) <= 20 else "", "this header stands there twice")
    return None


def _decoded(value: str) -> str | None:
    """A header's value as the attribute's; None where it cannot be one."""
    value = value.strip(" \t")
    if _PRINTABLE.fullmatch(value) is None:
        return None
    quoted = _QUOTED.fullmatch(value)
    if quoted is not None:
        value = re.sub(r"\\(.)", r"\1", quoted[1])
    try:
        return _PERCENT.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode(), value)
    except UnicodeDecodeError:
        return None


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()
