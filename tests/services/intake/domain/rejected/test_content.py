"""What came is put away so that the same is made of it again."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.decode.binary import binary_event
from services.intake.domain.decode.body import BATCH, NDJSON, UnreadableEvent, event_in, events_in
from services.intake.domain.decode.strict_json import DoubledName
from services.intake.domain.mappings.records import FaultyCell, Fields
from services.intake.domain.rejected.content import (
    MOST_BYTES,
    NOTHING,
    EventCame,
    RecordsCame,
    TextCame,
    event_came,
    packed,
    records_came,
    unpacked,
)

WORDS = st.text(max_size=8) | st.sampled_from(["$date", "$$date", "$decimal", "$"])
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    WORDS,
    st.decimals(allow_nan=False),
    st.dates(),
    st.times(),
    st.datetimes(timezones=st.sampled_from([None, UTC])),
    WORDS.map(FaultyCell),
)
NODES = st.recursive(
    CELLS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
ROWS = st.lists(st.dictionaries(WORDS, NODES, max_size=4), min_size=1, max_size=3)
BYTES = {"max_items": 10, "max_event_bytes": 1_000}


@given(rows=ROWS)
def test_records_are_the_same_again_of_every_type(rows: list[Fields]) -> None:
    kind, content = packed(records_came(rows))
    assert kind == "records"
    assert unpacked(content) == RecordsCame(rows)
    json.loads(content, parse_constant=lambda _: pytest.fail("no JSON"))


@pytest.mark.parametrize(
    "value",
    [{"a": 1.5, "名": "王"}, [1], "text", None, {"half": "\ud800"}, {"$date": "2026-01-01"}],
)
def test_an_event_is_the_same_again(value: object) -> None:
    kind, content = packed(event_came(value))
    assert kind == "event"
    assert unpacked(content) == EventCame(value)


@pytest.mark.parametrize("written", [b'{"a": 1, "a": 2}', b'{"a": ', b"\xff\xfe{}", b"nonsense"])
def test_a_line_that_is_no_event_is_kept_as_it_was_written(written: bytes) -> None:
    (found,) = events_in(written, NDJSON, **BYTES)
    assert isinstance(found, UnreadableEvent | DoubledName)
    _, content = packed(event_came(found))
    came = unpacked(content)
    assert came == TextCame(written.decode(errors="backslashreplace"))
    assert isinstance(event_in(came.text, max_event_bytes=1_000), UnreadableEvent | DoubledName)


def test_an_element_of_a_batch_is_kept_without_its_neighbours() -> None:
    body = b'[{"a":1}, {"b": 1, "b": 2} ,\n{"deep": "\\ud800"}]'
    found = list(events_in(body, BATCH, **BYTES))
    texts = [came.text for came in map(event_came, found) if isinstance(came, TextCame)]
    assert texts == ['{"b": 1, "b": 2}', '{"deep": "\\ud800"}']


def test_of_an_event_in_headers_that_says_a_name_twice_both_are_kept() -> None:
    headers = [("ce-id", "1"), ("ce-type", "t")]
    found = binary_event(
        headers, b'{"a": 1, "a": 2}', content_type="application/json", max_event_bytes=99
    )
    came = event_came(found)
    assert isinstance(came, TextCame)
    assert came.text.endswith('"data": {"a": 1, "a": 2}}')
    assert isinstance(event_in(came.text, max_event_bytes=999), DoubledName)


def deep(levels: int) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize("value", ["x" * MOST_BYTES, deep(100_000)])
def test_what_is_too_large_leaves_that_it_was_there(value: object) -> None:
    assert packed(EventCame(value)) == packed(NOTHING)


def test_the_values_of_a_spreadsheet_are_shown_so_that_people_can_mend_them() -> None:
    row: Fields = {
        "total": Decimal("12.50"),
        "on": date(2026, 1, 2),
        "at": time(9, 5),
        "when": datetime(2026, 1, 2, 9, 5, tzinfo=UTC),
        "bad": FaultyCell("an error (#REF!)"),
    }
    assert json.loads(packed(records_came([row]))[1])[1] == [
        {
            "total": {"$decimal": "12.50"},
            "on": {"$date": "2026-01-02"},
            "at": {"$time": "09:05:00"},
            "when": {"$datetime": "2026-01-02T09:05:00+00:00"},
            "bad": {"$faulty": "an error (#REF!)"},
        }
    ]
