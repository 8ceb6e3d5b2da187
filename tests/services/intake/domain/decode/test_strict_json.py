"""JSON as it is taken: the same values as anywhere, and clear limits."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.decode.body import (
    BATCH,
    NDJSON,
    SINGLE,
    UnreadableBody,
    UnreadableEvent,
    events_in,
)
from services.intake.domain.decode.strict_json import NotJson, StrictJson, TooLarge
from services.intake.domain.examine.event import InvalidEvent, examine
from tests.services.intake.given import DEALERS, NOW

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def events(body: bytes, media_type: str, **more: int) -> list[object]:
    limits = {"max_items": 2000, "max_event_bytes": 100_000} | more
    return list(events_in(body, media_type, **limits))


@given(st.lists(VALUES), st.sampled_from([None, 2]), st.booleans())
def test_a_batch_is_read_as_json_reads_it(
    values: list[Any], indent: int | None, escaped: bool
) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=escaped)
    assert repr(events(text.encode(), BATCH)) == repr(json.loads(text))


@pytest.mark.parametrize("size", [16_370, 16_380, 16_384, 16_385, 33_000, 99_000])
@pytest.mark.parametrize("inner", ['"x"', "123456789", "1.5e3", '"\\u00e9"', "[true]", '{"a":1}'])
def test_events_of_any_size_are_found_in_a_batch(size: int, inner: str) -> None:
    value = [inner, "y" * (size - 20), json.loads(inner)]
    text = json.dumps([json.loads(inner), value, json.loads(inner)] * 3, ensure_ascii=False)
    assert events(text.encode(), BATCH) == json.loads(text)
    padded = "[" + " " * size + inner + " " * size + "," + inner + " ]"
    assert events(padded.encode(), BATCH) == json.loads(padded)


@pytest.mark.parametrize("size", [16_383, 16_384, 16_385, 50_000])
def test_a_number_is_never_cut(size: int) -> None:
    text = "[" + " " * (size - 3) + "[12345,67890],12345]"
    assert events(text.encode(), BATCH) == json.loads(text)
    many = "[" + ",".join(["123456789"] * 8_000) + "]"
    assert events(many.encode(), BATCH, max_items=9_000) == json.loads(many)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b'["' + b"x" * 100_001 + b'"]', TooLarge),
        (b'["' + "\u20ac".encode() * 50_000 + b'"]', TooLarge),
        (b"[[" + b"[]," * 60_000 + b"[]]]", TooLarge),
        (b'[{"a":1},{"b":' + b"[" * 2_000, UnreadableBody),
        (b'[{"a":1}', UnreadableBody),
        (b'[{"a":1},]', UnreadableBody),
        (b'[{"a":1}]x', UnreadableBody),
        (b'[{"a":tru}, ' + b" " * 20_000 + b"1]", UnreadableBody),
        (b"[" + b"1" * 1_001 + b"]", UnreadableBody),
        (b'["a\x00b"]', UnreadableBody),
        (b"[-Infinity]", UnreadableBody),
        (b"", UnreadableBody),
        (b"[", UnreadableBody),
    ],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(body: bytes, refusal: type[ValueError]) -> None:
    with pytest.raises(refusal):
        events(body, BATCH)


def test_values_are_counted_before_they_are_too_many() -> None:
    reader = StrictJson(most_bytes=1_000_000)
    for text in ("[" + "1," * 60_000 + "1]", "[" + "{}," * 60_000 + "1]"):
        with pytest.raises(TooLarge):
            reader.whole(text)
    keys = ",".join(f'"{number}":""' for number in range(60_000))
    with pytest.raises(TooLarge):
        reader.whole("{" + keys + "}")
    assert reader.whole('["\\ud83d\\ude00"]').value == ["😀"]
    with pytest.raises(NotJson):
        reader.whole('["\\ud83d"]')


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"id": 1, "data": {}, "id": 2}', "/id"),
        (b'{"data": {"customer": {"name": 1, "name": 1}}}', "/data/customer/name"),
        (b'{"data": {"lines": [{}, {"SECRET": 1, "SECRET": 2}]}}', "/data/lines/1"),
    ],
)
@pytest.mark.parametrize("media_type", [SINGLE, NDJSON, BATCH])
def test_a_name_that_stands_twice_is_found_by_its_pointer(
    body: bytes, pointer: str, media_type: str
) -> None:
    (raw,) = events(b"[" + body + b"]" if media_type == BATCH else body, media_type)
    found = examine(raw, dealers=DEALERS, now=NOW)
    assert isinstance(found, InvalidEvent)
    assert [error.pointer for error in found.errors] == [pointer]


def test_a_line_is_refused_alone() -> None:
    body = b'\n \r\n{"a": 1}\r\n"' + b"x" * 100_001 + b'"\n1 2\n{"b": 1}\n\n'
    found = events(body, NDJSON)
    assert found == [
        {"a": 1},
        UnreadableEvent("an event has at most 100000 bytes", too_large=True),
        UnreadableEvent("this line is not JSON in UTF-8 as it is taken here: more than one value"),
        {"b": 1},
    ]


def test_many_lines_are_refused_before_all_are_read() -> None:
    with pytest.raises(TooLarge):
        events(b"1\n" * 100_000, NDJSON)


NOT_TAKEN = {
    "half of a surrogate pair": '{"a":"\\ud83d"}',
    "half of a surrogate pair ": '{"a":["\\udc00\\ud83d"]}',
    "half of a surrogate pair  ": '{"\\ud83d":1}',
    "nested too deeply": '{"a":' + "[" * 5_000 + '"]"' + "]" * 5_000 + "}",
    "nested too deeply ": "[" * 20_000 + "]" * 20_000,
    "a number of too many digits": '{"a":' + "9" * 1_001 + "}",
    "NaN and Infinity are no JSON numbers": '{"a":{"b":NaN}}',
}


@pytest.mark.parametrize("detail", NOT_TAKEN)
@pytest.mark.parametrize("media_type", [NDJSON, BATCH])
def test_one_event_that_is_not_taken_is_the_fault_of_no_other(detail: str, media_type: str) -> None:
    written = ['{"a":1}', NOT_TAKEN[detail], '{"a":"]"}', NOT_TAKEN[detail], '{"a":3}']
    body = "\n".join(written) if media_type == NDJSON else f"[{', '.join(written)} ]"
    found = events(body.encode(), media_type)
    assert [found[at] for at in (0, 2, 4)] == [{"a": 1}, {"a": "]"}, {"a": 3}]
    for at in (1, 3):
        refused = found[at]
        assert isinstance(refused, UnreadableEvent)
        assert refused.detail.endswith(detail.strip())
