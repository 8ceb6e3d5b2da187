"""xlsx: what people see in the cells, and files that would rather be something else."""

import gzip
import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.mappings.records import FaultyCell, UnreadableFile
from tests.services.intake.domain.mappings.readers.reading import (
    fields,
    opened,
    read,
    unreadable,
)
from tests.services.intake.domain.mappings.readers.workbooks import (
    by_hand,
    inline,
    saved,
    written,
    zipped,
)

NO_VALUE = FaultyCell(
    "a formula without a value: open the workbook in a spreadsheet program and save it"
)


def test_a_table_with_cells_of_all_kinds() -> None:
    opened_at = datetime.fromisoformat("2026-01-05T09:05")
    row = ["R1", date(2026, 1, 5), opened_at, 860.5, 61200, True, None, time(9)]
    file = opened(saved(written([list("abcdefgh"), row, [None] * 8, ["R2"]])), format="xlsx")
    found = list(file.records)
    assert file.headings == list("abcdefgh")
    assert [one.place for one in found] == ["sheet 工单, row 2", "sheet 工单, row 4"]
    assert list(fields(found)[0].values()) == row
    assert fields(found)[1] == dict.fromkeys("abcdefgh") | {"a": "R2"}


def test_merged_cells_are_filled_downwards_and_titles_are_left_out() -> None:
    book = written(
        [["报表"], ["单号", "项目", "备注"], ["R1", "a"], [None, "b"], [None, "c"], ["R2", "d"]]
    )
    for merged in ("A1:C1", "A3:A5", "C3:C4"):
        book.active.merge_cells(merged)
    found = read(saved(book), format="xlsx", headings_in=2)
    assert [(one["单号"], one["项目"]) for one in fields(found)] == [
        ("R1", "a"),
        ("R1", "b"),
        ("R1", "c"),
        ("R2", "d"),
    ]


def test_the_value_of_a_formula_counts_and_never_its_text() -> None:
    assert fields(read(saved(written([["a"], ["=1+1"]])), format="xlsx")) == [{"a": NO_VALUE}]
    cells = (
        '<row><c><f>A1</f><v>7</v></c><c t="str"><f>B1</f><v>x</v></c><c t="str"><f>C1</f><v/></c>'
        '<c t="e"><f>D1</f><v>#REF!</v></c><c t="e"><v>张三</v></c>'
        '<c><f t="shared" si="0"/></c></row>'
    )
    found = read(by_hand(inline(*"abcdef") + cells), format="xlsx")
    assert fields(found) == [
        {
            "a": 7,
            "b": "x",
            "c": "",
            "d": FaultyCell("an error (#REF!)"),
            "e": FaultyCell("an error"),
            "f": NO_VALUE,
        }
    ]


def test_cells_as_other_programs_write_them() -> None:
    shared = (
        "<si><t>x</t></si><si><r><t>y</t></r><r><t xml:space='preserve'> z</t></r>"
        "<rPh sb='0' eb='1'><t>sound</t></rPh></si><si><t>a_x000D_b_xD83D__xDE00_</t></si>"
    )
    cells = (
        '<row r="7"><c r="B7" t="s"><v>1</v></c><c t="s"><v>2</v></c>'
        '<c r="F7" s="1"><v>45000</v></c>'
        '<c r="E7" t="d"><v>2026-01-05</v></c><c r="G7" t="s"><v>99</v></c><c t="s"><v>x</v></c>'
        '<c r="A7" s="99"><v>1</v></c></row>'
    )
    content = by_hand(inline(*"abcdefgh") + cells, shared=shared, formats=["yyyy/m/d"])
    (found,) = fields(read(content, format="xlsx"))
    missing = FaultyCell("a text that is not there")
    assert list(found.values()) == [
        1, "y z", "a\rb😀", None, "2026-01-05", date(2023, 3, 15), missing, missing,
    ]  # fmt: skip


def test_prefixes_and_days_from_1904() -> None:
    content = by_hand(
        inline("a") + '<row><c s="1"><v>1</v></c></row>',
        formats=["yyyy"],
        book='<workbookPr date1904="1"/>',
    )
    assert fields(read(content, format="xlsx")) == [{"a": date(1904, 1, 2)}]
    sheet = (
        '<x:worksheet xmlns:x="urn:x"><x:sheetData><x:row><x:c t="str"><x:v>a</x:v></x:c></x:row>'
        "<x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert fields(read(_with(content, "xl/worksheets/sheet1.xml", sheet), format="xlsx")) == [
        {"a": 1}
    ]


def test_the_first_sheet_that_shows_anything_or_the_one_that_is_named() -> None:
    book = written([], title="空")
    hidden = book.create_sheet("旧工单")
    hidden.append(["a"])
    hidden.append(["hidden"])
    hidden.sheet_state = "hidden"
    for title in ("工单", "销售"):
        sheet = book.create_sheet(title)
        sheet.append(["a"])
        sheet.append([title])
    content = saved(book)
    assert fields(read(content, format="xlsx")) == [{"a": "工单"}]
    assert fields(read(content, format="xlsx", sheet=" 销售")) == [{"a": "销售"}]
    assert fields(read(content, format="xlsx", sheet="旧工单")) == [{"a": "hidden"}]
    with pytest.raises(UnreadableFile, match="no sheet 销售单: do you mean 销售"):
        opened(content, format="xlsx", sheet="销售单")


def test_a_row_too_large_is_the_fault_of_no_other() -> None:
    shared = "<si><t>" + "x" * 600_000 + "</t></si>"
    rows = (
        inline("a", "b")
        + inline("1", "x" * 1_500_000)
        + '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>'
        + inline("2", "y")
    )
    found = read(by_hand(rows, shared=shared), format="xlsx")
    assert fields(found) == [{"a": "2", "b": "y"}]
    assert [place for place, _ in unreadable(found)] == ["sheet S, row 2", "sheet S, row 3"]


TABLE = saved(written([["a"], *([f"R{number}"] for number in range(2000))]))


def _with(content: bytes, name: str, part: str | bytes | None) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {one: archive.read(one) for one in archive.namelist()}
    if part is None:
        del parts[name]
    else:
        parts[name] = part
    return zipped(parts)


def _sheet(content: str) -> bytes:
    return _with(TABLE, "xl/worksheets/sheet1.xml", content)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BINARY = '<R><Relationship Type="x/officeDocument" Target="xl/workbook.bin"/></R>'
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><worksheet><sheetData><row><c t='str'><v>&a9;</v></c></row></sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("content", "more", "says"),
    [
        (TABLE[:-500], {}, "ends in the middle"),
        (TABLE[:3000], {}, "ends in the middle"),
        (TABLE.replace(b"PK\x01\x02", b"PK\x01\x03"), {}, "damaged"),
        (b"", {}, "no Excel workbook"),
        (b"a,b\n1,2\n", {}, "CSV"),
        (b"<html><table/></html>", {}, "HTML"),
        (OLE + bytes(9000), {}, "xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(65_512)
            + "EncryptedPackage".encode("utf-16-le"),
            {},
            "password",
        ),
        (zipped({"mimetype": "x", "content.xml": "<a/>"}), {}, "ods"),
        (zipped({"word/document.xml": "<a/>"}), {}, "no Excel workbook"),
        (zipped({"a.csv": "a,b"}), {}, "no Excel workbook"),
        (
            _with(
                TABLE,
                "_rels/.rels",
                '<R><Relationship Type="x/officeDocument" Target="xl/workbook.bin"/></R>',
            ),
            {},
            "xlsb",
        ),
        (_sheet(LAUGHS), {}, "document type"),
        (_sheet('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), {}, "document type"),
        (_sheet("<worksheet><sheetData><row>"), {}, "ends in the middle"),
        (_sheet("<worksheet><sheetData><row></sheetData>"), {}, "damaged"),
        (_sheet("<worksheet><sheetData/></worksheet>"), {}, "nothing stands on any sheet"),
        (_sheet("<a b='" + "x" * 3_000_000 + "'/>"), {}, "does not end"),
        (_with(TABLE, "xl/worksheets/sheet1.xml", None), {}, "damaged"),
        (_with(TABLE, "xl/sharedStrings.xml", b"\xff\xfe\xfd"), {}, "damaged"),
        (_with(TABLE, "xl/styles.xml", "x"), {}, "damaged"),
        (by_hand("<row/><row/>" + inline("a")), {}, "row 1"),
        (by_hand(inline("a"), book="<bad"), {}, "damaged"),
    ],
)
def test_what_cannot_be_read_is_said(
    content: bytes, more: dict[str, Any], says: str | None
) -> None:
    with pytest.raises(UnreadableFile, match=says):
        list(opened(content, format="xlsx", **more).records)


def test_a_bomb_is_refused() -> None:
    bomb = _with(TABLE, "xl/worksheets/sheet1.xml", b"<a>" + b" " * 80_000_000)
    with pytest.raises(UnreadableFile, match="more than"):
        opened(bomb, format="xlsx")
    many = zipped({f"part{number}": "" for number in range(30_000)})
    with pytest.raises(UnreadableFile, match="too many parts"):
        opened(many, format="xlsx")


def test_two_cells_far_from_each_other_are_two_cells() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c><c r="A1048576"><v>2</v></c></row>'
    assert fields(read(by_hand(inline("a") + far), format="xlsx")) == [{"a": 2}]


def test_a_packed_workbook_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="without gzip"):
        opened(gzip.compress(TABLE), format="xlsx")


VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Cn", "Co"])).filter(
        lambda text: not text.startswith("=") and "_x" not in text and text.strip() == text
    )
    | st.dates(date(1900, 3, 1))
)


@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), max_size=5))
def test_what_openpyxl_writes_is_read_as_it_reads_it(rows: list[list[Any]]) -> None:
    content = saved(written([["a", "b", "c"], *rows]))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    wanted = []
    for row in sheet.iter_rows(min_row=2, values_only=True):
        cells = [one.date() if isinstance(one, datetime) else one for one in row]
        if any(one not in {None, ""} for one in cells):
            wanted.append(cells)
    assert [list(one.values()) for one in fields(read(content, format="xlsx"))] == wanted


@given(st.integers(0, len(TABLE) - 1), st.integers(0, 255))
def test_a_byte_that_is_wrong_harms_nobody(at: int, byte: int) -> None:
    content = TABLE[:at] + bytes([byte]) + TABLE[at + 1 :]
    try:
        found = read(content, format="xlsx")
    except UnreadableFile:
        return
    assert len(found) <= 2100
