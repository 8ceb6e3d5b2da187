"""Where elements of a name begin and end in a stream of bytes that should be XML.

Only tags of that name count, and what may hold them without their being tags: comments, CDATA,
processing instructions, document types. Nothing else needs to be right.
"""

import codecs
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.intake.domain.mappings.readers.gunzip import Readable
from services.intake.domain.mappings.readers.text import PIECE, TOO_LARGE
from services.intake.domain.mappings.reads import MOST_BYTES_OF_A_RECORD

NOT_ENDED = "does not end, or not where it should"
NO_XML = "is no XML, and stands where a record may have stood"
CUT_OFF = "is the end of the file, before all of its elements end: it may be cut off"
MOST_NAMES = 1_000
MOST_WITHIN = 20
"""How deep elements of the name may be within each other."""
LONGEST_NAME = 1_000
"""Of an element with its prefix, in bytes."""
_LONGEST_TAG = PIECE
_TAG = re.compile(rb"(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+>")
_OTHER_TAG = re.compile(
    rb"<(/?)((?:[A-Za-z_]|[\x80-\xff])(?:[\w.:-]|[\x80-\xff])*+)((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>"
)
_DOCTYPE = re.compile(
    rb"<!DOCTYPE(?:[^\[\]<>\"']|\"[^\"]*\"|'[^']*')*+"
    rb"(?:\[(?:[^\]\"']|\"[^\"]*\"|'[^']*')*+\]\s*)?>"
)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ENDS = {
    b"<!--": re.compile(rb"-->|(<!--)"),
    b"<![CDATA[": re.compile(rb"\]\]>|(<!\[CDATA\[)"),
    b"<?": re.compile(rb"\?>|(<\?)"),
}
"""How each ends; where another of them begins before, it does not."""


def tag_of(name: bytes) -> re.Pattern[bytes]:
    """How a tag of this name begins, with any prefix; `end` is `/` in an end tag."""
    prefix = rb"(?:(?:[\w.-]|[\x80-\xff]){1,200}+:)?"
    return re.compile(rb"<(?P<end>/?)" + prefix + re.escape(name) + rb"(?=[\s/>])")


@dataclass(slots=True)
class SplitElement:
    """An element, as it stands in the file."""

    content: bytes
    line: int
    within: list["SplitElement"] = field(default_factory=list)
    """Elements of the same name directly below it, for when it cannot be read itself."""
    fault: str = ""
    """Why it cannot be read; empty: it was split off."""


@dataclass(frozen=True, slots=True)
class Between:
    """Something between elements that is no XML."""

    line: int
    because: str


@dataclass(slots=True)
class _Open:
    """An element that began at `start`, from the beginning of the file."""

    start: int
    line: int
    within: list[SplitElement] = field(default_factory=list)


class Splitting:
    """Splits one file. Holds little more than one element of the largest size at a time."""

    def __init__(self, stream: Readable, name: bytes, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding
        sections = rb"<!--|<!\[CDATA\[|<\?|<!DOCTYPE|"
        self._token = re.compile(sections + tag_of(name).pattern)
        self._buffer, self._base, self._ended = b"", 0, False
        self._at = 0  # up to here, in the buffer, the file was looked at
        self._line, self._line_at = 1, 0
        self._open: deque[_Open] = deque()
        self._has_doctype = False
        self._ends_to_come = 0
        self._wrong: int | None = None
        self._depth: int | None = 0  # of other elements; None: not known any more
        self.other_names: set[str] = set()
        """Of elements that are none of those."""

    def pieces(self) -> Iterator[SplitElement | Between]:
        """What is split off, in order."""
        while True:
            token = self._token.search(self._buffer, self._at)
            if token is None or token.end() > len(self._buffer) - _LONGEST_TAG:
                if self._more():
                    yield from self._given_up()
                    continue
                if token is None:
                    break
            yield from self._taken(token)
        self._pass_by(len(self._buffer))
        while self._open:
            yield from self._give_up(NOT_ENDED)
        if self._depth:
            yield Between(self._wrong or self._line_of(len(self._buffer)), CUT_OFF)
        else:
            yield from self._between()

    def _taken(self, token: re.Match[bytes]) -> Iterator[SplitElement | Between]:
        if token["end"] is None:
            self._pass_by(token.start())
            self._at = self._end_of_section(token)
        elif token["end"]:
            yield from self._end(token)
        else:
            yield from self._start(token)

    def _start(self, token: re.Match[bytes]) -> Iterator[SplitElement | Between]:
        self._pass_by(token.start())
        if not self._open:
            yield from self._between()
        begun = _Open(self._base + token.start(), self._line_of(token.start()))
        tag = _TAG.match(self._buffer, token.end())
        self._at = tag.end() if tag else token.end()
        self._open.append(begun)
        if len(self._open) > MOST_WITHIN:
            yield from self._give_up(NOT_ENDED)
        if tag and self._buffer[tag.end() - 2 : tag.end() - 1] == b"/":
            yield from self._close(tag.end())

    def _end(self, token: re.Match[bytes]) -> Iterator[SplitElement]:
        self._pass_by(token.start())
        tag = _TAG.match(self._buffer, token.end())
        self._at = tag.end() if tag else token.end()
        if self._open:
            yield from self._close(self._at)
        elif self._ends_to_come:
            self._ends_to_come -= 1
        else:
            self._note_wrong(token.start())

    def _close(self, end: int) -> Iterator[SplitElement]:
        closed = self._open.pop()
        content = self._buffer[closed.start - self._base : end]
        piece = SplitElement(content, closed.line, closed.within)
        if self._open:
            self._open[-1].within.append(piece)
        else:
            yield piece

    def _give_up(self, because: str) -> Iterator[SplitElement]:
        """The outermost open element cannot be split off; those within it can."""
        lost, self._depth = self._open.popleft(), None
        yield SplitElement(b"", lost.line, fault=because)
        yield from lost.within

    def _given_up(self) -> Iterator[SplitElement]:
        """What has become too large; what was passed by is then let go."""
        while self._open and self._base + self._at - self._open[0].start > MOST_BYTES_OF_A_RECORD:
            self._ends_to_come += len(self._open) == 1
            yield from self._give_up(TOO_LARGE if not self._open[0].within else NOT_ENDED)
        keep = self._open[0].start - self._base if self._open else self._at
        self._line_of(keep)
        self._buffer, self._base = self._buffer[keep:], self._base + keep
        self._at, self._line_at = self._at - keep, self._line_at - keep

    def _more(self) -> bool:
        """Pass by what holds no token, and read on; False at the end of the file."""
        if self._ended:
            return False
        self._pass_by(self._up_to_no_tag())
        self._read_on()
        return True

    def _up_to_no_tag(self) -> int:
        """How far what is in the buffer can be looked at before more of it is there."""
        end = max(self._at, len(self._buffer) - _LONGEST_TAG)
        token = self._token.search(self._buffer, self._at, end)
        if token is not None:
            return token.start()
        for mark in (b"<", b"\n", b" "):
            if (at := self._buffer.rfind(mark, self._at, end)) >= 0:
                return at
        return end

    def _end_of_section(self, token: re.Match[bytes]) -> int:
        """Where a comment or its like ends: at once, where it does not end as it should."""
        if token[0] == b"<!DOCTYPE":
            found = None if self._has_doctype else _DOCTYPE.match(self._buffer, token.start())
            self._has_doctype = True
            return found.end() if found else self._not_ended(token)
        closing, looked_at = _ENDS[token[0]], token.end()
        while True:
            end = closing.search(self._buffer, looked_at)
            size = len(self._buffer) - token.end()
            if end or self._ended or size > MOST_BYTES_OF_A_RECORD:
                break
            looked_at = max(token.end(), len(self._buffer) - len(b"<![CDATA["))
            self._read_on()
        return end.end() if end and not end[1] else self._not_ended(token)

    def _read_on(self) -> None:
        piece = self._stream.read(PIECE)
        self._ended = not piece
        self._buffer += piece

    def _not_ended(self, token: re.Match[bytes]) -> int:
        if not self._open:
            self._note_wrong(token.start())
        return token.end()

    def _pass_by(self, end: int) -> None:
        """Look at what stands between elements, up to `end`."""
        if not self._open and end > self._at:
            between = self._buffer[self._at : end]
            tags = 0
            for tag in _OTHER_TAG.finditer(between):
                tags += 1
                self._note_tag(tag)
            if between.count(b"<") > tags or _CONTROL.search(between) or not self._valid(between):
                self._note_wrong(self._at)
        self._at = max(self._at, end)

    def _note_tag(self, tag: re.Match[bytes]) -> None:
        if self._depth is not None and not tag[3].endswith(b"/"):
            self._depth += -1 if tag[1] else 1
        if len(self.other_names) < MOST_NAMES:
            name = tag[2].rpartition(b":")[2].decode(self._encoding, "replace")
            self.other_names.add(name[:100])

    def _valid(self, between: bytes) -> bool:
        try:
            codecs.getincrementaldecoder(self._encoding)().decode(between)
        except UnicodeDecodeError:
            return False
        return True

    def _note_wrong(self, at: int) -> None:
        if self._wrong is None:
            self._wrong = self._line_of(at)

    def _between(self) -> Iterator[Between]:
        if self._wrong is not None:
            yield Between(self._wrong, NO_XML)
        self._wrong = None

    def _line_of(self, at: int) -> int:
        """The line of a place in the buffer, which is none before those asked for already."""
        if at > self._line_at:
            self._line += self._buffer.count(b"\n", self._line_at, at)
            self._line_at = at
        return self._line
