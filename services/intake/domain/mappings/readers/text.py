"""Text from strangers: in which encoding it is, and its lines, in bounded memory.

Lines and tags are told from bytes: in each of the encodings, line ends, quotes, commas and angle
brackets are bytes that are part of no other character; UTF-16 is made UTF-8 first.
"""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import UnsupportedOperation
from typing import NamedTuple

from services.intake.domain.decode.file_kinds import WHAT_TO_DO, binary_kind
from services.intake.domain.mappings.readers.gunzip import Readable
from services.intake.domain.mappings.reads import MOST_BYTES_OF_A_RECORD
from services.intake.domain.mappings.records import UnreadableFile

PIECE = 65_536
TOO_LARGE = f"has more than {MOST_BYTES_OF_A_RECORD} bytes, so that it was not read"

_MARKS: Sequence[tuple[bytes, str]] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REPLACED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Text:
    """A file as text, from after its byte order mark on."""

    stream: Readable
    encoding: str
    """What its bytes are to be decoded in."""
    name: str
    """What to call its encoding, in messages."""


class Line(NamedTuple):
    """One line, with its end."""

    number: int
    content: bytes | None
    """None: it is too large."""


def text_of(file: Readable, encodings: Sequence[str]) -> Text:
    """The file in the encoding that it has. Raises `UnreadableFile` where it is in none of these,
    or no text."""
    beginning = file.read(PIECE)
    for mark, encoding in _MARKS:
        if beginning.startswith(mark) and not beginning.startswith(codecs.BOM_UTF32_LE):
            return _placed(file, encoding, after=len(mark))
    if "utf-16" in encodings and (wide := _wide(beginning)):
        return _placed(file, wide, after=0)
    if kind := binary_kind(beginning):
        hint = WHAT_TO_DO.get(kind, "it needs a mapping that reads this format")
        raise UnreadableFile(f"this is {kind}: {hint}")
    sample = _from_first_beyond_ascii(file, beginning)
    encoding = _told(sample, encodings) or _nearly(beginning, encodings)
    return _placed(file, encoding, after=0)


def _placed(file: Readable, encoding: str, *, after: int) -> Text:
    file.seek(after)
    if encoding.startswith("utf-16"):
        return Text(_FromUtf16(file, encoding), "utf-8", "UTF-16")
    return Text(file, encoding, encoding.upper())


def _wide(beginning: bytes) -> str | None:
    """UTF-16 without a mark: every ASCII character has a NUL byte, always on the same side."""
    low, high = beginning[0::2].count(0), beginning[1::2].count(0)
    if min(low, high) * 20 > max(low, high) or low == high:
        return None
    return "utf-16-le" if high > low else "utf-16-be"


def _from_first_beyond_ascii(file: Readable, piece: bytes) -> bytes:
    """The first bytes that say anything about the encoding, and what follows them."""
    while piece and piece.isascii():
        piece = file.read(PIECE)
    begin = next((at for at, byte in enumerate(piece) if byte > 127), 0)
    return piece[begin:] + file.read(PIECE)


def _told(sample: bytes, encodings: Sequence[str]) -> str | None:
    """The first in which there are fewer faults than characters beyond ASCII."""
    for encoding in _of_bytes(encodings):
        text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
        faults = text.count(_REPLACED) - sample.count(_REPLACED.encode())
        beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
        if 2 * faults <= beyond_ascii:
            return encoding
    return None


def _nearly(beginning: bytes, encodings: Sequence[str]) -> str:
    """The first, where half of the lines at least are valid in it as they are in any other."""
    lines = beginning.splitlines()
    if 2 * sum(line.isascii() for line in lines) >= len(lines):
        return _of_bytes(encodings)[0]
    raise UnreadableFile(
        f"the text is not in {' or '.join(encodings)}: save it as UTF-8, or let the mapping say "
        f"its encoding"
    )


def _of_bytes(encodings: Sequence[str]) -> Sequence[str]:
    """In the order in which they are tried; UTF-16 is told without trying."""
    first: Sequence[str] = ("utf-8",) if "utf-8" in encodings else ()
    others = [name for name in encodings if name not in {"utf-8", "utf-16"}]
    return [*first, *others] or ["utf-8"]


class _FromUtf16:
    """UTF-16 as UTF-8; what is damaged is no valid UTF-8 either."""

    def __init__(self, file: Readable, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """About `size` bytes, none at the end."""
        while not self._ended:
            piece = self._file.read(size)
            self._ended = not piece
            if found := self._utf_8(piece):
                return found
        return b""

    def seek(self, place: int, /) -> None:
        raise UnsupportedOperation("text is read once")

    def _utf_8(self, piece: bytes) -> bytes:
        try:
            text = self._decoder.decode(piece, self._ended)
        except UnicodeDecodeError:  # the last character is cut off
            return b"\xff"
        return text.encode("utf-8", "surrogatepass")


def lines_of(stream: Readable) -> Iterator[Line]:
    """Its lines, whether they end in LF, CRLF or CR, each of them read when it is asked for."""
    number, rest, too_large = 0, b"", False
    while piece := stream.read(PIECE):
        lines = (rest + piece).splitlines(keepends=True)
        rest = b"" if lines[-1].endswith(b"\n") else lines.pop()  # a CR may be half of a CRLF
        for line in lines:
            number += 1
            fits = not too_large and len(line) <= MOST_BYTES_OF_A_RECORD
            yield Line(number, line if fits else None)
            too_large = False
        if len(rest) > MOST_BYTES_OF_A_RECORD:
            too_large, rest = True, rest[-1:]
    if rest or too_large:
        yield Line(number + 1, None if too_large else rest)
