"""CSV as dealers' systems write it, and as it comes when something went wrong."""

import csv
import io
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.mappings.readers import open_file
from services.intake.domain.mappings.reads import MOST_BYTES_OF_A_RECORD, ReadsCsv
from services.intake.domain.mappings.records import SourceRecord, UnreadableFile
from tests.services.intake.domain.mappings.readers.reading import (
    fields,
    opened,
    read,
    unreadable,
)

TABLE = "工单号,车牌号\nR1,沪A12345\nR2,京B00001\n"
ROWS = [{"工单号": "R1", "车牌号": "沪A12345"}, {"工单号": "R2", "车牌号": "京B00001"}]


@pytest.mark.parametrize(
    ("content", "more"),
    [
        (TABLE.encode(), {}),
        (TABLE.encode("utf-8-sig"), {}),
        (TABLE.encode("gbk"), {}),
        (TABLE.encode("gb18030"), {"encodings": ["gb18030", "utf-8"]}),
        (TABLE.encode(), {"encodings": ["gb18030", "utf-8"]}),
        (TABLE.encode("utf-16"), {}),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), {}),
        (TABLE.encode("utf-16-le"), {"encodings": ["utf-8", "utf-16"]}),
        (TABLE.encode("utf-16-be"), {"encodings": ["utf-16"]}),
        (TABLE.replace("\n", "\r\n").encode(), {}),
        (TABLE.replace("\n", "\r").encode(), {}),
        (TABLE.replace(",", "\t").encode(), {}),
        (TABLE.replace(",", ";").encode(), {}),
        (TABLE.replace(",", "|").encode(), {}),
        (TABLE.rstrip("\n").encode(), {}),
        (b"sep=;\n" + TABLE.replace(",", ";").encode(), {}),
        (TABLE.replace("工单号", ' "工单号"'.strip()).encode(), {}),
        (TABLE.replace("\n", "\n\n").encode(), {}),
        (TABLE.replace("\n", "\n,\n").encode(), {}),
        (("2026年1月报表\n\n" + TABLE).encode(), {"headings_in": 3}),
        (TABLE.encode() + b"\0" * 1000, {}),
        (TABLE.replace(",京", ",\0\0京").encode(), {}),
        (TABLE.replace("京B00001\n", "京B00001,,\n").encode(), {}),
    ],
)
def test_a_table_is_the_same_however_it_is_written(content: bytes, more: dict[str, Any]) -> None:
    file = opened(content, format="csv", **more)
    found = list(file.records)
    assert file.headings == ["工单号", "车牌号"]
    assert (fields(found), unreadable(found)) == (ROWS, [])


def test_european_text_of_one_byte_is_read_where_the_mapping_says_so() -> None:
    found = read("a\nMüller\n".encode("latin-1"), format="csv", encodings=["utf-8", "latin-1"])
    assert fields(found) == [{"a": "Müller"}]


def test_the_encoding_is_told_from_the_first_that_says_anything() -> None:
    many = b"R,x\n" * 40_000
    found = read(b"a,b\n" + many + "R,张三\n".encode("gbk"), format="csv")
    assert fields(found)[-1] == {"a": "R", "b": "张三"}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("damage", [b"\xff", b"\xb2", b"M\xfcller", b"\x81"])
def test_a_line_in_another_encoding_is_the_fault_of_no_other(encoding: str, damage: bytes) -> None:
    good = "R1,张三\nR2,Jürgen\nR3,李四光\n".encode(encoding)
    found = read("号,名\n".encode(encoding) + good + damage + b",x\n" + good, format="csv")
    assert [one["号"] for one in fields(found) if one["名"] != "x"] == ["R1", "R2", "R3"] * 2
    assert all(one["名"] in {"张三", "Jürgen", "李四光", "x"} for one in fields(found))
    if encoding == "utf-8":
        assert unreadable(found) == [("line 5", "is not valid in UTF-8")]


@pytest.mark.parametrize(
    ("rows", "good", "bad"),
    [
        ('1,"2\n3,4\n5,6\n', [["3", "4"], ["5", "6"]], ["line 2"]),
        ('1,"2\n3,"4"\n"5","6"\n', [["3", "4"], ["5", "6"]], ["line 2"]),
        ('1,"2\n3,4\n5,"6', [["3", "4"]], ["line 2", "line 4"]),
        ('1,2,3\n"4","5",6\n7,8\n', [["7", "8"]], ["line 2", "line 3"]),
        ('1,"a\nb"\n3,4\n', [["1", "a\nb"], ["3", "4"]], []),
        ('1,"a ""b"", c"\n', [["1", 'a "b", c']], []),
        ('1,5" rim\n3,4\n', [["1", '5" rim'], ["3", "4"]], []),
        ('1,"a "b" c"\n3,4\n', [["1", 'a b" c"'], ["3", "4"]], []),
        ("1,a\0b\n3,4\n", [["3", "4"]], ["line 2"]),
        ("1\n3,4\n5", [["1"], ["3", "4"]], ["line 4"]),
        ('1,"' + "x" * 200_000 + '"\n3,4\n', [["3", "4"]], ["line 2"]),
        ("1," + "x" * 2_000_000 + "\n3,4\n", [["3", "4"]], ["line 2"]),
        ('1,"' + ("x" * 99 + "\n") * 11_000 + "3,4\n", None, ["line 2"]),
    ],
)
def test_a_damaged_row_is_the_fault_of_no_other(
    rows: str, good: list[list[str]] | None, bad: list[str]
) -> None:
    found = read(b"a,b\n" + rows.encode(), format="csv")
    if good is not None:
        assert [list(one.values()) for one in fields(found)] == good
    assert fields(found)[-1:] != [] or good == []
    assert [place for place, _ in unreadable(found)] == bad
    assert [one.number for one in found] == list(range(1, len(found) + 1))


def test_a_quote_that_another_one_closes_by_chance_swallows_no_rows() -> None:
    rows = ["1,2,3,4,5"] * 3 + ['1,2,3,4,"5'] + ["1,2,3,4,5"] * 3 + ['1,2,3,4,5"'] + ["1,2,3,4,5"]
    found = read("\n".join(["a,b,c,d,e", *rows]).encode(), format="csv")
    assert len(fields(found)) == 8
    assert unreadable(found) == [("line 5", "has a quote that is opened and not closed")]


def test_of_doubled_headings_the_first_counts_and_blank_ones_are_nothing() -> None:
    file = opened(b'a,, a ,"b\n c",a\n1,2,3,4,5\n', format="csv")
    assert file.headings == ["a", "", "a", "b c", "a"]
    assert fields(list(file.records)) == [{"a": "1", "b c": "4"}]


@pytest.mark.parametrize(
    ("content", "more", "says"),
    [
        (b"", {}, "line 1"),
        (b"\n\n", {}, "line 1"),
        (b"a,b\n1,2\n", {"headings_in": 5}, "line 5"),
        ("张三,b\n".encode("gbk"), {"encodings": ["utf-8"]}, "UTF-8"),
        (b"PK\x03\x04" + b"\0" * 99, {}, "xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, {}, "xls"),
        ("a,b\n".encode("utf-32"), {}, "UTF-32"),
        (b"x" * 2_000_000, {}, "line 1"),
        (b'"a' + b"x" * 200_000 + b'"\n', {}, "line 1"),
        (b"," * 2_000 + b"a\n1,2\n", {}, "2000"),
        (b'a,"b\n1,2\n', {}, "line 1"),
        (b"<html><table><tr><td>a</td></tr></table>\n", {}, "HTML"),
    ],
)
def test_what_has_no_headings_is_refused(content: bytes, more: dict[str, Any], says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        opened(content, format="csv", **more)


CELLS = st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"]))


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3)),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_what_python_writes_is_read_as_python_reads_it(rows: list[list[str]], quoting: Any) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting).writerows([["a", "b", "c"], *rows])
    found = read(b"\xef\xbb\xbf" + text.getvalue().encode(), format="csv", delimiter=",")
    wanted = [row for row in rows if any(map(str.strip, row))]
    assert [list(one.values()) for one in fields(found)] == wanted


def test_rows_are_read_as_they_are_asked_for() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            self.taken += len(piece)
            return piece

    file = Counting("a,é\n".encode() + b"1,2\n" * 1_000_000)
    records = open_file(file, ReadsCsv(format="csv")).records
    assert [type(one) for one in islice(records, 10)] == [SourceRecord] * 10
    assert file.taken < MOST_BYTES_OF_A_RECORD
