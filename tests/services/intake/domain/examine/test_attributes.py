"""The envelope as CloudEvents 1.0 says: what is refused, where, and what is nobody's business."""

from typing import Any

import pytest

from services.intake.domain.decode.body import BATCH, NDJSON, SINGLE, events_in
from services.intake.domain.examine.event import InvalidEvent, Reported, examine
from services.intake.domain.findings import Finding
from shared.contracts.envelope import CloudEvent
from tests.services.intake.given import DEALERS, NOW, event, lines, visit


def found(**more: Any) -> Reported | InvalidEvent:
    return examine(event("visit", visit(), **more), dealers=DEALERS, now=NOW)


@pytest.mark.parametrize(
    ("attributes", "pointer"),
    [
        ({"data_base64": "e30="}, "/data_base64"),
        ({"data_base64": ""}, "/data_base64"),
        ({"Time": "2026-11-21T10:00:00Z"}, "/Time"),
        ({"dataContentType": "application/json"}, "/dataContentType"),
        ({"my_extension": "x"}, "/my_extension"),
        ({"my-extension": None}, "/my-extension"),
        ({"": "x"}, ""),
        ({"Li Wei": "x"}, ""),
        ({"张三": "x"}, ""),
        ({"é": "x"}, ""),
        ({"dataschema": ""}, "/dataschema"),
        ({"dataschema": "visit.json"}, "/dataschema"),
        ({"dataschema": "//schemas/visit"}, "/dataschema"),
        ({"dataschema": 7}, "/dataschema"),
        ({"source": ""}, "/source"),
        ({"source": "my dms"}, "/source"),
        ({"source": "/dms/浦东"}, "/source"),
        ({"source": "/dms/%zz"}, "/source"),
        ({"source": "1:2"}, "/source"),
        ({"source": None}, "/source"),
        ({"subject": ""}, "/subject"),
        ({"subject": "a\nb"}, "/subject"),
        ({"id": "a\x00b"}, "/id"),
        ({"id": "\ufdd0"}, "/id"),
        ({"id": "\U0001fffe"}, "/id"),
        ({"specversion": "1.1"}, "/specversion"),
        ({"specversion": "1"}, "/specversion"),
        ({"specversion": 1.0}, "/specversion"),
        ({"datacontenttype": ""}, "/datacontenttype"),
        ({"time": "2026-11-21 10:00:00Z"}, "/time"),
        ({"time": "20261121"}, "/time"),
        ({"time": ""}, "/time"),
        ({"tenant": 1.5}, "/tenant"),
        ({"tenant": 1.0}, "/tenant"),
        ({"tenant": 2**31}, "/tenant"),
        ({"tenant": -(2**31) - 1}, "/tenant"),
        ({"tenant": []}, "/tenant"),
        ({"tenant": {"a": "b"}}, "/tenant"),
        ({"tenant": "a\x7fb"}, "/tenant"),
        ({"x13812345678": []}, ""),
        ({"dealerid": True}, "/dealerid"),
        ({"traceparent": 7}, "/traceparent"),
    ],
)
def test_what_is_no_cloudevent_is_refused(attributes: dict[str, Any], pointer: str) -> None:
    refused = found(**attributes)
    assert isinstance(refused, InvalidEvent)
    assert [error.pointer for error in refused.errors] == [pointer]


@pytest.mark.parametrize(
    "attributes",
    [
        {"tenant": "north", "priority": 2**31 - 1, "replayed": True, "nothing": ""},
        {"tenant": None, "data_base64": None, "subject": None, "dataschema": None, "time": None},
        {"averylongextensionnamethatnobodywants": -(2**31)},
        {"dataschema": "https://schemas.example/visit#v1", "datacontenttype": "application/json"},
        {"source": "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"},
        {"source": "dms"},
        {"source": "//dms.example/a?b=c"},
        {"subject": "沪A12345", "id": "票据 1"},
    ],
)
def test_extensions_and_all_that_is_optional_are_free(attributes: dict[str, Any]) -> None:
    taken = found(**attributes)
    assert isinstance(taken, Reported), taken
    assert not taken.warnings


def test_data_in_base64_is_told_apart() -> None:
    raw = event("visit", {})
    del raw["data"]
    alone = examine(raw | {"data_base64": "e30="}, dealers=DEALERS, now=NOW)
    assert isinstance(alone, InvalidEvent)
    assert Finding("/data_base64", "data is JSON here: send it as data") in alone.errors
    beside = found(data_base64="e30=")
    assert isinstance(beside, InvalidEvent)
    (error,) = beside.errors
    assert error.detail == "not beside data: an event has one of them"


@pytest.mark.parametrize("media_type", [SINGLE, BATCH, NDJSON])
def test_it_is_so_for_one_event_for_a_batch_and_for_lines(media_type: str) -> None:
    body = lines([event("visit", visit(), Tenant="x")])
    body = b"[" + body + b"]" if media_type == BATCH else body
    (raw,) = events_in(body, media_type, max_items=9, max_event_bytes=99_999)
    refused = examine(raw, dealers=DEALERS, now=NOW)
    assert isinstance(refused, InvalidEvent)
    assert [error.pointer for error in refused.errors] == ["/Tenant"]


def test_many_wrong_attributes_are_counted_and_few_told() -> None:
    refused = found(**{f"X{number}": "x" for number in range(5_000)})
    assert isinstance(refused, InvalidEvent)
    assert (len(refused.errors), refused.not_shown) == (20, 4_980)


def test_the_schema_says_it() -> None:
    schema = CloudEvent.model_json_schema()
    assert schema["propertyNames"] == {"pattern": "^[a-z0-9]+$"}
    properties = schema["properties"]
    assert properties["source"]["format"] == "uri-reference"
    assert properties["dataschema"]["anyOf"][0]["format"] == "uri"
    assert properties["time"]["anyOf"][0]["format"] == "date-time"
