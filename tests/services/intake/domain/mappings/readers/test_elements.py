"""XML as dealers' systems write it: what is wrong within a record is the fault of no other."""

import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.mappings.records import SourceRecord, UnreadableFile, UnreadableRecord
from tests.services.intake.domain.mappings.readers.reading import (
    Found,
    fields,
    opened,
    read,
    unreadable,
)

CUT_OFF = "is the end of the file, before all of its elements end: it may be cut off"


def ro(number: int) -> str:
    return f'<RoRecord><Rogen RoNo="{number}"/><Line>换机油</Line></RoRecord>\n'


def record(number: int) -> dict[str, Any]:
    return {"Rogen": {"@RoNo": str(number)}, "Line": "换机油"}


def read_xml(content: str | bytes, name: str = "RoRecord") -> Found:
    raw = content.encode() if isinstance(content, str) else content
    return read(raw, format="xml", record=name)


def test_attributes_children_repeated_ones_and_text() -> None:
    found = read_xml(
        '<d:RoRecord xmlns:d="urn:x" xmlns="urn:y" xmlns:xsi="urn:z" xsi:type="T" d:No="1">'
        "<a/><b>x &lt;&#65; <![CDATA[<c>]]></b><e>1</e><d:e f='2'>t</d:e><e/>"
        '<g xsi:nil="true"/><h> <i>1</i> </h></d:RoRecord>'
    )
    assert fields(found) == [
        {
            "@No": "1",
            "a": "",
            "b": "x <A <c>",
            "e": ["1", {"@f": "2", "#text": "t"}, ""],
            "g": None,
            "h": {"i": "1"},
        }
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="GB2312"?>'])
@pytest.mark.parametrize("before", ["", "<!DOCTYPE x [<!ENTITY e '<RoRecord/>'>]>", "<!--<-->"])
def test_a_file_is_the_same_in_any_encoding(encoding: str, declared: str, before: str) -> None:
    text = f"{declared}{before}<Root>{ro(1)}<RoRecord/><Other>车</Other>{ro(2)}</Root>"
    found = read_xml(text.encode(encoding))
    assert (fields(found), unreadable(found)) == ([record(1), {}, record(2)], [])


def test_utf_16_without_a_mark() -> None:
    assert fields(read_xml(f"<a>{ro(1)}</a>".encode("utf-16-le"))) == [record(1)]


@pytest.mark.parametrize(
    "damaged",
    [
        "<RoRecord><a></RoRecord>",
        "<RoRecord><a></b></RoRecord>",
        "<RoRecord>&nbsp;</RoRecord>",
        "<RoRecord>&</RoRecord>",
        "<RoRecord a=1></RoRecord>",
        '<RoRecord a="1></RoRecord>',
        "<RoRecord>\x01</RoRecord>",
        b"<RoRecord>\xff</RoRecord>",
        "<RoRecord a='1' a='2'/>",
        "<RoRecord><!-- </RoRecord>",
        "<RoRecord><![CDATA[ </RoRecord>",
        "<RoRecord><? </RoRecord>",
        "<RoRecord><!DOCTYPE a [ </RoRecord>",
        "<RoRecord><a>",
        "<RoRecord>",
        "<RoRecord",
        "</RoRecord>",
        "<RoRecord></RoRecord",
        b"\x00\x01\x02 <<< \xff\n>>> <\n",
        "<RoRecord>" + "<a>" * 200 + "</a>" * 200 + "</RoRecord>",
        "<RoRecord>" + "<a/>" * 60_000 + "</RoRecord>",
        "<RoRecord>" + "x" * 1_500_000 + "</RoRecord>",
    ],
)
@pytest.mark.parametrize("root", ["<Root>\n{}</Root>", "\n{}"])
def test_what_is_damaged_is_the_fault_of_no_other(damaged: str | bytes, root: str) -> None:
    before, after = root.format(ro(1) + "{}" + "".join(map(ro, range(2, 9)))).split("{}")
    raw = damaged.encode() if isinstance(damaged, str) else damaged
    found = read_xml(before.encode() + raw + b"\n" + after.encode())
    assert fields(found) == [record(number) for number in range(1, 9)]
    (bad,) = (one for one in found if isinstance(one, UnreadableRecord))
    assert bad.number == 2
    assert "line 3" in bad.place or (bad.place == "line 2" and "no XML" in bad.because)


def test_an_end_that_is_missing_far_from_the_end_of_the_file() -> None:
    many = "".join(map(ro, range(16_000)))
    found = read_xml(f"<Root>{ro(1)}<RoRecord><a/>{many}</Root>")
    assert len(fields(found)) == 16_001
    assert unreadable(found) == [("RoRecord 2, line 2", "does not end, or not where it should")]


def test_of_records_within_each_other_the_outermost_counts() -> None:
    found = read_xml("<a><RoRecord><x><RoRecord/></x></RoRecord><RoRecord>1</RoRecord></a>")
    assert fields(found) == [{"x": {"RoRecord": ""}}, {"#text": "1"}]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("<a><B/><Order><B/></Order></a>", [{"B": ""}]),
        ("<a><B>" + "x" * 200_000 + "</B><Order/></a>", [{}]),
        ("<a><B>1</B><C/></a>", [{"#text": "1"}]),
        ("<a><C/></a>", [{}]),
    ],
)
def test_of_several_names_the_first_counts_that_the_file_has(
    content: str, wanted: list[dict[str, Any]]
) -> None:
    names = ["Order", "B", "C"]
    assert fields(read(content.encode(), format="xml", record=names)) == wanted
    assert fields(read(content.encode("utf-16"), format="xml", record=names)) == wanted


def test_several_texts_after_each_other_are_one_file() -> None:
    one = f'<?xml version="1.0"?>\n<Root>{ro(1)}</Root>\n'
    found = read_xml(one * 2)
    assert (fields(found), unreadable(found)) == ([record(1)] * 2, [])


def test_names_that_begin_alike_are_others() -> None:
    found = read_xml("<RoRecords><RoRecord/><RoRecord2/><Ro/></RoRecords>")
    assert (fields(found), unreadable(found)) == ([{}], [])


@pytest.mark.parametrize("end", range(60, 250, 7))
def test_a_file_that_ends_in_the_middle(end: int) -> None:
    whole = ("<Root>" + "".join(map(ro, range(9)))).encode()[:end]
    found = read_xml(whole)
    assert len(fields(found)) == whole.count(b"</RoRecord>")
    assert len(unreadable(found)) == 1
    assert "end" in unreadable(found)[0][1]


def test_rubbish_between_is_accounted_for_once() -> None:
    found = read_xml(ro(1) + "<<<\n" * 10_000 + ro(2))
    assert len(unreadable(found)) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<Root><RORecord/></Root>", "do you mean RORecord"),
        (b"<Root><a/><b/></Root>", "no element RoRecord"),
        (b"a,b\n1,2\n", "CSV"),
        (b"", "no XML"),
        (b"PK\x03\x04\0\0", "xlsx"),
        (b"{}", "no XML"),
    ],
)
def test_another_format_is_told(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        list(opened(content, format="xml", record="RoRecord").records)


def test_a_file_without_records_is_one() -> None:
    assert read_xml("<Root>\n</Root>") == []


def count(content: str) -> int:
    """How many records, readable or not, are found before the end."""
    records = opened(content.encode(), format="xml", record="RoRecord").records
    try:
        return sum(1 for _ in records)
    except UnreadableFile:
        return 0


@pytest.mark.parametrize(
    "evil",
    [
        "<RoRecord>",
        "</RoRecord>",
        "<RoRecord ",
        '<RoRecord a="',
        "<RoRecord><x><RoRecord></x>",
        "<!--",
        "<![CDATA[",
        "<?",
        "<!DOCTYPE [",
        "<!DOCTYPE '",
        "<a b='",
        "<!-- <? <![CDATA[ ",
    ],
)
def test_twice_as_much_takes_about_twice_as_long(evil: str) -> None:
    def seconds(times: int) -> float:
        begun = time.process_time()
        count("<a>" + evil * times)
        return time.process_time() - begun

    once = max(seconds(30_000), 0.05)
    assert seconds(60_000) < 8 * once


@pytest.mark.parametrize(
    "evil",
    [
        "x" * 5_000_000,
        "<" + "x" * 5_000_000,
        "<RoRecord>" + "x" * 5_000_000,
        "<!--" + "x" * 5_000_000,
        "<RoRecord>" * 8 + "<a/>" * 60_000 + "</RoRecord>" * 8,
        "<RoRecord>" * 50_000,
    ],
)
def test_no_file_takes_much_memory(evil: str) -> None:
    content = f"<a>{evil}"
    tracemalloc.start()
    count(content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40_000_000 + len(content)


NAMES = st.text("abAB_", min_size=1, max_size=3)
TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn", "Co", "Cc"]))


@given(st.lists(st.dictionaries(NAMES, TEXTS, max_size=4), max_size=8), st.binary(max_size=30))
def test_good_records_are_found_beside_any_rubbish(
    values: list[dict[str, str]], rubbish: bytes
) -> None:
    def element(value: dict[str, str]) -> bytes:
        inner = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in value.items())
        return f"<RoRecord>{inner}</RoRecord>".encode()

    kept = [one for one in values if "]]>" not in "".join(one.values())]
    rubbish = rubbish.replace(b"<!", b"").replace(b"<?", b"")
    content = b"<r>" + b"\n" * 200 + (b"\n" + rubbish + b"\n").join(map(element, kept)) + b"</r>"
    wanted = [dict(one) for one in kept]
    found = read(content, format="xml", record="RoRecord", encodings=["utf-8"])
    assert [dict(one.fields) for one in found if isinstance(one, SourceRecord)] == wanted
