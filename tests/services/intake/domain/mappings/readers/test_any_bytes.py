"""Whatever comes in, readers give records, unreadable ones, or `UnreadableFile`."""

import gzip
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.intake.domain.mappings.readers import open_file
from services.intake.domain.mappings.reads import Reads
from services.intake.domain.mappings.records import (
    OpenedFile,
    SourceRecord,
    UnreadableFile,
    UnreadableRecord,
)
from tests.services.intake.domain.mappings.readers.workbooks import saved, written

READS: TypeAdapter[Reads] = TypeAdapter(Reads)
ROWS = [[f"R{number}", "张三", '说 "好", 走'] for number in range(6)]
TABLE = "单号,姓名,说明\n" + "".join(f'{a},{b},"说 ""好"", 走"\n' for a, b, _ in ROWS)
OBJECTS = [{"n": number, "x": {"y": ["张", None, 1.5]}} for number in range(6)]
LINES = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in OBJECTS)
XML = "<r>" + "".join(f"<a n='{a}'><b><![CDATA[{b}]]></b><!-- a --></a>\n" for a, b, _ in ROWS)

FILES: list[tuple[dict[str, Any], bytes]] = [
    ({"format": "csv"}, TABLE.encode()),
    ({"format": "csv"}, TABLE.encode("gb18030")),
    ({"format": "csv"}, TABLE.encode("utf-16")),
    ({"format": "csv"}, gzip.compress(TABLE.encode())),
    ({"format": "csv", "encodings": ["utf-16", "latin-1"], "headings_in": 2}, TABLE.encode()),
    ({"format": "ndjson"}, LINES.encode()),
    ({"format": "ndjson", "records": "/x/y"}, LINES.encode()),
    ({"format": "json"}, json.dumps(OBJECTS).encode()),
    ({"format": "json", "records": "/3/x"}, json.dumps(OBJECTS, indent=1).encode()),
    ({"format": "xml", "record": "a"}, f"{XML}</r>".encode()),
    ({"format": "xml", "record": "a"}, f"{XML}</r>".encode("gb18030")),
    ({"format": "xml", "record": "b"}, f"{XML}</r>".encode("utf-16")),
    ({"format": "xlsx"}, saved(written([["单号", "姓名", "说明"], *ROWS]))),
]
KINDS = st.sampled_from([reads for reads, _ in FILES])


def check(reads: dict[str, Any], content: bytes) -> None:
    """It is read to its end, or given up with a word."""
    numbers = []
    try:
        file = open_file(io.BytesIO(content), READS.validate_python(reads))
        assert isinstance(file, OpenedFile)
        for one in file.records:
            assert isinstance(one, SourceRecord | UnreadableRecord)
            numbers.append(one.number)
    except UnreadableFile as error:
        assert str(error)
    assert numbers == list(range(1, len(numbers) + 1))


@given(KINDS, st.binary(max_size=2_000))
def test_any_bytes(reads: dict[str, Any], content: bytes) -> None:
    check(reads, content)


@given(KINDS, st.text())
def test_any_text(reads: dict[str, Any], content: str) -> None:
    check(reads, content.encode("utf-8", "surrogatepass"))


MEANING = (
    '" "" , ; \n \r \r\n \0 a 张 <a> </a> <a/> <a x=\' <!-- --> <![CDATA[ ]]> <?xml ?> '
    "<!DOCTYPE &x; { } [ ] : 1 null NaN \\ \\u \ufeff sep=; é"
)
PIECES = st.lists(st.sampled_from([*re.split("[ ]", MEANING), " ", "\ud800"]), max_size=60)


@given(KINDS, PIECES)
def test_any_sequence_of_what_has_a_meaning(reads: dict[str, Any], pieces: list[str]) -> None:
    content = "".join(pieces).encode("utf-8", "surrogatepass")
    check(reads, content)
    check(reads, b"{[<a" + content)


@given(st.sampled_from(FILES), st.data())
def test_a_file_in_which_something_is_changed(
    file: tuple[dict[str, Any], bytes], data: st.DataObject
) -> None:
    reads, content = file
    at = data.draw(st.integers(0, len(content)))
    until = data.draw(st.integers(at, min(at + 40, len(content))))
    put = data.draw(st.binary(max_size=8))
    check(reads, content[:at] + put + content[until:])
    check(reads, content[:at])


@pytest.mark.parametrize(
    ("reads", "content"),
    [one for one in FILES if b"\0" not in one[1] and one[1][:2] != b"\x1f\x8b"],
)
@given(st.data())
def test_all_records_but_those_that_are_changed_are_there(
    reads: dict[str, Any], content: bytes, data: st.DataObject
) -> None:
    """A byte that is no quote, bracket or line end, and becomes none, harms its own record."""
    if reads["format"] == "json" or reads.get("headings_in"):
        return
    plain = READS.validate_python(reads)
    before = [str(one[2]) for one in open_file(io.BytesIO(content), plain).records]
    first = content.index(b"\n") + 1 if b"\n" in content[:60] else 0
    at = data.draw(st.integers(first, len(content) - 1))
    structure = set(b"\"<>/'!-[]{}\\\r\n,|;\t ")
    if content[at] in structure:
        return
    put = data.draw(st.binary(min_size=1, max_size=3).filter(lambda one: not structure & {*one}))
    changed = content[:at] + put + content[at + 1 :]
    after = [str(one[2]) for one in open_file(io.BytesIO(changed), plain).records]
    assert len([one for one in before if one not in after]) <= 1
