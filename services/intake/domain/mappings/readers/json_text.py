"""JSON: one text, whose records are taken one after another from where a pointer says."""

import json
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from services.intake.domain.decode.file_kinds import text_kind
from services.intake.domain.mappings.readers.gunzip import Readable
from services.intake.domain.mappings.readers.json_pointer import parts_of, record_of
from services.intake.domain.mappings.readers.json_values import Faulty, JsonValues
from services.intake.domain.mappings.readers.text import PIECE, TOO_LARGE, text_of
from services.intake.domain.mappings.reads import MOST_BYTES_OF_A_RECORD, ReadsJson
from services.intake.domain.mappings.records import (
    OpenedFile,
    SourceRecord,
    UnreadableFile,
    UnreadableRecord,
)

MOST_NAMES = 100
_SPACE = b" \t\r\n"
_NO_SPACE = re.compile(rb"[^ \t\r\n]")
_MARK = re.compile(rb"[\"\[\]{}]")
_IN_STRING = re.compile(rb"\"|\\.", re.DOTALL)
_END_OF_SCALAR = re.compile(rb"[,\[\]{}: \t\r\n]")


class _Raw(NamedTuple):
    """A value as it is written."""

    line: int
    content: bytes | None
    """None: it is too large."""


def open_json(file: Readable, reads: ReadsJson) -> OpenedFile:
    """Raises `UnreadableFile` where the beginning tells that this is something else."""
    text = text_of(file, ("utf-8",))
    beginning = text.stream.read(PIECE)
    if not beginning.lstrip(_SPACE).startswith((b"{", b"[")):
        kind = text_kind(beginning)
        raise UnreadableFile(f"this is {kind or 'no JSON'}, and the mapping reads JSON")
    return OpenedFile(None, _records(_Values(text.stream, beginning), reads.records))


def _records(values: "_Values", pointer: str) -> Iterator[SourceRecord | UnreadableRecord]:
    walk, strict = _Walk(values, pointer), JsonValues()
    for number, raw in enumerate(walk.all(), start=1):
        place = f"record {number}, line {raw.line}"
        value = Faulty(TOO_LARGE) if raw.content is None else strict.read(raw.content)
        if isinstance(value, Faulty):
            yield UnreadableRecord(number, place, value.because)
        else:
            yield record_of(number, place, value)


class _Walk:
    """Follows a pointer into a text, as it is read, and skips what it does not lead to."""

    def __init__(self, values: "_Values", pointer: str) -> None:
        self._values = values
        self._pointer = pointer
        self._reached = False
        self._names: list[str] = []

    def all(self) -> Iterator[_Raw]:
        """The values of the array that it leads to, or the one that stands there."""
        yield from self._follow(parts_of(self._pointer))
        if self._values.peek():
            raise UnreadableFile(
                f"the JSON text ends in line {self._values.line}, and something follows: a file "
                f"of an object a line needs a mapping of format ndjson"
            )
        if not self._reached:
            raise UnreadableFile(f"nothing stands at {self._pointer}{self._hint()}")

    def _follow(self, parts: Sequence[str]) -> Iterator[_Raw]:
        first = self._values.peek()
        if not parts:
            self._reached = True
            if first == b"[":
                for _ in self._inner(b"]"):
                    yield self._values.take()
            else:
                yield self._values.take()
        elif first == b"{":
            yield from self._member(parts)
        elif first == b"[":
            for position, _ in enumerate(self._inner(b"]")):
                if str(position) == parts[0]:
                    yield from self._follow(parts[1:])
                else:
                    self._values.take()
        else:
            self._values.take()

    def _member(self, parts: Sequence[str]) -> Iterator[_Raw]:
        found = False
        for _ in self._inner(b"}"):
            name = self._name()
            if name != parts[0]:
                self._values.take()
                continue
            if found:
                raise UnreadableFile(
                    f"in line {self._values.line} a name of {self._pointer} stands a second time: "
                    f"nobody knows which one counts"
                )
            found = True
            yield from self._follow(parts[1:])

    def _inner(self, end: bytes) -> Iterator[None]:
        """Once before each value, or name, of the array or object that begins here."""
        values = self._values
        values.step()
        if values.peek() == end:
            values.step()
            return
        while True:
            yield
            match values.peek():
                case b",":
                    values.step()
                case mark if mark == end:
                    values.step()
                    return
                case _:
                    raise values.damaged()

    def _name(self) -> str | None:
        values = self._values
        if values.peek() != b'"':
            raise values.damaged()
        raw = values.take()
        try:
            name = json.loads(raw.content or b"0")
        except ValueError:
            raise values.damaged() from None
        if values.peek() != b":":
            raise values.damaged()
        values.step()
        if isinstance(name, str) and len(self._names) < MOST_NAMES:
            self._names.append(name[:100])
        return name if isinstance(name, str) else None

    def _hint(self) -> str:
        wanted = self._pointer.rpartition("/")[2]
        near = get_close_matches(wanted, self._names, n=1)
        return f": do you mean {near[0]}?" if near else ""


class _Values:
    """A text of JSON values, told apart by brackets and quotes only."""

    def __init__(self, stream: Readable, beginning: bytes) -> None:
        self._stream = stream
        self._buffer = beginning
        self._at = 0
        self._line, self._line_at = 1, 0

    @property
    def line(self) -> int:
        """Of what comes next."""
        self._line += self._buffer.count(b"\n", self._line_at, self._at)
        self._line_at = self._at
        return self._line

    def peek(self) -> bytes:
        """The next byte that is no white space; none at the end."""
        while True:
            if found := _NO_SPACE.search(self._buffer, self._at):
                self._at = found.start()
                return found[0]
            self._at = len(self._buffer)
            if not self._read_on():
                return b""

    def step(self) -> None:
        """Past a byte that was peeked at."""
        self._at += 1

    def take(self) -> _Raw:
        """The value that comes next. Raises `UnreadableFile` where none does, or not its end."""
        first, line = self.peek(), self.line
        if first in {b"", b",", b":", b"]", b"}"}:
            raise self.damaged()
        length, is_too_large = 0, False
        telling = _Telling(is_scalar=first not in {b'"', b"[", b"{"})
        while True:
            length, is_end = telling.look(self._buffer, self._at, length)
            if is_end:
                break
            if length > MOST_BYTES_OF_A_RECORD:
                is_too_large = True
                self._at, length = self._at + length, 0
            if not self._read_on():
                if telling.is_scalar:
                    break
                self._at += length
                raise self.damaged()
        content = self._buffer[self._at : self._at + length]
        self._at += length
        return _Raw(line, None if is_too_large else content)

    def damaged(self) -> UnreadableFile:
        """What to raise where something else should come next."""
        if self.peek():
            return UnreadableFile(f"in line {self.line} the JSON text is damaged")
        return UnreadableFile(f"the JSON text ends in the middle, in line {self.line}")

    def _read_on(self) -> bool:
        """Let go what is behind, and read more; False at the end."""
        self._line = self.line
        piece = self._stream.read(PIECE)
        self._buffer, self._at, self._line_at = self._buffer[self._at :] + piece, 0, 0
        return bool(piece)


class _Telling:
    """Where a value ends, of which more and more is looked at."""

    def __init__(self, *, is_scalar: bool) -> None:
        self.is_scalar = is_scalar
        self._depth = 0
        self._in_string = False

    def look(self, buffer: bytes, at: int, length: int) -> tuple[int, bool]:
        """How much of what begins at `at` was looked at, beyond `length`; whether it ends there."""
        if self.is_scalar:
            found = _END_OF_SCALAR.search(buffer, at + length)
            return (found.start() if found else len(buffer)) - at, found is not None
        place = at + length
        while found := (_IN_STRING if self._in_string else _MARK).search(buffer, place):
            place = found.end()
            match found[0]:
                case b'"':
                    self._in_string = not self._in_string
                case b"[" | b"{":
                    self._depth += 1
                case b"]" | b"}":
                    self._depth -= 1
                case _:
                    continue
            if self._depth == 0 and not self._in_string:
                return place - at, True
        is_half = self._in_string and buffer.endswith(b"\\") and place < len(buffer)
        return len(buffer) - is_half - at, False
