"""One JSON text: its records are read one after another."""

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.mappings.records import UnreadableFile
from tests.services.intake.domain.mappings.readers.reading import (
    fields,
    opened,
    read,
    unreadable,
)

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=4)


@given(st.lists(OBJECTS, max_size=5), OBJECTS, st.sampled_from([None, 1]), st.booleans())
def test_records_are_found_where_the_pointer_says(
    values: list[dict[str, Any]], beside: dict[str, Any], indent: int | None, escaped: bool
) -> None:
    text = {"x": beside, "a/b": [7, beside, {"~": values, "y": beside}], "z": beside}
    content = json.dumps(text, indent=indent, ensure_ascii=escaped).encode()
    assert fields(read(content, format="json", records="/a~1b/2/~0")) == values
    assert fields(read(json.dumps(values, indent=indent).encode(), format="json")) == values


@pytest.mark.parametrize(
    ("element", "because"),
    [
        (b'{"a": NaN}', "NaN"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": nul}', "not JSON"),
        (b'{"a": 1]', "not JSON"),
        (b'{"a": "x\ny"}', "not JSON"),
        (b"[" * 10_000 + b"]" * 10_000, "nested"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"a": "' + b"x" * 3_000_000 + b'"}', "bytes"),
        (b"x" * 3_000_000, "bytes"),
        (b"7", "no JSON object"),
        (b'"}"', "no JSON object"),
    ],
)
def test_a_damaged_element_is_the_fault_of_no_other(element: bytes, because: str) -> None:
    found = read(b'[{"n": 1},\n' + element + b',\n{"n": 2}]', format="json")
    assert fields(found) == [{"n": 1}, {"n": 2}]
    ((place, said),) = unreadable(found)
    assert place == "record 2, line 2"
    assert because in said


@pytest.mark.parametrize("at", [65_530, 65_534, 65_535, 65_536, 65_537, 131_071])
@pytest.mark.parametrize("text", ['{"a": "\\\\\\"]"}', '{"a": [12345, "b"]}', '{"a": "é"}'])
def test_nothing_is_cut_where_a_piece_ends(at: int, text: str) -> None:
    for before in range(at - 16, at):
        content = b"[" + b" " * before + text.encode() + b"]"
        assert fields(read(content, format="json")) == [json.loads(text)]


def test_the_one_that_there_is() -> None:
    assert fields(read(b'{"d": {"n": 1}}', format="json", records="/d")) == [{"n": 1}]
    assert fields(read(b'{"n": 1}', format="json")) == [{"n": 1}]
    assert read(b'{"d": []}', format="json", records="/d") == []


@pytest.mark.parametrize(
    ("content", "pointer", "says"),
    [
        (b'{"orders": [1]}', "/order", "do you mean orders"),
        (b"[1, 2]", "/order", "nothing stands at /order"),
        (b'{"d": [{"n": 1}], "d": []}', "/d", "second time"),
        (b'[{"n": 1}', "", "ends in the middle, in line 1"),
        (b'[{"n": 1},', "", "ends in the middle"),
        (b'[{"n": "x', "", "ends in the middle"),
        (b'[{"n": 1},\n{"n', "", "ends in the middle, in line 2"),
        (b'[{"n": 1} {"n": 2}]', "", "damaged"),
        (b"[,]", "", "damaged"),
        (b'{"d" 1}', "/d", "damaged"),
        (b"{1: 2}", "/d", "damaged"),
        (b'{"n": 1}\n{"n": 2}', "", "ndjson"),
        (b'[{"n": 1}]\nx', "", "something follows"),
        (b"a,b\n1,2\n", "", "CSV"),
        (b"<a/>", "", "XML"),
        (b"", "", "no JSON"),
        (b"PK\x03\x04\0\0", "", "xlsx"),
    ],
)
def test_what_is_no_json_is_told(content: bytes, pointer: str, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        list(opened(content, format="json", records=pointer).records)


def test_a_large_text_is_read_in_little_memory() -> None:
    records = b",\n".join([b'{"n": "' + b"x" * 300 + b'"}'] * 20_000)
    content = b'{"big": "' + b"y" * 20_000_000 + b'", "d": [' + records + b"]}"
    opening = opened(content, format="json", records="/d")
    tracemalloc.start()
    count = sum(1 for _ in opening.records)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert most < 5_000_000
