"""How a file is read, told from its beginning; and its first records."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import BinaryIO

from services.intake.domain.mappings.guess.sample import Sample, sample_of
from services.intake.domain.mappings.guess.vocabulary import Vocabulary
from services.intake.domain.mappings.readers import gunzip, open_file
from services.intake.domain.mappings.reads import (
    Reads,
    ReadsCsv,
    ReadsJson,
    ReadsNdjson,
    ReadsXlsx,
    ReadsXml,
)
from services.intake.domain.mappings.records import SourceRecord, UnreadableFile

FIRST_RECORDS = 200
FIRST_BYTES = 1_048_576
MOST_BYTES_OF_JSON = 67_108_864
TITLE_LINES = 10
"""The line of headings is looked for among so many."""
_ZIP = b"PK\x03\x04"
_TAG = re.compile(
    r"<(?P<end>/?)(?:[\w.-]+:)?(?P<name>[A-Za-z_][\w.-]*)(?:\s[^<>]*?)?(?P<whole>/?)>"
)


def sample_file(
    file: BinaryIO, vocabularies: Sequence[Vocabulary], *, record_names: Sequence[str] = ()
) -> Sample:
    """The first records of a file, in whatever format it is.

    `record_names`: what records of XML are called elsewhere. Raises `UnreadableFile`.
    """
    reads = _reads(file, record_names)
    if isinstance(reads, ReadsCsv | ReadsXlsx):
        reads = _with_headings(file, reads, vocabularies)
    opened = open_file(file, reads)
    first = islice((one for one in opened.records if isinstance(one, SourceRecord)), FIRST_RECORDS)
    return sample_of(reads, opened.headings, [one.fields for one in first])


def _reads(file: BinaryIO, record_names: Sequence[str]) -> Reads:
    beginning = _beginning(file, FIRST_BYTES)
    if beginning.startswith(_ZIP):
        return ReadsXlsx(format="xlsx")
    text = beginning.decode("utf-8-sig", "replace").lstrip()
    if text.startswith("<"):
        return ReadsXml(format="xml", record=(_record_name(text, record_names),))
    if text.startswith(("{", "[")):
        return _json(file, text)
    return ReadsCsv(format="csv")


def _beginning(file: BinaryIO, size: int) -> bytes:
    file.seek(0)
    packed = file.read(2) == gunzip.MAGIC
    file.seek(0)
    return gunzip.Unpacked(file).read(size) if packed else file.read(size)


def _json(file: BinaryIO, text: str) -> ReadsJson | ReadsNdjson:
    """An object a line, or one text; the array of records, where that is an object with one."""
    first, _, rest = text.partition("\n")
    is_line = _is_object(first)
    if is_line and rest.strip():
        return ReadsNdjson(format="ndjson")
    try:
        content = json.loads(_beginning(file, MOST_BYTES_OF_JSON))
    except (ValueError, RecursionError):
        raise UnreadableFile("this begins like JSON, and is none in UTF-8") from None
    if isinstance(content, dict):
        for name, value in content.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                if len(content) > 1 and not _are_documents(content, value):
                    break
                pointer = "/" + name.replace("~", "~0").replace("/", "~1")
                return ReadsJson(format="json", records=pointer)
    return ReadsNdjson(format="ndjson") if is_line else ReadsJson(format="json")


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _are_documents(content: dict[str, object], value: list[object]) -> bool:
    """Whether the rest of the text is about the list, and not the record that the list is of."""
    others = [each for each in content.values() if each is not value]
    return not any(isinstance(each, dict | list) and each for each in others)


def _record_name(text: str, known: Sequence[str]) -> str:
    """The outermost element that stands there several times; of those known elsewhere, that."""
    depths: dict[str, int] = {}
    counts: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(text):
        if tag["end"]:
            depth -= 1
            continue
        depths.setdefault(tag["name"], depth)
        counts[tag["name"]] += 1
        depth += not tag["whole"]
    if not depths:
        raise UnreadableFile("this begins like XML, and no element is in it")
    for name in known:
        if name in counts:
            return name
    repeated = [name for name in counts if counts[name] > 1 and depths[name] > 0]
    inner = [name for name in counts if depths[name] == 1]
    return min(repeated, key=depths.__getitem__) if repeated else (inner or list(counts))[0]


def _with_headings(
    file: BinaryIO, reads: ReadsCsv | ReadsXlsx, vocabularies: Sequence[Vocabulary]
) -> Reads:
    """With the line of headings: the one with most headings that are known."""
    best, most = reads, -1
    for line in range(1, TITLE_LINES + 1):
        tried = reads.model_copy(update={"headings_in": line})
        try:
            headings = open_file(file, tried).headings or ()
        except UnreadableFile:
            if line == 1:
                raise
            continue  # a blank line among the titles
        known = sum(any(one.known(each) for one in vocabularies) for each in headings if each)
        if known > most:
            best, most = tried, known
    return best
