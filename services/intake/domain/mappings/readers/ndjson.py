"""NDJSON: a JSON object a line."""

from collections.abc import Iterator
from itertools import chain, islice

from services.intake.domain.decode.file_kinds import text_kind
from services.intake.domain.mappings.readers.gunzip import Readable
from services.intake.domain.mappings.readers.json_pointer import parts_of, record_of, records_at
from services.intake.domain.mappings.readers.json_values import Faulty, JsonValues
from services.intake.domain.mappings.readers.text import TOO_LARGE, Line, lines_of, text_of
from services.intake.domain.mappings.reads import ReadsNdjson
from services.intake.domain.mappings.records import (
    OpenedFile,
    SourceRecord,
    UnreadableFile,
    UnreadableRecord,
)

LINES_TO_TELL = 20
_ONE_TEXT = {b"[", b"{", b"[{"}
"""What the first line of a JSON text over several lines is."""


def open_ndjson(file: Readable, reads: ReadsNdjson) -> OpenedFile:
    """Raises `UnreadableFile` where the beginning tells that this is something else."""
    lines = lines_of(text_of(file, ("utf-8",)).stream)
    first = list(islice(lines, LINES_TO_TELL))
    beginning = b"".join(line.content or b"" for line in first)
    if beginning.lstrip().partition(b"\n")[0].strip() in _ONE_TEXT:
        raise UnreadableFile(
            "this is one JSON text over several lines: it needs a mapping of format json"
        )
    if kind := text_kind(beginning):
        raise UnreadableFile(f"this is {kind}, and the mapping reads NDJSON")
    return OpenedFile(None, _records(chain(first, lines), reads.records))


def _records(lines: Iterator[Line], pointer: str) -> Iterator[SourceRecord | UnreadableRecord]:
    number, parts, values = 0, parts_of(pointer), JsonValues()
    for line in lines:
        place = f"line {line.number}"
        if line.content is not None and not line.content.strip(b"\0 \t\r\n"):
            continue
        value = Faulty(TOO_LARGE) if line.content is None else values.read(line.content)
        if isinstance(value, Faulty):
            number += 1
            yield UnreadableRecord(number, place, value.because)
            continue
        found = records_at(value, parts)
        if found is None:
            number += 1
            yield UnreadableRecord(number, place, f"has nothing at {pointer}")
            continue
        for nth, inner in enumerate(found, start=1):
            number += 1
            yield record_of(number, f"{place}, record {nth}" if found[1:] else place, inner)
