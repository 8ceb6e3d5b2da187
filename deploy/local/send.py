"""Reads files of events, sends them to intake in chunks, and keeps the account."""

import codecs
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.intake_client import IntakeClient, Item
from deploy.local.processes import CannotRun

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

    def add(self, line: Line, item: Item) -> None:
        """Count one answer."""
        self.sent += 1
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
        }


def read_lines(files: Sequence[Path]) -> list[Line]:
    """The events of NDJSON files and files with one JSON array of events; `-` is standard input.

    Lines are not looked into: intake answers for each. Raises `CannotRun` when a file cannot be
    read.
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
    if content.lstrip().startswith(b"["):
        for number, event in enumerate(_array(name, content), start=1):
            yield Line(name, number, json.dumps(event, ensure_ascii=False).encode())
        return
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            yield Line(name, number, line.strip())


def _content_of(file: Path) -> bytes:
    """The bytes without a byte order mark. They are not decoded: intake refuses a bad line."""
    try:
        content = sys.stdin.buffer.read() if file == STANDARD_INPUT else file.read_bytes()
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror}") from error
    return content.removeprefix(codecs.BOM_UTF8)


def _array(name: str, content: bytes) -> list[object]:
    try:
        events = json.loads(content)
    except ValueError as error:
        raise CannotRun(
            f"{name} begins like a JSON array of events and is not one: {error}"
        ) from error
    return events if isinstance(events, list) else [events]
