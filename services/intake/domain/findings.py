"""What was found in an event: pointers, and words about what is there, never what was sent."""

from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import ValidationError

from services.intake.domain.pointers import pointer

MOST_SHOWN = 20
"""The most findings of one event that its sender is shown; more are counted."""


class Finding(NamedTuple):
    """Something about one place of an event: a JSON pointer (RFC 6901), and words."""

    pointer: str
    detail: str


@dataclass(slots=True)
class Findings:
    """What was found in one event: all are counted, the first `most` are shown."""

    most: int = MOST_SHOWN
    count: int = 0
    shown: list[Finding] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    """Pointers of what is taken as not said, or, of lists, as not said in full."""

    def leave_out(self, pointer: str, detail: str, *, of: str | None = None) -> None:
        """What is there cannot be read. `of`: the pointer of the list that it is in."""
        self.add(pointer, detail)
        self.left_out.add(pointer if of is None else of)

    def add(self, pointer: str, detail: str) -> None:
        """One more; beyond `most` it is only counted."""
        self.count += 1
        if len(self.shown) < self.most:
            self.shown.append(Finding(pointer, detail))

    def add_all(self, error: ValidationError, prefix: str) -> None:
        """What pydantic found, below the pointer `prefix`."""
        room = self.most - len(self.shown)
        self.count += error.error_count()
        if room > 0:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            self.shown += (
                Finding(prefix + pointer(item["loc"]), item["msg"].removeprefix("Value error, "))
                for item in found[:room]
            )

    @property
    def not_shown(self) -> int:
        """How many were found beyond those that are shown."""
        return self.count - len(self.shown)
