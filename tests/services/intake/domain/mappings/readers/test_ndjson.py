"""NDJSON: each line by itself."""

import json
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


@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.none()))))
def test_objects_are_read_as_json_reads_them(values: list[dict[str, Any]]) -> None:
    content = "".join(json.dumps(one, ensure_ascii=False) + "\n\n" for one in values)
    assert fields(read(content.encode(), format="ndjson")) == values


@pytest.mark.parametrize(
    ("line", "because"),
    [
        (b'{"a": NaN}', "NaN"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": ', "cut off"),
        (b'{"a": 1} {"b": 2}', "more than one"),
        (b"[" * 100_000, "nested"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"a": ' + b"9" * 5000 + b"}", "digits"),
        (b"[" + b"1," * 100_000 + b"1]", "values"),
        (b'{"a": "' + b"x" * 1_100_000 + b'"}', "bytes"),
        (b"7", "no JSON object"),
        (b"null", "no JSON object"),
    ],
)
def test_a_damaged_line_is_the_fault_of_no_other(line: bytes, because: str) -> None:
    found = read(b'{"n": 1}\n' + line + b'\r\n{"n": 2}', format="ndjson")
    assert fields(found) == [{"n": 1}, {"n": 2}]
    ((place, said),) = unreadable(found)
    assert place == "line 2"
    assert because in said


def test_the_first_line_is_the_fault_of_no_other_either() -> None:
    found = read(b'x, y\n{"n": 1}\n', format="ndjson")
    assert (fields(found), [place for place, _ in unreadable(found)]) == ([{"n": 1}], ["line 1"])


def test_records_are_found_within_lines() -> None:
    lines = b'{"d": {"r": [{"n": 1}, {"n": 2}, 3]}}\n{"d": {"r": {"n": 4}}}\n{"d": {}}\n'
    found = read(lines, format="ndjson", records="/d/r")
    assert fields(found) == [{"n": 1}, {"n": 2}, {"n": 4}]
    assert unreadable(found) == [
        ("line 1, record 3", "is no JSON object"),
        ("line 3", "has nothing at /d/r"),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'[\n {"a": 1}\n]\n', "format json"),
        (b'{\n "a": 1\n}\n', "format json"),
        (b"a,b\n1,2\n", "CSV"),
        (b"<a/>\n", "XML"),
        (b"PK\x03\x04\0\0", "xlsx"),
        ('{"a": "张三"}\n'.encode("gbk"), "UTF-8"),
    ],
)
def test_another_format_is_told(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        opened(content, format="ndjson")
