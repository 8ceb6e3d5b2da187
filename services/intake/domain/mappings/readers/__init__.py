"""Readers, one for each format: bytes in, records out, a bad one the fault of no other.

gunzip          gzip, unpacked as it is read
text            in which encoding a text is, and its lines
delimited       CSV and its like
ndjson          a JSON object a line
"""

from typing import BinaryIO, assert_never

from services.intake.domain.mappings.readers import gunzip
from services.intake.domain.mappings.readers.delimited import open_csv
from services.intake.domain.mappings.readers.elements import open_xml
from services.intake.domain.mappings.readers.json_text import open_json
from services.intake.domain.mappings.readers.ndjson import open_ndjson
from services.intake.domain.mappings.readers.workbook import open_xlsx
from services.intake.domain.mappings.reads import (
    Reads,
    ReadsCsv,
    ReadsJson,
    ReadsNdjson,
    ReadsXlsx,
    ReadsXml,
)
from services.intake.domain.mappings.records import OpenedFile, UnreadableFile


def open_file(file: BinaryIO, reads: Reads) -> OpenedFile:
    """The file, read from its beginning, as `reads` has it; packed with gzip or not.

    Raises `UnreadableFile` where it cannot be read so. The file is read as its records are asked
    for, and is to stay open until then.
    """
    file.seek(0)
    packed = file.read(2) == gunzip.MAGIC
    file.seek(0)
    stream = gunzip.Unpacked(file) if packed else file
    match reads:
        case ReadsCsv():
            return open_csv(stream, reads)
        case ReadsXlsx() if packed:
            raise UnreadableFile("an xlsx file is packed by itself: send it without gzip")
        case ReadsXlsx():
            return open_xlsx(file, reads)
        case ReadsNdjson():
            return open_ndjson(stream, reads)
        case ReadsXml():
            return open_xml(stream, reads)
        case ReadsJson():
            return open_json(stream, reads)
        case _:
            assert_never(reads)
