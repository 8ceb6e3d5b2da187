"""What was found in an event: places, and words about them, never what was sent."""

from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import ValidationError

from services.intake.domain.pointers import pointer

MOST_TOLD = 20
"""So many findings of one event are told."""


class Finding(NamedTuple):
    """Something about one place of an event: a JSON pointer (RFC 6901), and words."""

    pointer: str
    detail: str


@dataclass(slots=True)
class Findings:
    """What was found in one event: all are counted, the first `most` are told."""

    most: int = MOST_TOLD
    count: int = 0
    told: list[Finding] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    """Pointers of what is taken as not said, or, of lists, as not said in full."""

    def leave_out(self, pointer: str, detail: str, *, of: str | None = None) -> None:
        """What is there cannot be read. `of`: the pointer of the list that it is in."""
        self.add(pointer, detail)
        self.left_out.add(pointer if of is None else of)

    def add(self, pointer: str, detail: str) -> None:
        self.count += 1
        if len(self.told) < self.most:
            self.told.append(Finding(pointer, detail))

    def add_all(self, error: ValidationError, prefix: str) -> None:
        """What pydantic found, below the pointer `prefix`."""
        room = self.most - len(self.told)
        self.count += error.error_count()
        if room > 0:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            self.told += (
                Finding(prefix + pointer(item["loc"]), item["msg"].removeprefix("Value error, "))
                for item in found[:room]
            )

    @property
    def untold(self) -> int:
        """So many more were found."""
        return self.count - len(self.told)
