"""XML: each record is an element, split off by its tags and then read by itself.

Real files are not always well-formed. What is wrong within a record is the fault of no other, and
neither is an end that is missing, a comment that does not end, or rubbish in between.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from services.intake.domain.decode.file_kinds import text_kind
from services.intake.domain.mappings.readers.element_tree import NotARecord, tree_of
from services.intake.domain.mappings.readers.gunzip import Readable
from services.intake.domain.mappings.readers.splitting import (
    LONGEST_NAME,
    Between,
    SplitElement,
    Splitting,
    tag_of,
)
from services.intake.domain.mappings.readers.text import PIECE, Text, text_of
from services.intake.domain.mappings.reads import ReadsXml
from services.intake.domain.mappings.records import (
    OpenedFile,
    SourceRecord,
    UnreadableFile,
    UnreadableRecord,
)

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_ENCODINGS = {
    "utf-8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "iso-8859-1": "latin-1",
    "windows-1252": "cp1252",
}


def open_xml(file: Readable, reads: ReadsXml) -> OpenedFile:
    """Raises `UnreadableFile` where the beginning tells that this is something else."""
    beginning = file.read(PIECE)
    file.seek(0)
    text = text_of(file, _encodings(beginning, reads))
    if text.encoding == "utf-8" and b"<" not in beginning:
        kind = text_kind(beginning)
        raise UnreadableFile(f"this is {kind if kind == 'CSV' else 'no XML'}")
    record = _first_there(text, reads.record)
    if len(reads.record) > 1:
        file.seek(0)
        text = text_of(file, _encodings(beginning, reads))
    return OpenedFile(None, _Records(text, record).all())


def _first_there(text: Text, names: Sequence[str]) -> str:
    """The first of these elements that the text has; the last where it has none."""
    if len(names) == 1:
        return names[0]
    sought = {name: tag_of(name.encode(text.encoding)) for name in names}
    found, rest = set(), b""
    while names[0] not in found and (piece := text.stream.read(PIECE)):
        found |= {name for name, tag in sought.items() if tag.search(rest + piece)}
        rest = piece[-LONGEST_NAME:]
    return next((name for name in names if name in found), names[-1])


def _encodings(beginning: bytes, reads: ReadsXml) -> Sequence[str]:
    """The one that the file itself names is tried first, where it is known."""
    if beginning.startswith((b"<\0", b"\0<")):
        return ("utf-16",)
    found = _DECLARED.search(beginning)
    declared = _ENCODINGS.get(found[1].decode().lower()) if found else None
    return (declared, *reads.encodings) if declared else reads.encodings


class _Records:
    def __init__(self, text: Text, record: str) -> None:
        name = record.encode(text.encoding)
        self._splitting = Splitting(text.stream, name, text.encoding)
        self._record = record
        self._encoding, self._encoding_name = text.encoding, text.name
        self._number = 0

    def all(self) -> Iterator[SourceRecord | UnreadableRecord]:
        for found in self._splitting.pieces():
            if isinstance(found, Between):
                self._number += 1
                yield UnreadableRecord(self._number, f"line {found.line}", found.because)
            else:
                yield from self._records_in(found)
        if not self._number:
            self._say_what_is_there()

    def _records_in(self, piece: SplitElement) -> Iterator[SourceRecord | UnreadableRecord]:
        """A record; where it cannot be read, those within it that can."""
        self._number += 1
        place = f"{self._record} {self._number}, line {piece.line}"
        if piece.fault:
            yield UnreadableRecord(self._number, place, piece.fault)
            return
        try:
            fields = tree_of(piece.content.decode(self._encoding), first_line=piece.line)
        except UnicodeDecodeError:
            yield UnreadableRecord(self._number, place, f"is not valid in {self._encoding_name}")
        except NotARecord as error:
            yield UnreadableRecord(self._number, place, str(error))
        else:
            yield SourceRecord(self._number, place, fields)
            return
        for inner in piece.within:
            yield from self._records_in(inner)

    def _say_what_is_there(self) -> None:
        names = {name.casefold(): name for name in self._splitting.other_names}
        near = get_close_matches(self._record.casefold(), names, n=1)
        if near or len(names) > 1:
            hint = f": do you mean {names[near[0]]}?" if near else ""
            raise UnreadableFile(f"the file has no element {self._record}{hint}")
