"""Workbooks in memory: as openpyxl writes them, and as strangers might."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'


def written(rows: Sequence[Sequence[Any]], *, title: str = "工单") -> openpyxl.Workbook:
    """To be changed further, and saved with `saved`."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def by_hand(sheet_data: str, *, formats: Sequence[str] = (), **parts: str) -> bytes:
    """A workbook of one sheet `S`, with what stands within `sheetData`; cells of style 1, 2, …
    have these formats. Parts: `shared`, the texts; `head`, before the sheet; `book`, in its book;
    `after`, behind the rows."""
    own = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{code}"/>' for at, code in enumerate(formats)
    )
    used = "".join(f'<xf numFmtId="{164 + at}"/>' for at in range(len(formats)))
    return zipped(
        {
            "xl/workbook.xml": f"<workbook {_MAIN}>{parts.get('book', '')}<sheets>"
            f'<sheet name="S" sheetId="1" r:id="r1" xmlns:r="{_OFFICE}"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{_RELS}<Relationship Id="r1" '
            f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/styles.xml": f"<styleSheet {_MAIN}><numFmts>{own}</numFmts>"
            f'<cellXfs><xf numFmtId="0"/>{used}</cellXfs></styleSheet>',
            "xl/sharedStrings.xml": f"<sst {_MAIN}>{parts.get('shared', '')}</sst>",
            "xl/worksheets/sheet1.xml": f"{parts.get('head', '')}<worksheet {_MAIN}>"
            f"<sheetData>{sheet_data}</sheetData>{parts.get('after', '')}</worksheet>",
        }
    )


def inline(*cells: str) -> str:
    """A row of texts."""
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in cells) + "</row>"
