"""CloudEvents 1.0: structured JSON on HTTP, binary mode on Kafka (`ce_*` headers)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, TypeVar

from pydantic import Field, StringConstraints

from shared.contracts.topics import Topic
from shared.contracts.values import Contract, DealerId, Instant

CONTENT_TYPE = "application/json"

Attribute = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class Message(Contract):
    """A contract that travels on Kafka: it knows its type and its topic."""

    TOPIC: ClassVar[Topic]


class CloudEvent(Contract):
    """The envelope of one event on HTTP, in structured mode. `data` is validated by `type`.

    A missing `time` is never filled with the present: history has times of its own.
    """

    id: Attribute
    source: Attribute
    specversion: Literal["1.0"]
    type: Attribute
    time: Instant | None = None
    subject: Attribute | None = None
    datacontenttype: Attribute | None = None
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
