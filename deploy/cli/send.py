"""Reads files of events, sends them to intake in chunks, and keeps the account."""

import codecs
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.cli.failures import CannotRun
from deploy.cli.intake_client import IntakeClient
from deploy.cli.json_texts import NotAnArray, elements, is_cut_off, values
from shared.contracts.http.intake import Item
from shared.platform.file_kinds import WHAT_TO_DO, binary_kind, text_kind

DEFAULT_CHUNK = 500
STANDARD_INPUT = Path("-")


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a file: its line, or its place in a JSON array."""

    file: str
    number: int
    content: bytes

    @property
    def place(self) -> str:
        return f"{self.file}:{self.number}"


@dataclass(frozen=True, slots=True)
class Warned:
    """An event that intake took, and what it warns of. Holds nothing of its content."""

    place: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that intake rejected, and why. Holds nothing of its content."""

    place: str
    reason: str


@dataclass(slots=True)
class Account:
    """What became of everything that was sent."""

    sent: int = 0
    accepted: int = 0
    duplicate: int = 0
    refused: list[Refused] = field(default_factory=list)
    warned: list[Warned] = field(default_factory=list)

    def add(self, line: Line, item: Item) -> None:
        """Count one answer."""
        self.sent += 1
        if item.warnings:
            warnings = tuple(warning.in_words() for warning in item.warnings)
            self.warned.append(Warned(line.place, warnings))
        match item.outcome:
            case "accepted":
                self.accepted += 1
            case "duplicate":
                self.duplicate += 1
            case "rejected":
                reason = item.problem.in_words() if item.problem else "no reason given"
                self.refused.append(Refused(line.place, reason))

    def as_json(self) -> dict[str, object]:
        """The account for programs."""
        return {
            "sent": self.sent,
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "rejected": len(self.refused),
            "refused": [{"place": one.place, "reason": one.reason} for one in self.refused],
            "warned": [{"place": one.place, "warnings": one.warnings} for one in self.warned],
        }


def read_lines(files: Sequence[Path]) -> list[Line]:
    """The events of NDJSON files and files with one JSON array of events; `-` is standard input.

    Events are not looked into: intake answers for each. Raises `CannotRun` when a file cannot be
    read, or is something else as a whole.
    """
    return [line for file in files for line in _lines_of(file)]


async def send_all(
    client: IntakeClient, lines: Sequence[Line], *, chunk: int, progress: Callable[[int], None]
) -> Account:
    """Send `lines` in order; `progress` is told how many more are done after each chunk."""
    account = Account()
    for start in range(0, len(lines), chunk):
        part = lines[start : start + chunk]
        items = await client.send([line.content for line in part])
        for line, item in zip(part, items, strict=True):
            account.add(line, item)
        progress(len(part))
    return account


def _lines_of(file: Path) -> Iterator[Line]:
    content = _content_of(file)
    name = "standard input" if file == STANDARD_INPUT else str(file)
    _refuse_what_is_no_json(name, content)
    if content.lstrip().startswith(b"["):
        for number, event in enumerate(_array(name, content), start=1):
            yield Line(name, number, event)
    elif _is_spread_over_lines(content):
        for number, event in values(content):
            yield Line(name, number, event)
    else:
        for number, line in enumerate(content.split(b"\n"), start=1):
            if line.strip():
                yield Line(name, number, line.strip())


def _refuse_what_is_no_json(name: str, content: bytes) -> None:
    """Say it once of a whole file, where intake would say it of each line."""
    kind = binary_kind(content) or text_kind(content)
    if kind is None:
        return
    what_to_do = WHAT_TO_DO.get(kind, "make an event of each record, one a line")
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
    try:
        content = sys.stdin.buffer.read() if file == STANDARD_INPUT else file.read_bytes()
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror}") from error
    return content.removeprefix(codecs.BOM_UTF8)


def _array(name: str, content: bytes) -> list[bytes]:
    try:
        return elements(content)
    except NotAnArray as error:
        raise CannotRun(
            f"{name} begins like a JSON array of events and is not one: {error}"
        ) from error
