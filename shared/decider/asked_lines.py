"""The lines of a dealer's list that are asked for, gathered page by page. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from pydantic import JsonValue

from shared.decider.summary import MOST_RANK, Listed, Place

MOST_OF_A_CURSOR = 8000


class WrongCursor(ValueError):
    """It is not the `after` of a page of this list."""


class RankRange(NamedTuple):
    """The ranks from `at_least` on, below `below`."""

    at_least: int = 0
    below: int = MOST_RANK + 1


class AskedLines(Protocol):
    """Some lines of a list, in its order."""

    @property
    def dealer_id(self) -> str: ...

    @property
    def name(self) -> str:
        """The list."""
        ...

    @property
    def part(self) -> RankRange:
        """Which ranks of it are asked for."""
        ...

    @property
    def descending(self) -> bool: ...

    @property
    def is_sifted(self) -> bool:
        """Whether some lines of that part are not asked for."""
        ...

    @property
    def text(self) -> str:
        """Says all that is asked for, and nothing else says the same."""
        ...

    def asks_for(self, line: Mapping[str, JsonValue]) -> bool:
        """Whether a line of that part is asked for."""
        ...


def cursor(asked: AskedLines, place: str) -> str:
    """Asks for what comes behind a place of this list, and of no other."""
    return urlsafe_b64encode(f"{asked.text} {place}".encode()).decode().rstrip("=")


def place_behind_cursor(asked: AskedLines, given: str) -> str:
    """The inverse of `cursor`; of no cursor, the beginning. Raises `WrongCursor`."""
    if not given:
        return ""
    try:
        padded = given[:MOST_OF_A_CURSOR] + "=" * (-len(given) % 4)
        text = urlsafe_b64decode(padded.encode("ascii")).decode()
        place = Place.read(text.removeprefix(f"{asked.text} "))
    except ValueError as error:
        raise WrongCursor from error
    if cursor(asked, str(place)) != given or not place.id.startswith(f"{asked.dealer_id}/"):
        raise WrongCursor
    return str(place)


@dataclass(slots=True)
class FoundLines:
    """The lines of a list that are asked for, as pages of it are read."""

    asked: AskedLines
    limit: int
    lines: list[Listed]
    after: str
    """The place behind which the next page begins."""
    is_complete: bool = False
    """Nothing that is asked for comes behind it."""

    def add(self, lines: Sequence[Listed], following: str | None) -> None:
        """Take in a page; `following` is the place behind which the next one begins, if any."""
        for number, line in enumerate(lines):
            if not self.asked.asks_for(line.line):
                continue
            self.lines.append(line)
            if len(self.lines) == self.limit:
                self.after = str(line.place)
                self.is_complete = following is None and number == len(lines) - 1
                return
        self.after, self.is_complete = following or "", following is None

    @property
    def is_enough(self) -> bool:
        """Whether no page needs to be read any more."""
        return self.is_complete or len(self.lines) == self.limit

    @property
    def following(self) -> str | None:
        """The cursor of what comes behind; None: nothing does."""
        return None if self.is_complete else cursor(self.asked, self.after)


def behind(now: datetime, until: datetime | None) -> int | None:
    """How many seconds ago that was; None where it is not known."""
    return None if until is None else max(0, round((now - until).total_seconds()))
