"""Records that nobody should send, and what becomes of each.

All of a corpus are about one customer where they can be, so that they share its partition
with good records.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from shared.contracts.envelope import to_headers
from shared.contracts.identifiers import customer_key, document_id, document_version
from shared.contracts.intake import SaleRecorded, VisitRecorded
from shared.contracts.topics import SALES, VISITS
from shared.contracts.values import instant_text
from shared.platform.dead_letters import PREFIX, Headers
from shared.platform.publisher import Record
from tests.shared.runtime.toy import DEALER, START

SKIPPED: Literal["skipped"] = "skipped"
"""It is of a type that the services do not read: it is counted, and no dead letter."""
JOINED: Literal["joined"] = "joined"
"""It is odd, and right."""

CUSTOMER = "7"
KEY = customer_key(DEALER, "dms", CUSTOMER)
SECRET = "Erika-Mustermann"
"""In the content of what is bad; never in a reason or a log."""
NEAR_THE_LIMIT_BYTES = 1_000_000
"""The broker takes 1,048,588 bytes, headers included."""
NUMBERS = random.Random(7)


@dataclass(frozen=True, slots=True)
class Poison:
    """A record, and what becomes of it: the beginning of the reason, `SKIPPED` or `JOINED`."""

    name: str
    record: Record
    becomes: str

    @property
    def is_dead(self) -> bool:
        return self.becomes not in (SKIPPED, JOINED)


def visit(name: str, **changes: Any) -> dict[str, Any]:
    """The content of a visit as intake publishes it."""
    return _document(name, "visit") | {
        "status": "closed",
        "opened_at": instant_text(START),
        "closed_at": instant_text(START),
        "currency": "CNY",
        **changes,
    }


def sale(name: str, **changes: Any) -> dict[str, Any]:
    """The content of a sale as intake publishes it."""
    return _document(name, "sale") | {
        "status": "delivered",
        "role": "buyer",
        "deal_date": "2026-11-20",
        "delivered_on": "2026-11-20",
        "sale_type": "retail",
        "condition": "new",
        **changes,
    }


def visit_record(name: str, value: bytes | None = None, **changes: Any) -> Record:
    """A visit's record; `value` instead of its content where given."""
    content = _encoded(visit(name, **changes)) if value is None else value
    return Record(VISITS.name, KEY.encode(), content, headers(name, VisitRecorded.TYPE))


def sale_record(name: str, **changes: Any) -> Record:
    """A sale's record."""
    content = _encoded(sale(name, **changes))
    return Record(SALES.name, KEY.encode(), content, headers(name, SaleRecorded.TYPE))


def headers(name: str, type_: str) -> Headers:
    """The headers as intake writes them."""
    attributes = {
        "id": f"test-{name}",
        "source": "test",
        "specversion": "1.0",
        "type": type_,
        "dealerid": DEALER,
        "recordedtime": instant_text(START),
    }
    return tuple(to_headers(attributes))


def corpus() -> list[Poison]:
    """All of it, in no particular order."""
    return [*bad_values(), *bad_content(), *bad_headers(), *bad_keys(), *bad_joins(), *odd_ones()]


def bad_values() -> list[Poison]:
    """Bytes that are no content."""
    whole = _encoded(visit("cut", vin=SECRET))
    values = {
        "random bytes": NUMBERS.randbytes(500),
        "empty": b"",
        "a line of text": SECRET.encode(),
        "truncated JSON": whole[:-10],
        "two documents": whole + whole,
        "UTF-16": whole.decode().encode("utf-16"),
        "not UTF-8": whole.replace(b"Erika", b"\xff\xfe"),
        "half a surrogate pair": whole.replace(b"Erika", rb"\ud800"),
        "a surrogate in bytes": whole.replace(b"Erika", b"\xed\xa0\x80"),
        "deep": b"[" * 100_000,
        "deep and closed": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "deep in an unknown field": whole[:-1] + b',"x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        "a number of 5,000 digits": whole[:-1] + b',"odometer_km":' + b"9" * 5_000 + b"}",
        "huge": b"x" * NEAR_THE_LIMIT_BYTES,
    }
    unreadable = [
        Poison(name, visit_record(name, value), "value: json_invalid")
        for name, value in values.items()
    ]
    null = Poison("null value", _with(visit_record("null"), value=None), "the value is null")
    return [*unreadable, null]


def bad_content() -> list[Poison]:
    """JSON that is not what the type promises."""
    wrong: dict[str, tuple[bytes, str]] = {
        "an array": (b"[]", "value: model_type"),
        "a number": (b"7", "value: model_type"),
        "null in JSON": (b"null", "value: model_type"),
        "an empty object": (b"{}", "document_id: missing; version: missing; customer_key: missing"),
    }
    fields: dict[str, tuple[dict[str, Any], str]] = {
        "an unknown status": ({"status": SECRET}, "status: literal_error"),
        "text for a list": ({"lines": SECRET}, "lines: tuple_type"),
        "not a number": ({"odometer_km": float("nan")}, "odometer_km: finite_number"),
        "infinite": ({"odometer_km": float("-inf")}, "odometer_km: finite_number"),
        "an infinite amount": ({"lines": [_line("Infinity")]}, "lines: "),
        "an amount too large": ({"lines": [_line("-10000000000")]}, "lines: "),
        "more than 64 bits": ({"odometer_km": 10**30}, "odometer_km: "),
        "before the calendar": ({"opened_at": "0001-01-01T00:00:00+14:00"}, "opened_at: value_"),
        "after the calendar": ({"closed_at": "9999-12-31T23:59:59-14:00"}, "closed_at: value_"),
        "a naive time": ({"opened_at": "2026-11-21T10:00:00"}, "opened_at: value_error"),
        "no such day": ({"opened_at": "2026-02-30T10:00:00Z"}, "opened_at: datetime_"),
        "seconds since 1970": ({"opened_at": 1_795_000_000}, "opened_at: value_error"),
    }
    return [
        *(Poison(name, visit_record(name, value), why) for name, (value, why) in wrong.items()),
        *(
            Poison(name, visit_record(name, **change), why)
            for name, (change, why) in fields.items()
        ),
    ]


def bad_headers() -> list[Poison]:
    """Content as it should be, in an envelope that is not."""
    type_ = "header ce_type is missing or unreadable"
    time_ = "header ce_recordedtime "
    good = headers("header", VisitRecorded.TYPE)
    changed: dict[str, tuple[Headers, str]] = {
        "no headers": ((), type_),
        "null type": (_changed(good, ce_type=None), type_),
        "type not UTF-8": (_changed(good, ce_type=b"\xff\xfe"), type_),
        "no id": (_changed(good, ce_id=b""), "header ce_id is missing or unreadable"),
        "null time": (_changed(good, ce_recordedtime=None), f"{time_}is missing or unreadable"),
        "no time": (_changed(good, ce_recordedtime=SECRET.encode()), f"{time_}is not a time"),
        "naive header": (_changed(good, ce_recordedtime=b"2026-11-21T10:00:00"), f"{time_}has no"),
        "two times": ((*good, ("ce_recordedtime", b"yesterday")), f"{time_}is not a time"),
        "posing as dealt with": (_posing(_changed(good, ce_type=None)), type_),
        "another version": (_changed(good, ce_type=b"dev.aftercare.visit.recorded.v2"), SKIPPED),
        "an unknown type": (_changed(good, ce_type=b"com.example.thing"), SKIPPED),
        "two types": ((*good, ("ce_type", b"dev.aftercare.visit.recorded.v9")), SKIPPED),
    }
    return [
        Poison(name, _with(visit_record(name), headers=found), becomes)
        for name, (found, becomes) in changed.items()
    ]


def bad_keys() -> list[Poison]:
    """Records that are not where their content says."""
    no_key = "the key is not a customer key"
    keys: dict[str, tuple[bytes | None, str]] = {
        "null key": (None, no_key),
        "empty key": (b"", no_key),
        "a short key": (b"sunrise/pudong", no_key),
        "a key not UTF-8": (b"\xff\xfe/\xff/\xff/\xff", "the key is not UTF-8"),
        "another customer": (f"{KEY}0".encode(), "the key is not that of the content's customer"),
        "another dealer's": (
            customer_key("sunrise/berlin", "dms", CUSTOMER).encode(),
            "the key is not that of the content's customer",
        ),
    }
    stray = visit_record("stray", dealer_id="sunrise/berlin")
    return [
        *(
            Poison(name, _with(visit_record(name), key=key), why)
            for name, (key, why) in keys.items()
        ),
        Poison("another dealer inside", stray, "the key is not that of the content's dealer"),
    ]


def bad_joins() -> list[Poison]:
    """Content that is as promised and still cannot be joined to any facts."""
    return [
        Poison("a zone that is none", sale_record("zone", timezone="Mars/Base"), "join raised "),
        Poison(
            "a zone that is a path", sale_record("path", timezone="../../etc/hosts"), "join raised "
        ),
    ]


def odd_ones() -> list[Poison]:
    """Records that look like poison and are none."""
    unheard_of = visit("fields", colour="red", x=float("nan"))
    twice = _encoded(visit("twice"))[:-1] + b',"status":"closed"}'
    stray = (("ce_traceparent", b"\xff"), ("x", None), ("", b"\x00"))
    plain = visit_record("stray headers")
    return [
        Poison("a NUL in a text", visit_record("nul", department="a\x00b"), JOINED),
        Poison("unknown fields", visit_record("fields", _encoded(unheard_of)), JOINED),
        Poison("a field twice", visit_record("twice", twice), JOINED),
        Poison("stray headers", _with(plain, headers=(*plain.headers, *stray)), JOINED),
        Poison("a dotted $number", visit_record("a.$b%"), JOINED),
    ]


def _document(name: str, kind: str) -> dict[str, Any]:
    return {
        "document_id": document_id(DEALER, "dms", kind, f"poison-{name}"),
        "version": document_version(1, "0" * 12),
        "customer_key": KEY,
        "dealer_id": DEALER,
        "timezone": "Asia/Shanghai",
    }


def _line(amount: str) -> dict[str, str]:
    return {"line_no": SECRET, "pay_type": "customer", "amount": amount}


def _encoded(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _with(record: Record, **changes: Any) -> Record:
    return replace(record, **changes)


def _changed(good: Headers, **changes: bytes | None) -> Headers:
    return tuple((dict(good) | changes).items())


def _posing(found: Headers) -> Headers:
    """With headers of ours that a dead letter of this record must not be mistaken by."""
    posed = {"id": "0", "resolution": "discarded", "note": SECRET, "reason": "none"}
    return (*found, *((f"{PREFIX}{name}", text.encode()) for name, text in posed.items()))
