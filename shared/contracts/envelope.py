"""CloudEvents 1.0: structured JSON on HTTP, binary mode on Kafka (`ce_*` headers)."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, Self, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from shared.contracts.topics import Topic
from shared.contracts.values import Contract, DealerId, Instant

CONTENT_TYPE = "application/json"

Attribute = Annotated[str, StringConstraints(min_length=1, max_length=400)]

_IN_SEGMENT = r"(?:[A-Za-z0-9._~!$&'()*+,;=@\[\]-]|%[0-9A-Fa-f]{2})"
_IN_URI = rf"(?:{_IN_SEGMENT}|[:/?])"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*:"
_FRAGMENT = rf"(?:#{_IN_URI}*)?"
_URI = re.compile(rf"{_SCHEME}{_IN_URI}+{_FRAGMENT}")
_RELATIVE = re.compile(rf"{_IN_SEGMENT}*(?:[/?]{_IN_URI}*)?{_FRAGMENT}")


def _uri(text: str) -> str:
    if _URI.fullmatch(text) is None:
        raise ValueError("write an absolute URI (RFC 3986)")
    return text


def _uri_reference(text: str) -> str:
    if _URI.fullmatch(text) is None and _RELATIVE.fullmatch(text) is None:
        raise ValueError("write a URI reference (RFC 3986): percent-encode spaces and the like")
    return text


def _format(name: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "format": name, "minLength": 1, "maxLength": 400})


Uri = Annotated[Attribute, AfterValidator(_uri), _format("uri")]
"""An absolute URI, by its characters."""
UriReference = Annotated[Attribute, AfterValidator(_uri_reference), _format("uri-reference")]
"""A URI, or one relative to an unnamed base, such as `/dms/pudong`; by its characters."""


class Message(Contract):
    """A contract that travels on Kafka: it knows its type and its topic."""

    TOPIC: ClassVar[Topic]

    @classmethod
    def of_tombstone(cls, key: str, at: datetime) -> Self | None:
        """What a record of this key without a content says, on a compacted topic, written at that
        moment; None: nothing."""
        return None


class CloudEvent(Contract):
    """The envelope of one event on HTTP, in structured mode. `data` is validated by `type`.

    A missing `time` is never filled with the present: history has times of its own.
    """

    model_config = ConfigDict(json_schema_extra={"propertyNames": {"pattern": "^[a-z0-9]+$"}})

    id: Attribute
    source: UriReference
    specversion: Literal["1.0"]
    type: Attribute
    time: Instant | None = None
    subject: Attribute | None = None
    datacontenttype: Attribute | None = None
    dataschema: Uri | None = None
    dealerid: DealerId | None = None
    traceparent: Annotated[str, StringConstraints(max_length=120)] | None = None
    data: dict[str, Any] = Field(default_factory=dict)


D_co = TypeVar("D_co", bound=Message, covariant=True)


class Event(NamedTuple, Generic[D_co]):
    """One record as `join` sees it: validated content, and when intake first received it.

    `recorded_at` is the first receipt of the document, the same for all its versions; what
    was due long before it is history and alarms nobody. For messages of other services it
    is the time of the message.
    """

    id: str
    key: str
    dealer_id: str
    recorded_at: datetime
    data: D_co
    traceparent: str | None = None
    sequence: int = 0
    """Orders the messages of another service about one subject; 0 where there is none."""
    size: int = 0
    """The bytes of its content on the wire."""


def to_headers(attributes: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """CloudEvents attributes as Kafka headers of the binary mode."""
    headers = [("content-type", CONTENT_TYPE.encode())]
    headers.extend((f"ce_{name}", value.encode()) for name, value in attributes.items())
    return headers


def attribute_in(headers: Mapping[str, bytes | None], name: str) -> str | None:
    """One CloudEvents attribute; None where it is not there, null or unreadable."""
    value = headers.get(f"ce_{name}")
    try:
        return value.decode() if value is not None else None
    except UnicodeDecodeError:
        return None


def from_headers(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """The CloudEvents attributes among Kafka headers; unreadable and null ones are left out."""
    attributes: dict[str, str] = {}
    for name, value in headers:
        if name.startswith("ce_") and value is not None:
            try:
                attributes[name[3:]] = value.decode()
            except UnicodeDecodeError:
                continue
    return attributes
