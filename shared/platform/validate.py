"""From a raw record to an event, or to the reason why it is none."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord
from pydantic import ValidationError

from shared.contracts.envelope import Event, Message, attribute_in
from shared.contracts.identifiers import customer_of, dealer_of
from shared.platform.errors import PoisonRecord

MAX_PROBLEMS_NAMED = 3
MAX_SEQUENCE_DIGITS = 18


def to_event(
    record: "ConsumerRecord[bytes, bytes]", contracts: Mapping[str, type[Message]]
) -> Event[Any] | None:
    """The event in a record; None for a type that is not ours to read.

    A record without a content on a compacted topic takes its key off that topic: an event where
    one of the contracts knows what that says. Raises `PoisonRecord` with a reason that tells where
    and what, but no content.
    """
    if record.value is None:
        read = [each for each in contracts.values() if each.TOPIC.name == record.topic]
        if any(each.TOPIC.compacted for each in read):
            return _of_tombstone(record, read)
    headers = dict(record.headers)
    contract = contracts.get(_needed(headers, "type"))
    if contract is None:
        return None
    data = _content(record.value, contract)
    key, dealer_id = _key(record.key, data)
    return Event(
        id=_needed(headers, "id"),
        key=key,
        dealer_id=dealer_id,
        recorded_at=_instant(_needed(headers, "recordedtime")),
        data=data,
        traceparent=attribute_in(headers, "traceparent"),
        sequence=_sequence(attribute_in(headers, "sequence")),
        size=len(record.value or b""),
    )


def _of_tombstone(
    record: "ConsumerRecord[bytes, bytes]", contracts: Iterable[type[Message]]
) -> Event[Any] | None:
    key, dealer_id = _key(record.key, None)
    at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    for contract in contracts:
        said = contract.of_tombstone(key, at)
        if said is not None:
            place = f"{record.topic}/{record.partition}/{record.offset}"
            return Event(id=place, key=key, dealer_id=dealer_id, recorded_at=at, data=said)
    return None


def _content(value: bytes | None, contract: type[Message]) -> Message:
    if value is None:
        raise PoisonRecord("the value is null")
    try:
        return contract.model_validate_json(value)
    except ValidationError as error:
        raise PoisonRecord(_summary(error)) from None
    except Exception as error:  # whatever reading raises, it will raise again
        raise PoisonRecord(f"the value cannot be read: {type(error).__name__}") from None


def _summary(error: ValidationError) -> str:
    """The fields at fault and what they should be; deeper keys may come from outside."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    faults = dict.fromkeys(
        f"{problem['loc'][0] if problem['loc'] else 'value'}: {problem['type']}"
        for problem in problems
    )
    return "; ".join(list(faults)[:MAX_PROBLEMS_NAMED])


def _key(key: bytes | None, data: Message | None) -> tuple[str, str]:
    """The customer, and the dealer. The key of a case begins with the customer."""
    try:
        text = customer_of(key.decode()) if key is not None else ""
    except UnicodeDecodeError:
        raise PoisonRecord("the key is not UTF-8") from None
    if text.count("/") < 3:
        raise PoisonRecord("the key is not a customer key")
    dealer_id = dealer_of(text)
    if getattr(data, "customer_key", text) != text:
        raise PoisonRecord("the key is not that of the content's customer")
    if getattr(data, "dealer_id", dealer_id) != dealer_id:
        raise PoisonRecord("the key is not that of the content's dealer")
    return text, dealer_id


def _needed(headers: Mapping[str, bytes | None], name: str) -> str:
    value = attribute_in(headers, name)
    if not value:
        raise PoisonRecord(f"header ce_{name} is missing or unreadable")
    return value


def _sequence(text: str | None) -> int:
    """0 for what is none; one that fits into 64 bits, as it may be kept."""
    return int(text) if text and text.isdecimal() and len(text) <= MAX_SEQUENCE_DIGITS else 0


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PoisonRecord("header ce_recordedtime is not a time") from None
    if moment.tzinfo is None:
        raise PoisonRecord("header ce_recordedtime has no offset")
    return moment
