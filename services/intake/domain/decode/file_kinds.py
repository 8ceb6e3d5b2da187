"""What a file is that is no lines of JSON, told from its first bytes: for an error message."""

import codecs
import re

_MAGIC = (
    (codecs.BOM_UTF32_LE, "text in UTF-32"),
    (codecs.BOM_UTF32_BE, "text in UTF-32"),
    (codecs.BOM_UTF16_LE, "text in UTF-16"),
    (codecs.BOM_UTF16_BE, "text in UTF-16"),
    (b"\x1f\x8b", "a gzip file"),
    (b"PK\x03\x04", "a zip file, such as an Excel workbook (xlsx)"),
    (b"PK\x05\x06", "a zip file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (xls)"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    *((b"BZh%d1AY&SY" % level, "a bzip2 file") for level in range(1, 10)),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
    (b"%PDF-", "a PDF"),
    (b"PAR1\x15", "a Parquet file"),
    (b"Obj\x01", "an Avro file"),
    (b"SQLite format 3\x00", "a SQLite database"),
)
_WIDE = re.compile(rb"(?:[\t\n\r -~]\x00){4}|(?:\x00[\t\n\r -~]){4}")
"""ASCII in UTF-16, without a byte order mark."""
_MARKUP = re.compile(rb"\s*<(?:\?xml|!|[A-Za-z])")
MARKUP = "XML or HTML"
_SEPARATORS = b",;\t|"
WHAT_TO_DO = {
    "a gzip file": "unpack it first",
    "text in UTF-16": "write it as UTF-8",
    "text in UTF-32": "write it as UTF-8",
}
"""Kind -> what to do about it, where that is not to make events of it."""


def binary_kind(content: bytes) -> str | None:
    """What it is if no text in UTF-8, in words; None where that cannot be told."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    return "text in UTF-16" if _WIDE.match(content) else None


def text_kind(content: bytes) -> str | None:
    """What it is if text of which no line can be a JSON object; None where one may be."""
    if _MARKUP.match(content):
        return MARKUP
    lines = [line for line in content.splitlines() if line.strip()][:1000]
    if not lines or any(line.lstrip().startswith((b"{", b"[")) for line in lines):
        return None
    for separator in _SEPARATORS:
        counts = {line.count(separator) for line in lines[:3]}
        if 0 not in counts:
            return "CSV"
    return "no JSON"
