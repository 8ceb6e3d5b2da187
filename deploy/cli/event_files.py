"""Files of events as `aftercare send` reads them: NDJSON, or one JSON array."""

import codecs
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.cli.failures import CannotRun
from deploy.cli.json_texts import NotAnArray, elements, is_cut_off, values
from services.intake.domain.decode.file_kinds import WHAT_TO_DO, binary_kind, text_kind

STANDARD_INPUT = Path("-")
_MAPPING = "name a mapping (--mapping, --dealer), or make an event of each record, one a line"


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of a file: its line, or its number in a JSON array."""

    file: str
    number: int
    content: bytes

    @property
    def position(self) -> str:
        return f"{self.file}:{self.number}"


def read_lines(files: Sequence[Path]) -> list[EventLine]:
    """The events of NDJSON files and files with one JSON array of events; `-` is standard input.

    Events are not looked into: intake answers for each. Raises `CannotRun` when a file cannot be
    read, or is something else as a whole.
    """
    return [line for file in files for line in _lines_of(file)]


def each_line(files: Sequence[Path]) -> Iterator[EventLine]:
    """The same one by one. Of a file with a line for each event no more is in memory than that
    line; of others all.

    Raises as `read_lines` does, each file when it is its turn.
    """
    for file in files:
        yield from _streamed(file) if _has_an_event_a_line(file) else _lines_of(file)


def _has_an_event_a_line(file: Path) -> bool:
    """Told from its first two lines."""
    if not file.is_file():  # a pipe is read once
        return False
    head = b"".join(_first_lines(file)).removeprefix(codecs.BOM_UTF8)
    _refuse_what_is_no_json(str(file), head)
    return not head.lstrip().startswith(b"[") and not _is_spread_over_lines(head)


def _first_lines(file: Path) -> list[bytes]:
    found: list[bytes] = []
    with _reading(file), file.open("rb") as lines:
        while len(found) < 2 and (line := lines.readline()):
            found += [line] if line.strip() else []
    return found


def _streamed(file: Path) -> Iterator[EventLine]:
    with _reading(file), file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            content = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            if content.strip():
                yield EventLine(str(file), number, content.strip())


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror}") from error


def _lines_of(file: Path) -> Iterator[EventLine]:
    content = _content_of(file)
    name = "standard input" if file == STANDARD_INPUT else str(file)
    _refuse_what_is_no_json(name, content)
    if content.lstrip().startswith(b"["):
        for number, event in enumerate(_array(name, content), start=1):
            yield EventLine(name, number, event)
    elif _is_spread_over_lines(content):
        for number, event in values(content):
            yield EventLine(name, number, event)
    else:
        for number, line in enumerate(content.split(b"\n"), start=1):
            if line.strip():
                yield EventLine(name, number, line.strip())


def _refuse_what_is_no_json(name: str, content: bytes) -> None:
    """Say it once of a whole file, where intake would say it of each line."""
    kind = binary_kind(content) or text_kind(content)
    if kind is None:
        return
    what_to_do = WHAT_TO_DO.get(kind, _MAPPING)
    raise CannotRun(
        f"{name} looks like {kind}, and is not sent: {what_to_do}. Events are JSON in UTF-8 "
        "(CloudEvents), one a line or in one array"
    )


def _is_spread_over_lines(content: bytes) -> bool:
    """Whether events are written over several lines each, as for reading."""
    first, _, rest = content.lstrip().partition(b"\n")
    return first.startswith(b"{") and is_cut_off(first) and not rest.lstrip().startswith(b"{")


def _content_of(file: Path) -> bytes:
    """The bytes without a byte order mark. They are not decoded: intake refuses a bad line."""
    with _reading(file):
        content = sys.stdin.buffer.read() if file == STANDARD_INPUT else file.read_bytes()
    return content.removeprefix(codecs.BOM_UTF8)


def _array(name: str, content: bytes) -> list[bytes]:
    try:
        return elements(content)
    except NotAnArray as error:
        raise CannotRun(
            f"{name} begins like a JSON array of events and is not one: {error}"
        ) from error
